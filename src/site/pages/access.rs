//! The access matrix: people down, apps across, and the rule behind each cell.
//!
//! Who agrees in state, kind and groups may use the same apps for the same reasons, so such people share a row. The rules stand
//! below as numbered notes, as in a book: a cell that only had a colour would leave the question open.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::page::{Names, Page};
use super::super::{Row, Site};
use crate::model::access::{SecondFactor, Standing};
use crate::model::{Client, GroupName};

/// The most rows of one page; a row has many cells.
const ROWS: usize = 100;
/// How many names stand in a row.
const NAMED: usize = 10;

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    apps: Vec<App<'a>>,
    rows: Vec<Line<'a>>,
    notes: Vec<String>,
    /// All pages: number counted from 1, file.
    pages: Vec<(usize, String)>,
    number: usize,
}

#[derive(Serialize)]
struct App<'a> {
    id: &'a str,
    name: &'a str,
    people: usize,
}

/// A row: these people, and what they may.
#[derive(Serialize)]
struct Line<'a> {
    groups: Vec<&'a str>,
    state: Option<&'static str>,
    kind: Option<&'static str>,
    people: Names<'a>,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    allowed: bool,
    second_factor: bool,
    /// The number of the note with the rule.
    note: usize,
}

/// Those who agree in all that decides, together, in the order of the groups; each by name.
pub(in crate::site) fn standings<'a>(by_name: &[&'a Row]) -> Vec<(Standing<'a>, Vec<&'a Row>)> {
    let mut standings: BTreeMap<Standing<'a>, Vec<&'a Row>> = BTreeMap::new();
    for row in by_name {
        standings.entry(row.standing()).or_default().push(row);
    }
    let mut standings: Vec<_> = standings.into_iter().collect();
    // Those who may sign in at all come first.
    standings.sort_by_key(|(standing, _)| standing.barred().is_some());
    standings
}

/// How many pages there are.
pub(in crate::site) fn count(site: &Site<'_>) -> usize {
    site.standings.len().div_ceil(ROWS).max(1)
}

/// How many people may sign in to `client`.
pub(in crate::site) fn may(site: &Site<'_>, client: &Client) -> usize {
    let allowed = |(standing, _): &&(Standing<'_>, Vec<&Row>)| standing.decide(site.desired, client).allowed;
    site.standings.iter().filter(allowed).map(|(_, rows)| rows.len()).sum()
}

pub(in crate::site) fn view<'a>(site: &Site<'a>, number: usize) -> View<'a> {
    let mut notes = Notes::default();
    let rows = site.standings.iter().skip(number * ROWS).take(ROWS);
    let rows = rows
        .map(|(standing, rows)| line(site, *standing, rows, &mut notes))
        .collect();
    let app = |client: &'a Client| App {
        id: client.id.as_str(),
        name: &client.name,
        people: may(site, client),
    };
    let pages = count(site);
    let file = |number: usize| (number + 1, Page::Access(number).path().replace("internal/", ""));
    View {
        apps: site.desired.clients.values().map(app).collect(),
        rows,
        notes: notes.0,
        pages: if pages > 1 {
            (0..pages).map(file).collect()
        } else {
            Vec::new()
        },
        number: number + 1,
    }
}

fn line<'a>(site: &Site<'a>, standing: Standing<'a>, rows: &[&'a Row], notes: &mut Notes) -> Line<'a> {
    let mut cell = |client: &'a Client| {
        let decision = standing.decide(site.desired, client);
        let asked = decision.allowed && decision.second_factor != SecondFactor::NotRequired;
        let mut rule = decision.rule.to_string();
        if asked {
            rule = format!("{rule}; second step {}", decision.second_factor);
        }
        Cell {
            allowed: decision.allowed,
            second_factor: asked,
            note: notes.number(rule),
        }
    };
    Line {
        groups: standing.groups.iter().map(GroupName::as_str).collect(),
        state: super::state(standing.state),
        kind: super::kind(standing.kind),
        people: Names::first(NAMED, rows),
        cells: site.desired.clients.values().map(&mut cell).collect(),
    }
}

/// The rules of a page, each once, in the order in which they are needed.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn number(&mut self, rule: String) -> usize {
        match self.0.iter().position(|note| *note == rule) {
            Some(place) => place + 1,
            None => {
                self.0.push(rule);
                self.0.len()
            }
        }
    }
}
