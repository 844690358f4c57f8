//! How often somebody may try: attempts are counted, and after some free ones each further attempt has to wait.
//!
//! Three things are counted for a password: attempts from an address, at an account from one address, and at an account from
//! everywhere. The wait doubles up to a bound, so that guessing is hopeless but nobody is locked out: the bound is short where
//! strangers can reach it, and an address from which the person has signed in before isn't held up by what others do.
//!
//! An attempt is counted before it is checked, so that a hundred at once are a hundred. All counts stand in the store: replicas
//! agree, and a restart forgets nothing.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::model::UserId;
use crate::store::{Key, Store, StoreError};

/// Counting starts anew after this long.
const WINDOW: Duration = Duration::from_secs(60 * 60);
/// How long an address stays known to an account.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The name under which known addresses are counted.
const KNOWN_NAME: &str = "known-address";

/// How much of one thing is free, and how long the rest has to wait.
#[derive(Clone, Copy, Debug)]
struct Limit {
    subject: Subject,
    /// The name under which attempts are counted.
    name: &'static str,
    /// The name under which the waiting attempts take turns.
    turns: &'static str,
    /// So many don't wait.
    free: u64,
    /// How long the first of the others waits; each further one twice as long.
    first: Duration,
    /// The longest wait.
    longest: Duration,
}

const MINUTE: Duration = Duration::from_secs(60);
const QUARTER: Duration = Duration::from_secs(15 * 60);

/// From one address, at whatever account it isn't known to. A whole office may have one address.
const ADDRESS: Limit = Limit {
    subject: Subject::Address,
    name: "tries-address",
    turns: "turns-address",
    free: 300,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(5),
};
/// At one account, from one address.
const PAIR: Limit = Limit {
    subject: Subject::Account,
    name: "tries-pair",
    turns: "turns-pair",
    free: 5,
    first: Duration::from_secs(2),
    longest: QUARTER,
};
/// At one account, from everywhere. Strangers reach it, so the wait stays short.
const ACCOUNT: Limit = Limit {
    subject: Subject::Account,
    name: "tries-account",
    turns: "turns-account",
    free: 50,
    first: Duration::from_secs(1),
    longest: MINUTE,
};
/// Second factors of one account. Only who knows the password gets here, so the wait may be long.
const FACTOR: Limit = Limit {
    subject: Subject::Account,
    name: "tries-factor",
    turns: "turns-factor",
    free: 5,
    first: Duration::from_secs(2),
    longest: QUARTER,
};

impl Limit {
    /// How long the attempt with this number (from 1) has to wait after the one before; `None`: not at all.
    fn wait(&self, number: u64) -> Option<Duration> {
        let over = number.checked_sub(self.free)?.checked_sub(1)?;
        let doubled = u32::try_from(over).ok().and_then(|over| 1_u32.checked_shl(over));
        let wait = self.first.saturating_mul(doubled.unwrap_or(u32::MAX));
        Some(wait.min(self.longest))
    }
}

/// Who tries what.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The account by the name that was typed, whether there is such an account or not. Counted by account, two names that lead
    /// to one would share their attempts and two that lead nowhere wouldn't, which tells who has an account.
    pub account: &'a str,
    /// Where the attempt comes from.
    pub address: IpAddr,
}

/// Whose attempts were too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Those at one account.
    Account,
    /// Those from one address.
    Address,
}

/// Why an attempt isn't even checked.
#[derive(Debug, thiserror::Error)]
pub enum ThrottleError {
    /// Too many before it; how long the next one waits.
    #[error("too many attempts")]
    Wait(Subject, Duration),
    /// The store failed: then nobody gets in.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The counts.
#[derive(Clone)]
pub struct Throttle {
    store: Store,
    clock: Clock,
}

impl Throttle {
    /// Counts in `store`.
    #[must_use]
    pub const fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Counts an attempt at a password.
    ///
    /// # Errors
    /// [`ThrottleError::Wait`] when it must not be checked.
    pub async fn password(&self, attempt: Attempt<'_>) -> Result<(), ThrottleError> {
        let network = network(attempt.address);
        let pair = pair(attempt, &network);
        if self.store.count(KNOWN_NAME, &pair).await?.is_some() {
            return self.admit(&PAIR, &pair).await;
        }
        // The address first: once it has to wait, its further attempts, each at another name, leave nothing in the store.
        self.admit(&ADDRESS, &Key::of_name(&[&network])).await?;
        self.admit(&PAIR, &pair).await?;
        self.admit(&ACCOUNT, &Key::of_name(&[attempt.account])).await
    }

    /// Counts an attempt at a one-time or recovery code.
    ///
    /// # Errors
    /// [`ThrottleError::Wait`] when it must not be checked.
    pub async fn second_factor(&self, user: &UserId) -> Result<(), ThrottleError> {
        self.admit(&FACTOR, &Key::of_name(&[user.as_str()])).await
    }

    /// Forgets the attempts at `user`'s codes after one was right.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn second_factor_given(&self, user: &UserId) -> Result<(), StoreError> {
        self.store
            .count_anew(FACTOR.name, &Key::of_name(&[user.as_str()]))
            .await
    }

    /// Forgets the attempts at an account after its password was right and nothing is missing: the address is known from now on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn signed_in(&self, attempt: Attempt<'_>) -> Result<(), StoreError> {
        let (pair, account) = (
            pair(attempt, &network(attempt.address)),
            Key::of_name(&[attempt.account]),
        );
        self.store.count_up(KNOWN_NAME, &pair, KNOWN).await?;
        self.store.count_anew(PAIR.name, &pair).await?;
        self.store.count_anew(ACCOUNT.name, &account).await
    }

    async fn admit(&self, limit: &Limit, key: &Key) -> Result<(), ThrottleError> {
        let count = self.store.count_up(limit.name, key, WINDOW).await?;
        let Some(wait) = limit.wait(count.count) else {
            return Ok(());
        };
        // One attempt in each wait: who claims the turn is checked, everybody else waits until it has passed.
        let ends = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        if self.store.claim(limit.turns, key, ends).await? {
            Ok(())
        } else {
            Err(ThrottleError::Wait(limit.subject, wait))
        }
    }
}

fn pair(attempt: Attempt<'_>, network: &str) -> Key {
    Key::of_name(&[attempt.account, network])
}

/// What counts as one address: of IPv6 the first 64 bits, because every customer has at least so many to choose from.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Hand;
    use crate::store::StoreUrl;

    async fn throttle() -> (Throttle, Hand) {
        let (clock, hand) = Clock::by_hand(Timestamp::UNIX_EPOCH);
        let store = Store::open(&StoreUrl::memory(), clock.clone()).await.unwrap();
        (Throttle::new(store, clock), hand)
    }

    fn from(account: &str, last: u8) -> Attempt<'_> {
        Attempt {
            account,
            address: IpAddr::from([192, 0, 2, last]),
        }
    }

    /// How long it has to wait in seconds, or 0.
    async fn wait(throttle: &Throttle, attempt: Attempt<'_>) -> u64 {
        match throttle.password(attempt).await {
            Ok(()) => 0,
            Err(ThrottleError::Wait(_, wait)) => wait.as_secs(),
            Err(ThrottleError::Store(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn row_40_the_wait_doubles_up_to_a_bound() {
        let check = |number, expect: Option<u64>| assert_eq!(PAIR.wait(number).map(|wait| wait.as_secs()), expect);
        check(0, None);
        check(5, None);
        check(6, Some(2));
        check(7, Some(4));
        check(10, Some(32));
        check(14, Some(512));
        check(15, Some(900));
        check(37, Some(900));
        check(38, Some(900));
        check(u64::MAX, Some(900));
    }

    #[test]
    fn addresses_are_counted_by_what_one_customer_has() {
        let check = |address: &str, expect: &str| assert_eq!(network(address.parse().unwrap()), expect);
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
        check("2001:db8:1:2:ffff::", "2001:db8:1:2::/64");
    }

    #[tokio::test]
    async fn row_40_after_five_tries_one_gets_through_per_wait() {
        let (throttle, hand) = throttle().await;
        for _ in 0..6 {
            assert_eq!(wait(&throttle, from("alice", 1)).await, 0);
        }
        assert_eq!(wait(&throttle, from("alice", 1)).await, 4);
        assert_eq!(wait(&throttle, from("alice", 1)).await, 8);
        hand.advance(Duration::from_secs(2));
        assert_eq!(
            wait(&throttle, from("alice", 1)).await,
            0,
            "the turn of two seconds is over"
        );
        assert_eq!(wait(&throttle, from("alice", 1)).await, 32);
        assert_eq!(wait(&throttle, from("bob", 1)).await, 0, "another account");
        assert_eq!(wait(&throttle, from("alice", 2)).await, 0, "another address");
        hand.advance(WINDOW);
        assert_eq!(wait(&throttle, from("alice", 1)).await, 0);
    }

    #[tokio::test]
    async fn row_40_an_attack_from_many_addresses_does_not_lock_the_owner_out() {
        let (throttle, hand) = throttle().await;
        throttle.signed_in(from("alice", 250)).await.unwrap();
        let mut refused = 0;
        for last in 0..200 {
            refused += u32::from(wait(&throttle, from("alice", last)).await > 0);
        }
        assert!(refused >= 140, "strangers are held up: {refused}");
        assert_eq!(wait(&throttle, from("alice", 250)).await, 0, "a known address isn't");
        hand.advance(MINUTE);
        assert_eq!(
            wait(&throttle, from("alice", 251)).await,
            0,
            "and a new one waits a minute at most"
        );
    }

    #[tokio::test]
    async fn row_40_one_address_cannot_try_every_account() {
        let (throttle, _) = throttle().await;
        for account in 0..301 {
            assert_eq!(wait(&throttle, from(&format!("user{account}"), 1)).await, 0);
        }
        assert!(wait(&throttle, from("user999", 1)).await > 0);
        assert_eq!(wait(&throttle, from("user999", 2)).await, 0);
    }

    #[tokio::test]
    async fn row_40_attempts_at_once_are_all_counted() {
        let (throttle, _) = throttle().await;
        let tries = (0..40).map(|_| {
            let throttle = throttle.clone();
            tokio::spawn(async move { wait(&throttle, from("alice", 1)).await == 0 })
        });
        let mut admitted = 0;
        for attempt in tries.collect::<Vec<_>>() {
            admitted += u32::from(attempt.await.unwrap());
        }
        assert_eq!(admitted, 6);
    }

    #[tokio::test]
    async fn row_40_codes_are_counted_for_the_account() {
        let (throttle, _) = throttle().await;
        let alice = UserId::parse("alice").unwrap();
        for _ in 0..6 {
            throttle.second_factor(&alice).await.unwrap();
        }
        assert!(throttle.second_factor(&alice).await.is_err());
        throttle.signed_in(from("alice", 1)).await.unwrap();
        assert!(
            throttle.second_factor(&alice).await.is_err(),
            "a password says nothing about codes"
        );
        throttle.second_factor_given(&alice).await.unwrap();
        throttle.second_factor(&alice).await.unwrap();
    }
}
