//! What is wrong with a host is said before anything is served, with what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::host::Host;
use crate::support::run;

#[track_caller]
fn check(host: &Host, code: i32, expect: &[&str]) {
    let output = host.serve_in_vain().expect_code(code);
    assert_eq!(output.stdout, "", "no log line before it serves");
    for part in expect {
        assert!(output.stderr.contains(part), "{part:?} is not in: {}", output.stderr);
    }
    assert!(output.stderr.contains("hint:"), "{}", output.stderr);
}

#[test]
fn an_identity_is_needed_that_opens_the_signing_keys() {
    let host = Host::new();
    let identity = host.repo.beside("identity.txt");
    fs::remove_file(&identity).unwrap();
    assert!(run("age-keygen", &["-o", identity.to_str().unwrap()]).status.success());
    check(&host, 1, &["cannot use the signing key 2026-01", "dockspace secrets"]);
    let config = host.repo.beside("host.toml");
    let without = fs::read_to_string(&config)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("identity"))
        .collect::<Vec<_>>()
        .join("\n");
    fs::write(&config, without).unwrap();
    check(&host, 1, &["no identity", "DOCKSPACE_IDENTITY"]);
}

#[test]
fn a_file_that_is_not_there_is_named_once() {
    let host = Host::new();
    fs::remove_file(host.repo.beside("identity.txt")).unwrap();
    check(
        &host,
        1,
        &["cannot use the identity", "identity.txt", "DOCKSPACE_IDENTITY"],
    );
    fs::remove_file(host.own("host.toml")).unwrap();
    check(&host, 1, &["cannot read the host file", "--config"]);
    let said = host.serve_in_vain().stderr;
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
}

#[test]
fn an_identity_that_others_can_read_is_said() {
    let host = Host::new();
    let identity = host.repo.beside("identity.txt");
    host.edit("users/example.org/carol.toml", "name =", "nmae =");
    host.repo.commit("A slip, so that it ends");
    let said = |host: &Host| {
        host.serve_in_vain()
            .stderr
            .contains("others on this machine can read the identity")
    };
    assert!(!said(&host));
    fs::set_permissions(&identity, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(said(&host));
}

#[test]
fn the_address_must_be_free() {
    let host = Host::new();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", host.port)).unwrap();
    check(&host, 1, &["cannot listen on 127.0.0.1:", "in use", "ss -ltnp"]);
}

#[test]
fn the_organisation_must_have_an_issuer_that_can_be_reached() {
    let host = Host::new();
    let issuer = format!("[oidc]\nissuer = \"{}\"", host.url());
    host.edit("dockspace.toml", &issuer, "");
    host.repo.commit("No issuer");
    check(&host, 1, &["no issuer", "[oidc]"]);
}

#[test]
fn the_first_revision_must_be_valid() {
    let host = Host::new();
    host.edit("users/example.org/carol.toml", "name =", "nmae =");
    host.repo.commit("A slip");
    check(
        &host,
        3,
        &["no revision can be in force", "carol.toml", "dockspace check"],
    );
}

#[test]
fn the_repository_and_the_store_must_be_there() {
    let host = Host::with("store = \"/proc/store.sqlite\"");
    check(&host, 1, &["/proc/store.sqlite"]);
    let host = Host::new();
    host.repo.git(["branch", "--move", "main", "trunk"]);
    check(&host, 1, &["cannot be fetched", "git fetch"]);
}

#[test]
fn a_certificate_must_be_one() {
    let host = Host::with("[tls]\ncertificate = \"/nowhere/c.pem\"\nkey = \"/nowhere/k.pem\"");
    check(&host, 1, &["cannot serve https", "/nowhere"]);
}

#[tokio::test]
async fn row_45_a_host_whose_store_was_lost_says_that_recovery_codes_are_void() {
    let host = Host::new();
    let voided = |line: &String| line.contains("recovery codes of before are void");
    for (store_is_lost, expected) in [(false, false), (false, false), (true, true)] {
        if store_is_lost {
            for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
                let _ = std::fs::remove_file(host.repo.beside("state").join(name));
            }
        }
        let mut server = host.serve();
        server.wait_for(|line| line["event"] == "revision_in_force");
        assert_eq!(server.stop(), Some(0));
        assert_eq!(server.log.iter().any(voided), expected, "{:#?}", server.log);
    }
}
