//! What is written down of a sign-in at an app, by the built program: who and what, and no word that opens anything.

use reqwest::Client;
use serde_json::Value;

use super::app::{self, BOB, SECRET, VERIFIER, WIKI, basic};
use super::replicas::with_apps;
use crate::support::browser::Browser;
use crate::support::host::{Host, Running};
use crate::web::{ALICE, ALICE_TOTP};

/// Words that must not stand in a log, with what they are.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, word: &str) {
        assert!(word.len() > 5, "{what}");
        self.0.push((what, word.to_owned()));
    }

    fn add_cookies(&mut self, browser: &Browser) {
        for value in browser.cookies.values() {
            self.add("a cookie", value);
        }
    }
}

/// An app at a host.
struct Caller {
    client: Client,
    url: String,
}

impl Caller {
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).form(fields);
        let request = request.header("authorization", basic(WIKI.id, SECRET));
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// The whole way of one person: refused, signed in, at an app, and out again.
async fn whole_way(host: &Host, secrets: &mut Secrets) {
    let mut browser = Browser::new(&host.url());
    let caller = Caller {
        client: Client::builder().no_proxy().build().unwrap(),
        url: host.url(),
    };
    secrets.add("the password", BOB.1);
    secrets.add("what was typed", "canary typed wrong");
    secrets.add("a name that is none", "canary-name");
    secrets.add("the client's secret", SECRET);
    secrets.add("the verifier", VERIFIER);
    let request = WIKI.request("openid email mail offline_access");
    let page = browser.get(&app::path(&request)).await;
    let page = browser.follow(&page).await;
    secrets.add("the request", page.path.split('=').next_back().unwrap());
    for who in [("canary-name", "canary typed wrong"), (BOB.0, "canary typed wrong")] {
        browser.submit(&page, &[("username", who.0), ("password", who.1)]).await;
    }
    let page = browser.submit(&page, &[("username", BOB.0), ("password", BOB.1)]).await;
    secrets.add_cookies(&browser);
    let answer = WIKI.answer(&browser.follow(&page).await);
    secrets.add("the code", &answer["code"]);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", answer["code"].as_str()),
        ("redirect_uri", WIKI.redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    let mut tokens = caller.post("/oidc/token", &fields).await;
    for _ in 0..2 {
        for name in ["access_token", "refresh_token", "id_token"] {
            secrets.add(name, tokens[name].as_str().unwrap());
        }
        let access = tokens["access_token"].as_str().unwrap();
        let mailbox = caller.post("/oidc/mail-token", &[("token", access)]).await;
        assert_eq!(mailbox["active"], true);
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        tokens = caller.post("/oidc/token", &fields).await;
    }
    let hint = tokens["id_token"].as_str().unwrap();
    caller
        .post("/oidc/revoke", &[("token", tokens["access_token"].as_str().unwrap())])
        .await;
    caller
        .post(
            "/oidc/token",
            &[("grant_type", "authorization_code"), ("code", "canary-code-of-nobody")],
        )
        .await;
    secrets.add("a wrong code", "canary-code-of-nobody");
    let hinted = app::form(&[("id_token_hint", hint)]);
    browser.get(&super::logout::path(&hinted)).await;
}

/// A person with a second factor, who types a wrong code.
async fn half_way(host: &Host, secrets: &mut Secrets) {
    let mut browser = Browser::new(&host.url());
    let page = crate::web::type_password(&mut browser, ALICE).await;
    secrets.add("her password", ALICE.1);
    secrets.add_cookies(&browser);
    let page = browser.follow(&page).await;
    browser.submit(&page, &[("code", "918273")]).await;
    secrets.add("a wrong code", "918273");
    let (_, rest) = ALICE_TOTP.split_once("secret=").unwrap();
    secrets.add("her key", rest.split('&').next().unwrap());
}

/// Everything that the server says until it has stopped.
fn log(mut server: Running) -> String {
    server.wait_for(|line| line["event"] == "signed_out");
    server.stop();
    server.log.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn row_53_the_log_tells_what_happened_and_no_secret() {
    let host = Host::with("log = \"debug\"");
    with_apps(&host);
    let server = host.serve();
    let mut secrets = Secrets::default();
    half_way(&host, &mut secrets).await;
    whole_way(&host, &mut secrets).await;
    let log = log(server);
    for event in [
        "sign_in_refused",
        "signed_in",
        "code_issued",
        "tokens_issued",
        "tokens_refreshed",
        "mail_token_accepted",
        "token_revoked",
        "signed_out",
        "revision_in_force",
    ] {
        assert!(log.contains(&format!("\"event\":\"{event}\"")), "{event}: {log}");
    }
    for (what, word) in secrets.0 {
        assert!(!log.contains(&word), "{what} stands in the log");
    }
}
