//! `secrets seal`, `reveal` and `check`: single values.

use serde_json::{Value, json};

use super::Organisation;

/// Not valid by itself: the password lacks.
const RELAY: &str = "[relay.\"example.org\"]\nhost = \"[smtp.relay.example]:587\"\nuser = \"example\"\n";
const ALICE: &str = "users/example.org/alice.sealed.toml";

#[test]
fn a_value_is_sealed_where_it_belongs_and_opens_there_alone() {
    let org = Organisation::new();
    let seal = |file: &str, key: &str, more: &[&str], value: &str| {
        let args = [&["secrets", "seal", file, key], more].concat();
        org.dockspace(&args).stdin(format!("{value}\n")).run()
    };
    org.repo.write("mail.toml", RELAY);
    let _ = seal("mail.sealed.toml", "relay.\"example.org\".password", &[], "relay pass").expect_code(0);
    let text = org.repo.read("mail.sealed.toml");
    assert!(
        text.starts_with("[relay.\"example.org\"]\npassword = \"age:1:1:"),
        "{text}"
    );
    let sealed = text.split('"').nth(3).unwrap();
    let inside = super::age_opens(sealed, &org.identity());
    assert_eq!(
        inside,
        json!({ "v": 1, "owner": "mail", "field": "relay.example.org.password", "n": 1, "value": "relay pass" })
    );

    let output = seal(ALICE, "password", &[], "hunter two").expect_code(1);
    assert!(
        output.stderr.contains("--hash") && !output.stderr.contains("hunter"),
        "{}",
        output.stderr
    );
    let _ = seal(ALICE, "password", &["--hash"], "quartz lamp under bridges").expect_code(0);
    let hash = org.opened(ALICE, "password")["value"].as_str().unwrap().to_owned();
    assert!(hash.starts_with("{SHA512-CRYPT}$6$"));
    let _ = seal("./users/example.org/alice.profile.toml", "address.country", &[], "GB").expect_code(0);
    let reveal = |file: &str, key: &str| {
        org.dockspace(&["secrets", "reveal", file, key])
            .env("DOCKSPACE_IDENTITY", org.identity())
            .run()
    };
    assert_eq!(reveal(ALICE, "password").expect_code(0).stdout, format!("{hash}\n"));
    assert_eq!(
        reveal("users/example.org/alice.profile.toml", "address.country")
            .expect_code(0)
            .stdout,
        "GB\n"
    );
    assert!(
        reveal(ALICE, "totp")
            .expect_code(1)
            .stderr
            .contains("nothing is sealed")
    );

    for (file, key) in [
        ("users/example.org/alice.toml", "name"),
        ("mail.toml", "relay.x.password"),
        (ALICE, "surname"),
        (ALICE, "a..b"),
        ("../x.sealed.toml", "password"),
    ] {
        let _ = seal(file, key, &[], "x").expect_code(1);
    }
    let output = seal("users/example.org/nobody.sealed.toml", "password", &[], "x").expect_code(3);
    assert!(
        output.stderr.contains("there is no user `nobody@example.org`"),
        "{}",
        output.stderr
    );
}

#[test]
fn check_finds_what_only_the_key_can_tell() {
    let org = Organisation::new();
    let _ = org
        .dockspace(&["user", "passwd", "alice@example.org", "--generate"])
        .run()
        .expect_code(0);
    let _ = org
        .dockspace(&["user", "totp", "alice@example.org", "--no-verify"])
        .run()
        .expect_code(0);
    let check = |code| {
        let output = org
            .dockspace(&["secrets", "check", "--format", "json", "--identity", &org.identity()])
            .run()
            .expect_code(code);
        let document: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(document["format"], "dockspace.secrets/1");
        document["values"].as_array().unwrap().clone()
    };
    let good = check(0);
    assert_eq!(good.len(), 3);
    assert_eq!(
        (&good[0]["path"], &good[0]["counter"], &good[0]["problem"]),
        (&json!(ALICE), &json!(1), &Value::Null)
    );

    // Swapped within one file, and a counter edited by hand.
    let text = org.repo.read(ALICE);
    let (password, totp) = (org.sealed(ALICE, "password"), org.sealed(ALICE, "totp"));
    org.repo.write(ALICE, text.replace(&totp, &password));
    assert_eq!(
        check(3)[1]["problem"],
        "this sealed value was made for another field than the one it stands in"
    );
    org.repo.write(
        ALICE,
        text.replace(&password, &password.replace("age:1:1:", "age:1:9:")),
    );
    assert!(check(3)[0]["problem"].as_str().unwrap().contains("counter 9 outside"));
}
