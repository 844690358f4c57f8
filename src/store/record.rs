//! A record and its kind.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::Key;

/// What a payload struct says about itself to be kept in the store. Its owner defines it beside the rules it serves.
///
/// The payload is written as JSON and may be read by the next version of the program, so a new field needs `#[serde(default)]`.
pub trait Kind: Serialize + DeserializeOwned + Send + Sync {
    /// The name of the kind in the table, such as `session`. No two kinds share one.
    const NAME: &'static str;
}

/// One thing the store keeps: a payload, whom it belongs to, and until when it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<T> {
    /// What it is found by.
    pub key: Key,
    /// The person it is about, if any: all of a person's records of a kind can be listed and deleted.
    pub subject: Option<String>,
    /// What it hangs on, if anything: all records that a sign-in or a consent gave rise to end with it, whatever their kind.
    pub grant: Option<Key>,
    /// What it says.
    pub payload: T,
    /// The first moment it counts no longer. Kept to the millisecond.
    pub expires: Timestamp,
    pub(super) created: Timestamp,
    pub(super) version: i64,
}

impl<T> Record<T> {
    /// A record to [`put`](super::Store::put), about nobody and hanging on nothing.
    #[must_use]
    pub const fn new(key: Key, payload: T, expires: Timestamp) -> Self {
        Self {
            key,
            subject: None,
            grant: None,
            payload,
            expires,
            created: Timestamp::UNIX_EPOCH,
            version: 0,
        }
    }

    /// The same, about a person.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same, hanging on a grant.
    #[must_use]
    pub const fn under(mut self, grant: Key) -> Self {
        self.grant = Some(grant);
        self
    }

    /// When it was put into the store, to the millisecond; the epoch before that.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }
}

/// How often something was counted in the window that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How often, the last time included.
    pub count: u64,
    /// When the window ends and counting starts anew.
    pub ends: Timestamp,
}
