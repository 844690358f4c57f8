//! The format as a page of documentation.

use std::fmt::Write as _;

use super::{Fallback, Key, Shape, keys};
use crate::document::Kind;

/// The format reference as Markdown: one section per kind of file, one row per key.
///
/// `example` gives the text of one example of a kind, if there is one to show.
#[must_use]
pub fn reference_markdown(example: impl Fn(Kind) -> Option<String>) -> String {
    let mut page = String::from(
        "# The organisation repository\n\n\
         Format 1. A file may hold the keys listed for its kind and no others. `NAME`, `DOMAIN` and other words in capitals stand for\n\
         names of your own. Everything about a host (paths, commands, addresses) stands in its `host.toml`, never in the repository.\n",
    );
    for kind in Kind::ALL {
        let _ = write!(page, "\n## `{}`\n\n", kind.pattern());
        if let Some(example) = example(kind) {
            let _ = write!(page, "```toml\n{}\n```\n\n", example.trim_end());
        }
        page.push_str("| key | holds | without it | meaning |\n| --- | --- | --- | --- |\n");
        for row in reference_rows(kind) {
            let cells = [
                format!("`{}`", row.name),
                row.holds,
                row.without,
                row.meaning.to_owned(),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|"));
            let _ = writeln!(page, "| {} |", cells.join(" | "));
        }
    }
    page
}

/// One key, as the reference tells it; all but the name is Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceRow {
    /// The dotted key.
    pub name: String,
    /// What it holds.
    pub holds: String,
    /// What holds when it is not written; empty: nothing.
    pub without: String,
    /// What it means.
    pub meaning: &'static str,
}

/// Every key of a kind of file, in the order of the reference.
#[must_use]
pub fn reference_rows(kind: Kind) -> Vec<ReferenceRow> {
    let mut found = Vec::new();
    rows(&mut found, "", keys(kind));
    found
}

fn rows(found: &mut Vec<ReferenceRow>, prefix: &str, keys: &'static [Key]) {
    for key in keys {
        let name = format!("{prefix}{}", key.name);
        found.push(ReferenceRow {
            name: name.clone(),
            holds: holds(&key.shape),
            without: without(key),
            meaning: key.meaning(),
        });
        below(found, &name, &key.shape);
    }
}

fn below(found: &mut Vec<ReferenceRow>, name: &str, shape: &'static Shape) {
    match shape {
        Shape::Table(keys) => rows(found, &format!("{name}."), keys),
        Shape::Tables(keys) => rows(found, &format!("{name}[]."), keys),
        Shape::Map(called, each) => below(found, &format!("{name}.{called}"), each),
        Shape::Text(_)
        | Shape::Word(_)
        | Shape::Date
        | Shape::Flag
        | Shape::Number(..)
        | Shape::List(_)
        | Shape::Set(_)
        | Shape::Either(..) => {}
    }
}

fn holds(shape: &Shape) -> String {
    match shape {
        Shape::Text(format) => format.name.to_owned(),
        Shape::Word(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Shape::Date => "date, such as `2030-01-31`, without quotes".to_owned(),
        Shape::Flag => "`true`, `false`".to_owned(),
        Shape::Number(least, most) if least == most => format!("`{least}`"),
        Shape::Number(least, most) => format!("{least} to {most}"),
        Shape::List(item) => format!("list of: {}", holds(item)),
        Shape::Set(item) => format!("set of: {}", holds(item)),
        Shape::Either(one, other) => format!("{}; or {}", holds(one), holds(other)),
        Shape::Table(_) => "table".to_owned(),
        Shape::Map(called, each) => format!("by {called}: {}", holds(each)),
        Shape::Tables(_) => "array of tables".to_owned(),
    }
}

fn without(key: &Key) -> String {
    match key.fallback {
        Fallback::Required => "required".to_owned(),
        Fallback::Nothing => String::new(),
        Fallback::Value(toml) => format!("`{toml}`"),
        Fallback::Words(text) => text.to_owned(),
    }
}
