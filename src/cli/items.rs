//! Changes of lists and flags as options ask for them: `--add-group`, `--remove-group`, `--protected`, `--no-protected`.

use super::{exit::Exit, failure::Failure, lookup};
use crate::document::{Editor, Value, closest};

/// What to add to a list, and what to remove from it.
pub(super) struct Items<'a>(pub(super) &'a [String], pub(super) &'a [String]);

/// Changes the list at `path`, which holds `present`, be it written there or by default. What is to be removed must be in it,
/// lest a typing mistake pass for done.
pub(super) fn change<'a, T: ToString + 'a>(
    file: &mut Editor,
    path: &[&str],
    present: impl IntoIterator<Item = &'a T>,
    Items(add, remove): Items<'_>,
) -> Result<(), Failure> {
    let present: Vec<String> = present.into_iter().map(ToString::to_string).collect();
    if !add.is_empty() || !remove.is_empty() {
        for item in &present {
            file.add(path, item)?;
        }
    }
    for item in remove {
        if !present.contains(item) {
            let what = path.last().copied().unwrap_or_default();
            let meant =
                closest(item, present.iter().map(String::as_str)).map(|meant| format!("did you mean `{meant}`?"));
            let failure = Failure::message(Exit::Error, format!("{} is not in `{what}`", lookup::quoted(item)));
            return Err(failure.hint_if(meant));
        }
        file.take(path, item)?;
    }
    for item in add {
        file.add(path, item)?;
    }
    Ok(())
}

/// Sets each key that an option was given for.
pub(super) fn set<V: Into<Value> + Clone>(file: &mut Editor, values: &[(&str, &Option<V>)]) -> Result<(), Failure> {
    for (key, value) in values {
        if let Some(value) = value {
            file.set(&[key], value.clone())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Kind;

    fn changed(text: &str, present: &[&str], add: &[&str], remove: &[&str]) -> Result<String, Failure> {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let mut file = Editor::open(Kind::User, text).unwrap();
        change(&mut file, &["groups"], present, Items(&owned(add), &owned(remove)))?;
        Ok(file.into_text())
    }

    #[test]
    fn lists_change_item_by_item() {
        let text = "groups = [\"a\", \"b\"] # two\n";
        let check = |add: &[&str], remove: &[&str], expect: &str| {
            assert_eq!(changed(text, &["a", "b"], add, remove).unwrap(), expect);
        };
        check(&[], &[], text);
        check(&["a"], &[], text);
        check(&["c"], &["a"], "groups = [\"b\", \"c\"] # two\n");
        check(&[], &["a", "b"], "groups = [] # two\n");
    }

    #[test]
    fn a_list_that_holds_by_default_is_written_down_before_it_changes() {
        assert_eq!(
            changed("", &["a", "b"], &["c"], &["a"]).unwrap(),
            "groups = [\"b\", \"c\"]\n"
        );
        assert_eq!(changed("", &["a", "b"], &[], &[]).unwrap(), "");
    }

    #[test]
    fn what_is_not_there_is_not_removed() {
        let failure = changed("", &["engineering"], &[], &["enginering"]).unwrap_err();
        assert_eq!(failure.error.unwrap().to_string(), "`enginering` is not in `groups`");
        assert_eq!(failure.hints, ["did you mean `engineering`?"]);
    }

    #[test]
    fn only_what_was_given_is_set() {
        let mut file = Editor::open(Kind::Client, "").unwrap();
        set(
            &mut file,
            &[("name", &Some("A\"\nconsent = \"skip\"")), ("consent", &None)],
        )
        .unwrap();
        set(&mut file, &[("require_totp", &Some(false))]).unwrap();
        let table: toml::Table = toml::from_str(file.text()).unwrap();
        assert_eq!(table["name"].as_str(), Some("A\"\nconsent = \"skip\""));
        assert!(!table.contains_key("consent") && table["require_totp"].as_bool() == Some(false));
    }
}
