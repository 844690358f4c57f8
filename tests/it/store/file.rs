//! What is particular to a SQLite file.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use dockspace::clock::Clock;
use dockspace::store::{Store, StoreError, StoreUrl};

use super::rig::{MINUTE, Note, Rig, key, note};

async fn open(path: &Path) -> Result<Store, StoreError> {
    let url = StoreUrl::parse(&format!("sqlite:{}", path.display())).unwrap();
    Store::open(&url, Clock::fixed(super::rig::start())).await
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_was_put_survives_a_restart() {
    let rig = Rig::file();
    let key = key();
    rig.open().await.put(&note(key, "stays")).await.unwrap();
    let found = rig.open().await.get::<Note>(&key).await.unwrap();
    assert_eq!(found.unwrap().payload.0, "stays");
}

#[tokio::test]
async fn what_lives_briefly_does_not_survive_a_start_of_the_host() {
    let rig = Rig::file();
    let store = rig.open().await;
    let (brief, lasting) = (key(), key());
    store.put(&note(brief, "code")).await.unwrap();
    let mut record = note(lasting, "session");
    record.expires += MINUTE;
    store.put(&record).await.unwrap();
    let there = async || {
        let store = rig.open().await;
        let (brief, lasting) = (store.get::<Note>(&brief).await, store.get::<Note>(&lasting).await);
        [brief.unwrap().is_some(), lasting.unwrap().is_some()]
    };
    assert_eq!(there().await, [true, true], "the program alone was started again");
    rig.execute("UPDATE dockspace_boot SET id = 'another'").await;
    assert_eq!(there().await, [false, true]);
    assert_eq!(rig.number("SELECT count(*) FROM dockspace_boot").await, 1);
}

#[tokio::test]
async fn only_its_owner_reads_it_and_what_stands_beside_it() {
    let rig = Rig::file();
    let path = rig.directory().join("store.sqlite");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let store = rig.open().await;
    store.put(&note(key(), "")).await.unwrap();
    store.get::<Note>(&key()).await.unwrap();
    for end in ["", "-wal", "-shm"] {
        assert_eq!(mode(Path::new(&format!("{}{end}", path.display()))), 0o600, "{end}");
    }
    let other = rig.directory().join("new.sqlite");
    open(&other).await.unwrap();
    assert_eq!(mode(&other), 0o600);
}

#[tokio::test]
async fn a_link_is_refused() {
    let rig = Rig::file();
    rig.open().await;
    let store = rig.directory().join("store.sqlite");
    let elsewhere = rig.directory().join("elsewhere");
    let refused = |name: &'static str| {
        let path = rig.directory().join(name);
        async move {
            let error = open(&path).await.err().unwrap();
            assert!(matches!(error, StoreError::NotPlain(_)), "{name}: {error}");
            assert!(error.to_string().contains(name), "{error}");
        }
    };
    symlink(&store, rig.directory().join("symbolic")).unwrap();
    refused("symbolic").await;
    symlink(&elsewhere, rig.directory().join("dangling")).unwrap();
    refused("dangling").await;
    assert!(!elsewhere.exists(), "nothing was made where it points");
    fs::hard_link(&store, rig.directory().join("hard")).unwrap();
    refused("hard").await;
    symlink(&elsewhere, rig.directory().join("fresh-wal")).unwrap();
    let error = open(&rig.directory().join("fresh")).await.err().unwrap();
    assert!(matches!(error, StoreError::NotPlain(_)), "{error}");
}

#[tokio::test]
async fn a_file_that_cannot_be_made_says_so() {
    let directory = tempfile::tempdir().unwrap();
    for path in [
        directory.path().join("missing/store.sqlite"),
        directory.path().to_owned(),
    ] {
        let error = open(&path).await.err().unwrap();
        assert!(matches!(error, StoreError::Open { .. }), "{error}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        assert!(error.hint().contains("folder"), "{}", error.hint());
    }
}

#[tokio::test]
async fn a_file_that_is_something_else_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter");
    fs::write(&path, "Dear all,\n".repeat(1000)).unwrap();
    let error = open(&path).await.err().unwrap();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "Dear all,\n".repeat(1000));
}

#[tokio::test]
async fn a_path_is_only_a_path() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["with space", "file:x?mode=memory", "100%25#?", "é"] {
        let path = directory.path().join(name);
        open(&path).await.unwrap().put(&note(key(), "")).await.unwrap();
        assert!(path.exists(), "{name}");
    }
}
