//! Where a new key, a new table or a new element of an array of tables goes: its place in the canonical form.

use std::cmp::Ordering;

use super::{
    Value, WIDTH,
    elements::{Elements, Splice},
    key, newline,
    place::{as_strs, inline, inline_table},
};
use crate::document::{
    outline::{Entry, Outline, Section, line_end, line_start},
    schema::Layout,
};

/// Adds the key at `path`, with the table it belongs to if there is none yet. `None` when an inline table cannot take it.
pub(super) fn new_key(
    text: &str,
    outline: &Outline,
    layout: Layout,
    path: &[&str],
    value: &Value,
) -> Option<Vec<Splice>> {
    let (name, parent) = path.split_last()?;
    if let Some((span, table)) = inline_table(outline, parent) {
        return into_inline(text, span, &Elements::of_table(text, table)?, name, value);
    }
    if let Value::Table(keys) = value
        && layout.is_chosen(path)
    {
        let next = next_section(outline, layout, path);
        return Some(vec![new_section(
            text,
            next,
            &format!("[{}]", header(path)),
            &all_lines(text, keys),
        )]);
    }
    if let Some(section) = outline.section(parent) {
        let line = line(&key(name), value, newline(text));
        return Some(vec![into_section(text, outline, section, layout, path, &line)]);
    }
    if let Some((section, sibling)) = dotted_sibling(outline, parent) {
        let steps = &path[section.at.path.len()..];
        let dotted: Vec<String> = steps.iter().map(|step| key(step)).collect();
        let line = line(&dotted.join("."), value, newline(text));
        return Some(vec![behind(text, sibling.span.end, &line)]);
    }
    let lines = line(&key(name), value, newline(text));
    let next = next_section(outline, layout, parent);
    Some(vec![new_section(text, next, &format!("[{}]", header(parent)), &lines)])
}

/// Adds one element at the end of the array of tables `name`.
pub(super) fn element(
    text: &str,
    outline: &Outline,
    layout: Layout,
    name: &str,
    keys: &[(&str, Value)],
) -> Vec<Splice> {
    let next = next_section(outline, layout, &[name]).filter(|section| section.at.path[0] != name);
    vec![new_section(
        text,
        next,
        &format!("[[{}]]", key(name)),
        &all_lines(text, keys),
    )]
}

fn all_lines<K: AsRef<str>>(text: &str, keys: &[(K, Value)]) -> String {
    let newline = newline(text);
    keys.iter()
        .map(|(name, value)| line(&key(name.as_ref()), value, newline))
        .collect()
}

fn line(key: &str, value: &Value, newline: &str) -> String {
    let room = WIDTH.saturating_sub(key.chars().count() + " = ".len());
    format!("{key} = {}{newline}", value.render(room, newline))
}

fn header(path: &[&str]) -> String {
    path.iter().map(|step| key(step)).collect::<Vec<_>>().join(".")
}

fn into_inline(
    text: &str,
    span: std::ops::Range<usize>,
    elements: &Elements<'_>,
    name: &str,
    value: &Value,
) -> Option<Vec<Splice>> {
    let item = format!("{} = {}", key(name), value.render(usize::MAX, newline(text)));
    let mut items: Vec<&str> = elements.items().collect();
    if !elements.is_one_line() {
        return Some(elements.insert(items.len(), &item, newline(text)));
    }
    items.push(&item);
    Some(vec![Splice::new(span, inline(&items))])
}

/// A key below the same dotted parent: TOML wants its siblings written the same way.
fn dotted_sibling<'a>(outline: &'a Outline, parent: &[&str]) -> Option<(&'a Section, &'a Entry)> {
    outline.sections.iter().find_map(|section| {
        let is_sibling = |entry: &&Entry| as_strs(&entry.path).starts_with(parent);
        let sibling = section.entries.iter().rev().find(is_sibling)?;
        (section.at.path.len() < parent.len()).then_some((section, sibling))
    })
}

fn into_section(text: &str, outline: &Outline, section: &Section, layout: Layout, path: &[&str], line: &str) -> Splice {
    let before = |entry: &&Entry| layout.compare(&as_strs(&entry.path), path) != Ordering::Greater;
    if let Some(entry) = section.entries.iter().rev().find(before) {
        return behind(text, entry.span.end, line);
    }
    match (&section.header, section.entries.first()) {
        (Some(header), _) => behind(text, header.end, line),
        (None, Some(first)) => Splice::new(empty(start_of_comment(text, first.key.start)), line.to_owned()),
        (None, None) => top_of_file(text, outline, line),
    }
}

/// The first key of a file that has none: below the comment at the top, above all tables.
fn top_of_file(text: &str, outline: &Outline, line: &str) -> Splice {
    let newline = newline(text);
    match outline.sections.iter().find_map(|section| section.header.as_ref()) {
        Some(header) => {
            let at = start_of_comment(text, header.start);
            Splice::new(empty(at), format!("{line}{newline}"))
        }
        None if text.is_empty() || text.ends_with('\n') => Splice::new(empty(text.len()), line.to_owned()),
        None => Splice::new(empty(text.len()), format!("{newline}{line}")),
    }
}

/// The first table that stands behind `path` in the canonical form.
fn next_section<'a>(outline: &'a Outline, layout: Layout, path: &[&str]) -> Option<&'a Section> {
    let is_behind = |section: &&Section| layout.compare(&as_strs(&section.at.path), path) == Ordering::Greater;
    outline.sections.iter().find(is_behind)
}

fn new_section(text: &str, next: Option<&Section>, header: &str, lines: &str) -> Splice {
    let newline = newline(text);
    let next = next.and_then(|section| section.header.as_ref());
    let at = next.map_or(text.len(), |next| start_of_comment(text, next.start));
    let before = &text[..at];
    let mut block = String::new();
    if !before.is_empty() && !before.ends_with('\n') {
        block.push_str(newline);
    }
    if !before.is_empty() && !ends_blank(before) {
        block.push_str(newline);
    }
    block.push_str(header);
    block.push_str(newline);
    block.push_str(lines);
    if next.is_some() {
        block.push_str(newline);
    }
    Splice::new(empty(at), block)
}

/// Whether the last line of `text` is blank.
fn ends_blank(text: &str) -> bool {
    text.strip_suffix('\n')
        .is_some_and(|text| text.rsplit('\n').next().is_some_and(|line| line.trim().is_empty()))
}

/// Behind the line in which byte `at` stands.
fn behind(text: &str, at: usize, line: &str) -> Splice {
    let end = line_end(text, at);
    if text[..end].ends_with('\n') {
        Splice::new(empty(end), line.to_owned())
    } else {
        let newline = newline(text);
        Splice::new(empty(end), format!("{newline}{}", line.trim_end_matches(newline)))
    }
}

/// Where the comment directly above the line of byte `at` starts; a comment at the very top belongs to the file instead.
fn start_of_comment(text: &str, at: usize) -> usize {
    let line = line_start(text, at);
    let mut start = line;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            return start;
        }
        start = above;
    }
    line
}

const fn empty(at: usize) -> std::ops::Range<usize> {
    at..at
}
