//! RP-initiated and back-channel logout.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dockspace::digest;

use super::app::{Answer, BLOG, BOB, CAROL, Form, SECRET, WIKI, apps, claims, form, part, server, with};
use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, edit};

pub(super) const BYE: &str = "https://wiki.example.org/bye";
const STATE: &str = "s-._~ &=?#%/+abcdefghijklmnopqrstuvwxyz0123456789";

pub(super) fn path(parameters: &Form) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("/oidc/end-session?{query}")
}

pub(super) fn request(hint: &Answer, more: &[(&str, &str)]) -> Form {
    with(form(&[("id_token_hint", hint.text("id_token"))]), more)
}

pub(super) async fn signed_in(server: &Server) -> (Browser, Answer) {
    let mut browser = server.browser();
    let answer = WIKI.tokens_in(server, &mut browser, BOB, "openid").await;
    (browser, answer)
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    let page = WIKI
        .authorize(browser, &with(WIKI.request("openid"), &[("prompt", "none")]))
        .await;
    let answer = WIKI.answer(&page);
    assert!(
        answer.contains_key("code") || answer["error"] == "login_required",
        "{answer:?}"
    );
    answer.contains_key("code")
}

/// Says yes to the question, and gives the page after.
async fn agree(browser: &mut Browser, page: &Page) -> Page {
    assert!(page.location().contains("/logout?request="), "{page:?}");
    let page = browser.follow(page).await;
    browser.submit(&page, &[("where", "here")]).await
}

#[tokio::test]
async fn l02_l08_with_a_hint_the_browser_returns_with_the_state_and_nothing_else() {
    let server = server().await;
    for (state, expect) in [(STATE, true), ("", false)] {
        let (mut browser, answer) = signed_in(&server).await;
        let page = browser
            .get(&path(&request(
                &answer,
                &[("post_logout_redirect_uri", BYE), ("state", state)],
            )))
            .await;
        let (uri, query) = page.location().split_once('?').unwrap_or((page.location(), ""));
        assert_eq!(uri, BYE);
        let params: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(
            params,
            if expect {
                vec![("state".to_owned(), STATE.to_owned())]
            } else {
                Vec::new()
            }
        );
        assert!(browser.cookies.is_empty() && !is_signed_in(&mut browser).await);
    }
    assert!(
        server
            .audit
            .lines()
            .iter()
            .any(|line| line.contains("\"signed_out\"") && line.contains("by app"))
    );
}

#[tokio::test]
async fn l03_l04_l05_l10_l11_where_the_app_is_not_certain_nobody_is_sent_anywhere() {
    let server = server().await;
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for case in [
        "bad uri",
        "unsigned",
        "no hint",
        "query added",
        "by the secret",
        "other client",
        "twice",
    ] {
        let (mut browser, answer) = signed_in(&server).await;
        let payload = encode(&claims(&answer));
        let forged = |header: Value| format!("{}.{payload}", encode(&header));
        let good = request(&answer, &[("post_logout_redirect_uri", BYE), ("state", STATE)]);
        let unsigned = format!("{}.", forged(json!({ "alg": "none" })));
        let input = forged(json!({ "alg": "HS256", "kid": "2026-01" }));
        let mac = digest::hmac_sha256(SECRET.as_bytes(), input.as_bytes());
        let hmac = format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac.as_bytes()));
        let added = format!("{BYE}?foo=bar");
        let changed = match case {
            "bad uri" => with(good, &[("post_logout_redirect_uri", "https://evil.example/")]),
            "unsigned" => with(good, &[("id_token_hint", &unsigned)]),
            "no hint" => with(good, &[("id_token_hint", "")]),
            "query added" => with(good, &[("post_logout_redirect_uri", &added)]),
            "by the secret" => with(good, &[("id_token_hint", &hmac)]),
            "other client" => with(good, &[("client_id", BLOG.id)]),
            _ => good,
        };
        let path = if case == "twice" {
            format!("{}&state=x", path(&changed))
        } else {
            path(&changed)
        };
        let page = browser.get(&path).await;
        let page = match (page.status, page.header("location")) {
            (400, "") => continue,
            (303, to) if to.contains("/logout?request=") => agree(&mut browser, &page).await,
            // A good hint and a bad address: signed out, and the page says so.
            _ => page,
        };
        assert!(page.location().ends_with("/logout/done"), "{case}: {page:?}");
        assert!(browser.follow(&page).await.body.contains("signed out"), "{case}");
        assert!(!is_signed_in(&mut browser).await, "{case}");
    }
}

#[tokio::test]
async fn l06_l07_l09_without_an_address_the_page_says_it() {
    let server = server().await;
    for (hinted, state) in [(false, ""), (true, STATE), (false, STATE)] {
        let (mut browser, answer) = signed_in(&server).await;
        let parameters = if hinted {
            request(&answer, &[("state", state)])
        } else {
            with(Form::new(), &[("state", state)])
        };
        let page = browser.get(&path(&parameters)).await;
        let page = if hinted { page } else { agree(&mut browser, &page).await };
        assert!(page.location().ends_with("/logout/done"));
        assert!(!is_signed_in(&mut browser).await);
    }
}

#[tokio::test]
async fn row_34_a_hint_about_somebody_else_asks_first() {
    let server = server().await;
    let (mut browser, _) = signed_in(&server).await;
    let carols = WIKI.tokens(&server, CAROL, "openid").await;
    let page = browser
        .get(&path(&request(&carols, &[("post_logout_redirect_uri", BYE)])))
        .await;
    assert!(page.location().contains("/logout?request="));
    assert!(is_signed_in(&mut browser).await, "asking is not doing");
    let page = agree(&mut browser, &page).await;
    assert_eq!(page.location(), BYE, "the app is certain, and the person agreed");
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn row_34_an_expired_hint_is_good_for_signing_out() {
    let server = server().await;
    let (mut browser, answer) = signed_in(&server).await;
    server.advance(std::time::Duration::from_secs(3600));
    let page = browser
        .get(&path(&request(&answer, &[("post_logout_redirect_uri", BYE)])))
        .await;
    assert_eq!(page.location(), BYE);
}

#[tokio::test]
async fn logout_by_post_from_another_site_is_repeated_as_a_get() {
    let server = server().await;
    let (mut browser, answer) = signed_in(&server).await;
    let post = browser
        .request(reqwest::Method::POST, "/oidc/end-session")
        .header("origin", "https://wiki.example.org")
        .header("sec-fetch-site", "cross-site")
        .form(&request(&answer, &[("post_logout_redirect_uri", BYE)]));
    let page = browser.send("/oidc/end-session", post).await;
    assert!(page.location().contains("/oidc/end-session?posted="));
    assert_eq!(browser.follow(&page).await.location(), BYE);
    assert!(!is_signed_in(&mut browser).await);
}

/// An app that listens for notices: where, and the bodies that come.
pub(super) async fn listening(refusals: usize) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/backchannel", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut left = refusals;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            let mut buffer = [0; 4096];
            while !request.contains("logout_token=") {
                let length = stream.read(&mut buffer).await.unwrap();
                request.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
            }
            let status = if left > 0 { "503 Busy" } else { "200 OK" };
            left = left.saturating_sub(1);
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            sender.send(body.to_owned()).unwrap();
        }
    });
    (url, receiver)
}

pub(super) async fn told(url: &str) -> Server {
    Server::start_with(|files| {
        apps(files);
        let skip = "consent = \"skip\"";
        edit(
            files,
            "clients/wiki.toml",
            skip,
            &format!("{skip}\nbackchannel_logout_uri = \"{url}\""),
        );
    })
    .await
}

/// Checks a notice, and gives what it says.
pub(super) fn notice(server: &Server, body: &str, signed_in: &Answer) -> Value {
    let token = body.strip_prefix("logout_token=").unwrap();
    assert!(!token.contains('&'), "nothing else is sent");
    assert_eq!(
        part(token, 0),
        json!({ "alg": "RS256", "kid": "2026-01", "typ": "logout+jwt" })
    );
    let (token, id_token) = (part(token, 1), claims(signed_in));
    assert_eq!((&token["iss"], &token["aud"]), (&json!(server.url), &json!("wiki")));
    assert_eq!(
        token["events"],
        json!({ "http://schemas.openid.net/event/backchannel-logout": {} })
    );
    assert_eq!((&token["sub"], &token["sid"]), (&id_token["sub"], &id_token["sid"]));
    assert!(token.get("nonce").is_none() && token["jti"].is_string());
    assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 120);
    token
}

#[tokio::test]
async fn c02_apps_are_told_when_the_person_signs_out() {
    let (url, mut notices) = listening(0).await;
    let server = told(&url).await;
    let (mut browser, answer) = signed_in(&server).await;
    browser
        .get(&path(&request(&answer, &[("post_logout_redirect_uri", BYE)])))
        .await;
    notice(&server, &notices.recv().await.unwrap(), &answer);
    // By our own page, too; and in another session there is another id.
    let (mut browser, second) = signed_in(&server).await;
    assert_ne!(claims(&answer)["sid"], claims(&second)["sid"]);
    let page = browser.get("/logout").await;
    browser.submit(&page, &[("where", "everywhere")]).await;
    notice(&server, &notices.recv().await.unwrap(), &second);
}

#[tokio::test]
async fn row_35_apps_are_told_when_a_commit_takes_the_app_or_the_account_away() {
    for (file, from, to) in [
        ("clients/wiki.toml", "groups = [\"*\"]", "groups = [\"admins\"]"),
        ("users/example.org/bob.toml", "\nname =", "\nstate = \"locked\"\nname ="),
    ] {
        let (url, mut notices) = listening(0).await;
        let mut server = told(&url).await;
        let (_, answer) = signed_in(&server).await;
        server.change(|files| edit(files, file, from, to));
        notice(&server, &notices.recv().await.unwrap(), &answer);
    }
}
