//! One plan in every format.

use super::files::{self, Rules, Surplus};
use super::*;
use crate::fileset::FileSet;
use crate::model::testing::{self, sealed};
use crate::model::{AnyOf, Password, Quota};

/// Nobody knows the lines.
pub(super) fn nowhere(_: Side, _: &Place) -> Option<(usize, usize)> {
    None
}

fn version(commit: &str) -> Version {
    Version {
        commit: Some(commit.into()),
        trees: [("users".into(), "a1".to_owned())].into(),
    }
}

fn organisation() -> Desired {
    let mut desired = testing::organisation();
    let mut alice = testing::user("alice@example.org");
    alice.credentials.password = Some(Password::Sealed(sealed(1)));
    testing::add(&mut desired, alice);
    testing::add(&mut desired, testing::user("bob@example.org"));
    let client = testing::client("grafana");
    desired.clients.insert(client.id.clone(), client);
    desired
}

pub(super) fn plan_of(change: impl FnOnce(&mut Desired), files: Option<Vec<FileChange>>) -> Plan {
    let before = organisation();
    let mut after = before.clone();
    change(&mut after);
    let (base, head) = (version("1b2c3d4e5f60718293a4"), version("9f8e7d6c5b4a39281706"));
    let revision = |version, desired| Revision { version, desired };
    let base = revision(&base, &before);
    Plan::new(Some(base), revision(&head, &after), files, Sessions::Dropped)
}

fn accounts(content: &str) -> FileSet {
    let mut files = FileSet::new();
    files.insert("postfix-accounts.cf", content.as_bytes().to_vec(), 0o640);
    files
}

fn one_account_changed() -> Vec<FileChange> {
    let rules = Rules {
        target: "mail",
        entry_key: Some(|_, line| line.split('|').next()),
        uptake: |_| Uptake::Rebuild,
        surplus: Surplus::Stays,
    };
    files::compare(&accounts("a|2\nb|1\n"), &accounts("a|1\nb|1\n"), &rules)
}

/// A quota, an app opened to a group, a password, a new user, one who leaves.
pub(super) fn varied(desired: &mut Desired) {
    let alice = desired.users.get_mut("alice@example.org").unwrap();
    alice.quota = Some(Quota::parse("10G").unwrap());
    alice.name = "Alice Liddell".into();
    alice.groups = [testing::group_name("engineering")].into();
    alice.credentials.password = Some(Password::Sealed(sealed(2)));
    desired.users.remove("bob@example.org");
    let mut carol = testing::user("carol@example.org");
    carol.groups = ["admins", "engineering"].map(testing::group_name).into();
    testing::add(desired, carol);
    let grafana = desired.clients.get_mut("grafana").unwrap();
    grafana.gate.any = AnyOf::Groups(vec![testing::group_name("engineering")]);
}

#[test]
fn the_text() {
    let plan = plan_of(varied, Some(one_account_changed()));
    let lines =
        |side, place: &Place| (side == Side::After && place.path == "users/example.org/alice.toml").then_some((7, 9));
    insta::assert_snapshot!(text::plain(&plan, &lines), @r##"
    ~ user alice@example.org  name ALICE → "Alice Liddell"  users/example.org/alice.toml:7:9
    ~ user alice@example.org  groups + engineering  users/example.org/alice.toml:7:9
    ~ user alice@example.org  quota set to 10G  users/example.org/alice.toml:7:9
    ~ user alice@example.org  password replaced  users/example.org/alice.toml:7:9
    - user bob@example.org  name BOB  users/example.org/bob.toml
    + user carol@example.org  name CAROL, groups admins engineering  users/example.org/carol.toml
    ~ client grafana  groups + engineering  clients/grafana.toml

    Files
      postfix-accounts.cf ~1

    Effects
      Postfix and Dovecot reload: every open IMAP session is disconnected about 6 s later
      docker-mailserver rebuilds its tables: 2 rows, about 1 s, and meanwhile a lookup may miss
      the mail stays on the disk of bob@example.org
      signed out of everything: bob@example.org
      app grafana: open to alice@example.org, carol@example.org

    Guards
      admins (1): who administers changes
        user carol@example.org gains the admin group  users/example.org/carol.toml
      vanished (1): gone without a tombstone
        user bob@example.org has no line in retired.toml  users/example.org/bob.toml
      Look at these twice: neither `plan` nor `apply` refuses them. `dockspace explain admins` says why.

    Plan 98dfe31c70af: 7 changes, from 1b2c3d4e5f60 to 9f8e7d6c5b4a
    "##);
}

#[test]
fn the_summary() {
    let plan = plan_of(varied, Some(one_account_changed()));
    let mut summary = String::new();
    text::write_summary(&plan, &nowhere, &mut |_, part| summary.push_str(part));
    let (counts, rest) = summary.split_at(summary.find("\nFiles\n").unwrap());
    insta::assert_snapshot!(counts, @r"
    user            1 new, 1 gone, 4 changed
    client          1 changed
    ");
    assert!(text::plain(&plan, &nowhere).ends_with(rest), "{rest}");
}

#[test]
fn the_markdown() {
    let plan = plan_of(varied, None);
    insta::assert_snapshot!(markdown::write(&plan, &nowhere, markdown::BUDGET), @r##"
    <!-- dockspace plan -->
    ### Plan `98dfe31c70af`: 7 changes

    From `1b2c3d4e5f60` to `9f8e7d6c5b4a`

    **Guards**

    Look at these twice: neither `plan` nor `apply` refuses them.

    - **`admins` (1): who administers changes**
      - user `carol@example.org` gains the admin group (`users/example.org/carol.toml`)
    - **`vanished` (1): gone without a tombstone**
      - user `bob@example.org` has no line in retired.toml (`users/example.org/bob.toml`)

    **Changes**

    - `~` user `alice@example.org`: name `ALICE` → `Alice Liddell` (`users/example.org/alice.toml`)
    - `~` user `alice@example.org`: groups + `engineering` (`users/example.org/alice.toml`)
    - `~` user `alice@example.org`: quota set to `10G` (`users/example.org/alice.toml`)
    - `~` user `alice@example.org`: password replaced (`users/example.org/alice.toml`)
    - `-` user `bob@example.org`: name `BOB` (`users/example.org/bob.toml`)
    - `+` user `carol@example.org`: name `CAROL`, groups `admins` `engineering` (`users/example.org/carol.toml`)
    - `~` client `grafana`: groups + `engineering` (`clients/grafana.toml`)

    **Effects**

    - Postfix and Dovecot reload: every open IMAP session is disconnected about 6 s later
    - docker-mailserver rebuilds its tables: 2 rows, about 1 s, and meanwhile a lookup may miss
    - the mail stays on the disk of `bob@example.org`
    - signed out of everything: `bob@example.org`
    - app `grafana`: open to `alice@example.org`, `carol@example.org`

    Files not compared: rendering them needs the host's identity.
    "##);
}

#[test]
fn nothing_to_change() {
    let plan = plan_of(|_| {}, Some(Vec::new()));
    assert!(plan.is_empty());
    assert_eq!(
        text::plain(&plan, &nowhere),
        "Nothing to change: 1b2c3d4e5f60 is in force.\n"
    );
    let comment = markdown::write(&plan, &nowhere, markdown::BUDGET);
    assert!(
        comment.starts_with("<!-- dockspace plan -->\n### Nothing to change\n"),
        "{comment}"
    );
}

#[test]
fn the_json() {
    let plan = plan_of(
        |desired| _ = desired.users.remove("bob@example.org"),
        Some(one_account_changed()),
    );
    let mut json = Vec::new();
    json::write(&plan, &|_, _| Some((3, 4)), &mut json).unwrap();
    let found: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let field = |field: &str, value: &str| serde_json::json!({ "field": field, "value": value });
    let expected = serde_json::json!({
        "format": "dockspace.plan/1",
        "id": plan.id().as_str(),
        "base": { "commit": "1b2c3d4e5f60718293a4", "trees": { "users": "a1" } },
        "head": { "commit": "9f8e7d6c5b4a39281706", "trees": { "users": "a1" } },
        "facts": [{
            "action": "removed",
            "fields": [
                field("id", "id-bob-example.org"),
                field("username", "bob.example.org"),
                field("name", "BOB"),
                field("services", "login"),
                field("services", "mail"),
            ],
            "place": { "path": "users/example.org/bob.toml", "line": 3, "column": 4 },
            "subject": { "kind": "user", "name": "bob@example.org" },
        }],
        "files": [{
            "target": "mail",
            "path": "postfix-accounts.cf",
            "action": "update",
            "entries": { "added": 0, "removed": 0, "changed": 1 },
        }],
        "effects": [
            { "kind": "reload", "drops_sessions": true },
            { "kind": "rebuild", "rows": 1, "seconds": 1 },
            { "kind": "mail-stays", "users": ["bob@example.org"] },
            { "kind": "signed-out", "users": ["bob@example.org"] },
        ],
        "guards": [{
            "code": "vanished",
            "title": "gone without a tombstone",
            "acknowledgement": "merge",
            "count": 1,
            "found": [{
                "subject": { "kind": "user", "name": "bob@example.org" },
                "what": "has no line in retired.toml",
                "fact": 0,
            }],
        }],
    });
    assert_eq!(found, expected);
}

#[test]
fn the_schema_describes_what_is_written() {
    let schema = json::json_schema();
    let mut json = Vec::new();
    json::write(&plan_of(varied, Some(one_account_changed())), &nowhere, &mut json).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for key in document.as_object().unwrap().keys() {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
    assert!(!schema.to_string().contains("\"additionalProperties\":false"));
}

/// The output follows the change, not the size of the organisation.
#[test]
fn one_change_among_many_users_is_short() {
    let mut before = testing::organisation();
    for number in 0..10_000 {
        testing::add(&mut before, testing::user(&format!("user{number}@example.org")));
    }
    let mut after = before.clone();
    after.users.get_mut("user77@example.org").unwrap().quota = Some(Quota::parse("1G").unwrap());
    let version = version("1b2c3d4e");
    let revision = |desired| Revision {
        version: &version,
        desired,
    };
    let plan = Plan::new(Some(revision(&before)), revision(&after), None, Sessions::Dropped);
    let text = text::plain(&plan, &nowhere);
    assert!(text.len() < 1024, "{text}");
    assert!(markdown::write(&plan, &nowhere, markdown::BUDGET).len() < 1024);
}

#[test]
fn no_format_shows_a_secret() {
    let canary = "canary-5f2c";
    let live = format!("alice@example.org|{{SHA512-CRYPT}}$6${canary}\n");
    let rules = Rules {
        target: "mail",
        entry_key: Some(|_, line| line.split('|').next()),
        uptake: |_| Uptake::Rebuild,
        surplus: Surplus::Stays,
    };
    let files = files::compare(&accounts("alice@example.org|x\n"), &accounts(&live), &rules);
    let live_digest = files[0].live.unwrap().to_string();
    let plan = plan_of(
        |desired| {
            let alice = desired.users.get_mut("alice@example.org").unwrap();
            alice.credentials.password = Some(Password::Test(canary.into()));
            let mut test = testing::user("test@example.org");
            test.credentials.password = Some(Password::Test(canary.into()));
            testing::add(desired, test);
        },
        Some(files),
    );
    let guess = crate::digest::sha256(canary.as_bytes()).to_string();
    let mut json = Vec::new();
    saved::write(&plan, None, &nowhere, &mut json).unwrap();
    for shown in [
        text::plain(&plan, &nowhere),
        markdown::write(&plan, &nowhere, markdown::BUDGET),
        String::from_utf8(json).unwrap(),
        format!("{:?}", plan.facts),
    ] {
        for secret in [canary, &guess, &live_digest] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn a_comment_stays_within_its_budget_and_counts_the_rest() {
    let plan = plan_of(
        |desired| {
            for number in 0..2000 {
                testing::add(desired, testing::user(&format!("user{number}@example.org")));
            }
        },
        None,
    );
    for budget in [2_000, 10_000, markdown::BUDGET] {
        let comment = markdown::write(&plan, &nowhere, budget);
        assert!(comment.len() <= budget, "{} > {budget}", comment.len());
        let shown = comment.matches("\n- `+`").count();
        assert!(
            comment.contains(&format!("- … and {} more\n", 2000 - shown)),
            "{comment}"
        );
    }
}
