//! Signing out.

use super::{BOB, signed_in};
use crate::support::server::Server;

#[tokio::test]
async fn a_link_to_sign_out_asks_first() {
    let server = Server::start().await;
    let mut browser = signed_in(&server, BOB).await;
    let page = browser.get("/logout").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("No other browser is signed in"));
    assert_eq!(browser.get("/").await.status, 200);
}

#[tokio::test]
async fn here_ends_this_session_and_no_other() {
    let server = Server::start().await;
    let (mut one, mut other) = (signed_in(&server, BOB).await, signed_in(&server, BOB).await);
    let kept = one.cookies.clone();
    let page = one.get("/logout").await;
    assert!(page.body.contains("One other browser is signed in"), "{}", page.body);
    let page = one.submit(&page, &[("where", "here")]).await;
    let done = one.follow(&page).await;
    assert_eq!(done.status, 200);
    assert!(done.body.contains("You are signed out") && one.cookies.is_empty());
    one.cookies = kept;
    assert_eq!(one.get("/").await.status, 303, "the old cookie opens nothing");
    assert_eq!(other.get("/").await.status, 200);
    assert!(server.audit.lines().last().unwrap().contains("signed_out"));
}

#[tokio::test]
async fn everywhere_ends_all_sessions_of_the_person_alone() {
    let server = Server::start().await;
    let (mut one, mut other) = (signed_in(&server, BOB).await, signed_in(&server, BOB).await);
    let mut carol = signed_in(&server, ("carol@example.org", "warm pipes hum all winter")).await;
    let page = one.get("/logout").await;
    let page = one.submit(&page, &[("where", "everywhere")]).await;
    let done = one.follow(&page).await;
    assert!(done.body.contains("all your browsers"), "{}", done.body);
    assert_eq!(other.get("/").await.status, 303);
    assert_eq!(carol.get("/").await.status, 200);
}

#[tokio::test]
async fn who_is_not_signed_in_may_sign_out_all_the_same() {
    let server = Server::start().await;
    let mut browser = server.browser();
    let page = browser.get("/logout").await;
    assert_eq!(browser.target(&page), "/logout/done");
    let page = browser.post("/logout", &[("where", "here")]).await;
    assert_eq!(browser.target(&page), "/logout/done");
    assert_eq!(browser.post("/logout", &[("where", "nowhere")]).await.status, 400);
}
