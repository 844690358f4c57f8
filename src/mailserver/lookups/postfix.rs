//! What Postfix does with a recipient, wired as docker-mailserver wires it: access rules, then the aliases over and over, then the
//! mailboxes (virtual(5), access(5), pcre_table(5)).

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Duplicate, Texthash, Texts};
use crate::{
    mailserver::{access, accounts, aliases, regexp},
    model::AccessAction,
};

/// Postfix's own limit on the recipients that one becomes, and on how often one is replaced (`virtual_alias_expansion_limit`,
/// `virtual_alias_recursion_limit`).
const LIMIT: usize = 1000;

/// The answer to a recipient in a domain that isn't ours: docker-mailserver has `defer_unauth_destination` where others have
/// `reject_unauth_destination`, and asks it before any access rule.
const NOT_OURS: u16 = 454;

/// What becomes of mail for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Accepted, for these.
    To(Recipients),
    /// Refused with this code when the recipient is named.
    Refused(u16),
    /// Put off with 451: a table is unavailable, or an alias leads round in a circle or to too many.
    Deferred,
    /// A pattern may take it, and what it matches can't be told here.
    Unclear {
        /// The pattern.
        pattern: String,
    },
}

/// Who gets accepted mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    /// Mailboxes here.
    pub mailboxes: BTreeSet<String>,
    /// Addresses elsewhere.
    pub elsewhere: BTreeSet<String>,
    /// Addresses in domains of ours without a mailbox: accepted, then sent back.
    pub lost: BTreeSet<String>,
}

/// Why an address was not replaced.
enum Stop {
    Deferred,
    Unclear(String),
}

/// Postfix's tables.
pub(super) struct Tables<'t> {
    aliases: Result<Texthash<'t>, Duplicate>,
    receive: Result<Texthash<'t>, Duplicate>,
    /// Or two accounts whose names differ in case alone.
    mailboxes: Option<HashSet<String>>,
    patterns: Vec<regexp::Row<'t>>,
    pub(super) domains: HashSet<&'t str>,
}

impl<'t> Tables<'t> {
    pub(super) fn read(accounts: &HashMap<&'t str, accounts::Row<'t>>, texts: &'t Texts) -> Self {
        let keys = aliases::parse(&texts.aliases).map(|row| row.key);
        let domain = |address: &'t str| address.split_once('@').map(|(_, domain)| domain);
        let mailboxes: HashSet<String> = accounts.keys().map(|login| login.to_ascii_lowercase()).collect();
        Self {
            aliases: Texthash::read(&texts.aliases),
            receive: Texthash::read(&texts.receive),
            mailboxes: (mailboxes.len() == accounts.len()).then_some(mailboxes),
            patterns: regexp::parse(&texts.patterns).collect(),
            domains: accounts.keys().copied().chain(keys).filter_map(domain).collect(),
        }
    }

    pub(super) fn route(&self, address: &str) -> Delivery {
        let (Ok(aliases), Ok(receive), Some(mailboxes)) = (&self.aliases, &self.receive, &self.mailboxes) else {
            return Delivery::Deferred;
        };
        if !address
            .split_once('@')
            .is_some_and(|(_, domain)| self.domains.contains(domain))
        {
            return Delivery::Refused(NOT_OURS);
        }
        if let Some(code) = refusal(receive, address) {
            return Delivery::Refused(code);
        }
        let is_mailbox = || mailboxes.contains(address) || mailboxes.contains(&*untagged(address));
        match self.replace(aliases, address) {
            Ok(Some(targets)) => match self.expand(aliases, address, targets) {
                Ok(all) => Delivery::To(self.sort(mailboxes, all)),
                Err(stop) => stop.into(),
            },
            Ok(None) if is_mailbox() => Delivery::To(self.sort(mailboxes, vec![address.to_owned()])),
            Ok(None) => Delivery::Refused(550),
            Err(stop) => stop.into(),
        }
    }

    /// Replaces recipients until none is replaced any more, as `cleanup(8)` does: one that became itself stays.
    fn expand(&self, aliases: &Texthash<'t>, address: &str, targets: Vec<String>) -> Result<Vec<String>, Stop> {
        let mut stays: HashSet<String> = HashSet::new();
        if targets.iter().any(|target| target == address) {
            stays.insert(address.to_owned());
        }
        let mut all = targets;
        let mut next = 0;
        while next < all.len() {
            let mut times = 0;
            while !stays.contains(&all[next]) {
                if all.len() > LIMIT || times > LIMIT {
                    return Err(Stop::Deferred);
                }
                times += 1;
                let Some(targets) = self.replace(aliases, &all[next])? else {
                    break;
                };
                let before = std::mem::take(&mut all[next]);
                if targets.contains(&before) {
                    stays.insert(before);
                }
                let mut targets = targets.into_iter();
                all[next] = targets.next().unwrap_or_default();
                all.extend(targets);
            }
            next += 1;
        }
        Ok(all)
    }

    /// What `virtual_alias_maps` has for an address: the whole one in the table, then the patterns, then without its tag, then the
    /// catch-all. A tag goes along to what the plain address becomes.
    fn replace(&self, aliases: &Texthash<'t>, address: &str) -> Result<Option<Vec<String>>, Stop> {
        let split = |value: &str| -> Vec<String> {
            let row = aliases::Row { key: "", value };
            row.targets().map(unquoted).collect()
        };
        if let Some(value) = aliases.get(address) {
            return Ok(Some(split(value)));
        }
        if let Some(row) = self.patterns.iter().find(|row| regexp::may_match(row.pattern, address)) {
            return Err(Stop::Unclear(row.pattern.to_owned()));
        }
        let Some((local, domain)) = address.split_once('@') else {
            return Ok(None);
        };
        if let Some((plain, tag)) = local.split_once('+')
            && let Some(value) = aliases.get(&format!("{plain}@{domain}"))
        {
            let tagged = |target: String| match target.split_once('@') {
                Some((local, domain)) => format!("{local}+{tag}@{domain}"),
                None => target,
            };
            return Ok(Some(split(value).into_iter().map(tagged).collect()));
        }
        Ok(aliases.get(&address[local.len()..]).map(split))
    }

    fn sort(&self, mailboxes: &HashSet<String>, all: Vec<String>) -> Recipients {
        let mut recipients = Recipients::default();
        for address in all {
            let domain = address.split_once('@').map_or("", |(_, domain)| domain);
            let plain = untagged(&address);
            if mailboxes.contains(&*plain) {
                recipients.mailboxes.insert(plain.into_owned());
            } else if self.domains.contains(domain) {
                recipients.lost.insert(address);
            } else {
                recipients.elsewhere.insert(address);
            }
        }
        recipients
    }
}

impl From<Stop> for Delivery {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Deferred => Self::Deferred,
            Stop::Unclear(pattern) => Self::Unclear { pattern },
        }
    }
}

/// The code with which access rules refuse a recipient: the address, the address without its tag, then its domain and those above it
/// (`parent_domain_matches_subdomains` holds for access tables).
fn refusal(receive: &Texthash<'_>, address: &str) -> Option<u16> {
    if receive.is_empty() {
        return None;
    }
    let (_, domain) = address.split_once('@')?;
    let domains = std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, rest)| rest));
    let plain = untagged(address);
    let action = [address, &*plain]
        .into_iter()
        .chain(domains)
        .find_map(|key| receive.get(key))?;
    match access::parse_action(action)? {
        AccessAction::Reject(_) => Some(554),
        AccessAction::Reply(code, _) => Some(code),
        AccessAction::Dunno => None,
    }
}

fn untagged(address: &str) -> Cow<'_, str> {
    match address.split_once('+').zip(address.split_once('@')) {
        Some(((plain, _), (local, domain))) if plain.len() < local.len() => Cow::Owned(format!("{plain}@{domain}")),
        _ => Cow::Borrowed(address),
    }
}

/// An address with its name without quotes, in lower case: what Postfix looks up next.
fn unquoted(target: &str) -> String {
    match target.strip_prefix('"').and_then(|rest| rest.split_once("\"@")) {
        Some((local, domain)) => format!("{local}@{domain}"),
        None => target.to_owned(),
    }
    .to_ascii_lowercase()
}
