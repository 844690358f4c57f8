//! Each guard about people with a case that raises it and the nearest that doesn't.

use super::tests::{check, nothing, organisation, raised};
use super::{guards, needs_everybody};
use crate::model::change::facts;
use crate::model::testing::{self, sealed};
use crate::model::{Class, Desired, Password, Retired, State, User, UserId};

fn edit(desired: &mut Desired, address: &str, change: impl FnOnce(&mut User)) {
    change(desired.users.get_mut(address).unwrap());
}

fn promote(desired: &mut Desired, address: &str) {
    edit(desired, address, |user| {
        user.groups = [testing::group_name("admins")].into();
        user.credentials.password = Some(Password::Sealed(sealed(1)));
    });
}

fn rename(desired: &mut Desired, from: &str, to: &str) {
    let mut user = desired.users.remove(from).unwrap();
    user.address = testing::mailbox(to);
    testing::add(desired, user);
}

fn retire(desired: &mut Desired, address: &str) {
    let user = desired.users.remove(address).unwrap();
    desired.retired.push(Retired {
        id: user.id.clone(),
        address: user.address.clone(),
        date: testing::date(),
        place: testing::place("retired.toml"),
    });
}

#[test]
fn whoever_gains_the_admin_group() {
    check(
        nothing,
        |new| {
            edit(new, "user01@example.org", |user| {
                user.groups = [testing::group_name("admins")].into();
            });
        },
        "admins=1",
    );
    check(
        nothing,
        |new| {
            edit(new, "user01@example.org", |user| {
                user.groups = [testing::group_name("dev")].into();
            });
        },
        "",
    );
    check(
        nothing,
        |new| {
            let mut mallory = testing::user("mallory@example.org");
            mallory.groups = [testing::group_name("admins")].into();
            testing::add(new, mallory);
        },
        "admins=1",
    );
    // Renamed, an administrator is who they were; with another id, somebody else.
    check(
        nothing,
        |new| rename(new, "alice@example.org", "alice.l@example.org"),
        "",
    );
    check(
        nothing,
        |new| {
            edit(new, "alice@example.org", |user| {
                user.id = UserId::parse("other").unwrap();
            });
        },
        "admins=1 id=1",
    );
}

#[test]
fn an_administrator_who_is_let_in_again() {
    fn suspended(old: &mut Desired) {
        promote(old, "user01@example.org");
        edit(old, "user01@example.org", |user| user.state = State::Suspended);
    }
    check(
        suspended,
        |new| edit(new, "user01@example.org", |user| user.state = State::Active),
        "admins=1",
    );
    check(
        suspended,
        |new| edit(new, "user01@example.org", |user| user.state = State::Absent),
        "",
    );
}

#[test]
fn another_admin_group() {
    fn dev(old: &mut Desired) {
        edit(old, "user01@example.org", |user| {
            user.groups = [testing::group_name("dev")].into();
            user.credentials.password = Some(Password::Sealed(sealed(1)));
        });
    }
    let found = raised(dev, |new| new.organisation.admin_group = testing::group_name("dev"));
    let what: Vec<_> = found[0]
        .found
        .iter()
        .map(|found| (found.subject.name(), found.what))
        .collect();
    assert_eq!(
        what,
        [("user01@example.org", "is in the new admin group"), ("", "changes")]
    );
    // A group with nobody who could sign in.
    let found = raised(nothing, |new| new.organisation.admin_group = testing::group_name("dev"));
    assert_eq!(
        found[0].found.last().unwrap().what,
        "leaves nobody who could administer"
    );
}

#[test]
fn the_last_administrator() {
    let fall: [fn(&mut User); 6] = [
        |user| user.state = State::Locked,
        |user| user.groups.clear(),
        |user| user.services = testing::services(&["mail"]),
        |user| user.class = Class::Shared { owners: Vec::new() },
        |user| user.state = State::Absent,
        |user| user.state = State::Suspended,
    ];
    for change in fall {
        let mut before = organisation();
        let mut after = before.clone();
        edit(&mut after, "alice@example.org", change);
        let raise = |before: &Desired, after: &Desired| {
            let facts = facts(Some(before), after);
            super::tests::words(&guards(Some(before), after, &facts, &before.policy.guards))
        };
        assert_eq!(raise(&before, &after), "admins=1");
        // With a second one, it is no matter.
        promote(&mut before, "user01@example.org");
        promote(&mut after, "user01@example.org");
        assert_eq!(raise(&before, &after), "");
    }
    check(
        nothing,
        |new| edit(new, "alice@example.org", |user| user.credentials.password = None),
        "admins=1 privileged-credential=1",
    );
    check(nothing, |new| retire(new, "alice@example.org"), "admins=1");
}

#[test]
fn credentials_of_administrators() {
    let again = |new: &mut Desired| {
        edit(new, "alice@example.org", |user| {
            user.credentials.password = Some(Password::Sealed(sealed(2)));
        });
    };
    check(nothing, again, "privileged-credential=1");
    check(
        nothing,
        |new| {
            edit(new, "alice@example.org", |user| {
                user.credentials.totp = Some(sealed(1));
                user.credentials.app_passwords.insert("phone".into(), sealed(1));
            });
        },
        "privileged-credential=2",
    );
    check(
        nothing,
        |new| {
            edit(new, "user01@example.org", |user| {
                user.credentials.password = Some(Password::Sealed(sealed(2)));
            });
        },
        "",
    );
    // One who leaves the group in the same change was one.
    check(
        |old| promote(old, "user01@example.org"),
        |new| {
            edit(new, "user01@example.org", |user| {
                user.groups.clear();
                user.credentials.password = Some(Password::Sealed(sealed(2)));
            });
        },
        "privileged-credential=1",
    );
}

#[test]
fn the_protected() {
    type Case = (fn(&mut User), &'static str);
    let cases: [Case; 9] = [
        (|user| user.state = State::Locked, "protected=1"),
        (|user| user.services = testing::services(&["login"]), "protected=1"),
        (
            |user| user.groups = [testing::group_name("admins")].into(),
            "admins=1 protected=1",
        ),
        (|user| user.credentials.totp = Some(sealed(1)), "protected=1"),
        (|user| user.protected = false, "protected=1"),
        (
            |user| {
                user.protected = false;
                user.state = State::Absent;
            },
            "protected=2",
        ),
        (|user| user.groups = [testing::group_name("dev")].into(), ""),
        (|user| user.name = "Carol".into(), ""),
        (|user| user.quota = crate::model::Quota::parse("1G").ok(), ""),
    ];
    for (change, expect) in cases {
        let before = organisation();
        let mut after = before.clone();
        edit(&mut after, "carol@example.org", change);
        let facts = facts(Some(&before), &after);
        let found = guards(Some(&before), &after, &facts, &before.policy.guards);
        assert_eq!(super::tests::words(&found), expect);
    }
    check(nothing, |new| retire(new, "carol@example.org"), "protected=1");
    check(
        nothing,
        |new| rename(new, "carol@example.org", "caroline@example.org"),
        "protected=1",
    );
    // Protection counts from the base.
    check(
        nothing,
        |new| {
            edit(new, "user01@example.org", |user| {
                user.protected = true;
                user.state = State::Locked;
            });
        },
        "",
    );
}

#[test]
fn ids_and_tombstones() {
    check(
        nothing,
        |new| {
            edit(new, "user01@example.org", |user| {
                user.id = UserId::parse("other").unwrap();
            });
        },
        "id=1",
    );
    check(nothing, |new| retire(new, "user01@example.org"), "");
    check(
        nothing,
        |new| {
            new.users.remove("user01@example.org");
        },
        "vanished=1",
    );
    check(
        |old| retire(old, "user01@example.org"),
        |new| new.retired.clear(),
        "vanished=1",
    );
}

#[test]
fn nobody_left() {
    fn few(old: &mut Desired) {
        old.users.retain(|address, _| address.as_str() == "user01@example.org");
    }
    check(
        few,
        |new| edit(new, "user01@example.org", |user| user.state = State::Suspended),
        "empty=1",
    );
    check(
        few,
        |new| edit(new, "user01@example.org", |user| user.state = State::Locked),
        "",
    );
    check(
        few,
        |new| {
            edit(new, "user01@example.org", |user| {
                user.services = testing::services(&["login"]);
            });
        },
        "empty=1",
    );
    check(
        few,
        |new| {
            retire(new, "user01@example.org");
            testing::add(new, testing::user("other@example.org"));
        },
        "",
    );
}

#[test]
fn who_is_judged_without_the_others() {
    let before = organisation();
    let judged = |change: fn(&mut Desired)| {
        let mut after = before.clone();
        change(&mut after);
        !needs_everybody(&before, &after)
    };
    assert!(judged(
        |new| edit(new, "user01@example.org", |user| user.state = State::Locked)
    ));
    assert!(judged(|new| promote(new, "user01@example.org")));
    assert!(!judged(
        |new| edit(new, "alice@example.org", |user| user.state = State::Locked)
    ));
    assert!(!judged(|new| {
        for n in 0..3 {
            edit(new, &format!("user{n:02}@example.org"), |user| {
                user.state = State::Locked;
            });
        }
    }));
}
