//! Refresh tokens: one after another, and all of them gone when one is stolen or what they stand on is lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::app::{Answer, BLOG, BOB, SHOP, WIKI, server, userinfo};
use crate::support::browser::Browser;
use crate::support::server::{Server, edit};

async fn signed_in(server: &Server) -> Answer {
    WIKI.tokens(server, BOB, "openid offline_access").await
}

/// Signs bob in at the shop, whose refresh tokens are good while he is signed in.
fn token(answer: &Answer) -> &str {
    answer.text("refresh_token")
}

#[tokio::test]
async fn row_11_each_token_has_one_successor_and_gives_it_again_for_a_moment() {
    let server = server().await;
    let first = signed_in(&server).await;
    let second = WIKI.refresh(&server, token(&first)).await;
    assert_ne!(token(&first), token(&second));
    server.advance(Duration::from_secs(29));
    let again = WIKI.refresh(&server, token(&first)).await;
    assert_eq!(
        (again.status, token(&again)),
        (200, token(&second)),
        "the answer was lost on the way"
    );
    assert_eq!(WIKI.refresh(&server, token(&second)).await.status, 200);
}

#[tokio::test]
async fn row_11_a_spent_token_ends_the_family_after_the_moment() {
    let server = server().await;
    let first = signed_in(&server).await;
    let second = WIKI.refresh(&server, token(&first)).await;
    server.advance(Duration::from_secs(31));
    WIKI.refresh(&server, token(&first))
        .await
        .is_error(400, "invalid_grant");
    WIKI.refresh(&server, token(&second))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(userinfo(&server, second.text("access_token")).await.status, 401);
    assert!(
        server
            .audit
            .lines()
            .iter()
            .any(|line| line.contains("\"refresh_reused\"") && line.contains("critical"))
    );
}

#[tokio::test]
async fn row_11_a_token_two_steps_back_ends_the_family_at_once() {
    let server = server().await;
    let first = signed_in(&server).await;
    let second = WIKI.refresh(&server, token(&first)).await;
    let third = WIKI.refresh(&server, token(&second)).await;
    WIKI.refresh(&server, token(&first))
        .await
        .is_error(400, "invalid_grant");
    WIKI.refresh(&server, token(&third))
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_11_of_twenty_at_once_all_get_the_same_successor() {
    let server = Arc::new(server().await);
    let first = signed_in(&server).await;
    let tries = (0..20).map(|_| {
        let (server, token) = (Arc::clone(&server), token(&first).to_owned());
        tokio::spawn(async move { WIKI.refresh(&server, &token).await })
    });
    let mut successors = BTreeSet::new();
    for tried in tries.collect::<Vec<_>>() {
        let answer = tried.await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        successors.insert(token(&answer).to_owned());
    }
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn one_family_for_each_sign_in() {
    let server = server().await;
    let (laptop, telephone) = (signed_in(&server).await, signed_in(&server).await);
    assert_eq!(WIKI.refresh(&server, token(&laptop)).await.status, 200);
    server.advance(Duration::from_secs(31));
    WIKI.refresh(&server, token(&laptop))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(WIKI.refresh(&server, token(&telephone)).await.status, 200);
}

#[tokio::test]
async fn a_refresh_token_comes_only_where_it_was_asked_for_and_may_be_used() {
    let server = server().await;
    assert!(
        WIKI.tokens(&server, BOB, "openid")
            .await
            .json
            .get("refresh_token")
            .is_none()
    );
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    super::app::API
        .post(&server, "/oidc/token", &fields)
        .await
        .is_error(400, "unauthorized_client");
}

#[tokio::test]
async fn row_12_a_refresh_token_that_is_not_for_offline_use_ends_with_the_session() {
    let server = server().await;
    let answer = SHOP.agreed_tokens(&server, BOB, "openid").await;
    let answer = SHOP.refresh(&server, token(&answer)).await;
    assert_eq!(answer.status, 200);
    let offline = signed_in(&server).await;
    server.advance(Duration::from_secs(9 * 3600));
    SHOP.refresh(&server, token(&answer))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(
        WIKI.refresh(&server, token(&offline)).await.status,
        200,
        "this one is for when nobody is there"
    );
}

#[tokio::test]
async fn row_12_a_refresh_token_that_is_not_used_for_a_month_is_gone() {
    let server = server().await;
    let answer = signed_in(&server).await;
    server.advance(Duration::from_secs(29 * 24 * 3600));
    let answer = WIKI.refresh(&server, token(&answer)).await;
    server.advance(Duration::from_secs(31 * 24 * 3600));
    WIKI.refresh(&server, token(&answer))
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn row_12_what_a_commit_takes_away_no_refresh_brings_back() {
    let other = r#"groups = ["admins"]"#;
    for (path, from, to) in [
        ("clients/wiki.toml", r#"groups = ["*"]"#, other),
        (
            "clients/wiki.toml",
            r#"groups = ["*"]"#,
            "groups = [\"*\"]\nrequire_totp = true",
        ),
        (
            "users/example.org/bob.toml",
            "\nname =",
            "\nstate = \"suspended\"\nname =",
        ),
        ("users/example.org/bob.toml", "\nname =", "\nstate = \"locked\"\nname ="),
    ] {
        let mut server = server().await;
        let answer = signed_in(&server).await;
        let blog = BLOG.tokens(&server, BOB, "openid offline_access").await;
        server.change(|files| edit(files, path, from, to));
        WIKI.refresh(&server, token(&answer))
            .await
            .is_error(400, "invalid_grant");
        let elsewhere = BLOG.refresh(&server, token(&blog)).await.status;
        assert_eq!(elsewhere == 200, path == "clients/wiki.toml", "{to}");
        server.change(|files| edit(files, path, to, from));
        WIKI.refresh(&server, token(&answer))
            .await
            .is_error(400, "invalid_grant");
    }
}

#[tokio::test]
async fn row_35_sign_out_ends_refresh_tokens_even_those_for_offline_use() {
    let server = server().await;
    let mut browser: Browser = server.browser();
    let answer = WIKI
        .tokens_in(&server, &mut browser, BOB, "openid offline_access")
        .await;
    let page = browser.get("/logout").await;
    let page = browser.submit(&page, &[("where", "here")]).await;
    assert_eq!(page.status, 303);
    WIKI.refresh(&server, token(&answer))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(userinfo(&server, answer.text("access_token")).await.status, 401);
}

#[tokio::test]
async fn row_12_a_shorter_session_in_a_commit_ends_what_hangs_on_one() {
    let mut server = server().await;
    let (at_shop, offline) = (
        SHOP.agreed_tokens(&server, BOB, "openid").await,
        signed_in(&server).await,
    );
    server.advance(Duration::from_secs(2 * 60 * 60));
    server.change(|files| edit(files, "dockspace.toml", "idle = \"8h\"", "idle = \"1h\""));
    let refused = SHOP.refresh(&server, token(&at_shop)).await;
    refused.is_error(400, "invalid_grant");
    let offline = WIKI.refresh(&server, token(&offline)).await;
    assert_eq!(
        offline.status, 200,
        "access while away hangs on no session: {offline:?}"
    );
}
