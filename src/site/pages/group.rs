//! One group: its members, and the apps that it opens or closes.

use serde::Serialize;

use super::super::Site;
use super::super::page::{Entry, Name, Page, ROWS};
use crate::model::{AliasTarget, AnyOf, Group};

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    name: &'a str,
    description: &'a str,
    owners: Vec<Name<'a>>,
    second_factor: bool,
    admins: bool,
    opens: Vec<App<'a>>,
    /// Apps that ask for this group besides another.
    needed: Vec<App<'a>>,
    closes: Vec<App<'a>>,
    aliases: Vec<&'a str>,
    total: usize,
    rows: Vec<Entry<'a>>,
    /// Further pages of members: number counted from 1, file.
    pages: Vec<(usize, String)>,
    number: usize,
    file: &'a str,
}

#[derive(Serialize)]
struct App<'a> {
    id: &'a str,
    name: &'a str,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>, group: &'a Group, number: usize) -> View<'a> {
    let desired = site.desired;
    let members = site.members(group.name.as_str());
    let apps = |is: &dyn Fn(&crate::model::Gate) -> bool| -> Vec<App<'a>> {
        let clients = desired.clients.values().filter(|client| is(&client.gate));
        let app = |client: &'a crate::model::Client| App {
            id: client.id.as_str(),
            name: &client.name,
        };
        clients.map(app).collect()
    };
    let goes_here = |target: &AliasTarget| matches!(target, AliasTarget::Group(name) if *name == group.name);
    let aliases = desired
        .aliases
        .iter()
        .filter(|(_, alias)| alias.targets.iter().any(goes_here));
    let pages = members.len().div_ceil(ROWS);
    let file = |number| {
        let page = Page::Group(group.name.clone(), number);
        (number + 1, page.path().replace("internal/groups/", ""))
    };
    View {
        name: group.name.as_str(),
        description: &group.description,
        owners: group.owners.iter().map(|owner| super::person(site, owner)).collect(),
        second_factor: group.require_totp,
        admins: group.name == desired.organisation.admin_group,
        opens: apps(&|gate| matches!(&gate.any, AnyOf::Groups(groups) if groups.contains(&group.name))),
        needed: apps(&|gate| gate.all.contains(&group.name)),
        closes: apps(&|gate| gate.none.contains(&group.name)),
        aliases: aliases.map(|(address, _)| address.as_str()).collect(),
        total: members.len(),
        rows: members
            .iter()
            .skip(number * ROWS)
            .take(ROWS)
            .map(|row| Entry::of(row))
            .collect(),
        pages: if pages > 1 {
            (0..pages).map(file).collect()
        } else {
            Vec::new()
        },
        number: number + 1,
        file: group.origin.path().as_str(),
    }
}
