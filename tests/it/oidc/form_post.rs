//! The Form Post profile: every answer by a form that posts itself.

use super::app::{App, BOB, STATE, WIKI, server, with};
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
