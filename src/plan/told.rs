//! A plan in sentences for pages: riskiest first, each part marked as our words or as what somebody wrote.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Plan;
use super::phrase::{self, Phrase, Piece};
use super::visible::visible;
use crate::model::change::{Change, Fact, Subject};
use crate::model::guard::Guard;

/// A sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What it is about, such as `user alice@example.org`; empty where the sentence says it.
    pub about: Vec<Part>,
    /// What is said.
    pub text: Vec<Part>,
    /// `+`, `-` or `~`; a blank for what is no fact.
    pub sign: char,
    /// How much it asks to be looked at.
    pub risk: Risk,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Whether somebody wrote it in the repository.
    pub given: bool,
    /// The text, with nothing in it that hides.
    pub text: String,
}

/// How much a change asks to be looked at. Ordered: the most comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// It takes something away, or decides about everybody.
    High,
    /// It says who may what, or where mail goes.
    Medium,
    /// All else.
    Low,
}

/// A guard: what somebody has to look at twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldGuard {
    /// What `dockspace explain` knows it by.
    pub code: &'static str,
    /// What it says.
    pub text: Vec<Part>,
    /// What it found.
    pub found: Vec<Vec<Part>>,
}

/// Every guard, riskiest first.
#[must_use]
pub fn guards(plan: &Plan) -> Vec<ToldGuard> {
    let guard = |guard: &Guard| ToldGuard {
        code: guard.code.as_str(),
        // The code stands for itself.
        text: parts(&phrase::guard(guard)).into_iter().skip(1).collect(),
        found: guard.found.iter().map(|found| parts(&phrase::found(found))).collect(),
    };
    plan.guards.iter().map(guard).collect()
}

/// Every fact, riskiest first: what a guard rests on before all else.
#[must_use]
pub fn facts(plan: &Plan) -> Vec<Told> {
    let guarded: BTreeSet<usize> = plan
        .guards
        .iter()
        .flat_map(|guard| &guard.found)
        .map(|found| found.fact)
        .collect();
    let told = plan
        .facts
        .iter()
        .enumerate()
        .map(|(index, one)| match guarded.contains(&index) {
            true => Told {
                risk: Risk::High,
                ..fact(one)
            },
            false => fact(one),
        });
    let mut told: Vec<Told> = told.collect();
    told.sort_by_key(|told| told.risk);
    told
}

/// Every effect, in the plan's order.
#[must_use]
pub fn effects(plan: &Plan) -> Vec<Told> {
    let effect = |effect| Told {
        about: Vec::new(),
        text: parts(&phrase::effect(effect)),
        sign: ' ',
        risk: Risk::Medium,
    };
    plan.effects.iter().map(effect).collect()
}

fn fact(fact: &Fact) -> Told {
    Told {
        about: parts(&phrase::subject(&fact.subject)),
        text: parts(&phrase::change(fact)),
        sign: phrase::sign(&fact.change),
        risk: risk(fact),
    }
}

fn parts(phrase: &Phrase<'_>) -> Vec<Part> {
    let part = |piece: &Piece<'_>| match piece {
        Piece::Word(text) => Part {
            given: false,
            text: text.to_string(),
        },
        Piece::Given(text) => Part {
            given: true,
            text: visible(text).to_string(),
        },
    };
    phrase.pieces().iter().map(part).collect()
}

/// By what a fact is about, not by its size: one line in the settings may mean more than a hundred new people.
fn risk(fact: &Fact) -> Risk {
    match (&fact.subject, &fact.change) {
        (Subject::Settings | Subject::Domain(_) | Subject::Key(_) | Subject::Master(_), _)
        | (_, Change::Removed(_)) => Risk::High,
        (Subject::User(_), Change::Renamed { .. }) => Risk::High,
        (Subject::User(_), change) => match change.field() {
            Some("id" | "state" | "protected" | "services" | "password" | "totp" | "recovery_codes") => Risk::High,
            Some("groups" | "aliases" | "forward" | "keep_copy" | "class" | "owners" | "dovecot") => Risk::Medium,
            _ => Risk::Low,
        },
        (
            Subject::Group(_)
            | Subject::Client(_)
            | Subject::Target(_)
            | Subject::Alias(_)
            | Subject::CatchAll(_)
            | Subject::Regexp(_)
            | Subject::SystemAlias(_)
            | Subject::Relay(_)
            | Subject::SendAccess(_)
            | Subject::ReceiveAccess(_)
            | Subject::Retired(_),
            _,
        ) => Risk::Medium,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GroupName, testing};
    use crate::plan::{Revision, Sessions, Version};

    #[test]
    fn what_takes_away_stands_before_what_adds() {
        let mut before = testing::organisation();
        testing::add(&mut before, testing::user("gone@example.org"));
        testing::add(&mut before, testing::user("alice@example.org"));
        let mut after = testing::organisation();
        let mut alice = testing::user("alice@example.org");
        alice.name = "Alice\u{202e}".to_owned();
        alice.groups = [GroupName::parse("dev").unwrap()].into();
        testing::add(&mut after, alice);
        let version = Version::default();
        let side = |desired| Revision {
            version: &version,
            desired,
        };
        let plan = Plan::new(Some(side(&before)), side(&after), None, Sessions::Dropped);
        let told = facts(&plan);
        let risks: Vec<Risk> = told.iter().map(|told| told.risk).collect();
        assert_eq!(risks, [Risk::High, Risk::Medium, Risk::Low]);
        assert_eq!(told[0].sign, '-');
        let name: String = told[2].text.iter().map(|part| part.text.as_str()).collect();
        assert!(!name.contains('\u{202e}'), "{name:?}");
    }
}
