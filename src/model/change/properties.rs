//! Properties over small organisations that differ at random.

use proptest::prelude::*;

use super::facts;
use crate::model::testing::{self, sealed};
use crate::model::{Desired, Password, User, UserId};

const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];

/// Small random users over few names, so that two organisations share some.
fn any_user() -> impl Strategy<Value = User> {
    let groups = prop::collection::btree_set(prop::sample::select(vec!["admins", "dev"]), 0..3);
    let aliases = prop::collection::vec(prop::sample::select(vec!["a@example.org", "b@example.org"]), 0..3);
    (0..NAMES.len(), 0..NAMES.len(), groups, aliases, 0..3_u64, any::<bool>()).prop_map(
        |(name, id, groups, aliases, password, protected)| {
            let mut user = testing::user(&format!("{}@example.org", NAMES[name]));
            user.id = UserId::parse(NAMES[id]).unwrap();
            user.groups = groups.into_iter().map(testing::group_name).collect();
            user.aliases = aliases.into_iter().map(testing::mailbox).collect();
            user.credentials.password = (password > 0).then(|| Password::Sealed(sealed(password)));
            user.protected = protected;
            user
        },
    )
}

/// Ids are unique in an organisation.
fn any_organisation() -> impl Strategy<Value = Desired> {
    prop::collection::vec(any_user(), 0..6).prop_map(|users| {
        let mut desired = testing::organisation();
        for user in users {
            if !desired.users.values().any(|other| other.id == user.id) {
                testing::add(&mut desired, user);
            }
        }
        desired
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(desired in any_organisation()) {
        prop_assert_eq!(facts(Some(&desired), &desired.clone()), vec![]);
    }

    #[test]
    fn there_are_facts_exactly_when_something_differs(before in any_organisation(), after in any_organisation()) {
        let found = facts(Some(&before), &after);
        prop_assert_eq!(found.is_empty(), before.users == after.users);
        let mut sorted = found.clone();
        sorted.sort_by(|a, b| a.subject.cmp(&b.subject));
        prop_assert_eq!(found, sorted);
    }

    /// Every user of both sides who isn't equal is told of, and nobody else.
    #[test]
    fn facts_are_about_those_who_differ(before in any_organisation(), after in any_organisation()) {
        for fact in facts(Some(&before), &after) {
            let name = fact.subject.name();
            prop_assert_ne!(before.user(name), after.user(name), "{:?}", fact);
        }
    }
}
