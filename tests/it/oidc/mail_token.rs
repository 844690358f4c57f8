//! Mail tokens (§3.4 of the requirements): asked by HTTP, and by a real Dovecot configured as `doctor dovecot` says.

use serde_json::json;

use super::app::{Answer, App, BOARD, BOB, GRACE, WIKI, get, post, server};
use crate::support::mail_rig::Rig;
use crate::support::mail_rig::dms::account;
use crate::support::mail_rig::session::Mechanism::{OAUTHBEARER, XOAUTH2};
use crate::support::repo::TestRepo;
use crate::support::server::{Server, edit};

const PATH: &str = "/oidc/mail-token";
const MAILBOX: &str = "grace@example.org";

async fn token(app: App, server: &Server, who: (&str, &str), scope: &str) -> Answer {
    app.tokens(server, who, scope).await
}

async fn mail_token(server: &Server, who: (&str, &str)) -> String {
    token(WIKI, server, who, "openid mail")
        .await
        .text("access_token")
        .to_owned()
}

#[tokio::test]
async fn m1_m2_a_mail_token_names_its_mailbox_and_nothing_else_does() {
    let server = server().await;
    let token = mail_token(&server, GRACE).await;
    let by_header = get(&server, PATH, Some(&token)).await;
    let by_form = post(&server, PATH, None, &[("token", &token)]).await;
    for answer in [&by_header, &by_form] {
        assert_eq!(answer.status, 200);
        assert_eq!(
            (&answer.json["active"], &answer.json["email"]),
            (&json!(true), &json!(MAILBOX))
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    let inactive = |answer: Answer| assert_eq!((answer.status, answer.json), (200, json!({ "active": false })));
    inactive(get(&server, PATH, None).await);
    inactive(get(&server, PATH, Some("rubbish")).await);
    inactive(get(&server, &format!("{PATH}?token={token}"), None).await);
    inactive(post(&server, PATH, Some("Basic eDp5"), &[]).await);
}

/// A Dovecot that asks `server`.
fn rig(server: &Server) -> Rig {
    let repo = TestRepo::new();
    let settings = format!(
        "format = 1\n[organisation]\nname = \"x\"\n[domains.\"example.org\"]\n[oidc]\nissuer = \"{}\"\n",
        server.url
    );
    repo.write("dockspace.toml", settings).write("groups/admins.toml", "");
    let output = repo
        .dockspace(["doctor", "dovecot", "--dialect", "15"])
        .run()
        .expect_code(0);
    let (_, oauth2) = output
        .stdout
        .split_once("dovecot-oauth2.conf.ext\nintrospection_url")
        .unwrap();
    let accounts = [MAILBOX, "bob@example.org"]
        .map(|address| account(address, "unused") + "\n")
        .concat();
    Rig::start_with(
        &[("postfix-accounts.cf", &accounts)],
        Some(&format!("introspection_url{oauth2}")),
    )
}

/// Dovecot refuses, as it refuses a wrong password: not as if something had broken.
#[track_caller]
fn refused(rig: &Rig, what: &str, mailbox: &str, token: &str) {
    for mechanism in [XOAUTH2, OAUTHBEARER] {
        let outcome = tokio::task::block_in_place(|| rig.login_with(mechanism, mailbox, token));
        let says = outcome
            .err()
            .unwrap_or_else(|| panic!("{what}: let in by {mechanism:?}"));
        assert!(says.starts_with("NO [AUTHENTICATIONFAILED]"), "{what}: {says}");
    }
}

#[track_caller]
fn accepted(rig: &Rig, token: &str) {
    for mechanism in [XOAUTH2, OAUTHBEARER] {
        let outcome = tokio::task::block_in_place(|| rig.login_with(mechanism, MAILBOX, token));
        assert!(outcome.is_ok(), "{:?}", outcome.err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m6_dovecot_takes_good_tokens_and_refuses_all_others() {
    let mut server = server().await;
    let rig = rig(&server);
    let good = mail_token(&server, GRACE).await;
    accepted(&rig, &good);
    for mechanism in [XOAUTH2, OAUTHBEARER] {
        let code = tokio::task::block_in_place(|| rig.submission_with(mechanism, MAILBOX, &good));
        assert_eq!(code, 235, "{mechanism:?}");
        let code = tokio::task::block_in_place(|| rig.submission_with(mechanism, MAILBOX, "rubbish"));
        assert_eq!(code, 535, "{mechanism:?}");
    }
    let tampered = good.replacen(|c: char| c != 'x', "x", 1);
    refused(&rig, "another person's", MAILBOX, &mail_token(&server, BOB).await);
    refused(&rig, "of nobody's mailbox", "bob@example.org", &good);
    refused(&rig, "tampered with", MAILBOX, &tampered);
    refused(&rig, "cut short", MAILBOX, &good[..good.len() - 1]);
    let without = token(WIKI, &server, GRACE, "openid email").await;
    refused(&rig, "without the scope", MAILBOX, without.text("access_token"));
    refused(&rig, "an ID token", MAILBOX, without.text("id_token"));
    let revoked = mail_token(&server, GRACE).await;
    assert_eq!(
        WIKI.post(&server, "/oidc/revoke", &[("token", &revoked)]).await.status,
        200
    );
    refused(&rig, "revoked", MAILBOX, &revoked);

    let person = "users/example.org/grace.toml";
    let steps = [
        ("locked", person, "quota =", "state = \"locked\"\nquota ="),
        ("suspended", person, "quota =", "state = \"suspended\"\nquota ="),
        (
            "outside the group",
            "clients/wiki.toml",
            "groups = [\"*\"]",
            "groups = [\"board\"]",
        ),
        (
            "an app whose file lists no mail",
            "clients/wiki.toml",
            ", \"mail\"]",
            "]",
        ),
    ];
    for (what, path, from, to) in steps {
        let before = server.file(path.into());
        let token = mail_token(&server, GRACE).await;
        accepted(&rig, &token);
        server.change(|files| edit(files, path, from, to));
        refused(&rig, what, MAILBOX, &token);
        server.change(|files| *files.get_mut(camino::Utf8Path::new(path)).unwrap() = before);
    }
    let token = mail_token(&server, GRACE).await;
    accepted(&rig, &token);
    server.advance(std::time::Duration::from_secs(11 * 60));
    refused(&rig, "expired", MAILBOX, &token);
}

#[tokio::test]
async fn m5_a_token_of_another_app_opens_no_mailbox() {
    let server = super::app::server().await;
    let bob = token(BOARD, &server, BOB, "openid email").await;
    let answer = get(&server, PATH, Some(bob.text("access_token"))).await;
    assert_eq!((answer.status, answer.json), (200, json!({ "active": false })));
}
