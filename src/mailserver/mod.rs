//! docker-mailserver's files: an organisation rendered into them, and what docker-mailserver makes of them.
//!
//! Each file has one module, which renders it and reads it. [`check`] says what can't be rendered so that it works, [`render`]
//! renders the rest, and [`lookups`] is a model of docker-mailserver's own lookups, with its faults, that every rendering can be
//! held against. Nothing here knows a disk, a clock or a key: opened secrets are handed in as [`Secrets`].
//!
//! ```
//! use dockspace::mailserver::{entry_key, OWNED};
//!
//! assert_eq!(OWNED[0].name, "postfix-accounts.cf");
//! assert_eq!(entry_key("postfix-accounts.cf", "ann@example.org|{SHA512-CRYPT}…"), Some("ann@example.org"));
//! ```

pub mod access;
pub mod accounts;
pub mod aliases;
mod check;
mod directory;
pub mod lookups;
pub mod masters;
mod order;
mod owned;
pub mod quotas;
pub mod regexp;
pub mod relay;
mod routes;
pub mod rules;
#[cfg(test)]
mod sample;
pub mod system_aliases;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::{
    fileset::FileSet,
    model::{Address, Desired, Dialect, Domain, LocalName, credential::PasswordHash},
    seal::Secret,
};

pub use check::check;
pub use owned::{Format, OWNED, Owned, Reload, emptied, entry_key, owned};
pub use routes::{Ends, Routing};

/// Secrets of the organisation, opened.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Of every active user with a password, by mailbox; that of a test user hashed already.
    pub passwords: BTreeMap<Address, PasswordHash>,
    /// Of every master user with a password.
    pub masters: BTreeMap<LocalName, PasswordHash>,
    /// Of every relay with a password, by sender domain, in clear.
    pub relays: BTreeMap<Domain, Secret<String>>,
}

/// Why an organisation can't be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A password is set, but [`Secrets`] has none.
    #[error("the password of {0} was not opened: give the key it is sealed to")]
    Password(Address),
    /// The same for a master user.
    #[error("the password of the master user {0} was not opened: give the key it is sealed to")]
    Master(LocalName),
    /// The same for a relay.
    #[error("the relay password of {0} was not opened: give the key it is sealed to")]
    Relay(Domain),
    /// A value would end its field or its line. Doesn't show the value, which may be a secret.
    #[error("{file}: the entry of {key} holds a character that this file can't hold: write it without")]
    Unsound {
        /// The file it was meant for.
        file: &'static str,
        /// Whose entry it is.
        key: String,
    },
}

/// Renders the files for which the organisation has something to say. Of what stands in them only Dovecot's fields depend on the
/// dialect.
///
/// A file that was applied before and isn't among them has become empty: write [`emptied`] there.
///
/// # Errors
/// A [`RenderError`] when a secret is missing or a value is not what its type promises.
pub fn render(desired: &Desired, dialect: Dialect, secrets: &Secrets) -> Result<FileSet, RenderError> {
    let routes = routes::Routes::of(desired);
    let holders = routes.directory.holders();
    let contents = [
        (accounts::NAME, accounts::render(holders, dialect, secrets)?),
        (aliases::NAME, aliases::render(&routes)),
        (regexp::NAME, regexp::render(&routes)?),
        (system_aliases::NAME, system_aliases::render(&desired.mail)),
        (quotas::NAME, quotas::render(desired, holders)),
        (masters::NAME, masters::render(&desired.mail, secrets)?),
        (relay::MAP, relay::render_map(&desired.mail)?),
        (relay::PASSWORDS, relay::render_passwords(&desired.mail, secrets)?),
        (access::SEND, access::render_send(&desired.mail.send)?),
        (access::RECEIVE, access::render_receive(&desired.mail.receive, &routes)?),
    ];
    let mut files = FileSet::new();
    for (name, content) in contents {
        if let Some(owned) = owned(name).filter(|_| !content.is_empty()) {
            files.insert(name, content.into_bytes(), owned.mode);
        }
    }
    Ok(files)
}

/// The lines of a file without comments and blank lines (docker-mailserver: `_get_valid_lines_from_file`).
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| {
        let content = line.trim_start_matches(|c: char| c.is_ascii_whitespace());
        !content.is_empty() && !content.starts_with('#')
    })
}

/// Makes sure that `value` stays within its field: no control character, none of `forbidden`, no blank at either end.
fn sound(file: &'static str, key: &str, value: &str, forbidden: &[u8]) -> Result<(), RenderError> {
    let is_bad = |byte: u8| byte.is_ascii_control() || forbidden.contains(&byte);
    if value.bytes().any(is_bad) || value.starts_with(' ') || value.ends_with(' ') {
        return Err(RenderError::Unsound {
            file,
            key: key.to_owned(),
        });
    }
    Ok(())
}
