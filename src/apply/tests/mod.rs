//! Swaps in real directories.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::exchange::Method;
use super::*;
use crate::clock::Clock;
use crate::fileset::FileSet;
use crate::record::{HostKey, Record};

mod failure;
mod lock;
mod refusal;

const METHODS: [Method; 2] = [Method::Exchange, Method::Aside];

/// A live directory that goes away with the value.
struct Target {
    _folder: tempfile::TempDir,
    place: Place,
    key: HostKey,
    owned: BTreeSet<Utf8PathBuf>,
}

impl Target {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = Utf8PathBuf::from_path_buf(folder.path().join("config")).unwrap();
        fs::create_dir(&directory).unwrap();
        for (path, content) in files {
            fs::write(directory.join(path), content).unwrap();
        }
        let owned = ["a.cf", "b.cf", "c.cf", "sub/d.cf"].map(Utf8PathBuf::from).into();
        Self {
            _folder: folder,
            place: Place::inside(directory),
            key: HostKey::from_bytes([1; 32]),
            owned,
        }
    }

    fn path(&self, path: &str) -> Utf8PathBuf {
        self.place.directory.join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|_| "-".into())
    }

    fn seen(&self) -> Seen {
        let digest = |path: &Utf8PathBuf| Some(self.key.file(path, &fs::read(self.path(path.as_str())).ok()?));
        self.owned.iter().map(|path| (path.clone(), digest(path))).collect()
    }

    /// Everything in the directory but what belongs to us in the long run.
    fn names(&self) -> Vec<String> {
        let list = |path: &Utf8Path| {
            fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        };
        let mut names: Vec<_> = list(&self.place.directory).filter(|name| name != WORK).collect();
        if self.place.work.exists() {
            names.extend(list(&self.place.work).filter(|name| !matches!(&**name, "lock" | "applied.json")));
        }
        names.sort();
        names
    }

    fn record(&self) -> Option<String> {
        Some(Record::parse(&fs::read(self.place.record()).ok()?).unwrap().revision)
    }

    fn swap(&self, files: &[(&str, &str)]) -> Result<(), ApplyError> {
        self.swap_seen(files, &self.seen(), None, Method::Exchange)
    }

    fn swap_seen(
        &self,
        files: &[(&str, &str)],
        seen: &Seen,
        reader: Option<&ReaderLock>,
        method: Method,
    ) -> Result<(), ApplyError> {
        let mut changed = FileSet::new();
        for (path, content) in files {
            changed.insert(*path, content.as_bytes().to_vec(), 0o640);
        }
        let record = Record::new("new", &self.key, &changed);
        let swap = Swap {
            changed: &changed,
            owned: &self.owned,
            seen,
            key: &self.key,
            record: &record,
            reader,
        };
        swap.run_with(&Lock::take(self.place.clone())?, &Clock::system(), method)
    }
}

/// Runs the test `name` of this program again in a shell that has `prepare`d something for it, with `SWAP_TEST` as a message.
/// `None` when the shell wasn't able to prepare it.
fn again(shell: &[&str], prepare: &str, name: &str, message: &str) -> Option<String> {
    const UNABLE: i32 = 77;
    let script = format!("{{ {prepare}; }} >/dev/null 2>&1 || exit {UNABLE}; exec \"$0\" --exact \"$1\" --nocapture");
    let output = Command::new(shell[0])
        .args(&shell[1..])
        .args(["sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .env("SWAP_TEST", message)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let is_unable = output.status.code() == Some(UNABLE) || text.contains("unshare");
    assert!(is_unable || output.status.success(), "{text}");
    (!is_unable).then_some(text)
}

#[test]
fn changed_files_are_replaced_and_the_rest_is_untouched() {
    for method in METHODS {
        let target = Target::new(&[("a.cf", "old a"), ("b.cf", "old b"), ("foreign.cf", "x")]);
        fs::set_permissions(target.path("a.cf"), fs::Permissions::from_mode(0o604)).unwrap();
        let (b, a) = (
            fs::metadata(target.path("b.cf")).unwrap(),
            fs::metadata(target.path("a.cf")).unwrap(),
        );
        target
            .swap_seen(
                &[("a.cf", "new a"), ("c.cf", "new c"), ("sub/d.cf", "new d")],
                &target.seen(),
                None,
                method,
            )
            .unwrap();
        assert_eq!(
            ["a.cf", "b.cf", "c.cf", "sub/d.cf"].map(|path| target.read(path)),
            ["new a", "old b", "new c", "new d"]
        );
        assert_eq!(
            target.names(),
            ["a.cf", "b.cf", "c.cf", "foreign.cf", "sub"],
            "nothing is left over"
        );
        let after = |path: &str| fs::metadata(target.path(path)).unwrap();
        assert_eq!(
            (after("b.cf").ino(), after("b.cf").modified().unwrap()),
            (b.ino(), b.modified().unwrap())
        );
        assert_ne!(
            after("a.cf").ino(),
            a.ino(),
            "replaced as a whole, not written in place"
        );
        assert_eq!(after("a.cf").mode() & 0o7777, 0o604, "a file keeps its mode");
        assert_eq!(
            after("c.cf").mode() & 0o7777,
            0o640,
            "a new file gets the mode it is given"
        );
        assert_eq!(target.record().as_deref(), Some("new"));
        assert_eq!(fs::metadata(&target.place.work).unwrap().mode() & 0o777, 0o700);
    }
}

#[test]
fn owners_are_kept_and_new_files_get_that_of_the_directory() {
    if !rustix::process::geteuid().is_root() {
        // Only root can give files away.
        return;
    }
    let target = Target::new(&[("a.cf", "old")]);
    chown(&target.place.directory, Some(4711), Some(4712)).unwrap();
    chown(target.path("a.cf"), Some(4713), Some(4714)).unwrap();
    fs::set_permissions(target.path("a.cf"), fs::Permissions::from_mode(0o2640)).unwrap();
    target
        .swap(&[("a.cf", "new"), ("c.cf", "new"), ("sub/d.cf", "new")])
        .unwrap();
    let owner = |path: &str| {
        fs::metadata(target.path(path))
            .map(|found| (found.uid(), found.gid()))
            .unwrap()
    };
    assert_eq!(owner("a.cf"), (4713, 4714));
    assert_eq!(fs::metadata(target.path("a.cf")).unwrap().mode() & 0o7777, 0o2640);
    assert_eq!(["c.cf", "sub", "sub/d.cf"].map(owner), [(4711, 4712); 3]);
}

#[test]
fn no_change_writes_the_record_alone() {
    let target = Target::new(&[("a.cf", "old")]);
    target.swap(&[]).unwrap();
    target.swap(&[]).unwrap();
    assert_eq!(target.record().as_deref(), Some("new"));
    assert_eq!(target.read("a.cf"), "old");
    let reader = ReaderLock {
        file: "r.lock".into(),
        stale_after: std::time::Duration::MAX,
        patience: std::time::Duration::ZERO,
    };
    fs::write(target.path("r.lock"), "theirs").unwrap();
    target
        .swap_seen(&[], &target.seen(), Some(&reader), Method::Exchange)
        .expect("nobody has to wait for nothing");
}

#[test]
fn the_work_folder_may_be_elsewhere() {
    let mut target = Target::new(&[("a.cf", "old")]);
    target.place.work = target.place.directory.with_file_name("state");
    target.swap(&[("a.cf", "new")]).unwrap();
    assert_eq!(target.read("a.cf"), "new");
    assert!(!target.path(WORK).exists());
    assert!(
        target
            .place
            .directory
            .with_file_name("state")
            .join("applied.json")
            .exists()
    );
}
