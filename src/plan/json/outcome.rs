//! File changes and effects as JSON.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Address;
use crate::plan::effects::{Effect, Sessions};
use crate::plan::files::{Action, FileChange};

/// A file that would change.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct FileView<'a> {
    /// The target it belongs to.
    target: Cow<'a, str>,
    /// Its path in the target's directory.
    path: Cow<'a, str>,
    /// `create`, `update` or `delete`.
    action: Cow<'a, str>,
    /// How many of its entries; left out for a file that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entries: Option<EntriesView>,
}

/// Numbers of entries.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EntriesView {
    added: usize,
    removed: usize,
    changed: usize,
}

impl<'a> FileView<'a> {
    pub(super) fn new(file: &'a FileChange) -> Self {
        let action = match file.action {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        };
        Self {
            target: (&*file.target).into(),
            path: file.path.as_str().into(),
            action: action.into(),
            entries: file.entries.map(|entries| EntriesView {
                added: entries.added,
                removed: entries.removed,
                changed: entries.changed,
            }),
        }
    }
}

/// A consequence.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::plan) enum EffectView<'a> {
    /// Postfix and Dovecot reload.
    Reload {
        /// Whether open IMAP sessions are disconnected.
        drops_sessions: bool,
    },
    /// docker-mailserver builds its tables anew.
    Rebuild {
        /// Rows of accounts and aliases.
        rows: usize,
        /// About how long.
        seconds: u64,
    },
    /// A new file that is read only after the container was created again.
    Recreate {
        /// Path in the target's directory.
        path: Cow<'a, str>,
    },
    /// A changed file that is taken only when Postfix reloads.
    NotTaken {
        /// Path in the target's directory.
        path: Cow<'a, str>,
    },
    /// A mail directory to be moved by hand.
    Move {
        /// The address before.
        from: Cow<'a, str>,
        /// The address after.
        to: Cow<'a, str>,
    },
    /// Mail of removed users that stays on the disk.
    MailStays {
        /// Whose.
        users: Vec<Cow<'a, str>>,
    },
    /// Mail that a catch-all takes now.
    CatchAll {
        /// To whom.
        addresses: Vec<Cow<'a, str>>,
    },
    /// People who are signed out of everything.
    SignedOut {
        /// Who.
        users: Vec<Cow<'a, str>>,
    },
    /// Who may sign in to an app changes.
    Access {
        /// The app.
        client: Cow<'a, str>,
        /// May sign in now.
        gained: Vec<Cow<'a, str>>,
        /// May no more.
        lost: Vec<Cow<'a, str>>,
        /// Are asked for a second factor now.
        second_factor: Vec<Cow<'a, str>>,
    },
}

impl<'a> EffectView<'a> {
    pub(super) fn new(effect: &'a Effect) -> Self {
        match effect {
            Effect::Reload(sessions) => Self::Reload {
                drops_sessions: *sessions == Sessions::Dropped,
            },
            Effect::Rebuild { rows, seconds } => Self::Rebuild {
                rows: *rows,
                seconds: *seconds,
            },
            Effect::Recreate(path) => Self::Recreate {
                path: path.as_str().into(),
            },
            Effect::NotTaken(path) => Self::NotTaken {
                path: path.as_str().into(),
            },
            Effect::Move { from, to } => Self::Move {
                from: from.as_str().into(),
                to: to.as_str().into(),
            },
            Effect::MailStays(users) => Self::MailStays { users: names(users) },
            Effect::CatchAll(addresses) => Self::CatchAll {
                addresses: names(addresses),
            },
            Effect::SignedOut(users) => Self::SignedOut { users: names(users) },
            Effect::Access {
                client,
                gained,
                lost,
                second_factor,
            } => Self::Access {
                client: client.as_str().into(),
                gained: names(gained),
                lost: names(lost),
                second_factor: names(second_factor),
            },
        }
    }
}

fn names(addresses: &[Address]) -> Vec<Cow<'_, str>> {
    addresses.iter().map(|address| address.as_str().into()).collect()
}
