//! A shared alias or catch-all as the command line names it, and where it is written.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::{
    cli::{
        failure::Failure,
        lookup::{did_you_mean, domain, missing, no_address},
    },
    model::{Address, Alias, AliasTarget, Desired, Domain},
};

/// Which address leads elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `sales@example.org`
    Alias(Address),
    /// `@example.org`: whatever else is written to the domain.
    CatchAll(Domain),
}

impl Route {
    /// Reads an address or `@domain`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let route = match text.strip_prefix('@') {
            Some(domain) => Domain::parse(domain).map(Self::CatchAll),
            None => Address::alias(text).map(Self::Alias),
        };
        route.map_err(|error| no_address(text, error))
    }

    /// What it leads to; nothing when there is no such alias yet.
    pub(super) fn find<'a>(&self, desired: &'a Desired) -> Option<&'a Alias> {
        match self {
            Self::Alias(address) => desired.aliases.get(address),
            Self::CatchAll(domain) => desired.catch_alls.get(domain),
        }
    }

    /// What it leads to.
    pub(super) fn get<'a>(&self, desired: &'a Desired) -> Result<&'a Alias, Failure> {
        self.find(desired).ok_or_else(|| self.missing(desired))
    }

    fn missing(&self, desired: &Desired) -> Failure {
        let Self::Alias(address) = self else {
            return missing("catch-all", &self.to_string());
        };
        let failure = missing("shared alias", address.as_str());
        let owner = desired
            .users
            .values()
            .find(|user| user.address == *address || user.aliases.contains(address));
        match owner {
            Some(user) => failure.hint(format!("it belongs to a user: dockspace user show {}", user.address)),
            None => failure.hint_if(did_you_mean(
                address.as_str(),
                desired.aliases.keys().map(Address::as_str),
                "alias",
            )),
        }
    }

    /// The file it is written in. Its domain must be declared.
    pub(super) fn path(&self, desired: &Desired) -> Result<Utf8PathBuf, Failure> {
        let name = match self {
            Self::Alias(address) => address.domain(),
            Self::CatchAll(domain) => domain.as_str(),
        };
        Ok(format!("aliases/{}.toml", domain(desired, name)?).into())
    }

    /// The key of its targets in that file.
    pub(super) fn key(&self) -> [&str; 2] {
        match self {
            Self::Alias(address) => ["aliases", address.local()],
            Self::CatchAll(_) => ["catch_all", "to"],
        }
    }

    /// What to remove to remove it.
    pub(super) fn whole(&self) -> Vec<&str> {
        match self {
            Self::Alias(_) => self.key().to_vec(),
            Self::CatchAll(_) => vec!["catch_all"],
        }
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Alias(address) => write!(f, "{address}"),
            Self::CatchAll(domain) => write!(f, "@{domain}"),
        }
    }
}

/// One entry of `dockspace.aliases/1`.
#[derive(Debug, Serialize)]
pub(super) struct AliasView {
    pub(super) address: String,
    pub(super) targets: Vec<String>,
}

impl AliasView {
    pub(super) fn new(route: &Route, alias: &Alias) -> Self {
        Self {
            address: route.to_string(),
            targets: alias.targets.iter().map(target).collect(),
        }
    }
}

/// A target as written.
pub(super) fn target(target: &AliasTarget) -> String {
    match target {
        AliasTarget::Address(address) => address.to_string(),
        AliasTarget::Group(group) => format!("group:{group}"),
    }
}
