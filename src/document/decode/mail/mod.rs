//! `mail.toml` and `mail.sealed.toml`: what belongs to the mail server and to no person.

mod pattern;
mod word;

use std::collections::BTreeMap;

use super::{named, parsed, sealed::sealed, values};
use crate::{
    diagnostic::Place,
    document::{
        reader::{At, Table, Value},
        rules::{address::TARGET, mail as rule, organisation::DOMAIN_NAME},
    },
    model::{Access, Address, Domain, LocalName, Mail, Master, Origin, Regexp, Relay, SystemTarget},
    seal::Sealed,
};

/// `mail.toml`, with what other files are checked against.
#[derive(Debug, Default)]
pub(in crate::document) struct MailFile {
    /// Without its secrets, which stand in the other file.
    pub(in crate::document) mail: Mail,
    /// Where patterns and system aliases send mail, each with where that stands.
    pub(in crate::document) targets: Vec<At<Address>>,
    pub(in crate::document) origin: Origin,
}

/// `mail.sealed.toml`.
#[derive(Debug, Default)]
pub(in crate::document) struct MailSecrets {
    pub(in crate::document) relay: BTreeMap<Domain, (Sealed, Place)>,
    pub(in crate::document) masters: BTreeMap<LocalName, (Sealed, Place)>,
}

pub(in crate::document) fn decode(mut table: Table<'_, '_>) -> MailFile {
    let mut file = MailFile::default();
    for regexp in table.tables("regexp") {
        take_regexp(regexp, &mut file);
    }
    let targets = |_, value: Value<'_, '_>| Some(system_targets(value));
    let system_aliases = named(
        &mut table,
        "system_aliases",
        word::system_alias,
        &rule::SYSTEM_ALIAS,
        targets,
    );
    for (name, targets) in system_aliases {
        file.targets.extend(targets.iter().filter_map(address));
        file.mail.system_aliases.insert(name, values(targets).collect());
    }
    let mail = &mut file.mail;
    mail.relay = named(&mut table, "relay", parsed(Domain::parse), &DOMAIN_NAME, relay);
    mail.masters = named(&mut table, "masters", parsed(LocalName::parse), &rule::MASTER, master);
    if let Some(mut access) = table.table("access") {
        mail.send = named(&mut access, "access.send", word::access_key, &rule::ACCESS_KEY, action);
        mail.receive = named(
            &mut access,
            "access.receive",
            word::access_key,
            &rule::ACCESS_KEY,
            action,
        );
        table.absorb(access);
    }
    file.origin = table.origin();
    file
}

/// The secrets of `mail.toml`, under the same names.
pub(in crate::document) fn decode_secrets(mut table: Table<'_, '_>) -> MailSecrets {
    let secrets = MailSecrets {
        relay: named(&mut table, "relay", parsed(Domain::parse), &DOMAIN_NAME, secret),
        masters: named(&mut table, "masters", parsed(LocalName::parse), &rule::MASTER, secret),
    };
    table.finish();
    secrets
}

/// A master user has nothing but a password, in the other file.
fn master(name: At<&str>, value: Value<'_, '_>) -> Option<Master> {
    let table = value.table()?;
    let place = table.sink().place(name.span);
    table.finish();
    Some(Master { password: None, place })
}

fn secret(_: At<&str>, value: Value<'_, '_>) -> Option<(Sealed, Place)> {
    let mut table = value.table()?;
    if !table.has("password") {
        table.missing("password", "without a password, remove the whole table");
    }
    let password = table.get("password");
    let place = table.sink().place(table.span_of("password"));
    let password = password.and_then(sealed);
    table.finish();
    Some((password?, place))
}

fn take_regexp(mut table: Table<'_, '_>, file: &mut MailFile) {
    for (key, hint) in [
        ("pattern", "pattern = '/^info[0-9]+@example\\.org$/'"),
        ("to", "to = [\"alice@example.org\"]"),
    ] {
        if !table.has(key) {
            table.missing(key, hint);
        }
    }
    let pattern = table.parse("pattern", &rule::PATTERN, pattern::check);
    if table.has("to") && table.length_of("to") == 0 {
        let sink = table.sink();
        sink.push(sink.at(&rule::NO_TARGET, table.span(), "the pattern has no target"));
    }
    let to = table.list("to", &TARGET, Address::external);
    if let Some(pattern) = pattern {
        file.mail.regexp.push(Regexp {
            pattern: pattern.value,
            to: values(to.clone()).collect(),
            place: table.sink().place(pattern.span),
        });
    }
    file.targets.extend(to);
    table.finish();
}

/// One target, or a list of them.
fn system_targets(value: Value<'_, '_>) -> Vec<At<SystemTarget>> {
    if !value.is_list() {
        return value
            .parse(&rule::SYSTEM_TARGET, word::system_target)
            .into_iter()
            .collect();
    }
    if value.is_empty_list() {
        value.refuse(&rule::NO_TARGET, "it has no target");
    }
    value.list(&rule::SYSTEM_TARGET, word::system_target)
}

fn address(target: &At<SystemTarget>) -> Option<At<Address>> {
    match &target.value {
        SystemTarget::DevNull => None,
        SystemTarget::Address(address) => Some(At {
            value: address.clone(),
            span: target.span,
        }),
    }
}

fn relay(domain: At<&str>, value: Value<'_, '_>) -> Option<Relay> {
    let mut table = value.table()?;
    if !table.has("host") {
        table.missing("host", "host = \"[smtp.relay.example]:587\", or host = \"none\"");
    }
    let host = table.parse("host", &rule::RELAY_HOST, word::relay_host);
    let user = table.parse("user", &rule::RELAY_USER, word::relay_user);
    if host.as_ref().is_some_and(|host| host.value.is_none()) && table.has("user") {
        let sink = table.sink();
        sink.push(sink.at(
            &rule::RELAY_LOGIN,
            table.span_of("user"),
            "without a relay host there is nothing to log in to",
        ));
    }
    let place = table.sink().place(domain.span);
    table.finish();
    Some(Relay {
        host: host?.value,
        user: user.map(|at| at.value),
        password: None,
        place,
    })
}

fn action(about: At<&str>, value: Value<'_, '_>) -> Option<Access> {
    let action = value.parse(&rule::ACCESS_ACTION, word::action)?;
    let place = value.place(about.span);
    Some(Access {
        action: action.value,
        place,
    })
}

#[cfg(test)]
mod tests;
