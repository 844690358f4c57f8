//! `secrets identity`, `recipients`, `reseal` and `rotate`: who can open, and what to do when a key is lost or leaked.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use dockspace::auth::password;
use dockspace::model::credential::PasswordHash;

use super::{Organisation, age_opens};
use crate::support::text;

const ALICE: &str = "users/example.org/alice.sealed.toml";

/// Another key, made by the program; its file and its recipient.
fn another_key(org: &Organisation, name: &str) -> (String, String) {
    let file = text(&org.repo.beside(name)).to_owned();
    let output = org
        .dockspace(&["secrets", "identity", "new", "--out", &file])
        .run()
        .expect_code(0);
    (file, output.stdout.trim_end().to_owned())
}

#[test]
fn a_new_identity_is_private_whole_and_outside_of_the_repository() {
    let org = Organisation::new();
    let (file, recipient) = another_key(&org, "offline.txt");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let public = crate::support::stdout_of("age-keygen", &["-y", &file]);
    assert_eq!(public.trim_end(), recipient);
    let output = org
        .dockspace(&["secrets", "identity", "show", "--identity", &file])
        .run()
        .expect_code(0);
    assert_eq!(output.stdout, format!("{recipient}\n"));

    let before = fs::read_to_string(&file).unwrap();
    let output = org
        .dockspace(&["secrets", "identity", "new", "--out", &file])
        .run()
        .expect_code(1);
    assert!(output.stderr.contains("never written over"), "{}", output.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let output = org.dockspace(&["secrets", "identity", "new"]).run().expect_code(1);
    assert!(output.stderr.contains("would soon be committed"), "{}", output.stderr);
    assert_eq!(org.status(), "");
}

#[test]
fn a_new_recipient_opens_what_was_sealed_before_and_a_removed_one_nothing_new() {
    let org = Organisation::new();
    let _ = org
        .dockspace(&["user", "passwd", "alice@example.org", "--generate", "--commit"])
        .run()
        .expect_code(0);
    let _ = org
        .dockspace(&["user", "totp", "bob@example.org", "--no-verify", "--commit"])
        .run()
        .expect_code(0);
    let hash = org.opened(ALICE, "password")["value"].clone();
    let (file, recipient) = another_key(&org, "offline.txt");

    let output = org
        .dockspace(&["secrets", "recipients", "add", &recipient])
        .run()
        .expect_code(1);
    assert!(output.stderr.contains("--no-reseal"), "{}", output.stderr);
    assert_eq!(org.status(), "");
    let output = org
        .dockspace(&["secrets", "recipients", "add", &recipient, "--commit"])
        .env("DOCKSPACE_IDENTITY", org.identity())
        .run()
        .expect_code(0);
    assert!(
        output
            .stderr
            .contains("secrets: recipient added, 3 sealed values resealed"),
        "{}",
        output.stderr
    );
    assert!(org.repo.read("dockspace.toml").contains("# the host"), "comments stay");
    for identity in [&file, &org.identity()] {
        let inside = age_opens(&org.sealed(ALICE, "password"), identity);
        assert_eq!((&inside["value"], &inside["n"]), (&hash, &serde_json::json!(2)));
    }
    let list = org
        .dockspace(&["secrets", "recipients", "list"])
        .run()
        .expect_code(0)
        .stdout;
    assert_eq!(list.lines().count(), 2);

    let host = list.lines().find(|line| *line != recipient).unwrap();
    let output = org
        .dockspace(&["secrets", "recipients", "remove", host, "--identity", &file])
        .run()
        .expect_code(0);
    assert!(
        output.stderr.contains("stays readable to it in git's history"),
        "{}",
        output.stderr
    );
    let check = |identity: &str, code| {
        org.dockspace(&["secrets", "check", "--identity", identity])
            .run()
            .expect_code(code)
    };
    let _ = check(&file, 0);
    let output = check(&org.identity(), 3);
    assert_eq!(output.stdout.matches("can't open").count(), 3, "{}", output.stdout);
    let output = org
        .dockspace(&["secrets", "recipients", "remove", &recipient, "--identity", &file])
        .run()
        .expect_code(1);
    assert!(output.stderr.contains("no recipient to seal to"), "{}", output.stderr);
}

#[test]
fn a_private_key_given_as_recipient_is_not_shown() {
    let org = Organisation::new();
    let file = fs::read_to_string(org.identity()).unwrap();
    let private = file.lines().last().unwrap();
    let output = org
        .dockspace(&["secrets", "recipients", "add", private])
        .run()
        .expect_code(1);
    assert!(
        !output.stderr.contains(private) && output.stderr.contains("treat it as leaked"),
        "{}",
        output.stderr
    );
}

#[test]
fn reseal_is_all_or_nothing_unless_told_otherwise() {
    let org = Organisation::new();
    let _ = org
        .dockspace(&["user", "passwd", "alice@example.org", "--generate"])
        .run()
        .expect_code(0);
    let (stranger, _) = another_key(&org, "stranger.txt");
    let _ = org
        .dockspace(&["user", "passwd", "bob@example.org", "--generate"])
        .run()
        .expect_code(0);
    org.repo.commit("Passwords");
    // Bob's value is copied over Alice's: nobody but the envelope can tell.
    org.repo
        .write(ALICE, org.repo.read("users/example.org/bob.sealed.toml"));
    let output = org
        .dockspace(&["secrets", "reseal", "--identity", &org.identity()])
        .run()
        .expect_code(1);
    assert!(output.stderr.contains("made for another owner"), "{}", output.stderr);
    assert_eq!(org.status(), format!(" M {ALICE}\n"), "Bob's was not resealed either");
    let args = ["secrets", "reseal", "--identity", &org.identity(), "--skip-unreadable"];
    let output = org.dockspace(&args).run().expect_code(0);
    assert!(output.stderr.contains("1 sealed value"), "{}", output.stderr);
    assert!(
        org.sealed("users/example.org/bob.sealed.toml", "password")
            .starts_with("age:1:2:")
    );
    assert!(org.sealed(ALICE, "password").starts_with("age:1:1:"));
    let output = org
        .dockspace(&["secrets", "reseal", "--identity", &stranger])
        .run()
        .expect_code(1);
    assert!(
        output.stderr.contains("2 sealed values cannot be opened"),
        "{}",
        output.stderr
    );
    let output = org.dockspace(&["secrets", "reseal"]).run().expect_code(1);
    assert!(output.stderr.contains("--identity"), "{}", output.stderr);
}

#[test]
fn new_passwords_after_a_leak_are_handed_out_once() {
    let org = Organisation::new();
    for address in ["alice@example.org", "bob@example.org"] {
        let _ = org
            .dockspace(&["user", "passwd", address, "--generate"])
            .run()
            .expect_code(0);
    }
    let _ = org
        .dockspace(&["user", "totp", "bob@example.org", "--no-verify"])
        .run()
        .expect_code(0);
    org.repo.commit("Passwords");
    let out = text(&org.repo.beside("passwords.txt")).to_owned();
    let rotate = |more: &[&str]| {
        let args = [&["secrets", "rotate", "--out", &out], more].concat();
        org.dockspace(&args).run()
    };
    let _ = rotate(&["--all", "--dry-run"]).expect_code(0);
    assert!(!fs::exists(&out).unwrap());
    let output = rotate(&["--all", "--commit"]).expect_code(0);
    assert!(
        output.stderr.contains("user totp bob@example.org"),
        "what else leaked: {}",
        output.stderr
    );
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let list = fs::read_to_string(&out).unwrap();
    let lines: Vec<_> = list.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert_eq!(
        lines.iter().map(|line| line.0).collect::<Vec<_>>(),
        ["alice@example.org", "bob@example.org"]
    );
    for (address, clear) in lines {
        let (name, _) = address.split_once('@').unwrap();
        let inside = org.opened(&format!("users/example.org/{name}.sealed.toml"), "password");
        let hash = PasswordHash::parse(inside["value"].as_str().unwrap()).unwrap();
        assert!(password::verify(&clear.into(), &hash), "{address}");
        assert!(!output.stderr.contains(clear) && !output.stdout.contains(clear));
    }
    let _ = rotate(&["alice@example.org"]).expect_code(1);
    assert_eq!(
        fs::read_to_string(&out).unwrap(),
        list,
        "an earlier list is never written over"
    );
    assert_eq!(org.status(), "");
    fs::remove_file(&out).unwrap();
    org.repo.write("groups/broken.toml", "x = 1\n");
    let _ = rotate(&["alice@example.org"]).expect_code(3);
    assert!(!fs::exists(&out).unwrap());
}

#[test]
fn a_refused_rotation_leaves_no_list_behind() {
    let org = Organisation::new();
    let _ = org
        .dockspace(&["user", "passwd", "alice@example.org", "--generate"])
        .run()
        .expect_code(0);
    let out = text(&org.repo.beside("passwords.txt")).to_owned();
    // Alice's file has changes that are not committed, so the commit is refused.
    let args = ["secrets", "rotate", "alice@example.org", "--out", &out, "--commit"];
    org.repo.git(["add", ALICE]);
    let output = org.dockspace(&args).run().expect_code(1);
    assert!(output.stderr.contains("uncommitted changes"), "{}", output.stderr);
    assert!(!fs::exists(&out).unwrap());
}
