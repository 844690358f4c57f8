//! `dockspace user list` and `show`, and `user add --batch`.

use super::{changes, edit, json, organisation, refuse};

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

#[test]
fn a_batch_adds_every_row_in_one_commit() {
    let repo = organisation();
    let csv = "\u{feff}address,name,groups,aliases,quota\r\n\
               dave@example.org,\"Dave, \"\"D\"\"\",admins;engineering,d@example.org; dd@example.org,2G\r\n\
               bob@test.example.org,Bob Two,,,\r\n";
    let batch = repo.beside("people.csv");
    std::fs::write(&batch, csv.replace("bob@test.example.org", "alice.b@example.org")).unwrap();
    let _ = repo
        .dockspace(["user", "add", "--commit", "--batch", batch.to_str().unwrap()])
        .run()
        .expect_code(0);
    assert_eq!(repo.git(["log", "-1", "--format=%s"]), "user add: 2 users\n");
    let dave = repo.read("users/example.org/dave.toml");
    assert!(
        dave.ends_with(
            "username = \"dave\"\nname = 'Dave, \"D\"'\ngroups = [\"admins\", \"engineering\"]\n\
             aliases = [\"d@example.org\", \"dd@example.org\"]\nquota = \"2G\"\n"
        ),
        "{dave}"
    );
    assert!(
        repo.read("users/example.org/alice.b.toml")
            .contains("username = \"alice.b\"\n")
    );
}

#[test]
fn a_batch_with_problems_tells_all_of_them_and_adds_nobody() {
    let repo = organisation();
    let run = |csv: &str| {
        let output = repo
            .dockspace(["user", "add", "--batch", "-"])
            .stdin(csv)
            .run()
            .expect_code(3);
        assert_eq!(changes(&repo), "");
        output.stderr
    };
    let said = run("address,name,expires\n\
                    Dave@example.org,Dave,\n\
                    bob@example.org,Bob,\n\
                    erin@example.org,,someday\n\
                    erin@example.org\n\
                    frank@example.org,Frank,\n\
                    frank@example.org,\"Frank\nagain\",\n");
    for text in [
        "standard input:2: `Dave@example.org` is no address: write it in lower case",
        "standard input:3: there is a user `bob@example.org` already",
        "standard input:4: there is no name",
        "standard input:4: `expires` is a date",
        "standard input:5: 1 cells under a heading of 3",
        "standard input:7: `frank@example.org` is in the batch twice",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
    let said = run("adress,name,name\nx,y,z\n");
    for text in [
        "did you mean `address`?",
        "`name` is there twice",
        "the column `address` is missing",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
    assert!(run("address,name\n").contains("no row"));
    assert!(run("").contains("missing"));
    let said = run("address,name,groups,quota\ndave@example.org,Dave,enginering,7\nerin@example.org,\"E\nrin\",,\n");
    for text in [
        "did you mean `engineering`?",
        "users/example.org/dave.toml",
        "users/example.org/erin.toml",
    ] {
        assert!(said.contains(text), "{text}\n{said}");
    }
}
