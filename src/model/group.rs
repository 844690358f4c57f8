//! Groups of people. Who is a member stands on each user.

use super::{Address, GroupName, Origin};

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// From the name of the file.
    pub name: GroupName,
    /// What the group is for.
    pub description: String,
    /// Who decides about its members.
    pub owners: Vec<Address>,
    /// Whether its members must have a second factor.
    pub require_totp: bool,
    /// Where this is written.
    pub origin: Origin,
}
