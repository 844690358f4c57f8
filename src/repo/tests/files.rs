//! Listing, reading and comparing files.

use std::fs;
use std::os::unix::fs::symlink;

use camino::Utf8Path;

use super::TestRepo;
use crate::repo::*;

fn names(listing: &Listing) -> Vec<&str> {
    listing.entries.iter().map(|entry| entry.path.as_str()).collect()
}

fn refusals(refused: &[Refused]) -> Vec<String> {
    refused.iter().map(ToString::to_string).collect()
}

/// Lists a commit of everything and the work tree, which must agree.
fn list_both(test: &TestRepo) -> Listing {
    let work_tree = test.repo.work_tree().unwrap().list().unwrap();
    let revision = test.commit_all("all");
    let committed = test.repo.files(&revision).unwrap().list().unwrap();
    assert_eq!(names(&committed), names(&work_tree));
    assert_eq!(committed.refused, work_tree.refused);
    committed
}

#[test]
fn only_managed_files_are_listed_in_order_of_their_paths() {
    let test = TestRepo::new();
    let managed = [
        "aliases/example.org.toml",
        "clients/grafana.toml",
        "dockspace.toml",
        "groups/engineering.toml",
        "keys/2026-11.toml",
        "mail.sealed.toml",
        "mail.toml",
        "pictures/0a.png",
        "retired.toml",
        "users/example.org.txt",
        "users/example.org/alice.profile.toml",
        "users/example.org/alice.sealed.toml",
        "users/example.org/alice.toml",
        "users/example.org0",
    ];
    for path in managed
        .iter()
        .chain(&["README.md", ".github/workflows/check.yml", "user/x.toml"])
    {
        test.write(path, format!("content of {path}"));
    }
    let listing = list_both(&test);
    assert_eq!(names(&listing), managed);
    assert!(listing.refused.is_empty());
    let files = test.repo.files(&test.repo.revision("HEAD").unwrap()).unwrap();
    let work_tree = test.repo.work_tree().unwrap();
    for entry in &listing.entries {
        let expected = format!("content of {}", entry.path).into_bytes();
        assert_eq!(files.read(entry).unwrap(), expected);
        assert_eq!(work_tree.read(entry).unwrap(), expected);
        assert_eq!(
            entry.blob.unwrap().to_string(),
            test.git(&["rev-parse", &format!("HEAD:{}", entry.path)])
        );
    }
}

#[test]
fn links_depth_and_wrong_kinds_are_refused_in_both_places() {
    let test = TestRepo::new();
    test.write("dockspace.toml", "");
    test.write("users/a/b/fine.toml", "");
    test.write("users/a/b/c/deep.toml", "");
    test.write("Users/x.toml", "");
    test.write("groups", "a file");
    test.write("mail.toml/x", "a folder");
    symlink("/etc/passwd", test.path.join("users/passwd.toml")).unwrap();
    symlink("/etc", test.path.join("users/etc")).unwrap();
    symlink("users", test.path.join("clients")).unwrap();
    let listing = list_both(&test);
    assert_eq!(names(&listing), ["dockspace.toml", "users/a/b/fine.toml"]);
    assert_eq!(
        refusals(&listing.refused),
        [
            "`Users` differs from `users` in upper and lower case only",
            "`clients` is a symbolic link",
            "`groups` is not a folder",
            "`mail.toml` is not a regular file",
            "`users/etc` is a symbolic link",
            "`users/passwd.toml` is a symbolic link",
            "`users/a/b/c` lies too deep",
        ]
    );
}

#[test]
fn names_git_allows_and_we_do_not() {
    let test = TestRepo::new();
    test.write("users/a\nb.toml", "");
    test.write("users/back\\slash.toml", "");
    fs::write(
        test.path.as_std_path().join(std::ffi::OsString::from("users/ok.toml")),
        "",
    )
    .unwrap();
    let latin1: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"users/\xe4.toml");
    fs::write(test.path.as_std_path().join(latin1), "").unwrap();
    let listing = list_both(&test);
    assert_eq!(names(&listing), ["users/ok.toml"]);
    assert_eq!(listing.refused.len(), 3);
    assert!(
        listing.refused.iter().all(|refused| refused.reason == Reason::BadName),
        "{:?}",
        listing.refused
    );
    assert_eq!(listing.refused[2].path, "users/\u{fffd}.toml");
}

#[test]
fn a_submodule_is_refused_in_both_places() {
    let test = TestRepo::new();
    test.write("dockspace.toml", "");
    test.commit_all("first");
    let inner = test.path.join("users/inner");
    test.git(&["clone", "--quiet", ".", inner.as_str()]);
    let work_tree = test.repo.work_tree().unwrap().list().unwrap();
    assert_eq!(refusals(&work_tree.refused), ["`users/inner/.git` is a submodule"]);
    let head = test.commit_all("a repository inside");
    let committed = test.repo.files(&head).unwrap().list().unwrap();
    assert_eq!(refusals(&committed.refused), ["`users/inner` is a submodule"]);
}

#[test]
fn large_files_are_listed_and_refused_when_read() {
    let test = TestRepo::new();
    test.write("users/example.org/alice.toml", vec![b'#'; 64 * 1024 + 1]);
    test.write("users/example.org/bob.toml", vec![b'#'; 64 * 1024]);
    test.write("aliases/example.org.toml", vec![b'#'; 1024 * 1024]);
    test.write("dockspace.toml", vec![b'#'; 1024 * 1024 + 1]);
    let listing = list_both(&test);
    let committed = test.repo.files(&test.repo.revision("HEAD").unwrap()).unwrap();
    for files in [committed, test.repo.work_tree().unwrap()] {
        let refused: Vec<_> = listing
            .entries
            .iter()
            .filter_map(|entry| files.read(entry).err())
            .collect();
        let refused: Vec<_> = refused.iter().map(ToString::to_string).collect();
        assert_eq!(
            refused,
            [
                "`dockspace.toml` is larger than 1048576 bytes",
                "`users/example.org/alice.toml` is larger than 65536 bytes",
            ]
        );
    }
}

#[test]
fn the_work_tree_has_what_is_new_but_not_what_is_ignored() {
    let test = TestRepo::new();
    test.write(".gitignore", "*.bak\nusers/private/\n");
    test.write("users/tracked.bak", "");
    test.write("users/removed.toml", "");
    test.git(&["add", "--force", "."]);
    test.commit_all("first");
    fs::remove_file(test.path.join("users/removed.toml")).unwrap();
    test.write("users/new.toml", "");
    test.write("users/new.bak", "");
    test.write("users/private/x.toml", "");
    symlink("/nowhere", test.path.join("users/.lock.bak")).unwrap();
    let listing = test.repo.work_tree().unwrap().list().unwrap();
    assert_eq!(names(&listing), ["users/new.toml", "users/tracked.bak"]);
    assert!(listing.refused.is_empty());
    assert_eq!(
        test.repo.uncommitted().unwrap(),
        ["users/new.toml", "users/removed.toml"]
    );
}

#[test]
fn a_work_tree_read_follows_no_link_and_waits_for_no_pipe() {
    let test = TestRepo::new();
    test.write("users/example.org/alice.toml", "mine");
    let files = test.repo.work_tree().unwrap();
    let [entry] = &files.list().unwrap().entries[..] else {
        panic!("one file")
    };
    let (file, folder) = (
        test.path.join("users/example.org/alice.toml"),
        test.path.join("users/example.org"),
    );

    fs::remove_file(&file).unwrap();
    symlink("/etc/passwd", &file).unwrap();
    assert!(matches!(
        files.read(entry),
        Err(Error::Refused(Refused {
            reason: Reason::Symlink,
            ..
        }))
    ));

    fs::remove_file(&file).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, file.as_std_path(), rustix::fs::Mode::RUSR).unwrap();
    assert!(matches!(
        files.read(entry),
        Err(Error::Refused(Refused {
            reason: Reason::NotAFile,
            ..
        }))
    ));

    fs::remove_dir_all(&folder).unwrap();
    test.write("elsewhere/alice.toml", "not mine");
    symlink("../elsewhere", &folder).unwrap();
    assert!(matches!(files.read(entry), Err(Error::Io { .. })));
}

#[test]
fn what_git_was_told_not_to_compare_counts_as_uncommitted() {
    let test = TestRepo::new();
    for path in ["users/alice.toml", "users/bob.toml", "users/carol.toml", "README.md"] {
        test.write(path, "1");
    }
    test.commit_all("first");
    test.git(&["update-index", "--assume-unchanged", "users/alice.toml", "README.md"]);
    test.git(&["update-index", "--skip-worktree", "users/bob.toml"]);
    test.write("users/bob.toml", "2");
    assert_eq!(test.repo.uncommitted().unwrap(), ["users/alice.toml", "users/bob.toml"]);
}

#[test]
fn uncommitted_is_about_managed_files_alone() {
    let test = TestRepo::new();
    test.write("users/alice.toml", "1");
    test.write("users/bob.toml", "1");
    test.write("README.md", "1");
    test.commit_all("first");
    assert_eq!(test.repo.uncommitted().unwrap(), [""; 0]);
    test.write("README.md", "2");
    test.write("usersx/alice.toml", "");
    assert_eq!(test.repo.uncommitted().unwrap(), [""; 0]);
    test.write("users/alice.toml", "2");
    test.git(&["add", "users/alice.toml"]);
    test.write("users/bob.toml", "2");
    test.write("mail.toml", "");
    assert_eq!(
        test.repo.uncommitted().unwrap(),
        ["mail.toml", "users/alice.toml", "users/bob.toml"]
    );
}

#[test]
fn one_file_of_a_revision() {
    let test = TestRepo::new();
    test.write("users/alice.toml", "1");
    let first = test.commit_all("first");
    test.write("users/alice.toml", "2");
    let read = |path: &str| test.repo.read_at(&first, path.into());
    assert_eq!(read("users/alice.toml").unwrap(), Some(b"1".to_vec()));
    assert_eq!(read("users/bob.toml").unwrap(), None);
    assert!(matches!(read("users"), Err(Error::Refused(_))));
}

#[test]
fn tree_ids_tell_which_folders_are_the_same() {
    let test = TestRepo::new();
    for path in ["users/alice.toml", "groups/a.toml", "dockspace.toml", "README.md"] {
        test.write(path, "1");
    }
    let first = test.repo.tree_ids(&test.commit_all("first")).unwrap();
    test.write("users/alice.toml", "2");
    let second = test.repo.tree_ids(&test.commit_all("second")).unwrap();
    let names: Vec<_> = first.keys().map(|path| path.as_str()).collect();
    assert_eq!(names, ["dockspace.toml", "groups", "users"]);
    let differing: Vec<_> = names
        .into_iter()
        .filter(|name| first[Utf8Path::new(name)] != second[Utf8Path::new(name)])
        .collect();
    assert_eq!(differing, ["users"]);
}

#[test]
fn changes_between_two_trees_are_those_git_sees() {
    let test = TestRepo::new();
    for name in ["a", "b", "c", "kind"] {
        test.write(&format!("users/example.org/{name}.toml"), name);
        test.write(&format!("groups/{name}.toml"), name);
    }
    test.write("README.md", "1");
    let old = test.commit_all("old");
    test.write("README.md", "2");
    test.write("users/example.org/b.toml", "changed");
    test.write("users/example.org/d.toml", "new");
    test.write("users/new.example/d.toml", "new");
    test.write("mail.toml", "new");
    fs::remove_file(test.path.join("users/example.org/c.toml")).unwrap();
    fs::remove_file(test.path.join("users/example.org/kind.toml")).unwrap();
    test.write("users/example.org/kind.toml/inner.toml", "kind");
    symlink("x", test.path.join("users/link.toml")).unwrap();
    let new = test.commit_all("new");

    let check = |from: &Revision, to: &Revision, refused: &[&str]| {
        let changes = test.repo.changed(from.tree, to.tree).unwrap();
        let ours: Vec<_> = changes.files.iter().map(|file| file.path.to_string()).collect();
        let (from, to) = (from.id.to_string(), to.id.to_string());
        let gits = test.git(&["diff-tree", "-r", "--no-renames", "--name-only", &from, &to]);
        let gits: Vec<_> = gits
            .lines()
            .filter(|path| !matches!(*path, "README.md" | "users/link.toml"))
            .collect();
        assert_eq!(ours, gits);
        assert_eq!(refusals(&changes.refused), refused);
        changes.files
    };
    let files = check(&old, &new, &["`users/link.toml` is a symbolic link"]);
    check(&new, &old, &[]);
    assert!(check(&new, &new, &[]).is_empty());
    let by_path = |path: &str| files.iter().find(|file| file.path == path).unwrap();
    assert!(by_path("users/example.org/c.toml").new.is_none());
    assert!(by_path("users/new.example/d.toml").old.is_none());
    let blob = by_path("users/example.org/b.toml").new.unwrap().to_string();
    assert_eq!(test.git(&["cat-file", "blob", &blob]), "changed");
}
