//! A rendering held against what was meant: everybody has their own password and quota, and mail for each address goes where the
//! organisation says, when the files are read as docker-mailserver reads them.

use std::collections::HashSet;

use super::{Delivery, Lookups, Recipients, Texts};
use crate::{
    fileset::FileSet,
    mailserver::{accounts, aliases, directory::Holder, quotas, routes::Routes},
    model::{AccessAction, AccessKey, Address, AliasTarget, Desired, Dialect, Domain, User},
};

/// Something that would work otherwise than it was meant to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A mailbox without a row of its own that comes first.
    #[error("{0} would not log in with the password of its own")]
    Login(Address),
    /// Another quota than the mailbox's own.
    #[error("docker-mailserver would find the quota {found:?} for {address}, which has {own:?}")]
    Quota {
        /// The mailbox.
        address: Address,
        /// As written for it; `None`: the default.
        own: Option<String>,
        /// What is found.
        found: Option<String>,
    },
    /// An alias that one logs in to with the password of somebody it does not lead to.
    #[error("the password of {account} would log in to {alias}, which does not lead there")]
    Borrowed {
        /// The key of the row.
        alias: String,
        /// Whose password.
        account: String,
    },
    /// Mail goes elsewhere.
    #[error("mail for {address} would go another way: {found:?}")]
    Route {
        /// The address.
        address: String,
        /// What would become of it.
        found: Delivery,
    },
}

/// Holds the files against the organisation.
///
/// # Errors
/// The first [`Violation`] found.
pub fn verify(desired: &Desired, dialect: Dialect, files: &FileSet) -> Result<(), Violation> {
    let texts = Texts::of(files);
    let mut lookups = Lookups::new(dialect, &texts);
    let meant = Meant {
        desired,
        routes: Routes::of(desired),
    };
    for user in desired.users.values() {
        if user.has_mailbox() {
            verify_mailbox(desired, user, &mut lookups)?;
        }
        let addresses = std::iter::once(&user.address).chain(&user.aliases);
        addresses
            .into_iter()
            .try_for_each(|address| verify_route(&meant, address, &lookups))?;
    }
    let shared = desired.aliases.keys();
    shared
        .into_iter()
        .try_for_each(|address| verify_route(&meant, address, &lookups))?;
    let domains = desired.catch_alls.keys();
    domains
        .into_iter()
        .try_for_each(|domain| verify_catch_all(&meant, domain, &lookups))?;
    aliases::parse(&texts.aliases).try_for_each(|row| verify_added(row, &mut lookups))
}

fn verify_mailbox(desired: &Desired, user: &User, lookups: &mut Lookups<'_>) -> Result<(), Violation> {
    let address = &user.address;
    let login = lookups.login(address.as_str());
    let is_own = login.is_some_and(|login| {
        let is_open = !login.hash.ends_with('!') && !login.fields.split(' ').any(|field| field == "nologin");
        let may_be_open = accounts::has_login(user);
        login.account == address.as_str() && !login.hash.is_empty() && (may_be_open || !is_open)
    });
    if !is_own {
        return Err(Violation::Login(address.clone()));
    }
    let own = desired.quota(user).map(quotas::size);
    let found = lookups.quota(address.as_str());
    if found != own.as_deref() {
        return Err(Violation::Quota {
            address: address.clone(),
            found: found.map(str::to_owned),
            own,
        });
    }
    Ok(())
}

fn verify_added<'t>(row: aliases::Row<'t>, lookups: &mut Lookups<'t>) -> Result<(), Violation> {
    let Some(login) = lookups.added_for(row) else {
        return Ok(());
    };
    let own = lookups.login(login.account);
    if row.targets().any(|target| target == login.account) && own.is_some_and(|own| own.hash == login.hash) {
        return Ok(());
    }
    Err(Violation::Borrowed {
        alias: row.key.to_owned(),
        account: login.account.to_owned(),
    })
}

fn verify_route(meant: &Meant<'_>, address: &Address, lookups: &Lookups<'_>) -> Result<(), Violation> {
    let found = lookups.route(address.as_str());
    let recipients = meant.recipients(address);
    let is_right = match &found {
        Delivery::To(found) => *found == recipients,
        Delivery::Refused(_) => recipients == Recipients::default() || meant.is_refused(address),
        Delivery::Deferred | Delivery::Unclear { .. } => false,
    };
    if is_right {
        return Ok(());
    }
    Err(Violation::Route {
        address: address.to_string(),
        found,
    })
}

/// Tries an address that nobody has.
fn verify_catch_all(meant: &Meant<'_>, domain: &Domain, lookups: &Lookups<'_>) -> Result<(), Violation> {
    let mut name = "nobody".to_owned();
    let mut probe = format!("{name}@{domain}");
    while meant.routes.directory.holder(&probe).is_some() {
        name.push('0');
        probe = format!("{name}@{domain}");
    }
    let Ok(address) = Address::mailbox(&probe) else {
        return Ok(());
    };
    let found = lookups.route(&probe);
    let targets = meant
        .desired
        .catch_alls
        .get(domain)
        .map_or(&[][..], |alias| &alias.targets);
    let recipients = meant.recipients_of(targets);
    let is_right = match &found {
        Delivery::To(found) => *found == recipients,
        Delivery::Refused(_) => recipients == Recipients::default() || meant.is_refused(&address),
        // A pattern that may take the probe comes before the catch-all, as it should.
        Delivery::Unclear { .. } => true,
        Delivery::Deferred => false,
    };
    if is_right {
        return Ok(());
    }
    Err(Violation::Route { address: probe, found })
}

/// Addresses followed already, with the tag they were reached with.
type Seen<'a> = HashSet<(&'a Address, String)>;

/// The longest name an address may have (RFC 5321 §4.5.3.1.1): a tag that grew beyond it went round in a circle.
const LONGEST_NAME: usize = 64;

/// What the organisation means, followed without a look at any file.
struct Meant<'a> {
    desired: &'a Desired,
    routes: Routes<'a>,
}

impl<'a> Meant<'a> {
    /// Who should get mail for an address.
    fn recipients(&self, address: &'a Address) -> Recipients {
        let mut recipients = Recipients::default();
        self.follow(address, "", &mut recipients, &mut HashSet::new());
        recipients
    }

    fn recipients_of(&self, targets: &'a [AliasTarget]) -> Recipients {
        let mut recipients = Recipients::default();
        self.follow_all(targets, "", &mut recipients, &mut HashSet::new());
        recipients
    }

    /// `tag`: what the address it came by had behind a `+`; it goes along.
    fn follow(&self, address: &'a Address, tag: &str, to: &mut Recipients, seen: &mut Seen<'a>) {
        let directory = &self.routes.directory;
        let Some(holder) = directory.holder(address.as_str()) else {
            let own = address.local().split_once('+').map_or("", |(_, tag)| tag);
            let both = [own, tag]
                .map(|tag| {
                    if tag.is_empty() {
                        String::new()
                    } else {
                        format!("+{tag}")
                    }
                })
                .concat();
            let tag = both.trim_start_matches('+');
            let plain = address.local().split('+').next().unwrap_or_default();
            return match directory.holder_of_tagged(address) {
                Some(holder) => self.follow_holder(address, holder, tag, to, seen),
                None => _ = to.elsewhere.insert(format!("{plain}{both}@{}", address.domain())),
            };
        };
        self.follow_holder(address, holder, tag, to, seen);
    }

    fn follow_holder(
        &self,
        address: &'a Address,
        holder: Holder<'a>,
        tag: &str,
        to: &mut Recipients,
        seen: &mut Seen<'a>,
    ) {
        match holder {
            Holder::Mailbox(user) | Holder::Further(user) => self.follow_user(user, tag, to, seen),
            Holder::Shared(alias) if tag.len() <= LONGEST_NAME && seen.insert((address, tag.to_owned())) => {
                self.follow_all(&alias.targets, tag, to, seen);
            }
            Holder::Shared(_) | Holder::Gone(_) => {}
        }
    }

    fn follow_user(&self, user: &'a User, tag: &str, to: &mut Recipients, seen: &mut Seen<'a>) {
        if tag.len() > LONGEST_NAME || !seen.insert((&user.address, tag.to_owned())) {
            return;
        }
        for target in &user.forward {
            self.follow(target, tag, to, seen);
        }
        if user.keep_copy || self.routes.resolve_addresses(&user.forward).is_empty() {
            to.mailboxes.insert(user.address.to_string());
        }
    }

    fn follow_all(&self, targets: &'a [AliasTarget], tag: &str, to: &mut Recipients, seen: &mut Seen<'a>) {
        for target in targets {
            match target {
                AliasTarget::Address(address) => self.follow(address, tag, to, seen),
                AliasTarget::Group(group) => {
                    for user in self.routes.directory.members(group) {
                        self.follow_user(user, tag, to, seen);
                    }
                }
            }
        }
    }

    /// Whether a rule of the organisation's own refuses the address, or its domain, or a domain above that.
    fn is_refused(&self, address: &Address) -> bool {
        let rules = &self.desired.mail.receive;
        let domains = std::iter::successors(Some(address.domain()), |domain| {
            domain.split_once('.').map(|(_, rest)| rest)
        });
        let domains = domains.filter_map(|domain| Domain::parse(domain).ok().map(AccessKey::Domain));
        [address.clone(), address.without_tag()]
            .into_iter()
            .map(AccessKey::Address)
            .chain(domains)
            .find_map(|key| rules.get(&key))
            .is_some_and(|rule| rule.action != AccessAction::Dunno)
    }
}
