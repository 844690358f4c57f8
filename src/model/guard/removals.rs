//! The guard against losing much at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Compared, Findings, Limits, Loss, Person};
use crate::model::change::{Change, Fact, Subject, Value};
use crate::model::{Address, Desired, State, User};

/// What goes, and the index of the fact that says so.
type Gone = (Subject, &'static str, usize);

/// Adds what goes from each collection that loses too much; returns those collections.
pub(super) fn find(change: Compared<'_>, people: &[Person<'_>], limits: Limits, findings: &mut Findings) -> Vec<Loss> {
    let mut gone: BTreeMap<&'static str, Vec<Gone>> = BTreeMap::new();
    for person in people {
        if let Some(what) = person.old.and_then(|old| falls(old, person.new)) {
            let fact = person.fact_about(&["state", "services"]);
            gone.entry("user")
                .or_default()
                .push((person.subject().clone(), what, fact));
        }
    }
    for (index, fact) in change.facts.iter().enumerate() {
        if matches!(fact.change, Change::Removed(_)) && is_counted(&fact.subject) {
            gone.entry(fact.subject.kind())
                .or_default()
                .push((fact.subject.clone(), "is gone", index));
        }
    }
    own_aliases(change.facts, gone.entry("alias").or_default());
    let mut losses = Vec::new();
    for (kind, gone) in gone {
        if let Some(loss) = loss(change.before, kind, gone.len(), limits) {
            losses.push(loss);
            for (subject, what, fact) in gone {
                findings.push(Code::Removals, subject, what, None, fact);
            }
        }
    }
    losses
}

/// How a user has less than before; `None`: as much or more.
pub(super) fn falls(old: &User, new: Option<&User>) -> Option<&'static str> {
    if old.state == State::Absent {
        return None;
    }
    let Some(new) = new else { return Some("is removed") };
    if new.state > old.state {
        return Some(match new.state {
            State::Active => "stays active",
            State::Locked => "is locked",
            State::Suspended => "is suspended",
            State::Absent => "is absent",
        });
    }
    (old.has_service("mail") && !new.has_service("mail")).then_some("loses mail")
}

/// Users are counted by what they have, domains and people who are gone for good have guards of their own.
const fn is_counted(subject: &Subject) -> bool {
    !matches!(
        subject,
        Subject::User(_) | Subject::Domain(_) | Subject::Retired(_) | Subject::Settings
    )
}

/// Aliases that users who stay lose, unless somebody else has them now.
fn own_aliases(facts: &[Fact], gone: &mut Vec<Gone>) {
    let lost = facts.iter().enumerate().filter_map(|(index, fact)| match &fact.change {
        Change::Lost { field, item } if field == "aliases" => Some((index, &**item)),
        _ => None,
    });
    let lost: Vec<(usize, &str)> = lost.collect();
    if lost.is_empty() && gone.is_empty() {
        return;
    }
    let taken = taken(facts);
    gone.retain(|(subject, ..)| !taken.contains(subject.name()));
    for (index, address) in lost.into_iter().filter(|(_, address)| !taken.contains(address)) {
        if let Ok(address) = Address::alias(address) {
            gone.push((Subject::Alias(address), "is gone", index));
        }
    }
}

/// The addresses that somebody or something has now and had not before.
fn taken(facts: &[Fact]) -> BTreeSet<&str> {
    let mut taken = BTreeSet::new();
    for fact in facts {
        match (&fact.subject, &fact.change) {
            (Subject::Alias(address), Change::Added(_)) => {
                taken.insert(address.as_str());
            }
            (Subject::User(address), Change::Added(fields)) => {
                taken.insert(address.as_str());
                let aliases = fields.iter().filter(|(field, _)| field == "aliases");
                taken.extend(aliases.filter_map(|(_, value)| match value {
                    Value::Text(text) => Some(&**text),
                    Value::Secret(_) => None,
                }));
            }
            (Subject::User(address), Change::Renamed { .. }) => {
                taken.insert(address.as_str());
            }
            (_, Change::Gained { field, item }) if field == "aliases" => {
                taken.insert(item);
            }
            _ => {}
        }
    }
    taken
}

/// More than the larger of a number and a share of the collection as it was.
fn loss(before: &Desired, kind: &'static str, gone: usize, limits: Limits) -> Option<Loss> {
    let count = limits.removal_count as usize;
    if gone <= count {
        return None;
    }
    let of = size(before, kind);
    let limit = count.max(of * usize::from(limits.removal_percent) / 100);
    (gone > limit).then_some(Loss { kind, gone, of, limit })
}

fn size(before: &Desired, kind: &str) -> usize {
    let Desired { mail, .. } = before;
    match kind {
        "user" => before.users.values().filter(|user| user.state != State::Absent).count(),
        "alias" => before.aliases.len() + before.users.values().map(|user| user.aliases.len()).sum::<usize>(),
        "group" => before.groups.len(),
        "catch-all" => before.catch_alls.len(),
        "client" => before.clients.len(),
        "key" => before.keys.len(),
        "target" => before.targets.len(),
        "regexp" => mail.regexp.len(),
        "system-alias" => mail.system_aliases.len(),
        "relay" => mail.relay.len(),
        "master" => mail.masters.len(),
        "send-access" => mail.send.len(),
        "receive-access" => mail.receive.len(),
        _ => 0,
    }
}
