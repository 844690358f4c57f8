//! A hostile repository: a sound one with changes, each made of a few numbers, so that whoever makes numbers up makes repositories.
//!
//! Shared with the fuzz targets in `fuzz/`.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::words::WORDS;

/// Files by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// One change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// What is done.
    pub(crate) kind: u8,
    /// To which file.
    pub(crate) file: u16,
    /// Where in it.
    pub(crate) place: u16,
    /// With what.
    pub(crate) with: u16,
}

/// A value that has the form of a sealed one.
const SEALED: &str = "age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==";

/// Ends that make one address the end, the start or a look-alike of another.
const NEAR: [&str; 16] = [
    "n",
    "nn",
    "an",
    "a-b",
    "a_b",
    "axb",
    "xaxb",
    "a.bb",
    "joann-",
    "ob",
    "boob",
    "al",
    "nested",
    "postmaster",
    "lice",
    "x",
];

/// A sound repository: `text` has files behind `-- PATH --` lines, to which a password for everybody is added.
pub(crate) fn sound(text: &str) -> Files {
    let mut files = Files::new();
    let mut path = "";
    let text = text.replace("@DIALECT@", "15").replace(
        "@RECIPIENT@",
        "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa",
    );
    for line in text.lines() {
        match line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            Some(marker) => path = marker,
            None => files
                .entry(path.to_owned())
                .or_default()
                .extend(format!("{line}\n").into_bytes()),
        }
    }
    let users: Vec<String> = files
        .keys()
        .filter(|path| path.starts_with("users/"))
        .cloned()
        .collect();
    for user in users {
        let sealed = user.replace(".toml", ".sealed.toml");
        files.insert(sealed, format!("password = \"{SEALED}\"\n").into_bytes());
    }
    let mail =
        format!("[relay.\"example.test\"]\npassword = \"{SEALED}\"\n[masters.migration]\npassword = \"{SEALED}\"\n");
    files.insert("mail.sealed.toml".to_owned(), mail.into_bytes());
    files
}

/// Makes the changes, one after the other.
pub(crate) fn changed(mut files: Files, changes: &[Change]) -> Files {
    for change in changes {
        change.make(&mut files);
    }
    files
}

impl Change {
    fn make(self, files: &mut Files) {
        let Some(path) = nth(files.keys(), self.file).cloned() else {
            return;
        };
        let word = WORDS[usize::from(self.with) % WORDS.len()];
        match self.kind % 12 {
            0..=2 => self.edit(files, &path, |value| *value = Value::String(word.to_owned())),
            3 => self.edit(files, &path, |value| grow(value, word)),
            4 => self.edit(files, &path, |value| *value = self.odd_value()),
            5 => self.rename_key(files, &path, word),
            6 => self.splice(files, &path, word.as_bytes()),
            7 => self.splice(files, &path, &self.with.to_le_bytes()),
            8 => self.move_file(files, &path, word),
            9 => self.near(files),
            10 => self.twice(files, &path),
            _ => self.add_key(files, &path, word),
        }
    }

    /// Changes one value of a file.
    fn edit(self, files: &mut Files, path: &str, edit: impl FnOnce(&mut Value)) {
        with_table(files, path, |table| {
            let mut places = Vec::new();
            table.iter_mut().for_each(|(_, value)| collect(value, &mut places));
            let count = places.len().max(1);
            if let Some(value) = places.into_iter().nth(usize::from(self.place) % count) {
                edit(value);
            }
        });
    }

    fn odd_value(self) -> Value {
        let values = [
            Value::Integer(i64::MIN),
            Value::Integer(0),
            Value::Float(f64::NAN),
            Value::Boolean(true),
            Value::Array(Vec::new()),
            Value::Table(Table::new()),
            Value::String(String::new()),
            Value::Array(vec![Value::Array(vec![Value::Integer(1)]); 3]),
            Value::String("a".repeat(70_000)),
            Value::Array(vec![Value::String("alice@example.test".to_owned()); 1_100]),
        ];
        values[usize::from(self.with) % values.len()].clone()
    }

    fn rename_key(self, files: &mut Files, path: &str, word: &str) {
        with_table(files, path, |table| {
            let Some(key) = nth(table.keys(), self.place).cloned() else {
                return;
            };
            // Half of the time a step down, where there is one.
            match table.get_mut(&key) {
                Some(Value::Table(inner)) if self.with % 2 == 1 => rename(inner, self.file, word),
                _ => rename(table, self.place, word),
            }
        });
    }

    /// Puts bytes into a file, in the place of some others.
    fn splice(self, files: &mut Files, path: &str, bytes: &[u8]) {
        let Some(content) = files.get_mut(path) else {
            return;
        };
        let start = usize::from(self.place) % (content.len() + 1);
        let end = (start + usize::from(self.file) % 7).min(content.len());
        content.splice(start..end, bytes.iter().copied());
    }

    /// Moves a file, or puts a copy beside it.
    fn move_file(self, files: &mut Files, path: &str, word: &str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = match self.place % 4 {
            0 => format!("{folder}/{word}.toml"),
            1 => format!("{folder}/{word}/{word}.toml"),
            2 => path.to_uppercase(),
            _ => format!("users/{word}/zoe.toml"),
        };
        if let Some(content) = files.remove(path) {
            if self.with.is_multiple_of(3) {
                files.insert(path.to_owned(), content.clone());
            }
            files.insert(name, content);
        }
    }

    /// Adds somebody, or an alias, whose address is nearly that of somebody else.
    fn near(self, files: &mut Files) {
        let near = NEAR[usize::from(self.with) % NEAR.len()];
        let domain = ["example.test", "second.test", "catch.test"][usize::from(self.file) % 3];
        match self.place % 4 {
            0 => with_table(files, &format!("aliases/{domain}.toml"), |table| {
                if let Some(Value::Table(aliases)) = table.get_mut("aliases") {
                    let to = Value::String(
                        format!("bob@{domain}")
                            .replace("second", "example")
                            .replace("catch", "example"),
                    );
                    aliases.insert(near.to_owned(), Value::Array(vec![to]));
                }
            }),
            1 => with_table(files, "users/example.test/carol.toml", |table| {
                let further = Value::String(format!("{near}@{domain}"));
                table.insert("aliases".to_owned(), Value::Array(vec![further]));
            }),
            state => {
                let id = format!("near-{}-{}", self.with % 64, self.file % 3);
                let state = ["active", "suspended"][usize::from(state % 2)];
                let text = format!("id = \"{id}\"\nusername = \"{id}\"\nname = \"Near\"\nstate = \"{state}\"\n");
                files.insert(format!("users/{domain}/{near}.toml"), text.into_bytes());
            }
        }
    }

    /// Says a line twice.
    fn twice(self, files: &mut Files, path: &str) {
        let Some(content) = files.get_mut(path) else {
            return;
        };
        let lines: Vec<Vec<u8>> = content
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        if let Some(line) = nth(lines.iter(), self.place) {
            content.extend(line);
        }
    }

    fn add_key(self, files: &mut Files, path: &str, word: &str) {
        const TEXTS: [&str; 8] = [
            "quota", "class", "state", "expires", "name", "username", "id", "password",
        ];
        const LISTS: [&str; 8] = [
            "aliases",
            "forward",
            "groups",
            "services",
            "owners",
            "dovecot",
            "to",
            "redirect_uris",
        ];
        with_table(files, path, |table| {
            let at = usize::from(self.place) % 16;
            match TEXTS.get(at) {
                Some(key) => table.insert((*key).to_owned(), Value::String(word.to_owned())),
                None => table.insert(
                    LISTS[at - 8].to_owned(),
                    Value::Array(vec![Value::String(word.to_owned())]),
                ),
            };
        });
    }
}

/// A value becomes a list with a word more, or a text with it behind.
fn grow(value: &mut Value, word: &str) {
    match value {
        Value::Array(list) => list.push(Value::String(word.to_owned())),
        Value::String(text) => text.push_str(word),
        Value::Table(table) => drop(table.insert(word.to_owned(), Value::String(word.to_owned()))),
        other => *other = Value::String(word.to_owned()),
    }
}

/// All values that hold no others, and short lists.
fn collect<'v>(value: &'v mut Value, places: &mut Vec<&'v mut Value>) {
    let is_leaf = match value {
        Value::Table(table) => table.is_empty(),
        Value::Array(list) => list.len() < 2,
        _ => true,
    };
    match value {
        leaf if is_leaf => places.push(leaf),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| collect(value, places)),
        Value::Array(list) => list.iter_mut().for_each(|value| collect(value, places)),
        _ => {}
    }
}

fn rename(table: &mut Table, n: u16, word: &str) {
    if let Some(key) = nth(table.keys(), n).cloned()
        && let Some(value) = table.remove(&key)
    {
        table.insert(word.to_owned(), value);
    }
}

fn with_table(files: &mut Files, path: &str, edit: impl FnOnce(&mut Table)) {
    let Some(content) = files.get_mut(path) else {
        return;
    };
    let Ok(Ok(mut table)) = std::str::from_utf8(content).map(str::parse::<Table>) else {
        return;
    };
    edit(&mut table);
    *content = table.to_string().into_bytes();
}

fn nth<I: ExactSizeIterator>(mut all: I, n: u16) -> Option<I::Item> {
    let count = all.len().max(1);
    all.nth(usize::from(n) % count)
}
