//! What belongs to the mail server and to no person: `mail.toml` with its secrets from `mail.sealed.toml`.

use std::collections::BTreeMap;

use super::{Address, Domain, LocalName};
use crate::{diagnostic::Place, seal::Sealed};

/// The mail server's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// `postfix-regexp.cf`, in order: the first match wins.
    pub regexp: Vec<Regexp>,
    /// `postfix-aliases.cf`: mail to local names, such as `devnull`.
    pub system_aliases: BTreeMap<LocalName, Vec<SystemTarget>>,
    /// `postfix-relaymap.cf` and `postfix-sasl-password.cf`, by sender domain.
    pub relay: BTreeMap<Domain, Relay>,
    /// `dovecot-masters.cf`: who may open every mailbox.
    pub masters: BTreeMap<LocalName, Master>,
    /// `postfix-send-access.cf`: what is done about an envelope sender.
    pub send: BTreeMap<AccessKey, Access>,
    /// `postfix-receive-access.cf`: what is done about an envelope recipient.
    pub receive: BTreeMap<AccessKey, Access>,
}

/// One line of `postfix-regexp.cf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regexp {
    /// A Postfix `pcre` pattern with its delimiters, such as `/^info[0-9]+@example\.org$/`.
    pub pattern: String,
    /// Where matching mail goes.
    pub to: Vec<Address>,
    /// Where this is written.
    pub place: Place,
}

/// A target of a system alias: nothing that runs or writes elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SystemTarget {
    /// `/dev/null`.
    DevNull,
    /// An address.
    Address(Address),
}

/// How mail from one of our domains leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// `[host]:port`, or `None` to opt out of a default relay (`host = "none"`).
    pub host: Option<String>,
    /// The name to authenticate with.
    pub user: Option<String>,
    /// Its password, clear text when opened.
    pub password: Option<Sealed>,
    /// Where this is written.
    pub place: Place,
}

/// A Dovecot master user: `user@domain*name` logs in with this password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Master {
    /// Its sealed hash.
    pub password: Option<Sealed>,
    /// Where this is written.
    pub place: Place,
}

/// What an access rule is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessKey {
    /// One address.
    Address(Address),
    /// Every address of a domain.
    Domain(Domain),
}

/// An access rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What Postfix does.
    pub action: AccessAction,
    /// Where this is written.
    pub place: Place,
}

impl Master {
    /// The field that the password of the master user `name` is sealed for: its dotted key in `mail.sealed.toml`.
    #[must_use]
    pub fn field(name: &LocalName) -> String {
        format!("masters.{name}.password")
    }
}

impl Relay {
    /// The field that the password for mail from `domain` is sealed for: its dotted key in `mail.sealed.toml`.
    #[must_use]
    pub fn field(domain: &Domain) -> String {
        format!("relay.{domain}.password")
    }
}

/// An action of access(5) that can neither run nor reroute anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessAction {
    /// `REJECT`, with a text for the sender if any.
    Reject(String),
    /// `DUNNO`: stop looking here.
    Dunno,
    /// A reply code of 4xx or 5xx with its text.
    Reply(u16, String),
}
