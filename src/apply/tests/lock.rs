//! Our own lock and that of the reader.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::super::live::Live;
use super::*;

#[test]
fn one_at_a_time_between_threads() {
    let target = Target::new(&[("a.cf", "old")]);
    let lock = Lock::take(target.place.clone()).unwrap();
    let error = target.swap(&[("a.cf", "new")]).unwrap_err();
    let expected = format!("another dockspace is at work here: process {}", std::process::id());
    assert_eq!(error.to_string(), expected);
    assert_eq!(target.read("a.cf"), "old");
    drop(lock);
    target.swap(&[("a.cf", "new")]).unwrap();
}

#[test]
fn one_at_a_time_between_processes() {
    if let Ok(directory) = std::env::var("SWAP_TEST") {
        let error = Lock::take(Place::inside(directory)).unwrap_err();
        println!("refused: {error}");
        return;
    }
    let target = Target::new(&[]);
    let lock = Lock::take(target.place.clone()).unwrap();
    let name = "apply::tests::lock::one_at_a_time_between_processes";
    let text = again(&["env"], "true", name, target.place.directory.as_str()).unwrap();
    assert!(
        text.contains(&format!(
            "refused: another dockspace is at work here: process {}",
            std::process::id()
        )),
        "{text}"
    );
    drop(lock);
}

#[test]
fn many_runs_at_once_leave_one_whole_result() {
    let target = Target::new(&[("a.cf", "0"), ("b.cf", "0")]);
    std::thread::scope(|scope| {
        for round in ["1", "2", "3", "4"] {
            let target = &target;
            scope.spawn(move || match target.swap(&[("a.cf", round), ("b.cf", round)]) {
                Ok(()) | Err(ApplyError::Locked(_) | ApplyError::Stale(_)) => {}
                Err(error) => panic!("{error}"),
            });
        }
    });
    assert_ne!(target.read("a.cf"), "0");
    assert_eq!(target.read("a.cf"), target.read("b.cf"));
    assert_eq!(target.names(), ["a.cf", "b.cf"]);
}

fn reader(patience: Duration) -> ReaderLock {
    ReaderLock {
        file: "check-for-changes.sh.lock".into(),
        stale_after: Duration::from_secs(60),
        patience,
    }
}

#[test]
fn the_reader_is_locked_out_with_a_uuid_and_released() {
    let target = Target::new(&[]);
    let live = Live::open(&target.place.directory).unwrap();
    let (first, second) = (reader(Duration::ZERO), reader(Duration::ZERO));
    let held = first.take(&live, &Clock::system()).unwrap();
    let content = target.read("check-for-changes.sh.lock");
    assert!(uuid::Uuid::parse_str(content.trim()).is_ok(), "{content:?}");
    let error = second.take(&live, &Clock::system()).unwrap_err();
    assert!(matches!(&error, ApplyError::Locked(Holder::Reader(_))), "{error}");
    drop(held);
    assert_eq!(target.names(), [""; 0]);
    second.take(&live, &Clock::system()).unwrap();
}

#[test]
fn waiting_for_the_reader_ends_and_changes_nothing() {
    let target = Target::new(&[("a.cf", "old")]);
    fs::write(target.path("check-for-changes.sh.lock"), "theirs").unwrap();
    let reader = reader(Duration::from_millis(300));
    let error = target
        .swap_seen(&[("a.cf", "new")], &target.seen(), Some(&reader), Method::Exchange)
        .unwrap_err();
    assert!(error.hint().contains("check-for-changes.sh.lock"), "{error}");
    assert_eq!(target.read("a.cf"), "old");
    assert_eq!(target.names(), ["a.cf", "check-for-changes.sh.lock"]);
    assert_eq!(target.read("check-for-changes.sh.lock"), "theirs");
}

#[test]
fn a_lock_left_behind_is_taken_over_after_a_minute() {
    let target = Target::new(&[]);
    let live = Live::open(&target.place.directory).unwrap();
    let reader = reader(Duration::ZERO);
    let path = target.path("check-for-changes.sh.lock");
    fs::write(&path, "theirs").unwrap();
    let written = Timestamp::try_from(fs::metadata(&path).unwrap().modified().unwrap()).unwrap();
    let after = |seconds| Clock::fixed(written + SignedDuration::from_secs(seconds));
    assert!(reader.take(&live, &after(60)).is_err());
    assert!(
        reader.take(&live, &after(-3600)).is_err(),
        "a clock that is wrong breaks no lock"
    );
    let held = reader.take(&live, &after(62)).unwrap();
    assert_ne!(target.read("check-for-changes.sh.lock"), "theirs");
    // The other side took ours for left behind in turn: it is not ours to remove any more.
    fs::write(&path, "theirs again").unwrap();
    drop(held);
    assert_eq!(target.read("check-for-changes.sh.lock"), "theirs again");
}
