//! Hostile files and names in a real work tree and in git's own objects, before the built program.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::base;
use crate::support::repo::{Output, TestRepo};

/// The sound repository in git.
fn repo() -> TestRepo {
    let repo = TestRepo::new();
    for (path, content) in base() {
        repo.write(path, content);
    }
    repo
}

/// Ends with 3, names what is wrong, and prints nothing that a terminal would obey.
#[track_caller]
fn refused(repo: &TestRepo, args: &[&str], names: &[&str]) {
    for format in ["text", "json", "github"] {
        let output = repo
            .dockspace(args.iter().copied().chain(["--format", format]))
            .run()
            .expect_code(3);
        let said = format!("{}{}", output.stdout, output.stderr);
        for name in names {
            assert!(said.contains(name), "{name} is not in {said}");
        }
        harmless(&output, format);
    }
}

/// JSON is for programs: it has whatever is no control character as it is.
#[track_caller]
fn harmless(output: &Output, format: &str) {
    for said in [&output.stdout, &output.stderr] {
        let is_obeyed = |c: char| match c {
            '\n' => false,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => format != "json",
            _ => c.is_control(),
        };
        let obeyed = said.chars().find(|c| is_obeyed(*c));
        assert_eq!(obeyed, None, "{said:?}");
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let repo = repo();
    let target = repo.beside("outside.toml");
    fs::write(
        &target,
        "id = \"outside\"\nusername = \"outside\"\nname = \"Outside\"\n",
    )
    .unwrap();
    symlink(&target, repo.path().join("users/example.test/linked.toml")).unwrap();
    symlink("/etc", repo.path().join("users/linked.test")).unwrap();
    symlink(repo.path().join("users"), repo.path().join("users/example.test/round")).unwrap();
    fs::create_dir(repo.path().join("groups/folder.toml")).unwrap();
    repo.write("groups/folder.toml/x.toml", "");
    rustix::fs::mkfifoat(rustix::fs::CWD, repo.path().join("groups/pipe.toml"), 0o644.into()).unwrap();
    repo.write("aliases/second.test.toml", vec![b'#'; 2 << 20]);
    repo.write("users/example.test/long.toml", "a = [".repeat(10_000));
    let names = [
        "linked.toml",
        "linked.test",
        "folder.toml",
        "pipe.toml",
        "second.test.toml",
        "long.toml",
    ];
    refused(&repo, &["check"], &names);
}

#[test]
fn names_that_are_none_are_refused() {
    let repo = repo();
    let user = "id = \"x\"\nusername = \"xx\"\nname = \"X\"\n";
    let names = [
        "users/example.test/\u{1b}[2J\u{1b}]0;owned\u{7}.toml",
        "users/example.test/\u{202e}lmot.ecila.toml",
        "users/example.test/a\nb.toml",
        "users/example.test/::error::x.toml",
        "users/example.test/Alice.toml",
        "users/example.test/alice .toml",
        "users/example.test/..toml",
        "users/example.test/-rf.toml",
        "users/example.test/deep/er/x.toml",
    ];
    for name in names {
        repo.write(name, user);
    }
    fs::write(
        repo.path().join(OsStr::from_bytes(b"users/example.test/\xff.toml")),
        user,
    )
    .unwrap();
    refused(&repo, &["check"], &["Alice.toml", "alice .toml", "-rf.toml", "deep"]);
}

#[test]
fn folders_that_differ_in_case_are_named_once() {
    for folder in ["Users", "users/EXAMPLE.TEST"] {
        let repo = repo();
        repo.write(format!("{folder}/x.toml"), "id = \"x\"\n");
        let output = repo.dockspace(["check"]).run().expect_code(3);
        let others = output.stderr.contains("DS-A003");
        assert!(output.stderr.contains(folder) && !others, "{}", output.stderr);
    }
}

#[test]
fn values_that_would_write_to_the_terminal_do_not() {
    let repo = repo();
    let hostile = "\\u001b]0;x\\u0007\\u001b[2J\\u202e\\u2066::error::\\r\\n\\u0000";
    for (path, line) in [
        ("users/second.test/zoe.toml", format!("state = \"{hostile}\"\n")),
        ("users/catch.test/kept.toml", format!("\"{hostile}\" = 1\n")),
        (
            "users/catch.test/caught.toml",
            format!("groups = [\"{hostile}\"]\naliases = [\"{hostile}\"]\n"),
        ),
        ("aliases/second.test.toml", format!("\"{hostile}\" = [\"{hostile}\"]\n")),
        (
            "users/example.test/carol.toml",
            "\u{1b}[2J\u{202e} = 1 # \u{1b}[2J\n".to_owned(),
        ),
    ] {
        let text = repo.read(path);
        repo.write(path, text + &line);
    }
    refused(
        &repo,
        &["check"],
        &["zoe.toml", "kept.toml", "caught.toml", "second.test.toml", "carol.toml"],
    );
}

/// What no work tree can hold, but a pushed commit can.
#[test]
fn trees_that_git_would_not_make_are_refused() {
    let repo = repo();
    repo.commit("Start");
    let root = repo.git(["ls-tree", "HEAD"]);
    let blob = repo.git(["hash-object", "-w", "dockspace.toml"]);
    let link = repo.git(["hash-object", "-w", "groups/nobody.toml"]);
    let commit = repo.git(["rev-parse", "HEAD"]);
    for (line, name) in [
        (format!("120000 blob {}\tmail.toml", link.trim_end()), "mail.toml"),
        (format!("160000 commit {}\tkeys", commit.trim_end()), "keys"),
        (format!("100644 blob {}\tusers", blob.trim_end()), "users"),
        (
            format!("100644 blob {}\tDockspace.toml", blob.trim_end()),
            "Dockspace.toml",
        ),
    ] {
        let name_of = |line: &str| line.split_once('\t').map(|(_, name)| name.to_owned());
        let others = root.lines().filter(|other| name_of(other).as_deref() != Some(name));
        let tree: String = others.chain([line.as_str()]).map(|line| format!("{line}\n")).collect();
        let tree = repo.git_with_input(["mktree"], tree);
        let commit = repo.git(["commit-tree", "-m", "Hostile", tree.trim_end()]);
        refused(&repo, &["check", "--rev", commit.trim_end()], &[name]);
    }
}
