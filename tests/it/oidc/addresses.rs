//! Where answers go: to the registered address and nowhere else, and always with `iss`.

use reqwest::Method;

use super::app::{App, BOARD, BOB, CAROL, Form, PHONE, SHOP, WIKI, server, with};
use crate::support::browser::{Browser, Page};
use crate::support::server::Server;

/// Addresses that are nearly `https://wiki.example.org/cb`.
const NEARLY: [&str; 26] = [
    "https://wiki.example.org/cb/",
    "https://wiki.example.org/cb/random",
    "https://wiki.example.org/CB",
    "https://wiki.example.org/c%62",
    "https://wiki.example.org/cb?",
    "https://wiki.example.org/cb?a=b",
    "https://wiki.example.org/cb#",
    "https://wiki.example.org/cb#f",
    "https://wiki.example.org/x/../cb",
    "https://wiki.example.org/x/%2e%2e/cb",
    "https://wiki.example.org/./cb",
    "https://wiki.example.org//cb",
    "https://wiki.example.org\\cb",
    "https://wiki.example.org:443/cb",
    "https://wiki.example.org:8443/cb",
    "https://WIKI.example.org/cb",
    "HTTPS://wiki.example.org/cb",
    "http://wiki.example.org/cb",
    "https://wiki.example.org./cb",
    "https://wiki.example.org@evil.example/cb",
    "https://user@wiki.example.org/cb",
    "https://wiki.example.org.evil.example/cb",
    "https://\u{445}wiki.example.org/cb",
    " https://wiki.example.org/cb",
    "https://wiki.example.org/cb ",
    "javascript:alert(1)//https://wiki.example.org/cb",
];

/// A page of ours at the URL that was asked for, which leads nowhere.
#[track_caller]
fn stays(page: &Page, what: &str) {
    assert_eq!((page.status, page.header("location")), (400, ""), "{what}");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for way in ["<form", "<script", "http-equiv", "evil.example"] {
        assert!(!page.body.contains(way), "{what}: {}", page.body);
    }
}

#[tokio::test]
async fn row_01_only_the_very_address_that_is_registered_is_answered() {
    let server = server().await;
    let mut browser = server.browser();
    WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    for uri in NEARLY {
        for more in [[("prompt", "none")], [("response_mode", "form_post")]] {
            let request = with(WIKI.request("openid"), &[("redirect_uri", uri)]);
            let page = WIKI.authorize(&mut browser, &with(request, &more)).await;
            stays(&page, uri);
        }
    }
    // The very one is.
    WIKI.code(&server, &WIKI.authorize(&mut browser, &WIKI.request("openid")).await);
}

#[tokio::test]
async fn row_01_row_02_only_a_program_of_the_person_chooses_its_port() {
    let server = server().await;
    for uri in [
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1:8080/cb/",
        "http://127.0.0.1:8080/cb?x=1",
        "http://127.0.0.2:8080/cb",
        "http://[::1]:8080/cb",
        "https://127.0.0.1:8080/cb",
        "http://127.1:8080/cb",
    ] {
        let request = with(PHONE.request("openid"), &[("redirect_uri", uri)]);
        stays(&PHONE.authorize(&mut server.browser(), &request).await, uri);
    }
}

#[tokio::test]
async fn row_04_whatever_else_a_request_says_a_bad_address_is_never_answered() {
    let server = server().await;
    let mut browser = server.browser();
    WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    for (name, value) in [
        ("prompt", "none"),
        ("prompt", "none login"),
        ("response_type", ""),
        ("response_type", "token"),
        ("response_mode", "fragment"),
        ("scope", ""),
        ("request", "eyJhbGciOiJub25lIn0.e30."),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x"),
        ("max_age", "-1"),
        ("a[b]", "1"),
        ("state", ""),
    ] {
        for bad in [
            ("redirect_uri", "https://evil.example/"),
            ("client_id", "nobody"),
            ("client_id", "blog"),
        ] {
            let request = with(WIKI.request("openid"), &[bad, (name, value)]);
            stays(&WIKI.authorize(&mut browser, &request).await, name);
            let page = posted(&mut browser, &request).await;
            stays(&page, name);
        }
    }
}

/// Posts an authorization request as a page of the app does, and follows to the answer.
async fn posted(browser: &mut Browser, request: &Form) -> Page {
    let sent = browser.request(Method::POST, "/oidc/authorize");
    let sent = sent.header("origin", "https://wiki.example.org").form(request);
    let page = browser.send("/oidc/authorize", sent).await;
    if page.status == 303 {
        browser.follow(&page).await
    } else {
        page
    }
}

/// Every way in which an app is answered, by the query of its address.
#[tokio::test]
async fn row_09_the_issuer_is_named_in_every_answer() {
    let server = server().await;
    let mut browser = server.browser();
    let request = || WIKI.request("openid");
    // A refusal before anybody is asked, with and without pages.
    let page = WIKI.authorize(&mut browser, &with(request(), &[("scope", "x")])).await;
    WIKI.error(&server, &page);
    let page = WIKI
        .authorize(&mut browser, &with(request(), &[("prompt", "none")]))
        .await;
    WIKI.error(&server, &page);
    // A code after the sign-in page, and one at once, by GET and by POST.
    WIKI.code(&server, &WIKI.sign_in(&mut browser, BOB, &request()).await);
    WIKI.code(&server, &WIKI.authorize(&mut browser, &request()).await);
    WIKI.code(&server, &posted(&mut browser, &request()).await);
    // Consent: missing, given, withheld.
    let page = SHOP
        .authorize(&mut browser, &with(SHOP.request("openid"), &[("prompt", "none")]))
        .await;
    assert_eq!(SHOP.error(&server, &page), "consent_required");
    let page = SHOP.authorize(&mut browser, &SHOP.request("openid")).await;
    let asked = browser.follow(&page).await;
    let page = browser.submit(&asked, &[("decision", "deny")]).await;
    assert_eq!(SHOP.error(&server, &page), "access_denied");
    let page = SHOP.authorize(&mut browser, &SHOP.request("openid")).await;
    SHOP.code(&server, &SHOP.allow(&mut browser, &page).await);
    // The gate: without a page, and by the link on it.
    let mut carol = server.browser();
    let kept_out = BOARD.sign_in(&mut carol, CAROL, &BOARD.request("openid")).await;
    let page = BOARD
        .authorize(&mut carol, &with(BOARD.request("openid"), &[("prompt", "none")]))
        .await;
    assert_eq!(BOARD.error(&server, &page), "access_denied");
    let link = kept_out
        .body
        .split("href=\"")
        .find(|part| part.starts_with("https:"))
        .unwrap();
    let link = link
        .split('"')
        .next()
        .unwrap()
        .replace("&#x2f;", "/")
        .replace("&amp;", "&");
    let (_, query) = link.split_once('?').unwrap();
    names_the_issuer(&server, url::form_urlencoded::parse(query.as_bytes()).into_owned());
}

#[track_caller]
fn names_the_issuer(server: &Server, answer: impl Iterator<Item = (String, String)>) {
    let answer: Form = answer.collect();
    assert_eq!(answer.get("iss"), Some(&server.url), "{answer:?}");
    assert_eq!(answer.get("state").map(String::as_str), Some(super::app::STATE));
}

/// And by a form.
#[tokio::test]
async fn row_09_the_issuer_is_named_in_every_form() {
    let server = server().await;
    let by_form = |app: App, more: &[(&str, &str)]| {
        let request = with(app.request("openid"), &[("response_mode", "form_post")]);
        with(request, more)
    };
    let named = |browser: &Browser, page: &Page| {
        let (_, fields) = browser.fill(page, &[]);
        names_the_issuer(&server, fields.into_iter());
    };
    let mut browser = server.browser();
    for more in [("prompt", "none"), ("scope", "x"), ("response_type", ""), ("a[b]", "1")] {
        let page = WIKI.authorize(&mut browser, &by_form(WIKI, &[more])).await;
        named(&browser, &page);
    }
    let page = WIKI.sign_in(&mut browser, BOB, &by_form(WIKI, &[])).await;
    named(&browser, &page);
    for decision in ["deny", "allow"] {
        let page = SHOP.authorize(&mut browser, &by_form(SHOP, &[])).await;
        let page = browser.follow(&page).await;
        let page = browser.submit(&page, &[("decision", decision)]).await;
        named(&browser, &page);
    }
    let mut carol = server.browser();
    let page = BOARD.sign_in(&mut carol, CAROL, &by_form(BOARD, &[])).await;
    let (_, rest) = page.body.split_once("turn-away?request=").unwrap();
    let id = rest.split('"').next().unwrap();
    let page = carol.get(&format!("/oidc/authorize/turn-away?request={id}")).await;
    named(&carol, &page);
}

/// After the sign-in page the file of the app counts as it is then.
#[tokio::test]
async fn row_01_an_address_that_a_commit_took_away_is_not_answered() {
    let mut server = server().await;
    let mut browser = server.browser();
    let page = WIKI.authorize(&mut browser, &WIKI.request("openid")).await;
    let page = browser.follow(&page).await;
    server.change(|files| {
        crate::support::server::edit(
            files,
            "clients/wiki.toml",
            "wiki.example.org/cb",
            "wiki.example.org/new",
        );
    });
    let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    stays(&browser.follow(&page).await, "after the commit");
}
