//! The second step.

use std::fs;
use std::time::Duration;

use dockspace::auth::totp::Totp;
use jiff::SignedDuration;

use super::{ALICE_TOTP, SESSION, alice_code, alice_half_way, next_code};
use crate::support::server::Server;

/// A recovery code of alice's, from the README of the example.
fn recovery_code(index: usize) -> String {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/example-repo/README.md")).unwrap();
    let is_code = |line: &&str| line.len() == 19 && line.split('-').count() == 4;
    readme.lines().filter(is_code).nth(index).unwrap().to_owned()
}

#[tokio::test]
async fn a_code_of_the_app_finishes_the_sign_in() {
    let server = Server::start().await;
    let (mut browser, page) = alice_half_way(&server).await;
    assert!(page.body.contains("autocomplete=\"one-time-code\"") && page.body.contains("alice@example.org"));
    let page = browser.submit(&page, &[("code", &alice_code(&server))]).await;
    assert_eq!(browser.target(&page), "/");
    assert_eq!(
        browser.cookies.keys().collect::<Vec<_>>(),
        [SESSION],
        "what waited is gone"
    );
    assert_eq!(browser.get("/").await.status, 200);
    assert!(server.audit.lines().last().unwrap().contains("password and totp"));
}

#[tokio::test]
async fn row_44_a_code_is_good_once() {
    let server = Server::start().await;
    let code = alice_code(&server);
    let (mut browser, page) = alice_half_way(&server).await;
    browser.submit(&page, &[("code", &code)]).await;
    let (mut browser, page) = alice_half_way(&server).await;
    let page = browser.submit(&page, &[("code", &code)]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("it was used before"));
    let page = browser.submit(&page, &[("code", &next_code(&server))]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn row_45_a_recovery_code_is_good_once() {
    let server = Server::start().await;
    let typed = recovery_code(2).to_uppercase().replace('-', " ");
    for expected in [303, 422] {
        let (mut browser, _) = alice_half_way(&server).await;
        let page = browser.get("/login/recovery").await;
        let page = browser.submit(&page, &[("code", &typed)]).await;
        assert_eq!(page.status, expected);
    }
    let (mut browser, _) = alice_half_way(&server).await;
    let page = browser.get("/login/recovery").await;
    let page = browser.submit(&page, &[("code", &recovery_code(3))]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn row_40_guessing_codes_is_slowed_down() {
    let server = Server::start().await;
    let (mut browser, mut page) = alice_half_way(&server).await;
    let mut statuses = Vec::new();
    for guess in [
        "000000", "000001", "000002", "000003", "000004", "000005", "000006", "000007",
    ] {
        page = browser.submit(&page, &[("code", guess)]).await;
        statuses.push(page.status);
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 422, 429, 429]);
    let recovery = browser.get("/login/recovery").await;
    let page = browser.submit(&recovery, &[("code", &recovery_code(0))]).await;
    assert_eq!(page.status, 429, "both ways count together");
}

#[tokio::test]
async fn row_47_half_signed_in_gives_nothing() {
    let server = Server::start().await;
    let (mut browser, _) = alice_half_way(&server).await;
    assert!(!browser.cookies.contains_key(SESSION));
    let waiting = browser.cookies["dockspace-signin"].clone();
    for path in ["/", "/logout"] {
        let page = browser.get(path).await;
        assert!(
            ["/login", "/logout/done"].contains(&browser.target(&page).as_str()),
            "{path}"
        );
    }
    browser.cookies.insert(SESSION.into(), waiting);
    let page = browser.get("/").await;
    assert_eq!(
        browser.target(&page),
        "/login",
        "its cookie is no session under another name either"
    );
}

#[tokio::test]
async fn the_second_step_without_the_first_leads_back() {
    let server = Server::start().await;
    for path in ["/login/totp", "/login/recovery"] {
        let mut browser = server.browser();
        let page = browser.get(path).await;
        assert_eq!(browser.target(&page), "/login");
        let page = browser.post(path, &[("code", "123456")]).await;
        assert_eq!(browser.target(&page), "/login");
    }
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_begins_anew() {
    let server = Server::start().await;
    let (mut browser, page) = alice_half_way(&server).await;
    server.advance(dockspace::auth::signin::PATIENCE);
    let page = browser.submit(&page, &[("code", &alice_code(&server))]).await;
    assert_eq!(browser.target(&page), "/login");
}

#[tokio::test]
async fn row_44_a_code_counts_one_step_before_and_after_its_own() {
    let server = Server::start().await;
    let totp = Totp::parse(&ALICE_TOTP.into()).unwrap();
    for (off, status) in [(-60, 422), (-30, 303), (0, 303), (30, 303), (60, 422)] {
        server.advance(Duration::from_secs(300));
        let (mut browser, page) = alice_half_way(&server).await;
        let at = server.app.clock.now() + SignedDuration::from_secs(off);
        let code = totp.code(at).expose().clone();
        let page = browser.submit(&page, &[("code", &code)]).await;
        assert_eq!(page.status, status, "{off} seconds off");
    }
}

#[tokio::test]
async fn row_47_half_signed_in_opens_no_site_and_no_session_elsewhere() {
    let server = Server::start().await;
    let (mut browser, _) = alice_half_way(&server).await;
    let start =
        "/forward-auth/start?url=https%3A%2F%2Fheating.example.org%2F&way=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let page = browser.get(start).await;
    assert!(browser.target(&page).starts_with("/login"), "{page:?}");
    let page = browser.post("/logout", &[("where", "everywhere")]).await;
    assert_eq!(browser.target(&page), "/logout/done?everywhere=yes");
    assert!(!browser.cookies.contains_key(SESSION));
}
