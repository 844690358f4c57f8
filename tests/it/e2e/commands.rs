//! `plan` and `apply` as a host runs them: what they say, how they end, and that they write what they said and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;

use dockspace::apply::{Lock, Place};
use dockspace::model::Dialect;

use super::organisation::Organisation;
use crate::support::repo::Output;
use crate::support::text;

const ZOE: &str = "users/second.test/zoe.toml";

/// An organisation that is applied already.
fn applied() -> Organisation {
    let organisation = Organisation::new(Dialect::Dms16);
    let _ = apply(&organisation, &["--yes"], 0);
    organisation
}

#[track_caller]
fn apply(organisation: &Organisation, more: &[&str], code: i32) -> Output {
    organisation
        .on_the_host(&[&["apply"], more].concat())
        .run()
        .expect_code(code)
}

#[track_caller]
fn plan(organisation: &Organisation, more: &[&str], code: i32) -> Output {
    organisation
        .on_the_host(&[&["plan"], more].concat())
        .run()
        .expect_code(code)
}

/// Writes Zoe's file with one line more.
fn change_zoe(organisation: &Organisation, line: &str) {
    let text = organisation.repo.read(ZOE);
    organisation.repo.write(ZOE, format!("{text}{line}\n"));
}

/// Every file there and in the folders below: its inode, its times and its content.
fn state_of(folder: &std::path::Path) -> BTreeMap<String, (u64, i64, i64, Vec<u8>)> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let facts = fs::symlink_metadata(&path).unwrap();
            let content = if facts.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else {
                fs::read(&path).unwrap()
            };
            all.insert(
                text(&path).to_owned(),
                (facts.ino(), facts.mtime(), facts.mtime_nsec(), content),
            );
        }
    }
    all
}

/// The id that a plan prints.
#[track_caller]
fn id(output: &Output) -> String {
    let json: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    json["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_change_is_planned_applied_and_then_done() {
    let organisation = Organisation::new(Dialect::Dms16);
    let _ = plan(&organisation, &["--detailed-exitcode"], 2);
    let _ = apply(&organisation, &["--yes"], 0);
    let _ = plan(&organisation, &["--detailed-exitcode"], 0);
    change_zoe(&organisation, "quota = \"3G\"");
    organisation.repo.commit("Zoe gets a quota");
    let output = plan(&organisation, &["--detailed-exitcode"], 2);
    assert!(output.stdout.contains("zoe@second.test"), "{}", output.stdout);
    assert!(
        output.stdout.len() < 1024,
        "one change takes a kilobyte to say:\n{}",
        output.stdout
    );
    let before = state_of(&organisation.live());
    let _ = apply(&organisation, &["--yes"], 0);
    let after = state_of(&organisation.live());
    let changed = after.iter().filter(|(path, state)| before.get(*path) != Some(*state));
    let changed: Vec<&str> = changed
        .filter_map(|(path, _)| path.rsplit_once("live/"))
        .map(|(_, name)| name)
        .collect();
    let inner = [".dockspace", ".dockspace/applied.json", ".dockspace/lock"];
    let changed: Vec<_> = changed.into_iter().filter(|name| !inner.contains(name)).collect();
    assert_eq!(changed, ["dovecot-quotas.cf"]);
    assert!(
        organisation
            .live_file("dovecot-quotas.cf")
            .contains("zoe@second.test:3G\n")
    );
    let _ = plan(&organisation, &["--detailed-exitcode"], 0);
}

#[test]
fn what_a_plan_says_grows_with_the_change_and_not_with_the_organisation() {
    let organisation = Organisation::new(Dialect::Dms16);
    for number in 0..400 {
        let text = format!("id = \"id-{number}\"\nusername = \"user{number}\"\nname = \"User {number}\"\n");
        organisation
            .repo
            .write(format!("users/second.test/user{number}.toml"), text);
    }
    organisation.repo.commit("Four hundred more");
    let _ = apply(&organisation, &["--yes"], 0);
    change_zoe(&organisation, "state = \"suspended\"");
    organisation.repo.commit("Zoe is suspended");
    for format in ["text", "markdown"] {
        let said = plan(&organisation, &["--format", format], 0).stdout;
        assert!(said.contains("zoe@second.test") && said.len() < 1024, "{said}");
    }
}

#[test]
fn a_second_apply_writes_nothing() {
    let organisation = applied();
    let lock = organisation.live().join(".dockspace/lock");
    let without_lock = |organisation: &Organisation| {
        let mut state = state_of(&organisation.live());
        state.remove(text(&lock));
        state
    };
    let before = without_lock(&organisation);
    let output = apply(&organisation, &["--yes"], 0);
    assert_eq!(without_lock(&organisation), before, "{}", output.stderr);
    // A commit that means nothing to the mail server changes the record alone.
    organisation.repo.write("README.md", "Who we are\n");
    organisation.repo.commit("Say who we are");
    let _ = apply(&organisation, &["--yes"], 0);
    let after = without_lock(&organisation);
    let changed: Vec<_> = after.keys().filter(|path| after[*path] != before[*path]).collect();
    assert!(changed.iter().all(|path| path.contains(".dockspace")), "{changed:?}");
}

#[test]
fn a_plan_writes_nothing() {
    let organisation = applied();
    change_zoe(&organisation, "quota = \"3G\"");
    let before = [
        state_of(&organisation.live()),
        state_of(&organisation.repo.path().join("users")),
    ];
    for format in ["text", "json", "markdown"] {
        let _ = plan(&organisation, &["--format", format], 0);
    }
    assert_eq!(
        [
            state_of(&organisation.live()),
            state_of(&organisation.repo.path().join("users"))
        ],
        before
    );
}

/// What happens to a saved plan when something moves.
fn saved_then(moved: impl FnOnce(&Organisation), code: i32) -> Output {
    let organisation = applied();
    change_zoe(&organisation, "quota = \"3G\"");
    organisation.repo.commit("Zoe gets a quota");
    let file = organisation.repo.beside("plan.json");
    let _ = plan(&organisation, &["--out", text(&file)], 0);
    moved(&organisation);
    let before = state_of(&organisation.live());
    let output = apply(&organisation, &[text(&file)], code);
    let after = state_of(&organisation.live());
    let is_file = |path: &&String| !path.contains(".dockspace");
    let same = before
        .keys()
        .filter(is_file)
        .all(|path| before.get(path) == after.get(path));
    assert_eq!(same, code != 0, "{}", output.stderr);
    output
}

#[test]
fn a_saved_plan_is_applied_when_nothing_moved() {
    let _ = saved_then(|_| {}, 0);
    // A later commit does not matter: what is applied is the commit of the plan.
    let _ = saved_then(
        |organisation| {
            change_zoe(organisation, "keep_copy = true");
            organisation.repo.commit("Something else");
        },
        0,
    );
}

#[test]
fn a_saved_plan_is_stale_when_something_moved() {
    let applied_since = |organisation: &Organisation| {
        organisation
            .repo
            .write(ZOE, organisation.repo.read(ZOE).replace("3G", "4G"));
        organisation.repo.commit("Zoe gets more");
        let _ = apply(organisation, &["--yes"], 0);
    };
    let output = saved_then(applied_since, 4);
    assert!(output.stderr.contains("applied"), "{}", output.stderr);

    let written_since = |organisation: &Organisation| {
        let file = organisation.live().join("postfix-virtual.cf");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("{text}x@example.test alice@example.test\n")).unwrap();
    };
    let output = saved_then(written_since, 4);
    assert!(output.stderr.contains("postfix-virtual.cf"), "{}", output.stderr);

    let rewritten_since = |organisation: &Organisation| {
        let file = organisation.repo.beside("plan.json");
        let plan = fs::read_to_string(&file).unwrap();
        let head = organisation.repo.git(["rev-parse", "HEAD"]);
        let other = organisation
            .repo
            .git(["commit-tree", "-m", "Another", "-p", "HEAD", "HEAD~^{tree}"]);
        fs::write(file, plan.replace(head.trim_end(), other.trim_end())).unwrap();
    };
    let _ = saved_then(rewritten_since, 4);
}

#[test]
fn a_saved_plan_that_is_none_is_refused() {
    let edits: [fn(&str) -> String; 4] = [
        |_| String::new(),
        |_| "{}".to_owned(),
        |plan| plan[..plan.len() / 2].to_owned(),
        |plan| plan.replace("zoe@second.test", "alice@example.test"),
    ];
    for edit in edits {
        let edited = |organisation: &Organisation| {
            let file = organisation.repo.beside("plan.json");
            let plan = fs::read_to_string(&file).unwrap();
            assert_ne!(edit(&plan), plan);
            fs::write(file, edit(&plan)).unwrap();
        };
        let output = saved_then(edited, 1);
        assert!(output.stderr.contains("plan.json"), "{}", output.stderr);
    }
}

#[test]
fn what_is_not_committed_is_not_applied() {
    let organisation = applied();
    change_zoe(&organisation, "quota = \"3G\"");
    let output = apply(&organisation, &["--yes"], 4);
    assert!(
        output.stderr.contains(ZOE) && output.stderr.contains("--rev HEAD"),
        "{}",
        output.stderr
    );
    let _ = apply(&organisation, &["--yes", "--rev", "HEAD"], 0);
    assert!(!organisation.live_file("dovecot-quotas.cf").contains("zoe@"));
    let file = organisation.repo.beside("plan.json");
    let output = plan(&organisation, &["--out", text(&file)], 0);
    assert!(output.stderr.contains("not committed"), "{}", output.stderr);
    let _ = apply(&organisation, &[text(&file)], 4);
}

#[test]
fn what_is_invalid_is_neither_planned_nor_applied() {
    let organisation = applied();
    change_zoe(&organisation, "qouta = \"3G\"");
    organisation.repo.commit("A mistake");
    let before = state_of(&organisation.live());
    for command in ["check", "plan", "apply"] {
        let output = organisation.on_the_host(&[command]).run().expect_code(3);
        let place = format!("{ZOE}:4:1");
        assert!(
            output.stderr.contains(&place) && output.stderr.contains("quota"),
            "{}",
            output.stderr
        );
        assert_eq!(output.stdout, "");
    }
    assert_eq!(state_of(&organisation.live()), before);
}

#[test]
fn one_apply_at_a_time() {
    let organisation = applied();
    let before = state_of(&organisation.live());
    let lock = Lock::take(Place::inside(text(&organisation.live()))).unwrap();
    let output = apply(&organisation, &["--yes"], 7);
    let holder = std::process::id().to_string();
    assert!(output.stderr.contains(&holder), "{}", output.stderr);
    let _ = plan(&organisation, &[], 0);
    drop(lock);
    let _ = apply(&organisation, &["--yes"], 0);
    assert_eq!(state_of(&organisation.live()).len(), before.len());
}

#[test]
fn nobody_agrees_where_nobody_is() {
    let organisation = Organisation::new(Dialect::Dms15);
    let output = apply(&organisation, &[], 1);
    assert!(output.stderr.contains("--yes"), "{}", output.stderr);
    assert!(!organisation.live().join("postfix-accounts.cf").exists());
}

#[test]
fn without_the_key_a_plan_says_what_it_did_not_look_at() {
    let organisation = applied();
    change_zoe(&organisation, "state = \"suspended\"");
    organisation.repo.commit("Zoe is suspended");
    let output = organisation.dockspace(&["plan"]).run().expect_code(0);
    assert!(output.stdout.contains("Files not compared"), "{}", output.stdout);
    let keyless = organisation
        .dockspace(&["plan", "--format", "json"])
        .run()
        .expect_code(0);
    let output = plan(&organisation, &[], 0);
    assert!(!output.stdout.contains("not compared"), "{}", output.stdout);
    assert_eq!(id(&keyless), id(&plan(&organisation, &["--format", "json"], 0)));
    let output = organisation.dockspace(&["apply", "--yes"]).run().expect_code(1);
    assert!(output.stderr.contains("--identity"), "{}", output.stderr);
}

#[test]
fn a_pull_request_is_planned_against_its_base() {
    let organisation = applied();
    organisation.repo.git(["checkout", "--quiet", "-b", "change"]);
    change_zoe(&organisation, "quota = \"3G\"");
    organisation.repo.commit("Zoe gets a quota");
    let of_base = |format: &str| {
        organisation
            .repo
            .dockspace(["plan", "--base", "main", "--format", format])
            .run()
            .expect_code(0)
    };
    assert_eq!(id(&of_base("json")), id(&plan(&organisation, &["--format", "json"], 0)));
    let markdown = of_base("markdown").stdout;
    assert!(
        markdown.contains("zoe@second.test") && markdown.contains("3G"),
        "{markdown}"
    );
}

#[test]
fn names_in_a_comment_are_names_and_nothing_more() {
    let organisation = applied();
    let hostile = "`@everyone` <img src=x> [x](https://x.test) | **a** ``` ~~~ <!-- #1";
    let text = organisation.repo.read(ZOE);
    let name = toml::Value::String(hostile.to_owned());
    let lines = text.lines().map(|line| match line.starts_with("name = ") {
        true => format!("name = {name}\n"),
        false => format!("{line}\n"),
    });
    organisation.repo.write(ZOE, lines.collect::<String>());
    let output = plan(&organisation, &["--format", "markdown"], 0);
    let line = output.stdout.lines().find(|line| line.contains("everyone")).unwrap();
    let outside = outside_of_code(line);
    for sign in ["@", "<", "](", "**", "~~", "#1"] {
        assert!(!outside.contains(sign), "{sign} stands outside of code in {line}");
    }
}

/// What of a line of Markdown is no code: CommonMark §6.1, a run of backticks up to the next run of the same length.
fn outside_of_code(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        rest = &rest[start..];
        let run = rest.len() - rest.trim_start_matches('`').len();
        let end = runs(&rest[run..]).find(|(_, length)| *length == run);
        match end {
            Some((at, length)) => rest = &rest[run + at + length..],
            None => {
                outside.push_str(&rest[..run]);
                rest = &rest[run..];
            }
        }
    }
    outside + rest
}

/// Runs of backticks: where they start, and how long they are.
fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices('`')
        .filter(|(at, _)| !text[..*at].ends_with('`'))
        .map(|(at, _)| (at, text[at..].len() - text[at..].trim_start_matches('`').len()))
}
