//! `keys`: signing keys come and go by commits, and OpenSSL reads them.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Organisation;
use crate::support::{run, text};

impl Organisation {
    fn keys(&self) -> Vec<[String; 3]> {
        let output = self
            .dockspace(&["keys", "list", "--format", "json"])
            .run()
            .expect_code(0);
        let document: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(document["format"], "dockspace.keys/1");
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let rows = document["keys"].as_array().unwrap().iter();
        rows.map(|row| ["kid", "alg", "state"].map(|name| text(row, name)))
            .collect()
    }
}

fn row(kid: &str, alg: &str, state: &str) -> [String; 3] {
    [kid, alg, state].map(str::to_owned)
}

#[test]
fn row_21_a_key_of_each_kind_is_sealed_and_one_that_openssl_reads() {
    let org = Organisation::new();
    for (alg, says) in [("RS256", "2048 bit"), ("ES256", "prime256v1"), ("EdDSA", "ED25519")] {
        let kid = alg.to_ascii_lowercase();
        let _ = org
            .dockspace(&["keys", "add", "--alg", alg, "--kid", &kid])
            .run()
            .expect_code(0);
        let path = format!("keys/{kid}.toml");
        let inside = org.opened(&path, "private");
        assert_eq!(
            (&inside["owner"], &inside["field"]),
            (&json!(format!("key:{kid}")), &json!("private"))
        );
        let der = org.repo.beside(&kid);
        fs::write(&der, STANDARD.decode(inside["value"].as_str().unwrap()).unwrap()).unwrap();
        let output = run(
            "openssl",
            &["pkey", "-inform", "DER", "-in", text(&der), "-noout", "-text"],
        );
        assert!(
            String::from_utf8_lossy(&output.stdout).contains(says),
            "{alg}: {output:?}"
        );
        let table: toml::Table = toml::from_str(&org.repo.read(&path)).unwrap();
        let jwk: Value = serde_json::from_str(table["public_jwk"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&jwk["kid"], &jwk["alg"], &jwk["d"]),
            (&json!(kid), &json!(alg), &Value::Null)
        );
    }
    let _ = org.dockspace(&["fmt", "--check"]).run().expect_code(0);
    let output = org.dockspace(&["keys", "add", "--kid", "rs256"]).run().expect_code(1);
    assert!(output.stderr.contains("already"), "{}", output.stderr);
}

#[test]
fn row_20_a_rotation_keeps_the_old_key_published_until_it_is_removed() {
    let org = Organisation::new();
    let keys = |args: &[&str], code| org.dockspace(&[&["keys"], args].concat()).run().expect_code(code);
    let _ = keys(&["add", "--kid", "old", "--commit"], 0);
    let _ = keys(&["add", "--kid", "side", "--alg", "EdDSA", "--commit"], 0);
    org.repo.write(
        "clients/grafana.toml",
        "name = \"Grafana\"\nkind = \"confidential\"\nsecret_sha256 = [\"0000000000000000000000000000000000000000000000000000000000000001\"]\n\
         redirect_uris = [\"https://grafana.example.org/cb\"]\ngroups = [\"*\"]\n",
    );
    org.repo.commit("An app");
    let output = keys(&["retire", "old"], 1);
    assert!(output.stderr.contains("keys add --alg RS256"), "{}", output.stderr);

    let private = org.sealed("keys/old.toml", "private");
    let output = keys(&["add", "--kid", "new", "--commit"], 0);
    assert!(output.stderr.contains("keys: new: new RS256 key"), "{}", output.stderr);
    assert_eq!(
        org.sealed("keys/old.toml", "private"),
        private,
        "what did not change is not sealed again"
    );
    assert_eq!(
        org.keys(),
        [
            row("new", "RS256", "active"),
            row("old", "RS256", "published"),
            row("side", "EdDSA", "active")
        ]
    );
    let _ = keys(&["retire", "side", "--commit"], 0);
    let _ = keys(&["retire", "old", "--remove", "--commit"], 0);
    assert_eq!(
        org.keys(),
        [row("new", "RS256", "active"), row("side", "EdDSA", "published")]
    );
    let output = keys(&["retire", "nwe"], 1);
    assert!(output.stderr.contains("did you mean `new`?"), "{}", output.stderr);
    assert_eq!(org.status(), "");
}

#[test]
fn a_private_key_that_is_not_that_of_the_public_one_is_found() {
    let org = Organisation::new();
    for kid in ["one", "two"] {
        let _ = org
            .dockspace(&["keys", "add", "--alg", "EdDSA", "--kid", kid])
            .run()
            .expect_code(0);
    }
    let (one, two) = (org.repo.read("keys/one.toml"), org.repo.read("keys/two.toml"));
    let line = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("public_jwk"))
            .unwrap()
            .to_owned()
    };
    let jwk = line(&two).replace("\"two\"", "\"one\"");
    org.repo.write("keys/one.toml", one.replace(&line(&one), &jwk));
    let args = ["secrets", "check", "--identity", &org.identity()];
    let output = org.dockspace(&args).run().expect_code(3);
    assert!(
        output
            .stdout
            .contains("keys/one.toml  private  it is not the private part"),
        "{}",
        output.stdout
    );
}
