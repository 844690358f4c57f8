//! Each rule with what breaks it and the nearest that doesn't.

use super::*;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::change::facts;
use crate::model::testing::{self, sealed};
use crate::model::{Desired, RuleName, State};

/// Alice and bob administer, carol does not; alice has an alias.
fn organisation(demand: Demand) -> Desired {
    let mut desired = testing::organisation();
    for (name, groups) in [("alice", &["admins"][..]), ("bob", &["admins"]), ("carol", &["dev"])] {
        let mut user = testing::user(&format!("{name}@example.org"));
        user.groups = groups.iter().map(|group| testing::group_name(group)).collect();
        if name == "alice" {
            user.aliases = vec![testing::mailbox("al@example.org")];
        }
        testing::add(&mut desired, user);
    }
    let rule = PolicyRule {
        demand,
        because: None,
        place: testing::place("dockspace.toml"),
    };
    desired.policy.rules.insert(RuleName::parse("rule").unwrap(), rule);
    desired
}

fn groups(names: &[&str]) -> Vec<GroupName> {
    names.iter().map(|name| testing::group_name(name)).collect()
}

fn commit(author: &str, paths: &[&str], reviewers: &[&str]) -> Commit {
    Commit {
        id: "1b2c3d4e5f60".into(),
        author: author.into(),
        paths: paths.iter().map(Into::into).collect(),
        reviewers: reviewers.iter().map(|&text| text.to_owned()).collect(),
    }
}

fn lines(report: Report) -> Vec<String> {
    let line = |found: Diagnostic| format!("{} {}: {}", found.rule.code, found.place.path, found.message);
    report.sorted().into_iter().map(line).collect()
}

fn by_admins(paths: &[&str], fields: &[&str]) -> ChangeRule {
    let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    ChangeRule {
        paths: texts(paths),
        fields: texts(fields),
        by: groups(&["admins"]),
        ..ChangeRule::default()
    }
}

#[test]
fn who_may_change_a_path() {
    let before = organisation(Demand::Change(by_admins(&["groups/*"], &[])));
    let found = |commit: Commit| lines(change(&before, &[], &[commit]));
    for author in ["alice@example.org", "AL@example.org", "bob@example.org"] {
        assert_eq!(found(commit(author, &["groups/dev.toml"], &[])), [""; 0], "{author}");
    }
    assert_eq!(
        found(commit("carol@example.org", &["users/example.org/x.toml"], &[])),
        [""; 0]
    );
    // A star is one folder's.
    assert_eq!(found(commit("carol@example.org", &["groups/a/b.toml"], &[])), [""; 0]);
    assert_eq!(
        found(commit(
            "carol@example.org",
            &["groups/admins.toml", "groups/dev.toml"],
            &[]
        )),
        [
            "DS-P010 groups/admins.toml: groups/admins.toml and 1 more was changed by carol@example.org in 1b2c3d4e5f60, \
          who is not in admins (rule `rule`)"
        ]
    );
    assert_eq!(
        found(commit("mallory@evil.example", &["groups/dev.toml"], &[])),
        [
            "DS-P010 groups/dev.toml: groups/dev.toml was changed by mallory@evil.example in 1b2c3d4e5f60, \
          whom nobody active has as an address (rule `rule`)"
        ]
    );
}

#[test]
fn a_change_makes_nobody_its_own_author() {
    let before = organisation(Demand::Change(by_admins(&[], &["user.groups"])));
    let mut after = before.clone();
    after.users.get_mut("carol@example.org").unwrap().groups = groups(&["admins"]).into_iter().collect();
    after.policy.rules.clear();
    let facts = facts(Some(&before), &after);
    let path = "users/example.org/carol.toml";
    let found = |author: &str| lines(change(&before, &facts, &[commit(author, &[path], &[])])).len();
    assert_eq!((found("carol@example.org"), found("alice@example.org")), (1, 0));
    // Somebody who was an administrator but is suspended is none.
    let mut suspended = before.clone();
    suspended.users.get_mut("alice@example.org").unwrap().state = State::Suspended;
    let report = change(&suspended, &facts, &[commit("alice@example.org", &[path], &[])]);
    assert_eq!(lines(report).len(), 1);
}

#[test]
fn a_field_is_meant_and_no_other_of_its_file() {
    type Edit = fn(&mut Desired);
    let table: [(&str, Edit, usize); 8] = [
        (
            "user.groups",
            |new| {
                let carol = new.users.get_mut("carol@example.org").unwrap();
                carol.groups.insert(testing::group_name("x"));
            },
            1,
        ),
        (
            "user.groups",
            |new| new.users.get_mut("carol@example.org").unwrap().name = "C".into(),
            0,
        ),
        (
            "user",
            |new| new.users.get_mut("carol@example.org").unwrap().name = "C".into(),
            1,
        ),
        ("user.groups", |new| _ = new.users.remove("carol@example.org"), 1),
        ("user.quota", |new| _ = new.users.remove("carol@example.org"), 0),
        ("settings.policy", |new| new.policy.password.min_length = 8, 1),
        ("settings.pol", |new| new.policy.password.min_length = 8, 0),
        ("group", |new| new.policy.password.min_length = 8, 0),
    ];
    for (field, edit, expect) in table {
        let before = organisation(Demand::Change(by_admins(&[], &[field])));
        let mut after = before.clone();
        edit(&mut after);
        let commit = commit(
            "mallory@evil.example",
            &["users/example.org/carol.toml", "dockspace.toml"],
            &[],
        );
        let found = change(&before, &facts(Some(&before), &after), &[commit]);
        assert_eq!(lines(found).len(), expect, "{field}");
    }
}

#[test]
fn ones_own_files() {
    let rule = ChangeRule {
        or_self: true,
        ..by_admins(&["users/**"], &[])
    };
    let before = organisation(Demand::Change(rule));
    let found = |author: &str, path: &str| lines(change(&before, &[], &[commit(author, &[path], &[])])).len();
    assert_eq!(found("carol@example.org", "users/example.org/carol.profile.toml"), 0);
    assert_eq!(found("carol@example.org", "users/example.org/bob.profile.toml"), 1);
    assert_eq!(found("carol@example.org", "users/example.org/carol.extra.toml"), 1);
    assert_eq!(found("alice@example.org", "users/example.org/carol.toml"), 0);
}

#[test]
fn a_review_is_by_somebody_else() {
    let rule = ChangeRule {
        by: Vec::new(),
        reviewed_by: groups(&["admins"]),
        ..by_admins(&["groups/*"], &[])
    };
    let before = organisation(Demand::Change(rule));
    let found = |commits: &[Commit]| lines(change(&before, &[], commits)).len();
    let path = ["groups/dev.toml"];
    assert_eq!(found(&[commit("alice@example.org", &path, &[])]), 1);
    assert_eq!(found(&[commit("alice@example.org", &path, &["bob@example.org"])]), 0);
    for none in [
        "alice@example.org",
        "al@example.org",
        "carol@example.org",
        "mallory@evil.example",
    ] {
        assert_eq!(found(&[commit("alice@example.org", &path, &[none])]), 1, "{none}");
    }
    // The word of any commit of the change will do, but not that of one of its authors.
    let merge = commit("bob@example.org", &[], &["bob@example.org"]);
    assert_eq!(found(&[commit("alice@example.org", &path, &[]), merge]), 0);
    let both = [
        commit("alice@example.org", &path, &["bob@example.org"]),
        commit("bob@example.org", &path, &[]),
    ];
    assert_eq!(found(&both), 1);
    assert_eq!(found(&[commit("alice@example.org", &["users/x"], &[])]), 0);
}

#[test]
fn groups_that_exclude_each_other() {
    let mut desired = organisation(Demand::Apart(groups(&["admins", "dev"]).into_iter().collect()));
    assert_eq!(lines(state(&desired.policy, &desired)), [""; 0]);
    let carol = desired.users.get_mut("carol@example.org").unwrap();
    carol.groups = groups(&["admins", "dev"]).into_iter().collect();
    assert_eq!(
        lines(state(&desired.policy, &desired)),
        ["DS-P012 users/example.org/carol.toml: carol@example.org is in admins and dev (rule `rule`)"]
    );
    desired.users.get_mut("carol@example.org").unwrap().state = State::Absent;
    assert_eq!(lines(state(&desired.policy, &desired)), [""; 0]);
}

#[test]
fn members_with_a_second_factor() {
    let mut desired = organisation(Demand::SecondFactor(groups(&["dev"]).into_iter().collect()));
    let said = lines(state(&desired.policy, &desired));
    assert_eq!(
        said,
        ["DS-P013 users/example.org/carol.toml: carol@example.org is in dev and has no second factor (rule `rule`)"]
    );
    let carol = desired.users.get_mut("carol@example.org").unwrap();
    carol.state = State::Suspended;
    assert_eq!(lines(state(&desired.policy, &desired)), [""; 0]);
    let carol = desired.users.get_mut("carol@example.org").unwrap();
    carol.state = State::Active;
    carol.credentials.totp = Some(sealed(1));
    assert_eq!(lines(state(&desired.policy, &desired)), [""; 0]);
}

#[test]
fn a_hostile_author_stays_on_one_line() {
    let before = organisation(Demand::Change(by_admins(&["**"], &[])));
    let hostile = commit("x\n::error::@everyone\u{202e}", &["a\nb"], &[]);
    let said = lines(change(&before, &[], &[hostile]));
    assert_eq!(said.len(), 1);
    assert!(
        said[0]
            .split_once(": ")
            .unwrap()
            .1
            .chars()
            .all(|c| !c.is_control() && c != '\u{202e}'),
        "{said:?}"
    );
}
