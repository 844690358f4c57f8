//! A group as `list` and `show` print one.

use serde::Serialize;

use crate::model::{Desired, Group, State};

/// One group of `dockspace.groups/1`.
#[derive(Debug, Serialize)]
pub(super) struct GroupView<'a> {
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) owners: Vec<&'a str>,
    pub(super) require_totp: bool,
    /// The users in it who are not gone.
    pub(super) members: Vec<&'a str>,
}

impl<'a> GroupView<'a> {
    pub(super) fn new(desired: &'a Desired, group: &'a Group) -> Self {
        let members = desired
            .users
            .values()
            .filter(|user| user.state != State::Absent && user.groups.contains(&group.name));
        Self {
            name: group.name.as_str(),
            description: &group.description,
            owners: group.owners.iter().map(|owner| owner.as_str()).collect(),
            require_totp: group.require_totp,
            members: members.map(|user| user.address.as_str()).collect(),
        }
    }
}
