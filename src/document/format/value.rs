//! Values in the canonical form.

use toml_edit::{Array, InlineTable, Key, Value};

use crate::document::{edit::key, outline::line_end, schema::Layout};

/// Writes values of one file.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) text: &'a str,
    pub(super) layout: Layout,
}

/// One item of an array with its comments.
struct Item<'a> {
    value: &'a Value,
    above: Vec<&'a str>,
    behind: Option<&'a str>,
}

impl<'a> Writer<'a> {
    /// The value at `path`, an array on several lines when it is wider than `room`. Texts, numbers and dates stay as written.
    pub(super) fn value(self, value: &Value, path: &[String], room: usize) -> String {
        match value {
            Value::Array(array) => self.array(array, path, room),
            Value::InlineTable(table) => self.table(table, path),
            Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
                self.raw(value).to_owned()
            }
        }
    }

    fn raw(self, value: &Value) -> &'a str {
        self.text.get(value.span().unwrap_or_default()).unwrap_or_default()
    }

    fn array(self, array: &Array, path: &[String], room: usize) -> String {
        let (mut items, opening, end) = self.items(array);
        if self.layout.is_set(path) && items.iter().all(|item| item.value.is_str()) {
            items.sort_by(|a, b| a.value.as_str().cmp(&b.value.as_str()));
        }
        let inner = [path, &["[]".to_owned()]].concat();
        let texts: Vec<String> = items
            .iter()
            .map(|item| self.value(item.value, &inner, usize::MAX))
            .collect();
        let line = format!("[{}]", texts.join(", "));
        let has_comment = opening.is_some()
            || !end.is_empty()
            || items.iter().any(|item| item.behind.is_some() || !item.above.is_empty());
        if !has_comment && (line.chars().count() <= room || items.is_empty()) {
            return line;
        }
        let mut lines = vec![format!("[{}", behind(opening))];
        for (item, text) in items.iter().zip(texts) {
            lines.extend(item.above.iter().map(|comment| format!("    {comment}")));
            lines.push(format!("    {text},{}", behind(item.behind)));
        }
        lines.extend(end.iter().map(|comment| format!("    {comment}")));
        lines.push("]".to_owned());
        lines.join("\n")
    }

    /// The items with their comments, the comment behind the opening bracket, and those behind the last item.
    fn items<'v>(self, array: &'v Array) -> (Vec<Item<'v>>, Option<&'v str>, Vec<&'v str>)
    where
        'a: 'v,
    {
        let span = array.span().unwrap_or_default();
        let mut items: Vec<Item<'v>> = Vec::with_capacity(array.len());
        let mut opening = None;
        let mut at = span.start + 1;
        for value in array {
            let place = value.span().unwrap_or_default();
            let (first, above) = self.comments(at, place.start);
            match items.last_mut() {
                Some(before) => before.behind = first,
                None => opening = first,
            }
            items.push(Item {
                value,
                above,
                behind: None,
            });
            at = place.end;
        }
        let (first, end) = self.comments(at, span.end.saturating_sub(1));
        match items.last_mut() {
            Some(last) => last.behind = first,
            None => opening = first,
        }
        (items, opening, end)
    }

    /// The comments in a gap between items: the one on the line where it starts, and the others.
    fn comments(self, start: usize, end: usize) -> (Option<&'a str>, Vec<&'a str>) {
        let Some(gap) = self.text.get(start..end) else {
            return (None, Vec::new());
        };
        let first_line = line_end(self.text, start).saturating_sub(start).min(gap.len());
        let comment = |line: &'a str| line.find('#').map(|at| line[at..].trim_end());
        let (first, rest) = gap.split_at(first_line);
        (comment(first), rest.lines().filter_map(comment).collect())
    }

    /// An inline table on one line; one with comments in it stays as written.
    fn table(self, table: &InlineTable, path: &[String]) -> String {
        let mut keys = table.get_values();
        if self.has_comment(table, &keys) {
            return self.text[table.span().unwrap_or_default()].to_owned();
        }
        if keys.is_empty() {
            return "{}".to_owned();
        }
        let full = |steps: &[&Key]| -> Vec<String> {
            let steps = steps.iter().map(|step| step.get().to_owned());
            path.iter().cloned().chain(steps).collect()
        };
        keys.sort_by(|(a, _), (b, _)| self.layout.compare(&full(a), &full(b)));
        let write = |(steps, value): &(Vec<&Key>, &Value)| {
            let name: Vec<String> = steps.iter().map(|step| key(step.get())).collect();
            format!("{} = {}", name.join("."), self.value(value, &full(steps), usize::MAX))
        };
        let keys: Vec<String> = keys.iter().map(write).collect();
        format!("{{ {} }}", keys.join(", "))
    }

    /// Whether a comment stands between the keys of an inline table.
    fn has_comment(self, table: &InlineTable, keys: &[(Vec<&Key>, &Value)]) -> bool {
        let span = table.span().unwrap_or_default();
        let place = |(steps, value): &(Vec<&Key>, &Value)| {
            let start = steps.last().and_then(|key| key.span()).unwrap_or_default().start;
            (start, value.span().unwrap_or_default().end)
        };
        let mut places: Vec<(usize, usize)> = keys.iter().map(place).collect();
        places.sort_unstable();
        places.push((span.end, span.end));
        let mut at = span.start;
        places.into_iter().any(|(start, end)| {
            let gap = self.text.get(at..start);
            at = end;
            gap.is_none_or(|gap| gap.contains('#'))
        })
    }
}

fn behind(comment: Option<&str>) -> String {
    comment.map(|comment| format!(" {comment}")).unwrap_or_default()
}
