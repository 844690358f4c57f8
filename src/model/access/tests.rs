//! Who may sign in to what: the rules, case by case.

use super::*;
use crate::diagnostic::Span;
use crate::model::{Origin, testing};

/// A user who is a member of `groups`.
fn member(groups: &[&str]) -> User {
    let mut user = testing::user("alice@example.org");
    user.groups = groups.iter().map(|name| testing::group_name(name)).collect();
    user
}

/// A client with this gate.
fn gated(any: &[&str], all: &[&str], none: &[&str]) -> Client {
    let names = |names: &[&str]| -> Vec<_> { names.iter().map(|name| testing::group_name(name)).collect() };
    let mut client = testing::client("grafana");
    client.gate.any = if any == ["*"] {
        AnyOf::Everyone
    } else {
        AnyOf::Groups(names(any))
    };
    client.gate.all = names(all);
    client.gate.none = names(none);
    client
}

#[track_caller]
fn check(user: &User, client: &Client, allowed: bool, because: &str) {
    let desired = testing::organisation();
    let verdict = access(&desired, user, client);
    assert_eq!((verdict.allowed, verdict.rule.to_string().as_str()), (allowed, because));
}

#[test]
fn the_gate() {
    let table: [(&[&str], _, _, &str); 11] = [
        (&[], gated(&["*"], &[], &[]), true, "every active person"),
        (&[], gated(&[], &[], &[]), false, "open to nobody"),
        (&["ops"], gated(&["dev", "ops"], &[], &[]), true, "member of ops"),
        (&["hr"], gated(&["dev", "ops"], &[], &[]), false, "no group of dev, ops"),
        (
            &["dev", "eu"],
            gated(&["dev"], &["eu"], &[]),
            true,
            "member of dev and of eu",
        ),
        (&["dev"], gated(&["dev"], &["eu"], &[]), false, "not a member of eu"),
        (
            &["eu"],
            gated(&["*"], &["eu"], &[]),
            true,
            "every active person who is in eu",
        ),
        (&[], gated(&["*"], &["eu", "x"], &[]), false, "not a member of eu"),
        (
            &["dev", "temps"],
            gated(&["dev"], &[], &["temps"]),
            false,
            "member of temps, which is kept out",
        ),
        (
            &["temps"],
            gated(&["*"], &[], &["temps"]),
            false,
            "member of temps, which is kept out",
        ),
        (&["dev"], gated(&["dev"], &[], &["temps"]), true, "member of dev"),
    ];
    for (groups, client, allowed, because) in table {
        check(&member(groups), &client, allowed, because);
    }
}

#[test]
fn what_bars_from_everything() {
    let open = gated(&["*"], &[], &[]);
    for state in [State::Locked, State::Suspended, State::Absent] {
        let user = User { state, ..member(&[]) };
        check(&user, &open, false, &format!("the account is {}", state.as_str()));
    }
    let services = testing::services(&["mail"]);
    check(
        &User {
            services,
            ..member(&[])
        },
        &open,
        false,
        "no service `login`",
    );
    let class = Class::Shared { owners: Vec::new() };
    check(&User { class, ..member(&[]) }, &open, false, "a shared mailbox");
}

#[test]
fn a_test_user_needs_a_group() {
    let class = Class::Test {
        expires: testing::date(),
    };
    let user = User {
        class,
        ..member(&["testers"])
    };
    check(
        &user,
        &gated(&["*"], &[], &[]),
        false,
        "a test user is no person: list one of its groups",
    );
    check(&user, &gated(&["testers"], &[], &[]), true, "member of testers");
}

#[test]
fn the_client_or_any_group_asks_for_a_second_factor() {
    let mut desired = testing::organisation();
    let mut group = testing::group("admins");
    group.require_totp = true;
    desired.groups.insert(group.name.clone(), group);
    let mut client = gated(&["*"], &[], &[]);
    let (admin, other) = (member(&["admins", "dev"]), member(&["dev"]));
    let asked = |user: &User, client: &Client| access(&desired, user, client).second_factor.to_string();
    assert_eq!(asked(&admin, &client), "required by the group admins");
    assert_eq!(asked(&other, &client), "not required");
    client.require_totp = true;
    assert_eq!(asked(&other, &client), "required by the app");
}

#[test]
fn the_place_is_that_of_the_key_that_decided() {
    let desired = testing::organisation();
    let span = |start| Span::new(start, start + 1);
    let mut client = gated(&["dev"], &["eu"], &["temps"]);
    let keys = vec![
        ("groups", span(10)),
        ("groups_all", span(20)),
        ("groups_none", span(30)),
    ];
    client.origin = Origin::new("clients/grafana.toml".into(), keys);
    let mut user = member(&[]);
    let keys = vec![("state", span(40)), ("services", span(50))];
    user.origin = Origin::new("users/example.org/alice.toml".into(), keys);
    let suspended = User {
        state: State::Suspended,
        ..user.clone()
    };
    let mailbox = User {
        services: testing::services(&["mail"]),
        ..user
    };
    for (user, path, start) in [
        (member(&[]), "clients/grafana.toml", 10),
        (member(&["dev"]), "clients/grafana.toml", 20),
        (member(&["dev", "eu", "temps"]), "clients/grafana.toml", 30),
        (suspended, "users/example.org/alice.toml", 40),
        (mailbox, "users/example.org/alice.toml", 50),
    ] {
        let place = access(&desired, &user, &client).place();
        assert_eq!((place.path.as_str(), place.span), (path, span(start)));
    }
}
