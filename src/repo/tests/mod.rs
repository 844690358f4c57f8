//! Real repositories in temporary folders, made by the `git` program and read back by ours.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::*;

mod commit;
mod files;
mod write;

/// A repository that goes away with the value.
pub(super) struct TestRepo {
    _folder: tempfile::TempDir,
    pub(super) path: Utf8PathBuf,
    pub(super) repo: Repo,
}

impl TestRepo {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("organisation")).unwrap();
        let repo = Repo::init(&path).unwrap();
        let test = Self {
            _folder: folder,
            path,
            repo,
        };
        test.git(&["config", "user.name", "Ann"]);
        test.git(&["config", "user.email", "ann@example.org"]);
        test
    }

    /// Runs `git` without the settings of this machine.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(&self.path)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim_end().into()
    }

    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(super) fn commit_all(&self, subject: &str) -> Revision {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", subject]);
        self.repo.revision("HEAD").unwrap()
    }
}

#[test]
fn a_repository_is_found_from_below_and_bare() {
    let test = TestRepo::new();
    test.write("users/example.org/alice.toml", "");
    let head = test.commit_all("first");
    let below = Repo::open(&test.path.join("users/example.org")).unwrap();
    assert_eq!(below.revision("HEAD").unwrap(), head);
    let bare = test.path.join("../bare.git");
    test.git(&["clone", "--quiet", "--bare", ".", bare.as_str()]);
    let bare = Repo::open(&bare).unwrap();
    assert_eq!(bare.revision("main").unwrap(), head);
    assert!(matches!(bare.work_tree(), Err(Error::Bare)));
    assert_eq!(bare.uncommitted().unwrap(), [""; 0]);
}

#[test]
fn no_repository_no_commit_and_no_revision_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap();
    assert!(matches!(Repo::open(path), Err(Error::NotARepository(_))));
    assert!(matches!(
        Repo::open(&path.join("missing")),
        Err(Error::NotARepository(_))
    ));
    let test = TestRepo::new();
    assert!(matches!(test.repo.revision("HEAD"), Err(Error::NoCommit)));
    test.write("dockspace.toml", "");
    test.commit_all("first");
    assert!(matches!(test.repo.revision("nowhere"), Err(Error::NoSuchRevision(name)) if name == "nowhere"));
    assert!(matches!(
        test.repo.revision("HEAD^{tree}"),
        Err(Error::NoSuchRevision(_))
    ));
}

#[test]
fn a_repository_of_another_user_is_not_trusted() {
    let test = TestRepo::new();
    if !rustix::process::geteuid().is_root() {
        // Only root can give a folder away.
        return;
    }
    std::os::unix::fs::chown(&test.path, Some(4711), None).unwrap();
    std::os::unix::fs::chown(test.path.join(".git"), Some(4711), None).unwrap();
    let error = Repo::open(&test.path).err().unwrap();
    assert!(matches!(error, Error::OtherOwner(_)), "{error}");
    assert!(error.hint().unwrap().contains("safe.directory"));
}

#[test]
fn a_revision_says_who_when_and_what() {
    let test = TestRepo::new();
    test.write("dockspace.toml", "");
    test.git(&["add", "."]);
    let message = "users: add Bob\n\nBecause.\n";
    test.git(&["commit", "--quiet", "--date=2001-01-01T00:00:00Z", "--message", message]);
    let head = test.repo.revision("HEAD").unwrap();
    assert_eq!(head.author.to_string(), "Ann <ann@example.org>");
    assert_eq!(head.subject, "users: add Bob");
    assert_eq!(head.id.to_string(), test.git(&["rev-parse", "HEAD"]));
    assert_eq!(head.to_string(), test.git(&["rev-parse", "--short=12", "HEAD"]));
    assert_eq!(head.tree.to_string(), test.git(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!(
        head.time.as_second().to_string(),
        test.git(&["log", "-1", "--format=%ct"])
    );
    assert_eq!(ObjectId::from_hex(&head.id.to_string()), Some(head.id));
    assert_eq!(ObjectId::from_hex("abc"), None);
}

#[test]
fn descent_and_merge_base() {
    let test = TestRepo::new();
    test.write("dockspace.toml", "1");
    let first = test.commit_all("first");
    test.write("dockspace.toml", "2");
    let second = test.commit_all("second");
    test.git(&["switch", "--quiet", "--create", "other", first.id.to_string().as_str()]);
    test.write("mail.toml", "");
    let other = test.commit_all("other");
    test.git(&["switch", "--quiet", "--orphan", "island"]);
    test.write("mail.toml", "island");
    let island = test.commit_all("island");
    let repo = &test.repo;
    assert!(repo.descends_from(&second, &first).unwrap());
    assert!(repo.descends_from(&first, &first).unwrap());
    assert!(!repo.descends_from(&first, &second).unwrap());
    assert!(!repo.descends_from(&other, &second).unwrap());
    assert_eq!(repo.merge_base(&second, &other).unwrap(), Some(first));
    assert_eq!(repo.merge_base(&second, &island).unwrap(), None);
}
