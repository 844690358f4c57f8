//! Finding people: by what they type, and by their id. And whether they may sign in today.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::model::access::{self, Rule, Verdict};
use crate::model::{Address, Class, Client, Desired, State, User, UserId, UserName};

/// The people of one revision, each found by a look-up: made once, so that a sign-in takes no longer in a large organisation.
#[derive(Debug)]
pub struct Directory {
    desired: Arc<Desired>,
    by_id: HashMap<UserId, Address>,
    by_username: HashMap<UserName, Address>,
}

impl Directory {
    /// The people of `desired`.
    #[must_use]
    pub fn new(desired: Arc<Desired>) -> Self {
        let users = || desired.users.values();
        Self {
            by_id: users().map(|user| (user.id.clone(), user.address.clone())).collect(),
            by_username: users()
                .map(|user| (user.username.clone(), user.address.clone()))
                .collect(),
            desired,
        }
    }

    /// The organisation whose people they are.
    #[must_use]
    pub const fn desired(&self) -> &Arc<Desired> {
        &self.desired
    }

    /// The person with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&User> {
        self.desired.user(self.by_id.get(id)?)
    }

    /// The person who signs in with `typed`: a username, or the address of a mailbox. Case doesn't matter, nor do blanks around
    /// it, which telephones add.
    #[must_use]
    pub fn by_name(&self, typed: &str) -> Option<&User> {
        let name = canonical(typed);
        match self.by_username.get(name.as_str()) {
            Some(address) => self.desired.user(address),
            None => self.desired.user(&name),
        }
    }
}

/// A name as it is looked for, and as attempts at it are counted.
#[must_use]
pub fn canonical(typed: &str) -> String {
    typed.trim().to_ascii_lowercase()
}

/// Why `user` can sign in to nothing today; `None`: nothing stands against it. A test user ends by itself, without a commit.
#[must_use]
pub fn barred(user: &User, clock: &Clock) -> Option<Rule<'static>> {
    match user.class {
        Class::Test { expires } if expires < today(clock) => Some(Rule::State(State::Suspended)),
        Class::Person | Class::Shared { .. } | Class::Test { .. } => access::barred(user),
    }
}

/// Whether `user` may use `client` today, and why.
#[must_use]
pub fn access<'a>(desired: &'a Desired, user: &'a User, client: &'a Client, clock: &Clock) -> Verdict<'a> {
    let verdict = access::access(desired, user, client);
    match barred(user, clock) {
        Some(rule) => verdict.denied(rule),
        None => verdict,
    }
}

fn today(clock: &Clock) -> Date {
    clock.now().to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{UserName, testing};

    #[test]
    fn people_are_found_by_username_address_and_id() {
        let mut desired = testing::organisation();
        let mut alice = testing::user("alice@example.org");
        alice.username = UserName::parse("alice").unwrap();
        let id = alice.id.clone();
        testing::add(&mut desired, alice);
        testing::add(&mut desired, testing::user("bob@example.org"));
        let people = Directory::new(Arc::new(desired));
        let found = |typed: &str| people.by_name(typed).map(|user| user.address.to_string());
        for typed in ["alice", "Alice", " alice ", "alice@example.org", "ALICE@Example.org"] {
            assert_eq!(found(typed).as_deref(), Some("alice@example.org"), "{typed}");
        }
        for typed in ["", "alic", "alice@example.com", "alice+x@example.org", "al ice"] {
            assert_eq!(found(typed), None, "{typed}");
        }
        assert_eq!(people.by_id(id.as_str()).unwrap().username.as_str(), "alice");
        assert!(people.by_id("nobody").is_none());
    }

    #[test]
    fn a_test_user_is_barred_after_the_last_day() {
        let mut user = testing::user("probe@test.example.org");
        user.class = Class::Test {
            expires: testing::date(),
        };
        let on = |day: &str| barred(&user, &Clock::fixed(format!("{day}T12:00:00Z").parse().unwrap())).is_some();
        assert!(!on("2026-11-30"));
        assert!(on("2026-12-01"));
    }
}
