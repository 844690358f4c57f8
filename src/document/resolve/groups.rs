//! Groups exist, and those who answer for something are users.

use std::collections::HashSet;

use super::{Addresses, Missing, people, place, problem};
use crate::{
    diagnostic::{Place, Report},
    document::{
        decode::user::Kind,
        files::Files,
        reader::At,
        rules::{
            group::{NO_ADMIN, UNKNOWN_GROUP},
            organisation::MANAGER,
        },
    },
    model::{Address, AliasTarget, Origin, State},
};

pub(super) fn check(files: &Files, addresses: &Addresses<'_>, report: &mut Report) {
    unknown_groups(files, report);
    no_admin(files, report);
    for file in &files.groups {
        answering(files, addresses, &file.group.origin, &file.owners, report);
    }
    for user in files.users.iter().filter(|user| !user.is_absent()) {
        answering(files, addresses, &user.origin, &user.owners, report);
    }
    if let Some((settings, _)) = &files.settings {
        for domain in settings.domains.values() {
            answering(files, addresses, &settings.origin, &domain.managers, report);
        }
    }
}

fn unknown_groups(files: &Files, report: &mut Report) {
    let known: Vec<&str> = files.groups.iter().map(|file| file.group.name.as_str()).collect();
    let exists: HashSet<&str> = known
        .iter()
        .copied()
        .chain(files.unread.groups.iter().map(String::as_str))
        .collect();
    let mut missing = Missing::default();
    let mut check = |name, place: &dyn Fn() -> Place| {
        if !exists.contains(name) {
            missing.note(name, place);
        }
    };
    if let Some((settings, _)) = &files.settings {
        if let Some(organisation) = &settings.organisation {
            check(organisation.admin_group.as_str(), &|| {
                settings.origin.of("organisation.admin_group")
            });
        }
        for group in settings.policy.site_groups.iter().chain(&settings.policy.rule_groups) {
            check(group.value.as_str(), &|| place(&settings.origin, group.span));
        }
    }
    for user in &files.users {
        for group in &user.groups {
            check(group.value.as_str(), &|| place(&user.origin, group.span));
        }
    }
    for file in &files.aliases {
        let catch_all = file.catch_all.iter().flat_map(|to| &to.targets);
        for target in file.aliases.iter().flat_map(|entry| &entry.targets).chain(catch_all) {
            if let AliasTarget::Group(group) = &target.value {
                check(group.as_str(), &|| place(&file.origin, target.span));
            }
        }
    }
    for file in &files.clients {
        for group in &file.groups {
            check(group.value.as_str(), &|| place(&file.client.origin, group.span));
        }
    }
    missing.report(
        &UNKNOWN_GROUP,
        &known,
        |name| format!("there is no group `{name}`"),
        |name| format!("`dockspace group add {name}` makes it, or the file groups/{name}.toml, which may be empty"),
        report,
    );
}

fn no_admin(files: &Files, report: &mut Report) {
    let Some(settings) = files.whole_settings() else { return };
    let Some(organisation) = &settings.organisation else {
        return;
    };
    let admin = organisation.admin_group.as_str();
    let usable = files.users.iter().any(|user| {
        user.state == State::Active
            && user.class == Some(Kind::Person)
            && user.services.contains("login")
            && user.groups.iter().any(|group| group.value.as_str() == admin)
    });
    if !usable && !files.lacks_users() {
        let place = settings.origin.of("organisation.admin_group");
        let found = problem(&NO_ADMIN, place, format!("nobody in the group `{admin}` can sign in"));
        report.push(found.hint(format!("add \"{admin}\" to the groups of a person")));
    }
}

/// Whoever answers for something is a user.
fn answering(files: &Files, addresses: &Addresses<'_>, origin: &Origin, list: &[At<Address>], report: &mut Report) {
    for who in list {
        let address = &who.value;
        let user = people::find(files, address.as_str());
        if user.is_some_and(|user| !user.is_absent()) || files.unread.may_be_user(address) {
            continue;
        }
        let found = match user {
            Some(_) => problem(
                &MANAGER,
                place(origin, who.span),
                format!("`{address}` is gone (state = \"absent\")"),
            ),
            None => problem(
                &MANAGER,
                place(origin, who.span),
                format!("there is no user `{address}`"),
            ),
        };
        let hint = match (user, addresses.find(address).and_then(|holder| holder.user())) {
            (Some(_), _) => None,
            (None, Some(user)) => Some(format!("the mailbox of that user is `{}`", user.address)),
            (None, None) => addresses
                .closest(address)
                .map(|meant| format!("did you mean `{meant}`?")),
        };
        report.push(match hint {
            Some(hint) => found.hint(hint),
            None => found,
        });
    }
}
