//! Tables of single changes.

use super::*;
use crate::diagnostic::Span;
use crate::model::testing::{self, sealed};
use crate::model::{
    AccessAction, AnyOf, Claim, ClaimValue, DomainSettings, Mail, Origin, Password, Quota, Regexp, Retired, State, User,
};

/// A fact on one line: `user alice@example.org: quota 5G -> 10G`.
fn line(fact: &Fact) -> String {
    let value = |value: &Value| match value {
        Value::Text(text) => text.to_string(),
        Value::Secret(_) => "(secret)".to_owned(),
    };
    let optional = |found: &Option<Value>| found.as_ref().map_or_else(|| "(none)".to_owned(), value);
    let list = |fields: &[(Field, Value)]| -> String {
        fields
            .iter()
            .map(|(field, found)| format!(" {field}={}", value(found)))
            .collect()
    };
    let what = match &fact.change {
        Change::Added(fields) => format!("added{}", list(fields)),
        Change::Removed(fields) => format!("removed{}", list(fields)),
        Change::Renamed { from } => format!("renamed from {from}"),
        Change::Changed { field, before, after } => format!("{field} {} -> {}", optional(before), optional(after)),
        Change::Gained { field, item } => format!("{field} +{item}"),
        Change::Lost { field, item } => format!("{field} -{item}"),
    };
    format!("{}: {what}", fact.subject)
}

/// Alice and Bob, a group, an alias and a client.
fn small() -> Desired {
    let mut desired = testing::organisation();
    let mut alice = testing::user("alice@example.org");
    alice.groups = [testing::group_name("engineering")].into();
    alice.credentials.password = Some(Password::Sealed(sealed(1)));
    testing::add(&mut desired, alice);
    testing::add(&mut desired, testing::user("bob@example.org"));
    let group = testing::group("engineering");
    desired.groups.insert(group.name.clone(), group);
    let to = testing::alias(&["alice@example.org", "bob@example.org"]);
    desired.aliases.insert(testing::mailbox("sales@example.org"), to);
    let client = testing::client("grafana");
    desired.clients.insert(client.id.clone(), client);
    desired
}

fn alice(desired: &mut Desired) -> &mut User {
    desired.users.get_mut("alice@example.org").unwrap()
}

/// The facts of this change to [`small`].
fn lines(change: impl FnOnce(&mut Desired)) -> Vec<String> {
    let before = small();
    let mut after = before.clone();
    change(&mut after);
    facts(Some(&before), &after).iter().map(line).collect()
}

#[test]
fn single_fields_of_a_user() {
    type Edit = fn(&mut User);
    let table: [(Edit, &str); 11] = [
        (
            |user| user.quota = Some(Quota::parse("10G").unwrap()),
            "quota (none) -> 10G",
        ),
        (|user| user.name = "Al".into(), "name ALICE -> Al"),
        (|user| user.state = State::Suspended, "state active -> suspended"),
        (|user| user.protected = true, "protected false -> true"),
        (|user| user.services = testing::services(&["mail"]), "services -login"),
        (
            |user| user.aliases = vec![testing::mailbox("al@example.org")],
            "aliases +al@example.org",
        ),
        (|user| user.groups.clear(), "groups -engineering"),
        (|user| user.credentials.password = None, "password (secret) -> (none)"),
        (
            |user| user.credentials.password = Some(Password::Sealed(sealed(2))),
            "password (secret) -> (secret)",
        ),
        (
            |user| user.credentials.totp = Some(sealed(1)),
            "totp (none) -> (secret)",
        ),
        (
            |user| {
                let claim = ClaimValue::Clear("en-GB".into());
                user.profile.claims.insert(Claim::Locale, claim);
            },
            "locale (none) -> en-GB",
        ),
    ];
    for (edit, fact) in table {
        let found = lines(|desired| edit(alice(desired)));
        assert_eq!(found, [format!("user alice@example.org: {fact}")]);
    }
}

#[test]
fn things_that_come_and_go_are_one_fact_each() {
    let found = lines(|desired| {
        desired.users.remove("bob@example.org");
        let mut carol = testing::user("carol@example.org");
        carol.groups = ["admins", "engineering"].map(testing::group_name).into();
        testing::add(desired, carol);
        desired.aliases.clear();
    });
    assert_eq!(
        found,
        [
            "user bob@example.org: removed id=id-bob-example.org username=bob.example.org name=BOB services=login services=mail",
            "user carol@example.org: added id=id-carol-example.org username=carol.example.org name=CAROL groups=admins groups=engineering services=login services=mail",
            "alias sales@example.org: removed to=alice@example.org to=bob@example.org",
        ]
    );
}

#[test]
fn the_same_id_at_a_new_address_is_a_rename() {
    let found = lines(|desired| {
        let mut al = desired.users.remove("alice@example.org").unwrap();
        al.address = testing::mailbox("al@example.org");
        al.aliases = vec![testing::mailbox("alice@example.org")];
        testing::add(desired, al);
    });
    assert_eq!(
        found,
        [
            "user al@example.org: renamed from alice@example.org",
            "user al@example.org: aliases +alice@example.org",
        ]
    );
}

#[test]
fn two_users_who_swap_addresses_are_two_renames() {
    let found = lines(|desired| {
        let mut alice = desired.users.remove("alice@example.org").unwrap();
        let mut bob = desired.users.remove("bob@example.org").unwrap();
        std::mem::swap(&mut alice.address, &mut bob.address);
        testing::add(desired, alice);
        testing::add(desired, bob);
    });
    assert_eq!(
        found,
        [
            "user alice@example.org: renamed from bob@example.org",
            "user bob@example.org: renamed from alice@example.org",
        ]
    );
}

#[test]
fn a_new_id_at_an_address_is_a_change_unless_the_old_one_moved() {
    let id = UserId::parse("other").unwrap();
    assert_eq!(
        lines(|desired| alice(desired).id = id.clone()),
        ["user alice@example.org: id id-alice-example.org -> other"]
    );
    let found = lines(|desired| {
        let mut moved = alice(desired).clone();
        moved.address = testing::mailbox("zoe@example.org");
        testing::add(desired, moved);
        *alice(desired) = testing::user("alice@example.org");
        alice(desired).id = id.clone();
    });
    assert!(
        found[0].starts_with("user alice@example.org: added id=other "),
        "{found:?}"
    );
    assert_eq!(found[1..], ["user zoe@example.org: renamed from alice@example.org"]);
}

#[test]
fn lists_lose_and_gain_items_and_a_new_order_is_told() {
    let mut order = testing::alias(&["bob@example.org", "alice@example.org"]);
    let sales = testing::mailbox("sales@example.org");
    assert_eq!(
        lines(|desired| _ = desired.aliases.insert(sales.clone(), order.clone())),
        ["alias sales@example.org: to alice@example.org, bob@example.org -> bob@example.org, alice@example.org"]
    );
    order.targets.pop();
    assert_eq!(
        lines(|desired| _ = desired.aliases.insert(sales.clone(), order)),
        ["alias sales@example.org: to -alice@example.org"]
    );
}

#[test]
fn what_a_client_is_open_to() {
    let grafana = |desired: &mut Desired, any| desired.clients.get_mut("grafana").unwrap().gate.any = any;
    let engineering = AnyOf::Groups(vec![testing::group_name("engineering")]);
    assert_eq!(
        lines(|desired| grafana(desired, engineering)),
        ["client grafana: groups +engineering"]
    );
    assert_eq!(
        lines(|desired| grafana(desired, AnyOf::Everyone)),
        ["client grafana: groups +*"]
    );
}

#[test]
fn settings_and_domains() {
    let found = lines(|desired| {
        desired.recipients.push("age1new".into());
        desired.policy.session.idle = std::time::Duration::from_secs(90 * 60);
        let test = DomainSettings {
            test: true,
            ..DomainSettings::default()
        };
        desired.domains.insert(testing::domain("test.example"), test);
        let (id, address) = (UserId::parse("x").unwrap(), testing::mailbox("x@example.org"));
        let place = testing::place("retired.toml");
        desired.retired.push(Retired {
            id,
            address,
            date: testing::date(),
            place,
        });
    });
    assert_eq!(
        found,
        [
            "settings: secrets.recipients +age1new",
            "settings: policy.session.idle 8h -> 90m",
            "domain test.example: added test=true",
            "retired x: added address=x@example.org date=2026-11-30",
        ]
    );
}

fn regexps(patterns: &[&str]) -> Mail {
    let regexp = |pattern: &&str| Regexp {
        pattern: (*pattern).to_owned(),
        to: vec![testing::mailbox("bob@example.org")],
        place: testing::place("mail.toml"),
    };
    Mail {
        regexp: patterns.iter().map(regexp).collect(),
        ..Mail::default()
    }
}

#[test]
fn the_order_of_patterns_is_meaning() {
    let table: [(&[&str], &[&str], &[&str]); 5] = [
        (&["/a/", "/b/"], &["/a/", "/b/"], &[]),
        (
            &["/a/", "/b/"],
            &["/n/", "/a/", "/b/"],
            &["regexp /n/: added position=1 to=bob@example.org"],
        ),
        (
            &["/a/", "/b/"],
            &["/b/", "/a/"],
            &["regexp /a/: position 1 -> 2", "regexp /b/: position 2 -> 1"],
        ),
        (
            &["/a/", "/a/"],
            &["/a/"],
            &["regexp /a/: removed position=2 to=bob@example.org"],
        ),
        (
            &["/a/"],
            &["/b/"],
            &[
                "regexp /a/: removed position=1 to=bob@example.org",
                "regexp /b/: added position=1 to=bob@example.org",
            ],
        ),
    ];
    for (before, after, expected) in table {
        let mut facts = Vec::new();
        mail::mail(Some(&regexps(before)), &regexps(after), &mut facts);
        assert_eq!(facts.iter().map(line).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn access_rules_and_without_anything_before_all_is_new() {
    let mut desired = testing::organisation();
    let rule = crate::model::Access {
        action: AccessAction::Reply(550, "no".into()),
        place: testing::place("mail.toml"),
    };
    desired
        .mail
        .send
        .insert(AccessKey::Domain(testing::domain("example.net")), rule);
    let found: Vec<_> = facts(None, &desired).iter().map(line).collect();
    assert_eq!(
        found,
        [
            "settings: added organisation.name=Example organisation.admin_group=admins policy.site_groups=*",
            "domain example.org: added",
            "send-access example.net: added action=550 no",
        ]
    );
}

#[test]
fn a_fact_points_at_its_key_in_the_file_that_has_it() {
    let span = |start| Span::new(start, start + 1);
    let before = small();
    let mut after = before.clone();
    let user = alice(&mut after);
    user.origin = Origin::new("users/example.org/alice.toml".into(), vec![("name", span(7))]);
    user.credentials.origin = Origin::new(
        "users/example.org/alice.sealed.toml".into(),
        vec![("app_passwords", span(9))],
    );
    user.name = "Al".into();
    user.credentials.app_passwords.insert("phone".into(), sealed(1));
    after.users.remove("bob@example.org");
    let found: Vec<_> = facts(Some(&before), &after)
        .into_iter()
        .map(|fact| (fact.side(), fact.place.path.into_string(), fact.place.span))
        .collect();
    assert_eq!(
        found,
        [
            (Side::After, "users/example.org/alice.toml".to_owned(), span(7)),
            (Side::After, "users/example.org/alice.sealed.toml".to_owned(), span(9)),
            (Side::Before, "users/example.org/bob.toml".to_owned(), Span::default()),
        ]
    );
}

/// Where something stands is no difference.
#[test]
fn a_moved_line_is_no_fact() {
    let found = lines(|desired| {
        alice(desired).origin = Origin::new("users/example.org/alice.toml".into(), vec![("name", Span::new(9, 12))]);
        desired.origin = Origin::new("dockspace.toml".into(), vec![("oidc.issuer", Span::new(1, 2))]);
    });
    assert_eq!(found, Vec::<String>::new());
}
