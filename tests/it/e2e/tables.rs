//! Postfix's own `postmap` reads every rendered table as the model does.

use std::path::Path;

use dockspace::mailserver::lookups::Texthash;
use dockspace::mailserver::{Format, OWNED, entry_key, regexp, relay};
use tempfile::NamedTempFile;

use super::served::Served;
use crate::support::mail_rig::dms::{postmap_all, write_settled};

/// Whatever somebody might look up: every word of every file, with a tag, and each cut short.
fn keys(served: &Served) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (_, file) in served.files.iter() {
        let content = String::from_utf8_lossy(&file.content).into_owned();
        let words = content.split(|c: char| c.is_ascii_whitespace() || ",:|".contains(c));
        for word in words.filter(|word| word.is_ascii() && word.contains('@') && !word.starts_with('/')) {
            keys.push(word.to_owned());
            keys.push(word.replacen('@', "+tag@", 1));
            keys.push(word[1..].to_owned());
            keys.push(word[..word.len() - 1].to_owned());
            keys.push(word.to_ascii_uppercase());
        }
    }
    keys.extend(
        [
            "ghost@example.test",
            "example.test",
            "blocked.test",
            "info7@example.test",
            "desk-b@example.test",
        ]
        .map(str::to_owned),
    );
    keys.sort();
    keys.dedup();
    keys
}

pub(super) fn agree(served: &Served) {
    let keys = keys(served);
    let mut tables = 0;
    for owned in &OWNED {
        let path = served.rig.config.path().join(owned.name);
        let Some(file) = served.files.get(owned.name) else {
            continue;
        };
        let content = String::from_utf8(file.content.clone()).unwrap();
        match owned.format {
            Format::Blank => blank(&path, owned.name, &content, &keys),
            Format::Pattern => patterns(&path, &content, &keys),
            Format::Bars | Format::Colon => continue,
        }
        tables += 1;
    }
    assert_eq!(tables, 6, "not every table was rendered");
}

fn blank(path: &Path, name: &str, content: &str, keys: &[String]) {
    // docker-mailserver drops the lines without a value, which stand for "no relay", before Postfix sees them.
    let has_value = |line: &&str| line.contains(' ');
    let read: String = content
        .lines()
        .filter(has_value)
        .map(|line| format!("{line}\n"))
        .collect();
    let table = NamedTempFile::new().unwrap();
    write_settled(table.path(), &read);
    assert!(read == content || name == relay::MAP, "{path:?}");
    let model = Texthash::read(content).unwrap();
    let own = content.lines().filter_map(|line| entry_key(name, line));
    let keys: Vec<&str> = keys.iter().map(String::as_str).chain(own).collect();
    let found = postmap_all("texthash", table.path(), keys.iter().copied()).unwrap();
    for key in keys {
        assert_eq!(found.get(key).map(String::as_str), model.get(key), "{key} in {name}");
    }
    assert_eq!(
        model.iter().count(),
        read.lines().count(),
        "a line of {name} says nothing"
    );
}

/// The model knows only what a pattern can't match.
fn patterns(path: &Path, content: &str, keys: &[String]) {
    let rows: Vec<_> = regexp::parse(content).collect();
    let found = postmap_all("pcre", path, keys.iter().map(String::as_str)).unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    for (key, _) in found {
        assert!(rows.iter().any(|row| regexp::may_match(row.pattern, &key)), "{key}");
    }
}
