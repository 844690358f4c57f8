//! Which live files would change and by how many entries. What the entries say is never kept: some files hold password hashes.

use std::collections::HashMap;

use camino::Utf8PathBuf;

use crate::digest::{Digest, sha256};
use crate::fileset::{File, FileSet};

/// A file that would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The target it belongs to.
    pub target: Box<str>,
    /// Its path in the target's directory.
    pub path: Utf8PathBuf,
    /// What happens to it.
    pub action: Action,
    /// How many of its entries; `None` for a file that has none, such as a page.
    pub entries: Option<Entries>,
    /// When whoever reads the file takes notice.
    pub uptake: Uptake,
    /// Digest of the file as it is now, to find out at the last moment whether somebody else wrote it. It stays in memory: on
    /// disk a plain digest would let others test guesses of what is in the file.
    pub live: Option<Digest>,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Create,
    /// Its content changes.
    Update,
    /// It goes.
    Delete,
}

/// Numbers of entries, told apart by what they are about: an entry that says something else about the same address is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Only in the file after.
    pub added: usize,
    /// Only in the file before.
    pub removed: usize,
    /// In both, with other content.
    pub changed: usize,
}

/// When whoever reads a file takes notice of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uptake {
    /// The mail services reload, after the tables of accounts and aliases were built anew.
    Rebuild,
    /// The mail services reload.
    Reload,
    /// When Postfix reloads for another reason, and only if the file was there when the container was made.
    Unwatched,
    /// At once, and nobody else notices.
    AtOnce,
}

/// What a line of the file `name` is about: the part that tells its entries apart; `None` for a comment or a blank line.
pub type EntryKey = for<'l> fn(name: &str, line: &'l str) -> Option<&'l str>;

/// What `plan` has to know about the files of a target.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The name of the target.
    pub target: &'a str,
    /// How entries are told apart; `None` when its files have none.
    pub entry_key: Option<EntryKey>,
    /// When a change of this file is noticed.
    pub uptake: fn(&str) -> Uptake,
    /// What becomes of live files that aren't desired.
    pub surplus: Surplus,
}

/// What becomes of live files that aren't desired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surplus {
    /// They stay and aren't mentioned.
    Stays,
    /// They are deleted.
    Goes,
}

/// The files that would change so that `live` becomes `desired`, ordered by path. Permissions are no part of it: a file that
/// exists keeps its own.
#[must_use]
pub fn compare(desired: &FileSet, live: &FileSet, rules: &Rules<'_>) -> Vec<FileChange> {
    let mut changes: Vec<FileChange> = desired
        .iter()
        .filter_map(|(path, after)| {
            let before = live.get(path.as_str());
            let is_equal = before.is_some_and(|before| before.content == after.content);
            (!is_equal).then(|| rules.change(path, before, Some(after)))
        })
        .collect();
    if rules.surplus == Surplus::Goes {
        let gone = live.iter().filter(|(path, _)| desired.get(path.as_str()).is_none());
        changes.extend(gone.map(|(path, before)| rules.change(path, Some(before), None)));
        changes.sort_by(|a, b| a.path.cmp(&b.path));
    }
    changes
}

impl Rules<'_> {
    fn change(&self, path: &Utf8PathBuf, before: Option<&File>, after: Option<&File>) -> FileChange {
        let content = |file: Option<&File>| file.map_or_else(String::new, |file| lossy(&file.content));
        let count = |key: EntryKey| count(&content(before), &content(after), |line| key(path.as_str(), line));
        FileChange {
            target: self.target.into(),
            path: path.clone(),
            action: match (before, after) {
                (None, _) => Action::Create,
                (Some(_), Some(_)) => Action::Update,
                (Some(_), None) => Action::Delete,
            },
            entries: self.entry_key.map(count),
            uptake: (self.uptake)(path.as_str()),
            live: before.map(|file| sha256(&file.content)),
        }
    }
}

/// Entries are only counted, so bytes that are no UTF-8 may become any others.
fn lossy(content: &[u8]) -> String {
    String::from_utf8_lossy(content).into_owned()
}

/// Counts entries by their key; of several with one key, the first is compared with the first, and so on.
fn count<'l>(before: &'l str, after: &'l str, key: impl Fn(&'l str) -> Option<&'l str>) -> Entries {
    let (before, after) = different_part(before, after);
    let keyed = |lines: Vec<&'l str>| {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut entries: HashMap<(&str, usize), &str> = HashMap::with_capacity(lines.len());
        for line in lines {
            if let Some(key) = key(line) {
                let nth = seen.entry(key).or_default();
                entries.insert((key, *nth), line);
                *nth += 1;
            }
        }
        entries
    };
    let mut before = keyed(before);
    let mut entries = Entries::default();
    for (key, line) in keyed(after) {
        match before.remove(&key) {
            None => entries.added += 1,
            Some(old) if old != line => entries.changed += 1,
            Some(_) => {}
        }
    }
    entries.removed = before.len();
    entries
}

/// The lines of both without those that are equal at the start and at the end: mostly few, however long the file is.
fn different_part<'l>(before: &'l str, after: &'l str) -> (Vec<&'l str>, Vec<&'l str>) {
    let (mut before, mut after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let start = before.iter().zip(&after).take_while(|(old, new)| old == new).count();
    before.drain(..start);
    after.drain(..start);
    let end = before.iter().rev().zip(after.iter().rev());
    let end = end.take_while(|(old, new)| old == new).count();
    before.truncate(before.len() - end);
    after.truncate(after.len() - end);
    (before, after)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    fn key<'l>(name: &str, line: &'l str) -> Option<&'l str> {
        (name == "accounts" && !line.starts_with('#')).then(|| line.split('|').next().unwrap_or(line))
    }

    fn set(files: &[(&str, &str)]) -> FileSet {
        let mut set = FileSet::new();
        for (path, content) in files {
            set.insert(*path, content.as_bytes().to_vec(), 0o640);
        }
        set
    }

    fn rules(surplus: Surplus) -> Rules<'static> {
        Rules {
            target: "mail",
            entry_key: Some(key),
            uptake: |name| {
                if name == "accounts" {
                    Uptake::Rebuild
                } else {
                    Uptake::Unwatched
                }
            },
            surplus,
        }
    }

    #[test]
    fn files_are_new_different_or_not_mentioned() {
        let live = set(&[("accounts", "a|1\n"), ("same", "x"), ("foreign", "y")]);
        let desired = set(&[("accounts", "a|2\nb|1\n"), ("same", "x"), ("z", "new")]);
        let found = |surplus| -> Vec<_> {
            let changes = compare(&desired, &live, &rules(surplus));
            changes
                .into_iter()
                .map(|change| (change.path.into_string(), change.action))
                .collect()
        };
        let (update, create) = (
            ("accounts".to_owned(), Action::Update),
            ("z".to_owned(), Action::Create),
        );
        assert_eq!(found(Surplus::Stays), [update.clone(), create.clone()]);
        assert_eq!(
            found(Surplus::Goes),
            [update, ("foreign".to_owned(), Action::Delete), create]
        );
    }

    #[test]
    fn what_is_live_is_remembered_to_see_it_move() {
        let changes = compare(
            &set(&[("accounts", "b|1\n"), ("z", "")]),
            &set(&[("accounts", "a|1\n")]),
            &rules(Surplus::Stays),
        );
        assert_eq!(changes[0].live, Some(sha256(b"a|1\n")));
        assert_eq!(changes[1].live, None);
        assert_eq!(
            (changes[0].uptake, changes[1].uptake),
            (Uptake::Rebuild, Uptake::Unwatched)
        );
    }

    #[test]
    fn entries_are_counted_by_their_key() {
        for (before, after, added, removed, changed) in [
            ("", "a|1\n", 1, 0, 0),
            ("a|1\n", "", 0, 1, 0),
            ("a|1\nb|1\n", "a|2\nb|1\nc|1\n", 1, 0, 1),
            ("a|1\nb|1\nc|1\n", "c|1\n", 0, 2, 0),
            ("a|1\nb|1\n", "b|1\na|1\n", 0, 0, 0),
            ("# x\na|1\n", "# y\na|1\n", 0, 0, 0),
            ("a|1\na|2\n", "a|1\n", 0, 1, 0),
            ("a|1", "a|1\r\n", 0, 0, 0),
        ] {
            let expected = Entries {
                added,
                removed,
                changed,
            };
            assert_eq!(
                count(before, after, |line| key("accounts", line)),
                expected,
                "{before:?} {after:?}"
            );
        }
    }

    #[test]
    fn nothing_of_a_file_is_kept() {
        let secret = "a|{SHA512-CRYPT}$6$canary\n";
        let changes = compare(
            &set(&[("accounts", secret)]),
            &set(&[("accounts", "a|x\n")]),
            &rules(Surplus::Stays),
        );
        assert!(!format!("{changes:?}").contains("canary"));
    }

    proptest! {
        /// With unique keys the counts are those of the two maps, however the lines are ordered.
        #[test]
        fn counts_are_those_of_the_maps(
            before in prop::collection::vec((0..9_u8, 0..3_u8), 0..9),
            after in prop::collection::vec((0..9_u8, 0..3_u8), 0..9),
        ) {
            let unique = |rows: Vec<(u8, u8)>| -> Vec<(u8, u8)> {
                let mut seen = HashSet::new();
                rows.into_iter().filter(|(key, _)| seen.insert(*key)).collect()
            };
            let (before, after) = (unique(before), unique(after));
            let text = |rows: &[(u8, u8)]| -> String { rows.iter().map(|(key, value)| format!("{key}|{value}\n")).collect() };
            let (a, b): (HashMap<_, _>, HashMap<_, _>) = (before.iter().copied().collect(), after.iter().copied().collect());
            let expected = Entries {
                added: b.keys().filter(|key| !a.contains_key(key)).count(),
                removed: a.keys().filter(|key| !b.contains_key(key)).count(),
                changed: a.iter().filter(|(key, value)| b.get(key).is_some_and(|other| other != *value)).count(),
            };
            prop_assert_eq!(count(&text(&before), &text(&after), |line| key("accounts", line)), expected);
        }
    }
}
