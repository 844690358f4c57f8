//! Row 30: words, bytes, headers and methods that nothing was written for.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;

use super::super::app::{BOB, WIKI, server};
use super::{ENDPOINTS, Endpoint, FORM, encoded, judged};
use crate::support::browser::Browser;
use crate::support::server::Server;

/// Values that something might trip over.
const NASTY: [&str; 26] = [
    "-1",
    "0",
    "+1",
    "1e9",
    "99999999999999999999999999999999",
    "18446744073709551616",
    "-9223372036854775809",
    "NaN",
    "\u{0}",
    "\u{feff}",
    "\u{202e}\u{2066}",
    "\u{1f511}\u{0300}",
    "\r\nSet-Cookie: x=y",
    "%00%0d%0a",
    "null",
    "[]",
    "{\"userinfo\":{\"name\":1},\"id_token\":[]}",
    "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[{}]},\"sub\":{\"value\":[]}}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjIwMjYtMDEifQ.W10.AAAA",
    "....",
    "../../../../etc/passwd",
    "' OR 1=1 --",
    "{{7*7}}${7*7}",
    "urn:ietf:params:oauth:request_uri:",
];

/// Bodies and queries that nobody sends.
fn rubbish() -> Vec<Vec<u8>> {
    let mut runner = TestRunner::deterministic();
    let name = prop::sample::select(vec![
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "prompt",
        "max_age",
        "claims",
        "code",
        "token",
        "request",
        "posted",
        "id_token_hint",
        "grant_type",
        "refresh_token",
        "username",
        "where",
        "decision",
        "url",
        "way",
        "",
    ]);
    let value = prop_oneof![
        Just("wiki".to_owned()),
        "[ -~]{0,20}",
        "\\PC{0,8}",
        "(%[0-9a-fA-F]{0,2}){0,6}"
    ];
    let pairs = prop::collection::vec((name, value), 0..6);
    let bytes = prop::collection::vec(any::<u8>(), 0..80);
    let mut all = Vec::new();
    for _ in 0..12 {
        let pairs = pairs.new_tree(&mut runner).unwrap().current();
        let text: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        all.push(text.join("&").into_bytes());
        all.push(bytes.new_tree(&mut runner).unwrap().current());
    }
    all
}

fn as_query(bytes: &[u8]) -> String {
    let keep = |byte: &u8| byte.is_ascii_alphanumeric() || b"=&%_".contains(byte);
    let text = |byte: &u8| {
        if keep(byte) {
            char::from(*byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    bytes.iter().map(text).collect()
}

/// Asks with every word replaced by each nasty one.
async fn nasty_words(endpoint: Endpoint, browser: &Browser) {
    for at in 0..endpoint.fields.len() {
        for value in NASTY {
            let mut fields = endpoint.fields.to_vec();
            fields[at].1 = value;
            let page = judged(endpoint, &mut browser.clone(), &encoded(&fields)).await;
            assert!(page.status < 500, "{} {fields:?}: {page:?}", endpoint.path);
            assert!(!page.headers.contains_key("x"), "{page:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_30_no_word_and_no_bytes_break_an_endpoint() {
    let server = server().await;
    let mut signed_in = server.browser();
    WIKI.tokens_in(&server, &mut signed_in, BOB, "openid").await;
    for endpoint in ENDPOINTS.into_iter().filter(|endpoint| endpoint.path != "/login") {
        nasty_words(endpoint, &signed_in).await;
    }
    for body in rubbish() {
        for endpoint in ENDPOINTS {
            let mut browser = signed_in.clone();
            let path = format!("{}?{}", endpoint.path, as_query(&body));
            let page = browser.get(&path).await;
            assert!(page.status < 500, "{path}: {page:?}");
            let request = browser
                .request(Method::POST, endpoint.path)
                .header("content-type", FORM);
            let page = browser.send(endpoint.path, request.body(body.clone())).await;
            assert!(page.status < 500, "POST {} {body:?}: {page:?}", endpoint.path);
        }
    }
    still_works(&server).await;
}

#[tokio::test]
async fn row_30_no_header_and_no_method_breaks_an_endpoint() {
    let server = server().await;
    for endpoint in ENDPOINTS {
        for (name, value) in [
            ("authorization", &b"Basic"[..]),
            ("authorization", b"Basic "),
            ("authorization", b"Basic ////"),
            ("authorization", b"Basic Og=="),
            ("authorization", b"Basic /////w=="),
            ("authorization", b"Bearer"),
            ("authorization", b"Bearer \xff\xfe"),
            ("authorization", b"\xff"),
            ("cookie", b"dockspace=\xff; dockspace"),
            ("cookie", b"=;=;;;dockspace=;dockspace=x"),
            ("content-type", b"\xff"),
            ("content-length", b"0"),
            ("origin", b"\xff"),
            ("x-forwarded-for", b"\xff, ::, 999.9.9.9"),
            ("x-forwarded-host", b"\xff"),
            ("accept", b"\xff"),
            ("if-none-match", b"\xff"),
        ] {
            let mut browser = server.browser();
            let request = browser.request(endpoint.method.parse().unwrap(), endpoint.path);
            let page = browser.send(endpoint.path, request.header(name, value)).await;
            assert!(page.status < 500, "{} {name}: {page:?}", endpoint.path);
        }
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "HEAD", "OPTIONS", "BREW"] {
            let mut browser = server.browser();
            let request = browser.request(method.parse().unwrap(), endpoint.path);
            let page = browser.send(endpoint.path, request).await;
            assert!(page.status < 500, "{method} {}: {page:?}", endpoint.path);
        }
    }
    still_works(&server).await;
}

async fn still_works(server: &Server) {
    WIKI.tokens(server, BOB, "openid").await;
}
