//! One file kind each: the keys it has, what each may hold, and what it becomes.
//!
//! A decoder sees one file. What it cannot know, such as whether a group exists, `resolve` checks when all files are read.

pub(super) mod alias;
pub(super) mod claim;
mod dovecot;
pub(super) mod group;
pub(super) mod organisation;
mod policy;
pub(super) mod profile;
pub(super) mod retired;
pub(super) mod sealed;
pub(super) mod user;

use super::{
    reader::{At, Table},
    rules,
};
use crate::model::Address;

/// A name that people read: not empty, at most 128 characters, no blanks at the ends.
fn title(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.trim() != text {
        return Err("a name is not empty and has no blanks at its ends");
    }
    if text.chars().count() > 128 {
        return Err("a name has at most 128 characters");
    }
    Ok(text.to_owned())
}

/// Users, by their mailbox addresses.
fn people(table: &mut Table<'_, '_>, key: &'static str) -> Vec<At<Address>> {
    table.list(key, &rules::organisation::ADDRESS, Address::mailbox)
}

/// The values without their places.
pub(super) fn values<T>(list: impl IntoIterator<Item = At<T>>) -> impl Iterator<Item = T> {
    list.into_iter().map(|at| at.value)
}
