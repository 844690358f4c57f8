//! The Basic OP profile: the modules of the certification's plan, as far as they apply to clients written into files.

use serde_json::{Value, json};

use super::app::{BOB, GRACE, NONCE, SHOP, WIKI, claims, part, post, server, userinfo, with};
use crate::support::server::Server;

/// What an ID token says for the scope `openid` alone, and nothing else.
#[track_caller]
fn is_plain(claims: &Value) {
    let names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "acr",
            "amr",
            "at_hash",
            "aud",
            "auth_time",
            "azp",
            "c_hash",
            "exp",
            "iat",
            "iss",
            "nonce",
            "sid",
            "sub"
        ]
    );
}

/// Signs in and gives the claims of both: ID token and userinfo.
async fn both(server: &Server, who: (&str, &str), scope: &str) -> (Value, Value) {
    let answer = WIKI.tokens(server, who, scope).await;
    let info = userinfo(server, answer.text("access_token")).await;
    assert_eq!(info.status, 200);
    (claims(&answer), info.json)
}

#[tokio::test]
async fn b01_a_whole_flow() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI.sign_in(&mut browser, BOB, &WIKI.request("openid")).await;
    let code = WIKI.code(&server, &page);
    assert!(code.len() >= 43);
    let answer = WIKI.redeem(&server, &code).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.text("token_type"), "Bearer");
    assert!(
        answer.json["expires_in"]
            .as_i64()
            .is_some_and(|seconds| seconds > 0 && seconds <= 900)
    );
    assert_eq!(answer.text("scope"), "openid");
    let claims = claims(&answer);
    is_plain(&claims);
    assert_eq!(claims["iss"], server.url);
    assert_eq!((&claims["aud"], &claims["azp"]), (&json!(["wiki"]), &json!("wiki")));
    assert_eq!(claims["nonce"], NONCE);
    assert_eq!(
        (&claims["acr"], &claims["amr"]),
        (&json!("urn:dockspace:acr:pwd"), &json!(["pwd"]))
    );
    let (issued, expires) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    assert!(issued == server.app.clock.now().as_second() && expires > issued);
    let lines = server.audit.lines().join("\n");
    assert!(
        lines.contains("\"code_issued\"") && lines.contains("\"tokens_issued\""),
        "{lines}"
    );
    assert!(
        !lines.contains(&code) && !lines.contains(answer.text("access_token")),
        "{lines}"
    );
}

#[tokio::test]
async fn b02_without_a_response_type_the_app_is_told() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI
        .authorize(&mut browser, &with(WIKI.request("openid"), &[("response_type", "")]))
        .await;
    assert_eq!(WIKI.error(&server, &page), "invalid_request");
}

#[tokio::test]
async fn b03_an_id_token_is_signed_by_rs256_and_names_its_key() {
    let server = server().await;
    let header = part(WIKI.tokens(&server, BOB, "openid").await.text("id_token"), 0);
    assert_eq!(header, json!({ "alg": "RS256", "kid": "2026-01" }));
}

#[tokio::test]
async fn b05_b06_b07_userinfo_by_get_and_by_post() {
    let server = server().await;
    let answer = WIKI.tokens(&server, BOB, "openid").await;
    let token = answer.text("access_token");
    let bearer = format!("Bearer {token}");
    let expect = json!({ "sub": claims(&answer)["sub"] });
    for answer in [
        userinfo(&server, token).await,
        post(&server, "/oidc/userinfo", Some(&bearer), &[]).await,
        post(&server, "/oidc/userinfo", None, &[("access_token", token)]).await,
    ] {
        assert_eq!((answer.status, &answer.json), (200, &expect));
        assert_eq!(answer.headers["content-type"], "application/json");
    }
}

#[tokio::test]
async fn b08_no_nonce_is_needed_and_none_is_invented() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI
        .sign_in(&mut browser, BOB, &with(WIKI.request("openid"), &[("nonce", "")]))
        .await;
    let answer = WIKI.redeem(&server, &WIKI.code(&server, &page)).await;
    assert!(claims(&answer).get("nonce").is_none());
}

#[tokio::test]
async fn b09_to_b13_each_scope_brings_its_claims_to_userinfo_and_none_to_the_id_token() {
    let server = server().await;
    let (id_token, info) = both(&server, GRACE, "openid profile email address phone groups").await;
    is_plain(&id_token);
    assert_eq!(info["sub"], id_token["sub"]);
    assert_eq!(info["email"], "grace@example.org");
    assert_eq!(info["email_verified"], true);
    assert_eq!(
        (&info["phone_number"], &info["phone_number_verified"]),
        (&json!("+12025550143"), &json!(false))
    );
    assert_eq!(
        (&info["birthdate"], &info["preferred_username"]),
        (&json!("1906-12-09"), &json!("grace"))
    );
    assert!(info["name"].is_string() && info["groups"].is_array());
    assert!(
        info.as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_null() && *value != json!(""))
    );
    let (id_token, info) = both(&server, GRACE, "openid email").await;
    is_plain(&id_token);
    assert_eq!(
        info.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["email", "email_verified", "sub"]
    );
}

#[tokio::test]
async fn b14_the_order_of_scopes_and_parameters_does_not_matter() {
    let server = server().await;
    let mut browser = server.browser();
    let request = WIKI.request("email openid");
    let mut pairs: Vec<_> = request.iter().collect();
    pairs.reverse();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let page = browser.get(&format!("/oidc/authorize?{query}")).await;
    let page = browser.follow(&page).await;
    let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    let page = browser.follow(&page).await;
    let answer = WIKI.redeem(&server, &WIKI.code(&server, &page)).await;
    assert_eq!(answer.text("scope"), "openid email");
    assert_eq!(
        userinfo(&server, answer.text("access_token")).await.json["email"],
        "bob@example.org"
    );
}

#[tokio::test]
async fn b15_b16_b22_b24_to_b27_what_may_be_ignored_is_no_error() {
    let server = server().await;
    for (name, value) in [
        ("display", "page"),
        ("display", "popup"),
        ("extra", "foobar"),
        ("login_hint", "buffy@localhost"),
        ("ui_locales", "se"),
        ("claims_locales", "se"),
        ("acr_values", "1 2"),
        ("acr_values", "urn:dockspace:acr:pwd urn:dockspace:acr:mfa"),
    ] {
        let request = with(WIKI.request("openid"), &[(name, value)]);
        let page = WIKI.sign_in(&mut server.browser(), BOB, &request).await;
        let answer = WIKI.redeem(&server, &WIKI.code(&server, &page)).await;
        assert_eq!(claims(&answer)["acr"], "urn:dockspace:acr:pwd", "{name}={value}");
    }
}

#[tokio::test]
async fn b32_a_secret_may_come_in_the_body() {
    let server = server().await;
    let answer = SHOP.agreed_tokens(&server, BOB, "openid").await;
    is_plain(&claims(&answer));
}

#[tokio::test]
async fn b35_a_claim_may_be_asked_for_by_name() {
    let server = server().await;
    let asked = r#"{"userinfo":{"name":{"essential":true}}}"#;
    let page = WIKI
        .sign_in(
            &mut server.browser(),
            BOB,
            &with(WIKI.request("openid"), &[("claims", asked)]),
        )
        .await;
    let answer = WIKI.redeem(&server, &WIKI.code(&server, &page)).await;
    is_plain(&claims(&answer));
    let info = userinfo(&server, answer.text("access_token")).await.json;
    assert_eq!(info.as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "sub"]);
}
