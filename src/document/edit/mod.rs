//! Edits one file and touches nothing else in it: not a comment, not the order, not a blank.
//!
//! Pure: text in, text out. Every edit replaces only the bytes of what it is about; the rest of the text is never written anew, so it
//! cannot change. New keys go where the canonical form ([`Layout`]) has them. An edit that changes nothing returns the same bytes.
//! Whether the result is a *valid* file is for the decoder to say: here it only stays TOML.
//!
//! ```
//! use dockspace::document::{Editor, Kind};
//!
//! let mut file = Editor::open(Kind::User, "name = \"Alice\" # of Wonderland\n")?;
//! file.set(&["quota"], "10G")?;
//! file.add(&["groups"], "admins")?;
//! assert_eq!(file.text(), "name = \"Alice\" # of Wonderland\ngroups = [\"admins\"]\nquota = \"10G\"\n");
//! # Ok::<(), dockspace::document::EditError>(())
//! ```

mod elements;
mod insert;
mod list;
mod place;
mod value;

use std::ops::Range;

use elements::Splice;
pub use value::Value;
pub(super) use value::{WIDTH, key};

use super::{
    Kind,
    outline::{Outline, SyntaxError, line_start},
    schema::Layout,
};
use crate::seal::Sealed;

/// Why a file cannot be edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is not TOML.
    #[error("the file is not valid TOML ({0}): correct it first")]
    Syntax(#[from] SyntaxError),
    /// Something else stands where a list should.
    #[error("`{0}` is no list: correct it by hand first")]
    NotAList(String),
    /// Something stands in the way, such as a text where a table should be.
    #[error("`{0}` does not fit into the file: something else stands in its place")]
    Clash(String),
    /// What stands there is not a sealed value, so it has no counter.
    #[error("`{0}` is no sealed value: remove it first")]
    NotSealed(String),
}

/// One file being edited.
#[derive(Clone, Debug)]
pub struct Editor {
    layout: Layout,
    text: String,
}

impl Editor {
    /// Starts to edit `text`, a file of this kind.
    ///
    /// # Errors
    /// [`EditError::Syntax`] when it is not TOML.
    pub fn open(kind: Kind, text: &str) -> Result<Self, EditError> {
        Outline::parse(text)?;
        Ok(Self {
            layout: Layout::of(kind),
            text: text.to_owned(),
        })
    }

    /// Starts a new file of this kind.
    #[must_use]
    pub const fn create(kind: Kind) -> Self {
        Self {
            layout: Layout::of(kind),
            text: String::new(),
        }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text at last.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Whether there is a value at `path`.
    #[must_use]
    pub fn has(&self, path: &[&str]) -> bool {
        self.outline()
            .is_ok_and(|outline| place::find(&outline, path).is_some())
    }

    /// The text of the string at `path`; `None` when there is none.
    #[must_use]
    pub fn string(&self, path: &[&str]) -> Option<String> {
        let outline = self.outline().ok()?;
        place::find(&outline, path)?.1.as_str().map(str::to_owned)
    }

    /// Sets the key at `path`, such as `&["catch_all", "to"]`. Tables on the way are made where they lack.
    ///
    /// # Errors
    /// [`EditError::Clash`] when a table stands there, or something else than a table on the way.
    pub fn set(&mut self, path: &[&str], value: impl Into<Value>) -> Result<&mut Self, EditError> {
        let value = value.into();
        let outline = self.outline()?;
        if let (Value::Table(keys), Some(_)) = (&value, outline.section(path)) {
            return self.set_keys(path, keys);
        }
        let Some((span, old)) = place::find(&outline, path) else {
            let splices =
                insert::new_key(&self.text, &outline, self.layout, path, &value).ok_or_else(|| clash(path))?;
            return self.splice(splices, path);
        };
        if value.is(old) {
            return Ok(self);
        }
        if let (Value::List(items), toml_edit::Value::Array(_)) = (&value, old) {
            let mut edited = self.clone();
            if edited.set_items(path, items).is_ok() && place::holds(&edited.text, path, &value) {
                *self = edited;
                return Ok(self);
            }
        }
        let text = value.render(self.room(&span), newline(&self.text));
        self.splice(vec![Splice::new(span, text)], path)
    }

    /// Removes the key or table at `path`, with all in it; nothing when there is none.
    ///
    /// # Errors
    /// [`EditError::Clash`] when the rest would not be TOML.
    pub fn remove(&mut self, path: &[&str]) -> Result<&mut Self, EditError> {
        let splices = place::without(&self.text, &self.outline()?, path);
        self.splice(splices, path)
    }

    /// Appends one table to the array of tables `name`, such as a tombstone to `retired`.
    ///
    /// # Errors
    /// [`EditError::Clash`] when something else has this name.
    pub fn append(&mut self, name: &str, keys: &[(&str, Value)]) -> Result<&mut Self, EditError> {
        let outline = self.outline()?;
        let splices = insert::element(&self.text, &outline, self.layout, name, keys);
        self.splice(splices, &[name])
    }

    /// Replaces the sealed value at `path` by what `seal` makes for the next change counter.
    ///
    /// # Errors
    /// [`EditError::NotSealed`] when something else stands there, or what `seal` says.
    pub fn seal<E: From<EditError>>(
        &mut self,
        path: &[&str],
        seal: impl FnOnce(u64) -> Result<Sealed, E>,
    ) -> Result<&mut Self, E> {
        let counter = self.next_counter(path)?;
        Ok(self.set(path, seal(counter)?.as_str())?)
    }

    /// The counter that the next sealed value at `path` must have.
    ///
    /// # Errors
    /// [`EditError::NotSealed`] when something else stands there.
    pub fn next_counter(&self, path: &[&str]) -> Result<u64, EditError> {
        let outline = self.outline()?;
        let Some((_, old)) = place::find(&outline, path) else {
            return Ok(1);
        };
        let sealed = old.as_str().and_then(|text| Sealed::parse(text).ok());
        let next = sealed.and_then(|sealed| sealed.counter().checked_add(1));
        next.ok_or_else(|| EditError::NotSealed(path.join(".")))
    }

    fn outline(&self) -> Result<Outline, EditError> {
        Ok(Outline::parse(&self.text)?)
    }

    /// Makes the table below the header `path` hold these keys alone.
    fn set_keys(&mut self, path: &[&str], keys: &[(String, Value)]) -> Result<&mut Self, EditError> {
        let outline = self.outline()?;
        let names = outline.entries().filter_map(|entry| {
            entry
                .path
                .get(path.len())
                .filter(|_| entry.path.iter().zip(path).all(|(a, b)| a == b))
        });
        let mut edited = self.clone();
        for gone in names.filter(|name| !keys.iter().any(|(key, _)| key == *name)) {
            edited.remove(&[path, &[gone]].concat())?;
        }
        for (key, value) in keys {
            edited.set(&[path, &[key]].concat(), value.clone())?;
        }
        *self = edited;
        Ok(self)
    }

    /// How wide a value at `span` may be on its line.
    fn room(&self, span: &Range<usize>) -> usize {
        WIDTH.saturating_sub(
            self.text[line_start(&self.text, span.start)..span.start]
                .chars()
                .count(),
        )
    }

    fn splice(&mut self, splices: Vec<Splice>, path: &[&str]) -> Result<&mut Self, EditError> {
        let edited = spliced(&self.text, splices);
        Outline::parse(&edited).map_err(|_| clash(path))?;
        self.text = edited;
        Ok(self)
    }
}

/// The steps of a dotted key as TOML writes it, such as `relay."example.org".password`; `None` when it is none.
///
/// ```
/// let steps = dockspace::document::key_steps(r#"relay."example.org".password"#).unwrap();
/// assert_eq!(steps, ["relay", "example.org", "password"]);
/// ```
#[must_use]
pub fn key_steps(text: &str) -> Option<Vec<String>> {
    let keys = toml_edit::Key::parse(text).ok()?;
    Some(keys.iter().map(|key| key.get().to_owned()).collect())
}

fn clash(path: &[&str]) -> EditError {
    EditError::Clash(path.join("."))
}

/// The newline of `text`: whoever writes CRLF goes on doing so.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.range.start);
    let mut edited = text.to_owned();
    for splice in splices.into_iter().rev() {
        edited.replace_range(splice.range, &splice.text);
    }
    edited
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
