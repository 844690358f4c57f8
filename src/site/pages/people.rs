//! Everybody: on one page while they fit, else by the first letter of the name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::page::{Entry, Letter, ROWS};
use super::super::{Row, Site};

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    total: usize,
    /// The letter of this page.
    letter: Option<char>,
    /// All letters, to go to.
    letters: Vec<Link>,
    /// The people of this page, by letter.
    rows: Vec<Entry<'a>>,
}

/// A page of people under a letter.
#[derive(Serialize)]
struct Link {
    letter: char,
    /// The page of that letter, counted from 1.
    number: usize,
    file: String,
    people: usize,
    current: bool,
}

fn letter(row: &Row) -> char {
    let first = row.name.chars().next().unwrap_or('0').to_ascii_lowercase();
    if first.is_ascii_lowercase() { first } else { '0' }
}

/// The pages by letter: none, when everybody fits on one page.
pub(in crate::site) fn letters<'s>(site: &'s Site<'_>) -> BTreeMap<Letter, &'s [&'s Row]> {
    let mut letters = BTreeMap::new();
    if site.by_name.len() <= ROWS {
        return letters;
    }
    // Names sort by the lower-case letter, but others may stand before `a` and behind `z`.
    for run in site.by_name.chunk_by(|one, other| letter(one) == letter(other)) {
        let Some(letter) = run.first().map(|row| letter(row)) else {
            continue;
        };
        for rows in run.chunks(ROWS) {
            let number = letters.range(
                Letter { letter, number: 0 }..=Letter {
                    letter,
                    number: usize::MAX,
                },
            );
            let number = number.count();
            letters.insert(Letter { letter, number }, rows);
        }
    }
    letters
}

fn links(site: &Site<'_>, current: Option<Letter>) -> Vec<Link> {
    let link = |(at, rows): (Letter, &[&Row])| Link {
        letter: at.letter.to_ascii_uppercase(),
        number: at.number + 1,
        file: super::super::Page::People(Some(at)).path().replace("internal/", ""),
        people: rows.len(),
        current: current == Some(at),
    };
    letters(site).into_iter().map(link).collect()
}

/// The first page: everybody, or all letters.
pub(in crate::site) fn index<'a>(site: &'a Site<'_>) -> View<'a> {
    let all = if site.by_name.len() <= ROWS {
        site.by_name.as_slice()
    } else {
        &[]
    };
    View {
        total: site.by_name.len(),
        letter: None,
        letters: links(site, None),
        rows: all.iter().map(|row| Entry::of(row)).collect(),
    }
}

/// The people under a letter.
pub(in crate::site) fn under<'a>(site: &'a Site<'_>, at: Letter) -> Option<View<'a>> {
    let rows = letters(site).remove(&at)?;
    Some(View {
        total: site.by_name.len(),
        letter: Some(at.letter.to_ascii_uppercase()),
        letters: links(site, Some(at)),
        rows: rows.iter().map(|row| Entry::of(row)).collect(),
    })
}
