//! Effects on who may sign in to what. Only people and apps that changed are judged again.

use std::collections::BTreeSet;

use super::Effect;
use crate::model::access::{SecondFactor, access, barred};
use crate::model::change::{Change, Fact, Subject};
use crate::model::{Address, Client, Desired, User};

/// Adds who is signed out, and for each app who gains or loses it.
pub(super) fn effects(before: &Desired, after: &Desired, facts: &[Fact], effects: &mut Vec<Effect>) {
    let people = changed_people(before, after, facts);
    let (signed_out, mut people): (Vec<_>, Vec<_>) = people.into_iter().partition(Person::is_signed_out);
    if !signed_out.is_empty() {
        let addresses = signed_out.iter().map(|person| person.address().clone());
        effects.push(Effect::SignedOut(addresses.collect()));
    }
    people.retain(|person| !matches!(person, Person::Gone(_)));
    let demanding = subjects(facts, |subject, field| {
        matches!(subject, Subject::Group(_)) && matches!(field, None | Some("require_totp"))
    });
    let gated = subjects(facts, |subject, field| {
        let gate = ["groups", "groups_all", "groups_none", "require_totp"];
        matches!(subject, Subject::Client(_)) && field.is_none_or(|field| gate.contains(&field))
    });
    let others = if demanding.is_empty() && gated.is_empty() {
        Vec::new()
    } else {
        others(before, after, &people, &signed_out)
    };
    let is_demanded = |person: &&Person<'_>| person.is_in(&demanding);
    for (id, client) in &after.clients {
        let is_gated = gated.contains(id.as_str());
        let concerned = others.iter().filter(|person| is_gated || is_demanded(person));
        effects.extend(judge(before, after, client, people.iter().chain(concerned)));
    }
}

/// A user before and after, with the same id.
#[derive(Clone, Copy)]
enum Person<'a> {
    New(&'a User),
    Gone(&'a User),
    Both(&'a User, &'a User),
}

impl<'a> Person<'a> {
    const fn before(self) -> Option<&'a User> {
        match self {
            Self::New(_) => None,
            Self::Gone(user) | Self::Both(user, _) => Some(user),
        }
    }

    const fn after(self) -> Option<&'a User> {
        match self {
            Self::Gone(_) => None,
            Self::New(user) | Self::Both(_, user) => Some(user),
        }
    }

    const fn address(self) -> &'a Address {
        match self {
            Self::New(user) | Self::Gone(user) | Self::Both(_, user) => &user.address,
        }
    }

    fn is_signed_out(&self) -> bool {
        let could = self.before().is_some_and(|user| barred(user).is_none());
        let can = self.after().is_some_and(|user| barred(user).is_none());
        could && !can
    }

    fn is_in(self, groups: &BTreeSet<&str>) -> bool {
        self.after()
            .is_some_and(|user| user.groups.iter().any(|group| groups.contains(group.as_str())))
    }
}

/// People with a fact that could change what they may sign in to. Somebody else at the same address is two people.
fn changed_people<'a>(before: &'a Desired, after: &'a Desired, facts: &[Fact]) -> Vec<Person<'a>> {
    let mut people = Vec::new();
    for fact in facts {
        let Subject::User(address) = &fact.subject else {
            continue;
        };
        let old = before.user(address);
        let new = after.user(address);
        match &fact.change {
            Change::Added(_) => people.extend(new.map(Person::New)),
            Change::Removed(_) => people.extend(old.map(Person::Gone)),
            Change::Renamed { from } => people.extend(both(before.user(from), new)),
            Change::Changed { field, .. } | Change::Gained { field, .. } | Change::Lost { field, .. } => {
                let counts = ["id", "groups", "state", "services", "class"].contains(&&**field);
                // Facts about one user stand together, a rename first.
                let is_known = people.last().is_some_and(|person| person.address() == address);
                if counts && !is_known {
                    people.extend(both(old, new));
                }
            }
        }
    }
    people
}

fn both<'a>(old: Option<&'a User>, new: Option<&'a User>) -> Vec<Person<'a>> {
    match (old, new) {
        (Some(old), Some(new)) if old.id == new.id => vec![Person::Both(old, new)],
        _ => old.map(Person::Gone).into_iter().chain(new.map(Person::New)).collect(),
    }
}

/// The names of the subjects that have a fact about such a field; `None` stands for the whole thing.
fn subjects(facts: &[Fact], is_about: impl Fn(&Subject, Option<&str>) -> bool) -> BTreeSet<&str> {
    let found = facts.iter().filter(|fact| is_about(&fact.subject, fact.change.field()));
    found.map(|fact| fact.subject.name()).collect()
}

/// Everybody who isn't named yet: unchanged in all that counts.
fn others<'a>(
    before: &'a Desired,
    after: &'a Desired,
    people: &[Person<'a>],
    signed_out: &[Person<'a>],
) -> Vec<Person<'a>> {
    let known: BTreeSet<_> = people.iter().chain(signed_out).map(|person| person.address()).collect();
    let others = after.users.iter().filter(|(address, _)| !known.contains(address));
    others
        .flat_map(|(address, user)| both(before.user(address), Some(user)))
        .collect()
}

/// How much of a sign-in it takes.
#[derive(Clone, Copy)]
enum May {
    Nothing,
    WithPassword,
    WithSecondFactor,
}

fn may(desired: &Desired, user: Option<&User>, client: Option<&Client>) -> May {
    let (Some(user), Some(client)) = (user, client) else {
        return May::Nothing;
    };
    let verdict = access(desired, user, client);
    match (verdict.allowed, verdict.second_factor) {
        (false, _) => May::Nothing,
        (true, SecondFactor::NotRequired) => May::WithPassword,
        (true, SecondFactor::ByClient | SecondFactor::ByGroup(_)) => May::WithSecondFactor,
    }
}

fn judge<'a>(
    before: &Desired,
    after: &Desired,
    client: &Client,
    people: impl Iterator<Item = &'a Person<'a>>,
) -> Option<Effect> {
    let old_client = before.clients.get(&client.id);
    let (mut gained, mut lost, mut second_factor) = (Vec::new(), Vec::new(), Vec::new());
    for person in people {
        let was = may(before, person.before(), old_client);
        let is = may(after, person.after(), Some(client));
        let list = match (was, is) {
            (May::Nothing, May::WithPassword | May::WithSecondFactor) => &mut gained,
            (May::WithPassword | May::WithSecondFactor, May::Nothing) => &mut lost,
            (May::WithPassword, May::WithSecondFactor) => &mut second_factor,
            _ => continue,
        };
        list.push(person.address().clone());
    }
    if gained.is_empty() && lost.is_empty() && second_factor.is_empty() {
        return None;
    }
    for list in [&mut gained, &mut lost, &mut second_factor] {
        list.sort();
    }
    Some(Effect::Access {
        client: client.id.clone(),
        gained,
        lost,
        second_factor,
    })
}
