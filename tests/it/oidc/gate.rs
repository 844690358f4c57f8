//! The gate: who may use which app, now and after the next commit.

use super::app::{BOARD, BOB, CAROL, GRACE, SAFE, WIKI, claims, server, userinfo, with};
use crate::support::server::{Server, edit};

#[tokio::test]
async fn row_49_the_gate_is_in_every_way() {
    let server = server().await;
    let answer = BOARD.tokens(&server, BOB, "openid").await;
    assert_eq!(userinfo(&server, answer.text("access_token")).await.status, 200);
    let mut browser = server.browser();
    let page = BOARD.sign_in(&mut browser, CAROL, &BOARD.request("openid")).await;
    assert_eq!(page.status, 403);
    assert!(
        page.body.contains("The board") && page.body.contains("<li>board</li>"),
        "{}",
        page.body
    );
    let (_, rest) = page.body.split_once("href=\"https:").unwrap();
    let back = format!("https:{}", rest.split('"').next().unwrap())
        .replace("&#x2f;", "/")
        .replace("&amp;", "&");
    assert!(
        back.starts_with("https://board.example.org/cb?error=access_denied"),
        "{back}"
    );
    let none = with(BOARD.request("openid"), &[("prompt", "none")]);
    let page = BOARD.authorize(&mut browser, &none).await;
    assert_eq!(BOARD.error(&server, &page), "access_denied");
    assert!(
        server
            .audit
            .lines()
            .iter()
            .any(|line| line.contains("\"denied\"") && line.contains("carol"))
    );
}

#[tokio::test]
async fn row_49_an_app_that_wants_a_form_is_told_by_one() {
    let server = server().await;
    let mut browser = server.browser();
    let request = with(BOARD.request("openid"), &[("response_mode", "form_post")]);
    let page = BOARD.sign_in(&mut browser, CAROL, &request).await;
    assert_eq!(page.status, 403);
    let (_, rest) = page.body.split_once("turn-away?request=").unwrap();
    let path = format!("/oidc/authorize/turn-away?request={}", rest.split('"').next().unwrap());
    let page = browser.get(&path).await;
    let (action, values) = browser.fill(&page, &[]);
    assert_eq!(action, BOARD.redirect_uri);
    assert!(values.contains(&("error".to_owned(), "access_denied".to_owned())));
    assert_eq!(browser.get(&path).await.status, 400, "once");
}

#[tokio::test]
async fn row_46_an_app_that_needs_a_second_factor_gets_nobody_without() {
    let server = server().await;
    let mut browser = server.browser();
    let page = SAFE.sign_in(&mut browser, BOB, &SAFE.request("openid")).await;
    assert!(page.location().contains("/login/totp?request="), "{page:?}");
    let none = with(SAFE.request("openid"), &[("prompt", "none")]);
    let page = SAFE.authorize(&mut browser, &none).await;
    assert_eq!(SAFE.error(&server, &page), "interaction_required");
    let essential = r#"{"id_token":{"acr":{"essential":true,"value":"urn:dockspace:acr:mfa"}}}"#;
    for (value, error) in [
        (essential, "interaction_required"),
        (&essential.replace("mfa", "gold"), "unmet_authentication_requirements"),
    ] {
        let request = with(WIKI.request("openid"), &[("claims", value), ("prompt", "none")]);
        let page = WIKI.authorize(&mut browser, &request).await;
        assert_eq!(WIKI.error(&server, &page), error);
    }
}

#[tokio::test]
async fn row_46_who_has_given_a_second_factor_is_said_so() {
    let server = server().await;
    let mut browser = server.browser();
    let page = SAFE.authorize(&mut browser, &SAFE.request("openid")).await;
    let page = browser.follow(&page).await;
    let page = browser
        .submit(
            &page,
            &[("username", "alice"), ("password", "seven kettles sing at dawn")],
        )
        .await;
    let page = browser.follow(&page).await;
    let page = browser
        .submit(&page, &[("code", &crate::web::alice_code(&server))])
        .await;
    let page = browser.follow(&page).await;
    let claims = claims(&SAFE.redeem(&server, &SAFE.code(&server, &page)).await);
    assert_eq!(claims["acr"], "urn:dockspace:acr:mfa");
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
}

/// Waits until the server has said something that `line` is in.
async fn said(server: &Server, line: &str) {
    for _ in 0..500 {
        if server.audit.lines().iter().any(|own| own.contains(line)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{line} was not said: {:?}", server.audit.lines());
}

#[tokio::test]
async fn row_39_who_leaves_or_changes_the_password_is_signed_out_everywhere() {
    for (path, from, to, why) in [
        (
            "users/example.org/bob.toml",
            "\nname =",
            "\nstate = \"locked\"\nname =",
            "locked",
        ),
        (
            "users/example.org/bob.toml",
            "\nname =",
            "\nstate = \"suspended\"\nname =",
            "suspended",
        ),
    ] {
        let mut server = server().await;
        let mut browser = server.browser();
        let answer = WIKI
            .tokens_in(&server, &mut browser, BOB, "openid offline_access")
            .await;
        server.change(|files| edit(files, path, from, to));
        assert_eq!(
            userinfo(&server, answer.text("access_token")).await.status,
            401,
            "at once"
        );
        said(&server, "\"session_ended\",\"severity\":\"info\",\"user\":\"bob\"").await;
        assert!(server.audit.lines().join("").contains(why));
        // And it stays so when the commit is taken back.
        server.change(|files| edit(files, path, to, from));
        WIKI.refresh(&server, answer.text("refresh_token"))
            .await
            .is_error(400, "invalid_grant");
        assert_eq!(userinfo(&server, answer.text("access_token")).await.status, 401);
        let page = WIKI
            .authorize(&mut browser, &with(WIKI.request("openid"), &[("prompt", "none")]))
            .await;
        assert_eq!(WIKI.error(&server, &page), "login_required");
    }
}

#[tokio::test]
async fn row_50_the_subject_is_the_id_in_the_file() {
    let server = server().await;
    let answer = WIKI.tokens(&server, GRACE, "openid").await;
    let file = include_str!("../../../example-repo/users/example.org/grace.toml");
    assert!(file.contains(claims(&answer)["sub"].as_str().unwrap()));
}

#[tokio::test]
async fn an_app_may_have_claims_in_the_id_token_where_its_file_says() {
    let mut server = server().await;
    let skip = "consent = \"skip\"";
    server.change(|files| {
        edit(
            files,
            "clients/wiki.toml",
            skip,
            &format!("{skip}\nid_token_claims = [\"email\", \"groups\"]"),
        );
    });
    let token = claims(&WIKI.tokens(&server, BOB, "openid email").await);
    assert_eq!(token["email"], "bob@example.org");
    assert!(token.get("groups").is_none(), "its scope was not granted");
}
