//! What of a change somebody has to look at twice: guards, decided by the facts alone.
//!
//! Pure. A guard says what it found and on which facts that rests; it refuses nothing and stops nothing from being shown. The
//! limits come from the revision before, so that a change cannot lift the limit it breaks. What needs the live files (entries
//! that nobody wrote, old mail at a new person's address) is not decided here.
//!
//! ```text
//! guards(before, after, facts, limits):  admins    user mallory@example.org gains the admin group
//!                                        removals  4 of 12 users, where 2 may go at once
//! ```

mod code;
mod people;
mod removals;
mod settings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_people;

use std::collections::BTreeMap;

pub use code::{Acknowledgement, Code};

use super::change::{Change, Fact, Subject};
use super::policy::Guards as Limits;
use super::{Desired, User};

/// A guard that has something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Which.
    pub code: Code,
    /// What it found, in the order of the facts; never empty.
    pub found: Vec<Found>,
    /// Of `removals`: each collection that loses too much.
    pub losses: Vec<Loss>,
}

/// One thing that a guard found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is about.
    pub subject: Subject,
    /// What happens to it, in our words: "gains the admin group".
    pub what: &'static str,
    /// The value or field in question, as somebody wrote it; `None` where the words say it all.
    pub item: Option<Box<str>>,
    /// The fact it rests on, by its index.
    pub fact: usize,
}

/// A collection that loses more than may go at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The kind of thing, as [`Subject::kind`] calls it.
    pub kind: &'static str,
    /// How many go.
    pub gone: usize,
    /// Of how many.
    pub of: usize,
    /// How many may go at once.
    pub limit: usize,
}

/// All guards that the facts raise, the riskiest first.
///
/// Without a `before` there is nothing yet to lose or to lift, so only what is risky in itself is found.
#[must_use]
pub fn guards(before: Option<&Desired>, after: &Desired, facts: &[Fact], limits: &Limits) -> Vec<Guard> {
    let mut findings = Findings::default();
    settings::redirects(before, facts, &mut findings);
    let mut losses = Vec::new();
    if let Some(before) = before {
        let change = Compared { before, after, facts };
        settings::find(facts, &mut findings);
        let people: Vec<Person<'_>> = change.people().collect();
        people::find(change, &people, &mut findings);
        losses = removals::find(change, &people, *limits, &mut findings);
    }
    findings.guards(&losses)
}

/// Whether a change of these users can be judged without knowing all others: nobody who administers falls away, and no more fall
/// than may in any organisation. Both sides hold the same users, those who differ.
#[must_use]
pub fn needs_everybody(before: &Desired, after: &Desired) -> bool {
    let limit = before.policy.guards.removal_count as usize;
    let pairs = || {
        let old = before.users.values();
        old.map(|old| (&**old, after.users.get(&old.address).map(Box::as_ref)))
    };
    let fallen = pairs().filter(|(old, new)| removals::falls(old, *new).is_some());
    fallen.count() > limit || pairs().any(|(old, new)| people::stops_administering(before, old, after, new))
}

/// A change, as guards look at it.
#[derive(Clone, Copy)]
struct Compared<'a> {
    before: &'a Desired,
    after: &'a Desired,
    facts: &'a [Fact],
}

/// The facts about one user, with the user on both sides.
struct Person<'a> {
    old: Option<&'a User>,
    new: Option<&'a User>,
    facts: &'a [Fact],
    /// The index of the first of them.
    first: usize,
}

impl<'a> Compared<'a> {
    /// Everybody of whom the facts say something that a guard may ask about, in their order.
    fn people(self) -> impl Iterator<Item = Person<'a>> {
        let mut first = 0;
        let chunks = self.facts.chunk_by(|a, b| a.subject == b.subject);
        chunks.filter_map(move |facts| {
            let start = first;
            first += facts.len();
            let Subject::User(address) = &facts[0].subject else {
                return None;
            };
            if !facts.iter().any(matters) {
                return None;
            }
            let (old, new) = match &facts[0].change {
                Change::Added(_) => (None, self.after.users.get(address)),
                Change::Removed(_) => (self.before.users.get(address), None),
                Change::Renamed { from } => (self.before.users.get(from), self.after.users.get(address)),
                Change::Changed { .. } | Change::Gained { .. } | Change::Lost { .. } => {
                    (self.before.users.get(address), self.after.users.get(address))
                }
            };
            Some(Person {
                old: old.map(Box::as_ref),
                new: new.map(Box::as_ref),
                facts,
                first: start,
            })
        })
    }
}

/// Whether a fact about a user may raise a guard; the name and the quota of thousands may change at once.
fn matters(fact: &Fact) -> bool {
    fact.change.field().is_none_or(|field| {
        ["id", "groups", "state", "services", "class", "protected"].contains(&field) || people::is_credential(field)
    })
}

impl Person<'_> {
    const fn subject(&self) -> &Subject {
        &self.facts[0].subject
    }

    /// The first fact about one of `fields`; else the first about the user.
    fn fact_about(&self, fields: &[&str]) -> usize {
        let about = |fact: &Fact| fact.change.field().is_some_and(|field| fields.contains(&field));
        self.first + self.facts.iter().position(about).unwrap_or(0)
    }
}

/// What was found so far, by guard.
#[derive(Default)]
struct Findings(BTreeMap<Code, Vec<Found>>);

impl Findings {
    fn add(&mut self, code: Code, subject: &Subject, what: &'static str, fact: usize) {
        self.push(code, subject.clone(), what, None, fact);
    }

    fn add_item(&mut self, code: Code, subject: &Subject, what: &'static str, item: &str, fact: usize) {
        self.push(code, subject.clone(), what, Some(item.into()), fact);
    }

    fn push(&mut self, code: Code, subject: Subject, what: &'static str, item: Option<Box<str>>, fact: usize) {
        let found = Found {
            subject,
            what,
            item,
            fact,
        };
        self.0.entry(code).or_default().push(found);
    }

    fn guards(self, losses: &[Loss]) -> Vec<Guard> {
        let guard = |(code, mut found): (Code, Vec<Found>)| {
            found.sort_by_key(|found| found.fact);
            let losses = if code == Code::Removals {
                losses.to_vec()
            } else {
                Vec::new()
            };
            Guard { code, found, losses }
        };
        self.0.into_iter().map(guard).collect()
    }
}
