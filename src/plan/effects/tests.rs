//! What follows from a change, and what doesn't.

use super::*;
use crate::model::access::access;
use crate::model::change::facts;
use crate::model::testing::{self, mailbox, sealed};
use crate::model::{
    Access, AccessAction, AccessKey, AnyOf, CredentialStore, Dialect, Password, State, Target, TargetKind, TargetName,
    User,
};
use crate::plan::files::{Action, Uptake};

/// Alice and Bob of engineering, who may use grafana; Bob has an alias; the domain has a catch-all; passwords stand in rows.
fn organisation() -> Desired {
    let mut desired = testing::organisation();
    let engineering = testing::group("engineering");
    for name in ["alice@example.org", "bob@example.org"] {
        let mut user = testing::user(name);
        user.groups = [engineering.name.clone()].into();
        testing::add(&mut desired, user);
    }
    user(&mut desired, "bob@example.org").aliases = vec![mailbox("robert@example.org")];
    let mut grafana = testing::client("grafana");
    grafana.gate.any = AnyOf::Groups(vec![engineering.name.clone()]);
    desired.clients.insert(grafana.id.clone(), grafana);
    desired.groups.insert(engineering.name.clone(), engineering);
    let catch_all = testing::alias(&["alice@example.org"]);
    desired.catch_alls.insert(testing::domain("example.org"), catch_all);
    let mail = Target {
        kind: TargetKind::DockerMailserver,
        dialect: Dialect::Dms16,
        credentials: CredentialStore::Accounts,
        hostname: None,
        origin: crate::model::Origin::default(),
    };
    desired.targets.insert(TargetName::parse("mail").unwrap(), mail);
    desired
}

fn user<'a>(desired: &'a mut Desired, address: &str) -> &'a mut User {
    desired.users.get_mut(address).unwrap()
}

/// The effects of a change without files, services left out.
fn on_people(change: impl FnOnce(&mut Desired)) -> Vec<Effect> {
    let mut found = all(change);
    found.retain(|effect| !matches!(effect, Effect::Reload(_) | Effect::Rebuild { .. }));
    found
}

fn all(change: impl FnOnce(&mut Desired)) -> Vec<Effect> {
    let before = organisation();
    let mut after = before.clone();
    change(&mut after);
    effects(
        Some(&before),
        &after,
        &facts(Some(&before), &after),
        None,
        Sessions::Kept,
    )
}

fn of_files(files: &[(&str, Action, Uptake)]) -> Vec<Effect> {
    let change = |(path, action, uptake): &(&str, Action, Uptake)| FileChange {
        target: "mail".into(),
        path: (*path).into(),
        action: *action,
        entries: None,
        uptake: *uptake,
        live: None,
    };
    let files: Vec<_> = files.iter().map(change).collect();
    effects(None, &organisation(), &[], Some(&files), Sessions::Dropped)
}

fn grafana(gained: &[&str], lost: &[&str], second_factor: &[&str]) -> Effect {
    let list = |names: &[&str]| names.iter().map(|name| mailbox(name)).collect();
    Effect::Access {
        client: ClientId::parse("grafana").unwrap(),
        gained: list(gained),
        lost: list(lost),
        second_factor: list(second_factor),
    }
}

#[test]
fn what_services_do_follows_from_the_files() {
    let reload = Effect::Reload(Sessions::Dropped);
    // Two accounts, an alias and a catch-all.
    let rebuild = Effect::Rebuild { rows: 4, seconds: 1 };
    assert_eq!(of_files(&[]), []);
    assert_eq!(of_files(&[("passwd", Action::Update, Uptake::AtOnce)]), []);
    assert_eq!(
        of_files(&[("regexp", Action::Update, Uptake::Reload)]),
        std::slice::from_ref(&reload)
    );
    assert_eq!(
        of_files(&[("accounts", Action::Update, Uptake::Rebuild)]),
        [reload.clone(), rebuild.clone()]
    );
    let access = "postfix-receive-access.cf";
    assert_eq!(
        of_files(&[(access, Action::Create, Uptake::Unwatched)]),
        [Effect::Recreate(access.into())]
    );
    assert_eq!(
        of_files(&[(access, Action::Update, Uptake::Unwatched)]),
        [Effect::NotTaken(access.into())]
    );
    let both = [
        ("accounts", Action::Update, Uptake::Rebuild),
        (access, Action::Update, Uptake::Unwatched),
    ];
    assert_eq!(of_files(&both), [reload, rebuild]);
}

#[test]
fn a_rebuild_is_estimated_from_its_rows() {
    let mut desired = testing::organisation();
    for number in 0..317 {
        let mut user = testing::user(&format!("user{number}@example.org"));
        user.aliases = (0..3)
            .map(|alias| mailbox(&format!("a{number}.{alias}@example.org")))
            .collect();
        testing::add(&mut desired, user);
    }
    let accounts = FileChange {
        target: "mail".into(),
        path: "postfix-accounts.cf".into(),
        action: Action::Update,
        entries: None,
        uptake: Uptake::Rebuild,
        live: None,
    };
    let found = effects(None, &desired, &[], Some(&[accounts]), Sessions::Kept);
    assert_eq!(
        found[1],
        Effect::Rebuild {
            rows: 317 * 4,
            seconds: 16
        }
    );
}

#[test]
fn without_files_the_facts_tell_whether_services_reload() {
    type Edit = fn(&mut Desired);
    let table: [(Edit, bool); 7] = [
        (|_| {}, false),
        (|desired| user(desired, "bob@example.org").name = "Bob".into(), false),
        (|desired| user(desired, "bob@example.org").groups.clear(), false),
        (|desired| desired.clients.clear(), false),
        (
            |desired| user(desired, "bob@example.org").forward = vec![mailbox("x@example.org")],
            true,
        ),
        (
            |desired| user(desired, "bob@example.org").credentials.password = Some(Password::Sealed(sealed(1))),
            true,
        ),
        (|desired| desired.catch_alls.clear(), true),
    ];
    for (index, (edit, reloads)) in table.into_iter().enumerate() {
        let found = all(edit);
        assert_eq!(
            found.contains(&Effect::Reload(Sessions::Kept)),
            reloads,
            "{index}: {found:?}"
        );
    }
    let found = all(|desired| {
        user(desired, "bob@example.org").credentials.password = Some(Password::Sealed(sealed(1)));
        desired
            .targets
            .values_mut()
            .for_each(|target| target.credentials = CredentialStore::Passdb);
    });
    assert_eq!(found, []);
}

#[test]
fn whoever_leaves_is_signed_out_and_leaves_mail_and_addresses() {
    let left = vec![mailbox("bob@example.org"), mailbox("robert@example.org")];
    assert_eq!(
        on_people(|desired| _ = desired.users.remove("bob@example.org")),
        [
            Effect::MailStays(vec![mailbox("bob@example.org")]),
            Effect::CatchAll(left),
            Effect::SignedOut(vec![mailbox("bob@example.org")]),
        ]
    );
}

#[test]
fn addresses_that_somebody_answers_for_do_not_fall_to_the_catch_all() {
    let reject = Access {
        action: AccessAction::Reject(String::new()),
        place: testing::place("mail.toml"),
    };
    let found = on_people(|desired| {
        desired.users.remove("bob@example.org");
        desired
            .mail
            .receive
            .insert(AccessKey::Address(mailbox("bob@example.org")), reject);
        user(desired, "alice@example.org").aliases = vec![mailbox("robert@example.org")];
    });
    assert!(
        !found.iter().any(|effect| matches!(effect, Effect::CatchAll(_))),
        "{found:?}"
    );
    let found = on_people(|desired| user(desired, "bob@example.org").state = State::Suspended);
    assert_eq!(found, [Effect::SignedOut(vec![mailbox("bob@example.org")])]);
}

#[test]
fn a_rename_moves_the_mail_and_signs_nobody_out() {
    let rename = |desired: &mut Desired| {
        let mut bob = desired.users.remove("bob@example.org").unwrap();
        bob.address = mailbox("rob@example.org");
        testing::add(desired, bob);
    };
    let moved = Effect::Move {
        from: mailbox("bob@example.org"),
        to: mailbox("rob@example.org"),
    };
    assert_eq!(
        on_people(rename),
        [moved.clone(), Effect::CatchAll(vec![mailbox("bob@example.org")])]
    );
    let found = on_people(|desired| {
        rename(desired);
        user(desired, "rob@example.org")
            .aliases
            .push(mailbox("bob@example.org"));
    });
    assert_eq!(found, [moved]);
}

#[test]
fn somebody_else_at_the_address_is_somebody_else() {
    let found = on_people(|desired| {
        user(desired, "bob@example.org").id = crate::model::UserId::parse("other").unwrap();
    });
    assert_eq!(
        found,
        [
            Effect::SignedOut(vec![mailbox("bob@example.org")]),
            grafana(&["bob@example.org"], &[], &[])
        ]
    );
}

#[test]
fn who_gains_and_loses_an_app() {
    assert_eq!(
        on_people(|desired| user(desired, "bob@example.org").groups.clear()),
        [grafana(&[], &["bob@example.org"], &[])]
    );
    let found = on_people(|desired| {
        let gate = &mut desired.clients.get_mut("grafana").unwrap().gate;
        gate.any = AnyOf::Everyone;
        testing::add(desired, testing::user("carol@example.org"));
    });
    assert_eq!(found, [grafana(&["carol@example.org"], &[], &[])]);
    let second_factor = ["alice@example.org", "bob@example.org"];
    assert_eq!(
        on_people(|desired| desired.groups.get_mut("engineering").unwrap().require_totp = true),
        [grafana(&[], &[], &second_factor)]
    );
    assert_eq!(
        on_people(|desired| user(desired, "bob@example.org").name = "Rob".into()),
        []
    );
}

/// Judging only what changed finds the same as judging everybody.
#[test]
fn nobody_is_overlooked() {
    let before = organisation();
    type Edit = fn(&mut Desired);
    let edits: [Edit; 5] = [
        |desired| user(desired, "alice@example.org").services.clear(),
        |desired| user(desired, "bob@example.org").groups.clear(),
        |desired| desired.clients.get_mut("grafana").unwrap().gate.none = vec![testing::group_name("staff")],
        |desired| desired.clients.get_mut("grafana").unwrap().gate.any = AnyOf::default(),
        |desired| {
            testing::add(
                desired,
                User {
                    groups: [testing::group_name("engineering")].into(),
                    ..testing::user("carol@example.org")
                },
            );
        },
    ];
    for choice in 0..1_u32 << edits.len() {
        let mut after = before.clone();
        let chosen = edits.iter().enumerate().filter(|(index, _)| choice & 1 << index != 0);
        chosen.for_each(|(_, edit)| edit(&mut after));
        let allowed = |desired: &Desired, address: &Address| {
            let user = desired.user(address);
            user.is_some_and(|user| access(desired, user, &desired.clients["grafana"]).allowed)
        };
        let (mut gained, mut lost) = (Vec::new(), Vec::new());
        for effect in effects(
            Some(&before),
            &after,
            &facts(Some(&before), &after),
            None,
            Sessions::Kept,
        ) {
            match effect {
                Effect::SignedOut(users) => lost.extend(users),
                Effect::Access {
                    gained: more,
                    lost: less,
                    ..
                } => {
                    gained.extend(more);
                    lost.extend(less);
                }
                _ => {}
            }
        }
        for address in after.users.keys() {
            let (was, is) = (allowed(&before, address), allowed(&after, address));
            assert_eq!(gained.contains(address), !was && is, "{choice:b}: {address}");
            assert_eq!(lost.contains(address), was && !is, "{choice:b}: {address}");
        }
    }
}
