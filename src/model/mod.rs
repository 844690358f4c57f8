//! The organisation, validated: what people, addresses, groups and apps there should be.
//!
//! Pure values. This module knows no TOML, no git, no clock and no disk. A [`Desired`] is made by `document`, which checks every
//! rule first; whoever holds one may rely on what its documentation says.
//!
//! ```
//! use dockspace::model::{Address, Quota};
//!
//! let alice = Address::mailbox("alice@example.org").unwrap();
//! assert_eq!(alice.domain(), "example.org");
//! assert_eq!(Quota::parse("5G").unwrap().bytes(), Some(5 << 30));
//! ```

pub mod access;
mod address;
mod alias;
pub mod change;
mod client;
pub mod credential;
mod group;
pub mod guard;
mod issuer;
mod key;
mod mail;
mod name;
mod origin;
pub mod ownership;
mod policy;
mod quota;
pub mod rule;
mod sealed;
mod set;
#[cfg(test)]
pub(crate) mod testing;
mod user;

use std::borrow::Borrow;
use std::collections::BTreeMap;

pub use address::{Address, AddressError, Domain};
pub use alias::{Alias, AliasTarget};
pub use client::{AnyOf, Client, ClientAuth, ClientKind, Consent, Gate, Grant, Pkce, Refresh, SigningAlg};
pub use group::Group;
pub use issuer::{Issuer, IssuerError};
pub use key::{KeyState, SigningKey};
pub use mail::{Access, AccessAction, AccessKey, Mail, Master, Regexp, Relay, SystemTarget};
pub use name::{
    ClientId, ForgeAccount, GroupName, KeyId, LocalName, NameError, QuotaClass, RuleName, Service, TargetName, UserId,
    UserName,
};
pub use origin::Origin;
pub use policy::{Drift, DriftPolicy, Guards, PasswordRules, Policy, Session};
pub use quota::{Quota, QuotaError, Unit};
pub use sealed::SealedAt;
pub use set::Set;
pub use user::{Claim, ClaimValue, Class, Credentials, Password, Profile, State, User};

use crate::diagnostic::Place;

/// The whole organisation as one revision of the repository describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// `[organisation]`.
    pub organisation: Organisation,
    /// The mail domains.
    pub domains: BTreeMap<Domain, DomainSettings>,
    /// What is kept equal to the repository.
    pub targets: BTreeMap<TargetName, Target>,
    /// Who may open sealed values: age recipients, as written.
    pub recipients: Vec<String>,
    /// The OpenID Connect issuer; `None` when the organisation has no sign-in.
    pub issuer: Option<Issuer>,
    /// Who must have signed every commit; empty: nobody need sign.
    pub signers: Vec<Signer>,
    /// The organisation's rules.
    pub policy: Policy,
    /// Quotas by class.
    pub quota_classes: BTreeMap<QuotaClass, Quota>,
    /// Per cent of a class's quota that each service gets.
    pub quota_shares: BTreeMap<Service, u8>,
    /// Users by mailbox address.
    pub users: BTreeMap<Address, Box<User>>,
    /// Groups by name.
    pub groups: BTreeMap<GroupName, Group>,
    /// Shared aliases by address; a user's own aliases stand on the user.
    pub aliases: BTreeMap<Address, Alias>,
    /// Catch-alls by domain.
    pub catch_alls: BTreeMap<Domain, Alias>,
    /// What belongs to the mail server and to no person.
    pub mail: Mail,
    /// Apps by client id.
    pub clients: BTreeMap<ClientId, Client>,
    /// Signing keys by key id.
    pub keys: BTreeMap<KeyId, SigningKey>,
    /// People who are gone for good, in the order of the file.
    pub retired: Vec<Retired>,
    /// Where the settings above stand in `dockspace.toml`, by dotted key such as `oidc.issuer`.
    pub origin: Origin,
}

/// `[organisation]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The group whose members administer everything.
    pub admin_group: GroupName,
}

/// Who set the quota that holds for a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaSource {
    /// The user's own file.
    User,
    /// The domain.
    Domain,
    /// The quota class of this name.
    Class(&'static str),
}

/// `[domains."example.org"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSettings {
    /// The quota of a mailbox that has none of its own.
    pub quota: Option<Quota>,
    /// Who may list its mailboxes and set their passwords.
    pub managers: Vec<Address>,
    /// Whether its users are test users, and only those.
    pub test: bool,
    /// Where this is written.
    pub origin: Origin,
}

/// `[targets.mail]`: something kept equal to the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// The version of its file formats.
    pub dialect: Dialect,
    /// Where passwords go.
    pub credentials: CredentialStore,
    /// The public name of the host that mail programs connect to.
    pub hostname: Option<Domain>,
    /// Where this is written.
    pub origin: Origin,
}

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A docker-mailserver configuration directory.
    DockerMailserver,
}

impl TargetKind {
    /// All kinds, as written in a file.
    pub const ALL: [Self; 1] = [Self::DockerMailserver];

    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DockerMailserver => "docker-mailserver",
        }
    }
}

/// A major version of docker-mailserver: each brings its Dovecot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// docker-mailserver 15 with Dovecot 2.3.
    Dms15,
    /// docker-mailserver 16 with Dovecot 2.4.
    Dms16,
}

impl Dialect {
    /// The major version of docker-mailserver, as in the file.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Dms15 => 15,
            Self::Dms16 => 16,
        }
    }

    /// The dialect of that major version, if there is one.
    #[must_use]
    pub const fn of(number: u8) -> Option<Self> {
        match number {
            15 => Some(Self::Dms15),
            16 => Some(Self::Dms16),
            _ => None,
        }
    }
}

/// Where a target takes passwords from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialStore {
    /// `postfix-accounts.cf`.
    Accounts,
    /// An extra Dovecot passdb.
    Passdb,
}

impl CredentialStore {
    /// All of them, as written in a file.
    pub const ALL: [Self; 2] = [Self::Accounts, Self::Passdb];

    /// The word in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Passdb => "passdb",
        }
    }
}

/// Somebody whose signature under a commit counts: `[trust] signers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Who: an address, or `self-service`.
    pub principal: String,
    /// The SSH public key, `TYPE BASE64`, as in `allowed_signers` of ssh-keygen(1).
    pub key: String,
}

/// Somebody who is gone: neither the id nor, unnoticed, the address is given out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    /// The id, for ever.
    pub id: UserId,
    /// The last mailbox address.
    pub address: Address,
    /// When.
    pub date: jiff::civil::Date,
    /// Where this is written.
    pub place: Place,
}

impl Desired {
    /// The quota that holds for `user`'s mailbox: its own, else the domain's, else the class's share for mail.
    #[must_use]
    pub fn quota(&self, user: &User) -> Option<Quota> {
        self.quota_and_source(user).map(|(quota, _)| quota)
    }

    /// The same, with who set it.
    #[must_use]
    pub fn quota_and_source(&self, user: &User) -> Option<(Quota, QuotaSource)> {
        let own = user.quota.map(|quota| (quota, QuotaSource::User));
        let domain = || {
            let quota = self.domains.get(user.address.domain())?.quota?;
            Some((quota, QuotaSource::Domain))
        };
        own.or_else(domain).or_else(|| self.class_quota(user))
    }

    fn class_quota(&self, user: &User) -> Option<(Quota, QuotaSource)> {
        let class = match user.class {
            Class::Test { .. } => "test",
            Class::Person | Class::Shared { .. } if user.groups.contains(&self.organisation.admin_group) => "admin",
            Class::Person | Class::Shared { .. } => "regular",
        };
        let quota = *self.quota_classes.get(class)?;
        let share = self.quota_shares.get("mail");
        let quota = share.map_or(quota, |percent| quota.share(*percent));
        Some((quota, QuotaSource::Class(class)))
    }

    /// The user whose mailbox `address` is, whatever the state.
    #[must_use]
    pub fn user(&self, address: &(impl Borrow<str> + ?Sized)) -> Option<&User> {
        self.users.get(address.borrow()).map(Box::as_ref)
    }

    /// The members of `group` who have a mailbox, in address order.
    pub fn mailboxes_of<'a>(&'a self, group: &'a GroupName) -> impl Iterator<Item = &'a User> {
        let users = self.users.values().map(Box::as_ref);
        users.filter(move |user| user.has_mailbox() && user.groups.contains(group))
    }
}
