//! How long somebody stays signed in.

use std::time::Duration;

use super::{BOB, SESSION, alice_code, alice_half_way, signed_in};
use crate::support::server::Server;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn row_38_idle_and_absolute_life_are_those_of_the_policy() {
    let server = Server::start().await;
    let mut used = signed_in(&server, BOB).await;
    let mut idle = signed_in(&server, BOB).await;
    for _ in 0..7 * 4 - 1 {
        server.advance(6 * HOUR);
        assert_eq!(used.get("/").await.status, 200);
    }
    assert_eq!(idle.get("/").await.status, 303, "not used for eight hours");
    server.advance(6 * HOUR);
    let page = used.get("/").await;
    assert_eq!(used.target(&page), "/login", "seven days are over");
}

#[tokio::test]
async fn row_37_cookies_are_for_this_site_and_no_script() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = super::type_password(&mut browser, BOB).await;
    let cookies: Vec<_> = page
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("dockspace=")).unwrap();
    assert!(
        session.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"),
        "{session}"
    );
    assert!(!session.to_lowercase().contains("domain"));
}

#[tokio::test]
async fn row_39_a_session_ends_with_the_commit_that_locks_or_changes_the_password() {
    let mut server = Server::start().await;
    let mut browser = signed_in(&server, BOB).await;
    let user = "users/example.org/bob.toml";
    server.change(|files| {
        let text = files.get_mut(&camino::Utf8PathBuf::from(user)).unwrap();
        text.insert_str(0, "state = \"locked\"\n");
    });
    let page = browser.get("/").await;
    assert_eq!(browser.target(&page), "/login");

    let mut server = Server::start().await;
    let mut browser = signed_in(&server, BOB).await;
    server.change(|files| {
        files.remove(&camino::Utf8PathBuf::from("users/example.org/bob.sealed.toml"));
    });
    let page = browser.get("/").await;
    assert_eq!(browser.target(&page), "/login");
}

#[tokio::test]
async fn row_36_the_token_in_the_browser_is_not_what_the_store_keeps() {
    let server = Server::start().await;
    let browser = signed_in(&server, BOB).await;
    let token = &browser.cookies[SESSION];
    assert_eq!(token.len(), 43, "256 bits");
    let realm = server.app.provider.realm(&server.app.feed.current());
    let user = realm.directory.by_name("bob").unwrap().id.clone();
    let kept = server
        .app
        .sessions
        .list(&user, realm.desired.policy.session)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert_ne!(kept[0].key.to_text(), *token);
}

#[tokio::test]
async fn a_session_of_the_password_alone_steps_up_when_a_second_factor_was_set_up() {
    let mut server = Server::start().await;
    let path = camino::Utf8PathBuf::from("users/example.org/alice.sealed.toml");
    let whole = server.file(&path);
    let without: String = whole
        .lines()
        .filter(|line| !line.starts_with("totp"))
        .map(|line| format!("{line}\n"))
        .collect();
    server.change(|files| {
        files.insert(path.clone(), without);
    });
    let mut browser = signed_in(&server, super::ALICE).await;
    let before = browser.cookies[SESSION].clone();
    let page = browser.get("/login/totp").await;
    assert_eq!(page.status, 403, "none is set up");
    assert!(page.body.contains("A second step is needed"));

    server.change(|files| {
        files.insert(path.clone(), whole);
    });
    let page = browser.get("/login/totp").await;
    let page = browser.submit(&page, &[("code", &alice_code(&server))]).await;
    assert_eq!(browser.target(&page), "/");
    assert_ne!(browser.cookies[SESSION], before, "row 36: a new token at step-up");
    let page = browser.get("/login/totp").await;
    assert_eq!(browser.target(&page), "/", "nothing is missing any more");
    drop(alice_half_way(&server).await);
}
