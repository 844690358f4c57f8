//! What differs between two revisions of the organisation, as facts a reviewer can read.
//!
//! Pure. A fact is about one thing and one field of it; a thing that is new or gone is one fact that lists what it has. Facts
//! follow the change, never the state: what is equal on both sides says nothing. They hold no revision, path or position besides
//! [`Fact::place`], so the same change gives the same facts wherever it is computed. What a change *means* (what reloads, who
//! loses an app, what needs an acknowledgement) is for others to say.
//!
//! A secret is known by its ciphertext alone: set, replaced, removed.
//!
//! ```text
//! facts(before, after):  user alice@example.org  quota   5G -> 10G
//!                        user alice@example.org  groups  gained engineering
//!                        alias sales@example.org added, with targets
//! ```

mod collect;
mod mail;
mod organisation;
mod people;
#[cfg(test)]
mod properties;
mod sheet;
mod show;
#[cfg(test)]
mod tests;
mod user;

use std::borrow::Cow;
use std::fmt;

use super::{AccessKey, Address, ClientId, Desired, Domain, GroupName, KeyId, LocalName, TargetName, UserId};
use crate::{diagnostic::Place, digest::Digest};

/// One difference between two revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub subject: Subject,
    /// What happened to it.
    pub change: Change,
    /// Where it is written, in the revision that [`Fact::side`] names.
    pub place: Place,
}

impl Fact {
    /// The revision that [`Fact::place`] points into: the one after, except for a thing that is gone.
    #[must_use]
    pub const fn side(&self) -> Side {
        match self.change {
            Change::Removed(_) => Side::Before,
            Change::Added(_)
            | Change::Renamed { .. }
            | Change::Changed { .. }
            | Change::Gained { .. }
            | Change::Lost { .. } => Side::After,
        }
    }
}

/// One of the two revisions compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The older one.
    Before,
    /// The newer one.
    After,
}

/// The name of a field as it is written in its file, dotted where tables nest: `quota`, `policy.session.idle`.
pub type Field = Cow<'static, str>;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new; all it has that is not a default. A field with several values stands several times.
    Added(Vec<(Field, Value)>),
    /// It is gone; what it had.
    Removed(Vec<(Field, Value)>),
    /// The same user under another address.
    Renamed {
        /// The address before.
        from: Address,
    },
    /// A field has another value; `None`: it has none.
    Changed {
        /// Which.
        field: Field,
        /// Before.
        before: Option<Value>,
        /// After.
        after: Option<Value>,
    },
    /// A field with several values has one more.
    Gained {
        /// Which.
        field: Field,
        /// The new value.
        item: Box<str>,
    },
    /// A field with several values has one less.
    Lost {
        /// Which.
        field: Field,
        /// The value that went.
        item: Box<str>,
    },
}

impl Change {
    /// The field it is about; `None` when it is about the whole thing.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Added(_) | Self::Removed(_) | Self::Renamed { .. } => None,
            Self::Changed { field, .. } | Self::Gained { field, .. } | Self::Lost { field, .. } => Some(field),
        }
    }
}

/// The value of a field. Small, because an organisation that is new has a million of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// As written in the repository.
    Text(Box<str>),
    /// Nothing that may be shown: the digest of its ciphertext, or `None` where a digest would help to guess the secret.
    Secret(Option<Box<Digest>>),
}

/// What a fact is about. Ordered as facts are shown: by kind, then by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// What `dockspace.toml` says of the organisation as a whole; fields are dotted keys.
    Settings,
    /// A mail domain.
    Domain(Domain),
    /// A target.
    Target(TargetName),
    /// A user, by the mailbox address after the change.
    User(Address),
    /// A group.
    Group(GroupName),
    /// A shared alias.
    Alias(Address),
    /// The catch-all of a domain.
    CatchAll(Domain),
    /// A client.
    Client(ClientId),
    /// A signing key.
    Key(KeyId),
    /// A pattern of `postfix-regexp.cf`.
    Regexp(Box<str>),
    /// A system alias.
    SystemAlias(LocalName),
    /// How mail of a domain leaves.
    Relay(Domain),
    /// A Dovecot master user.
    Master(LocalName),
    /// A rule about an envelope sender.
    SendAccess(AccessKey),
    /// A rule about an envelope recipient.
    ReceiveAccess(AccessKey),
    /// Somebody who is gone for good.
    Retired(UserId),
}

impl Subject {
    /// The kind of thing, in the words of the format: stable, for machines and people.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Domain(_) => "domain",
            Self::Target(_) => "target",
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Alias(_) => "alias",
            Self::CatchAll(_) => "catch-all",
            Self::Client(_) => "client",
            Self::Key(_) => "key",
            Self::Regexp(_) => "regexp",
            Self::SystemAlias(_) => "system-alias",
            Self::Relay(_) => "relay",
            Self::Master(_) => "master",
            Self::SendAccess(_) => "send-access",
            Self::ReceiveAccess(_) => "receive-access",
            Self::Retired(_) => "retired",
        }
    }

    /// Its name; empty for the settings, which there are once.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Settings => "",
            Self::Domain(domain) | Self::CatchAll(domain) | Self::Relay(domain) => domain.as_str(),
            Self::Target(name) => name.as_str(),
            Self::User(address) | Self::Alias(address) => address.as_str(),
            Self::Group(name) => name.as_str(),
            Self::Client(id) => id.as_str(),
            Self::Key(id) => id.as_str(),
            Self::Regexp(pattern) => pattern,
            Self::SystemAlias(name) | Self::Master(name) => name.as_str(),
            Self::SendAccess(key) | Self::ReceiveAccess(key) => match key {
                AccessKey::Address(address) => address.as_str(),
                AccessKey::Domain(domain) => domain.as_str(),
            },
            Self::Retired(id) => id.as_str(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self.name() {
            "" => Ok(()),
            name => write!(f, " {name}"),
        }
    }
}

/// All that differs from `before` to `after`, ordered by subject and within it as the file has its fields. Without a `before`
/// everything is new.
///
/// Time is that of one walk over both; what is equal costs a comparison.
#[must_use]
pub fn facts(before: Option<&Desired>, after: &Desired) -> Vec<Fact> {
    let mut facts = Vec::new();
    organisation::settings(before, after, &mut facts);
    organisation::domains_and_targets(before, after, &mut facts);
    user::users(before, after, &mut facts);
    people::collections(before, after, &mut facts);
    mail::mail(before.map(|desired| &desired.mail), &after.mail, &mut facts);
    organisation::retired(before, after, &mut facts);
    facts
}
