//! `dockspace alias …`.

use super::{edit, json, organisation, refuse};

#[test]
fn an_alias_grows_changes_and_goes() {
    let repo = organisation();
    let check = |args: &[&str], expect: &str| {
        let expect = format!("a/aliases/example.org.toml\n{expect}");
        assert_eq!(edit(&repo, &[&["alias"][..], args].concat()), expect, "{args:?}");
        repo.commit("next");
    };
    check(
        &["add", "sales@example.org", "office@example.org", "bob@example.org"],
        "-sales = [\"bob@example.org\", \"carol@example.org\"]\n\
         +sales = [\"bob@example.org\", \"carol@example.org\", \"office@example.org\"]",
    );
    check(
        &["add", "hr@example.org", "group:admins", "hr@elsewhere.example"],
        "+hr = [\"group:admins\", \"hr@elsewhere.example\"]",
    );
    check(
        &["set", "help@example.org", "carol@example.org"],
        "-help = [\"rob@example.org\"]\n+help = [\"carol@example.org\"]",
    );
    check(
        &["remove", "sales@example.org", "bob@example.org", "office@example.org"],
        "-sales = [\"bob@example.org\", \"carol@example.org\", \"office@example.org\"]\n+sales = [\"carol@example.org\"]",
    );
    check(
        &["remove", "sales@example.org", "carol@example.org"],
        "-sales = [\"carol@example.org\"]",
    );
    check(
        &["remove", "hr@example.org"],
        "-hr = [\"group:admins\", \"hr@elsewhere.example\"]",
    );
    check(
        &["set", "@example.org", "alice@example.org"],
        "-to = [\"bob@example.org\", \"office@example.org\"]\n+to = [\"alice@example.org\"]",
    );
    check(
        &["remove", "@example.org"],
        "-\n-[catch_all]\n-to = [\"alice@example.org\"]",
    );
}

#[test]
fn the_first_alias_of_a_domain_makes_its_file() {
    let repo = organisation();
    let text = repo.read("dockspace.toml") + "\n[domains.\"example.net\"]\n";
    repo.write("dockspace.toml", text).commit("example.net");
    assert_eq!(
        edit(&repo, &["alias", "add", "postmaster@example.net", "alice@example.org"]),
        "b/aliases/example.net.toml\n+[aliases]\n+postmaster = [\"alice@example.org\"]"
    );
    edit(&repo, &["alias", "add", "@example.net", "bob@example.org"]);
    assert!(
        repo.read("aliases/example.net.toml")
            .ends_with("[catch_all]\nto = [\"bob@example.org\"]\n")
    );
}

#[track_caller]
fn check(table: &[(&[&str], i32, &str)]) {
    let repo = organisation();
    for (args, code, says) in table {
        refuse(&repo, &[&["alias"][..], args].concat(), *code, &[says]);
    }
}

#[test]
fn what_makes_no_alias_is_refused() {
    let hr = "hr@example.org";
    check(&[
        (
            &["add", "bob@example.org", "carol@example.org"],
            3,
            "is a mailbox already",
        ),
        (
            &["add", "rob@example.org", "carol@example.org"],
            3,
            "is an alias already",
        ),
        (&["add", hr, "bbo@example.org"], 3, "did you mean `bob@example.org`?"),
        (&["add", hr, "group:enginering"], 3, "did you mean `engineering`?"),
        (&["add", hr, "|/bin/sh"], 3, "DS-"),
        (&["add", hr, "x\"]\nevil = [\"x@evil.example"], 3, "DS-"),
        (&["add", hr], 1, "TARGET"),
        (&["set", "help@example.org", "tickets@example.org"], 3, "DS-"),
    ]);
}

#[test]
fn an_alias_that_is_not_there_is_told_with_what_is() {
    check(&[
        (
            &["add", "sales@exmaple.org", "bob@example.org"],
            1,
            "did you mean `example.org`?",
        ),
        (
            &["add", "Sales@example.org", "bob@example.org"],
            1,
            "did you mean `sales@example.org`?",
        ),
        (
            &["set", "salse@example.org", "bob@example.org"],
            1,
            "did you mean `sales@example.org`?",
        ),
        (
            &["set", "rob@example.org", "carol@example.org"],
            1,
            "dockspace user show bob@example.org",
        ),
        (
            &["remove", "sales@example.org", "alice@example.org"],
            1,
            "`alice@example.org` is not in `sales`",
        ),
        (&["show", "@test.example.org"], 1, "there is no catch-all"),
    ]);
}

#[test]
fn aliases_are_listed_and_shown() {
    let repo = organisation();
    let run = |args: &[&str]| {
        repo.dockspace([&["alias"][..], args].concat())
            .run()
            .expect_code(0)
            .stdout
    };
    let text = run(&["list"]);
    assert!(
        text.starts_with("ADDRESS                 TARGETS\nabuse@example.org       alice@example.org\n"),
        "{text}"
    );
    assert!(
        text.ends_with("\n@example.org            bob@example.org office@example.org\n"),
        "{text}"
    );
    let document = json(&run(&["list", "--format", "json", "--domain", "example.org"]));
    assert_eq!(document["format"], "dockspace.aliases/1");
    assert_eq!(
        document["aliases"][3],
        json(r#"{"address":"sales@example.org","targets":["bob@example.org","carol@example.org"]}"#)
    );
    assert_eq!(run(&["list", "--domain", "test.example.org"]), "");
    assert_eq!(
        run(&["show", "team@example.org"]),
        "team@example.org\n  group:engineering\n    bob@example.org\n    carol@example.org\n"
    );
    let document = json(&run(&["show", "@example.org", "--format", "json"]));
    assert_eq!(document["format"], "dockspace.alias/1");
    assert_eq!(document["alias"]["targets"][1], "office@example.org");
}
