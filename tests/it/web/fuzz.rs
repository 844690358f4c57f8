//! Rubbish gets an answer, and never a 5xx.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;

use super::{alice_half_way, signed_in};
use crate::support::browser::Browser;
use crate::support::server::Server;

const PATHS: [&str; 7] = [
    "/",
    "/login",
    "/login/totp",
    "/login/recovery",
    "/logout",
    "/logout/done",
    "/assets/x",
];

/// Bodies and queries that our own pages don't make.
fn rubbish() -> Vec<Vec<u8>> {
    let fixed: [&[u8]; 16] = [
        b"",
        b"&&&===",
        b"%",
        b"username=%FF&password=%00",
        b"username=\xff\xfe&password=x",
        b"username=a&username=b",
        b"username[]=a",
        b"code=999999999999999999999999999999999999999",
        b"code=-1",
        b"code=%F0%9F%94%91",
        b"code=\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6",
        b"where=%0d%0aSet-Cookie:x=y",
        b"request=%00",
        b"request=\x00\x01",
        b"request=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&request=B",
        b"username=%E2%80%AE%00%0A&password=%0A",
    ];
    let mut all: Vec<_> = fixed.iter().map(|bytes| bytes.to_vec()).collect();
    let mut runner = TestRunner::deterministic();
    let parts = prop_oneof![
        Just("username=".to_owned()),
        Just("&password=".to_owned()),
        Just("&code=".to_owned()),
        Just("request=".to_owned()),
        "[ -~]{0,20}",
        "\\PC{0,10}"
    ];
    for _ in 0..24 {
        let text = prop::collection::vec(parts.clone(), 0..6)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        all.push(text.concat().into_bytes());
        let bytes = prop::collection::vec(any::<u8>(), 0..64)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        all.push(bytes);
    }
    all
}

async fn post(browser: &mut Browser, path: &str, media_type: &str, body: Vec<u8>) -> u16 {
    let request = browser
        .request(Method::POST, path)
        .header("content-type", media_type)
        .body(body);
    browser.send(path, request).await.status
}

fn is_escapable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"=&[]".contains(&byte)
}

#[tokio::test]
async fn rows_29_30_every_page_answers_rubbish_with_4xx() {
    let server = Server::start().await;
    let (half_way, _) = alice_half_way(&server).await;
    let whole = signed_in(&server, super::BOB).await;
    for browser in [server.browser(), half_way, whole] {
        for body in rubbish() {
            let query: String = body
                .iter()
                .map(|byte| {
                    if is_escapable(*byte) {
                        char::from(*byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect();
            for path in PATHS {
                let mut browser = browser.clone();
                let status = browser.get(&format!("{path}?{query}")).await.status;
                assert!(status < 500, "GET {path}?{query}: {status}");
                let mut browser = browser.clone();
                let status = post(&mut browser, path, "application/x-www-form-urlencoded", body.clone()).await;
                assert!(status < 500, "POST {path} {body:?}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn row_29_what_is_too_large_or_no_form_is_refused() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let form = "application/x-www-form-urlencoded";
    let large = format!("username={}", "x".repeat(70_000)).into_bytes();
    assert_eq!(post(&mut browser, "/login", form, large).await, 413);
    let long = format!("username={}&password=x", "x".repeat(5_000)).into_bytes();
    assert_eq!(post(&mut browser, "/login", form, long).await, 400);
    assert_eq!(
        post(&mut browser, "/login", "application/json", b"{}".to_vec()).await,
        400
    );
    assert_eq!(
        post(
            &mut browser,
            "/login",
            "multipart/form-data; boundary=x",
            b"--x--".to_vec()
        )
        .await,
        400
    );
    assert_eq!(
        post(
            &mut browser,
            "/login",
            form,
            b"username=a&username=b&password=x".to_vec()
        )
        .await,
        400
    );
}

#[tokio::test]
async fn row_30_cookies_that_are_none_of_ours_are_ignored() {
    let server = Server::start().await;
    for value in [
        "",
        "x",
        "\u{1f511}",
        &"A".repeat(43),
        &"A".repeat(4000),
        "a=b;c",
        "\"quoted\"",
    ] {
        let mut browser = server.browser();
        for name in ["dockspace", "dockspace-signin", "__Host-dockspace"] {
            browser.cookies.insert(name.into(), value.into());
        }
        let page = browser.get("/").await;
        assert_eq!(browser.target(&page), "/login", "{value}");
        assert_eq!(browser.get("/login/totp").await.status, 303);
    }
}
