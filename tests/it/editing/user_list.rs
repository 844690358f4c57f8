//! `dockspace user list` and `show`.

use super::{edit, json, organisation, refuse};

#[test]
fn the_list_is_aligned_and_filtered() {
    let repo = organisation();
    let list = |args: &[&str]| {
        repo.dockspace([&["user", "list"][..], args].concat())
            .run()
            .expect_code(0)
            .stdout
    };
    assert_eq!(
        list(&[]),
        "ADDRESS             NAME    STATE   GROUPS\n\
         alice@example.org   ALICE   active  admins\n\
         bob@example.org     BOB     active  engineering\n\
         carol@example.org   CAROL   active  engineering\n\
         office@example.org  OFFICE  active  -\n"
    );
    assert_eq!(list(&["--group", "admins"]).lines().count(), 2);
    assert_eq!(list(&["--state", "locked"]), "");
    edit(&repo, &["user", "lock", "bob@example.org"]);
    assert_eq!(
        list(&["--state", "locked", "--domain", "example.org"]).lines().count(),
        2
    );
    assert_eq!(
        list(&["--state", "locked", "--rev", "HEAD"]),
        "",
        "the commit is as it was"
    );
    refuse(
        &repo,
        &["user", "list", "--group", "admin"],
        1,
        &["did you mean `admins`?"],
    );
    refuse(
        &repo,
        &["user", "list", "--domain", "exmaple.org"],
        1,
        &["did you mean `example.org`?"],
    );
}

#[test]
fn the_list_is_json_for_programs() {
    let repo = organisation();
    let output = repo
        .dockspace(["user", "list", "--format", "json"])
        .run()
        .expect_code(0);
    let document = json(&output.stdout);
    assert_eq!(document["format"], "dockspace.users/1");
    assert_eq!(document["users"].as_array().unwrap().len(), 4);
    let bob = &document["users"][1];
    for (key, value) in [
        ("address", "\"bob@example.org\""),
        ("username", "\"bob\""),
        ("name", "\"BOB\""),
        ("state", "\"active\""),
        ("class", "\"person\""),
        ("groups", "[\"engineering\"]"),
        ("protected", "false"),
        ("aliases", "[\"rob@example.org\"]"),
        ("quota", "\"10G\""),
        ("quota_source", "\"user\""),
        ("password", "false"),
    ] {
        assert_eq!(bob[key], json(value), "{key}");
    }
    assert_eq!(document["users"][0]["quota_source"], "domain");
    assert_eq!(document["users"][3]["owners"][0], "alice@example.org");
    let none = repo
        .dockspace(["user", "list", "--state", "absent", "--format", "json"])
        .run()
        .expect_code(0);
    assert_eq!(json(&none.stdout), json(r#"{"format":"dockspace.users/1","users":[]}"#));
}

#[test]
fn one_user_is_shown_with_all_that_follows() {
    let repo = organisation();
    let show = |args: &[&str]| {
        repo.dockspace([&["user", "show"][..], args].concat())
            .run()
            .expect_code(0)
            .stdout
    };
    let text = show(&["carol@example.org"]);
    for line in [
        "CAROL <carol@example.org>",
        "  quota      5G, of the domain",
        "  forward    bob@example.org, keeping a copy",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let document = json(&show(&["alice@example.org", "--format", "json"]));
    assert_eq!(document["format"], "dockspace.user/1");
    assert_eq!(document["user"]["protected"], true);
    assert!(document["apps"].is_array());
    refuse(&repo, &["user", "show", "bob"], 1, &["did you mean `bob@example.org`?"]);
}
