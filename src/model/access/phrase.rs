//! The words for the rule behind a verdict, each thing said in one place: to whoever looks after access (its `Display`, which
//! completes "because:" in lists, plans and pages about others), and to the person who is kept out ([`Rule::to_the_person`]).

use std::fmt;

use super::{LOGIN, Rule, SecondFactor};
use crate::model::GroupName;

impl fmt::Display for Rule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone(all) => {
                f.write_str("every active person")?;
                list(f, " who is in ", all)
            }
            Self::Member(group, all) => {
                write!(f, "member of {group}")?;
                list(f, " and of ", all)
            }
            Self::State(state) => write!(f, "the account is {}", state.as_str()),
            Self::NoLogin => write!(f, "no service `{LOGIN}`"),
            Self::Shared => f.write_str("a shared mailbox"),
            Self::TestUser => f.write_str("a test user is no person: list one of its groups"),
            Self::Nobody => f.write_str("open to nobody"),
            Self::NoneOf(groups) => list(f, "no group of ", groups),
            Self::Lacks(group) => write!(f, "not a member of {group}"),
            Self::Excluded(group) => write!(f, "member of {group}, which is kept out"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, before: &str, groups: &[GroupName]) -> fmt::Result {
    for (index, group) in groups.iter().enumerate() {
        write!(f, "{}{group}", if index == 0 { before } else { ", " })?;
    }
    Ok(())
}

impl fmt::Display for SecondFactor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRequired => f.write_str("not required"),
            Self::ByClient => f.write_str("required by the app"),
            Self::ByGroup(group) => write!(f, "required by the group {group}"),
        }
    }
}

impl<'a> Rule<'a> {
    /// What the person is told who is kept out, and the groups that it is about. Less than an administrator sees: how an account
    /// stands is nobody's business who merely holds its password.
    #[must_use]
    pub const fn to_the_person(self) -> (&'static str, &'a [GroupName]) {
        match self {
            Self::NoneOf(groups @ [_]) => (
                "It is for the members of this group, and you are not one of them:",
                groups,
            ),
            Self::NoneOf(groups) => (
                "It is for the members of one of these groups, and you are in none of them:",
                groups,
            ),
            Self::Lacks(group) => ("It takes membership of this group, too:", std::slice::from_ref(group)),
            Self::Excluded(group) => (
                "It is closed to the members of this group:",
                std::slice::from_ref(group),
            ),
            Self::Nobody => ("It is open to nobody right now.", &[]),
            Self::TestUser => ("This is an account for tests, and it is not listed for this app.", &[]),
            Self::State(_) | Self::NoLogin | Self::Shared => ("This account may not sign in to apps.", &[]),
            Self::Everyone(_) | Self::Member(..) => ("", &[]),
        }
    }
}
