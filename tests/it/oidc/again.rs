//! The Basic OP profile, where it comes to more than one sign-in: prompts, ages, hints, codes and tokens that come again.

use std::time::Duration;

use serde_json::Value;

use super::app::{Answer, App, BLOG, BOB, CAROL, SHOP, VERIFIER, WIKI, claims, form, path, server, userinfo, with};
use crate::support::browser::Browser;
use crate::support::server::Server;

/// The second sign-in in one browser, with another request.
async fn twice(
    server: &Server,
    first: &[(&str, &str)],
    second: &[(&str, &str)],
    wait: u64,
) -> (Value, Browser, String) {
    let mut browser = server.browser();
    let page = WIKI
        .sign_in(&mut browser, BOB, &with(WIKI.request("openid"), first))
        .await;
    let answer = WIKI.redeem(server, &WIKI.code(server, &page)).await;
    server.advance(Duration::from_secs(wait));
    (claims(&answer), browser, path(&with(WIKI.request("openid"), second)))
}

#[tokio::test]
async fn b17_prompt_login_asks_for_the_password_again() {
    let server = server().await;
    for prompt in ["login", "select_account"] {
        let (first, mut browser, path) = twice(&server, &[], &[("prompt", prompt)], 5).await;
        let page = browser.get(&path).await;
        let login = browser.follow(&page).await;
        assert!(login.path.starts_with("/login?request="), "{login:?}");
        // Coming back without signing in does not help.
        let resume = login.path.replace("/login", "/oidc/authorize/resume");
        assert!(browser.get(&resume).await.location().contains("/login?request="));
        let page = browser
            .submit(&login, &[("username", BOB.0), ("password", BOB.1)])
            .await;
        let page = browser.follow(&page).await;
        let second = claims(&WIKI.redeem(&server, &WIKI.code(&server, &page)).await);
        assert!(second["auth_time"].as_i64() > first["auth_time"].as_i64());
        assert_eq!(second["sub"], first["sub"]);
    }
}

#[tokio::test]
async fn b18_prompt_none_without_a_session_is_login_required() {
    let server = server().await;
    let page = WIKI
        .authorize(
            &mut server.browser(),
            &with(WIKI.request("openid"), &[("prompt", "none")]),
        )
        .await;
    assert_eq!(WIKI.error(&server, &page), "login_required");
}

#[tokio::test]
async fn b19_prompt_none_with_a_session_gives_a_code_at_once() {
    let server = server().await;
    let (first, mut browser, path) = twice(&server, &[], &[("prompt", "none")], 60).await;
    let page = browser.get(&path).await;
    let second = claims(&WIKI.redeem(&server, &WIKI.code(&server, &page)).await);
    assert_eq!(
        (&first["sub"], &first["auth_time"]),
        (&second["sub"], &second["auth_time"])
    );
    assert_eq!(first["sid"], second["sid"]);
}

#[tokio::test]
async fn b20_a_sign_in_older_than_max_age_is_repeated() {
    let server = server().await;
    let (first, mut browser, path) = twice(&server, &[], &[("max_age", "1")], 2).await;
    let page = browser.get(&path).await;
    let page = browser.follow(&page).await;
    assert!(page.path.starts_with("/login?request="));
    let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    let page = browser.follow(&page).await;
    let second = claims(&WIKI.redeem(&server, &WIKI.code(&server, &page)).await);
    assert_eq!(
        second["auth_time"].as_i64().unwrap(),
        first["auth_time"].as_i64().unwrap() + 2
    );
}

#[tokio::test]
async fn b21_a_sign_in_younger_than_max_age_is_good() {
    let server = server().await;
    let (first, mut browser, path) = twice(&server, &[("max_age", "15000")], &[("max_age", "10000")], 100).await;
    let page = browser.get(&path).await;
    let second = claims(&WIKI.redeem(&server, &WIKI.code(&server, &page)).await);
    assert_eq!(
        (&first["sub"], &first["auth_time"]),
        (&second["sub"], &second["auth_time"])
    );
    assert!(second["auth_time"].is_number());
}

#[tokio::test]
async fn b23_row_34_an_id_token_hint_says_who_must_be_signed_in() {
    let server = server().await;
    let mut browser = server.browser();
    let bobs = WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    let carols = WIKI.tokens(&server, CAROL, "openid").await;
    let blogs = BLOG.tokens(&server, BOB, "openid").await;
    let hinted = |hint: &Answer, more: &[(&str, &str)]| {
        let mut changes = vec![("id_token_hint", hint.text("id_token").to_owned())];
        changes.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let changes: Vec<_> = changes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with(WIKI.request("openid"), &changes)
    };
    let page = WIKI
        .authorize(&mut browser, &hinted(&bobs, &[("prompt", "none")]))
        .await;
    WIKI.code(&server, &page);
    let page = WIKI
        .authorize(&mut browser, &hinted(&carols, &[("prompt", "none")]))
        .await;
    assert_eq!(WIKI.error(&server, &page), "login_required");
    let page = WIKI
        .authorize(&mut browser, &hinted(&blogs, &[("prompt", "none")]))
        .await;
    assert_eq!(
        WIKI.error(&server, &page),
        "invalid_request",
        "it was given to another app"
    );
    // Asked to sign in as Carol, Bob stays who he is.
    let page = WIKI.sign_in(&mut browser, BOB, &hinted(&carols, &[])).await;
    assert_eq!(WIKI.error(&server, &page), "login_required");
}

#[tokio::test]
async fn b28_b29_a_code_is_good_once_and_its_tokens_end_when_it_comes_again() {
    let server = server().await;
    let mut browser = server.browser();
    let page = WIKI
        .sign_in(&mut browser, BOB, &WIKI.request("openid offline_access"))
        .await;
    let code = WIKI.code(&server, &page);
    let answer = WIKI.redeem(&server, &code).await;
    assert_eq!(userinfo(&server, answer.text("access_token")).await.status, 200);
    server.advance(Duration::from_secs(30));
    WIKI.redeem(&server, &code).await.is_error(400, "invalid_grant");
    assert_eq!(userinfo(&server, answer.text("access_token")).await.status, 401);
    WIKI.refresh(&server, answer.text("refresh_token"))
        .await
        .is_error(400, "invalid_grant");
    assert!(server.audit.lines().iter().any(|line| line.contains("\"code_reused\"")));
}

#[tokio::test]
async fn b30_row_04_an_unregistered_address_gets_an_error_page_and_no_redirect() {
    let server = server().await;
    for (name, value) in [
        ("redirect_uri", "https://wiki.example.org/cb/random"),
        ("redirect_uri", ""),
        ("client_id", "nobody"),
        ("client_id", ""),
        ("client_id", "heating"),
    ] {
        for prompt in ["", "none"] {
            let request = with(WIKI.request("openid"), &[(name, value), ("prompt", prompt)]);
            let page = WIKI.authorize(&mut server.browser(), &request).await;
            assert_eq!((page.status, page.header("location")), (400, ""), "{name}={value}");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
            let says_so = page.body.contains("Redirect address is not registered");
            assert_eq!(says_so, name == "redirect_uri" && !value.is_empty(), "{}", page.body);
        }
    }
}

#[tokio::test]
async fn b31_an_authorization_request_may_come_by_post_from_another_site() {
    let server = server().await;
    let mut browser = server.browser();
    WIKI.tokens_in(&server, &mut browser, BOB, "openid").await;
    let request = browser
        .request(reqwest::Method::POST, "/oidc/authorize")
        .header("origin", "https://wiki.example.org")
        .header("sec-fetch-site", "cross-site")
        .form(&WIKI.request("openid"));
    let page = browser.send("/oidc/authorize", request).await;
    assert!(page.location().starts_with("/oidc/authorize?posted="), "{page:?}");
    let posted = browser.target(&page);
    let page = browser.get(&posted).await;
    WIKI.code(&server, &page);
    assert_eq!(browser.get(&posted).await.status, 400, "what was posted counts once");
}

#[tokio::test]
async fn b33_b34_b36_request_objects_are_refused_and_not_ignored() {
    let server = server().await;
    let unsigned = "eyJhbGciOiJub25lIn0.eyJyZXNwb25zZV90eXBlIjoiY29kZSJ9.";
    for (changes, error) in [
        (vec![("request", unsigned)], "request_not_supported"),
        (
            vec![("request_uri", "https://wiki.example.org/r")],
            "request_uri_not_supported",
        ),
        (vec![("registration", "{}")], "registration_not_supported"),
    ] {
        let page = WIKI
            .authorize(&mut server.browser(), &with(WIKI.request("openid"), &changes))
            .await;
        assert_eq!(WIKI.error(&server, &page), error);
    }
    let changes = [("request", unsigned), ("redirect_uri", "https://evil.example/")];
    let page = WIKI
        .authorize(&mut server.browser(), &with(WIKI.request("openid"), &changes))
        .await;
    assert_eq!((page.status, page.header("location")), (400, ""));
}

#[tokio::test]
async fn b37_refresh_tokens_belong_to_one_app() {
    let server = server().await;
    let first = WIKI.tokens(&server, BOB, "openid offline_access").await;
    let second = BLOG.tokens(&server, BOB, "openid offline_access").await;
    server.advance(Duration::from_secs(1));
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", first.text("refresh_token")),
        ("scope", "openid offline_access"),
    ];
    let with_scope = WIKI.post(&server, "/oidc/token", &fields).await;
    let without = BLOG.refresh(&server, second.text("refresh_token")).await;
    for (before, after) in [(&first, &with_scope), (&second, &without)] {
        assert_eq!(after.status, 200, "{after:?}");
        assert_eq!(after.headers["cache-control"], "no-store");
        assert_eq!(after.text("token_type"), "Bearer");
        assert!(after.json["expires_in"].is_number());
        assert_ne!(after.text("access_token"), before.text("access_token"));
        let (old, new) = (claims(before), claims(after));
        for same in ["iss", "sub", "aud", "azp", "auth_time", "sid", "acr"] {
            assert_eq!(old[same], new[same], "{same}");
        }
        assert_ne!(old["iat"], new["iat"]);
    }
    WIKI.refresh(&server, without.text("refresh_token"))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(
        BLOG.refresh(&server, without.text("refresh_token")).await.status,
        200,
        "it is still good for its app"
    );
}

#[tokio::test]
async fn b38_pkce_is_done_when_it_is_asked_for_and_may_be_left_out_where_the_file_says() {
    let server = server().await;
    let plain = [("code_challenge", ""), ("code_challenge_method", "")];
    let redeem = |app: App, code: String, verifier: &'static str| {
        let mut fields = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", app.redirect_uri),
        ]);
        if !verifier.is_empty() {
            fields.insert("code_verifier".into(), verifier.into());
        }
        fields
    };
    for (changes, verifier, status) in [
        (&[][..], VERIFIER, 200),
        (&plain[..], "", 200),
        (&plain[..], VERIFIER, 400),
        (&[][..], "", 400),
    ] {
        let page = WIKI
            .sign_in(&mut server.browser(), BOB, &with(WIKI.request("openid"), changes))
            .await;
        let fields = redeem(WIKI, WIKI.code(&server, &page), verifier);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            WIKI.post(&server, "/oidc/token", &fields).await.status,
            status,
            "{changes:?} {verifier}"
        );
    }
    let page = SHOP
        .authorize(&mut server.browser(), &with(SHOP.request("openid"), &plain))
        .await;
    assert_eq!(SHOP.error(&server, &page), "invalid_request");
}

#[tokio::test]
async fn row_38_max_age_counts_from_the_last_sign_in_and_not_from_the_first() {
    let server = server().await;
    let (_, mut browser, path) = twice(&server, &[], &[("prompt", "login")], 3600).await;
    let page = browser.get(&path).await;
    let page = browser.follow(&page).await;
    let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    WIKI.code(&server, &browser.follow(&page).await);
    server.advance(Duration::from_secs(60));
    for (age, fresh) in [("120", true), ("61", true), ("60", false), ("59", false), ("0", false)] {
        let request = with(WIKI.request("openid"), &[("max_age", age), ("prompt", "none")]);
        let page = WIKI.authorize(&mut browser, &request).await;
        if fresh {
            WIKI.code(&server, &page);
        } else {
            assert_eq!(WIKI.error(&server, &page), "login_required", "{age}");
        }
    }
}
