//! The organisation's rules about changes and people: `[policy.rules.NAME]`.
//!
//! Pure. A rule says who may change what, which groups no one is in together, or who has a second factor. [`change`] holds a
//! change against the rules of the revision *before* it, so that no change lifts the rule it breaks; [`state`] holds an organisation
//! against rules. Where a commit comes from is the caller's to say, and worth what git's word is worth: an author is what somebody
//! typed.
//!
//! ```text
//! change(before, facts, commits):  DS-P010  groups/admins.toml was changed by mallory@example.org, who is in none of admins
//! state(rules, desired):           DS-P012  bob@example.org is in payments and approvals
//! ```

mod codes;
mod judge;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::{GroupName, Set};
use crate::diagnostic::{self, Place};

pub use judge::{change, state};

/// The codes of what breaks a rule.
pub fn codes() -> impl Iterator<Item = &'static diagnostic::Rule> {
    codes::ALL.iter().copied()
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRule {
    /// What it asks.
    pub demand: Demand,
    /// Why, in the organisation's own words.
    pub because: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// What a rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Who may change something.
    Change(ChangeRule),
    /// Nobody is in two of these groups.
    Apart(Set<GroupName>),
    /// Whoever is in one of these groups and may sign in has a second factor set up.
    SecondFactor(Set<GroupName>),
}

/// Who may change what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeRule {
    /// Patterns (globs) of files of the repository.
    pub paths: Vec<String>,
    /// Things and fields, as facts name them: `group`, `user.groups`.
    pub fields: Vec<String>,
    /// Every author is in one of these; empty: nothing is asked of authors.
    pub by: Vec<GroupName>,
    /// Whether somebody may change their own files as well.
    pub or_self: bool,
    /// Somebody in one of these, who is no author, has reviewed it; empty: nobody need.
    pub reviewed_by: Vec<GroupName>,
}

/// A commit of a change, as a rule looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The start of its id.
    pub id: String,
    /// The address of its author, as git has it.
    pub author: String,
    /// What it changed itself; of a merge, what differs from every parent.
    pub paths: BTreeSet<Utf8PathBuf>,
    /// The addresses of those whom it names as reviewers.
    pub reviewers: Vec<String>,
}
