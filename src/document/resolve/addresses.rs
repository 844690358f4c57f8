//! Which address means what: every address once.

use std::collections::{HashMap, hash_map::Entry};

use super::{Missing, place, problem};
use crate::{
    diagnostic::{Place, Report, Span},
    document::{
        decode::{
            alias::{AliasEntry, AliasFile},
            user::UserFile,
        },
        files::Files,
        rules::{
            address::{SHADOWS_MAILBOX, TAKEN},
            organisation::UNDECLARED_DOMAIN,
        },
        spelling,
    },
    model::Address,
};

/// What an address is.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    /// The mailbox of a user.
    Mailbox(&'a UserFile),
    /// An alias of a user's own.
    Own(&'a UserFile, Span),
    /// A shared alias.
    Shared(&'a AliasFile, &'a AliasEntry),
}

impl<'a> Holder<'a> {
    /// The user whose mailbox it leads to, if it is a single user's.
    pub(super) const fn user(self) -> Option<&'a UserFile> {
        match self {
            Self::Mailbox(user) | Self::Own(user, _) => Some(user),
            Self::Shared(..) => None,
        }
    }

    fn place(self) -> Place {
        match self {
            Self::Mailbox(user) => place(&user.origin, Span::default()),
            Self::Own(user, span) => place(&user.origin, span),
            Self::Shared(file, entry) => place(&file.origin, entry.span),
        }
    }
}

/// All addresses of the organisation.
pub(super) struct Addresses<'a>(HashMap<&'a str, Holder<'a>>);

impl<'a> Addresses<'a> {
    /// Collects them. Addresses that are given twice, or in a domain that is not declared, are problems.
    pub(super) fn collect(files: &'a Files, report: &mut Report) -> Self {
        let mut all = Self(HashMap::with_capacity(files.users.len() * 2));
        let present = || files.users.iter().filter(|user| !user.is_absent());
        for user in present() {
            all.0.insert(user.address.as_str(), Holder::Mailbox(user));
        }
        for file in &files.aliases {
            for entry in &file.aliases {
                all.claim(&entry.address, Holder::Shared(file, entry), report);
            }
        }
        for user in present() {
            for alias in &user.aliases {
                all.claim(&alias.value, Holder::Own(user, alias.span), report);
            }
        }
        // Whoever is gone keeps an address only as long as nobody else has it.
        for user in files.users.iter().filter(|user| user.is_absent()) {
            all.0.entry(user.address.as_str()).or_insert(Holder::Mailbox(user));
        }
        check_domains(files, report);
        all
    }

    /// What `address` means; a tag is looked at last, as Postfix does.
    pub(super) fn find(&self, address: &Address) -> Option<Holder<'a>> {
        let exact = self.0.get(address.as_str()).copied();
        exact.or_else(|| {
            let tagged = address.local().contains('+');
            tagged
                .then(|| self.0.get(address.without_tag().as_str()).copied())
                .flatten()
        })
    }

    /// The address of the same domain that may have been meant by `address`, by the names before the `@`.
    pub(super) fn closest(&self, address: &Address) -> Option<String> {
        let of_domain = self.0.keys().filter_map(|text| text.split_once('@'));
        let names = of_domain
            .filter(|(_, domain)| *domain == address.domain())
            .map(|(name, _)| name);
        spelling::closest(address.local(), names).map(|name| format!("{name}@{}", address.domain()))
    }

    fn claim(&mut self, address: &'a Address, holder: Holder<'a>, report: &mut Report) {
        let first = match self.0.entry(address.as_str()) {
            Entry::Vacant(entry) => {
                entry.insert(holder);
                return;
            }
            Entry::Occupied(entry) => *entry.get(),
        };
        if matches!((first, holder), (Holder::Own(a, _), Holder::Own(b, _)) if a.address == b.address) {
            return; // the list says so already
        }
        let (rule, message) = match first {
            Holder::Mailbox(_) => (&SHADOWS_MAILBOX, format!("`{address}` is a mailbox already")),
            Holder::Own(..) | Holder::Shared(..) => (&TAKEN, format!("`{address}` is an alias already")),
        };
        report.push(problem(rule, holder.place(), message).related(first.place(), "first used here"));
    }
}

fn check_domains(files: &Files, report: &mut Report) {
    let Some(settings) = files.whole_settings() else { return };
    let declared = |domain: &str| settings.domains.contains_key(domain);
    let mut missing = Missing::default();
    for user in &files.users {
        if !declared(user.address.domain()) {
            missing.note(user.address.domain(), || place(&user.origin, Span::default()));
        }
        for alias in user.aliases.iter().filter(|alias| !declared(alias.value.domain())) {
            missing.note(alias.value.domain(), || place(&user.origin, alias.span));
        }
    }
    for file in files.aliases.iter().filter(|file| !declared(file.domain.as_str())) {
        missing.note(file.domain.as_str(), || place(&file.origin, Span::default()));
    }
    let known: Vec<&str> = settings.domains.keys().map(crate::model::Domain::as_str).collect();
    missing.report(
        &UNDECLARED_DOMAIN,
        &known,
        |domain| format!("the domain `{domain}` is not declared"),
        |domain| format!("add [domains.\"{domain}\"] to dockspace.toml"),
        report,
    );
}
