//! A record and its kind.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::statement::Value;
use super::{Key, StoreError};

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

/// A record of whatever kind, for [`Store::exchange`](super::Store::exchange).
pub trait AnyRecord: Send + Sync {
    /// As the table has it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the payload can't be written as JSON.
    fn written(&self) -> Result<Written<'_>, StoreError>;
}

/// A record as the table has it.
pub struct Written<'a> {
    pub(super) kind: &'static str,
    pub(super) key: &'a Key,
    pub(super) subject: Option<&'a str>,
    pub(super) grant: Option<&'a Key>,
    pub(super) payload: String,
    pub(super) expires: i64,
    version: i64,
}

impl<T: Kind> AnyRecord for Record<T> {
    fn written(&self) -> Result<Written<'_>, StoreError> {
        // What serde says about a payload may quote it, so it isn't repeated.
        let payload = serde_json::to_string(&self.payload).map_err(|_| StoreError::Damaged { kind: T::NAME })?;
        Ok(Written {
            kind: T::NAME,
            key: &self.key,
            subject: self.subject.as_deref(),
            grant: self.grant.as_ref(),
            payload,
            expires: self.expires.as_millisecond(),
            version: self.version,
        })
    }
}

impl Written<'_> {
    /// The values of [`sql::PUT`](super::sql::PUT) and [`sql::ADD`](super::sql::ADD).
    pub(super) fn putting(&self, now: i64) -> [Value<'_>; 7] {
        [
            self.kind.into(),
            self.key.into(),
            self.subject.into(),
            self.grant.into(),
            self.payload.as_str().into(),
            now.into(),
            self.expires.into(),
        ]
    }

    /// The values of [`sql::REPLACE`](super::sql::REPLACE).
    pub(super) fn replacing(&self, now: i64) -> [Value<'_>; 6] {
        [
            self.payload.as_str().into(),
            self.expires.into(),
            self.kind.into(),
            self.key.into(),
            self.version.into(),
            now.into(),
        ]
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
