//! Two servers on one PostgreSQL, one killed while two hundred people and their apps are at it.
//!
//! Each request of a flow goes to the other server than the one before, as a balancer may do. Where a server went away in the
//! middle of a request, nobody knows whether it was done, so it is sent again to the other: what comes then is an answer like
//! any other, or a refusal that says what to do, and never a second success.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tokio::task::JoinSet;

use super::app::{self, BOB, CAROL, GRACE, SECRET, VERIFIER, WIKI, path};
use crate::support::browser::{Browser, Page};
use crate::support::host::{Host, Running};
use crate::support::replicas::Replicas;

const FLOWS: usize = 200;
/// After so many answers one server is killed: about a third of all.
const KILLED_AFTER: usize = FLOWS * 4 / 3;

/// What all flows share.
struct Stage {
    doors: [String; 2],
    answers: AtomicUsize,
    doomed: Mutex<Option<Running>>,
    /// For each code or refresh token, the successes it brought.
    successes: Mutex<BTreeMap<String, Vec<Tokens>>>,
    apps: Client,
}

/// What an app got.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Tokens {
    access: String,
    refresh: String,
}

/// What came of a request, and whether another of the same may have been done before.
struct Answer<T> {
    what: T,
    again: bool,
}

/// What the token endpoint says.
enum Said {
    Tokens(Tokens),
    Refused(String),
}

/// How a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    /// Signed in, redeemed, refreshed twice.
    Complete,
    /// The server that redeemed the code took the tokens with it.
    CodeLost,
    /// The code was sent to both at once: it is worth nothing from then on.
    CodeRaced,
}

impl Stage {
    /// Counts an answer. The one that is due brings the end of a server.
    fn answered(&self) {
        if self.answers.fetch_add(1, Ordering::Relaxed) == KILLED_AFTER {
            drop(self.doomed.lock().unwrap().take());
        }
    }

    /// Posts to the token endpoint of one server.
    async fn try_token(&self, door: &str, fields: &[(&str, &str)]) -> reqwest::Result<Said> {
        let request = self.apps.post(format!("{door}/oidc/token")).form(fields);
        let response = request
            .header("authorization", app::basic(WIKI.id, SECRET))
            .send()
            .await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        self.answered();
        let json: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {status} {text}"));
        let text = |name: &str| {
            json[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name}: {json}"))
                .to_owned()
        };
        if status == 200 {
            let tokens = Tokens {
                access: text("access_token"),
                refresh: text("refresh_token"),
            };
            let spent = fields[1].1.to_owned();
            self.successes
                .lock()
                .unwrap()
                .entry(spent)
                .or_default()
                .push(tokens.clone());
            return Ok(Said::Tokens(tokens));
        }
        assert_eq!(status, 400, "{json}");
        Ok(Said::Refused(text("error")))
    }
}

/// One person's way through one sign-in.
struct Flow {
    stage: Arc<Stage>,
    browser: Browser,
    turn: usize,
}

impl Flow {
    /// The door whose turn it is.
    fn door(&mut self) -> String {
        self.turn += 1;
        self.stage.doors[self.turn % 2].clone()
    }

    async fn get(&mut self, path: &str) -> Page {
        for _ in 0..2 {
            self.browser.door = self.door();
            let request: RequestBuilder = self.browser.request(reqwest::Method::GET, path);
            if let Ok(page) = self.browser.try_send(path, request).await {
                self.stage.answered();
                return page;
            }
        }
        panic!("neither server answers");
    }

    async fn token(&mut self, fields: &[(&str, &str)]) -> Answer<Said> {
        let mut again = false;
        for _ in 0..2 {
            let door = self.door();
            match self.stage.try_token(&door, fields).await {
                Ok(what) => return Answer { what, again },
                Err(error) => again |= !error.is_connect(),
            }
        }
        panic!("neither server answers");
    }

    /// The same request to both servers at the same time.
    async fn token_at_both(&mut self, fields: &[(&str, &str)]) -> Vec<Said> {
        let [one, two] = &self.stage.doors;
        let (one, two) = tokio::join!(self.stage.try_token(one, fields), self.stage.try_token(two, fields));
        [one, two].into_iter().flatten().collect()
    }

    /// Asks for a code and gets it, since the person is signed in.
    async fn code(&mut self) -> String {
        let page = self.get(&path(&WIKI.request("openid offline_access"))).await;
        WIKI.answer(&page)["code"].clone()
    }

    async fn run(mut self, number: usize) -> Ended {
        let code = self.code().await;
        let fields = redeeming(&code);
        if number.is_multiple_of(8) {
            return self.race(&fields).await;
        }
        let answer = self.token(&fields).await;
        let first = match answer.what {
            Said::Tokens(tokens) => tokens,
            Said::Refused(error) => {
                assert!(answer.again && error == "invalid_grant", "{error}");
                return Ended::CodeLost;
            }
        };
        let second = self.refresh(&first, number).await;
        let third = self.refresh(&second, number).await;
        assert!(third.refresh != second.refresh && second.refresh != first.refresh);
        Ended::Complete
    }

    /// A code that comes twice at the same time is good once, and what it brought ends.
    async fn race(mut self, fields: &[(&str, &str)]) -> Ended {
        let said = self.token_at_both(fields).await;
        let both = said.len() == 2;
        let mut won = None;
        for said in said {
            match said {
                Said::Tokens(tokens) => assert!(won.replace(tokens).is_none(), "a code was good twice"),
                Said::Refused(error) => assert_eq!(error, "invalid_grant"),
            }
        }
        if let Some(tokens) = won.filter(|_| both) {
            let answer = self.token(&refreshing(&tokens.refresh)).await;
            assert!(matches!(answer.what, Said::Refused(error) if error == "invalid_grant"));
        }
        Ended::CodeRaced
    }

    /// A refresh token brings its successor, also when a server went away before it could say so; every second one comes to
    /// both at once, as from two tabs.
    async fn refresh(&mut self, tokens: &Tokens, number: usize) -> Tokens {
        let fields = refreshing(&tokens.refresh);
        if number.is_multiple_of(2) {
            self.token_at_both(&fields).await;
        }
        match self.token(&fields).await.what {
            Said::Tokens(tokens) => tokens,
            Said::Refused(error) => panic!("a refresh token was refused: {error}"),
        }
    }
}

fn redeeming(code: &str) -> [(&'static str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", WIKI.redirect_uri),
        ("code_verifier", VERIFIER),
    ]
}

fn refreshing(token: &str) -> [(&'static str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

/// The apps of these tests, in the repository of a host.
pub(super) fn with_apps(host: &Host) {
    let mut files = BTreeMap::new();
    app::apps(&mut files);
    for (path, text) in &files {
        host.repo.write(path, text);
    }
    host.repo.commit("Apps");
}

/// Browsers of people who have signed in: the page at one door, the form to the other.
async fn signed_in(replicas: &Replicas) -> Vec<Browser> {
    let mut doors = replicas.alternately();
    let mut browsers = Vec::new();
    for (name, password) in [BOB, CAROL, GRACE] {
        let mut browser = replicas.browser();
        browser.door = doors.next().unwrap();
        let page = browser.get("/login").await;
        browser.door = doors.next().unwrap();
        let page = browser
            .submit(&page, &[("username", name), ("password", password)])
            .await;
        assert_eq!(browser.target(&page), "/", "{name}");
        browsers.push(browser);
        doors.next();
    }
    browsers
}

#[tokio::test]
async fn row_06_row_11_a_server_that_is_killed_loses_no_flow_and_nothing_is_good_twice() {
    let replicas = Replicas::start(with_apps).await;
    let browsers = signed_in(&replicas).await;
    let [_survivor, doomed] = replicas.servers;
    let stage = Arc::new(Stage {
        doors: replicas.hosts.each_ref().map(Host::url),
        answers: AtomicUsize::new(0),
        doomed: Mutex::new(Some(doomed)),
        successes: Mutex::default(),
        apps: Client::builder().no_proxy().build().unwrap(),
    });
    let mut flows = JoinSet::new();
    for (number, browser) in (0..FLOWS).zip(browsers.iter().cycle()) {
        let (stage, browser) = (Arc::clone(&stage), browser.clone());
        let turn = number / 2;
        flows.spawn(Flow { stage, browser, turn }.run(number));
    }
    let ended = flows.join_all().await;
    assert!(stage.doomed.lock().unwrap().is_none(), "one was killed on the way");
    let count = |how| ended.iter().filter(|ended| **ended == how).count();
    assert_eq!(count(Ended::CodeRaced), FLOWS / 8);
    assert_eq!(count(Ended::Complete) + count(Ended::CodeLost), FLOWS - FLOWS / 8);

    // A code brought tokens at most once; a refresh token at most one successor, however often it was asked for.
    let successes = std::mem::take(&mut *stage.successes.lock().unwrap());
    for (spent, brought) in &successes {
        let successors: BTreeSet<_> = brought.iter().map(|tokens| &tokens.refresh).collect();
        assert_eq!(successors.len(), 1);
        assert!(spent.contains('.') || brought.len() == 1, "a code was good twice");
    }

    // What was spent long ago is good no more: the first refresh token of each flow, and each code.
    let codes = successes.iter().filter(|(spent, _)| !spent.contains('.'));
    for (number, (code, brought)) in codes.enumerate() {
        let first = &brought[0].refresh;
        let Some(second) = successes.get(first) else { continue };
        let fields: &[(&str, &str)] = if number.is_multiple_of(2) {
            &redeeming(code)
        } else {
            &refreshing(first)
        };
        let last = &successes[&second[0].refresh][0].refresh;
        for fields in [fields, &refreshing(last)] {
            let said = stage.try_token(&stage.doors[0], fields).await.unwrap();
            assert!(matches!(said, Said::Refused(error) if error == "invalid_grant"));
        }
    }
}
