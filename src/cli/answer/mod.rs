//! Answers to questions about people and apps, each line with the file and line it rests on.
//!
//! An [`Answer`] is what is said; text and JSON show the same one. Who may sign in to what, and why, is `model::access`'s word.

mod address;
mod client;
mod who_can;

use std::cell::RefCell;
use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde_json::{Value, json};

use super::{context::Context, report::visible};
use crate::{
    diagnostic::Place,
    document::closest,
    model::{
        Address, ClientId, Desired,
        access::{SecondFactor, Verdict},
    },
    snapshot::Source,
};

pub(super) use address::address;
pub(super) use client::client;
pub(super) use who_can::who_can;

/// What is said about something.
pub(super) struct Answer {
    /// `user`, `alias`, `client`.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: String,
    /// What people call it.
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
}

/// One thing that is said.
pub(super) struct Line {
    /// What it is about: `quota`, `app`, `mail`.
    pub(super) topic: &'static str,
    /// The thing in question, where a topic has several: an app, an address.
    pub(super) item: Option<String>,
    pub(super) value: String,
    /// Of an app or a person: whether they may.
    pub(super) allowed: Option<bool>,
    pub(super) place: Place,
}

impl Line {
    fn new(topic: &'static str, value: impl Into<String>, place: Place) -> Self {
        Self {
            topic,
            item: None,
            value: value.into(),
            allowed: None,
            place,
        }
    }

    fn about(topic: &'static str, item: impl Into<String>, value: impl Into<String>, place: Place) -> Self {
        Self {
            item: Some(item.into()),
            ..Self::new(topic, value, place)
        }
    }

    /// A verdict, with what signing in takes.
    fn verdict(topic: &'static str, item: impl Into<String>, verdict: &Verdict<'_>) -> Self {
        let factor = match verdict.second_factor {
            SecondFactor::NotRequired => String::new(),
            factor if verdict.allowed => format!("; a second factor is {factor}"),
            _ => String::new(),
        };
        Self {
            allowed: Some(verdict.allowed),
            ..Self::about(topic, item, format!("{}{factor}", verdict.rule), verdict.place())
        }
    }

    /// `yes member of engineering`.
    fn said(&self) -> String {
        match self.allowed {
            Some(true) => format!("yes  {}", self.value),
            Some(false) => format!("no   {}", self.value),
            None => self.value.clone(),
        }
    }
}

/// Counts lines in files, each read once.
pub(super) struct Places<'a> {
    context: &'a Context,
    source: &'a Source,
    texts: RefCell<BTreeMap<Utf8PathBuf, Option<String>>>,
}

impl<'a> Places<'a> {
    pub(super) const fn new(context: &'a Context, source: &'a Source) -> Self {
        Self {
            context,
            source,
            texts: RefCell::new(BTreeMap::new()),
        }
    }

    fn line(&self, place: &Place) -> usize {
        let mut texts = self.texts.borrow_mut();
        let text = texts
            .entry(place.path.clone())
            .or_insert_with(|| self.source.text(&self.context.repo, &place.path));
        text.as_deref().map_or(1, |text| place.span.line_column(text).0)
    }
}

impl Answer {
    /// For people: topics in a column, then what is said, then where it stands.
    pub(super) fn text(&self, places: &Places<'_>) -> String {
        let width = |cell: fn(&Line) -> usize| self.lines.iter().map(cell).max().unwrap_or(0);
        let topics = width(|line| line.topic.chars().count());
        let items = width(|line| line.item.as_deref().map_or(0, |item| item.chars().count()));
        let mut out = visible(&self.title) + "\n";
        let mut last = "";
        for line in &self.lines {
            let topic = if line.topic == last { "" } else { line.topic };
            last = line.topic;
            let said = match &line.item {
                Some(item) => format!("{item:<items$}  {}", line.said()),
                None => line.said(),
            };
            let place = format!("{}:{}", line.place.path, places.line(&line.place));
            out += &visible(&format!("  {topic:<topics$}  {said}  ({place})"));
            out.push('\n');
        }
        out
    }

    /// `dockspace.answer/1`.
    pub(super) fn json(&self, places: &Places<'_>) -> String {
        let line = |line: &Line| -> Value {
            let mut row = json!({
                "topic": line.topic,
                "value": line.value,
                "path": line.place.path.as_str(),
                "line": places.line(&line.place),
            });
            if let Some(item) = &line.item {
                row["item"] = item.as_str().into();
            }
            if let Some(allowed) = line.allowed {
                row["allowed"] = allowed.into();
            }
            row
        };
        let lines: Vec<Value> = self.lines.iter().map(line).collect();
        let document = json!({
            "format": "dockspace.answer/1",
            "about": { "kind": self.kind, "name": self.name },
            "lines": lines,
        });
        format!("{document:#}\n")
    }
}

/// What was probably meant by a name that nothing has.
pub(super) fn meant<'a>(desired: &'a Desired, name: &str) -> Option<&'a str> {
    let users = desired
        .users
        .values()
        .flat_map(|user| std::iter::once(&user.address).chain(&user.aliases));
    let addresses = users.chain(desired.aliases.keys()).map(Address::as_str);
    closest(name, addresses.chain(desired.clients.keys().map(ClientId::as_str)))
}
