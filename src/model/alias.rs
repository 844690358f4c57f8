//! Addresses that are no mailbox: shared aliases and catch-alls.

use super::{Address, GroupName};
use crate::diagnostic::Place;

/// A shared alias of `aliases/DOMAIN.toml`, or the catch-all of that domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Where its mail goes, in the order of the file; never empty.
    pub targets: Vec<AliasTarget>,
    /// Where this is written.
    pub place: Place,
}

/// One target of an alias.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasTarget {
    /// A mailbox, another alias or an address elsewhere.
    Address(Address),
    /// The people of the group who have a mailbox: `group:engineering`.
    Group(GroupName),
}
