//! Values as edits write them.

use std::fmt::Write as _;

use toml_edit::{Key, Value as Toml};

/// The width that an array on one line may have, its key included.
pub(in crate::document) const WIDTH: usize = 100;

/// A value to write into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A date without time.
    Date(jiff::civil::Date),
    /// An array of strings.
    List(Vec<String>),
    /// An inline table.
    Table(Vec<(String, Self)>),
}

impl Value {
    /// Whether `toml` already says the same.
    pub(super) fn is(&self, toml: &Toml) -> bool {
        match (self, toml) {
            (Self::Text(text), Toml::String(other)) => text == other.value(),
            (Self::Flag(flag), Toml::Boolean(other)) => flag == other.value(),
            (Self::Number(number), Toml::Integer(other)) => number == other.value(),
            (Self::Date(date), Toml::Datetime(other)) => other.value().to_string() == date.to_string(),
            (Self::List(items), Toml::Array(other)) => {
                items.len() == other.len()
                    && items
                        .iter()
                        .zip(other)
                        .all(|(item, other)| other.as_str() == Some(item))
            }
            (Self::Table(keys), Toml::InlineTable(other)) => {
                keys.len() == other.len()
                    && keys
                        .iter()
                        .all(|(key, value)| other.get(key).is_some_and(|toml| value.is(toml)))
            }
            _ => false,
        }
    }

    /// The value as TOML on one line.
    fn inline(&self) -> String {
        match self {
            Self::Text(text) => string(text),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::List(items) => array(items.iter().map(|item| string(item)), usize::MAX, "\n"),
            Self::Table(keys) => {
                let keys: Vec<String> = keys
                    .iter()
                    .map(|(name, value)| format!("{} = {}", key(name), value.inline()))
                    .collect();
                if keys.is_empty() {
                    "{}".to_owned()
                } else {
                    format!("{{ {} }}", keys.join(", "))
                }
            }
        }
    }

    /// The value as TOML, an array on several lines when it is wider than `room`.
    pub(super) fn render(&self, room: usize, newline: &str) -> String {
        match self {
            Self::List(items) => array(items.iter().map(|item| string(item)), room, newline),
            Self::Text(_) | Self::Flag(_) | Self::Number(_) | Self::Date(_) | Self::Table(_) => self.inline(),
        }
    }
}

/// An array of items that are TOML already: on one line where it fits into `room`, else one item a line.
pub(super) fn array(items: impl Iterator<Item = String>, room: usize, newline: &str) -> String {
    let items: Vec<String> = items.collect();
    let line = format!("[{}]", items.join(", "));
    if line.chars().count() <= room || items.is_empty() {
        return line;
    }
    let mut lines = format!("[{newline}");
    for item in items {
        let _ = write!(lines, "    {item},{newline}");
    }
    lines + "]"
}

/// A string as TOML.
pub(super) fn string(text: &str) -> String {
    Toml::from(text).decorated("", "").to_string()
}

/// A key as TOML, quoted if it must be.
pub(in crate::document) fn key(name: &str) -> String {
    Key::new(name).display_repr().into_owned()
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<jiff::civil::Date> for Value {
    fn from(date: jiff::civil::Date) -> Self {
        Self::Date(date)
    }
}

impl<S: Into<String>> From<Vec<S>> for Value {
    fn from(items: Vec<S>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}
