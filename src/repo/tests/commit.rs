//! Commits, judged by the `git` program.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;

use super::TestRepo;
use crate::clock::Clock;
use crate::repo::{Author, Edits, Error, Message, Repo, Revision};

fn edits(list: &[(&str, Option<&str>)]) -> Edits {
    list.iter()
        .map(|(path, content)| ((*path).into(), content.map(|content| content.as_bytes().to_vec())))
        .collect()
}

fn commit(test: &TestRepo, list: &[(&str, Option<&str>)]) -> Result<Revision, Error> {
    let clock = Clock::fixed(Timestamp::from_second(1_800_000_000).unwrap());
    let message = Message {
        subject: "users: add\nDockspace-Ack: injected".into(),
        body: "Why.\n".into(),
        trailers: vec![
            ("Dockspace-Ack".into(), "admins=1\nx: y".into()),
            ("B".into(), "2".into()),
        ],
    };
    test.repo.commit(&edits(list), &message, &clock)
}

/// Everything git has to say about the state: nothing is wrong and nothing is left over.
fn is_clean(test: &TestRepo) -> bool {
    test.git(&["fsck", "--strict", "--no-dangling"]);
    test.git(&["status", "--porcelain"]).is_empty()
}

#[test]
fn the_first_commit_and_the_next() {
    let test = TestRepo::new();
    let first = commit(
        &test,
        &[
            ("dockspace.toml", Some("1")),
            ("users/example.org/alice.toml", Some("a")),
        ],
    )
    .unwrap();
    assert!(is_clean(&test));
    let second = commit(
        &test,
        &[("dockspace.toml", Some("2")), ("users/example.org/alice.toml", None)],
    )
    .unwrap();
    assert!(is_clean(&test));
    assert_eq!(test.git(&["ls-tree", "-r", "--name-only", "HEAD"]), "dockspace.toml");
    assert_eq!(
        test.git(&["cat-file", "-p", "HEAD^{tree}"]).lines().count(),
        1,
        "no empty tree stays"
    );
    assert!(!test.path.join("users").exists());
    assert_eq!(
        test.git(&["rev-parse", "HEAD~1", "main"]),
        format!("{}\n{}", first.id, second.id)
    );
    assert_eq!(second.author.to_string(), "Ann <ann@example.org>");
    assert_eq!(second.time.as_second(), 1_800_000_000);
}

#[test]
fn the_message_has_trailers_git_can_read_and_no_injected_one() {
    let test = TestRepo::new();
    commit(&test, &[("dockspace.toml", Some("1"))]).unwrap();
    assert_eq!(
        test.git(&["log", "-1", "--format=%s"]),
        "users: add Dockspace-Ack: injected"
    );
    assert_eq!(
        test.git(&["log", "-1", "--format=%(trailers)"]).trim(),
        "Dockspace-Ack: admins=1 x: y\nB: 2"
    );
    assert!(test.git(&["log", "-1", "--format=%B"]).contains("\n\nWhy.\n\n"));
}

#[test]
fn other_changes_stay_as_they_are() {
    let test = TestRepo::new();
    for name in ["staged", "edited", "ours"] {
        test.write(name, "1");
    }
    test.commit_all("first");
    for name in ["staged", "edited", "new"] {
        test.write(name, "2");
    }
    test.git(&["add", "staged"]);
    commit(&test, &[("ours", Some("2"))]).unwrap();
    assert_eq!(test.git(&["diff", "--name-only", "HEAD~1", "HEAD"]), "ours");
    assert_eq!(test.git(&["status", "--porcelain"]), " M edited\nM  staged\n?? new");
}

#[test]
fn uncommitted_changes_of_the_same_file_are_refused() {
    let test = TestRepo::new();
    test.write("a", "1");
    test.write("b", "1");
    test.commit_all("first");
    test.write("a", "edited");
    test.write("b", "staged");
    test.git(&["add", "b"]);
    test.write("c", "new");
    let result = commit(
        &test,
        &[("a", Some("2")), ("b", Some("2")), ("c", Some("2")), ("d", Some("2"))],
    );
    assert!(matches!(result, Err(Error::Uncommitted(paths)) if paths == ["a", "b", "c"]));
    assert!(!test.path.join("d").exists(), "nothing is written");
    let result = commit(&test, &[("a", Some("edited")), ("c", Some("new"))]);
    result.expect("a file that already is as it shall be is fine");
}

#[test]
fn no_change_is_no_commit() {
    let test = TestRepo::new();
    let first = commit(&test, &[("a", Some("1"))]).unwrap();
    assert_eq!(commit(&test, &[("a", Some("1")), ("b", None)]).unwrap(), first);
}

#[test]
fn an_executable_file_stays_one() {
    let test = TestRepo::new();
    test.write("run", "1");
    fs::set_permissions(test.path.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    test.commit_all("first");
    commit(&test, &[("run", Some("2"))]).unwrap();
    assert!(is_clean(&test));
    assert!(test.git(&["ls-tree", "HEAD", "run"]).starts_with("100755"));
}

#[test]
fn a_path_never_leads_out() {
    let test = TestRepo::new();
    test.write("file", "");
    std::os::unix::fs::symlink("/tmp", test.path.join("link")).unwrap();
    for path in [
        "",
        "../x",
        "/tmp/x",
        ".git/config",
        "a/.GIT/x",
        "link/x",
        "link",
        "file/x",
        "a//b",
        "a\\b",
        "a\0b",
    ] {
        let result = commit(&test, &[(path, Some("x"))]);
        assert!(matches!(result, Err(Error::BadPath(_))), "{path:?}");
    }
}

#[test]
fn states_in_which_a_commit_would_go_astray_are_refused() {
    let test = TestRepo::new();
    let first = commit(&test, &[("a", Some("1"))]).unwrap();
    test.git(&["switch", "--quiet", "--detach"]);
    assert!(matches!(commit(&test, &[("a", Some("2"))]), Err(Error::Detached)));
    test.git(&["switch", "--quiet", "main"]);
    fs::write(test.path.join(".git/MERGE_HEAD"), format!("{}\n", first.id)).unwrap();
    assert!(matches!(commit(&test, &[("a", Some("2"))]), Err(Error::InProgress)));
    fs::remove_file(test.path.join(".git/MERGE_HEAD")).unwrap();
    test.git(&["config", "user.name", ""]);
    let error = commit(&test, &[("a", Some("2"))]).unwrap_err();
    assert!(matches!(error, Error::NoIdentity));
    assert!(error.hint().unwrap().contains("user.email"));
    let bare = Repo::init_bare(&test.path.join("../bare.git")).unwrap();
    assert!(matches!(
        bare.commit(&Edits::new(), &Message::default(), &Clock::system()),
        Err(Error::Bare)
    ));
    assert_eq!(
        fs::read_to_string(test.path.join("a")).unwrap(),
        "1",
        "nothing is written"
    );
}

#[test]
fn the_identity_of_one_repository() {
    let test = TestRepo::new();
    let author = Author {
        name: "Dockspace demo".into(),
        email: "demo@example.org".into(),
    };
    test.repo.set_identity(&author).unwrap();
    assert_eq!(commit(&test, &[("a", Some("1"))]).unwrap().author, author);
    assert_eq!(test.git(&["config", "--local", "user.name"]), "Dockspace demo");
}
