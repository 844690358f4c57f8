//! Questions at the terminal: who is this, who may use that, and where is it written.

use serde_json::Value;

use crate::support::repo::TestRepo;

fn organisation() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "dockspace.toml",
        "format = 1\n\n[organisation]\nname = \"Example\"\n\n[domains.\"example.org\"]\nquota = \"5G\"\n\n\
         [domains.\"example.net\"]\n\n[quota_classes]\nregular = \"1G\"\n\n[oidc]\nissuer = \"http://localhost:8000\"\n",
    )
    .write("groups/admins.toml", "description = \"Administrators\"\n")
    .write("groups/engineering.toml", "description = \"Engineers\"\n")
    .write(
        "users/example.org/alice.toml",
        "id = \"a11c\"\nusername = \"alice\"\nname = \"Alice Liddell\"\ngroups = [\"admins\", \"engineering\"]\n\
         aliases = [\"al@example.org\"]\n",
    )
    .write(
        "users/example.org/bob.toml",
        "id = \"b0b\"\nusername = \"bob\"\nname = \"Bob\"\nstate = \"suspended\"\ngroups = [\"engineering\"]\nquota = \"7G\"\n",
    )
    .write("users/example.net/carol.toml", "id = \"ca01\"\nusername = \"carol\"\nname = \"Carol\"\n")
    .write(
        "aliases/example.org.toml",
        "[aliases]\nabuse = [\"postmaster@example.org\"]\npostmaster = [\"al@example.org\"]\nteam = [\"group:engineering\"]\n\n\
         [catch_all]\nto = [\"alice@example.org\"]\n",
    )
    .write("aliases/example.net.toml", "[catch_all]\nto = [\"carol@example.net\"]\n")
    .write(
        "clients/wiki.toml",
        "name = \"Wiki\"\nkind = \"forward-auth\"\nhosts = [\"wiki.example.org\"]\ngroups = [\"engineering\"]\nrequire_totp = true\n",
    );
    repo
}

#[track_caller]
fn says(repo: &TestRepo, arguments: &[&str], lines: &[&str]) {
    let output = repo.dockspace(arguments).run().expect_code(0);
    for line in lines {
        assert!(
            output
                .stdout
                .lines()
                .any(|said| said.split_whitespace().collect::<Vec<_>>().join(" ") == *line),
            "{line:?} in\n{}",
            output.stdout
        );
    }
}

#[test]
fn a_person_with_the_reason_and_the_line_of_everything() {
    let repo = organisation();
    says(
        &repo,
        &["explain", "alice@example.org"],
        &[
            "Alice Liddell <alice@example.org>",
            "state active (users/example.org/alice.toml:1)",
            "group admins administers everything (users/example.org/alice.toml:4)",
            "engineering member (users/example.org/alice.toml:4)",
            "quota 5G, of the domain example.org (dockspace.toml:7)",
            "mail al@example.org own alias (users/example.org/alice.toml:5)",
            "abuse@example.org shared alias, by way of postmaster@example.org (aliases/example.org.toml:2)",
            "postmaster@example.org shared alias, by way of al@example.org (aliases/example.org.toml:3)",
            "team@example.org shared alias, as a member of engineering (aliases/example.org.toml:4)",
            "@example.org catch-all, shared alias (aliases/example.org.toml:7)",
            "app wiki yes member of engineering; a second factor is required by the app (clients/wiki.toml:4)",
        ],
    );
    says(
        &repo,
        &["explain", "bob@example.org"],
        &[
            "state suspended (users/example.org/bob.toml:4)",
            "quota 7G (users/example.org/bob.toml:6)",
            "app wiki no the account is suspended (users/example.org/bob.toml:4)",
        ],
    );
    says(
        &repo,
        &["explain", "carol@example.net"],
        &[
            "quota 1G, of the quota class regular (dockspace.toml:12)",
            "app wiki no no group of engineering (clients/wiki.toml:4)",
        ],
    );
}

#[test]
fn an_alias_leads_to_people() {
    let repo = organisation();
    says(
        &repo,
        &["explain", "team@example.org"],
        &[
            "team@example.org, a shared alias",
            "to alice@example.org mailbox, as a member of engineering (users/example.org/alice.toml:4)",
        ],
    );
    let owned = "alias al@example.org is an alias of alice@example.org (users/example.org/alice.toml:5)";
    says(&repo, &["explain", "al@example.org"], &[owned]);
}

#[test]
fn an_app_and_who_can_use_it() {
    let repo = organisation();
    says(
        &repo,
        &["explain", "wiki"],
        &[
            "Wiki (wiki)",
            "open to engineering 2 members (clients/wiki.toml:4)",
            "second factor required by the app (clients/wiki.toml:5)",
            "people 1 may sign in, of 3: dockspace who-can wiki (clients/wiki.toml:4)",
        ],
    );
    says(
        &repo,
        &["who-can", "wiki"],
        &[
            "Wiki (wiki): 1 may sign in, 2 may not",
            "user alice@example.org yes member of engineering; a second factor is required by the app (clients/wiki.toml:4)",
            "carol@example.net no no group of engineering (clients/wiki.toml:4)",
        ],
    );
    let output = repo
        .dockspace(["who-can", "wiki", "--allowed", "--format", "json"])
        .run()
        .expect_code(0);
    let answer: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(answer["format"], "dockspace.answer/1");
    let lines = answer["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    let expected = serde_json::json!({
        "topic": "user",
        "item": "alice@example.org",
        "allowed": true,
        "value": "member of engineering; a second factor is required by the app",
        "path": "clients/wiki.toml",
        "line": 4,
    });
    assert_eq!(lines[0], expected);
}

#[test]
fn what_nothing_is_called() {
    let repo = organisation();
    for (arguments, error, hint) in [
        (
            ["explain", "alcie@example.org"],
            "there is no address `alcie@example.org`",
            "did you mean `alice@example.org`?",
        ),
        (
            ["explain", "wikii"],
            "there is no code and no app `wikii`",
            "did you mean `wiki`?",
        ),
        (["explain", "DS-X999"], "there is no code `DS-X999`", "lists all codes"),
        (
            ["explain", "no\u{1b}[31mbody"],
            "`no\\u{1b}[31mbody`",
            "lists all codes",
        ),
        (
            ["who-can", "wikii"],
            "there is no client `wikii`",
            "did you mean `wiki`?",
        ),
    ] {
        let output = repo.dockspace(arguments).run().expect_code(1);
        assert!(
            output.stderr.contains(error) && output.stderr.contains(hint),
            "{}",
            output.stderr
        );
        assert!(!output.stderr.contains('\u{1b}'), "{}", output.stderr);
    }
}
