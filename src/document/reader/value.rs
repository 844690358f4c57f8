//! A value, read as what its key takes.

use std::{
    fmt::{self, Display},
    ops::RangeInclusive,
};

use jiff::civil::Date;
use toml::de::DeValue;

use super::{
    At, Sink, Table,
    table::{list, type_name},
};
use crate::{
    diagnostic::{Place, Rule, Span},
    document::{rules::file, spelling},
};

/// A value that somebody asked for. Reading it as another type than it has is a problem, and gives nothing.
#[derive(Clone, Copy)]
pub(in crate::document) struct Value<'r, 'i> {
    pub(super) sink: &'r Sink<'r>,
    pub(super) value: &'r DeValue<'i>,
    pub(super) span: Span,
    pub(super) label: Label<'r>,
}

/// How a message calls a value. Never by the value itself, which may be a secret.
#[derive(Clone, Copy)]
pub(in crate::document) enum Label<'r> {
    /// The value of this key.
    Key(&'r str),
    /// An entry of the list that is the value of this key.
    Entry(&'r str),
}

impl Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "`{}`", key.escape_debug()),
            Self::Entry(key) => write!(f, "an entry of `{}`", key.escape_debug()),
        }
    }
}

impl<'r, 'i> Value<'r, 'i> {
    /// Where it stands.
    pub(in crate::document) const fn span(&self) -> Span {
        self.span
    }

    /// What a message calls it.
    pub(in crate::document) const fn label(&self) -> Label<'r> {
        self.label
    }

    /// Notes a problem with this value: `` `key`: what ``.
    pub(in crate::document) fn refuse(&self, rule: &'static Rule, what: impl Display) {
        self.sink
            .push(self.sink.at(rule, self.span, format!("{}: {what}", self.label)));
    }

    /// The same, with what to do.
    pub(in crate::document) fn refuse_with(&self, rule: &'static Rule, what: impl Display, hint: impl Into<String>) {
        let problem = self.sink.at(rule, self.span, format!("{}: {what}", self.label));
        self.sink.push(problem.hint(hint));
    }

    fn wrong_type(&self, wanted: &str, hint: Option<&str>) {
        let message = format!("{} must be {wanted}, not {}", self.label, type_name(self.value));
        let problem = self.sink.at(&file::WRONG_TYPE, self.span, message);
        self.sink.push(match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        });
    }

    const fn at<T>(&self, value: T) -> At<T> {
        At { value, span: self.span }
    }

    /// A text of one line.
    pub(in crate::document) fn text(self) -> Option<At<&'r str>> {
        let DeValue::String(text) = self.value else {
            self.wrong_type("a text", Some("put it in double quotes"));
            return None;
        };
        if !is_printable_ascii(text)
            && let Some(bad) = text.chars().find(|c| is_forbidden(*c))
        {
            self.refuse(
                &file::CONTROL_CHARACTER,
                format!("the character U+{:04X} may not stand in it", u32::from(bad)),
            );
            return None;
        }
        Some(self.at(text))
    }

    /// A text that `parse` understands.
    pub(in crate::document) fn parse<T, E: Display>(
        self,
        rule: &'static Rule,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<At<T>> {
        match parse(self.text()?.value) {
            Ok(value) => Some(self.at(value)),
            Err(error) => {
                self.refuse(rule, error);
                None
            }
        }
    }

    /// One of a few words.
    pub(in crate::document) fn word<T: Copy>(self, all: &[T], as_str: fn(T) -> &'static str) -> Option<At<T>> {
        let text = self.text()?.value;
        if let Some(word) = all.iter().find(|word| as_str(**word) == text) {
            return Some(self.at(*word));
        }
        let words: Vec<&str> = all.iter().map(|word| as_str(*word)).collect();
        let hint = spelling::closest(text, words.iter().copied()).map_or_else(
            || format!("it is one of {}", list(&words)),
            |meant| format!("did you mean `{meant}`?"),
        );
        self.refuse_with(&file::UNKNOWN_WORD, "not one of the words it takes", hint);
        None
    }

    /// `true` or `false`.
    pub(in crate::document) fn flag(self) -> Option<bool> {
        if let DeValue::Boolean(flag) = self.value {
            return Some(*flag);
        }
        self.wrong_type("true or false", Some("write it without quotes"));
        None
    }

    /// A whole number within `range`.
    pub(in crate::document) fn integer<T: TryFrom<i64> + Display + Copy + PartialOrd>(
        self,
        range: RangeInclusive<T>,
    ) -> Option<At<T>> {
        let DeValue::Integer(number) = self.value else {
            self.wrong_type("a whole number", Some("write it without quotes"));
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let fitting = number
            .and_then(|number| T::try_from(number).ok())
            .filter(|number| range.contains(number));
        if fitting.is_none() {
            let what = format!("it must be from {} to {}", range.start(), range.end());
            self.refuse(&file::OUT_OF_RANGE, what);
        }
        fitting.map(|number| self.at(number))
    }

    /// A date without time.
    pub(in crate::document) fn date(self) -> Option<At<Date>> {
        if let DeValue::Datetime(time) = self.value
            && let (Some(date), None, None) = (time.date, time.time, time.offset)
            && let (Ok(year), Ok(month), Ok(day)) = (date.year.try_into(), date.month.try_into(), date.day.try_into())
            && let Ok(date) = Date::new(year, month, day)
        {
            return Some(self.at(date));
        }
        self.wrong_type("a date", Some("write it as 2030-01-31, without quotes"));
        None
    }

    /// The values of a list.
    pub(in crate::document) fn entries(self) -> Vec<Self> {
        let DeValue::Array(entries) = self.value else {
            self.wrong_type("a list", Some("put it in square brackets"));
            return Vec::new();
        };
        let label = self.label_of_entry();
        entries
            .iter()
            .map(|entry| Value {
                sink: self.sink,
                value: entry.get_ref(),
                span: self.sink.span(entry.span()),
                label,
            })
            .collect()
    }

    /// Whether it is a list.
    pub(in crate::document) const fn is_list(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    /// A place in the same file.
    pub(in crate::document) fn place(&self, span: Span) -> Place {
        self.sink.place(span)
    }

    /// Whether it is `[]`.
    pub(in crate::document) fn is_empty_list(&self) -> bool {
        self.value.as_array().is_some_and(|entries| entries.is_empty())
    }

    /// A list of texts that `parse` understands, each once. Entries that are refused are left out.
    pub(in crate::document) fn list<T, E: Display>(
        self,
        rule: &'static Rule,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<At<T>> {
        let entries = self.entries();
        self.check_repeats(&entries);
        entries
            .into_iter()
            .filter_map(|entry| entry.parse(rule, &parse))
            .collect()
    }

    fn check_repeats(&self, entries: &[Self]) {
        let mut texts: Vec<(&str, Span)> = entries
            .iter()
            .filter_map(|entry| match entry.value {
                DeValue::String(text) => Some((text.as_ref(), entry.span)),
                _ => None,
            })
            .collect();
        texts.sort_unstable();
        for pair in texts.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let message = format!("{} stands in the list twice", self.label_of_entry());
            let first = self.sink.place(pair[0].1);
            let problem = self.sink.at(&file::LISTED_TWICE, pair[1].1, message);
            self.sink
                .push(problem.related(first, "also here").hint("remove one of them"));
        }
    }

    const fn label_of_entry(&self) -> Label<'r> {
        match self.label {
            Label::Key(key) | Label::Entry(key) => Label::Entry(key),
        }
    }

    /// A table.
    pub(in crate::document) fn table(self) -> Option<Table<'r, 'i>> {
        let DeValue::Table(entries) = self.value else {
            self.wrong_type("a table", None);
            return None;
        };
        Some(Table::new(self.sink, entries, self.span))
    }

    /// The tables of a list of tables.
    pub(in crate::document) fn tables(self) -> Vec<Table<'r, 'i>> {
        self.entries().into_iter().filter_map(Self::table).collect()
    }
}

/// What nearly every text is, seen at a glance: without a way out of the loop, the compiler looks at many bytes at once.
fn is_printable_ascii(text: &str) -> bool {
    text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'))
}

/// Control characters, and those that change the direction of writing or end a line where TOML doesn't.
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
