//! What somebody would try who knows how it is made.

use std::time::Duration;

use serde_json::json;

use super::app::{BOARD, BOB, WIKI, post, userinfo};
use super::app::{apps, server};
use crate::support::server::{Server, edit};

/// A test user of the example.
const PROBE: (&str, &str) = ("probe", "boilers like it lukewarm");
const MINUTE: u64 = 60;

#[tokio::test]
async fn row_49_a_test_user_ends_on_its_day_without_a_commit() {
    let server = Server::start_with(|files| {
        apps(files);
        let ends_today = "expires = 2026-11-23\ngroups = [\"board\"]\nservices = [\"login\", \"mail\"]";
        edit(
            files,
            "users/test.example.org/probe.toml",
            "expires = 2031-12-31",
            ends_today,
        );
    })
    .await;
    // It is nine in the morning.
    server.advance(Duration::from_secs((14 * 60 + 55) * MINUTE));
    let tokens = BOARD.tokens(&server, PROBE, "openid email mail offline_access").await;
    let access = tokens.text("access_token");
    assert_eq!(userinfo(&server, access).await.status, 200);
    server.advance(Duration::from_secs(6 * MINUTE));
    assert_eq!(userinfo(&server, access).await.status, 401);
    let mail = post(&server, "/oidc/mail-token", None, &[("token", access)]).await;
    assert_eq!(mail.json, json!({ "active": false, "email": "" }));
    let refreshed = BOARD.refresh(&server, tokens.text("refresh_token")).await;
    refreshed.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn row_12_what_the_file_of_an_app_lists_no_more_no_old_token_gives() {
    let mut server = server().await;
    let scope = "openid email groups offline_access";
    let tokens = WIKI.tokens(&server, BOB, scope).await;
    let known = userinfo(&server, tokens.text("access_token")).await;
    assert!(known.json["groups"].is_array(), "{known:?}");
    server.change(|files| edit(files, "clients/wiki.toml", "\"groups\", ", ""));
    let refreshed = WIKI.refresh(&server, tokens.text("refresh_token")).await;
    assert_eq!(refreshed.text("scope"), "openid email offline_access");
    for tokens in [&tokens, &refreshed] {
        let known = userinfo(&server, tokens.text("access_token")).await;
        assert_eq!(known.json["email"], "bob@example.org");
        assert!(known.json["groups"].is_null(), "{known:?}");
    }
}
