//! Where mail for each address goes: the organisation's aliases, forwards and catch-alls as rows of `postfix-virtual.cf`.
//!
//! Aliases of aliases are written out down to mailboxes, with mailboxes first. Postfix would follow them by itself, but the rows
//! that docker-mailserver adds to Dovecot for aliases come from a search for the target among the accounts: only the name of a
//! mailbox finds the right one there.

use std::collections::{BTreeSet, HashSet};

use super::{
    directory::{Directory, Holder},
    regexp,
};
use crate::model::{Address, Alias, AliasTarget, Desired, Domain, Regexp, User};

/// All routes of an organisation.
pub(super) struct Routes<'a> {
    desired: &'a Desired,
    pub(super) directory: Directory<'a>,
    /// Domains whose catch-all goes anywhere.
    catch_alls: HashSet<&'a str>,
    patterns: Vec<(&'a Regexp, Vec<&'a Address>)>,
}

/// What a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Address(&'a Address),
    CatchAll(&'a Domain),
}

/// One row: never without targets.
#[derive(Debug)]
pub(super) struct Route<'a> {
    pub(super) key: Key<'a>,
    /// Mailboxes first.
    pub(super) targets: Vec<&'a Address>,
    /// How many of the targets are mailboxes.
    pub(super) mailboxes: usize,
}

/// Targets, followed to their ends.
#[derive(Debug, Default)]
pub(super) struct Resolved<'a> {
    pub(super) mailboxes: BTreeSet<&'a Address>,
    /// Elsewhere, or tagged.
    pub(super) others: BTreeSet<&'a Address>,
    /// Targets whose mailbox is gone, with whose it was.
    pub(super) gone: Vec<(&'a Address, &'a User)>,
}

impl<'a> Routes<'a> {
    pub(super) fn of(desired: &'a Desired) -> Self {
        let mut routes = Self {
            desired,
            directory: Directory::of(desired),
            catch_alls: HashSet::new(),
            patterns: Vec::new(),
        };
        routes.catch_alls = desired
            .catch_alls
            .iter()
            .filter(|(_, alias)| !routes.resolve(&alias.targets).is_empty())
            .map(|(domain, _)| domain.as_str())
            .collect();
        routes.patterns = desired
            .mail
            .regexp
            .iter()
            .map(|regexp| (regexp, routes.targets_of_pattern(regexp)))
            .filter(|(_, targets)| !targets.is_empty())
            .collect();
        routes
    }

    /// The patterns that still have targets, in order. Postfix follows their targets; docker-mailserver doesn't look at them.
    pub(super) fn patterns(&self) -> &[(&'a Regexp, Vec<&'a Address>)] {
        &self.patterns
    }

    fn targets_of_pattern(&self, regexp: &'a Regexp) -> Vec<&'a Address> {
        let is_there = |target: &&'a Address| !self.resolve_addresses([*target]).is_empty();
        let mut targets: Vec<_> = regexp.to.iter().filter(is_there).collect();
        let mut seen = HashSet::new();
        targets.retain(|target| seen.insert(*target));
        targets
    }

    /// All rows, each key once: people first, then shared aliases, then catch-alls.
    pub(super) fn rows(&self) -> Vec<Route<'a>> {
        let mut rows = Vec::new();
        for &user in self.directory.holders() {
            rows.extend(self.own_row(user));
            rows.extend(user.aliases.iter().map(|alias| Route {
                key: Key::Address(alias),
                targets: vec![&user.address],
                mailboxes: 1,
            }));
        }
        let shared = |(address, alias): (&'a Address, &'a Alias)| self.route(Key::Address(address), &alias.targets);
        rows.extend(self.desired.aliases.iter().filter_map(shared));
        let catch_all = |(domain, alias): (&'a Domain, &'a Alias)| self.route(Key::CatchAll(domain), &alias.targets);
        rows.extend(self.desired.catch_alls.iter().filter_map(catch_all));
        rows
    }

    /// The row of a mailbox's own address: its forward, or the row that keeps a catch-all or a pattern from taking its mail.
    fn own_row(&self, user: &'a User) -> Option<Route<'a>> {
        if user.forward.is_empty() && !self.is_taken(&user.address) {
            return None;
        }
        let key = Key::Address(&user.address);
        let to = self.resolve_addresses(&user.forward);
        let keeps = user.keep_copy || to.is_empty();
        if !keeps {
            return Some(to.into_route(key));
        }
        // Its own address first: docker-mailserver takes the first as the one that the others are names for.
        let mut route = to.into_route(key);
        match route.targets.iter().position(|target| *target == &user.address) {
            Some(own) => _ = route.targets.remove(own),
            None => route.mailboxes += 1,
        }
        route.targets.insert(0, &user.address);
        Some(route)
    }

    /// The domains that docker-mailserver takes mail for: those of mailboxes and of rows; some more than once.
    pub(super) fn domains(&self) -> impl Iterator<Item = &'a str> {
        let users = self.directory.holders().iter().copied();
        let own = users.flat_map(|user| std::iter::once(&user.address).chain(&user.aliases));
        let has_row =
            |(address, alias): (&'a Address, &'a Alias)| (!self.resolve(&alias.targets).is_empty()).then_some(address);
        own.chain(self.desired.aliases.iter().filter_map(has_row))
            .map(Address::domain)
            .chain(self.catch_alls.iter().copied())
    }

    /// Whether a catch-all or a pattern would take mail for an address without a row of its own.
    pub(super) fn is_taken(&self, address: &Address) -> bool {
        self.catch_alls.contains(address.domain())
            || self
                .patterns
                .iter()
                .any(|(regexp, _)| regexp::may_match(&regexp.pattern, address.as_str()))
    }

    /// Addresses that are known to take no mail where a catch-all or a pattern would take it: of people without a mailbox, and
    /// aliases without anybody left.
    pub(super) fn refused(&self) -> Vec<&'a Address> {
        let people = self.desired.users.values().filter(|user| !user.has_mailbox());
        let of_people = people.flat_map(|user| std::iter::once(&user.address).chain(&user.aliases));
        let is_empty = |alias: &Alias| self.resolve(&alias.targets).is_empty();
        let empty = self.desired.aliases.iter().filter(|(_, alias)| is_empty(alias));
        let takes_none = |address: &&Address| match self.directory.holder(address.as_str()) {
            Some(Holder::Gone(_)) => true,
            Some(Holder::Shared(alias)) => is_empty(alias),
            Some(Holder::Mailbox(_) | Holder::Further(_)) | None => false,
        };
        of_people
            .chain(empty.map(|(address, _)| address))
            .filter(takes_none)
            .filter(|address| self.is_taken(address))
            .collect()
    }

    fn route(&self, key: Key<'a>, targets: &'a [AliasTarget]) -> Option<Route<'a>> {
        let route = self.resolve(targets).into_route(key);
        (!route.targets.is_empty()).then_some(route)
    }

    /// Follows the targets of an alias.
    pub(super) fn resolve(&self, targets: &'a [AliasTarget]) -> Resolved<'a> {
        let mut resolved = Resolved::default();
        self.follow(targets, &mut resolved, &mut HashSet::new());
        resolved
    }

    /// Follows addresses.
    pub(super) fn resolve_addresses(&self, targets: impl IntoIterator<Item = &'a Address>) -> Resolved<'a> {
        let mut resolved = Resolved::default();
        let mut seen = HashSet::new();
        for target in targets {
            self.follow_address(target, &mut resolved, &mut seen);
        }
        resolved
    }

    fn follow(&self, targets: &'a [AliasTarget], resolved: &mut Resolved<'a>, seen: &mut HashSet<&'a Address>) {
        for target in targets {
            match target {
                AliasTarget::Address(address) => self.follow_address(address, resolved, seen),
                AliasTarget::Group(group) => {
                    let members = self.directory.members(group).iter();
                    resolved.mailboxes.extend(members.map(|user| &user.address));
                }
            }
        }
    }

    fn follow_address(&self, address: &'a Address, resolved: &mut Resolved<'a>, seen: &mut HashSet<&'a Address>) {
        match self.directory.holder(address.as_str()) {
            Some(Holder::Mailbox(user) | Holder::Further(user)) => _ = resolved.mailboxes.insert(&user.address),
            Some(Holder::Shared(alias)) => {
                if seen.insert(address) {
                    self.follow(&alias.targets, resolved, seen);
                }
            }
            Some(Holder::Gone(user)) => resolved.gone.push((address, user)),
            None => match self.directory.holder_of_tagged(address) {
                Some(Holder::Gone(user)) => resolved.gone.push((address, user)),
                _ => _ = resolved.others.insert(address),
            },
        }
    }
}

impl<'a> Resolved<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.mailboxes.is_empty() && self.others.is_empty()
    }

    fn into_route(self, key: Key<'a>) -> Route<'a> {
        Route {
            key,
            mailboxes: self.mailboxes.len(),
            targets: self.mailboxes.into_iter().chain(self.others).collect(),
        }
    }
}

/// Where mail goes, for whoever shows it.
pub struct Routing<'a>(Routes<'a>);

/// Where mail ends, each address once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends<'a> {
    /// Mailboxes of ours, by address.
    pub mailboxes: Vec<&'a Address>,
    /// Addresses elsewhere, and tagged ones.
    pub elsewhere: Vec<&'a Address>,
    /// Targets on the way that take no mail now: of people without a mailbox.
    pub gone: Vec<&'a Address>,
}

impl<'a> Routing<'a> {
    /// The routes of an organisation.
    #[must_use]
    pub fn of(desired: &'a Desired) -> Self {
        Self(Routes::of(desired))
    }

    /// Follows the targets of an alias.
    #[must_use]
    pub fn ends(&self, targets: &'a [AliasTarget]) -> Ends<'a> {
        self.0.resolve(targets).into()
    }

    /// Follows addresses.
    #[must_use]
    pub fn ends_of(&self, addresses: &'a [Address]) -> Ends<'a> {
        self.0.resolve_addresses(addresses).into()
    }
}

impl<'a> From<Resolved<'a>> for Ends<'a> {
    fn from(resolved: Resolved<'a>) -> Self {
        Self {
            mailboxes: resolved.mailboxes.into_iter().collect(),
            elsewhere: resolved.others.into_iter().collect(),
            gone: resolved.gone.into_iter().map(|(address, _)| address).collect(),
        }
    }
}
