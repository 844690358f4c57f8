//! Sessions over a store in memory, by a clock that is moved.

use super::*;
use crate::auth::identity::Method;
use crate::clock::Hand;
use crate::digest;
use crate::store::StoreUrl;

const HOUR: Duration = Duration::from_secs(3600);
const LIFE: model::Session = model::Session {
    idle: HOUR,
    absolute: Duration::from_secs(24 * 3600),
};

async fn sessions() -> (Sessions, Hand) {
    let (clock, hand) = Clock::by_hand("2026-11-23T09:00:00Z".parse().unwrap());
    let store = Store::open(&StoreUrl::memory(), clock.clone()).await.unwrap();
    (Sessions::new(store, clock), hand)
}

fn proof(sessions: &Sessions, user: &str) -> Proof {
    Proof {
        user: UserId::parse(user).unwrap(),
        methods: Amr::password(),
        at: sessions.clock.now(),
        epoch: digest::sha256(user.as_bytes()),
    }
}

impl Sessions {
    async fn is_there(&self, token: &Token) -> bool {
        self.find(token, LIFE).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn row_38_a_session_ends_when_it_is_not_used() {
    let (sessions, hand) = sessions().await;
    let (token, session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    assert_eq!(sessions.find(&token, LIFE).await.unwrap(), Some(session));
    for _ in 0..5 {
        hand.advance(HOUR - Duration::from_secs(1));
        assert!(sessions.is_there(&token).await, "it was used within the hour");
    }
    hand.advance(HOUR);
    assert!(!sessions.is_there(&token).await);
}

#[tokio::test]
async fn row_38_a_session_ends_when_it_is_old_however_much_it_is_used() {
    let (sessions, hand) = sessions().await;
    let (mut token, mut session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    for _ in 0..47 {
        hand.advance(HOUR / 2);
        (token, session) = sessions
            .step_up(&session, &proof(&sessions, "alice"), LIFE)
            .await
            .unwrap();
    }
    assert!(sessions.is_there(&token).await);
    hand.advance(HOUR / 2);
    assert!(!sessions.is_there(&token).await);
}

#[tokio::test]
async fn row_38_a_shorter_policy_counts_at_once() {
    let (sessions, hand) = sessions().await;
    let (token, _) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    hand.advance(HOUR / 2);
    let shorter = |idle, absolute| model::Session { idle, absolute };
    assert!(
        sessions
            .find(&token, shorter(HOUR / 4, LIFE.absolute))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        sessions
            .find(&token, shorter(LIFE.idle, HOUR / 4))
            .await
            .unwrap()
            .is_none()
    );
    assert!(sessions.is_there(&token).await);
    let (_, session) = sessions.start(&proof(&sessions, "bob"), None, LIFE).await.unwrap();
    hand.advance(HOUR / 2);
    for (life, alive) in [(LIFE, true), (shorter(HOUR / 4, LIFE.absolute), false)] {
        let is_alive = sessions.is_alive(&session.user, &session.grant, life).await.unwrap();
        assert_eq!(is_alive, alive);
        assert_eq!(
            sessions.list(&session.user, life).await.unwrap().len(),
            usize::from(alive)
        );
    }
}

#[tokio::test]
async fn row_38_use_by_way_of_the_grant_keeps_a_session_alive_and_a_look_does_not() {
    let (sessions, hand) = sessions().await;
    let (token, session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    let (user, grant) = (&session.user, &session.grant);
    let version = async || {
        sessions
            .store
            .get::<Kept>(&token.key())
            .await
            .unwrap()
            .unwrap()
            .payload
            .seen
    };
    let began = version().await;
    hand.advance(touch_every(LIFE) / 2);
    assert!(sessions.keep_alive(user, grant, LIFE).await.unwrap());
    assert_eq!(version().await, began, "not every use is written down");
    for _ in 0..3 {
        hand.advance(HOUR * 3 / 4);
        assert!(sessions.keep_alive(user, grant, LIFE).await.unwrap());
    }
    hand.advance(HOUR * 3 / 4);
    assert!(sessions.is_alive(user, grant, LIFE).await.unwrap());
    hand.advance(HOUR / 2);
    assert!(!sessions.keep_alive(user, grant, LIFE).await.unwrap());
    assert!(!sessions.is_there(&token).await);
}

#[tokio::test]
async fn row_36_the_token_is_new_after_sign_in_and_step_up_and_what_hangs_on_the_session_stays() {
    let (sessions, _) = sessions().await;
    let (first, session) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    let again = proof(&sessions, "alice");
    let (second, renewed) = sessions.start(&again, Some(&session), LIFE).await.unwrap();
    let stronger = Proof {
        methods: Amr::password().and(Method::Totp),
        ..again
    };
    let (third, stepped) = sessions.step_up(&renewed, &stronger, LIFE).await.unwrap();
    assert!(!sessions.is_there(&first).await && !sessions.is_there(&second).await);
    assert_eq!(sessions.find(&third, LIFE).await.unwrap(), Some(stepped.clone()));
    assert_eq!((session.grant, stepped.grant), (renewed.grant, renewed.grant));
    assert!(stepped.methods.has_second_factor());
    let late = sessions.step_up(&renewed, &stronger, LIFE).await;
    assert!(matches!(late, Err(AuthError::Ended)));
}

#[tokio::test]
async fn row_36_another_person_in_the_same_browser_inherits_nothing() {
    let (sessions, _) = sessions().await;
    let (token, alice) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    let (_, bob) = sessions
        .start(&proof(&sessions, "bob"), Some(&alice), LIFE)
        .await
        .unwrap();
    assert!(sessions.is_there(&token).await, "it is for the caller to end");
    assert_ne!(alice.grant, bob.grant);
    let bob_proof = proof(&sessions, "bob");
    let (_, alice) = sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap();
    assert!(matches!(
        sessions.step_up(&alice, &bob_proof, LIFE).await,
        Err(AuthError::Ended)
    ));
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let (sessions, _) = sessions().await;
    let user = UserId::parse("alice").unwrap();
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(sessions.start(&proof(&sessions, "alice"), None, LIFE).await.unwrap());
    }
    let (bob, _) = sessions.start(&proof(&sessions, "bob"), None, LIFE).await.unwrap();
    sessions.end(&tokens[0].1).await.unwrap();
    assert!(!sessions.is_there(&tokens[0].0).await);
    assert_eq!(sessions.list(&user, LIFE).await.unwrap().len(), 2);
    assert_eq!(sessions.end_all_of(&user).await.unwrap(), 2);
    assert!(!sessions.is_there(&tokens[2].0).await);
    assert!(sessions.is_there(&bob).await);
}
