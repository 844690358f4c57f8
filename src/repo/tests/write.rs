//! Writing to the work tree.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::TestRepo;
use crate::repo::{Edits, Error};

fn edits(list: &[(&str, Option<&str>)]) -> Edits {
    list.iter()
        .map(|(path, content)| ((*path).into(), content.map(|content| content.as_bytes().to_vec())))
        .collect()
}

#[test]
fn files_are_written_and_removed_and_nothing_is_committed() {
    let test = TestRepo::new();
    test.write("groups/a.toml", "1");
    test.write("users/example.org/alice.toml", "1");
    let head = test.commit_all("first");
    fs::set_permissions(test.path.join("groups/a.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    let list = [
        ("groups/a.toml", Some("2")),
        ("clients/new.toml", Some("3")),
        ("users/example.org/alice.toml", None),
        ("keys/never-was.toml", None),
    ];
    test.repo.write(&edits(&list)).unwrap();
    let read = |path: &str| fs::read_to_string(test.path.join(path)).unwrap();
    assert_eq!(
        (read("groups/a.toml"), read("clients/new.toml")),
        ("2".into(), "3".into())
    );
    assert!(!test.path.join("users").exists());
    let mode = |path: &str| fs::metadata(test.path.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("groups/a.toml"), mode("clients/new.toml")), (0o600, 0o644));
    assert_eq!(test.repo.revision("HEAD").unwrap(), head);
    assert_eq!(
        fs::read_dir(test.path.join("groups")).unwrap().count(),
        1,
        "nothing is left over"
    );
}

#[test]
fn one_bad_path_and_nothing_is_written() {
    let test = TestRepo::new();
    test.write("folder.toml/x", "a folder where a file must be");
    test.write("file", "a file where a folder must be");
    let bad = [
        "../out.toml",
        "/etc/out.toml",
        ".git/config",
        "b/.GIT/x",
        "",
        "folder.toml",
        "file/b.toml",
    ];
    for bad in bad {
        let list = edits(&[("a.toml", Some("1")), (bad, Some("2"))]);
        assert!(matches!(test.repo.write(&list), Err(Error::BadPath(_))), "{bad}");
        assert!(!test.path.join("a.toml").exists(), "{bad}");
    }
}
