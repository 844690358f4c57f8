//! Whatever fails before or between the exchanges: all files are the old ones afterwards.

use std::process::Stdio;
use std::time::Duration;

use super::*;

fn assert_old(target: &Target, names: &[&str]) {
    assert_eq!(
        ["a.cf", "b.cf", "c.cf"].map(|path| target.read(path)),
        ["old a", "old b", "-"]
    );
    assert_eq!(target.names(), names);
    assert_eq!(target.record(), None);
}

const NEW: [(&str, &str); 3] = [("a.cf", "new a"), ("b.cf", "new b"), ("c.cf", "new c")];

fn target() -> Target {
    Target::new(&[("a.cf", "old a"), ("b.cf", "old b")])
}

#[test]
fn a_stage_that_cannot_be_made() {
    let target = target();
    fs::create_dir(&target.place.work).unwrap();
    fs::write(target.place.work.join("tx"), "in the way").unwrap();
    assert!(matches!(target.swap(&NEW), Err(ApplyError::Io { .. })));
    assert_old(&target, &["a.cf", "b.cf", "tx"]);
}

#[test]
fn a_full_disk() {
    let name = "apply::tests::failure::a_full_disk";
    if let Ok(directory) = std::env::var("SWAP_TEST") {
        let mut target = target();
        target.place = Place::inside(directory);
        let large = "x".repeat(1 << 20);
        let error = target
            .swap(&[("a.cf", "new a"), ("b.cf", &large), ("c.cf", "new c")])
            .unwrap_err();
        assert!(matches!(error, ApplyError::Io { .. }), "{error}");
        return;
    }
    let target = target();
    // A limit on the size of files fails the write in the middle, as a full disk does, and for root, too.
    let ran = again(
        &["env"],
        "trap '' XFSZ; ulimit -f 64",
        name,
        target.place.directory.as_str(),
    );
    assert!(ran.is_some_and(|text| text.contains("1 passed")));
    assert_old(&target, &["a.cf", "b.cf"]);
}

#[test]
fn a_failure_between_two_exchanges_takes_the_first_ones_back() {
    for method in METHODS {
        let target = target();
        let live = super::super::live::Live::open(&target.place.directory).unwrap();
        let lock = Lock::take(target.place.clone()).unwrap();
        let mut stage = super::super::stage::Stage::open(&lock.place().work).unwrap();
        let mut changed = FileSet::new();
        for (path, content) in NEW {
            changed.insert(path, content.as_bytes().to_vec(), 0o600);
        }
        let (record, seen) = (Record::default(), target.seen());
        let swap = Swap {
            changed: &changed,
            owned: &target.owned,
            seen: &seen,
            key: &target.key,
            record: &record,
            reader: None,
        };
        let found = swap.verify(&live).unwrap();
        let staged = swap.stage(&live, &stage, &found).unwrap();
        // Somebody makes the last file in the moment before it is its turn.
        fs::write(target.path("c.cf"), "theirs").unwrap();
        let error = swap.exchange(&live, &mut stage, &staged, method).unwrap_err();
        assert!(matches!(&error, ApplyError::Stale(path) if path == "c.cf"), "{error}");
        fs::remove_file(target.path("c.cf")).unwrap();
        drop((stage, lock));
        assert_old(&target, &["a.cf", "b.cf"]);
    }
}

#[test]
fn a_write_in_the_last_moment_is_not_lost() {
    for method in METHODS {
        let target = target();
        let live = super::super::live::Live::open(&target.place.directory).unwrap();
        let lock = Lock::take(target.place.clone()).unwrap();
        let mut stage = super::super::stage::Stage::open(&lock.place().work).unwrap();
        let mut changed = FileSet::new();
        changed.insert("a.cf", b"new a".to_vec(), 0o600);
        changed.insert("b.cf", b"new b".to_vec(), 0o600);
        let (record, seen) = (Record::default(), target.seen());
        let swap = Swap {
            changed: &changed,
            owned: &target.owned,
            seen: &seen,
            key: &target.key,
            record: &record,
            reader: None,
        };
        let found = swap.verify(&live).unwrap();
        let staged = swap.stage(&live, &stage, &found).unwrap();
        fs::write(target.path("b.cf"), "old b, and theirs").unwrap();
        let error = swap.exchange(&live, &mut stage, &staged, method).unwrap_err();
        assert!(matches!(&error, ApplyError::Stale(path) if path == "b.cf"), "{error}");
        assert_eq!(
            ["a.cf", "b.cf"].map(|path| target.read(path)),
            ["old a", "old b, and theirs"]
        );
    }
}

#[test]
fn a_kill_before_the_first_exchange() {
    let name = "apply::tests::failure::a_kill_before_the_first_exchange";
    let reader = ReaderLock {
        file: "r.lock".into(),
        stale_after: Duration::MAX,
        patience: Duration::from_secs(600),
    };
    if let Ok(directory) = std::env::var("SWAP_TEST") {
        let mut target = target();
        target.place = Place::inside(directory);
        // The reader's lock is held, so this waits with everything staged.
        let _ = target.swap_seen(&NEW, &target.seen(), Some(&reader), Method::Exchange);
        return;
    }
    let target = target();
    fs::write(target.path("r.lock"), "theirs").unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env("SWAP_TEST", target.place.directory.as_str())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let staged = target.place.work.join("tx/applied.json");
    while !staged.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it waits for the lock");
        Clock::system().sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_old(&target, &["a.cf", "b.cf", "r.lock", "tx"]);
    fs::remove_file(target.path("r.lock")).unwrap();
    target
        .swap_seen(&NEW, &target.seen(), Some(&reader), Method::Exchange)
        .unwrap();
    assert_eq!(
        ["a.cf", "b.cf", "c.cf"].map(|path| target.read(path)),
        ["new a", "new b", "new c"]
    );
    assert_eq!(
        target.names(),
        ["a.cf", "b.cf", "c.cf"],
        "what the killed run left is gone"
    );
}
