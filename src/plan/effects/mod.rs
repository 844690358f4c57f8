//! What a change does besides changing files: to running services, to people who are signed in, to mail that is on its way.
//!
//! Only what follows from the change is told, each kind once with everybody it concerns. Figures are those measured with
//! docker-mailserver; nothing here asks a running server.

mod mail;
mod people;
#[cfg(test)]
mod tests;

use camino::Utf8PathBuf;

use super::files::FileChange;
use crate::model::change::Fact;
use crate::model::{Address, ClientId, Desired};

/// A consequence of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Postfix and Dovecot reload.
    Reload(Sessions),
    /// docker-mailserver builds its tables anew, in about this time.
    Rebuild {
        /// Rows of accounts and aliases.
        rows: usize,
        /// In seconds, at least 1.
        seconds: u64,
    },
    /// A new file that docker-mailserver reads only after the container was created again.
    Recreate(Utf8PathBuf),
    /// A changed file that is taken when Postfix reloads, which nothing in this plan makes it do.
    NotTaken(Utf8PathBuf),
    /// The mail directory of a renamed user has to be moved by hand.
    Move {
        /// The address before.
        from: Address,
        /// The address after.
        to: Address,
    },
    /// The mail of these removed users stays on the disk.
    MailStays(Vec<Address>),
    /// Mail to these addresses, which nobody else has, goes to the catch-all of their domain.
    CatchAll(Vec<Address>),
    /// These people are signed out of everything.
    SignedOut(Vec<Address>),
    /// Who may sign in to an app changes.
    Access {
        /// The app.
        client: ClientId,
        /// May sign in now.
        gained: Vec<Address>,
        /// May no more.
        lost: Vec<Address>,
        /// Are asked for a second factor now.
        second_factor: Vec<Address>,
    },
}

/// What a reload does to open IMAP sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// They are disconnected about 6 s later: what docker-mailserver comes with.
    Dropped,
    /// They stay: `shutdown_clients = no` in `dovecot.cf`.
    Kept,
}

/// All effects of a change, those on services first.
pub(super) fn effects(
    before: Option<&Desired>,
    after: &Desired,
    facts: &[Fact],
    files: Option<&[FileChange]>,
    sessions: Sessions,
) -> Vec<Effect> {
    let mut effects = match files {
        Some(files) => mail::of_files(after, files, sessions),
        None => mail::of_facts(after, facts, sessions),
    };
    if let Some(before) = before {
        mail::of_addresses(before, after, facts, &mut effects);
        people::effects(before, after, facts, &mut effects);
    }
    effects
}
