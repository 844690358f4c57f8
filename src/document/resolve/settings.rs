//! `dockspace.toml` against everything else.

use super::{Addresses, place, problem};
use crate::{
    diagnostic::{Place, Report, Span},
    document::{
        decode::organisation::Settings,
        files::Files,
        rules::{
            file::NO_SETTINGS,
            organisation::{NO_MAILBOX, NO_POSTMASTER},
            policy::UNMANAGED_DECLARED,
            sealed::{DEMO_RECIPIENT as DEMO, NO_RECIPIENT},
        },
    },
    model::{Address, Domain, Issuer},
};

/// The recipient of the example organisation, whose identity everybody has.
pub const DEMO_RECIPIENT: &str = "age1r76k4z3p4qr0a5m7dr3nr9a4etzttwu02qmf64akyjkpun2dz3us33l9hl";

pub(super) fn check(files: &Files, addresses: &Addresses<'_>, report: &mut Report) {
    if !files.has_settings {
        let found = NO_SETTINGS.at("dockspace.toml", Span::default(), "there is no dockspace.toml");
        report.push(found.hint("`dockspace init` makes one"));
    }
    let Some((settings, _)) = &files.settings else { return };
    recipients(settings, report);
    unmanaged(settings, files, report);
    if let Some(settings) = files.whole_settings() {
        mailboxes(settings, files, report);
        for (domain, entry) in settings.domains.iter().filter(|(_, entry)| !entry.settings.test) {
            postmaster(domain, place(&settings.origin, entry.named), files, addresses, report);
        }
    }
}

fn recipients(settings: &Settings, report: &mut Report) {
    if settings.recipients.is_empty() {
        let found = problem(
            &NO_RECIPIENT,
            settings.origin.of("secrets.recipients"),
            "no recipient is named",
        );
        report.push(found.hint("[secrets] recipients = [\"age1…\"]"));
    }
    let demonstration =
        settings.domains.keys().all(is_reserved) && settings.issuer.as_ref().is_none_or(Issuer::is_loopback);
    for recipient in settings
        .recipients
        .iter()
        .filter(|recipient| recipient.value.to_string() == DEMO_RECIPIENT)
    {
        if !demonstration {
            let found = problem(
                &DEMO,
                place(&settings.origin, recipient.span),
                "this recipient is of the demonstration",
            );
            report.push(
                found.hint("put the recipient of your own host here: `dockspace secrets identity new` makes one"),
            );
        }
    }
}

/// Domains that nobody can have (RFC 2606, RFC 6761).
fn is_reserved(domain: &Domain) -> bool {
    let domain = domain.as_str();
    let below = |name: &str| {
        domain
            .strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    [
        "example.com",
        "example.net",
        "example.org",
        "example",
        "test",
        "invalid",
        "localhost",
    ]
    .into_iter()
    .any(below)
}

fn mailboxes(settings: &Settings, files: &Files, report: &mut Report) {
    let has_mailbox = files.users.iter().any(|user| user.has_mailbox());
    if !settings.targets.is_empty() && !has_mailbox && !files.lacks_users() {
        let place = settings.origin.of("targets");
        report.push(problem(
            &NO_MAILBOX,
            place,
            "no user has a mailbox, and the mail server does not start without one",
        ));
    }
}

fn postmaster(domain: &Domain, place: Place, files: &Files, addresses: &Addresses<'_>, report: &mut Report) {
    let caught = files
        .aliases
        .iter()
        .any(|file| file.domain == *domain && file.catch_all.is_some());
    if caught || files.unread.aliases.contains(domain.as_str()) {
        return;
    }
    let nowhere = |name: &&str| {
        let address = Address::alias(&format!("{name}@{domain}"));
        address.is_ok_and(|address| {
            let held = addresses
                .find(&address)
                .is_some_and(|holder| holder.user().is_none_or(|user| user.has_mailbox()));
            !held && !files.unread.may_hold(&address)
        })
    };
    let names: Vec<&str> = ["postmaster", "abuse"].into_iter().filter(nowhere).collect();
    if !names.is_empty() {
        let shown: Vec<String> = names.iter().map(|name| format!("`{name}@{domain}`")).collect();
        let found = problem(
            &NO_POSTMASTER,
            place,
            format!("mail to {} goes nowhere", shown.join(" and ")),
        );
        report.push(found.hint(format!("add {} to aliases/{domain}.toml", names.join(" and "))));
    }
}

fn unmanaged(settings: &Settings, files: &Files, report: &mut Report) {
    for pattern in &settings.policy.unmanaged {
        let mailboxes = files.users.iter().filter(|user| !user.is_absent()).flat_map(|user| {
            let own = user
                .aliases
                .iter()
                .map(|alias| (&alias.value, &user.origin, alias.span));
            std::iter::once((&user.address, &user.origin, Span::default())).chain(own)
        });
        let shared = files.aliases.iter().flat_map(|file| {
            file.aliases
                .iter()
                .map(|entry| (&entry.address, &file.origin, entry.span))
        });
        let mut declared = mailboxes
            .chain(shared)
            .filter(|(address, ..)| pattern.value.is_match(address.as_str()));
        if let Some((address, origin, span)) = declared.next() {
            let more = match declared.count() {
                0 => String::new(),
                count => format!(" and {count} more"),
            };
            let message = format!("`{address}`{more} would be left alone, but the repository declares it");
            let found = problem(&UNMANAGED_DECLARED, place(&settings.origin, pattern.span), message);
            report.push(found.related(place(origin, span), "declared here"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_domains() {
        for (domain, expect) in [
            ("example.org", true),
            ("mail.example.net", true),
            ("a.test", true),
            ("acme.example", true),
            ("notexample.org", false),
            ("example.at", false),
            ("contest.com", false),
        ] {
            assert_eq!(is_reserved(&Domain::parse(domain).unwrap()), expect, "{domain}");
        }
    }
}
