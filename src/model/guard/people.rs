//! Guards about people: administrators, protected users, ids, and whether anybody is left.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Compared, Findings, Person};
use crate::model::access::barred;
use crate::model::change::{Change, Fact, Field, Subject, Value};
use crate::model::{Desired, User, UserId};

/// The field of `dockspace.toml` that says which group administers.
const ADMIN_GROUP: &str = "organisation.admin_group";

/// Adds what the facts about users raise.
pub(super) fn find(change: Compared<'_>, people: &[Person<'_>], findings: &mut Findings) {
    let Compared { before, after, facts } = change;
    let regrouped = facts
        .iter()
        .position(|fact| fact.subject == Subject::Settings && fact.change.field() == Some(ADMIN_GROUP));
    let (mut fallen, mut unhoused) = (Vec::new(), Vec::new());
    for person in people {
        if regrouped.is_none() {
            administers_now(change, person, findings);
        }
        if person
            .old
            .is_some_and(|old| stops_administering(before, old, after, person.new))
        {
            fallen.push((person.subject().clone(), person.fact_about(FALLING)));
        }
        if person.old.is_some_and(User::has_mailbox) && !person.new.is_some_and(User::has_mailbox) {
            unhoused.push((person.subject().clone(), person.fact_about(&["state", "services"])));
        }
        protected(change, person, findings);
        credentials(change, person, findings);
        id(person, findings);
    }
    if let Some(fact) = regrouped {
        regroup(change, fact, findings);
    }
    if !fallen.is_empty() && !after.users.values().any(|user| is_usable_admin(after, user)) {
        for (subject, fact) in fallen {
            findings.add(Code::Admins, &subject, "was the last who could administer", fact);
        }
    }
    if !unhoused.is_empty() && !after.users.values().any(|user| user.has_mailbox()) {
        for (subject, fact) in unhoused {
            findings.add(Code::Empty, &subject, "loses the mailbox", fact);
        }
    }
    vanished(facts, findings);
}

/// The fields by which somebody stops to administer.
const FALLING: &[&str] = &["groups", "state", "services", "class", "password"];

/// Whether `user` is a member of the admin group.
fn is_admin(desired: &Desired, user: &User) -> bool {
    user.groups.contains(&desired.organisation.admin_group)
}

/// Whether `user` can sign in as an administrator.
fn is_usable_admin(desired: &Desired, user: &User) -> bool {
    is_admin(desired, user) && barred(user).is_none() && user.credentials.password.is_some()
}

/// Whether somebody who could administer no longer can.
pub(super) fn stops_administering(before: &Desired, old: &User, after: &Desired, new: Option<&User>) -> bool {
    is_usable_admin(before, old) && !new.is_some_and(|new| is_usable_admin(after, new))
}

fn administers_now(change: Compared<'_>, person: &Person<'_>, findings: &mut Findings) {
    let Some(new) = person.new.filter(|new| is_admin(change.after, new)) else {
        return;
    };
    // Whoever has another id is somebody else.
    let old = person.old.filter(|old| old.id == new.id);
    match old.filter(|old| is_admin(change.before, old)) {
        None => findings.add(
            Code::Admins,
            person.subject(),
            "gains the admin group",
            person.fact_about(&["groups", "id"]),
        ),
        Some(old) if barred(old).is_some() && barred(new).is_none() => findings.add(
            Code::Admins,
            person.subject(),
            "is let in again as a member of the admin group",
            person.fact_about(&["state", "services", "class"]),
        ),
        Some(_) => {}
    }
}

/// Another group administers: everybody in it who was not in the one before.
fn regroup(change: Compared<'_>, fact: usize, findings: &mut Findings) {
    let Compared { before, after, .. } = change;
    let ids: BTreeMap<&UserId, &User> = before.users.values().map(|user| (&user.id, &**user)).collect();
    let was_admin = |id: &UserId| ids.get(id).is_some_and(|old| is_admin(before, old));
    let new = after
        .users
        .values()
        .filter(|user| is_admin(after, user) && !was_admin(&user.id));
    for user in new {
        let subject = Subject::User(user.address.clone());
        findings.add(Code::Admins, &subject, "is in the new admin group", fact);
    }
    // Even a group without new members: the next who joins it administers.
    findings.add_item(Code::Admins, &Subject::Settings, "changes", ADMIN_GROUP, fact);
    let had = before.users.values().any(|user| is_usable_admin(before, user));
    if had && !after.users.values().any(|user| is_usable_admin(after, user)) {
        findings.add(
            Code::Admins,
            &Subject::Settings,
            "leaves nobody who could administer",
            fact,
        );
    }
}

/// What may not be done to a user of whom the base says `protected = true`.
fn protected(change: Compared<'_>, person: &Person<'_>, findings: &mut Findings) {
    if !person.old.is_some_and(|old| old.protected) {
        return;
    }
    let admin_groups = [change.before, change.after].map(|desired| desired.organisation.admin_group.as_str());
    for (index, fact) in person.facts.iter().enumerate() {
        let (what, field) = match &fact.change {
            Change::Removed(_) => ("is removed", None),
            Change::Renamed { .. } => ("is renamed", None),
            Change::Gained { field, item } | Change::Lost { field, item }
                if field == "groups" && admin_groups.contains(&&**item) =>
            {
                ("changes", Some(&**field))
            }
            Change::Changed { field, .. } | Change::Gained { field, .. } | Change::Lost { field, .. }
                if ["id", "state", "services", "protected"].contains(&&**field) || is_credential(field) =>
            {
                ("changes", Some(&**field))
            }
            _ => continue,
        };
        let fact = person.first + index;
        findings.push(
            Code::Protected,
            person.subject().clone(),
            what,
            field.map(Into::into),
            fact,
        );
    }
}

/// Whether `field` of a user is something the user proves to be the user with.
pub(super) fn is_credential(field: &str) -> bool {
    matches!(field, "password" | "totp" | "recovery_codes") || field.starts_with("app_passwords.")
}

/// Credentials of somebody who administers, before or after. Those of somebody new come with the admin group.
fn credentials(change: Compared<'_>, person: &Person<'_>, findings: &mut Findings) {
    let was = person.old.is_some_and(|old| is_admin(change.before, old));
    let is = person.new.is_some_and(|new| is_admin(change.after, new));
    if person.old.is_none() || person.new.is_none() || !(was || is) {
        return;
    }
    for (index, fact) in person.facts.iter().enumerate() {
        if let Some(field) = fact.change.field().filter(|field| is_credential(field)) {
            let code = Code::PrivilegedCredential;
            findings.add_item(code, person.subject(), what_happens(fact), field, person.first + index);
        }
    }
}

/// Whether a value came, went, or is another.
const fn what_happens(fact: &Fact) -> &'static str {
    match &fact.change {
        Change::Changed { before: None, .. } | Change::Gained { .. } => "gets",
        Change::Changed { after: None, .. } | Change::Lost { .. } => "loses",
        _ => "gets another",
    }
}

fn id(person: &Person<'_>, findings: &mut Findings) {
    let is_another = |fact: &Fact| matches!(&fact.change, Change::Changed { field, .. } if field == "id");
    if let Some(index) = person.facts.iter().position(is_another) {
        findings.add(Code::Id, person.subject(), "gets another id", person.first + index);
    }
}

/// Users whose file is gone while `retired.toml` says nothing of them, and lines of it that are gone.
fn vanished(facts: &[Fact], findings: &mut Findings) {
    let retired: BTreeSet<&str> = facts
        .iter()
        .filter(|fact| matches!(fact.change, Change::Added(_)))
        .filter_map(|fact| match &fact.subject {
            Subject::Retired(id) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    for (index, fact) in facts.iter().enumerate() {
        let Change::Removed(fields) = &fact.change else {
            continue;
        };
        match &fact.subject {
            Subject::Retired(_) => findings.add(Code::Vanished, &fact.subject, "is no longer listed", index),
            Subject::User(_) if !buried(fields, &retired) => {
                findings.add(Code::Vanished, &fact.subject, "has no line in retired.toml", index);
            }
            _ => {}
        }
    }
}

/// Whether the id among `fields` is one of `retired`.
fn buried(fields: &[(Field, Value)], retired: &BTreeSet<&str>) -> bool {
    let is_retired = |value: &Value| matches!(value, Value::Text(id) if retired.contains(&**id));
    fields.iter().any(|(field, value)| field == "id" && is_retired(value))
}
