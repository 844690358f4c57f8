//! Authorization codes: short, once, and for one.

use std::sync::Arc;
use std::time::Duration;

use dockspace::oidc::records::AccessToken;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dockspace::digest;

use super::app::{App, BLOG, BOB, PHONE, SHOP, VERIFIER, WIKI, claims, server, with};
use crate::support::server::Server;

/// An app, what it sends besides the code, after how many seconds, and the error it gets.
type Case<'a> = (App, &'a [(&'a str, &'a str)], u64, &'a str);

async fn code(server: &Server) -> String {
    let page = WIKI
        .sign_in(&mut server.browser(), BOB, &WIKI.request("openid offline_access"))
        .await;
    WIKI.code(server, &page)
}

#[tokio::test]
async fn row_07_a_code_is_bound_to_app_address_challenge_and_a_minute() {
    let server = server().await;
    let good = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", WIKI.redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    let table: [Case<'_>; 9] = [
        (WIKI, &good, 59, ""),
        (WIKI, &good, 61, "invalid_grant"),
        (BLOG, &good, 0, "invalid_grant"),
        (WIKI, &good[..2], 0, "invalid_grant"),
        (
            WIKI,
            &[
                good[0],
                good[1],
                ("code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ],
            0,
            "invalid_grant",
        ),
        (
            WIKI,
            &[good[0], good[1], ("code_verifier", "short")],
            0,
            "invalid_grant",
        ),
        (
            WIKI,
            &[good[0], ("redirect_uri", "https://wiki.example.org/cb/"), good[2]],
            0,
            "invalid_grant",
        ),
        (WIKI, &[good[0], good[2]], 0, "invalid_request"),
        (
            WIKI,
            &[good[0], good[1], good[2], ("redirect_uri", WIKI.redirect_uri)],
            0,
            "invalid_request",
        ),
    ];
    for (app, fields, wait, error) in table {
        let code = code(&server).await;
        server.advance(Duration::from_secs(wait));
        let fields: Vec<_> = fields.iter().copied().chain([("code", code.as_str())]).collect();
        let answer = app.post(&server, "/oidc/token", &fields).await;
        if error.is_empty() {
            assert_eq!(answer.status, 200, "{fields:?}");
            continue;
        }
        answer.is_error(400, error);
        if error == "invalid_grant" {
            WIKI.redeem(&server, &code).await.is_error(400, "invalid_grant");
        }
    }
    for code in ["", "x", "-----"] {
        let answer = WIKI.redeem(&server, code).await;
        assert_eq!(answer.status, 400, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_08_of_fifty_who_redeem_one_code_at_once_one_gets_tokens_and_they_end() {
    let server = Arc::new(server().await);
    let code = code(&server).await;
    let tries = (0..50).map(|_| {
        let (server, code) = (Arc::clone(&server), code.clone());
        tokio::spawn(async move { WIKI.redeem(&server, &code).await })
    });
    let (mut statuses, mut subject) = (Vec::new(), String::new());
    for tried in tries.collect::<Vec<_>>() {
        let answer = tried.await.unwrap();
        statuses.push(answer.status);
        if answer.status == 200 {
            subject = claims(&answer)["sub"].as_str().unwrap().to_owned();
        }
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 400).count(),
        49,
        "{statuses:?}"
    );
    let kept = server.app.store.list_by_subject::<AccessToken>(&subject).await.unwrap();
    assert_eq!(kept.len(), 0, "nobody knows which of them the code was for");
}

#[tokio::test]
async fn row_12_the_gate_is_asked_when_a_code_is_redeemed() {
    let mut server = server().await;
    let code = code(&server).await;
    server.change(|files| {
        crate::support::server::edit(files, "clients/wiki.toml", "groups = [\"*\"]", "groups = [\"admins\"]");
    });
    WIKI.redeem(&server, &code).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn row_16_a_code_is_no_good_without_the_secret() {
    let server = server().await;
    let page = SHOP.sign_in(&mut server.browser(), BOB, &SHOP.request("openid")).await;
    assert!(page.location().contains("/consent"));
    let code = code(&server).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", WIKI.redirect_uri),
        ("code_verifier", VERIFIER),
        ("client_id", "wiki"),
    ];
    let answer = super::app::post(&server, "/oidc/token", None, &fields).await;
    answer.is_error(401, "invalid_client");
    assert!(
        answer.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .starts_with("Basic ")
    );
    assert_eq!(
        WIKI.redeem(&server, &code).await.status,
        200,
        "who could not prove to be the app burnt nothing"
    );
}

#[tokio::test]
async fn row_05_the_challenge_must_be_there_and_by_sha_256() {
    let server = server().await;
    let (long, odd) = ("x".repeat(129), format!("{}+", "x".repeat(42)));
    for changes in [
        [("code_challenge", ""), ("code_challenge_method", "")],
        [("code_challenge", ""), ("code_challenge_method", "S256")],
        [("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
        [("code_challenge", VERIFIER), ("code_challenge_method", "")],
        [("code_challenge", VERIFIER), ("code_challenge_method", "s256")],
        [("code_challenge", &VERIFIER[1..]), ("code_challenge_method", "S256")],
        [("code_challenge", &long), ("code_challenge_method", "S256")],
        [("code_challenge", &odd), ("code_challenge_method", "S256")],
    ] {
        for app in [SHOP, PHONE] {
            let request = with(app.request("openid"), &changes);
            let page = app.authorize(&mut server.browser(), &request).await;
            assert_eq!(app.error(&server, &page), "invalid_request", "{changes:?}");
        }
    }
}

/// Redeems a code for a challenge made of `verifier` with another one.
async fn redeemed(server: &Server, verifier: &str, sent: &str) -> super::app::Answer {
    let challenge = URL_SAFE_NO_PAD.encode(digest::sha256(verifier.as_bytes()).as_bytes());
    let request = with(WIKI.request("openid"), &[("code_challenge", &challenge)]);
    let page = WIKI.sign_in(&mut server.browser(), BOB, &request).await;
    let code = WIKI.code(server, &page);
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", WIKI.redirect_uri),
    ];
    if !sent.is_empty() {
        fields.push(("code_verifier", sent));
    }
    WIKI.post(server, "/oidc/token", &fields).await
}

#[tokio::test]
async fn row_05_a_verifier_has_43_to_128_plain_characters_and_fits() {
    let server = server().await;
    let of = |length: usize| "a-._~Z9".chars().cycle().take(length).collect::<String>();
    for length in [43, 128] {
        assert_eq!(
            redeemed(&server, &of(length), &of(length)).await.status,
            200,
            "{length}"
        );
    }
    let (slash, space) = (format!("{}/", of(42)), format!("{} ", of(42)));
    for verifier in [of(1), of(42), of(129), slash, space] {
        let answer = redeemed(&server, &verifier, &verifier).await;
        answer.is_error(400, "invalid_grant");
    }
    redeemed(&server, &of(43), &of(44)).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn row_06_a_challenge_is_neither_dropped_nor_added_afterwards() {
    let server = server().await;
    redeemed(&server, VERIFIER, "").await.is_error(400, "invalid_grant");
    let without = with(
        WIKI.request("openid"),
        &[("code_challenge", ""), ("code_challenge_method", "")],
    );
    let page = WIKI.sign_in(&mut server.browser(), BOB, &without).await;
    let answer = WIKI.redeem(&server, &WIKI.code(&server, &page)).await;
    answer.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn b28_row_08_a_code_that_comes_again_at_once_is_refused_and_its_tokens_end() {
    let server = server().await;
    let code = code(&server).await;
    let answer = WIKI.redeem(&server, &code).await;
    WIKI.redeem(&server, &code).await.is_error(400, "invalid_grant");
    let info = super::app::userinfo(&server, answer.text("access_token")).await;
    info.is_error(401, "invalid_token");
    WIKI.refresh(&server, answer.text("refresh_token"))
        .await
        .is_error(400, "invalid_grant");
}
