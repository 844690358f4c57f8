//! What docker-mailserver, Postfix and Dovecot make of the files: who logs in with which hash, how much a mailbox may hold, and
//! where mail goes. With all the faults of the originals, so that a rendering, or a directory that people wrote, can be held
//! against what was meant. Nothing here knows what was meant but [`verify`].
//!
//! ```
//! use dockspace::mailserver::lookups::{Delivery, Lookups, Texts};
//! use dockspace::model::Dialect;
//!
//! let texts = Texts::new("joann@x.org|{A}1\nann@x.org|{A}2\n", "", "team@x.org ann@x.org\n");
//! let mut lookups = Lookups::new(Dialect::Dms16, &texts);
//! assert_eq!(lookups.login("ann@x.org").unwrap().hash, "{A}2");
//! assert_eq!(lookups.login("team@x.org").unwrap().hash, "{A}1", "the search for ann finds joann");
//! assert!(matches!(lookups.route("team@x.org"), Delivery::To(to) if to.mailboxes.contains("ann@x.org")));
//! ```

mod grep;
mod postfix;
mod texthash;
mod verify;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::{access, accounts, aliases, quotas, regexp};
use crate::{fileset::FileSet, model::Dialect};

pub use grep::Grep;
pub use postfix::{Delivery, Recipients};
pub use texthash::{Duplicate, Texthash};
pub use verify::{Violation, verify};

/// The files that lookups read.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    accounts: String,
    quotas: String,
    /// For `grep -i`.
    folded_quotas: String,
    aliases: String,
    patterns: String,
    receive: String,
}

impl Texts {
    /// `postfix-accounts.cf`, `dovecot-quotas.cf` and `postfix-virtual.cf` alone.
    #[must_use]
    pub fn new(accounts: &str, quotas: &str, aliases: &str) -> Self {
        Self {
            accounts: accounts.into(),
            quotas: quotas.into(),
            folded_quotas: quotas.to_ascii_lowercase(),
            aliases: aliases.into(),
            ..Self::default()
        }
    }

    /// The files of a set; one that isn't there is empty.
    #[must_use]
    pub fn of(files: &FileSet) -> Self {
        let text = |name| {
            let file = files.get(name).map(|file| String::from_utf8_lossy(&file.content));
            file.unwrap_or_default().into_owned()
        };
        let quotas = text(quotas::NAME);
        Self {
            accounts: text(accounts::NAME),
            folded_quotas: quotas.to_ascii_lowercase(),
            quotas,
            aliases: text(aliases::NAME),
            patterns: text(regexp::NAME),
            receive: text(access::RECEIVE),
        }
    }
}

/// What the programs know once they have read the files.
pub struct Lookups<'t> {
    dialect: Dialect,
    account_lines: Vec<&'t str>,
    quota_lines: Vec<&'t str>,
    accounts: HashMap<&'t str, accounts::Row<'t>>,
    account_grep: Grep<'t>,
    quota_grep: Grep<'t>,
    /// Of aliases, the first row of each key.
    aliases: HashMap<&'t str, aliases::Row<'t>>,
    tables: postfix::Tables<'t>,
}

/// A row of Dovecot's users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login<'t> {
    /// The account that the hash is of.
    pub account: &'t str,
    /// The password hash.
    pub hash: &'t str,
    /// Extra fields.
    pub fields: &'t str,
}

impl<'t> Lookups<'t> {
    /// Reads the files.
    #[must_use]
    pub fn new(dialect: Dialect, texts: &'t Texts) -> Self {
        let mut accounts = HashMap::new();
        for row in accounts::parse(&texts.accounts) {
            accounts.entry(row.login).or_insert(row);
        }
        let mut aliases = HashMap::new();
        for row in aliases::parse(&texts.aliases) {
            aliases.entry(row.key).or_insert(row);
        }
        Self {
            dialect,
            account_lines: texts.accounts.lines().collect(),
            quota_lines: texts.quotas.lines().collect(),
            account_grep: Grep::new(&texts.accounts),
            quota_grep: Grep::new(&texts.folded_quotas),
            tables: postfix::Tables::read(&accounts, texts),
            accounts,
            aliases,
        }
    }

    /// The size that docker-mailserver finds for an account, as written.
    pub fn quota(&mut self, address: &str) -> Option<&'t str> {
        let line = self.quota_lines[self.quota_grep.first(&address.to_ascii_lowercase(), ":")?];
        // Split at colons it must have exactly two parts; bash drops an empty one at the end.
        let mut parts = line.split(':');
        let (_, size, rest) = (parts.next()?, parts.next()?, parts.next());
        (!size.is_empty() && rest.is_none_or(str::is_empty) && parts.next().is_none()).then_some(size)
    }

    /// What Dovecot checks a login with: the first row of that name, an account's own before one that was added for an alias.
    /// A name with another character than `auth_username_chars` has, such as `+`, is refused before any row is looked at.
    pub fn login(&mut self, name: &str) -> Option<Login<'t>> {
        if !name.bytes().all(may_stand_in_login) {
            return None;
        }
        if let Some(row) = self.accounts.get(name) {
            return Some(Login {
                account: row.login,
                hash: row.hash,
                fields: row.fields,
            });
        }
        let row = *self.aliases.get(name)?;
        self.added_for(row)
    }

    /// The row that docker-mailserver adds to Dovecot's users for an alias, so that its quota can be asked for.
    ///
    /// 15 searches for the whole value. 16 takes no catch-all and searches for one target after the other.
    pub fn added_for(&mut self, row: aliases::Row<'t>) -> Option<Login<'t>> {
        let line = match self.dialect {
            Dialect::Dms15 if row.key.contains('@') => self.find_value(row.value),
            Dialect::Dms16
                if row
                    .key
                    .split_once('@')
                    .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty()) =>
            {
                row.targets().find_map(|target| self.account_grep.first(target, ""))
            }
            Dialect::Dms15 | Dialect::Dms16 => None,
        }?;
        let mut parts = self.account_lines[line].splitn(3, '|');
        Some(Login {
            account: parts.next()?,
            hash: parts.next().unwrap_or_default(),
            fields: parts.next().unwrap_or_default(),
        })
    }

    fn find_value(&mut self, value: &str) -> Option<usize> {
        let end = value
            .find(|c: char| c == ',' || c.is_ascii_whitespace())
            .unwrap_or(value.len());
        let (address, rest) = value.split_at(end);
        self.account_grep.first(address, rest)
    }

    /// Where mail for an address goes.
    #[must_use]
    pub fn route(&self, address: &str) -> Delivery {
        self.tables.route(address)
    }

    /// The domains that mail is taken for: those of accounts and of aliases.
    #[must_use]
    pub const fn domains(&self) -> &HashSet<&'t str> {
        &self.tables.domains
    }
}

/// Dovecot's default for `auth_username_chars`, which docker-mailserver keeps.
const fn may_stand_in_login(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@')
}
