//! One file kind each: the keys it has, what each may hold, and what it becomes.
//!
//! A decoder sees one file. What it cannot know, such as whether a group exists, `resolve` checks when all files are read.

pub(super) mod alias;
pub(super) mod claim;
pub(super) mod client;
mod dovecot;
pub(super) mod group;
pub(super) mod key;
pub(super) mod mail;
pub(super) mod organisation;
mod policy;
mod policy_rule;
pub(super) mod profile;
pub(super) mod retired;
pub(super) mod sealed;
pub(super) mod user;

use std::collections::BTreeMap;

use super::{
    reader::{At, Table, Value},
    rules,
};
use crate::{diagnostic::Rule, model::Address};

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

/// The values below `key` by names of the user's own choosing. A name that `name` refuses is a breach of `rule` and left out.
fn named<'r, T: Ord, U>(
    table: &mut Table<'r, '_>,
    key: &'static str,
    name: impl Fn(&str) -> Result<T, String>,
    rule: &'static Rule,
    decode: impl Fn(At<&'r str>, Value<'r, '_>) -> Option<U>,
) -> BTreeMap<T, U> {
    let Some(below) = table.table(key) else {
        return BTreeMap::new();
    };
    let sink = below.sink();
    let entry = |(key, value): (At<&'r str>, Value<'r, '_>)| {
        let name =
            name(key.value).map_err(|error| sink.push(sink.at(rule, key.span, format!("{}: {error}", value.label()))));
        let decoded = decode(key, value);
        Some((name.ok()?, decoded?))
    };
    below.entries().filter_map(entry).collect()
}

/// `parse` with its error in words.
fn parsed<T, E: ToString>(parse: impl Fn(&str) -> Result<T, E>) -> impl Fn(&str) -> Result<T, String> {
    move |text| parse(text).map_err(|error| error.to_string())
}
