//! `groups/NAME.toml`.

use super::people;
use crate::{
    document::{
        reader::{At, Table},
        rules::organisation::TITLE,
    },
    model::{Address, Group, GroupName},
};

/// A group as its file has it.
#[derive(Debug)]
pub(in crate::document) struct GroupFile {
    pub(in crate::document) group: Group,
    /// The owners with their places.
    pub(in crate::document) owners: Vec<At<Address>>,
}

pub(in crate::document) fn decode(mut table: Table<'_, '_>, name: GroupName) -> GroupFile {
    let description = table.parse("description", &TITLE, description);
    let owners = people(&mut table, "owners");
    let require_totp = table.flag("require_totp").unwrap_or(false);
    let group = Group {
        name,
        description: description.map(|at| at.value).unwrap_or_default(),
        owners: owners.iter().map(|owner| owner.value.clone()).collect(),
        require_totp,
        origin: table.origin(),
    };
    GroupFile { group, owners }
}

fn description(text: &str) -> Result<String, &'static str> {
    if text.chars().count() > 500 {
        return Err("a description has at most 500 characters");
    }
    Ok(text.to_owned())
}
