//! Edits of a list, item by item.

use super::{
    EditError, Editor, Value,
    elements::{Elements, Splice},
    newline, place, spliced, value,
};

impl Editor {
    /// Adds `item` to the list at `path`, which is made where it lacks; nothing when it is in there.
    ///
    /// # Errors
    /// [`EditError::NotAList`] when something else stands there.
    pub fn add(&mut self, path: &[&str], item: &str) -> Result<&mut Self, EditError> {
        let Some(mut items) = self.list(path)? else {
            return self.set(path, vec![item]);
        };
        if items.iter().any(|other| other == item) {
            return Ok(self);
        }
        let sorted = self.layout.is_set(path) && items.is_sorted();
        let index = if sorted {
            items.partition_point(|other| other.as_str() < item)
        } else {
            items.len()
        };
        items.insert(index, item.to_owned());
        let newline = newline(&self.text);
        self.change_items(path, items, |elements| {
            elements.insert(index, &value::string(item), newline)
        })
    }

    /// Takes `item` out of the list at `path`; nothing when it is not in there. An empty list stays.
    ///
    /// # Errors
    /// [`EditError::NotAList`] when something else stands there.
    pub fn take(&mut self, path: &[&str], item: &str) -> Result<&mut Self, EditError> {
        let items = self.list(path)?.unwrap_or_default();
        let Some(index) = items.iter().position(|other| other == item) else {
            return Ok(self);
        };
        let mut rest = items;
        rest.remove(index);
        self.change_items(path, rest, |elements| vec![elements.remove(index)])?;
        self.take(path, item)
    }

    /// The list at `path`; a single text counts as a list of one.
    fn list(&self, path: &[&str]) -> Result<Option<Vec<String>>, EditError> {
        let outline = self.outline()?;
        let not_a_list = || EditError::NotAList(path.join("."));
        match place::find(&outline, path) {
            None => Ok(None),
            Some((_, toml_edit::Value::String(text))) => Ok(Some(vec![text.value().clone()])),
            Some((_, toml_edit::Value::Array(array))) => {
                let texts = array.iter().map(|item| item.as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map(Some).ok_or_else(not_a_list)
            }
            Some(_) => Err(not_a_list()),
        }
    }

    /// Makes the list at `path` read `items`: by `change` where that does it, else by writing the list anew.
    fn change_items(
        &mut self,
        path: &[&str],
        items: Vec<String>,
        change: impl FnOnce(&Elements<'_>) -> Vec<Splice>,
    ) -> Result<&mut Self, EditError> {
        let outline = self.outline()?;
        let Some((span, old)) = place::find(&outline, path) else {
            return Ok(self);
        };
        let wanted = Value::List(items);
        if let Some(elements) = old.as_array().and_then(|array| Elements::of_array(&self.text, array))
            && !elements.is_one_line()
        {
            let edited = spliced(&self.text, change(&elements));
            if place::holds(&edited, path, &wanted) {
                self.text = edited;
                return Ok(self);
            }
        }
        let text = wanted.render(self.room(&span), newline(&self.text));
        self.splice(vec![Splice::new(span, text)], path)
    }

    /// Makes the list at `path` hold `items`, by coming and going items alone.
    pub(super) fn set_items(&mut self, path: &[&str], items: &[String]) -> Result<(), EditError> {
        for gone in self
            .list(path)?
            .unwrap_or_default()
            .iter()
            .filter(|old| !items.contains(old))
        {
            self.take(path, gone)?;
        }
        for item in items {
            self.add(path, item)?;
        }
        Ok(())
    }
}
