//! Everything about an address: whose it is, where its mail goes, what its person may use.

use std::collections::BTreeSet;

use super::{Answer, Line};
use crate::{
    diagnostic::Place,
    model::{Address, Alias, AliasTarget, Desired, QuotaSource, User, access::access},
};

/// What is known of `address`: a mailbox, an alias of one, or a shared alias. `None`: nothing has it.
pub(in crate::cli) fn address(desired: &Desired, address: &str) -> Option<Answer> {
    if let Some(user) = desired.user(address) {
        return Some(user_answer(desired, user));
    }
    if let Some((address, alias)) = desired.aliases.get_key_value(address) {
        return Some(alias_answer(desired, address, alias));
    }
    let has = |user: &&User| user.aliases.iter().any(|alias| alias.as_str() == address);
    let user = desired.users.values().map(Box::as_ref).find(has)?;
    let mut answer = user_answer(desired, user);
    let line = Line::new(
        "alias",
        format!("{address} is an alias of {}", user.address),
        user.origin.of("aliases"),
    );
    answer.lines.insert(0, line);
    Some(answer)
}

fn user_answer(desired: &Desired, user: &User) -> Answer {
    let at = |key: &str| user.origin.of(key);
    let mut lines = vec![
        Line::new("state", user.state.as_str(), at("state")),
        Line::new("class", user.class.as_str(), at("class")),
        Line::new("username", user.username.as_str(), at("username")),
    ];
    for group in &user.groups {
        let administers = *group == desired.organisation.admin_group;
        let value = if administers {
            "administers everything"
        } else {
            "member"
        };
        lines.push(Line::about("group", group.as_str(), value, at("groups")));
    }
    let services: Vec<&str> = user.services.iter().map(|service| service.as_str()).collect();
    lines.push(Line::new("services", services.join(", "), at("services")));
    if user.protected {
        lines.push(Line::new("protected", "yes", at("protected")));
    }
    lines.extend(quota(desired, user));
    lines.extend(mail(desired, user));
    for client in desired.clients.values() {
        lines.push(Line::verdict("app", client.id.as_str(), &access(desired, user, client)));
    }
    Answer {
        kind: "user",
        name: user.address.to_string(),
        title: format!("{} <{}>", user.name, user.address),
        lines,
    }
}

/// The quota that holds, and who set it.
fn quota(desired: &Desired, user: &User) -> Option<Line> {
    let (quota, source) = desired.quota_and_source(user)?;
    let (said, place) = match source {
        QuotaSource::User => (String::new(), user.origin.of("quota")),
        QuotaSource::Domain => {
            let domain = user.address.domain();
            let place = desired.domains.get(domain).map(|settings| settings.origin.of("quota"));
            (format!(", of the domain {domain}"), place?)
        }
        QuotaSource::Class(class) => {
            let key = format!("quota_classes.{class}");
            (format!(", of the quota class {class}"), desired.origin.of(&key))
        }
    };
    Some(Line::new("quota", format!("{quota}{said}"), place))
}

/// The addresses whose mail reaches the user, and where it goes on.
fn mail(desired: &Desired, user: &User) -> Vec<Line> {
    let mut lines = Vec::new();
    for alias in &user.aliases {
        lines.push(Line::about(
            "mail",
            alias.as_str(),
            "own alias",
            user.origin.of("aliases"),
        ));
    }
    for (alias, via, place) in leading_to(desired, user) {
        lines.push(Line::about("mail", alias.as_str(), via, place));
    }
    for (domain, catch_all) in &desired.catch_alls {
        if let Some(via) = reaches(catch_all, user, &BTreeSet::from([user.address.as_str()])) {
            lines.push(Line::about(
                "mail",
                format!("@{domain}"),
                format!("catch-all, {via}"),
                catch_all.place.clone(),
            ));
        }
    }
    let copy = if user.keep_copy {
        ", and a copy stays"
    } else {
        ", and nothing stays"
    };
    for to in &user.forward {
        lines.push(Line::about(
            "forward",
            to.as_str(),
            format!("mail goes there{copy}"),
            user.origin.of("forward"),
        ));
    }
    lines
}

/// Shared aliases whose mail ends at the user, also by way of others. Ends because each round adds an alias or is the last.
fn leading_to<'a>(desired: &'a Desired, user: &'a User) -> Vec<(&'a Address, String, Place)> {
    let own = user.aliases.iter().chain(std::iter::once(&user.address));
    let mut known: BTreeSet<&str> = own.map(Address::as_str).collect();
    let mut found = Vec::new();
    loop {
        let before = found.len();
        for (address, alias) in &desired.aliases {
            if known.contains(address.as_str()) {
                continue;
            }
            if let Some(via) = reaches(alias, user, &known) {
                known.insert(address.as_str());
                found.push((address, via, alias.place.clone()));
            }
        }
        if found.len() == before {
            found.sort_by_key(|(address, ..)| *address);
            return found;
        }
    }
}

/// By which of its targets an alias reaches the user, of whom `known` addresses lead there.
fn reaches(alias: &Alias, user: &User, known: &BTreeSet<&str>) -> Option<String> {
    alias.targets.iter().find_map(|target| match target {
        AliasTarget::Address(address) if *address == user.address => Some("shared alias".to_owned()),
        AliasTarget::Address(address) => known
            .contains(address.as_str())
            .then(|| format!("shared alias, by way of {address}")),
        AliasTarget::Group(group) => {
            (user.has_mailbox() && user.groups.contains(group)).then(|| format!("shared alias, as a member of {group}"))
        }
    })
}

fn alias_answer(desired: &Desired, address: &Address, alias: &Alias) -> Answer {
    let mut lines = Vec::new();
    for target in &alias.targets {
        match target {
            AliasTarget::Address(to) => {
                let what = if desired.user(to.as_str()).is_some() {
                    "mailbox"
                } else if desired.aliases.contains_key(to.as_str()) {
                    "alias"
                } else {
                    "address"
                };
                lines.push(Line::about("to", to.as_str(), what, alias.place.clone()));
            }
            AliasTarget::Group(group) => {
                for user in desired.mailboxes_of(group) {
                    let via = format!("mailbox, as a member of {group}");
                    lines.push(Line::about("to", user.address.as_str(), via, user.origin.of("groups")));
                }
            }
        }
    }
    Answer {
        kind: "alias",
        name: address.to_string(),
        title: format!("{address}, a shared alias"),
        lines,
    }
}
