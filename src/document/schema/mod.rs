//! The format, as a table: which keys each kind of file may have, what they hold, what they mean.
//!
//! One table has four readers: the JSON Schema for editors ([`json_schema`]), the format reference ([`reference_markdown`]), the
//! canonical order that `dockspace fmt` and every edit keep ([`Layout`]), and a test that holds the decoder to it. It checks no value
//! itself: that is the decoder's part, which says more than a schema can.
//!
//! ```
//! use dockspace::document::{Kind, schema};
//!
//! let schema = schema::json_schema(Kind::User);
//! assert_eq!(schema["properties"]["groups"]["type"], "array");
//! ```

/// Declares tables of keys. A key's doc comment is its entry in the reference; behind its shape stands what holds without it.
macro_rules! tables {
    (@) => { super::Fallback::Nothing };
    (@ $fallback:expr) => { $fallback };
    ($($table:ident { $($(#[doc = $meaning:literal])+ $name:literal: $shape:expr $(, $fallback:expr)?;)* })*) => {$(
        pub(super) const $table: &[super::Key] = &[$(super::Key {
            name: $name,
            shape: $shape,
            fallback: tables!(@ $($fallback)?),
            meaning: concat!($($meaning),+),
        }),*];
    )*};
}

mod client;
#[cfg(test)]
mod decoder;
mod formats;
mod json;
mod layout;
mod mail;
mod organisation;
mod person;
mod reference;
mod shared;
#[cfg(test)]
mod tests;

pub use json::json_schema;
pub use layout::{Layout, takes_sealed};
pub use reference::{ReferenceRow, reference_markdown, reference_rows};

use super::Kind;

/// One key of a table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// What holds when it is not written.
    pub fallback: Fallback,
    /// What it means, in Markdown.
    meaning: &'static str,
}

impl Key {
    /// What it means: Markdown, one paragraph.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.meaning.trim()
    }
}

/// What holds when a key is not written.
#[derive(Clone, Copy, Debug)]
pub enum Fallback {
    /// It must be written.
    Required,
    /// Nothing: the thing is just not there.
    Nothing,
    /// This value, as TOML that is JSON too.
    Value(&'static str),
    /// It depends; in words.
    Words(&'static str),
}

const REQUIRED: Fallback = Fallback::Required;

const fn value(toml: &'static str) -> Fallback {
    Fallback::Value(toml)
}

const fn words(text: &'static str) -> Fallback {
    Fallback::Words(text)
}

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string.
    Text(&'static Format),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A date without time.
    Date,
    /// A whole number within these bounds, both included.
    Number(u64, u64),
    /// An array whose order has a meaning.
    List(&'static Self),
    /// An array whose order has none: the canonical form is sorted.
    Set(&'static Self),
    /// The first or the second.
    Either(&'static Self, &'static Self),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table with keys of one's own choosing, called so in the reference, each holding the same.
    Map(&'static str, &'static Self),
    /// An array of tables, in an order that matters.
    Tables(&'static [Key]),
}

/// A kind of string.
#[derive(Debug)]
pub struct Format {
    /// What it is called in the reference.
    pub name: &'static str,
    /// A regular expression (ECMA 262) that whatever is valid matches; empty: anything.
    pub pattern: &'static str,
}

/// The keys at the top of a file of this kind, in canonical order.
#[must_use]
pub const fn keys(kind: Kind) -> &'static [Key] {
    match kind {
        Kind::Organisation => organisation::ORGANISATION,
        Kind::User => person::USER,
        Kind::Profile => person::PROFILE,
        Kind::Sealed => person::SEALED_FILE,
        Kind::Aliases => shared::ALIASES,
        Kind::Group => shared::GROUP_FILE,
        Kind::Client => client::CLIENT,
        Kind::Key => client::KEY_FILE,
        Kind::Mail => mail::MAIL,
        Kind::MailSealed => mail::MAIL_SEALED,
        Kind::Retired => shared::RETIRED_FILE,
    }
}
