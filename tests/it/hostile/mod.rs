//! Hostile repositories: whatever stands in one, nothing panics, each problem has its place, and what is accepted renders into
//! lines that all belong to somebody and do what they are meant to.
//!
//! Repositories are made by changing a sound one. `DOCKSPACE_HOSTILE_CASES` and `DOCKSPACE_HOSTILE_SEED` try others than usual.

mod corpus;
mod judge;
mod on_disk;
mod owned;
mod repository;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use repository::{Change, Files, changed, sound};

/// The sound repository.
fn base() -> Files {
    sound(include_str!("../e2e/organisation.repo"))
}

fn change() -> impl Strategy<Value = Change> {
    (any::<u8>(), any::<u16>(), any::<u16>(), any::<u16>()).prop_map(|(kind, file, place, with)| Change {
        kind,
        file,
        place,
        with,
    })
}

fn number(name: &str, usual: u32) -> u32 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// Makes repositories of up to `most` changes and judges each.
fn run(cases: u32, seed: u64, most: usize) -> (u32, u32) {
    let base = base();
    let (accepted, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: number("DOCKSPACE_HOSTILE_CASES", cases),
        rng_seed: RngSeed::Fixed(u64::from(number("DOCKSPACE_HOSTILE_SEED", 0)) + seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&proptest::collection::vec(change(), 1..=most), |changes| {
        let files = changed(base.clone(), &changes);
        let judged = catch_unwind(AssertUnwindSafe(|| judge::judge(&files, &base)))
            .unwrap_or_else(|_| Err("a panic".to_owned()));
        match judged {
            Ok(judge::Verdict::Accepted) => accepted.fetch_add(1, Ordering::Relaxed),
            Ok(judge::Verdict::Refused) => refused.fetch_add(1, Ordering::Relaxed),
            Err(fault) => return Err(TestCaseError::fail(format!("{fault}\n{}", difference(&base, &files)))),
        };
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    (accepted.into_inner(), refused.into_inner())
}

/// The files that are not as in the sound repository.
fn difference(base: &Files, files: &Files) -> String {
    let paths = base
        .keys()
        .chain(files.keys())
        .collect::<std::collections::BTreeSet<_>>();
    let changed = paths.into_iter().filter(|path| base.get(*path) != files.get(*path));
    changed
        .map(|path| match files.get(path) {
            Some(content) => format!(
                "-- {path} --\n{}",
                String::from_utf8_lossy(&content[..content.len().min(2_000)])
            ),
            None => format!("-- without {path} --\n"),
        })
        .collect()
}

#[test]
fn the_sound_repository_is_accepted() {
    assert_eq!(judge::judge(&base(), &Files::new()), Ok(judge::Verdict::Accepted));
}

#[test]
fn single_changes_do_no_harm() {
    let (accepted, refused) = run(1200, 1, 1);
    assert!(
        accepted > refused / 10 && refused > accepted / 10,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn several_changes_do_no_harm() {
    let (accepted, refused) = run(1200, 2, 5);
    assert!(accepted > 50 && refused > 50, "{accepted} accepted, {refused} refused");
}
