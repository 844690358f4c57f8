//! Adds and removes one item of an array, or one key of an inline table, where it stands.
//!
//! What is on several lines stays so: an item comes and goes as a line of its own, with the comment behind it. What is on one
//! line is written anew, for nothing but blanks and commas stands between the items.

use std::ops::Range;

use toml_edit::{Array, InlineTable};

use crate::document::outline::{line_end, line_start};

/// One replacement in a text.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl Splice {
    pub(super) const fn new(range: Range<usize>, text: String) -> Self {
        Self { range, text }
    }

    fn insert(at: usize, text: String) -> Self {
        Self { range: at..at, text }
    }

    const fn delete(range: Range<usize>) -> Self {
        Self {
            range,
            text: String::new(),
        }
    }
}

/// The items between two brackets on more than one line.
#[derive(Debug)]
pub(super) struct Elements<'a> {
    text: &'a str,
    /// Behind the opening bracket.
    open: usize,
    items: Vec<Range<usize>>,
    /// Before the closing bracket.
    close: usize,
}

impl<'a> Elements<'a> {
    /// The items of an array; `None` if it has no place in `text`.
    pub(super) fn of_array(text: &'a str, array: &Array) -> Option<Self> {
        let items = array.iter().map(toml_edit::Value::span).collect::<Option<_>>()?;
        Self::between(text, array.span()?, items)
    }

    /// The keys of an inline table; `None` if it has no place in `text` or has dotted keys.
    pub(super) fn of_table(text: &'a str, table: &InlineTable) -> Option<Self> {
        let place = |(path, value): (Vec<&toml_edit::Key>, &toml_edit::Value)| match path.as_slice() {
            [key] => Some(key.span()?.start..value.span()?.end),
            _ => None,
        };
        let items = table.get_values().into_iter().map(place).collect::<Option<_>>()?;
        Self::between(text, table.span()?, items)
    }

    fn between(text: &'a str, span: Range<usize>, items: Vec<Range<usize>>) -> Option<Self> {
        let (open, close) = (span.start + 1, span.end.checked_sub(1)?);
        Some(Self {
            text,
            open,
            items,
            close,
        })
    }

    /// Whether all stands on one line.
    pub(super) fn is_one_line(&self) -> bool {
        !self.text[self.open..self.close].contains('\n')
    }

    /// The items as written.
    pub(super) fn items(&self) -> impl Iterator<Item = &'a str> {
        self.items.iter().map(|item| &self.text[item.clone()])
    }

    /// Puts `item` before the item number `index`, or behind all.
    pub(super) fn insert(&self, index: usize, item: &str, newline: &str) -> Vec<Splice> {
        match index.checked_sub(1).and_then(|before| self.items.get(before)) {
            Some(previous) => self.insert_behind(previous, self.bound(index), item, newline),
            None => vec![self.insert_first(item, newline)],
        }
    }

    fn insert_behind(&self, previous: &Range<usize>, bound: usize, item: &str, newline: &str) -> Vec<Splice> {
        if !self.text[previous.end..bound].contains('\n') {
            return vec![Splice::insert(previous.end, format!(", {item}"))];
        }
        let comma = self.comma(previous.end..bound).is_some();
        let line = format!(
            "{}{item}{}{newline}",
            self.indent(previous),
            if comma { "," } else { "" }
        );
        let mut splices = vec![Splice::insert(line_end(self.text, previous.end), line)];
        if !comma {
            splices.push(Splice::insert(previous.end, ",".to_owned()));
        }
        splices
    }

    fn insert_first(&self, item: &str, newline: &str) -> Splice {
        let Some(first) = self.items.first() else {
            let line = format!("    {item},{newline}");
            return Splice::insert(line_start(self.text, self.close), line);
        };
        if self.text[self.open..first.start].contains('\n') {
            let line = format!("{}{item},{newline}", self.indent(first));
            Splice::insert(line_end(self.text, self.open), line)
        } else {
            Splice::insert(first.start, format!("{item}, "))
        }
    }

    /// Takes the item number `index` away, with the comment behind it if it has its lines for itself.
    pub(super) fn remove(&self, index: usize) -> Splice {
        let item = &self.items[index];
        let bound = self.bound(index + 1);
        let comma = self.comma(item.end..bound);
        let behind = comma.map_or(item.end, |comma| comma + 1);
        let (start, end) = (line_start(self.text, item.start), line_end(self.text, item.end));
        if start >= self.open && end <= bound && behind <= end && self.text[start..item.start].trim().is_empty() {
            return Splice::delete(start..end);
        }
        let next_on_line = self.items.get(index + 1).filter(|next| next.start < end);
        match (next_on_line, index.checked_sub(1)) {
            (Some(next), _) => Splice::delete(item.start..next.start),
            (None, Some(previous)) => Splice::delete(self.items[previous].end..item.end),
            (None, None) => Splice::delete(item.start..behind),
        }
    }

    /// Where the item number `index` starts, or the closing bracket stands.
    fn bound(&self, index: usize) -> usize {
        self.items.get(index).map_or(self.close, |next| next.start)
    }

    /// The comma in a gap between items, where nothing else stands but blanks and comments.
    fn comma(&self, gap: Range<usize>) -> Option<usize> {
        let mut at = gap.start;
        for line in self.text[gap].split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or_default();
            if let Some(comma) = code.find(',') {
                return Some(at + comma);
            }
            at += line.len();
        }
        None
    }

    fn indent(&self, item: &Range<usize>) -> &'a str {
        let before = &self.text[line_start(self.text, item.start)..item.start];
        if before.trim().is_empty() { before } else { "    " }
    }
}
