//! The machine as a whole, over a store in memory.

use super::*;
use crate::auth::identity::Method;
use crate::auth::password;
use crate::auth::recovery::RecoveryCodes;
use crate::auth::session::Sessions;
use crate::auth::totp::Totp;
use crate::clock::Hand;
use crate::model::{Password, State, testing};
use crate::seal::{self, Identity, Owner, Sealed};
use crate::store::StoreUrl;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

struct World {
    identity: Arc<Identity>,
    sign_in: SignIn,
    sessions: Sessions,
    desired: Desired,
    totp: Totp,
    codes: Vec<Secret<String>>,
    hand: Hand,
    lines: crate::audit::Kept,
}

fn sealed(identity: &Identity, user: &User, field: &str, n: u64, value: &str) -> Sealed {
    let owner = Owner::User(user.id.as_str().to_owned());
    seal::seal(identity.recipients(), &owner, field, n, &value.into()).unwrap()
}

/// alice has a second factor, bob has none, carol has no password, dave is locked.
async fn world() -> World {
    let identity = Identity::generate();
    let mut desired = testing::organisation();
    desired.policy.password.sha512_rounds = 1000;
    let totp = Totp::generate("Example", "alice").unwrap();
    let (codes, kept) = RecoveryCodes::generate().unwrap();
    for (name, state) in [
        ("alice", State::Active),
        ("bob", State::Active),
        ("carol", State::Active),
        ("dave", State::Locked),
    ] {
        let mut user = testing::user(&format!("{name}@example.org"));
        user.state = state;
        let hash = password::hash(&format!("{name}'s password").as_str().into(), 1000).unwrap();
        if name != "carol" {
            user.credentials.password = Some(Password::Sealed(sealed(&identity, &user, "password", 1, hash.as_str())));
        }
        if name == "alice" {
            user.credentials.totp = Some(sealed(&identity, &user, "totp", 1, totp.uri().expose()));
            let codes = kept.to_text();
            user.credentials.recovery_codes = Some(sealed(&identity, &user, "recovery_codes", 1, codes.expose()));
        }
        testing::add(&mut desired, user);
    }
    let (clock, hand) = Clock::by_hand("2026-11-23T09:00:00Z".parse().unwrap());
    let store = Store::open(&StoreUrl::memory(), clock.clone()).await.unwrap();
    let (trail, lines) = Trail::kept();
    let identity = Arc::new(identity);
    World {
        identity: Arc::clone(&identity),
        sign_in: SignIn::new(store.clone(), clock.clone(), Arc::new(Vault::new(identity)), trail),
        sessions: Sessions::new(store, clock),
        desired,
        totp,
        codes,
        hand,
        lines,
    }
}

impl World {
    fn people(&self) -> Directory {
        Directory::new(Arc::new(self.desired.clone()))
    }

    async fn password(&self, name: &str, typed: &str) -> Result<Step, AuthError> {
        self.sign_in.password(&self.people(), name, typed.into(), HERE).await
    }

    /// alice's sign-in, waiting for its second factor.
    async fn alice(&self) -> Token {
        match self.password("alice@example.org", "alice's password").await.unwrap() {
            Step::SecondFactor(token) => token,
            Step::Complete(_) => panic!("alice has a second factor"),
        }
    }

    async fn code(&self, token: &Token, code: Code<'_>) -> Result<Proof, AuthError> {
        self.sign_in.second_factor(&self.people(), token, code, HERE).await
    }

    fn now(&self) -> Secret<String> {
        self.totp.code(self.sign_in.clock.now())
    }
}

#[tokio::test]
async fn a_password_is_enough_where_no_second_factor_is_set_up() {
    let world = world().await;
    let Step::Complete(proof) = world.password("bob.example.org", "bob's password").await.unwrap() else {
        panic!("bob has no second factor");
    };
    assert_eq!(proof.methods().words(), ["pwd"]);
    assert!(world.lines.lines()[0].contains("signed_in"));
}

#[tokio::test]
async fn row_41_whoever_fails_costs_one_hash_and_is_told_the_same() {
    let world = world().await;
    for (name, typed) in [
        ("bob@example.org", "wrong"),
        ("nobody@example.org", "wrong"),
        ("carol@example.org", "wrong"),
        ("carol@example.org", ""),
        ("dave@example.org", "dave's password"),
        ("dave@example.org", "wrong"),
        ("alice@example.org", "wrong"),
        ("no such name at all", "wrong"),
    ] {
        let before = world.sign_in.hashes();
        let error = world.password(name, typed).await.unwrap_err();
        assert!(matches!(error, AuthError::Wrong), "{name}: {error}");
        assert_eq!(world.sign_in.hashes() - before, 1, "{name}");
    }
    assert!(
        world.lines.lines().iter().all(|line| line.contains("sign_in_refused")),
        "{:?}",
        world.lines.lines()
    );
}

#[tokio::test]
async fn row_44_a_totp_step_is_good_once() {
    let world = world().await;
    let token = world.alice().await;
    let code = world.now();
    let proof = world.code(&token, Code::Totp(code.expose())).await.unwrap();
    assert_eq!(proof.methods().words(), ["pwd", "otp", "mfa"]);
    let token = world.alice().await;
    let replayed = world.code(&token, Code::Totp(code.expose())).await;
    assert!(matches!(replayed, Err(AuthError::Wrong)));
    world.hand.advance(Duration::from_secs(30));
    world.code(&token, Code::Totp(world.now().expose())).await.unwrap();
}

#[tokio::test]
async fn row_44_of_two_at_once_with_one_code_one_gets_in() {
    let world = Arc::new(world().await);
    let code = world.now();
    let mut tries = Vec::new();
    for _ in 0..5 {
        let (world, code, token) = (Arc::clone(&world), code.clone(), world.alice().await);
        tries.push(tokio::spawn(async move {
            world.code(&token, Code::Totp(code.expose())).await.is_ok()
        }));
    }
    let mut admitted = 0;
    for attempt in tries {
        admitted += u32::from(attempt.await.unwrap());
    }
    assert_eq!(admitted, 1);
}

#[tokio::test]
async fn row_45_a_recovery_code_is_good_once_and_for_ever() {
    let world = world().await;
    let token = world.alice().await;
    let wrong = world.code(&token, Code::Recovery("0000-0000-0000-0000")).await;
    assert!(matches!(wrong, Err(AuthError::Wrong)));
    let proof = world
        .code(&token, Code::Recovery(world.codes[3].expose()))
        .await
        .unwrap();
    assert!(proof.methods().has(Method::RecoveryCode));
    world.hand.advance(Duration::from_secs(400 * 24 * 3600));
    let token = world.alice().await;
    assert!(
        world
            .code(&token, Code::Recovery(world.codes[3].expose()))
            .await
            .is_err()
    );
    assert!(
        world
            .code(&token, Code::Recovery(world.codes[4].expose()))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn row_45_codes_of_before_a_store_was_lost_are_void_and_new_ones_are_not() {
    let mut world = world().await;
    assert_eq!(world.sign_in.void_recovery_codes(&world.desired).await.unwrap(), 1);
    let token = world.alice().await;
    let old = world.code(&token, Code::Recovery(world.codes[0].expose())).await;
    assert!(matches!(old, Err(AuthError::Wrong)));
    let (codes, kept) = RecoveryCodes::generate().unwrap();
    let user = world
        .desired
        .users
        .get_mut(&testing::mailbox("alice@example.org"))
        .unwrap();
    user.credentials.recovery_codes = Some(sealed(
        &world.identity,
        user,
        "recovery_codes",
        2,
        kept.to_text().expose(),
    ));
    assert!(world.code(&token, Code::Recovery(codes[0].expose())).await.is_ok());
}

#[tokio::test]
async fn a_sign_in_that_waits_ends_by_time_by_use_and_by_what_changes_meanwhile() {
    let mut world = world().await;
    let token = world.alice().await;
    world.hand.advance(PATIENCE);
    assert!(matches!(
        world.code(&token, Code::Totp(world.now().expose())).await,
        Err(AuthError::Ended)
    ));

    let token = world.alice().await;
    world.code(&token, Code::Totp(world.now().expose())).await.unwrap();
    assert!(matches!(
        world.code(&token, Code::Recovery(world.codes[0].expose())).await,
        Err(AuthError::Ended)
    ));

    let token = world.alice().await;
    let address = testing::mailbox("alice@example.org");
    world.desired.users.get_mut(&address).unwrap().state = State::Suspended;
    assert!(matches!(
        world.code(&token, Code::Recovery(world.codes[0].expose())).await,
        Err(AuthError::Ended)
    ));
}

#[tokio::test]
async fn row_47_what_waits_for_a_second_factor_is_no_session() {
    let world = world().await;
    let token = world.alice().await;
    let life = world.desired.policy.session;
    assert_eq!(world.sessions.find(&token, life).await.unwrap(), None);
    assert!(world.sign_in.waiting(&token).await.unwrap().is_some());
    world.sign_in.give_up(&token).await.unwrap();
    assert!(world.sign_in.waiting(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn row_40_codes_are_throttled_and_the_trail_says_so() {
    let world = world().await;
    let token = world.alice().await;
    for _ in 0..6 {
        assert!(matches!(
            world.code(&token, Code::Totp("000000")).await,
            Err(AuthError::Wrong)
        ));
    }
    let right = world.now();
    assert!(matches!(
        world.code(&token, Code::Totp(right.expose())).await,
        Err(AuthError::Wait(_))
    ));
    assert!(world.lines.lines().last().unwrap().contains("throttled"));
}

#[tokio::test]
async fn a_session_of_the_password_alone_steps_up_by_a_code() {
    let mut world = world().await;
    let address = testing::mailbox("alice@example.org");
    let totp = world.desired.users.get_mut(&address).unwrap().credentials.totp.take();
    let Step::Complete(proof) = world.password("alice@example.org", "alice's password").await.unwrap() else {
        panic!("there is no second factor now");
    };
    let life = world.desired.policy.session;
    let (_, session) = world.sessions.start(&proof, None, life).await.unwrap();
    world.desired.users.get_mut(&address).unwrap().credentials.totp = totp;
    let code = world.now();
    let proof = world
        .sign_in
        .step_up(&world.people(), &session, Code::Totp(code.expose()), HERE)
        .await
        .unwrap();
    let (_, session) = world.sessions.step_up(&session, &proof, life).await.unwrap();
    assert!(session.methods.has_second_factor());
}
