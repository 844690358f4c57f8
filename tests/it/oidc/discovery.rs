//! The Config OP profile, and that everything offered is really there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use camino::Utf8PathBuf;
use dockspace::model::{KeyId, SigningAlg};
use dockspace::oidc::keys;
use dockspace::seal::{self, Identity, Owner};

use super::app::{BLOG, BOARD, BOB, WIKI, get, part, server};
use crate::support::server::{Files, edit};

pub(super) async fn document(server: &crate::support::server::Server) -> Value {
    let answer = get(server, "/.well-known/openid-configuration", None).await;
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    answer.json
}

#[tokio::test]
async fn k01_l01_c01_the_document_names_what_is_there() {
    let server = server().await;
    let document = document(&server).await;
    assert_eq!(document["issuer"], server.url);
    for (name, value) in document.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = value.as_str().unwrap().strip_prefix(&server.url).unwrap();
            assert_ne!(get(&server, path, None).await.status, 404, "{name}");
        }
    }
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(document["subject_types_supported"], json!(["public"]));
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["request_uri_parameter_supported"], json!(false));
    for name in [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "claims_parameter_supported",
    ] {
        assert_eq!(document[name], json!(true), "{name}");
    }
    assert!(
        document["scopes_supported"]
            .as_array()
            .unwrap()
            .contains(&json!("openid"))
    );
}

#[tokio::test]
async fn k01_row_20_the_keys_are_public_named_and_fit_what_is_signed() {
    let server = server().await;
    let document = document(&server).await;
    assert_eq!(
        document["id_token_signing_alg_values_supported"],
        json!(["RS256"]),
        "the one with an active key"
    );
    let keys = get(&server, "/oidc/jwks", None).await.json["keys"]
        .as_array()
        .unwrap()
        .clone();
    let kids: BTreeSet<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids.len(), keys.len());
    for key in &keys {
        assert!(
            ["d", "p", "q", "dp", "dq", "qi", "k"]
                .iter()
                .all(|name| key.get(name).is_none())
        );
    }
    let answer = WIKI.tokens(&server, BOB, "openid").await;
    assert!(kids.contains(part(answer.text("id_token"), 0)["kid"].as_str().unwrap()));
}

/// The file of a new key.
fn key(files: &Files, kid: &str, alg: SigningAlg) -> String {
    let identity = Identity::parse(&files[&Utf8PathBuf::from("identity.txt")]).unwrap();
    let private = keys::generate(alg).unwrap();
    let public = keys::public_jwk(alg, &KeyId::parse(kid).unwrap(), &private).unwrap();
    let sealed = seal::seal(
        identity.recipients(),
        &Owner::Key(kid.to_owned()),
        "private",
        1,
        &private,
    )
    .unwrap();
    let alg = alg.as_str();
    format!(
        "alg = \"{alg}\"\nstate = \"active\"\npublic_jwk = '{public}'\nprivate = \"{}\"\n",
        sealed.as_str()
    )
}

/// A new key of each kind signs instead of the one before: for the wiki as ever, for the blog EdDSA, for the board ES256.
pub(super) fn keys_of_each_kind(files: &mut Files) {
    edit(
        files,
        "keys/2026-01.toml",
        "state = \"active\"",
        "state = \"published\"",
    );
    for (kid, alg) in [
        ("2026-12", SigningAlg::Rs256),
        ("2026-12-ed", SigningAlg::EdDsa),
        ("2026-12-es", SigningAlg::Es256),
    ] {
        let text = key(files, kid, alg);
        files.insert(format!("keys/{kid}.toml").into(), text);
    }
    let skip = "consent = \"skip\"";
    for (path, alg) in [("clients/blog.toml", "EdDSA"), ("clients/board.toml", "ES256")] {
        edit(files, path, skip, &format!("{skip}\nid_token_alg = \"{alg}\""));
    }
}

#[tokio::test]
async fn row_20_keys_are_changed_by_commits_and_old_ones_stay_published() {
    let mut server = server().await;
    let before = get(&server, "/.well-known/openid-configuration", None).await;
    server.change(keys_of_each_kind);
    let after = get(&server, "/.well-known/openid-configuration", None).await;
    assert_eq!(
        after.json["id_token_signing_alg_values_supported"],
        json!(["RS256", "ES256", "EdDSA"])
    );
    assert_ne!(before.headers["etag"], after.headers["etag"]);
    assert_eq!(
        get(&server, "/oidc/jwks", None).await.json["keys"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    for (app, alg, kid) in [
        (WIKI, "RS256", "2026-12"),
        (BLOG, "EdDSA", "2026-12-ed"),
        (BOARD, "ES256", "2026-12-es"),
    ] {
        let header = part(app.tokens(&server, BOB, "openid").await.text("id_token"), 0);
        assert_eq!(header, json!({ "alg": alg, "kid": kid }));
    }
}

#[tokio::test]
async fn documents_are_sent_again_only_when_they_changed() {
    let server = server().await;
    for path in ["/.well-known/openid-configuration", "/oidc/jwks"] {
        let first = get(&server, path, None).await;
        let request = reqwest::Client::new().get(format!("{}{path}", server.url));
        let again = super::app::send(request.header("if-none-match", &first.headers["etag"])).await;
        assert_eq!(again.status, 304);
        assert_eq!(first.headers["cache-control"], "public, max-age=300");
    }
}
