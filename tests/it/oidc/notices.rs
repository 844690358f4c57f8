//! Notices of back-channel logout on their way: refused, left behind by a server that stopped, given up, and sent by one replica
//! of several. And what they are about: a browser in which somebody else signs in.

use std::collections::BTreeSet;
use std::time::Duration;

use super::app::{Answer, BOB, CAROL, WIKI, claims, part, userinfo, with};
use super::logout::{listening, notice, path, request, signed_in, told};
use crate::support::server::Server;

const FIRST_WAIT: Duration = Duration::from_secs(10);

/// Signs out at the app's request.
async fn sign_out(server: &Server) -> Answer {
    let (mut browser, answer) = signed_in(server).await;
    browser.get(&path(&request(&answer, &[]))).await;
    answer
}

/// Waits for an audit line; whoever reads a notice may do so before the server has read the answer.
async fn line(server: &Server, event: &str) -> String {
    for _ in 0..500 {
        let lines = server.audit.lines();
        if let Some(line) = lines.into_iter().find(|line| line.contains(event)) {
            return line;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no {event}: {:?}", server.audit.lines());
}

#[tokio::test]
async fn row_35_a_notice_that_is_refused_is_sent_again_as_a_token_of_its_own() {
    let (url, mut notices) = listening(1).await;
    let server = told(&url).await;
    let answer = sign_out(&server).await;
    let first = notice(&server, &notices.recv().await.unwrap(), &answer);
    server.advance(FIRST_WAIT);
    let second = notice(&server, &notices.recv().await.unwrap(), &answer);
    assert_ne!(first["jti"], second["jti"]);
    assert_eq!(
        second["iat"].as_i64().unwrap() - first["iat"].as_i64().unwrap(),
        10,
        "it is signed when it is sent"
    );
    line(&server, "\"logout_delivered\"").await;
}

#[tokio::test]
async fn row_35_a_notice_outlives_the_server_that_could_not_deliver_it() {
    let (url, mut notices) = listening(1).await;
    let mut server = told(&url).await;
    let answer = sign_out(&server).await;
    notice(&server, &notices.recv().await.unwrap(), &answer);
    server.stop().await;
    let restarted = server.replica().await;
    restarted.advance(FIRST_WAIT);
    notice(&restarted, &notices.recv().await.unwrap(), &answer);
    line(&restarted, "\"logout_delivered\"").await;
}

#[tokio::test]
async fn row_35_a_notice_is_given_up_after_the_eighth_attempt() {
    let (url, mut notices) = listening(usize::MAX).await;
    let server = told(&url).await;
    let answer = sign_out(&server).await;
    for _ in 0..8 {
        notice(&server, &notices.recv().await.unwrap(), &answer);
        server.advance(Duration::from_secs(5 * 60 * 60));
    }
    let line = line(&server, "\"logout_undelivered\"").await;
    assert!(line.contains("\"client\":\"wiki\""), "{line}");
    assert!(notices.try_recv().is_err());
}

#[tokio::test]
async fn row_35_of_two_replicas_one_sends_each_notice() {
    const SESSIONS: usize = 12;
    let (url, mut notices) = listening(0).await;
    let server = told(&url).await;
    let _replica = server.replica().await;
    let mut expected = BTreeSet::new();
    for _ in 0..SESSIONS {
        expected.insert(claims(&sign_out(&server).await)["sid"].to_string());
    }
    let mut sent = Vec::new();
    for _ in 0..SESSIONS {
        let body = notices.recv().await.unwrap();
        sent.push(part(body.strip_prefix("logout_token=").unwrap(), 1)["sid"].to_string());
    }
    assert_eq!(sent.iter().cloned().collect::<BTreeSet<_>>(), expected, "{sent:?}");
    assert!(notices.try_recv().is_err());
}

#[tokio::test]
async fn row_35_whoever_signs_in_in_the_browser_of_another_signs_that_one_out() {
    let (url, mut notices) = listening(0).await;
    let server = told(&url).await;
    let mut browser = server.browser();
    let bobs = WIKI
        .tokens_in(&server, &mut browser, BOB, "openid offline_access")
        .await;

    // The same person again: the session goes on, and what hangs on it.
    let again = with(WIKI.request("openid"), &[("prompt", "login")]);
    let page = WIKI.sign_in(&mut browser, BOB, &again).await;
    WIKI.code(&server, &page);
    let bobs_next = WIKI.refresh(&server, bobs.text("refresh_token")).await;
    assert_eq!(bobs_next.status, 200, "{bobs_next:?}");

    let page = WIKI.sign_in(&mut browser, CAROL, &again).await;
    WIKI.code(&server, &page);
    notice(&server, &notices.recv().await.unwrap(), &bobs);
    assert!(notices.try_recv().is_err(), "one notice, and none of the first time");
    let token = bobs_next.text("refresh_token");
    WIKI.refresh(&server, token).await.is_error(400, "invalid_grant");
    assert_eq!(userinfo(&server, bobs_next.text("access_token")).await.status, 401);
    let line = line(&server, "another person signed in").await;
    assert!(
        line.contains("\"signed_out\"") && line.contains("\"user\":\"bob\""),
        "{line}"
    );
}
