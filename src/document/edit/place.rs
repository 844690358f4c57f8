//! Finds what an edit is about, and takes it away.

use std::ops::Range;

use toml_edit::{InlineTable, Value as Toml};

use super::{
    Value,
    elements::{Elements, Splice},
};
use crate::document::outline::{Outline, Section, line_end, line_start};

/// The value at `path`, in an inline table too, and its bytes.
pub(super) fn find<'a>(outline: &'a Outline, path: &[&str]) -> Option<(Range<usize>, &'a Toml)> {
    let (entry, rest) = outline
        .entries()
        .find_map(|entry| Some((entry, path.strip_prefix(as_strs(&entry.path).as_slice())?)))?;
    let value = rest
        .iter()
        .try_fold(&entry.value, |value, step| value.as_inline_table()?.get(step))?;
    Some((value.span()?, value))
}

/// The inline table at `path`.
pub(super) fn inline_table<'a>(outline: &'a Outline, path: &[&str]) -> Option<(Range<usize>, &'a InlineTable)> {
    let (span, value) = find(outline, path)?;
    Some((span, value.as_inline_table()?))
}

/// Whether `text` is TOML and has `value` at `path`.
pub(super) fn holds(text: &str, path: &[&str], value: &Value) -> bool {
    Outline::parse(text).is_ok_and(|outline| find(&outline, path).is_some_and(|(_, toml)| value.is(toml)))
}

/// What to cut out of `text` so that neither `path` nor anything below it is left.
pub(super) fn without(text: &str, outline: &Outline, path: &[&str]) -> Vec<Splice> {
    let is_below = |other: &[String]| as_strs(other).starts_with(path);
    let mut cuts = Vec::new();
    for section in &outline.sections {
        match &section.header {
            Some(header) if is_below(&section.at.path) => cuts.push(section_lines(text, header.start, section)),
            _ => cuts.extend(
                section
                    .entries
                    .iter()
                    .filter(|entry| is_below(&entry.path))
                    .map(|entry| line_start(text, entry.key.start)..line_end(text, entry.span.end)),
            ),
        }
    }
    if cuts.is_empty() {
        return without_inline(text, outline, path);
    }
    cuts.into_iter().map(|cut| Splice::new(cut, String::new())).collect()
}

/// From the header to the last line of a section, and the blank line before it.
fn section_lines(text: &str, header: usize, section: &Section) -> Range<usize> {
    let start = line_start(text, header);
    let before = line_start(text, start.saturating_sub(1));
    let is_blank = start > 0 && text[before..start].trim().is_empty();
    (if is_blank { before } else { start })..line_end(text, section.end())
}

fn without_inline(text: &str, outline: &Outline, path: &[&str]) -> Vec<Splice> {
    let Some((name, parent)) = path.split_last() else {
        return Vec::new();
    };
    let Some((span, table)) = inline_table(outline, parent) else {
        return Vec::new();
    };
    let Some(elements) = Elements::of_table(text, table) else {
        return Vec::new();
    };
    let Some(index) = table.iter().position(|(key, _)| key == *name) else {
        return Vec::new();
    };
    if !elements.is_one_line() {
        return vec![elements.remove(index)];
    }
    let mut items: Vec<&str> = elements.items().collect();
    items.remove(index);
    vec![Splice::new(span, inline(&items))]
}

/// An inline table on one line.
pub(super) fn inline(items: &[&str]) -> String {
    if items.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", items.join(", "))
    }
}

/// A path as an edit names it.
pub(super) fn as_strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}
