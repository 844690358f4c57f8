//! The merge driver under a real `git merge`, and the hook under a real `git commit`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dockspace::document::{Editor, Kind, merge};
use dockspace::repo::merge_lines;

use crate::example::example;
use crate::support::repo::{Output, TestRepo};

const BOB: &str = "users/example.org/bob.toml";

/// The example in a clone that merges as its `.gitattributes` says.
fn merging() -> TestRepo {
    let repo = example();
    let driver = format!("{} merge-file %O %A %B %P", env!("CARGO_BIN_EXE_dockspace"));
    repo.git(["config", "merge.dockspace.driver", &driver]);
    repo
}

fn sets(repo: &TestRepo, args: &[&str]) {
    let set = [&["user", "set", "bob@example.org"], args].concat();
    let _ = repo.dockspace(set).run().expect_code(0);
}

/// Merges what `theirs` does with what `ours` does, both from the same commit.
fn merged(repo: &TestRepo, ours: impl Fn(&TestRepo), theirs: impl Fn(&TestRepo)) -> Output {
    repo.git(["checkout", "--quiet", "-b", "theirs"]);
    theirs(repo);
    repo.commit("Theirs");
    repo.git(["checkout", "--quiet", "main"]);
    ours(repo);
    repo.commit("Ours");
    let script = repo.beside("merge.sh");
    fs::write(&script, "git merge --quiet --no-edit theirs\n").unwrap();
    repo.shell(&script).run()
}

#[test]
fn different_changes_of_one_person_merge() {
    let repo = merging();
    let ours = |repo: &TestRepo| sets(repo, &["--quota", "3G", "--add-group", "members"]);
    let theirs = |repo: &TestRepo| sets(repo, &["--protected", "--remove-group", "board"]);
    let _ = merged(&repo, ours, theirs).expect_code(0);
    let text = repo.read(BOB);
    let groups = "groups = [\"engineering\", \"members\"]\n";
    assert!(
        text.contains(groups) && text.contains("protected = true") && text.contains("quota = \"3G\""),
        "{text}"
    );
    let _ = repo.dockspace(["check", "--strict"]).run().expect_code(0);
    let _ = repo.dockspace(["fmt", "--check"]).run().expect_code(0);
}

#[test]
fn without_the_driver_it_is_a_conflict() {
    let repo = example();
    let ours = |repo: &TestRepo| sets(repo, &["--add-group", "members"]);
    let theirs = |repo: &TestRepo| sets(repo, &["--add-group", "contractors"]);
    let _ = merged(&repo, ours, theirs).expect_code(1);
}

#[test]
fn what_both_changed_is_left_with_markers() {
    let repo = merging();
    let merged = merged(
        &repo,
        |repo| sets(repo, &["--quota", "3G"]),
        |repo| sets(repo, &["--quota", "4G"]),
    )
    .expect_code(1);
    let said = format!("{}{}", merged.stdout, merged.stderr);
    assert!(said.contains("both sides changed `quota`"), "{said}");
    let text = repo.read(BOB);
    assert!(
        text.contains("<<<<<<< ours\nquota = \"3G\"\n=======\nquota = \"4G\"\n>>>>>>> theirs\n"),
        "{text}"
    );
    assert!(repo.git(["status", "--porcelain"]).contains("UU"));
}

#[test]
fn two_new_passwords_are_never_merged() {
    let repo = merging();
    let reset = |repo: &TestRepo| {
        let passwd = ["user", "passwd", "bob@example.org"];
        let _ = repo
            .dockspace(passwd)
            .stdin("a horse of many colours\n")
            .run()
            .expect_code(0);
    };
    let merged = merged(&repo, reset, reset).expect_code(1);
    let said = format!("{}{}", merged.stdout, merged.stderr);
    assert!(said.contains("both sides changed `password`"), "{said}");
}

/// One change of one user's file.
#[derive(Clone, Copy, Debug)]
enum Change {
    Group,
    Alias,
    Quota,
    Name,
    Protected,
}

impl Change {
    const ALL: [Self; 5] = [Self::Group, Self::Alias, Self::Quota, Self::Name, Self::Protected];

    /// As person number `n` makes it.
    fn of(self, text: &str, n: usize) -> String {
        let mut file = Editor::open(Kind::User, text).unwrap();
        let edited = match self {
            Self::Group => file.add(&["groups"], &format!("group{n}")),
            Self::Alias => file.add(&["aliases"], &format!("alias{n}@example.org")),
            Self::Quota => file.set(&["quota"], format!("{n}G")),
            Self::Name => file.set(&["name"], format!("Bob {n}")),
            Self::Protected => file.set(&["protected"], true),
        };
        edited.unwrap().text().to_owned()
    }
}

#[test]
fn few_pairs_of_changes_of_one_file_conflict() {
    let base = example().read(BOB);
    let (mut pairs, mut by_lines, mut by_keys) = (0, 0, 0);
    for ours in Change::ALL.map(|change| change.of(&base, 1)) {
        for theirs in Change::ALL.map(|change| change.of(&base, 2)) {
            pairs += 1;
            let lines = merge_lines(base.as_bytes(), ours.as_bytes(), theirs.as_bytes()).unwrap();
            if !lines.is_clean {
                by_lines += 1;
                by_keys += u32::from(merge(Kind::User, &base, &ours, &theirs).is_err());
            }
        }
    }
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/review.md")).unwrap();
    let said = format!("of {pairs} pairs of changes {by_lines} conflict by lines and {by_keys} by what they say");
    assert!(
        guide.replace('\n', " ").contains(&said),
        "docs/guides/review.md should say: {said}"
    );
}

/// The example in a clone with the hook.
fn hooked() -> TestRepo {
    let repo = example();
    repo.git(["config", "core.hooksPath", ".dockspace/hooks"]);
    let hook = repo.path().join(".dockspace/hooks/pre-commit");
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    repo
}

fn commit(repo: &TestRepo) -> Output {
    let script = repo.beside("commit.sh");
    fs::write(&script, "git commit --quiet --message Change\n").unwrap();
    repo.shell(&script).run()
}

#[test]
fn what_is_staged_is_what_the_hook_checks() {
    let repo = hooked();
    let good = repo.read(BOB);
    repo.write(BOB, good.replace("Bob Sawyer", "Bob S."));
    repo.git(["add", "--all"]);
    // What is not staged is not looked at.
    repo.write(BOB, "no TOML");
    let _ = commit(&repo).expect_code(0);

    for (text, code) in [
        (format!("{good}qouta = \"1G\"\n"), "DS-F003"),
        (format!("{good}password = \"hunter2\"\n"), "DS-S002"),
        (
            good.replace("\"board\", \"engineering\"", "\"engineering\",\"board\""),
            "Would format",
        ),
    ] {
        repo.write(BOB, text);
        repo.git(["add", "--all"]);
        let refused = commit(&repo);
        assert_ne!(refused.code, Some(0));
        assert!(refused.stderr.contains(code), "{}", refused.stderr);
    }
}
