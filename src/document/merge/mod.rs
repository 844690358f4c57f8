//! Three-way merges of one file by what it says, for what git's merge by lines takes for a conflict.
//!
//! Two people who change different keys of one file, or add different groups to one list, do not disagree. A key that only one
//! side changed is taken from there; lists whose order means nothing are merged as sets; everything else that both changed
//! differently is a conflict, and no guess is made: of two new passwords one would silently win. The result is our text with
//! their changes edited in, so our comments stay; a comment of theirs that would be lost is a conflict too.
//!
//! ```
//! use dockspace::document::{Kind, merge};
//!
//! let base = "groups = [\"board\"]\nquota = \"1G\"\n";
//! let ours = "groups = [\"board\", \"heating\"]\nquota = \"1G\"\n";
//! let theirs = "groups = [\"admins\", \"board\"]\nquota = \"2G\"\n";
//! let merged = merge(Kind::User, base, ours, theirs).unwrap();
//! assert_eq!(merged, "groups = [\"admins\", \"board\", \"heating\"]\nquota = \"2G\"\n");
//! ```

use std::collections::BTreeMap;

use toml_edit::Value as Toml;

use super::{
    EditError, Kind, Value,
    edit::Editor,
    outline::{Outline, line_end},
    schema::Layout,
};

/// Why a merge needs a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeConflict {
    /// Both sides changed this, each in its own way.
    #[error("both sides changed `{0}`")]
    Key(String),
    /// Their comment has no place in the result.
    #[error("their comment `{0}` would be lost")]
    Comment(String),
    /// A side is no TOML, or the result would be none.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// What `ours` says with what `theirs` changed since `base`.
///
/// # Errors
/// [`MergeConflict`].
pub fn merge(kind: Kind, base: &str, ours: &str, theirs: &str) -> Result<String, MergeConflict> {
    let layout = Layout::of(kind);
    let sides = Sides {
        base: keys(base)?,
        ours: keys(ours)?,
        theirs: keys(theirs)?,
    };
    let mut file = Editor::open(kind, ours)?;
    for path in sides.paths() {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_set = layout.is_set(&steps);
        match sides.decide(path, is_set) {
            Decision::Ours => {}
            Decision::Remove => {
                file.remove(&steps)?;
            }
            Decision::Take(value) => {
                file.set(&steps, value)?;
            }
            Decision::Conflict => return Err(MergeConflict::Key(path.join("."))),
        }
    }
    let merged = file.into_text();
    match lost_comment(base, theirs, &merged)? {
        Some(comment) => Err(MergeConflict::Comment(comment)),
        None => Ok(merged),
    }
}

/// The keys of a file and what they hold, by path.
type Keys = BTreeMap<Vec<String>, Toml>;

/// Every key of a file. An array of tables is one key, which no edit can set: whoever changes one merges by lines.
fn keys(text: &str) -> Result<Keys, EditError> {
    let outline = Outline::parse(text)?;
    let mut keys = Keys::new();
    for section in &outline.sections {
        let element: String = section.at.elements.iter().map(|index| format!("[{index}]")).collect();
        let is_nested = section.is_element || section.at.elements.iter().any(|index| *index > 0);
        for entry in &section.entries {
            let mut path = entry.path.clone();
            if is_nested {
                path.insert(0, element.clone());
            }
            keys.insert(path, entry.value.clone());
        }
    }
    Ok(keys)
}

struct Sides {
    base: Keys,
    ours: Keys,
    theirs: Keys,
}

enum Decision {
    Ours,
    Take(Value),
    Remove,
    Conflict,
}

impl Sides {
    fn paths(&self) -> impl Iterator<Item = &Vec<String>> {
        let new = self.theirs.keys().filter(|path| !self.base.contains_key(*path));
        self.base.keys().chain(new)
    }

    fn decide(&self, path: &Vec<String>, is_set: bool) -> Decision {
        let [base, ours, theirs] = [&self.base, &self.ours, &self.theirs].map(|keys| keys.get(path));
        if same(base, theirs) || same(ours, theirs) {
            return Decision::Ours;
        }
        if same(base, ours) {
            // What stands in an array of tables has no path that an edit could name.
            return match theirs {
                _ if path.first().is_some_and(|step| step.starts_with('[')) => Decision::Conflict,
                None => Decision::Remove,
                Some(theirs) => value(theirs).map_or(Decision::Conflict, Decision::Take),
            };
        }
        match (is_set, ours.and_then(items), theirs.and_then(items)) {
            (true, Some(ours), Some(theirs)) => {
                let base = base.and_then(items).unwrap_or_default();
                Decision::Take(Value::List(union(&base, ours, &theirs)))
            }
            _ => Decision::Conflict,
        }
    }
}

/// Our items, less what they took away, with what they added; in order if ours are.
fn union(base: &[String], ours: Vec<String>, theirs: &[String]) -> Vec<String> {
    let sorted = ours.is_sorted();
    let gone = |item: &String| base.contains(item) && !theirs.contains(item);
    let mut items: Vec<String> = ours.into_iter().filter(|item| !gone(item)).collect();
    for item in theirs {
        if !base.contains(item) && !items.contains(item) {
            items.push(item.clone());
        }
    }
    if sorted {
        items.sort();
    }
    items
}

fn same(one: Option<&Toml>, other: Option<&Toml>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => text(one) == text(other),
        _ => false,
    }
}

/// The value as written, without the blanks and comments around it.
fn text(value: &Toml) -> String {
    value.clone().decorated("", "").to_string()
}

fn items(value: &Toml) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items.map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The value as an edit writes it; `None` for what no file of the format holds.
fn value(value: &Toml) -> Option<Value> {
    match value {
        Toml::String(text) => Some(Value::Text(text.value().clone())),
        Toml::Integer(number) => Some(Value::Number(*number.value())),
        Toml::Boolean(flag) => Some(Value::Flag(*flag.value())),
        Toml::Datetime(date) => date.value().to_string().parse().ok().map(Value::Date),
        Toml::Array(_) => items(value).map(Value::List),
        Toml::InlineTable(table) => {
            let keys = table
                .iter()
                .map(|(name, inner)| Some((name.to_owned(), self::value(inner)?)));
            keys.collect::<Option<_>>().map(Value::Table)
        }
        Toml::Float(_) => None,
    }
}

/// A comment that `theirs` has more of than `base`, and that `merged` lacks.
fn lost_comment(base: &str, theirs: &str, merged: &str) -> Result<Option<String>, EditError> {
    let (mut known, mut there) = (comments(base)?, comments(merged)?);
    for comment in comments(theirs)? {
        if let Some(at) = known.iter().position(|old| *old == comment) {
            known.swap_remove(at);
        } else if let Some(at) = there.iter().position(|kept| *kept == comment) {
            there.swap_remove(at);
        } else {
            return Ok(Some(comment));
        }
    }
    Ok(None)
}

/// Every comment: what is left of the text between one key or header and the next, where nothing else begins with `#`.
fn comments(text: &str) -> Result<Vec<String>, EditError> {
    let outline = Outline::parse(text)?;
    let mut taken: Vec<_> = outline
        .sections
        .iter()
        .flat_map(|section| section.header.clone())
        .chain(
            outline
                .entries()
                .filter(|entry| !entry.value.is_array())
                .map(|entry| entry.key.start..entry.span.end),
        )
        .collect();
    taken.sort_by_key(|range| range.start);
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('#').map(|found| at + found) {
        let inside = taken.iter().find(|range| range.contains(&found));
        if let Some(range) = inside {
            at = range.end;
            continue;
        }
        let end = line_end(text, found);
        comments.push(text[found..end].trim_end().to_owned());
        at = end;
    }
    Ok(comments)
}

#[cfg(test)]
mod tests;
