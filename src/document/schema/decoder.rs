//! The table and the decoder know the same keys.
//!
//! Every table of a file gets one key that nobody knows. The decoder's hint then lists the keys it asked for.

use std::collections::BTreeMap;

use super::{Fallback, Key, Shape, keys};
use crate::{
    clock::Clock,
    document::{Kind, Loader},
};

/// A file of one kind, being written.
#[derive(Default)]
struct Page {
    text: String,
    /// The keys of each table, by the unknown key in it.
    tables: BTreeMap<String, Vec<&'static str>>,
}

impl Page {
    /// Writes a table with all its keys and an unknown one.
    fn table(&mut self, path: &str, header: &str, keys: &'static [Key]) {
        self.text += header;
        let unknown = format!("zzzzzzzz{}", self.tables.len());
        self.text += &format!("{unknown} = 0\n");
        self.tables.insert(unknown, keys.iter().map(|key| key.name).collect());
        for key in keys {
            if !holds_tables(&key.shape) {
                self.text += &format!("{} = {}\n", key.name, value(&key.shape));
            }
        }
        for key in keys {
            let path = if path.is_empty() {
                key.name.to_owned()
            } else {
                format!("{path}.{}", key.name)
            };
            self.below(&path, &key.shape);
        }
    }

    fn below(&mut self, path: &str, shape: &Shape) {
        match *shape {
            Shape::Table(keys) => self.table(path, &format!("[{path}]\n"), keys),
            Shape::Tables(keys) => self.table(path, &format!("[[{path}]]\n"), keys),
            Shape::Map(name, each) if holds_tables(each) => {
                let name = if name == "DOMAIN" { "'example.org'" } else { "name" };
                self.below(&format!("{path}.{name}"), each);
            }
            _ => {}
        }
    }
}

fn holds_tables(shape: &Shape) -> bool {
    match shape {
        Shape::Table(_) | Shape::Tables(_) => true,
        Shape::Map(_, each) => holds_tables(each),
        _ => false,
    }
}

/// Something of the right type.
fn value(shape: &Shape) -> String {
    match shape {
        Shape::Text(_) => "'x'".to_owned(),
        Shape::Word(words) => format!("'{}'", words[0]),
        Shape::Flag => "true".to_owned(),
        Shape::Date => "2030-01-31".to_owned(),
        Shape::Number(least, _) => least.to_string(),
        Shape::List(item) | Shape::Set(item) => format!("[{}]", value(item)),
        Shape::Either(one, _) => value(one),
        Shape::Table(_) | Shape::Tables(_) | Shape::Map(..) => "{}".to_owned(),
    }
}

#[test]
fn the_decoder_asks_for_the_keys_of_the_table() {
    for kind in Kind::ALL {
        let mut page = Page::default();
        page.table("", "", keys(kind));
        let path = kind.pattern().replace("DOMAIN", "example.org").replace("NAME", "alice");
        let path = path.replace("CLIENT_ID", "app").replace("KEY_ID", "k1");
        let mut loader = Loader::new(&Clock::system());
        loader.file(path.as_str().into(), page.text.as_bytes());
        let found = loader.finish().report.sorted();
        assert!(
            found.iter().all(|found| found.rule.code != "DS-F002"),
            "{path}: {}",
            page.text
        );
        let mut unseen = page.tables.clone();
        for found in found.iter().filter(|found| found.rule.code == "DS-F003") {
            let unknown = found.message.split('`').nth(1).unwrap();
            let Some(expect) = page.tables.get(unknown) else {
                panic!("{path}: the decoder does not know `{unknown}`\n{}", page.text)
            };
            let hint = found.hint.as_deref().unwrap_or_default();
            let mut asked: Vec<&str> = hint.split('`').skip(1).step_by(2).collect();
            let mut expect = expect.clone();
            asked.sort_unstable();
            expect.sort_unstable();
            assert_eq!(asked, expect, "{path}: {unknown} in\n{}", page.text);
            unseen.remove(unknown);
        }
        assert!(unseen.is_empty(), "{path}: {unseen:?} is not read\n{}", page.text);
    }
}

/// What the table says holds without them, written out.
fn defaults(prefix: &str, keys: &[Key]) -> String {
    let mut text = String::new();
    for key in keys {
        match (key.fallback, key.shape) {
            (Fallback::Value(default), _) => text += &format!("{prefix}{} = {default}\n", key.name),
            (_, Shape::Table(below)) => text += &defaults(&format!("{prefix}{}.", key.name), below),
            _ => {}
        }
    }
    text
}

#[test]
fn what_is_not_written_is_what_the_table_says() {
    let policy = keys(Kind::Organisation)
        .iter()
        .find(|key| key.name == "policy")
        .unwrap();
    let Shape::Table(policy) = policy.shape else {
        panic!("no table")
    };
    let settings = "format = 1\norganisation = { name = 'E' }\ndomains.'example.org' = {}\n\
                    secrets.recipients = ['age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa']\n";
    let user = "id = 'a1'\nusername = 'alice'\nname = 'Alice'\n";
    // Of what stands in a list of defaults, that which says nothing by itself.
    let user_defaults = defaults("", keys(Kind::User)).replace("dovecot = []\n", "");
    let client = "name = 'A'\nkind = 'public'\nredirect_uris = ['https://a.example.org/']\n";
    let client_defaults: String = defaults("", keys(Kind::Client))
        .lines()
        .filter(|line| {
            !["redirect_uris", "hosts", "introspect", "refresh"]
                .iter()
                .any(|key| line.starts_with(&format!("{key} ")))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let load = |policy: &str, users: &str, clients: &str| {
        let mut loader = Loader::new(&Clock::system());
        loader.file("dockspace.toml".into(), format!("{settings}{policy}").as_bytes());
        loader.file("groups/admins.toml".into(), b"");
        loader.file(
            "users/example.org/alice.toml".into(),
            format!("{user}{users}").as_bytes(),
        );
        loader.file("clients/a.toml".into(), format!("{client}{clients}").as_bytes());
        loader.file("keys/k.toml".into(), key().as_bytes());
        let loaded = loader.finish();
        let Some(desired) = loaded.desired else {
            panic!("{:?}", loaded.report.sorted())
        };
        let mut user = desired.users["alice@example.org"].clone();
        let mut client = desired.clients["a"].clone();
        (user.origin, client.origin) = Default::default();
        (desired.policy, user, client)
    };
    let plain = load("", "", "");
    let written = load(&defaults("policy.", policy), &user_defaults, &client_defaults);
    assert_eq!(plain.0, written.0);
    assert_eq!(format!("{:?}", plain.1), format!("{:?}", written.1));
    assert_eq!(plain.2, written.2);
}

/// A key for RS256; nothing here opens its private part.
fn key() -> String {
    let n = "A".repeat(342);
    format!(
        "alg = 'RS256'\nprivate = 'age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCg=='\n\
         public_jwk = '{{\"kty\":\"RSA\",\"kid\":\"k\",\"e\":\"AQAB\",\"n\":\"{n}\"}}'\n"
    )
}
