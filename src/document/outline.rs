//! Where everything in a TOML file stands: sections, entries and their bytes.
//!
//! Edits replace bytes and `fmt` moves lines, so both need places, not values. The places come from `toml_edit`'s parser; the text
//! itself is never searched for syntax. No meaning here: any TOML file has an outline.

use std::ops::Range;

use toml_edit::{Item, Table, Value};

/// A file that is not TOML, and where the first fault is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What the parser says.
    pub message: String,
    /// The bytes in question.
    pub span: Range<usize>,
}

/// All sections of a file, as they stand.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) sections: Vec<Section>,
}

/// The top of a file, or what stands below one `[header]`.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) at: At,
    /// The bytes of `[header]` or `[[header]]`; `None` for the top of the file.
    pub(super) header: Option<Range<usize>>,
    /// Whether the header is `[[header]]`.
    pub(super) is_element: bool,
    pub(super) entries: Vec<Entry>,
}

/// The place of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct At {
    /// From the top of the file.
    pub(super) path: Vec<String>,
    /// For every step of the path: which element of an array of tables it is; 0 for a plain table.
    pub(super) elements: Vec<usize>,
}

impl At {
    fn join(&self, name: &str, element: usize) -> Self {
        let mut at = self.clone();
        at.path.push(name.to_owned());
        at.elements.push(element);
        at
    }
}

/// One `key = value`.
#[derive(Debug)]
pub(super) struct Entry {
    /// From the top of the file.
    pub(super) path: Vec<String>,
    /// The bytes of the last step of the key; further steps, of a dotted key, stand before it.
    pub(super) key: Range<usize>,
    /// The bytes of the value.
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

impl Outline {
    /// The outline of `text`.
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let document = toml_edit::Document::parse(text).map_err(|error| SyntaxError {
            message: error.message().trim().to_owned(),
            span: error.span().unwrap_or(0..0),
        })?;
        let mut outline = Self { sections: Vec::new() };
        outline.take_section(document.as_table(), At::default(), false);
        outline
            .sections
            .sort_by_key(|section| section.header.as_ref().map(|header| header.start));
        for section in &mut outline.sections {
            section.entries.sort_by_key(|entry| entry.key.start);
        }
        Ok(outline)
    }

    fn take_section(&mut self, table: &Table, at: At, is_element: bool) {
        let mut section = Section {
            header: table.span().filter(|_| !at.path.is_empty()),
            at,
            is_element,
            entries: Vec::new(),
        };
        let at = section.at.clone();
        self.take_table(table, &at, &mut section);
        if !table.is_implicit() || at.path.is_empty() {
            self.sections.push(section);
        }
    }

    /// Takes the entries of `table` into `section`, and the tables below it as sections of their own.
    fn take_table(&mut self, table: &Table, at: &At, section: &mut Section) {
        for (name, item) in table {
            match item {
                Item::None => {}
                Item::Value(value) => section.entries.push(Entry {
                    path: at.join(name, 0).path,
                    key: table.key(name).and_then(toml_edit::Key::span).unwrap_or_default(),
                    span: value.span().unwrap_or_default(),
                    value: value.clone(),
                }),
                Item::Table(inner) if inner.is_dotted() => self.take_table(inner, &at.join(name, 0), section),
                Item::Table(inner) => self.take_section(inner, at.join(name, 0), false),
                Item::ArrayOfTables(tables) => {
                    for (element, inner) in tables.iter().enumerate() {
                        self.take_section(inner, at.join(name, element), true);
                    }
                }
            }
        }
    }

    /// All entries, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|section| &section.entries)
    }

    /// The section at `path`, in no array of tables; the top of the file is the empty path.
    pub(super) fn section(&self, path: &[&str]) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| section.at.path == path && !section.is_element)
    }
}

impl Section {
    /// Where the last thing of this section ends: its last value or its header.
    pub(super) fn end(&self) -> usize {
        let last = self.entries.last().map(|entry| entry.span.end);
        last.or(self.header.as_ref().map(|header| header.end)).unwrap_or(0)
    }
}

/// Where the line of byte `at` starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of byte `at` ends, behind its newline.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Vec<String> {
        let outline = Outline::parse(text).unwrap();
        let mut shown = Vec::new();
        for section in &outline.sections {
            let header = section.header.clone().map_or("top", |header| &text[header]);
            shown.push(format!("{header} {:?}", section.at.elements));
            for entry in &section.entries {
                shown.push(format!(
                    "{} | {} | {}",
                    entry.path.join("/"),
                    &text[entry.key.clone()],
                    &text[entry.span.clone()]
                ));
            }
        }
        shown
    }

    #[test]
    fn everything_has_its_place() {
        let text = "# c\na = 1\nb.c = [2]\nb.\"d e\" = {x = 1}\n[s.t] # c\n'k' = \"v\"\n[s]\nz = true\n[[r]]\np = 1\n[r.q]\n[[r]]\np = 2\n";
        assert_eq!(
            show(text),
            [
                "top []",
                "a | a | 1",
                "b/c | c | [2]",
                "b/d e | \"d e\" | {x = 1}",
                "[s.t] [0, 0]",
                "s/t/k | 'k' | \"v\"",
                "[s] [0]",
                "s/z | z | true",
                "[[r]] [0]",
                "r/p | p | 1",
                "[r.q] [0, 0]",
                "[[r]] [1]",
                "r/p | p | 2",
            ]
        );
    }

    #[test]
    fn a_fault_has_a_place() {
        let error = Outline::parse("a = 1\nb = \n").unwrap_err();
        assert_eq!(error.span, 10..10);
    }
}
