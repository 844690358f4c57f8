//! All groups.

use serde::Serialize;

use super::super::Site;
use crate::model::{AnyOf, GroupName};

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    description: &'a str,
    members: usize,
    apps: usize,
    second_factor: bool,
    admins: bool,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>) -> View<'a> {
    let desired = site.desired;
    let opens = |name: &GroupName| {
        let opened = |any: &AnyOf| matches!(any, AnyOf::Groups(groups) if groups.contains(name));
        desired
            .clients
            .values()
            .filter(|client| opened(&client.gate.any))
            .count()
    };
    let row = |group: &'a crate::model::Group| Row {
        name: group.name.as_str(),
        description: &group.description,
        members: site.members(group.name.as_str()).len(),
        apps: opens(&group.name),
        second_factor: group.require_totp,
        admins: group.name == desired.organisation.admin_group,
    };
    View {
        rows: desired.groups.values().map(row).collect(),
    }
}
