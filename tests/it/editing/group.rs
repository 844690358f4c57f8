//! `dockspace group …`.

use super::{edit, json, organisation, refuse};

#[test]
fn a_group_comes_changes_and_goes() {
    let repo = organisation();
    let add = [
        "group",
        "add",
        "board",
        "--description",
        "The \"board\"",
        "--owner",
        "alice@example.org",
        "--require-totp",
    ];
    assert_eq!(
        edit(&repo, &add),
        "b/groups/board.toml\n+description = 'The \"board\"'\n+owners = [\"alice@example.org\"]\n+require_totp = true"
    );
    repo.commit("Board");
    let set = [
        "group",
        "set",
        "board",
        "--require-totp=false",
        "--add-owner",
        "bob@example.org",
        "--remove-owner",
        "alice@example.org",
    ];
    assert_eq!(
        edit(&repo, &set),
        "a/groups/board.toml\n-owners = [\"alice@example.org\"]\n-require_totp = true\n\
         +owners = [\"bob@example.org\"]\n+require_totp = false"
    );
    repo.commit("Board");
    edit(&repo, &["group", "remove", "board", "--commit"]);
    assert!(!repo.path().join("groups/board.toml").exists());
    assert_eq!(repo.git(["log", "-1", "--format=%s"]), "group remove board\n");
}

#[test]
fn what_makes_no_group_is_refused() {
    let repo = organisation();
    for (args, code, says) in [
        (&["add", "engineering"][..], 1, "there is a group `engineering` already"),
        (&["add", "Board"], 1, "a group name must be"),
        (&["add", "../board"], 1, "a group name must be"),
        (&["add", "b\noard"], 1, "a group name must be"),
        (
            &["add", "board", "--owner", "zoe@example.org"],
            3,
            "there is no user `zoe@example.org`",
        ),
        (
            &["add", "board", "--description", "x\"\nrequire_totp = true"],
            3,
            "DS-F008",
        ),
        (
            &["set", "enginering", "--description", "x"],
            1,
            "did you mean `engineering`?",
        ),
        (
            &["set", "engineering", "--remove-owner", "bbo@example.org"],
            1,
            "did you mean `bob@example.org`?",
        ),
        (&["set", "engineering"], 1, "required"),
        (&["remove", "admins"], 1, "administer everything"),
        (&["show", "enginering"], 1, "did you mean `engineering`?"),
    ] {
        refuse(&repo, &[&["group"][..], args].concat(), code, &[says]);
    }
}

#[test]
fn members_stand_on_the_users() {
    let repo = organisation();
    let members = ["group", "members", "engineering"];
    assert_eq!(
        edit(
            &repo,
            &[&members[..], &["add", "alice@example.org", "bob@example.org"]].concat()
        ),
        "a/users/example.org/alice.toml\n-groups = [\"admins\"]\n+groups = [\"admins\", \"engineering\"]"
    );
    repo.commit("Alice");
    assert_eq!(
        edit(
            &repo,
            &[&members[..], &["remove", "bob@example.org", "alice@example.org"]].concat()
        ),
        "a/users/example.org/alice.toml\n-groups = [\"admins\", \"engineering\"]\n+groups = [\"admins\"]\n\
         a/users/example.org/bob.toml\n-groups = [\"engineering\"] # since 2024\n+groups = [] # since 2024"
    );
    refuse(
        &repo,
        &[&members[..], &["remove", "office@example.org"]].concat(),
        1,
        &["is not a member of engineering"],
    );
    refuse(
        &repo,
        &[&members[..], &["add", "caorl@example.org"]].concat(),
        1,
        &["did you mean `carol@example.org`?"],
    );
    refuse(
        &repo,
        &["group", "members", "admins", "remove", "alice@example.org"],
        5,
        &["protected", "--yes"],
    );
}

#[test]
fn a_group_goes_from_users_and_aliases_too() {
    let repo = organisation();
    assert_eq!(
        edit(&repo, &["group", "remove", "engineering"]),
        "a/aliases/example.org.toml\n-team = [\"group:engineering\"]\n\
         a/groups/engineering.toml\n-description = \"Engineers\" # and those who would be\n-owners = [\"bob@example.org\"]\n\
         a/users/example.org/bob.toml\n-groups = [\"engineering\"] # since 2024\n+groups = [] # since 2024\n\
         a/users/example.org/carol.toml\n-groups = [\"engineering\"]\n+groups = []"
    );
}

#[test]
fn groups_are_listed_and_shown() {
    let repo = organisation();
    let run = |args: &[&str]| {
        repo.dockspace([&["group"][..], args].concat())
            .run()
            .expect_code(0)
            .stdout
    };
    assert_eq!(
        run(&["list"]),
        "NAME         MEMBERS  DESCRIPTION\nadmins       1        Administrators\nengineering  2        Engineers\n"
    );
    let document = json(&run(&["list", "--format", "json"]));
    assert_eq!(document["format"], "dockspace.groups/1");
    let engineering = r#"{"name":"engineering","description":"Engineers","owners":["bob@example.org"],"require_totp":false,
        "members":["bob@example.org","carol@example.org"]}"#;
    assert_eq!(document["groups"][1], json(engineering));
    let document = json(&run(&["show", "engineering", "--format", "json"]));
    assert_eq!(
        (&document["format"], &document["group"]),
        (&json("\"dockspace.group/1\""), &json(engineering))
    );
    assert_eq!(
        run(&["show", "engineering"]),
        "engineering  Engineers\n  owners   bob@example.org\n  members\n    bob@example.org\n    carol@example.org\n"
    );
}
