//! ID tokens that come back as hints: only what we signed ourselves counts, whatever their headers say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dockspace::digest;
use serde_json::{Value, json};

use super::app::{BOB, SECRET, WIKI, claims, get, part, server, with};
use super::discovery::keys_of_each_kind;
use super::logout::{BYE, path};
use crate::support::browser::Browser;

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What somebody could make of a good ID token who has no key of ours.
fn forgeries(good: &str, jwks: &Value) -> Vec<(&'static str, String)> {
    let [header, payload, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let kid = &part(good, 0)["kid"];
    let key = &jwks["keys"][0];
    let with_header = |header: Value| format!("{}.{payload}.{signature}", encode(&header));
    let by_secret = |header: Value, secret: &str| {
        let input = format!("{}.{payload}", encode(&header));
        let mac = digest::hmac_sha256(secret.as_bytes(), input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac.as_bytes()))
    };
    let mut another = part(good, 1);
    another["sub"] = json!("somebody-else");
    vec![
        ("unsigned", format!("{}.{payload}.", encode(&json!({ "alg": "none" })))),
        (
            "unsigned with kid",
            format!("{}.{payload}.", encode(&json!({ "alg": "none", "kid": kid }))),
        ),
        (
            "None",
            format!("{}.{payload}.", encode(&json!({ "alg": "None", "kid": kid }))),
        ),
        ("by the client's secret", by_secret(json!({ "alg": "HS256" }), SECRET)),
        (
            "by the public key",
            by_secret(json!({ "alg": "HS256", "kid": kid }), &key.to_string()),
        ),
        (
            "by the modulus",
            by_secret(json!({ "alg": "HS256", "kid": kid }), key["n"].as_str().unwrap()),
        ),
        ("unknown kid", with_header(json!({ "alg": "RS256", "kid": "nobody" }))),
        ("no kid", with_header(json!({ "alg": "RS256" }))),
        ("another alg", with_header(json!({ "alg": "PS256", "kid": kid }))),
        ("another family", with_header(json!({ "alg": "ES256", "kid": kid }))),
        (
            "crit",
            with_header(json!({ "alg": "RS256", "kid": kid, "crit": ["exp"] })),
        ),
        (
            "jku",
            with_header(json!({ "alg": "RS256", "kid": kid, "jku": "https://evil.example/" })),
        ),
        (
            "x5u",
            with_header(json!({ "alg": "RS256", "kid": kid, "x5u": "https://evil.example/" })),
        ),
        ("jwk", with_header(json!({ "alg": "RS256", "kid": kid, "jwk": key }))),
        ("other claims", format!("{header}.{}.{signature}", encode(&another))),
        ("no object", format!("{header}.{}.{signature}", encode(&json!([1])))),
        ("no signature", format!("{header}.{payload}.")),
        ("two parts", format!("{header}.{payload}")),
        ("five parts", format!("{good}.{header}.{payload}")),
        ("rubbish", "x".to_owned()),
    ]
}

/// What becomes of a request with this hint: the error at authorize, and where end-session leads.
async fn hinted(browser: &mut Browser, hint: &str) -> (String, String) {
    let request = with(WIKI.request("openid"), &[("prompt", "none"), ("id_token_hint", hint)]);
    let page = WIKI.authorize(browser, &request).await;
    let answer = WIKI.answer(&page);
    let said = answer.get("error").cloned().unwrap_or_default();
    let fields = super::app::form(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)]);
    let page = browser.get(&path(&fields)).await;
    (said, page.location().to_owned())
}

#[tokio::test]
async fn row_19_l04_l11_what_we_did_not_sign_is_no_hint() {
    let server = server().await;
    let mut browser = server.browser();
    let answer = WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    let jwks = get(&server, "/oidc/jwks", None).await.json;
    for (what, hint) in forgeries(answer.text("id_token"), &jwks) {
        let (said, to) = hinted(&mut browser, &hint).await;
        assert_eq!(said, "invalid_request", "{what}");
        assert!(to.starts_with("/logout?request="), "{what}: {to}");
    }
    // Nothing of it signed anybody out, and the good one still does.
    let (said, to) = hinted(&mut browser, answer.text("id_token")).await;
    assert_eq!((said.as_str(), to.as_str()), ("", BYE));
}

#[tokio::test]
async fn row_19_a_token_of_another_kind_is_no_hint() {
    let server = server().await;
    let mut browser = server.browser();
    let answer = WIKI
        .tokens_in(&server, &mut browser, BOB, "openid offline_access")
        .await;
    for name in ["access_token", "refresh_token"] {
        let (said, to) = hinted(&mut browser, answer.text(name)).await;
        assert_eq!(said, "invalid_request", "{name}");
        assert!(to.starts_with("/logout?request="), "{name}: {to}");
    }
}

#[tokio::test]
async fn row_20_a_key_that_signs_no_more_is_believed_until_its_file_goes() {
    let mut server = server().await;
    let mut browser = server.browser();
    let before = WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    server.change(keys_of_each_kind);
    let after = WIKI.tokens(&server, BOB, "openid").await;
    let kid = |answer: &super::app::Answer| part(answer.text("id_token"), 0)["kid"].clone();
    assert_eq!((kid(&before), kid(&after)), (json!("2026-01"), json!("2026-12")));
    super::foreign::verified(&server, "wiki", before.text("id_token")).await;
    let request = |hint: &str| with(WIKI.request("openid"), &[("prompt", "none"), ("id_token_hint", hint)]);
    let page = WIKI.authorize(&mut browser, &request(before.text("id_token"))).await;
    WIKI.code(&server, &page);
    server.change(|files| {
        files.remove(camino::Utf8Path::new("keys/2026-01.toml"));
    });
    let page = WIKI.authorize(&mut browser, &request(before.text("id_token"))).await;
    assert_eq!(WIKI.error(&server, &page), "invalid_request");
    let page = WIKI.authorize(&mut browser, &request(after.text("id_token"))).await;
    WIKI.code(&server, &page);
    assert_eq!(claims(&before)["sub"], claims(&after)["sub"]);
}
