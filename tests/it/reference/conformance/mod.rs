//! `docs/reference/conformance.md`: every requirement with the tests that hold the server to it.
//!
//! A test says by its name which requirements it is about: `b08_…`, `l02_l08_…`, `b24_to_b27_…`, `row_03_row_29_…`. A
//! requirement that no test of the program as a whole names, and a name that stands for none, fail here.

mod promises;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::promises::{Requirement, requirements};

/// A letter and a number; `r` is for rows.
type Id = (char, u8);

/// The tests of each requirement: file, from the root, and name.
type Tests = BTreeMap<Id, Vec<(String, String)>>;

/// The letters of requirements; `f` is a module of the Basic OP profile once more, by Form Post.
const LETTERS: [char; 6] = ['b', 'c', 'f', 'k', 'l', 'm'];

/// Modules that want an app to register itself, which none can here; what they ask for is held to all the same.
const REGISTERED_ONLY: [u8; 3] = [3, 4, 33];

fn number(word: &str) -> Option<u8> {
    (word.len() == 2).then(|| word.parse().ok())?
}

/// The requirement that a word of a name stands for: `b08`, or `08` after `row`.
fn id(word: &str, after: Option<&str>) -> Option<Id> {
    if matches!(after, Some("row" | "rows")) {
        return Some(('r', number(word)?));
    }
    let letter = word.chars().next().filter(|letter| LETTERS.contains(letter))?;
    Some((letter, number(&word[1..])?))
}

/// The requirements that the name of a test begins with.
fn ids(name: &str) -> Vec<Id> {
    let mut ids: Vec<Id> = Vec::new();
    let (mut before, mut range) = (None, false);
    for word in name.split('_') {
        match (word, id(word, before)) {
            ("row" | "rows", None) => before = Some(word),
            ("to", None) if !ids.is_empty() => range = true,
            (_, Some((letter, last))) => {
                let first = ids.last().filter(|_| range).map_or(last, |(_, first)| first + 1);
                ids.extend((first..=last).map(|number| (letter, number)));
                // `rows_24_25_26` goes on; `row_24_b…` doesn't.
                before = before.filter(|word| *word == "rows");
                range = false;
            }
            (_, None) => break,
        }
    }
    ids
}

/// The names of the tests in a file.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        let head = line.strip_prefix("async ").unwrap_or(line);
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(rest) = head.strip_prefix("fn ") {
            if is_test {
                names.extend(rest.split('(').next().map(str::to_owned));
            }
            is_test = false;
        }
    }
    names
}

fn collect(folder: &str, tests: &mut Tests) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&path, tests);
        } else if path.ends_with(".rs") {
            for name in names(&fs::read_to_string(root.join(&path)).unwrap()) {
                for id in ids(&name) {
                    tests.entry(id).or_default().push((path.clone(), name.clone()));
                }
            }
        }
    }
}

/// All tests that name a requirement: first those of the program as a whole, then those beside the code.
fn tests() -> Tests {
    let mut tests = Tests::new();
    collect("tests/it", &mut tests);
    for list in tests.values_mut() {
        list.sort();
    }
    let mut beside = Tests::new();
    collect("src", &mut beside);
    for (id, mut list) in beside {
        list.sort();
        tests.entry(id).or_default().extend(list);
    }
    tests
}

fn shown(id: Id) -> String {
    match id {
        ('r', number) => number.to_string(),
        (letter, number) => format!("{}{number}", letter.to_ascii_uppercase()),
    }
}

/// The tests of a requirement as links.
fn links(tests: &Tests, id: Id) -> String {
    let list = tests.get(&id).map_or(&[][..], Vec::as_slice);
    let link = |(path, name): &(String, String)| format!("[{name}](../../{path})");
    list.iter().map(link).collect::<Vec<_>>().join("<br>")
}

/// The requirements with these letters.
fn table(letters: &str, tests: &Tests) -> String {
    let mut text = "| | what | promised | tests |\n| --- | --- | --- | --- |\n".to_owned();
    for requirement in requirements()
        .iter()
        .filter(|requirement| letters.contains(requirement.id.0))
    {
        let (id, name) = (shown(requirement.id), requirement.name);
        let mut links = links(tests, requirement.id);
        if requirement.id.0 == 'b' {
            let by_form = self::links(tests, ('f', requirement.id.1));
            if !by_form.is_empty() {
                links += &format!("<br>by form: {by_form}");
            }
        }
        let promise = match requirement.promise {
            Ok(promise) => promise.to_owned(),
            Err(why) => format!("*Left out.* {why}"),
        };
        text += &format!("| {id} | {name} | {promise} | {links} |\n");
    }
    text
}

/// The page.
pub(super) fn page() -> String {
    let tests = tests();
    format!(
        "# What the sign-in server is held to\n\n\
         Every requirement, and the tests that fail when it isn't met. They run against the real server over HTTP, with a browser that\n\
         keeps cookies and follows nothing by itself; those under `src/` look at one part. What is left out says why. How to let the\n\
         OpenID Foundation's own suite look stands in [guides/conformance.md](../guides/conformance.md).\n\n\
         ## The certification's profiles\n\n\
         B is *Basic OP*, module by module, and *Form Post Basic OP* with every answer by a form; K is *Config OP*, L *RP-Initiated Logout\n\
         OP*, C *Back-Channel Logout OP*. B3, B4 and B33 want an app that registers itself, which none can here; what they ask for\n\
         holds all the same.\n\n{}\n\
         ## What others got wrong\n\n\
         From RFC 9700, OWASP's ASVS, and the audits and bug reports of other sign-in servers.\n\n{}\n\
         ## Mail\n\n\
         What docker-mailserver's Dovecot needs to take a token for a password.\n\n{}",
        table("bklc", &tests),
        table("r", &tests),
        table("m", &tests),
    )
}

/// The modules of the Basic OP profile, by Form Post.
fn by_form(all: &[Requirement]) -> Vec<Id> {
    let numbers = all.iter().filter(|one| one.id.0 == 'b').map(|one| one.id.1);
    numbers
        .filter(|number| !REGISTERED_ONLY.contains(number))
        .map(|number| ('f', number))
        .collect()
}

#[test]
fn every_requirement_has_a_test_of_the_whole_program_and_every_name_a_requirement() {
    let (all, tests) = (requirements(), tests());
    let count = |letter| all.iter().filter(|one| one.id.0 == letter).count();
    assert_eq!(['b', 'k', 'l', 'c', 'r', 'm'].map(count), [38, 1, 11, 2, 55, 11]);
    let is_tested = |id: &Id| {
        let list = tests.get(id).map_or(&[][..], Vec::as_slice);
        list.iter().any(|(path, _)| path.starts_with("tests/"))
    };
    let held = all.iter().filter(|one: &&Requirement| one.promise.is_ok());
    let missing: Vec<Id> = held
        .map(|one| one.id)
        .chain(by_form(&all))
        .filter(|id| !is_tested(id))
        .collect();
    assert_eq!(missing, [], "no test in tests/it has this in its name");
    let known: Vec<Id> = all.iter().map(|one| one.id).chain(by_form(&all)).collect();
    let strangers: Vec<_> = tests.iter().filter(|(id, _)| !known.contains(id)).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

#[test]
fn names_are_read() {
    let check = |name: &str, expect: &[Id]| assert_eq!(ids(name), expect, "{name}");
    check("b08_no_nonce_is_needed", &[('b', 8)]);
    check("l02_l08_with_a_hint", &[('l', 2), ('l', 8)]);
    check("b15_b24_to_b26_what", &[('b', 15), ('b', 24), ('b', 25), ('b', 26)]);
    check("row_09_row_29_every_fault", &[('r', 9), ('r', 29)]);
    check("rows_24_25_headers_on_3_pages", &[('r', 24), ('r', 25)]);
    check("b23_row_34_an_id", &[('b', 23), ('r', 34)]);
    check("row_44_10_codes", &[('r', 44)]);
    check("a_code_is_good_once", &[]);
    check("b3_is_no_id", &[]);
    let text = "#[test]\nfn b01_a() {}\nfn b02_b() {}\n#[tokio::test]\n#[expect(x)]\nasync fn b03_c() {}";
    assert_eq!(names(text), ["b01_a", "b03_c"]);
}
