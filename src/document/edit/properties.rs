//! Whatever the file and the edit: nothing else changes.

use proptest::prelude::*;

use super::*;
use crate::document::format;

/// Keys that the random files and edits are about.
const NAMES: [&[&str]; 6] = [
    &["id"],
    &["groups"],
    &["forward"],
    &["x"],
    &["t", "groups"],
    &["t", "u", "k"],
];

prop_compose! {
    /// The lines of one key, with comments and blanks around it.
    fn lines(name: &'static str)(
        above in prop_oneof![Just(""), Just("\n"), Just("# above\n"), Just("# one\n\n  # two\n")],
        value in prop_oneof![
            Just("\"v\""), Just("1"), Just("[]"), Just("[\"a\", 'b']"), Just("[\n  \"b\", # b\n  # then\n  \"a\" # a\n]"), Just("[ \"c\",\n\"a\"]"),
        ],
        behind in prop_oneof![Just(""), Just(" # behind"), Just("   ")],
    ) -> String {
        format!("{above}{name} = {value}{behind}\n")
    }
}

prop_compose! {
    fn document()(
        top in proptest::sample::subsequence(vec!["id", "groups", "forward", "x"], 0..=4).prop_shuffle(),
        header in prop_oneof![Just(""), Just("[t]\n"), Just("\n# about t\n[t] # t\n"), Just("[[r]]\n[t]\n")],
        below in proptest::sample::subsequence(vec!["groups", "k", "u.k"], 0..=3),
        end in prop_oneof![Just(""), Just("\n# end\n"), Just("# end")],
    )(
        top in top.into_iter().map(lines).collect::<Vec<_>>(),
        below in (if header.is_empty() { Vec::new() } else { below }).into_iter().map(lines).collect::<Vec<_>>(),
        header in Just(header),
        end in Just(end),
    ) -> String {
        format!("{}{header}{}{end}", top.concat(), below.concat())
    }
}

fn values(text: &str) -> toml::Table {
    toml::from_str(text).unwrap()
}

/// What `text` says but for what `path` names.
fn others(text: &str, path: &[&str]) -> toml::Table {
    fn without(mut table: toml::Table, path: &[&str]) -> toml::Table {
        if let [name, rest @ ..] = path {
            match table.remove(*name) {
                Some(toml::Value::Table(inner)) if !rest.is_empty() => {
                    let inner = without(inner, rest);
                    if !inner.is_empty() {
                        table.insert((*name).to_owned(), inner.into());
                    }
                }
                Some(other) if !rest.is_empty() => {
                    table.insert((*name).to_owned(), other);
                }
                _ => {}
            }
        }
        table
    }
    without(values(text), path)
}

/// The lines of `text` that belong to no bytes of `path`.
fn other_lines(text: &str, path: &[&str]) -> Vec<String> {
    let outline = Outline::parse(text).unwrap();
    let own = place::find(&outline, path).map_or(0..0, |(span, _)| line_start(text, span.start)..span.end);
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.lines() {
        let is_own = at < own.end && own.start < at + line.len().max(1);
        if !is_own && !line.trim().is_empty() && line.trim() != "[t.u]" && line.trim() != "[t]" {
            lines.push(line.to_owned());
        }
        at += line.len() + 1;
    }
    lines
}

proptest! {
    #[test]
    fn an_edit_changes_one_key_and_no_other_line(
        before in document(),
        path in proptest::sample::select(NAMES.to_vec()),
        edit in proptest::sample::select(vec!["set", "list", "add", "take", "remove"]),
        item in proptest::sample::select(vec!["a", "b", "c", "d"]),
    ) {
        let mut editor = Editor::open(Kind::User, &before).unwrap();
        let edited = match edit {
            "set" => editor.set(path, item),
            "list" => editor.set(path, vec![item, "b"]),
            "add" => editor.add(path, item),
            "take" => editor.take(path, item),
            _ => editor.remove(path),
        };
        if edited.is_err() {
            prop_assert_eq!(editor.text(), &before, "a refused edit leaves the text alone");
            return Ok(());
        }
        let after = editor.into_text();
        prop_assert_eq!(others(&before, path), others(&after, path));
        prop_assert_eq!(other_lines(&before, path), other_lines(&after, path), "\n{}\n---\n{}", before, after);
        if values(&before) == values(&after) {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn what_is_added_to_a_canonical_file_stands_canonically(
        before in document(),
        path in proptest::sample::select(NAMES.to_vec()),
        is_list in any::<bool>(),
        item in proptest::sample::select(vec!["a", "b", "c", "d"]),
    ) {
        let before = format(Kind::User, &before).unwrap();
        let mut editor = Editor::open(Kind::User, &before).unwrap();
        let edited = if is_list { editor.add(path, item) } else { editor.set(path, item) };
        if edited.is_ok() {
            prop_assert_eq!(format(Kind::User, editor.text()).unwrap(), editor.text());
        }
    }
}
