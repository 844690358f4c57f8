//! Each guard about settings, domains, apps and collections with a case that raises it and the nearest that doesn't.

use proptest::prelude::*;

use super::{Code, Guard, guards};
use crate::diagnostic::Place;
use crate::model::change::facts;
use crate::model::testing::{self, sealed};
use crate::model::{
    Desired, DomainSettings, Drift, DriftPolicy, Issuer, KeyId, KeyState, LocalName, Master, Origin, Retired, Signer,
    SigningAlg, SigningKey, State, UserId,
};

pub(super) type Edit = fn(&mut Desired);

/// Twenty users, of whom `alice` administers and `carol` is protected; ten aliases; an app; an issuer.
pub(super) fn organisation() -> Desired {
    let mut desired = testing::organisation();
    for n in 0..18 {
        testing::add(&mut desired, testing::user(&format!("user{n:02}@example.org")));
    }
    let mut alice = testing::user("alice@example.org");
    alice.groups = [testing::group_name("admins")].into();
    alice.credentials.password = Some(crate::model::Password::Sealed(sealed(1)));
    alice.aliases = vec![testing::mailbox("al@example.org")];
    testing::add(&mut desired, alice);
    let mut carol = testing::user("carol@example.org");
    carol.protected = true;
    testing::add(&mut desired, carol);
    for n in 0..10 {
        let name = testing::mailbox(&format!("list{n}@example.org"));
        desired.aliases.insert(name, testing::alias(&["alice@example.org"]));
    }
    let grafana = testing::client("grafana");
    desired.clients.insert(grafana.id.clone(), grafana);
    desired.issuer = Some(Issuer::parse("https://id.example.org").unwrap());
    desired.recipients = vec!["age1host".into(), "age1offline".into()];
    desired
}

pub(super) fn raised(before: Edit, after: Edit) -> Vec<Guard> {
    let mut old = organisation();
    before(&mut old);
    let mut new = old.clone();
    after(&mut new);
    let facts = facts(Some(&old), &new);
    let guards = guards(Some(&old), &new, &facts, &old.policy.guards);
    for guard in &guards {
        assert!(!guard.found.is_empty(), "{guard:?}");
        assert!(guard.found.iter().all(|found| found.fact < facts.len()), "{guard:?}");
        assert!(guard.found.is_sorted_by_key(|found| found.fact), "{guard:?}");
    }
    assert!(guards.is_sorted_by_key(|guard| guard.code));
    guards
}

/// The guards by their words, each with how much it found.
pub(super) fn words(guards: &[Guard]) -> String {
    let word = |guard: &Guard| format!("{}={}", guard.code.as_str(), guard.found.len());
    guards.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[track_caller]
pub(super) fn check(before: Edit, after: Edit, expect: &str) {
    assert_eq!(words(&raised(before, after)), expect);
}

pub(super) fn nothing(_: &mut Desired) {}

fn remove_users(desired: &mut Desired, count: usize) {
    for n in 0..count {
        let user = desired
            .users
            .remove(format!("user{n:02}@example.org").as_str())
            .unwrap();
        desired.retired.push(retired(user.id.as_str()));
    }
}

fn retired(id: &str) -> Retired {
    Retired {
        id: UserId::parse(id).unwrap(),
        address: testing::mailbox("old@example.org"),
        date: testing::date(),
        place: testing::place("retired.toml"),
    }
}

fn key(public_jwk: &str) -> SigningKey {
    SigningKey {
        id: KeyId::parse("2026-01").unwrap(),
        alg: SigningAlg::Rs256,
        state: KeyState::Active,
        public_jwk: public_jwk.into(),
        private: sealed(1),
        origin: Origin::default(),
    }
}

fn master(n: u64) -> Master {
    Master {
        password: Some(sealed(n)),
        place: Place {
            path: "mail.toml".into(),
            span: crate::diagnostic::Span::default(),
        },
    }
}

#[test]
fn nothing_is_said_of_what_is_ordinary() {
    check(nothing, nothing, "");
    check(nothing, |new| testing::add(new, testing::user("new@example.org")), "");
    check(
        nothing,
        |new| new.users.get_mut("user01@example.org").unwrap().name = "X".into(),
        "",
    );
}

#[test]
fn removals_of_users() {
    check(nothing, |new| remove_users(new, 2), "");
    check(nothing, |new| remove_users(new, 3), "removals=3");
    // More than a tenth of forty are five.
    fn forty(desired: &mut Desired) {
        for n in 18..38 {
            testing::add(desired, testing::user(&format!("user{n}@example.org")));
        }
    }
    check(forty, |new| remove_users(new, 4), "");
    check(forty, |new| remove_users(new, 5), "removals=5");
    // The limit is that of the base, whatever the change says.
    check(
        |old| old.policy.guards.removal_count = 0,
        |new| {
            new.policy.guards.removal_count = 100;
            remove_users(new, 3);
        },
        "removals=3 policy=1",
    );
}

#[test]
fn every_way_to_lose_a_user_counts() {
    fn three(new: &mut Desired, change: fn(&mut crate::model::User)) {
        for n in 0..3 {
            change(new.users.get_mut(format!("user{n:02}@example.org").as_str()).unwrap());
        }
    }
    check(
        nothing,
        |new| three(new, |user| user.state = State::Locked),
        "removals=3",
    );
    check(
        nothing,
        |new| three(new, |user| user.state = State::Suspended),
        "removals=3",
    );
    check(
        nothing,
        |new| three(new, |user| user.state = State::Absent),
        "removals=3",
    );
    check(
        nothing,
        |new| three(new, |user| user.services = testing::services(&["login"])),
        "removals=3",
    );
    check(
        nothing,
        |new| three(new, |user| user.services = testing::services(&["mail"])),
        "",
    );
    check(
        nothing,
        |new| three(new, |user| user.groups = [testing::group_name("dev")].into()),
        "",
    );
    // Who comes back is no loss, and who was absent is none again.
    check(
        |old| three(old, |user| user.state = State::Locked),
        |new| three(new, |user| user.state = State::Active),
        "",
    );
    check(
        |old| three(old, |user| user.state = State::Absent),
        |new| remove_users(new, 3),
        "",
    );
}

#[test]
fn removals_of_other_things() {
    fn remove(new: &mut Desired, count: usize) {
        for n in 0..count {
            new.aliases.remove(format!("list{n}@example.org").as_str());
        }
    }
    check(nothing, |new| remove(new, 2), "");
    let found = raised(nothing, |new| remove(new, 3));
    assert_eq!(words(&found), "removals=3");
    let loss = found[0].losses[0];
    assert_eq!((loss.kind, loss.gone, loss.of, loss.limit), ("alias", 3, 11, 2));
    // An alias of a person counts, one that somebody else has now does not.
    check(
        nothing,
        |new| {
            remove(new, 2);
            new.users.get_mut("alice@example.org").unwrap().aliases.clear();
        },
        "removals=3",
    );
    check(
        nothing,
        |new| {
            remove(new, 3);
            let list = testing::mailbox("list0@example.org");
            new.users.get_mut("alice@example.org").unwrap().aliases.push(list);
        },
        "",
    );
}

#[test]
fn settings() {
    check(nothing, |new| new.recipients.push("age1x".into()), "recipients=1");
    check(nothing, |new| new.recipients[0] = "age1x".into(), "recipients=2");
    check(nothing, |new| new.recipients.reverse(), "");
    let other = |new: &mut Desired| new.issuer = Some(Issuer::parse("https://other.example.org").unwrap());
    check(nothing, other, "issuer=1");
    check(nothing, |new| new.issuer = None, "issuer=1");
    check(|old| old.issuer = None, other, "");
    check(nothing, |new| new.policy.password.min_length = 8, "policy=1");
    check(
        nothing,
        |new| {
            new.policy.drift = Drift {
                default: DriftPolicy::Revert,
                ..new.policy.drift
            };
        },
        "policy=1",
    );
    check(
        nothing,
        |new| {
            new.signers.push(Signer {
                principal: "alice@example.org".into(),
                key: "ssh-ed25519 AAAA".into(),
            });
        },
        "policy=1",
    );
    check(nothing, |new| new.organisation.name = "Other".into(), "");
    check(
        nothing,
        |new| {
            new.domains
                .insert(testing::domain("example.net"), DomainSettings::default());
        },
        "domains=1",
    );
    check(
        |old| {
            old.domains
                .insert(testing::domain("example.net"), DomainSettings::default());
        },
        |new| {
            new.domains.remove("example.net");
        },
        "domains=1",
    );
    check(
        nothing,
        |new| {
            new.domains
                .values_mut()
                .for_each(|domain| domain.managers = vec![testing::mailbox("alice@example.org")]);
        },
        "",
    );
}

#[test]
fn redirects() {
    fn add(new: &mut Desired, uri: &str) {
        new.clients.get_mut("grafana").unwrap().redirect_uris.push(uri.into());
    }
    check(nothing, |new| add(new, "https://grafana.example.org/other"), "");
    check(nothing, |new| add(new, "https://evil.example/callback"), "redirect=1");
    check(nothing, |new| add(new, "https://*.example.org/callback"), "redirect=1");
    check(
        nothing,
        |new| add(new, "http://grafana.example.org/callback"),
        "redirect=1",
    );
    check(nothing, |new| add(new, "http://localhost/callback"), "redirect=1");
    check(
        |old| add(old, "http://127.0.0.1/a"),
        |new| add(new, "http://127.0.0.1/callback"),
        "",
    );
    check(
        nothing,
        |new| new.clients.get_mut("grafana").unwrap().redirect_uris.clear(),
        "",
    );
    // A new app has no host that it could leave.
    fn new_app(new: &mut Desired, uri: &str) {
        let mut wiki = testing::client("wiki");
        wiki.redirect_uris = vec![uri.into()];
        new.clients.insert(wiki.id.clone(), wiki);
    }
    check(nothing, |new| new_app(new, "https://wiki.example.org/callback"), "");
    check(
        nothing,
        |new| new_app(new, "http://wiki.example.org/callback"),
        "redirect=1",
    );
}

#[test]
fn keys_and_masters_open_everything() {
    fn insert(desired: &mut Desired, public_jwk: &str) {
        let key = key(public_jwk);
        desired.keys.insert(key.id.clone(), key);
    }
    check(nothing, |new| insert(new, "{}"), "privileged-credential=1");
    check(
        |old| insert(old, "{}"),
        |new| insert(new, "{1}"),
        "privileged-credential=1",
    );
    check(
        |old| insert(old, "{}"),
        |new| new.keys.values_mut().for_each(|key| key.state = KeyState::Published),
        "",
    );
    check(|old| insert(old, "{}"), |new| new.keys.clear(), "");
    fn name() -> LocalName {
        LocalName::parse("migration").unwrap()
    }
    fn add_master(desired: &mut Desired, n: u64) {
        desired.mail.masters.insert(name(), master(n));
    }
    check(nothing, |new| add_master(new, 1), "privileged-credential=1");
    check(
        |old| add_master(old, 1),
        |new| add_master(new, 2),
        "privileged-credential=1",
    );
    check(|old| add_master(old, 1), |new| new.mail.masters.clear(), "");
}

#[test]
fn the_first_revision_has_nothing_to_lose() {
    let after = organisation();
    let first = facts(None, &after);
    assert_eq!(guards(None, &after, &first, &after.policy.guards), []);
}

proptest! {
    /// A change and the limits it sets: only those of the base count, and nothing is raised twice.
    #[test]
    fn removals_follow_the_limits_of_the_base(gone in 0..18_usize, count in 0..10_u32, percent in 0..100_u8, own in 0..100_u8) {
        let mut before = organisation();
        before.policy.guards = crate::model::Guards { removal_count: count, removal_percent: percent };
        let mut after = before.clone();
        remove_users(&mut after, gone);
        after.policy.guards.removal_percent = own;
        let facts = facts(Some(&before), &after);
        let found = guards(Some(&before), &after, &facts, &before.policy.guards);
        let removals = found.iter().find(|guard| guard.code == Code::Removals);
        let is_much = gone > (count as usize).max(20 * usize::from(percent) / 100);
        prop_assert_eq!(removals.map(|guard| guard.found.len()), is_much.then_some(gone));
        let policy = found.iter().any(|guard| guard.code == Code::Policy);
        prop_assert_eq!(policy, own != percent);
    }
}
