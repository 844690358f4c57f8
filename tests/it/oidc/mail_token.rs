//! Mail tokens (§3.4 of the requirements): asked by HTTP, and by a real Dovecot configured as `doctor dovecot` says.

use serde_json::json;

use super::app::{Answer, App, BOARD, BOB, GRACE, WIKI, get, post, server};
use crate::support::mail_rig::Rig;
use crate::support::mail_rig::dms::{Dialect, account};
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
async fn m01_m02_m03_a_mail_token_names_its_mailbox_and_nothing_else_does() {
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
    let inactive = |answer: Answer| assert_eq!((answer.status, answer.json), (200, inactive_answer()));
    inactive(get(&server, PATH, None).await);
    inactive(get(&server, PATH, Some("rubbish")).await);
    inactive(get(&server, &format!("{PATH}?token={token}"), None).await);
    inactive(post(&server, PATH, Some("Basic eDp5"), &[]).await);
}

fn inactive_answer() -> serde_json::Value {
    json!({ "active": false, "email": "" })
}

/// Whose Dovecot asks.
#[derive(Clone, Copy, Debug)]
enum Whose {
    /// That of docker-mailserver, with the environment that `doctor dovecot` prints.
    Environment,
    /// The same with the `dovecot.cf` that it prints.
    Container,
    /// One's own, with the settings that `doctor dovecot` prints.
    Own,
}

/// A Dovecot that asks `server`.
fn rig(server: &Server, dialect: Dialect, whose: Whose) -> Rig {
    let (container, own) = doctor(server, dialect);
    let settings = match (whose, dialect) {
        (Whose::Environment | Whose::Container, _) => {
            let (_, url) = container.split_once("\nOAUTH2_INTROSPECTION_URL=").unwrap();
            let (url, more) = url.split_once('\n').unwrap();
            let more = if matches!(whose, Whose::Container) { more } else { "" };
            dialect.shipped_oauth2(url) + more
        }
        (Whose::Own, Dialect::V15) => own.rsplit_once("dovecot-oauth2.conf.ext\n").unwrap().1.to_owned(),
        (Whose::Own, Dialect::V16) => own,
    };
    let accounts = [MAILBOX, "bob@example.org"]
        .map(|address| account(address, "unused") + "\n")
        .concat();
    Rig::start_with(dialect, &[("postfix-accounts.cf", &accounts)], &settings)
}

/// What `doctor dovecot` says on a container, and on a Dovecot of one's own.
fn doctor(server: &Server, dialect: Dialect) -> (String, String) {
    let repo = TestRepo::new();
    let settings = format!(
        "format = 1\n[organisation]\nname = \"x\"\n[domains.\"example.org\"]\n[oidc]\nissuer = \"{}\"\n",
        server.url
    );
    repo.write("dockspace.toml", settings).write("groups/admins.toml", "");
    let version = match dialect {
        Dialect::V15 => "15",
        Dialect::V16 => "16",
    };
    let output = repo
        .dockspace(["doctor", "dovecot", "--dialect", version])
        .run()
        .expect_code(0);
    let (container, own) = output.stdout.split_once("\n\n").unwrap();
    (format!("{container}\n"), own.to_owned())
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

/// A client that is refused is told where tokens come from (RFC 7628 §3.2.2), and finds it.
#[track_caller]
fn points_to_the_issuer(server: &Server, rig: &Rig) {
    let outcome = tokio::task::block_in_place(|| rig.login_with(OAUTHBEARER, MAILBOX, "rubbish"));
    let says = outcome.err().unwrap();
    let (_, challenge) = says.split_once('\n').unwrap();
    let challenge: serde_json::Value =
        serde_json::from_str(challenge).unwrap_or_else(|error| panic!("{error}: {says}"));
    let url = format!("{}/.well-known/openid-configuration", server.url);
    assert_eq!(challenge["openid-configuration"], url, "{challenge}");
}

#[track_caller]
fn accepted(rig: &Rig, token: &str) {
    for mechanism in [XOAUTH2, OAUTHBEARER] {
        let outcome = tokio::task::block_in_place(|| rig.login_with(mechanism, MAILBOX, token));
        assert!(outcome.is_ok(), "{:?}", outcome.err());
    }
}

/// Nothing that happened looked like a fault to Dovecot.
#[track_caller]
fn no_fault(rig: &Rig) {
    let log = rig.log();
    let faults: Vec<_> = log.lines().filter(|line| line.contains(": Error: ")).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn m06_m07_dovecot_of_docker_mailserver_15_takes_good_tokens_and_no_others() {
    takes_good_tokens(&server().await, Dialect::V15, Whose::Environment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m06_m07_dovecot_of_docker_mailserver_16_takes_good_tokens_and_no_others() {
    let server = server().await;
    takes_good_tokens(&server, Dialect::V16, Whose::Environment).await;
    takes_good_tokens(&server, Dialect::V16, Whose::Container).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m06_m07_dovecot_2_3_takes_good_tokens_and_refuses_all_others() {
    refuses_all_others(server().await, Dialect::V15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m06_m07_dovecot_2_4_takes_good_tokens_and_refuses_all_others() {
    refuses_all_others(server().await, Dialect::V16).await;
}

async fn takes_good_tokens(server: &Server, dialect: Dialect, whose: Whose) -> Rig {
    let rig = rig(server, dialect, whose);
    let good = mail_token(server, GRACE).await;
    accepted(&rig, &good);
    for mechanism in [XOAUTH2, OAUTHBEARER] {
        let code = tokio::task::block_in_place(|| rig.submission_with(mechanism, MAILBOX, &good));
        assert_eq!(code, 235, "{mechanism:?}");
        let code = tokio::task::block_in_place(|| rig.submission_with(mechanism, MAILBOX, "rubbish"));
        assert_eq!(code, 535, "{mechanism:?}");
    }
    let tampered = good.replacen(|c: char| c != 'x', "x", 1);
    refused(&rig, "another person's", MAILBOX, &mail_token(server, BOB).await);
    refused(&rig, "of nobody's mailbox", "bob@example.org", &good);
    refused(&rig, "for nobody", "", "rubbish");
    refused(&rig, "tampered with", MAILBOX, &tampered);
    refused(&rig, "cut short", MAILBOX, &good[..good.len() - 1]);
    no_fault(&rig);
    rig
}

async fn refuses_all_others(mut server: Server, dialect: Dialect) {
    let rig = takes_good_tokens(&server, dialect, Whose::Own).await;
    points_to_the_issuer(&server, &rig);
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
    no_fault(&rig);
}

#[tokio::test]
async fn m05_a_token_of_another_app_opens_no_mailbox() {
    let server = super::app::server().await;
    let bob = token(BOARD, &server, BOB, "openid email").await;
    let answer = get(&server, PATH, Some(bob.text("access_token"))).await;
    assert_eq!((answer.status, answer.json), (200, inactive_answer()));
}

#[tokio::test]
async fn m08_a_mail_client_stays_signed_in_by_refreshing_until_the_person_signs_out() {
    let server = server().await;
    let mut browser = server.browser();
    let mut tokens = WIKI
        .tokens_in(&server, &mut browser, GRACE, "openid mail offline_access")
        .await;
    assert!(tokens.json["expires_in"].as_i64().is_some_and(|seconds| seconds >= 300));
    for _ in 0..3 {
        server.advance(std::time::Duration::from_secs(2 * 3600));
        assert_eq!(browser.get("/").await.status, 200, "the session is used meanwhile");
        let old = post(&server, PATH, None, &[("token", tokens.text("access_token"))]).await;
        assert_eq!(old.json, inactive_answer());
        tokens = WIKI.refresh(&server, tokens.text("refresh_token")).await;
        let new = post(&server, PATH, None, &[("token", tokens.text("access_token"))]).await;
        assert_eq!(new.json["email"], MAILBOX);
    }
    let page = browser.get("/logout").await;
    browser.submit(&page, &[("where", "here")]).await;
    let after = post(&server, PATH, None, &[("token", tokens.text("access_token"))]).await;
    assert_eq!(after.json, inactive_answer());
    WIKI.refresh(&server, tokens.text("refresh_token"))
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn m09_a_mail_server_may_ask_as_often_as_people_connect() {
    let server = server().await;
    let token = mail_token(&server, GRACE).await;
    for number in 0..400 {
        let asked = if number % 2 == 0 { token.as_str() } else { "rubbish" };
        let answer = post(&server, PATH, None, &[("token", asked)]).await;
        assert_eq!((answer.status, &answer.json["active"]), (200, &json!(number % 2 == 0)));
    }
}
