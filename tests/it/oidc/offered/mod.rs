//! What the discovery document offers: every value of it is done once, and nothing is offered that isn't done here.

mod claims;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::shown::Stage;
use super::app::{apps, gauge};
use super::discovery::{document, keys_of_each_kind};
use crate::support::server::{Files, Server};

/// Every member of the document with its values; of a URL, the path. [`Stage::show`] does each of them.
const OFFERED: &[(&str, &[&str])] = &[
    ("issuer", &[""]),
    ("authorization_endpoint", &["/oidc/authorize"]),
    ("token_endpoint", &["/oidc/token"]),
    ("userinfo_endpoint", &["/oidc/userinfo"]),
    ("jwks_uri", &["/oidc/jwks"]),
    ("introspection_endpoint", &["/oidc/introspect"]),
    ("revocation_endpoint", &["/oidc/revoke"]),
    ("end_session_endpoint", &["/oidc/end-session"]),
    ("scopes_supported", SCOPES),
    ("response_types_supported", &["code"]),
    ("response_modes_supported", &["query", "form_post"]),
    (
        "grant_types_supported",
        &["authorization_code", "refresh_token", "client_credentials"],
    ),
    ("subject_types_supported", &["public"]),
    ("id_token_signing_alg_values_supported", &["RS256", "ES256", "EdDSA"]),
    (
        "token_endpoint_auth_methods_supported",
        &["client_secret_basic", "client_secret_post", "none"],
    ),
    (
        "introspection_endpoint_auth_methods_supported",
        &["client_secret_basic", "client_secret_post"],
    ),
    (
        "revocation_endpoint_auth_methods_supported",
        &["client_secret_basic", "client_secret_post", "none"],
    ),
    ("code_challenge_methods_supported", &["S256"]),
    (
        "acr_values_supported",
        &["urn:dockspace:acr:pwd", "urn:dockspace:acr:mfa"],
    ),
    ("claim_types_supported", &["normal"]),
    ("claims_supported", claims::CLAIMS),
    ("claims_parameter_supported", &["true"]),
    ("request_parameter_supported", &["false"]),
    ("request_uri_parameter_supported", &["false"]),
    (
        "prompt_values_supported",
        &["none", "login", "consent", "select_account"],
    ),
    ("display_values_supported", &["page", "popup"]),
    ("ui_locales_supported", &["en"]),
    ("authorization_response_iss_parameter_supported", &["true"]),
    ("backchannel_logout_supported", &["true"]),
    ("backchannel_logout_session_supported", &["true"]),
];

const SCOPES: &[&str] = &[
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "groups",
    "offline_access",
    "mail",
];

/// All apps, a key of each kind, and a person with every claim there is.
fn everything(files: &mut Files) {
    apps(files);
    gauge(files);
    keys_of_each_kind(files);
    claims::whole_profile(files);
}

/// The values of a member, as [`OFFERED`] has them.
fn values(url: &str, value: &Value) -> BTreeSet<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.strip_prefix(url).unwrap_or(text).to_owned(),
        other => other.to_string(),
    };
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => BTreeSet::from([text(one)]),
    }
}

#[tokio::test]
async fn k01_l01_c01_row_10_row_18_everything_offered_is_done_and_nothing_else_is_offered() {
    let server = Server::start_with(everything).await;
    let document = document(&server).await;
    let offered = document.as_object().unwrap().iter();
    let offered: BTreeMap<_, _> = offered
        .map(|(name, value)| (name.clone(), values(&server.url, value)))
        .collect();
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let shown: BTreeMap<_, BTreeSet<String>> = OFFERED
        .iter()
        .map(|(name, words)| ((*name).to_owned(), own(words)))
        .collect();
    assert_eq!(offered, shown, "what is offered, and what is shown here");
    let stage = Stage::new(&server);
    for (member, words) in OFFERED {
        for word in *words {
            stage.show(member, word).await;
        }
    }
}

/// Text that stands for something we don't do (RFC 9126, 9449, 8628, 7523, Core §8.1, §6.1).
#[tokio::test]
async fn b04_row_15_row_18_row_32_row_55_what_is_not_built_is_not_offered() {
    let server = Server::start_with(everything).await;
    let text = document(&server).await.to_string();
    for word in [
        "pushed_authorization",
        "dpop",
        "device",
        "_jwt",
        "pairwise",
        "request_object",
        "frontchannel",
        "check_session",
        "registration",
        "implicit",
        "password",
        "\"token\"",
        "id_token\"",
        "fragment",
        "HS256",
        "tls",
    ] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let unsigned = &document(&server).await["id_token_signing_alg_values_supported"];
    assert!(!unsigned.as_array().unwrap().contains(&Value::from("none")));
}
