//! `dockspace user add`, `set`, `rename`, `lock`, `suspend`, `resume`, `remove` and `purge`.

use super::{changes, edit, organisation, refuse};

const DAVE: &str = "users/example.org/dave.toml";

#[test]
fn a_user_is_added_with_a_new_id() {
    let repo = organisation();
    let args = [
        "user",
        "add",
        "dave@example.org",
        "--name",
        "Dave \"D\" O'Neil",
        "--group",
        "engineering",
    ];
    let more = [
        "--alias",
        "d@example.org",
        "--quota",
        "2G",
        "--forward",
        "dave@elsewhere.example",
        "--keep-copy",
    ];
    edit(&repo, &[&args[..], &more[..]].concat());
    let file: toml::Table = repo.read(DAVE).parse().unwrap();
    assert_eq!(file["id"].as_str().unwrap().len(), 36, "a UUID: {file}");
    assert_eq!(file["name"].as_str(), Some("Dave \"D\" O'Neil"));
    assert_eq!(
        repo.read(DAVE).lines().skip(3).collect::<Vec<_>>().join("\n"),
        "groups = [\"engineering\"]\naliases = [\"d@example.org\"]\nforward = [\"dave@elsewhere.example\"]\nkeep_copy = true\nquota = \"2G\""
    );
    assert_eq!(repo.git(["status", "--porcelain", "-uall"]), format!(" A {DAVE}\n"));
    refuse(
        &repo,
        &args,
        1,
        &[
            "there is a user `dave@example.org` already",
            "user set dave@example.org",
        ],
    );
}

#[test]
fn a_shared_mailbox_and_a_test_user_are_users_too() {
    let repo = organisation();
    let shared = ["user", "add", "info@example.org", "--name", "Info", "--class", "shared"];
    refuse(&repo, &shared, 3, &["nobody owns this shared mailbox"]);
    edit(&repo, &[&shared[..], &["--owner", "carol@example.org"]].concat());
    let test = [
        "user",
        "add",
        "probe@test.example.org",
        "--name",
        "Probe",
        "--class",
        "test",
    ];
    edit(&repo, &[&test[..], &["--expires", "2100-01-31"]].concat());
    assert!(
        repo.read("users/test.example.org/probe.toml")
            .ends_with("class = \"test\"\nexpires = 2100-01-31\n")
    );
    refuse(&repo, &[&test[..], &["--expires", "soon"]].concat(), 1, &["--expires"]);
}

#[test]
fn nothing_typed_becomes_anything_but_a_value() {
    let repo = organisation();
    let long = "x".repeat(300);
    for (args, code) in [
        (vec!["dave@example.org", "--name", "x\"\nstate = \"absent"], 3),
        (vec!["dave@example.org", "--name", "ab\u{202e}dc"], 3),
        (vec!["dave@example.org", "--name", "a\u{1b}[31m"], 3),
        (vec!["dave@example.org", "--name", ""], 3),
        (vec!["dave@example.org", "--name", &long], 3),
        (
            vec!["dave@example.org", "--name", "D", "--group", "x\"]\nprotected = true #"],
            3,
        ),
        (vec!["dave@example.org", "--name", "D", "--quota", "1G\nkeep_copy"], 3),
        (
            vec![
                "dave@example.org",
                "--name",
                "D",
                "--alias",
                "al@example.org|x@evil.example",
            ],
            3,
        ),
        (vec!["Dave@example.org", "--name", "D"], 1),
        (vec!["../../x@example.org", "--name", "D"], 1),
        (vec!["dave@../..", "--name", "D"], 1),
        (vec!["da\nve@example.org", "--name", "D"], 1),
        (vec!["d\u{430}ve@example.org", "--name", "D"], 1),
        (vec!["dave@elsewhere.example", "--name", "D"], 3),
    ] {
        let said = refuse(&repo, &[&["user", "add"][..], &args].concat(), code, &[]);
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
    let local = format!("{long}@example.org");
    refuse(&repo, &["user", "add", &local, "--name", "D"], 1, &["too long"]);
}

#[test]
fn set_changes_what_was_named_and_nothing_else() {
    let repo = organisation();
    let set = |args: &[&str], expect: &str| {
        assert_eq!(
            edit(&repo, &[&["user", "set", "bob@example.org"][..], args].concat()),
            expect,
            "{args:?}"
        );
        repo.commit("next");
    };
    let file = "a/users/example.org/bob.toml";
    set(
        &["--name", "Robert"],
        &format!("{file}\n-name = \"BOB\"\n+name = \"Robert\""),
    );
    set(
        &["--quota", "unlimited"],
        &format!("{file}\n-quota = \"10G\"\n+quota = \"unlimited\""),
    );
    set(&["--quota", "default"], &format!("{file}\n-quota = \"unlimited\""));
    set(
        &["--add-group", "admins"],
        &format!(
            "{file}\n-groups = [\"engineering\"] # since 2024\n+groups = [\"admins\", \"engineering\"] # since 2024"
        ),
    );
    set(&["--protected", "--yes"], &format!("{file}\n+protected = true"));
    set(&["--name", "Robert"], "");
    set(
        &["--protected=false", "--yes"],
        &format!("{file}\n-protected = true\n+protected = false"),
    );
    set(
        &["--remove-service", "login"],
        &format!("{file}\n+services = [\"mail\"]"),
    );
}

#[test]
fn set_refuses_what_makes_no_sense() {
    let repo = organisation();
    let bob = ["user", "set", "bob@example.org"];
    for (args, code, says) in [
        (&["--remove-group", "enginering"][..], 1, "did you mean `engineering`?"),
        (&["--add-group", "enginering"], 3, "did you mean `engineering`?"),
        (&["--add-alias", "carol@example.org"], 3, "carol@example.org"),
        (&["--quota", "1.5G"], 3, "a quota is"),
        (&["--class", "king"], 1, "possible values: person, shared, test"),
        (
            &["--username", "alice"],
            3,
            "is the username of `alice@example.org` already",
        ),
        (&[], 1, "required"),
    ] {
        refuse(&repo, &[&bob[..], args].concat(), code, &[says]);
    }
    refuse(
        &repo,
        &["user", "set", "bbo@example.org", "--name", "B"],
        1,
        &["did you mean `bob@example.org`?"],
    );
    refuse(
        &repo,
        &["user", "set", "rob@example.org", "--name", "B"],
        1,
        &["did you mean `bob@example.org`?"],
    );
    let demoted = ["user", "set", "alice@example.org", "--remove-group", "admins"];
    refuse(&repo, &demoted, 5, &["protected", "--yes"]);
    let output = repo.dockspace([&demoted[..], &["--yes"]].concat()).run().expect_code(0);
    assert!(
        output.stderr.contains("acknowledgement of the guard `protected`"),
        "{}",
        output.stderr
    );
}

#[test]
fn states_come_and_go() {
    let repo = organisation();
    let file = "a/users/example.org/bob.toml";
    assert_eq!(
        edit(&repo, &["user", "lock", "bob@example.org"]),
        format!("{file}\n+state = \"locked\"")
    );
    assert_eq!(
        edit(&repo, &["user", "suspend", "bob@example.org"]),
        format!("{file}\n+state = \"suspended\"")
    );
    assert_eq!(edit(&repo, &["user", "resume", "bob@example.org"]), "");
    refuse(
        &repo,
        &["user", "lock", "alice@example.org"],
        5,
        &["alice@example.org is protected", "--yes"],
    );
    let _ = repo
        .dockspace(["user", "lock", "bob@example.org", "--commit"])
        .run()
        .expect_code(0);
    assert_eq!(repo.git(["log", "-1", "--format=%s"]), "user lock bob@example.org\n");
    assert_eq!(changes(&repo), "");
}

#[test]
fn a_renamed_user_is_the_same_user_everywhere() {
    let repo = organisation();
    let output = repo
        .dockspace(["user", "rename", "bob@example.org", "rob@example.org"])
        .run()
        .expect_code(0);
    assert_eq!(
        output.stdout,
        "mv /var/mail/example.org/bob /var/mail/example.org/rob\n"
    );
    assert_eq!(
        repo.read("users/example.org/rob.toml"),
        "id = \"b0b\"\nusername = \"bob\"\nname = \"BOB\"\ngroups = [\"engineering\"] # since 2024\n\
         aliases = [\"bob@example.org\"]\nquota = \"10G\"\n"
    );
    assert_eq!(
        repo.read("users/example.org/rob.profile.toml"),
        "# Bob's own\nlocale = \"en-GB\"\n"
    );
    assert!(!repo.path().join("users/example.org/bob.toml").exists());
    assert!(!repo.path().join("users/example.org/bob.profile.toml").exists());
    let rest = changes(&repo);
    for line in [
        "+sales = [\"rob@example.org\", \"carol@example.org\"]",
        "+to = [\"rob@example.org\", \"office@example.org\"]",
        "+managers = [\"alice@example.org\", \"rob@example.org\"]",
        "+owners = [\"rob@example.org\"]",
        "+forward = [\"rob@example.org\"]",
        "+owners = [\"alice@example.org\", \"rob@example.org\"]",
    ] {
        assert!(rest.lines().any(|found| found == line), "{line}\n{rest}");
    }
    assert!(
        !rest.contains("help ="),
        "an alias that names the new address already stays: {rest}"
    );
}

#[test]
fn a_rename_is_refused_where_somebody_is() {
    let repo = organisation();
    let rename =
        |old: &str, new: &str, code: i32, says: &str| refuse(&repo, &["user", "rename", old, new], code, &[says]);
    rename(
        "bob@example.org",
        "carol@example.org",
        1,
        "there is a user `carol@example.org` already",
    );
    rename("bob@example.org", "sales@example.org", 3, "is a mailbox already");
    rename(
        "bob@example.org",
        "bob@elsewhere.example",
        3,
        "the domain `elsewhere.example` is not declared",
    );
    rename("bob@example.org", "bob", 1, "one `@`");
    rename("alice@example.org", "al@example.org", 5, "protected");
}

#[test]
fn whoever_is_removed_is_named_nowhere() {
    let repo = organisation();
    assert_eq!(
        edit(&repo, &["user", "remove", "bob@example.org"]),
        "a/aliases/example.org.toml\n\
         -help = [\"rob@example.org\"]\n\
         -sales = [\"bob@example.org\", \"carol@example.org\"]\n+sales = [\"carol@example.org\"]\n\
         -tickets = [\"help@example.org\"]\n\
         -to = [\"bob@example.org\", \"office@example.org\"]\n+to = [\"office@example.org\"]\n\
         a/dockspace.toml\n\
         -managers = [\"alice@example.org\", \"bob@example.org\"]\n+managers = [\"alice@example.org\"]\n\
         a/groups/engineering.toml\n-owners = [\"bob@example.org\"]\n+owners = []\n\
         a/users/example.org/bob.toml\n+state = \"absent\"\n\
         a/users/example.org/carol.toml\n-forward = [\"bob@example.org\"]\n-keep_copy = true\n\
         a/users/example.org/office.toml\n\
         -owners = [\"alice@example.org\", \"bob@example.org\"]\n+owners = [\"alice@example.org\"]"
    );
    refuse(
        &repo,
        &["user", "set", "bob@example.org", "--name", "B"],
        1,
        &["was removed", "user resume bob@example.org"],
    );
    refuse(
        &repo,
        &["user", "remove", "alice@example.org"],
        5,
        &["takes a yes to remove it"],
    );
    edit(&repo, &["user", "remove", "alice@example.org", "--yes"]);
    assert!(
        repo.read("users/example.org/alice.toml")
            .contains("state = \"absent\"\n")
    );
}

#[test]
fn a_purge_leaves_a_tombstone_and_the_id_is_gone_for_good() {
    let repo = organisation();
    let purge = ["user", "purge", "bob@example.org"];
    refuse(
        &repo,
        &purge,
        1,
        &["bob@example.org is active", "dockspace user remove bob@example.org"],
    );
    edit(&repo, &["user", "remove", "bob@example.org", "--commit"]);
    edit(&repo, &purge);
    assert!(!repo.path().join("users/example.org/bob.toml").exists());
    assert!(!repo.path().join("users/example.org/bob.profile.toml").exists());
    let retired = repo.read("retired.toml");
    assert!(
        retired.starts_with("[[retired]]\nid = \"b0b\"\naddress = \"bob@example.org\"\ndate = 20"),
        "{retired}"
    );
    repo.commit("Gone");
    edit(&repo, &["user", "add", "bob@example.org", "--name", "Another Bob"]);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let repo = organisation();
    let output = repo
        .dockspace(["user", "lock", "bob@example.org", "--dry-run"])
        .run()
        .expect_code(0);
    assert!(output.stdout.contains("+state = \"locked\""), "{}", output.stdout);
    assert_eq!(changes(&repo), "");
}

#[test]
fn a_repository_that_is_invalid_already_is_corrected_first() {
    let repo = organisation();
    repo.write("users/example.org/carol.toml", "id = \"ca01\"\nname = 1\n");
    refuse(&repo, &["user", "lock", "bob@example.org"], 3, &["DS-"]);
}
