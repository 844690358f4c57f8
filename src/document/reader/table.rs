//! A table, asked for one key at a time.

use std::fmt::Display;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::{At, Label, Sink, Value};
use crate::{
    diagnostic::{Rule, Span},
    document::{rules::file, spelling},
    model::Origin,
};

/// Keys that name something of a host and belong in its own file.
const HOST_ONLY: &[&str] = &[
    "branch",
    "canary",
    "config",
    "directory",
    "hooks",
    "identity",
    "imap",
    "listen",
    "reload",
    "remote",
    "smtp",
    "state_dir",
    "store",
    "trusted_proxies",
];

/// A table of a file. Ask it for every key its kind knows, then close it by [`Table::origin`] or [`Table::finish`].
///
/// A key is given by its full name within the file, such as `policy.session.idle`, which is what its [`Origin`] calls it; in the
/// table it is looked up by the last part.
pub(in crate::document) struct Table<'r, 'i> {
    sink: &'r Sink<'r>,
    entries: &'r DeTable<'i>,
    /// Where the table is announced; the start of the file for the file itself.
    span: Span,
    asked: Vec<&'static str>,
    keys: Vec<(&'static str, Span)>,
    /// How many keys of this very table were asked for and are there.
    found: usize,
}

impl<'r, 'i> Table<'r, 'i> {
    pub(super) const fn root(sink: &'r Sink<'r>, entries: &'r DeTable<'i>) -> Self {
        Self::new(sink, entries, Span::new(0, 0))
    }

    pub(super) const fn new(sink: &'r Sink<'r>, entries: &'r DeTable<'i>, span: Span) -> Self {
        Self {
            sink,
            entries,
            span,
            asked: Vec::new(),
            keys: Vec::new(),
            found: 0,
        }
    }

    /// Where problems of this file go.
    pub(in crate::document) const fn sink(&self) -> &'r Sink<'r> {
        self.sink
    }

    /// Where the table is announced.
    pub(in crate::document) const fn span(&self) -> Span {
        self.span
    }

    /// The value of `key`, if it is there.
    pub(in crate::document) fn get(&mut self, key: &'static str) -> Option<Value<'r, 'i>> {
        let name = last(key);
        self.asked.push(name);
        let value = self.entries.get(name)?;
        let span = self.sink.span(value.span());
        self.keys.push((key, span));
        self.found += 1;
        Some(Value {
            sink: self.sink,
            value: value.get_ref(),
            span,
            label: Label::Key(name),
        })
    }

    /// Where the value of `key` stands, once it was asked for; else where the table is announced.
    pub(in crate::document) fn span_of(&self, key: &str) -> Span {
        let asked = self.keys.iter().find(|(name, _)| *name == key);
        asked.map_or(self.span, |(_, span)| *span)
    }

    /// Whether `key` is there, of whatever type.
    pub(in crate::document) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(last(key))
    }

    /// How many keys the table at `key` has; 0 when there is none.
    pub(in crate::document) fn size_of(&self, key: &str) -> usize {
        let below = self.entries.get(last(key)).and_then(|value| value.get_ref().as_table());
        below.map_or(0, DeTable::len)
    }

    /// How many entries the list at `key` has: 0 when there is none, 1 for what is no list.
    pub(in crate::document) fn length_of(&self, key: &str) -> usize {
        let length = |value: &DeValue<'_>| value.as_array().map_or(1, |entries| entries.len());
        self.entries.get(last(key)).map_or(0, |value| length(value.get_ref()))
    }

    /// A text that `parse` understands; what it doesn't is a breach of `rule`.
    pub(in crate::document) fn parse<T, E: Display>(
        &mut self,
        key: &'static str,
        rule: &'static Rule,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<At<T>> {
        self.get(key)?.parse(rule, parse)
    }

    /// One of a few words.
    pub(in crate::document) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Option<At<T>> {
        self.get(key)?.word(all, as_str)
    }

    /// `true` or `false`.
    pub(in crate::document) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.get(key)?.flag()
    }

    /// A whole number within `range`.
    pub(in crate::document) fn integer<T: TryFrom<i64> + Display + Copy + PartialOrd>(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<T>,
    ) -> Option<At<T>> {
        self.get(key)?.integer(range)
    }

    /// A date without time.
    pub(in crate::document) fn date(&mut self, key: &'static str) -> Option<At<Date>> {
        self.get(key)?.date()
    }

    /// A list of texts that `parse` understands; empty when the key is missing. Entries that are refused are left out.
    pub(in crate::document) fn list<T, E: Display>(
        &mut self,
        key: &'static str,
        rule: &'static Rule,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<At<T>> {
        self.get(key).map_or_else(Vec::new, |value| value.list(rule, parse))
    }

    /// A table below this one.
    pub(in crate::document) fn table(&mut self, key: &'static str) -> Option<Self> {
        self.get(key)?.table()
    }

    /// The tables of a `[[key]]`.
    pub(in crate::document) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        self.get(key).map_or_else(Vec::new, Value::tables)
    }

    /// All entries, for a table whose keys are names; it need not be closed.
    pub(in crate::document) fn entries(self) -> impl Iterator<Item = (At<&'r str>, Value<'r, 'i>)> {
        self.entries.iter().map(move |(key, value)| {
            let name: &'r str = key.get_ref();
            let entry = Value {
                sink: self.sink,
                value: value.get_ref(),
                span: self.sink.span(value.span()),
                label: Label::Key(name),
            };
            let span = self.sink.span(key.span());
            (At { value: name, span }, entry)
        })
    }

    /// Says that `key` is missing and, in `hint`, what to write.
    pub(in crate::document) fn missing(&self, key: &str, hint: impl Into<String>) {
        let message = format!("`{}` is missing", last(key));
        self.sink
            .push(self.sink.at(&file::MISSING_KEY, self.span, message).hint(hint));
    }

    /// Closes a table below this one: its keys count among those of the file.
    pub(in crate::document) fn absorb(&mut self, below: Self) {
        self.keys.extend(below.close());
    }

    /// Closes the table; the origin says where each of its keys has its value.
    pub(in crate::document) fn origin(self) -> Origin {
        let path = self.sink.path;
        Origin::new(path, self.close())
    }

    /// Closes the table.
    pub(in crate::document) fn finish(self) {
        self.close();
    }

    fn close(self) -> Vec<(&'static str, Span)> {
        if self.found < self.entries.len() {
            for (key, _) in self
                .entries
                .iter()
                .filter(|(key, _)| !self.asked.contains(&key.get_ref().as_ref()))
            {
                self.unknown(key.get_ref(), self.sink.span(key.span()));
            }
        }
        self.keys
    }

    fn unknown(&self, key: &str, span: Span) {
        let shown: String = key.chars().take(60).filter(|c| !c.is_control()).collect();
        let problem = if HOST_ONLY.contains(&key) {
            self.sink
                .at(
                    &file::HOST_ONLY_KEY,
                    span,
                    format!("`{shown}` is a setting of a host and may not stand in the repository"),
                )
                .hint("move it to /etc/dockspace/host.toml on that host")
        } else {
            let problem = self.sink.at(&file::UNKNOWN_KEY, span, format!("unknown key `{shown}`"));
            match spelling::closest(key, self.asked.iter().copied()) {
                Some(meant) => problem.hint(format!("did you mean `{meant}`?")),
                None if self.asked.is_empty() => problem,
                None => problem.hint(format!("the keys here are {}", list(&self.asked))),
            }
        };
        self.sink.push(problem);
    }
}

/// The last part of a dotted key.
fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// `` `a`, `b`, `c` ``
pub(super) fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// What a value is called in a message.
pub(super) const fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
