//! `user passwd` and `user totp`.

use dockspace::auth::{password, totp::Totp};
use dockspace::model::credential::PasswordHash;
use serde_json::json;

use super::{ALICE, Organisation};

const SEALED: &str = "users/example.org/alice.sealed.toml";
const GOOD: &str = "quartz lamp under nine bridges";

#[test]
fn a_password_from_standard_input_is_sealed_as_a_hash() {
    let org = Organisation::new();
    let run = |text: &str| {
        org.dockspace(&["user", "passwd", "alice@example.org"])
            .stdin(text)
            .run()
    };
    let output = run(&format!("{GOOD}\n")).expect_code(0);
    assert_eq!(output.stdout, "");
    assert!(output.stderr.contains("+password = \"age:1:1:…\""), "{}", output.stderr);
    let inside = org.opened(SEALED, "password");
    assert_eq!(
        (&inside["owner"], &inside["field"], &inside["n"]),
        (&json!(format!("user:{ALICE}")), &json!("password"), &json!(1))
    );
    let hash = PasswordHash::parse(inside["value"].as_str().unwrap()).unwrap();
    assert!(
        hash.as_str().starts_with("{SHA512-CRYPT}$6$rounds=1000$"),
        "the policy's rounds"
    );
    assert!(password::verify(&GOOD.into(), &hash));
    assert!(!output.stderr.contains(hash.as_str()) && !output.stderr.contains(GOOD));

    assert!(org.sealed(SEALED, "password").starts_with("age:1:1:"));
    let _ = run("another lamp under nine bridges\n").expect_code(0);
    assert!(org.sealed(SEALED, "password").starts_with("age:1:2:"));
    assert_eq!(
        org.status().trim_end(),
        format!("?? {SEALED}"),
        "nothing else changed, nothing is committed"
    );
}

#[test]
fn a_bad_password_is_refused_with_every_reason() {
    let org = Organisation::new();
    let output = org
        .dockspace(&["user", "passwd", "alice@example.org"])
        .stdin("alice\n")
        .run()
        .expect_code(1);
    for reason in ["Use at least 10 characters.", "Mix at least 3", "from your name"] {
        assert!(output.stderr.contains(reason), "{reason} in {}", output.stderr);
    }
    assert_eq!(org.status(), "");
    let output = org
        .dockspace(&["user", "passwd", "alice@example.org"])
        .run()
        .expect_code(1);
    assert!(output.stderr.contains("standard input is empty"), "{}", output.stderr);
}

#[test]
fn a_generated_password_is_printed_once_and_committed_alone() {
    let org = Organisation::new();
    org.repo.write("groups/other.toml", "description = \"not committed\"\n");
    let output = org
        .dockspace(&["user", "passwd", "alice@example.org", "--generate", "--commit"])
        .run()
        .expect_code(0);
    let clear = output.stdout.trim_end();
    assert!(!output.stderr.contains(clear));
    let hash = PasswordHash::parse(org.opened(SEALED, "password")["value"].as_str().unwrap()).unwrap();
    assert!(password::verify(&clear.into(), &hash));
    assert_eq!(
        org.repo.git(["log", "-1", "--format=%s", "--name-only"]),
        format!("users: alice@example.org: new password\n\n{SEALED}\n")
    );
    assert_eq!(org.status(), "?? groups/other.toml\n");
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let org = Organisation::new();
    for args in [
        ["user", "passwd", "alice@example.org", "--generate", "--dry-run"],
        ["user", "totp", "alice@example.org", "--no-verify", "--dry-run"],
    ] {
        let output = org.dockspace(&args).run().expect_code(0);
        assert!(
            output
                .stdout
                .starts_with("--- /dev/null\n+++ b/users/example.org/alice.sealed.toml\n"),
            "{}",
            output.stdout
        );
        assert!(
            !output.stdout.contains("otpauth"),
            "what was not set up is not handed out"
        );
        assert_eq!(org.status(), "");
    }
}

#[test]
fn who_cannot_have_a_password_is_told_why() {
    let org = Organisation::new();
    let refused = |address: &str, says: &str| {
        let output = org
            .dockspace(&["user", "passwd", address, "--generate"])
            .run()
            .expect_code(1);
        assert!(output.stderr.contains(says), "{says} in {}", output.stderr);
    };
    refused("alcie@example.org", "did you mean `alice@example.org`?");
    refused("probe@test.example.org", "stands in clear in its file");
    org.repo.write(
        "users/example.org/bob.toml",
        "id = \"0193c6f4-0000-7000-8000-000000000002\"\nusername = \"bob\"\nname = \"Bob Hatter\"\nstate = \"absent\"\n",
    );
    refused("bob@example.org", "was removed");
    let settings = org.repo.read("dockspace.toml");
    let without: String = settings
        .lines()
        .filter(|line| !line.starts_with("recipients") && *line != "[secrets]")
        .map(|line| format!("{line}\n"))
        .collect();
    org.repo.write("dockspace.toml", without);
    refused("alice@example.org", "[secrets] recipients");
}

#[test]
fn an_edit_that_leaves_the_organisation_invalid_writes_nothing() {
    let org = Organisation::new();
    org.repo.write("groups/broken.toml", "descripton = \"typo\"\n");
    let output = org
        .dockspace(&["user", "passwd", "alice@example.org", "--generate"])
        .run()
        .expect_code(3);
    assert!(
        output.stderr.contains("did you mean `description`?"),
        "{}",
        output.stderr
    );
    assert_eq!(
        (output.stdout.as_str(), org.status().as_str()),
        ("", "?? groups/broken.toml\n")
    );
}

#[test]
fn a_second_factor_makes_codes_and_goes_away_again() {
    let org = Organisation::new();
    let output = org
        .dockspace(&["user", "totp", "alice@example.org", "--no-verify"])
        .run()
        .expect_code(0);
    let (uri, codes) = output.stdout.split_once("\n\n").unwrap();
    assert_eq!(codes.lines().count(), 10);
    assert!(Totp::parse(&uri.into()).is_ok());
    assert!(
        uri.starts_with("otpauth://totp/Wonderland:alice%40example.org?secret="),
        "{uri}"
    );
    let inside = org.opened(SEALED, "totp");
    assert_eq!(
        (inside["value"].as_str(), inside["field"].as_str()),
        (Some(uri), Some("totp"))
    );
    let kept = org.opened(SEALED, "recovery_codes");
    let kept = dockspace::auth::recovery::RecoveryCodes::parse(&kept["value"].as_str().unwrap().into()).unwrap();
    for code in codes.lines() {
        assert!(kept.find(code).is_some(), "{code}");
        assert!(!output.stderr.contains(code));
    }
    assert!(!output.stderr.contains("otpauth"), "{}", output.stderr);

    let _ = org
        .dockspace(&["user", "totp", "alice@example.org", "--remove"])
        .run()
        .expect_code(0);
    assert!(!org.repo.path().join(SEALED).exists());
    let output = org
        .dockspace(&["user", "totp", "alice@example.org", "--remove"])
        .run()
        .expect_code(0);
    assert!(output.stderr.contains("nothing to change"), "{}", output.stderr);
    let output = org
        .dockspace(&["user", "totp", "alice@example.org"])
        .run()
        .expect_code(1);
    assert!(output.stderr.contains("--no-verify"), "{}", output.stderr);
}
