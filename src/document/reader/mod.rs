//! Reads one TOML file into whatever its kind is, and finds every problem on the way.
//!
//! serde stops at the first fault of a file. This reader takes the tree with places that `toml` gives, hands it out key by key, notes a
//! problem for each key that is not what it should be, and goes on. It knows TOML and types, but no kind of file.
//!
//! A decoder asks a [`Table`] for all keys it knows, then closes it; keys that nobody asked for are unknown keys.
//!
//! ```text
//! let group = reader::read(path, bytes, &mut report, |mut table| {
//!     let description = table.text("description");
//!     (description, table.origin())
//! });
//! ```

mod table;
#[cfg(test)]
mod tests;
mod value;

use std::{cell::RefCell, ops::Range};

use camino::Utf8Path;
use toml::de::DeTable;

pub(super) use self::{
    table::Table,
    value::{Label, Value},
};
use super::rules::file;
use crate::diagnostic::{Diagnostic, Place, Report, Rule, Severity, Span};

/// Larger files are refused: none of this format comes near, and places are counted in 32 bits. In bytes.
const MAX_LENGTH: usize = 4 << 20;

/// A value and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// How much of a file can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Soundness {
    /// All of it.
    Sound,
    /// It has errors: what was not understood is left out.
    Faulty,
    /// It is not even TOML, or was not read at all: anything may be missing.
    Torn,
}

/// Reads the TOML file `bytes` at `path` by `decode`. What is wrong goes to `report`.
///
/// In a file that is not valid TOML, what can be recovered is decoded all the same, so that other mistakes show in the same run;
/// what may only follow from the broken syntax is not reported.
pub(super) fn read<R>(
    path: &Utf8Path,
    bytes: &[u8],
    report: &mut Report,
    decode: impl FnOnce(Table<'_, '_>) -> R,
) -> Option<(R, Soundness)> {
    let text = match check_text(path, bytes) {
        Ok(text) => text,
        Err(diagnostic) => {
            report.push(diagnostic);
            return None;
        }
    };
    let (tree, errors) = DeTable::parse_recoverable(text);
    let sink = Sink {
        path,
        text,
        found: RefCell::default(),
    };
    let result = decode(Table::root(&sink, tree.get_ref()));
    let mut found = sink.found.take();
    if !errors.is_empty() {
        let broken: Vec<Span> = errors
            .iter()
            .map(|error| span(error.span().unwrap_or_default(), text))
            .collect();
        found.retain(|diagnostic| !may_follow(diagnostic, &broken, text));
        for (error, span) in errors.iter().zip(broken) {
            sink.push(file::SYNTAX.at(path, span, error.message()));
        }
        found.append(&mut sink.found.take());
    }
    let faulty = found
        .iter()
        .any(|diagnostic| diagnostic.rule.severity == Severity::Error);
    let soundness = match (errors.is_empty(), faulty) {
        (true, false) => Soundness::Sound,
        (true, true) => Soundness::Faulty,
        (false, _) => Soundness::Torn,
    };
    found.into_iter().for_each(|diagnostic| report.push(diagnostic));
    Some((result, soundness))
}

/// Whether a problem may only be a consequence of broken syntax at one of `broken`.
fn may_follow(diagnostic: &Diagnostic, broken: &[Span], text: &str) -> bool {
    let span = diagnostic.place.span;
    let line = |span: Span| span.line_column(text).0;
    diagnostic.rule == &file::MISSING_KEY
        || span == Span::default()
        || broken.iter().any(|broken| line(*broken) == line(span))
}

fn check_text<'i>(path: &Utf8Path, bytes: &'i [u8]) -> Result<&'i str, Diagnostic> {
    if bytes.len() > MAX_LENGTH {
        return Err(file::TOO_LARGE.at(
            path,
            Span::default(),
            format!("a file may have {MAX_LENGTH} bytes at most"),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let end = start + error.error_len().unwrap_or(bytes.len() - start);
        let span = Span::new(offset(start), offset(end));
        file::NOT_UTF8
            .at(path, span, "this byte is not part of UTF-8 text")
            .without_excerpt()
    })?;
    if text.starts_with('\u{feff}') {
        return Err(file::BYTE_ORDER_MARK
            .at(path, Span::new(0, 3), "the file starts with a byte order mark")
            .hint("save it as UTF-8 without one"));
    }
    Ok(text)
}

/// Takes the problems of one file.
pub(super) struct Sink<'r> {
    path: &'r Utf8Path,
    text: &'r str,
    found: RefCell<Vec<Diagnostic>>,
}

impl Sink<'_> {
    /// A breach of `rule` at `span` of this file.
    pub(super) fn at(&self, rule: &'static Rule, span: Span, message: impl Into<String>) -> Diagnostic {
        rule.at(self.path, span, message)
    }

    /// A place in this file.
    pub(super) fn place(&self, span: Span) -> Place {
        Place {
            path: self.path.to_owned(),
            span,
        }
    }

    /// Notes a problem. Lines that may hold a secret in clear are not to be shown.
    pub(super) fn push(&self, diagnostic: Diagnostic) {
        let diagnostic = if may_hold_secret(self.path, self.text, diagnostic.place.span) {
            diagnostic.without_excerpt()
        } else {
            diagnostic
        };
        self.found.borrow_mut().push(diagnostic);
    }

    fn span(&self, range: Range<usize>) -> Span {
        span(range, self.text)
    }
}

/// Whether the lines of `span` may hold a secret that was written in clear.
fn may_hold_secret(path: &Utf8Path, text: &str, span: Span) -> bool {
    const WORDS: [&str; 6] = ["pass", "word", "secret", "totp", "recovery_codes", "private"];
    if path.as_str().ends_with(".sealed.toml") {
        return true;
    }
    let (start, end) = (span.start as usize, span.end as usize);
    let first = text.get(..start).and_then(|before| before.rfind('\n')).unwrap_or(0);
    let last = text
        .get(end..)
        .and_then(|after| after.find('\n'))
        .map_or(text.len(), |length| end + length);
    let lines = text.get(first..last).unwrap_or(text).to_ascii_lowercase();
    WORDS.iter().any(|word| lines.contains(word))
}

/// A range of `toml`'s as a place within `text`.
fn span(range: Range<usize>, text: &str) -> Span {
    let end = range.end.min(text.len());
    Span::new(offset(range.start.min(end)), offset(end))
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
