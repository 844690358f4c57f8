//! A pull request that is held against the rules and limits of the branch it goes to: what `check --base` and `plan --base` say.

use serde_json::Value;

use crate::support::repo::{Output, TestRepo};

const SETTINGS: &str = "format = 1\n\n[organisation]\nname = \"Example\"\n\n[domains.\"example.org\"]\n\n[secrets]\n\
    recipients = [\"age1r76k4z3p4qr0a5m7dr3nr9a4etzttwu02qmf64akyjkpun2dz3us33l9hl\"]\n\n[policy.rules.privileges]\n\
    because = \"doors are for administrators\"\nfields = [\"group\", \"settings\", \"user.groups\"]\nby = [\"admins\"]\n\n\
    [policy.rules.review]\npaths = [\"groups/*\"]\nreviewed_by = [\"admins\"]\n\n[policy.rules.four-eyes]\n\
    apart = [\"payments\", \"approvals\"]\n";

fn user(name: &str, rest: &str) -> String {
    format!("id = \"id-{name}\"\nusername = \"{name}\"\nname = \"{name}\"\n{rest}")
}

/// Alice and Bob administer; ten others are engineers; what is written then goes into a branch of its own.
fn organisation() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("dockspace.toml", SETTINGS);
    for group in ["admins", "approvals", "engineering", "payments"] {
        repo.write(format!("groups/{group}.toml"), format!("description = \"{group}\"\n"));
    }
    for name in ["alice", "bob"] {
        repo.write(
            format!("users/example.org/{name}.toml"),
            user(name, "groups = [\"admins\"]\n"),
        );
    }
    for number in 0..10 {
        let name = format!("user{number}");
        repo.write(
            format!("users/example.org/{name}.toml"),
            user(&name, "groups = [\"engineering\"]\n"),
        );
    }
    repo.write(
        "aliases/example.org.toml",
        "[aliases]\nabuse = [\"alice@example.org\"]\npostmaster = [\"alice@example.org\"]\n",
    );
    repo.commit("Start");
    repo.git(["switch", "--quiet", "--create", "change"]);
    repo
}

fn commit(repo: &TestRepo, author: &str, message: &str) {
    repo.git(["add", "--all"]);
    repo.git([
        "commit",
        "--quiet",
        "--author",
        &format!("Somebody <{author}>"),
        "--message",
        message,
    ]);
}

fn check(repo: &TestRepo, format: &str) -> Output {
    repo.dockspace(["check", "--base", "main", "--rev", "HEAD", "--format", format])
        .run()
}

/// The codes that `check` finds.
fn codes(output: &Output) -> Vec<String> {
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let found = document["diagnostics"].as_array().unwrap().iter();
    found.map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_ordinary_change_says_nothing() {
    let repo = organisation();
    repo.write(
        "users/example.org/user1.toml",
        user("user1", "quota = \"1G\"\ngroups = [\"engineering\"]\n"),
    );
    commit(&repo, "user1@example.org", "More room");
    let output = check(&repo, "json").expect_code(0);
    assert_eq!(codes(&output), [""; 0]);
}

#[test]
fn a_privilege_by_somebody_who_may_not_give_it() {
    let repo = organisation();
    let path = "users/example.org/user1.toml";
    repo.write(path, user("user1", "groups = [\"admins\"]\n"));
    // The change cannot lift the rule that it breaks.
    let lifted = SETTINGS.split("[policy").next().unwrap();
    repo.write("dockspace.toml", lifted);
    commit(&repo, "user1@example.org", "Nothing to see");
    let output = check(&repo, "json").expect_code(3);
    assert_eq!(codes(&output), ["DS-P010", "admins", "policy"]);
    let annotations = check(&repo, "github").expect_code(3).stdout;
    let lines: Vec<&str> = annotations.lines().collect();
    assert!(lines[0].starts_with("::error file=dockspace.toml,"), "{annotations}");
    assert!(
        lines[0].contains("user1@example.org") && lines[0].contains("not in admins"),
        "{annotations}"
    );
    assert!(lines[0].contains("doors are for administrators"), "{annotations}");
    assert!(
        lines[1].starts_with(&format!("::warning file={path},line=4,")),
        "{annotations}"
    );
    assert!(
        lines[1].contains("user1@example.org gains the admin group"),
        "{annotations}"
    );
    // The same by an administrator is a matter of guards alone.
    repo.git([
        "commit",
        "--quiet",
        "--amend",
        "--no-edit",
        "--author",
        "Alice <alice@example.org>",
    ]);
    let output = check(&repo, "json").expect_code(0);
    assert_eq!(codes(&output), ["admins", "policy"]);
}

#[test]
fn guards_are_no_error_under_strict() {
    let repo = organisation();
    repo.write("users/example.org/user1.toml", user("user1", "groups = [\"admins\"]\n"));
    commit(&repo, "alice@example.org", "One more administrator");
    let arguments = ["check", "--base", "main", "--rev", "HEAD", "--strict"];
    let output = repo.dockspace(arguments).run().expect_code(0);
    assert!(output.stderr.contains("warning[admins]"), "{}", output.stderr);
    assert!(output.stderr.contains("dockspace explain admins"), "{}", output.stderr);
}

#[test]
fn a_review_is_asked_for_until_a_commit_names_one() {
    let repo = organisation();
    repo.write("groups/engineering.toml", "description = \"Engineers\"\n");
    commit(&repo, "alice@example.org", "A better name");
    let output = check(&repo, "json").expect_code(0);
    assert_eq!(codes(&output), ["DS-P011"]);
    let amend = |reviewer: &str| {
        let message = format!("A better name\n\nReviewed-by: Somebody <{reviewer}>");
        repo.git([
            "commit",
            "--quiet",
            "--amend",
            "--author",
            "Alice <alice@example.org>",
            "--message",
            &message,
        ]);
        codes(&check(&repo, "json"))
    };
    assert_eq!(amend("alice@example.org"), ["DS-P011"]);
    assert_eq!(amend("bob@example.org"), [""; 0]);
}

#[test]
fn groups_that_exclude_each_other_are_found_without_a_base_too() {
    let repo = organisation();
    repo.write(
        "users/example.org/user1.toml",
        user("user1", "groups = [\"approvals\", \"payments\"]\n"),
    );
    commit(&repo, "alice@example.org", "Two hats");
    let alone = repo.dockspace(["check", "--format", "json"]).run().expect_code(3);
    assert_eq!(codes(&alone), ["DS-P012"]);
    // Once, although both revisions have the rule.
    assert_eq!(codes(&check(&repo, "json").expect_code(3)), ["DS-P012"]);
    // A rule that the change takes away counts still.
    repo.write(
        "dockspace.toml",
        SETTINGS.split("[policy.rules.four-eyes]").next().unwrap(),
    );
    commit(&repo, "alice@example.org", "No rule");
    assert_eq!(codes(&check(&repo, "json").expect_code(3)), ["DS-P012", "policy"]);
}

#[test]
fn a_merge_is_judged_by_the_commits_it_brings() {
    let repo = organisation();
    repo.write("groups/engineering.toml", "description = \"Engineers\"\n");
    commit(&repo, "user1@example.org", "Mine now");
    repo.git(["switch", "--quiet", "--detach", "main"]);
    repo.git(["merge", "--quiet", "--no-ff", "change", "--message", "Merge"]);
    let output = check(&repo, "json").expect_code(3);
    assert_eq!(codes(&output), ["DS-P010", "DS-P011"]);
}

#[test]
fn many_removals_in_every_format() {
    let repo = organisation();
    for number in 0..3 {
        std::fs::remove_file(repo.path().join(format!("users/example.org/user{number}.toml"))).unwrap();
    }
    commit(&repo, "alice@example.org", "Gone");
    let plan = |format: &str| {
        let arguments = ["plan", "--base", "main", "--rev", "HEAD", "--format", format];
        repo.dockspace(arguments).run().expect_code(0).stdout
    };
    let text = plan("text");
    assert!(
        text.contains("removals (3): 3 of 12 (user) go, where 2 may at once"),
        "{text}"
    );
    assert!(
        text.contains("user user0@example.org is removed  users/example.org/user0.toml:1:1"),
        "{text}"
    );
    assert!(plan("summary").contains("removals (3)"));
    assert!(plan("markdown").contains("- **`removals` (3): 3 of 12 (user) go, where 2 may at once**"));
    let json: Value = serde_json::from_str(&plan("json")).unwrap();
    let removals = json["guards"]
        .as_array()
        .unwrap()
        .iter()
        .find(|guard| guard["code"] == "removals")
        .unwrap();
    assert_eq!(
        (&removals["count"], &removals["losses"][0]["limit"]),
        (&3.into(), &2.into())
    );
    let fact = usize::try_from(removals["found"][0]["fact"].as_u64().unwrap()).unwrap();
    assert_eq!(json["facts"][fact]["subject"]["name"], "user0@example.org");
    let annotations = plan("github");
    assert!(
        annotations.starts_with("::warning file=users/example.org/user0.toml,line=1,"),
        "{annotations}"
    );
    assert_eq!(annotations.lines().count(), json["guards"].as_array().unwrap().len());
    let report: Value = serde_json::from_str(&check(&repo, "gitlab").expect_code(0).stdout).unwrap();
    assert!(
        report
            .as_array()
            .unwrap()
            .iter()
            .any(|issue| issue["check_name"] == "removals"),
        "{report}"
    );
}

#[test]
fn hostile_words_stay_inside_an_annotation() {
    let repo = organisation();
    repo.write("users/example.org/user1.toml", user("user1", "groups = [\"admins\"]\n"));
    commit(&repo, "x@evil.example\u{1b}[31m", "a\n\n::error::b");
    let annotations = check(&repo, "github").expect_code(3).stdout;
    for line in annotations.lines() {
        assert!(
            line.starts_with("::error file=") || line.starts_with("::warning file="),
            "{line}"
        );
        assert!(!line.contains('\u{1b}'), "{line}");
    }
    let (errors, others): (Vec<&str>, Vec<&str>) = annotations.lines().partition(|line| line.starts_with("::error"));
    assert_eq!((errors.len(), others.len()), (1, 1), "{annotations}");
}

#[test]
fn what_is_not_committed_has_no_author() {
    let repo = organisation();
    repo.write("users/example.org/user1.toml", user("user1", "groups = [\"admins\"]\n"));
    let output = repo.dockspace(["check", "--base", "main"]).run().expect_code(0);
    assert!(output.stderr.contains("has no author yet"), "{}", output.stderr);
    assert!(output.stderr.contains("warning[admins]"), "{}", output.stderr);
}

#[test]
fn explain_knows_guards_and_rules() {
    let repo = TestRepo::new();
    let explained = |code: &str| repo.dockspace(["explain", code]).run().expect_code(0).stdout;
    assert!(explained("removals").starts_with("removals (guard): many go at once\n"));
    assert!(explained("DS-P010").starts_with("DS-P010 (error): changed by somebody who may not\n"));
    let all = repo.dockspace(["explain"]).run().expect_code(0).stdout;
    assert!(all.contains("\nadmins  ") && all.contains("\nDS-P013  "), "{all}");
}

/// Whatever the example of the guide reads is in the schema.
#[test]
fn the_rego_of_the_guide_reads_what_a_plan_has() {
    let guide = include_str!("../../docs/guides/policy.md");
    let rego = guide.split("```rego\n").nth(1).unwrap().split("```").next().unwrap();
    let schema = dockspace::plan::json::json_schema();
    let keys = |of: &Value| {
        of["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let of = |name: &str| keys(&schema["$defs"][name]);
    let known = [
        ("input", keys(&schema)),
        ("fact", of("FactView")),
        ("subject", of("SubjectView")),
        ("field", of("FieldView")),
        ("guard", of("GuardView")),
    ];
    let mut read = 0;
    let code = rego
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n");
    for word in code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_')) {
        for (thing, key) in word.split('.').zip(word.split('.').skip(1)) {
            let (_, keys) = known
                .iter()
                .find(|(name, _)| *name == thing)
                .unwrap_or_else(|| panic!("{word}"));
            assert!(keys.iter().any(|known| known == key), "{word}");
            read += 1;
        }
    }
    assert!(read > 8, "{read}");
}
