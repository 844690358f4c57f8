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
        rows(&mut page, "", keys(kind));
    }
    page
}

fn rows(page: &mut String, prefix: &str, keys: &[Key]) {
    for key in keys {
        let name = format!("{prefix}{}", key.name);
        let cells = [
            format!("`{name}`"),
            holds(&key.shape),
            without(key),
            key.meaning().to_owned(),
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(page, "| {} |", cells.join(" | "));
        below(page, &name, &key.shape);
    }
}

fn below(page: &mut String, name: &str, shape: &Shape) {
    match shape {
        Shape::Table(keys) => rows(page, &format!("{name}."), keys),
        Shape::Tables(keys) => rows(page, &format!("{name}[]."), keys),
        Shape::Map(called, each) => below(page, &format!("{name}.{called}"), each),
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
