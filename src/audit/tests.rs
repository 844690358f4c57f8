//! What lines say.

use super::{
    ClientRefusal, Commit, EndReason, Event, Factors, Person, RevisionRefusal, SignInRefusal, ThrottledBy, TokenGrant,
    Trail,
};
use crate::model::access::access;
use crate::model::{AnyOf, testing};

#[track_caller]
fn check(event: &Event<'_>, line: &str) {
    let (trail, kept) = Trail::kept();
    trail.record(Some([192, 0, 2, 7].into()), event);
    assert_eq!(kept.lines(), [line.replace("FROM", r#""from":"192.0.2.7""#)]);
}

#[test]
fn each_line_says_who_what_where_and_why() {
    let user = testing::user("alice@example.org");
    let client = testing::client("grafana");
    let (person, app) = (Person::from(&user), &client.id);
    let who = format!(r#""user":"{}","user_id":"{}""#, user.username, user.id);
    check(
        &Event::SignedIn {
            user: person,
            factors: Factors::Totp,
        },
        &format!(r#"{{"event":"signed_in","severity":"info",FROM,{who},"why":"password and totp"}}"#),
    );
    check(
        &Event::SignInRefused {
            user: None,
            why: SignInRefusal::UnknownUser,
        },
        r#"{"event":"sign_in_refused","severity":"warning",FROM,"why":"unknown user"}"#,
    );
    check(
        &Event::Throttled {
            user: Some(Person::from(&user.id)),
            by: ThrottledBy::Account,
        },
        &format!(
            r#"{{"event":"throttled","severity":"warning",FROM,"user_id":"{}","why":"account"}}"#,
            user.id
        ),
    );
    check(
        &Event::SessionEnded {
            user: person,
            client: Some(app),
            why: EndReason::LostAccess,
        },
        &format!(r#"{{"event":"session_ended","severity":"info",FROM,{who},"client":"grafana","why":"lost access"}}"#),
    );
    check(
        &Event::RefreshReused {
            user: person,
            client: app,
        },
        &format!(r#"{{"event":"refresh_reused","severity":"critical",FROM,{who},"client":"grafana"}}"#),
    );
    check(
        &Event::TokensIssued {
            user: None,
            client: app,
            grant: TokenGrant::ClientCredentials,
        },
        r#"{"event":"tokens_issued","severity":"info",FROM,"client":"grafana","why":"client_credentials"}"#,
    );
    check(
        &Event::ClientRefused {
            client: None,
            why: ClientRefusal::Unknown,
        },
        r#"{"event":"client_refused","severity":"warning",FROM,"why":"unknown client"}"#,
    );
}

#[test]
fn a_denial_names_the_app_and_the_groups_it_takes() {
    let user = testing::user("alice@example.org");
    let mut client = testing::client("grafana");
    client.gate.any = AnyOf::Groups(vec![testing::group_name("dev"), testing::group_name("ops")]);
    client.gate.all = vec![testing::group_name("eu")];
    client.gate.none = vec![testing::group_name("temps")];
    let desired = testing::organisation();
    let rule = access(&desired, &user, &client).rule;
    let (trail, kept) = Trail::kept();
    trail.record(
        None,
        &Event::Denied {
            user: Person::from(&user.id),
            client: &client,
            rule,
        },
    );
    let said =
        r#""client":"grafana","why":"no group of dev, ops","required":"any of dev, ops; all of eu; none of temps"}"#;
    assert!(kept.lines()[0].ends_with(said), "{:?}", kept.lines());
}

#[test]
fn a_revision_is_a_commit_and_nothing_else() {
    let id = "2f".repeat(20);
    let revision = Commit::parse(&id).unwrap();
    check(
        &Event::RevisionRefused {
            revision,
            why: RevisionRefusal::Rewritten,
        },
        &format!(
            r#"{{"event":"revision_refused","severity":"critical",FROM,"revision":"{id}","why":"history rewritten"}}"#
        ),
    );
    for text in ["", "main", &id[1..], &"2F".repeat(20), &"ż".repeat(20)] {
        assert_eq!(Commit::parse(text), None, "{text}");
    }
}

/// A writer whose bytes the test sees.
#[derive(Clone, Default)]
struct Written(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_log_has_the_same_columns() {
    let user = testing::user("alice@example.org");
    let client = testing::client("grafana");
    let event = Event::CodeReused {
        user: Person::from(&user),
        client: &client.id,
    };
    let (trail, kept) = Trail::kept();
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .with_level(false)
        .with_target(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        for trail in [Trail::log(), trail] {
            trail.record(Some([192, 0, 2, 7].into()), &event);
        }
    });
    let logged = written.0.lock().unwrap().clone();
    let parse = |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).unwrap();
    assert_eq!(parse(&logged), parse(kept.lines()[0].as_bytes()));
}
