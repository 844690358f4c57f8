//! Postfix's `texthash` tables (DATABASE_README): a key, blanks, a value; read into memory, compared in lower case.

use std::borrow::Cow;
use std::collections::{HashMap, hash_map::Entry};

/// A table.
#[derive(Debug, Default)]
pub struct Texthash<'t>(HashMap<Cow<'t, str>, Cow<'t, str>>);

/// A key stands in the table twice, if only in another case: Postfix takes the whole table for unavailable, and answers every
/// recipient that needs it with 451.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key {0} stands in the table twice")]
pub struct Duplicate(pub String);

impl<'t> Texthash<'t> {
    /// Reads a table as Postfix does: a line that starts with a blank goes on with the one before, a key without a value is
    /// skipped.
    ///
    /// # Errors
    /// [`Duplicate`] when Postfix would not read it.
    pub fn read(text: &'t str) -> Result<Self, Duplicate> {
        let mut entries: Vec<(&str, Cow<'t, str>)> = Vec::new();
        for line in super::super::lines(text) {
            if line.starts_with(|c: char| c.is_ascii_whitespace()) {
                if let Some((_, value)) = entries.last_mut() {
                    value.to_mut().push_str(line);
                }
                continue;
            }
            let end = line.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.len());
            let (key, value) = line.split_at(end);
            entries.push((key, Cow::Borrowed(value)));
        }
        let mut table = HashMap::with_capacity(entries.len());
        for (key, value) in entries {
            let value = trim(value);
            if value.is_empty() {
                continue;
            }
            match table.entry(fold(key)) {
                Entry::Occupied(entry) => return Err(Duplicate(entry.key().to_string())),
                Entry::Vacant(entry) => _ = entry.insert(value),
            }
        }
        Ok(Self(table))
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(&*fold(key)).map(|value| &**value)
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

/// Only the ends of the whole value are trimmed: blanks where one line goes on in the next stay.
fn trim(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim_ascii()),
        Cow::Owned(value) => Cow::Owned(value.trim_ascii().to_owned()),
    }
}

fn fold(key: &str) -> Cow<'_, str> {
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postfix_reads() {
        let text = "# c\nA@x.org  b@x.org, c@x.org \n  # between\n d@x.org\nlone\n\ne@x.org\n f@x.org\n";
        let table = Texthash::read(text).unwrap();
        assert_eq!(table.get("a@X.org"), Some("b@x.org, c@x.org  d@x.org"));
        assert_eq!(
            table.get("e@x.org"),
            Some("f@x.org"),
            "a value may start on the next line"
        );
        assert_eq!(table.get("lone"), None);
        assert_eq!(table.iter().count(), 2);
    }

    #[test]
    fn a_key_twice_takes_the_whole_table_away() {
        for text in ["a@x.org b\nA@x.org c\n", "a@x.org b\na@x.org b\n"] {
            assert_eq!(
                Texthash::read(text).unwrap_err(),
                Duplicate("a@x.org".into()),
                "{text:?}"
            );
        }
    }
}
