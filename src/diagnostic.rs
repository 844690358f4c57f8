//! What is wrong with the user's files, where, and what to do about it.
//!
//! A [`Diagnostic`] is a plain value: the terminal, JSON, GitHub annotations and pages each show the same one in their own way.
//! Nothing here reads a file or prints.
//!
//! ```
//! use dockspace::diagnostic::{Report, Rule, Severity, Span};
//!
//! static UNKNOWN_KEY: Rule = Rule {
//!     code: "DS-F003",
//!     severity: Severity::Error,
//!     title: "unknown key",
//!     explanation: "Only the keys of the format may stand in a file.",
//! };
//! let mut report = Report::default();
//! report.push(UNKNOWN_KEY.at("users/example.org/alice.toml", Span::new(4, 9), "unknown key `qouta`").hint("did you mean `quota`?"));
//! assert!(report.has_errors());
//! ```

use camino::Utf8PathBuf;

/// A range of bytes in a file: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Line and column of the first byte in `text`, both counted from 1; the column counts characters, as editors do.
    #[must_use]
    pub fn line_column(self, text: &str) -> (usize, usize) {
        let mut start = (self.start as usize).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}

/// How bad it is. Ordered: the worst is the smallest, so that sorting puts it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The revision is not usable.
    Error,
    /// Usable, but somebody should look; an error under `--strict`.
    Warning,
}

/// A kind of problem. Codes are stable: one that is retired is never given out again.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `DS-` + a letter + three digits.
    pub code: &'static str,
    /// How bad a breach is.
    pub severity: Severity,
    /// The rule in a few words, lower case.
    pub title: &'static str,
    /// Why the rule exists and what to do: what `dockspace explain CODE` prints.
    pub explanation: &'static str,
}

impl Rule {
    /// A breach of this rule at `span` of the file `path`.
    #[must_use]
    pub fn at(&'static self, path: impl Into<Utf8PathBuf>, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            rule: self,
            place: Place {
                path: path.into(),
                span,
            },
            message: visible(message.into()),
            hint: None,
            related: Vec::new(),
            excerpt: Excerpt::Shown,
        }
    }
}

/// Whether the lines around a problem may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excerpt {
    /// They may.
    Shown,
    /// They may hold a secret in clear: name the line, but don't show it.
    Hidden,
}

/// A range in a file of the organisation repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path inside the repository.
    pub path: Utf8PathBuf,
    /// The bytes in question.
    pub span: Span,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule is broken.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
    /// What is wrong, in one sentence without a full stop. Never a secret.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Other places that matter, each with a few words on why ("first used here").
    pub related: Vec<(Place, String)>,
    /// Whether the lines around `place` may be shown.
    pub excerpt: Excerpt,
}

impl Diagnostic {
    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(visible(hint.into()));
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, visible(label.into())));
        self
    }

    /// Forbids to show the lines around it.
    #[must_use]
    pub const fn without_excerpt(mut self) -> Self {
        self.excerpt = Excerpt::Hidden;
        self
    }
}

/// `text` on one line, with everything visible: files and their names are other people's, and may hold anything.
fn visible(text: String) -> String {
    if !text.contains(is_unseen) {
        return text;
    }
    let write = |c: char| {
        if is_unseen(c) {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(write).collect()
}

/// Control characters, line and paragraph separators, whatever reorders text (Unicode UAX #9) and whatever has no width or is a
/// blank that looks like none or like an ordinary one.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
        | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// All problems of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(Vec<Diagnostic>);

impl Report {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all problems of another report.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether anything makes the revision unusable.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.rule.severity == Severity::Error)
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Worst first; within the same severity by path and place.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.rule.severity, d.place.clone(), d.rule.code);
            key(a).cmp(&key(b))
        });
        self.0.dedup();
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WARNING: Rule = Rule {
        code: "DS-T001",
        severity: Severity::Warning,
        title: "t",
        explanation: "e",
    };
    static ERROR: Rule = Rule {
        code: "DS-T002",
        severity: Severity::Error,
        title: "t",
        explanation: "e",
    };

    #[test]
    fn line_and_column_count_from_one_and_in_characters() {
        let text = "ä = 1\nbö = 2\n";
        assert_eq!(Span::new(0, 1).line_column(text), (1, 1));
        assert_eq!(Span::new(7, 8).line_column(text), (2, 1));
        assert_eq!(Span::new(10, 11).line_column(text), (2, 3));
        assert_eq!(
            Span::new(9, 11).line_column(text),
            (2, 2),
            "the middle of a character is its start"
        );
        assert_eq!(Span::new(900, 901).line_column(text), (3, 1), "past the end is the end");
    }

    #[test]
    fn a_report_is_sorted_worst_first() {
        let mut report = Report::default();
        report.push(WARNING.at("a.toml", Span::new(0, 1), "w"));
        report.push(ERROR.at("b.toml", Span::new(5, 6), "late"));
        report.push(ERROR.at("b.toml", Span::new(0, 1), "early"));
        assert!(report.has_errors());
        let messages: Vec<_> = report.sorted().into_iter().map(|d| d.message).collect();
        assert_eq!(messages, ["early", "late", "w"]);
    }
}
