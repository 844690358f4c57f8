//! The Form Post profile: every answer by a form that posts itself.

use super::app::{App, BOB, SHOP, STATE, WIKI, server, with};
use crate::support::browser::{Browser, Page};
use crate::support::server::Server;

/// The fields of the form, which is checked for what every answer has.
fn fields(server: &Server, app: App, browser: &Browser, page: &Page) -> std::collections::BTreeMap<String, String> {
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert_eq!(page.header("cache-control"), "no-store");
    let (action, values) = browser.fill(page, &[]);
    assert_eq!(action, app.redirect_uri);
    assert!(page.body.contains("<button"), "for browsers without scripts");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("form-action"),
        "{policy}"
    );
    let fields: std::collections::BTreeMap<_, _> = values.into_iter().collect();
    assert_eq!(
        (fields["state"].as_str(), fields["iss"].as_str()),
        (STATE, server.url.as_str())
    );
    fields
}

fn by_form(scope: &str, changes: &[(&str, &str)]) -> super::app::Form {
    with(with(WIKI.request(scope), &[("response_mode", "form_post")]), changes)
}

#[tokio::test]
async fn f01_a_code_by_form() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI.sign_in(&mut browser, BOB, &by_form("openid", &[])).await;
    let fields = fields(&server, WIKI, &browser, &page);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    assert_eq!(WIKI.redeem(&server, &fields["code"]).await.status, 200);
    let (_, rest) = page.body.split_once("<script src=\"").unwrap();
    let script = rest.split('"').next().unwrap().replace("&#x2f;", "/");
    assert!(browser.get(&script).await.body.contains("document.forms[0].submit()"));
}

#[tokio::test]
async fn f02_f18_errors_by_form() {
    let server = server().await;
    for (changes, error) in [
        (&[("response_type", "")], "invalid_request"),
        (&[("prompt", "none")], "login_required"),
        (&[("scope", "")], "invalid_scope"),
    ] {
        let mut browser = server.browser();
        let page = WIKI.authorize(&mut browser, &by_form("openid", changes)).await;
        assert_eq!(fields(&server, WIKI, &browser, &page)["error"], error);
    }
}

#[tokio::test]
async fn f30_an_unregistered_address_gets_no_form() {
    let server = server().await;
    let request = by_form("openid", &[("redirect_uri", "https://evil.example/")]);
    let page = WIKI.authorize(&mut server.browser(), &request).await;
    assert_eq!(page.status, 400);
    assert!(!page.body.contains("<form") && !page.body.contains("evil.example"));
}

#[tokio::test]
async fn row_31_what_the_app_sent_is_escaped() {
    let server = server().await;
    let mut browser = server.browser();
    let hostile = "\"><script>alert(1)</script>";
    let request = by_form("openid", &[("state", hostile), ("prompt", "none")]);
    let page = WIKI.authorize(&mut browser, &request).await;
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    let (_, values) = browser.fill(&page, &[]);
    assert!(values.contains(&("state".to_owned(), hostile.to_owned())));
}

/// What each module of the Basic OP profile asks for besides, where one sign-in is all of it: by a form, it gets a code.
const MODULES: [(&str, &[(&str, &str)]); 15] = [
    ("f05 f06 f07", &[]),
    ("f08", &[("nonce", "")]),
    ("f09", &[("scope", "openid profile")]),
    ("f10", &[("scope", "openid email")]),
    ("f11", &[("scope", "openid address")]),
    ("f12", &[("scope", "openid phone")]),
    ("f13", &[("scope", "openid email phone address profile")]),
    ("f14", &[("scope", "email openid")]),
    ("f15", &[("display", "page")]),
    ("f16", &[("display", "popup")]),
    ("f22", &[("extra", "foobar")]),
    ("f24", &[("login_hint", "buffy@localhost")]),
    ("f25 f26", &[("ui_locales", "se"), ("claims_locales", "se")]),
    ("f27", &[("acr_values", "urn:dockspace:acr:pwd urn:dockspace:acr:mfa")]),
    ("f35", &[("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)]),
];

/// The code in the form that a page posts.
fn code(server: &Server, app: App, browser: &Browser, page: &Page) -> String {
    fields(server, app, browser, page).remove("code").unwrap()
}

#[tokio::test]
async fn f05_to_f16_f22_f24_to_f27_f35_f38_whatever_is_asked_for_comes_by_form() {
    let server = server().await;
    for (module, changes) in MODULES {
        let mut browser = server.browser();
        let page = WIKI.sign_in(&mut browser, BOB, &by_form("openid", changes)).await;
        let code = code(&server, WIKI, &browser, &page);
        let answer = WIKI.redeem(&server, &code).await;
        assert_eq!(answer.status, 200, "{module}");
        let claims = super::app::claims(&answer);
        assert_eq!(claims.get("nonce").is_none(), module == "f08");
        assert!(
            claims.get("name").is_none() && claims.get("email").is_none(),
            "{module}"
        );
        let info = super::app::userinfo(&server, answer.text("access_token")).await;
        assert_eq!(info.json["sub"], claims["sub"], "{module}");
        assert_eq!(
            info.json.get("name").is_some(),
            ["f09", "f13", "f35"].contains(&module),
            "{module}"
        );
        assert_eq!(
            info.json.get("email").is_some(),
            ["f10", "f13", "f14"].contains(&module),
            "{module}"
        );
    }
}

#[tokio::test]
async fn f17_f19_f20_f21_f23_a_second_request_is_answered_by_form_at_once_or_after_the_sign_in_page() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI.sign_in(&mut browser, BOB, &by_form("openid", &[])).await;
    let first = WIKI.redeem(&server, &code(&server, WIKI, &browser, &page)).await;
    server.advance(std::time::Duration::from_secs(2));
    let hint = [("prompt", "none"), ("id_token_hint", first.text("id_token"))];
    for (changes, asks) in [
        (&[("prompt", "none")][..], false),
        (&hint[..], false),
        (&[("max_age", "10000")], false),
        (&[("max_age", "1")], true),
        (&[("prompt", "login")], true),
    ] {
        let page = WIKI.authorize(&mut browser, &by_form("openid", changes)).await;
        assert_eq!(page.status == 303, asks, "{changes:?}");
        let page = if asks {
            let page = browser.follow(&page).await;
            let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
            browser.follow(&page).await
        } else {
            page
        };
        let second = WIKI.redeem(&server, &code(&server, WIKI, &browser, &page)).await;
        let [old, new] = [&first, &second].map(super::app::claims);
        assert_eq!(old["sub"], new["sub"]);
        assert_eq!(old["auth_time"] == new["auth_time"], !asks, "{changes:?}");
    }
}

#[tokio::test]
async fn f28_f29_f31_f32_f37_codes_by_form_are_as_good_and_as_short_as_others() {
    let server = server().await;
    let mut browser = server.browser();
    let request = by_form("openid offline_access", &[("prompt", "consent")]);
    let page = WIKI.sign_in(&mut browser, BOB, &request).await;
    let code = |browser: &Browser, page: &Page| code(&server, WIKI, browser, page);
    let first = code(&browser, &page);
    let answer = WIKI.redeem(&server, &first).await;
    let answer = WIKI.refresh(&server, answer.text("refresh_token")).await;
    assert_eq!(answer.status, 200);
    server.advance(std::time::Duration::from_secs(30));
    WIKI.redeem(&server, &first).await.is_error(400, "invalid_grant");
    let info = super::app::userinfo(&server, answer.text("access_token")).await;
    assert_eq!(info.status, 401);
    // Posted from elsewhere.
    let sent = browser.request(reqwest::Method::POST, "/oidc/authorize");
    let sent = sent
        .header("origin", "https://wiki.example.org")
        .form(&by_form("openid", &[]));
    let page = browser.send("/oidc/authorize", sent).await;
    let page = browser.follow(&page).await;
    assert_eq!(WIKI.redeem(&server, &code(&browser, &page)).await.status, 200);
    // By an app that sends its secret in the body.
    let request = with(SHOP.request("openid"), &[("response_mode", "form_post")]);
    let page = SHOP.authorize(&mut browser, &request).await;
    let page = SHOP.allow(&mut browser, &page).await;
    let code = fields(&server, SHOP, &browser, &page).remove("code").unwrap();
    assert_eq!(SHOP.redeem(&server, &code).await.status, 200);
}

#[tokio::test]
async fn f34_f36_request_objects_are_refused_by_form_or_by_a_page() {
    let server = server().await;
    let unsigned = "eyJhbGciOiJub25lIn0.eyJyZXNwb25zZV90eXBlIjoiY29kZSJ9.";
    let mut browser = server.browser();
    let page = WIKI
        .authorize(&mut browser, &by_form("openid", &[("request", unsigned)]))
        .await;
    assert_eq!(fields(&server, WIKI, &browser, &page)["error"], "request_not_supported");
    let elsewhere = [("request", unsigned), ("redirect_uri", "https://evil.example/")];
    let page = WIKI.authorize(&mut browser, &by_form("openid", &elsewhere)).await;
    assert_eq!((page.status, page.body.contains("<form")), (400, false));
}
