//! The commands that edit the repository, run as people run them: what becomes of the files, and what is refused.

mod alias;
mod batch;
mod client;
mod group;
mod user;
mod user_list;

use crate::support::repo::TestRepo;

/// A small organisation, committed. Alice administers and is protected; Bob and Carol are engineers; Bob owns the office.
fn organisation() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "dockspace.toml",
        "format = 1\n\n[organisation]\nname = \"Example\"\nadmin_group = \"admins\"\n\n\
         [domains.\"example.org\"]\nquota = \"5G\"\nmanagers = [\"alice@example.org\", \"bob@example.org\"]\n\n\
         [domains.\"test.example.org\"]\ntest = true\n\n\
         [targets.mail]\nkind = \"docker-mailserver\"\ndialect = 16\n",
    )
    .write("groups/admins.toml", "description = \"Administrators\"\n")
    .write(
        "groups/engineering.toml",
        "description = \"Engineers\" # and those who would be\nowners = [\"bob@example.org\"]\n",
    )
    .write("users/example.org/alice.toml", user("a11c", "alice", "groups = [\"admins\"]\nprotected = true\n"))
    .write(
        "users/example.org/bob.toml",
        user(
            "b0b",
            "bob",
            "groups = [\"engineering\"] # since 2024\naliases = [\"rob@example.org\"]\nquota = \"10G\"\n",
        ),
    )
    .write("users/example.org/bob.profile.toml", "# Bob's own\nlocale = \"en-GB\"\n")
    .write(
        "users/example.org/carol.toml",
        user("ca01", "carol", "groups = [\"engineering\"]\nforward = [\"bob@example.org\"]\nkeep_copy = true\n"),
    )
    .write(
        "users/example.org/office.toml",
        user("0ff1", "office", "class = \"shared\"\nowners = [\"alice@example.org\", \"bob@example.org\"]\n"),
    )
    .write(
        "aliases/example.org.toml",
        "[aliases]\nabuse = [\"alice@example.org\"]\n# whoever sells\nhelp = [\"rob@example.org\"]\n\
         postmaster = [\"alice@example.org\"]\nsales = [\"bob@example.org\", \"carol@example.org\"]\nteam = [\"group:engineering\"]\n\
         tickets = [\"help@example.org\"]\n\n[catch_all]\nto = [\"bob@example.org\", \"office@example.org\"]\n",
    );
    repo.commit("Start");
    repo
}

fn user(id: &str, name: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\nusername = \"{name}\"\nname = \"{}\"\n{more}",
        name.to_uppercase()
    )
}

/// The lines that changed since the last commit, `-` or `+` first, new files too; and the files they stand in.
fn changes(repo: &TestRepo) -> String {
    repo.git(["add", "--intent-to-add", "."]);
    let diff = repo.git(["diff", "HEAD", "--unified=0", "--no-renames", "--no-color"]);
    let kept = diff.lines().filter_map(|line| match line.split_at_checked(4) {
        Some(("--- " | "+++ ", file)) => file.starts_with(['a', 'b']).then(|| file.to_owned()),
        _ => line.starts_with(['-', '+']).then(|| line.to_owned()),
    });
    let mut lines: Vec<String> = kept.collect();
    lines.dedup_by(|a, b| {
        a.strip_prefix("b/")
            .is_some_and(|file| b.strip_prefix("a/") == Some(file))
    });
    lines.join("\n")
}

/// Runs the command, which must succeed; gives what changed.
#[track_caller]
fn edit(repo: &TestRepo, args: &[&str]) -> String {
    let _ = repo.dockspace(args).run().expect_code(0);
    changes(repo)
}

/// Runs the command, which must fail with `code`, say each of `says`, and change nothing; gives all it said.
#[track_caller]
fn refuse(repo: &TestRepo, args: &[&str], code: i32, says: &[&str]) -> String {
    let before = repo.git(["status", "--porcelain"]);
    let output = repo.dockspace(args).run().expect_code(code);
    for text in says {
        assert!(
            output.stderr.contains(text),
            "{args:?} doesn't say {text:?} but\n{}",
            output.stderr
        );
    }
    assert_eq!(
        repo.git(["status", "--porcelain"]),
        before,
        "{args:?} was refused and wrote something"
    );
    output.stderr
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}
