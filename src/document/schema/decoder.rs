//! The table and the decoder know the same keys.
//!
//! Every table of a file gets one key that nobody knows. The decoder's hint then lists the keys it asked for.

use std::collections::BTreeMap;

use super::{Key, Shape, keys};
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
