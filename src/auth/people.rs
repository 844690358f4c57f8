//! Finding people: by what they type, and by their id.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::model::access::{self, Rule, Verdict};
use crate::model::{Class, Client, Desired, State, User, UserId};

/// The person with this id.
#[must_use]
pub fn by_id<'a>(desired: &'a Desired, id: &UserId) -> Option<&'a User> {
    desired.users.values().map(Box::as_ref).find(|user| user.id == *id)
}

/// The person who signs in with `typed`: a username, or the address of a mailbox. Case doesn't matter, nor do blanks around it,
/// which telephones add.
#[must_use]
pub fn by_name<'a>(desired: &'a Desired, typed: &str) -> Option<&'a User> {
    let name = canonical(typed);
    let by_address = || desired.user(&name);
    desired
        .users
        .values()
        .map(Box::as_ref)
        .find(|user| user.username.as_str() == name)
        .or_else(by_address)
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
        let found = |typed: &str| by_name(&desired, typed).map(|user| user.address.to_string());
        for typed in ["alice", "Alice", " alice ", "alice@example.org", "ALICE@Example.org"] {
            assert_eq!(found(typed).as_deref(), Some("alice@example.org"), "{typed}");
        }
        for typed in ["", "alic", "alice@example.com", "alice+x@example.org", "al ice"] {
            assert_eq!(found(typed), None, "{typed}");
        }
        assert_eq!(by_id(&desired, &id).unwrap().username.as_str(), "alice");
        assert!(by_id(&desired, &UserId::parse("nobody").unwrap()).is_none());
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
