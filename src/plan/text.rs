//! A plan for the terminal. Colours are the caller's: each part is handed over with its [`Tone`].

use std::collections::BTreeMap;

use super::files::FileChange;
use super::phrase::{self, Phrase, Piece};
use super::visible::visible;
use super::{Lines, Plan, Version};
use crate::diagnostic::Place;
use crate::model::change::{Fact, Side};
use crate::model::guard::Guard;

/// More files than these of one target are told by their numbers.
const FILES_NAMED: usize = 10;

/// How many of the things that a guard found are named.
pub(super) const FOUND_NAMED: usize = 5;

/// What a part of the text is, for whoever colours it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// Something new.
    Added,
    /// Something gone.
    Removed,
    /// Something different.
    Changed,
    /// The title of a part.
    Heading,
    /// Of less interest, such as where a fact stands.
    Faint,
}

/// The plan without colours.
#[must_use]
pub fn plain(plan: &Plan, lines: Lines<'_>) -> String {
    let mut text = String::new();
    write(plan, lines, &mut |_, part| text.push_str(part));
    text
}

/// Hands over the plan part by part. `lines` finds the line of a fact.
pub fn write(plan: &Plan, lines: Lines<'_>, to: &mut dyn FnMut(Tone, &str)) {
    for fact in &plan.facts {
        write_fact(fact, lines, to);
    }
    write_rest(plan, lines, to);
}

/// Hands over the plan with its facts counted, kind by kind, instead of told.
pub fn write_summary(plan: &Plan, lines: Lines<'_>, to: &mut dyn FnMut(Tone, &str)) {
    let mut counts: Vec<(&str, [usize; 3])> = Vec::new();
    for fact in &plan.facts {
        let kind = fact.subject.kind();
        if counts.last().is_none_or(|(last, _)| *last != kind) {
            counts.push((kind, [0; 3]));
        }
        if let Some((_, counts)) = counts.last_mut() {
            counts[sign_at(phrase::sign(&fact.change))] += 1;
        }
    }
    for (kind, counts) in counts {
        write_counts(kind, counts, to);
    }
    write_rest(plan, lines, to);
}

/// What a summary counts: the signs, what a count of them is called, and how it looks.
const COUNTED: [(char, &str, Tone); 3] = [
    ('+', "new", Tone::Added),
    ('-', "gone", Tone::Removed),
    ('~', "changed", Tone::Changed),
];

fn sign_at(sign: char) -> usize {
    COUNTED.iter().position(|(counted, ..)| *counted == sign).unwrap_or(2)
}

/// `user           15 new, 2 changed`.
fn write_counts(kind: &str, counts: [usize; 3], to: &mut dyn FnMut(Tone, &str)) {
    let mut before = format!("{kind:<14}");
    let mut width = 3;
    for (count, (_, word, tone)) in counts.into_iter().zip(COUNTED).filter(|(count, _)| *count > 0) {
        to(Tone::Plain, &before);
        to(tone, &format!("{count:>width$} {word}"));
        (before, width) = (", ".to_owned(), 0);
    }
    to(Tone::Plain, "\n");
}

/// Files, effects, guards and the last line.
fn write_rest(plan: &Plan, lines: Lines<'_>, to: &mut dyn FnMut(Tone, &str)) {
    let files = files(plan.files.as_deref().unwrap_or_default());
    section("Files", &files, to);
    section(
        "Effects",
        &plan.effects.iter().map(phrase::effect).collect::<Vec<_>>(),
        to,
    );
    write_guards(plan, lines, to);
    if !plan.is_empty() {
        to(Tone::Plain, "\n");
    }
    footer(plan, to);
}

fn write_fact(fact: &Fact, lines: Lines<'_>, to: &mut dyn FnMut(Tone, &str)) {
    let sign = phrase::sign(&fact.change);
    let tone = match sign {
        '+' => Tone::Added,
        '-' => Tone::Removed,
        _ => Tone::Changed,
    };
    to(tone, &format!("{sign} {}", shown(&phrase::subject(&fact.subject))));
    let change = shown(&phrase::change(fact));
    if !change.is_empty() {
        to(Tone::Plain, &format!("  {change}"));
    }
    to(Tone::Faint, &format!("  {}\n", place(fact.side(), &fact.place, lines)));
}

/// `users/example.org/alice.toml:7:9`.
fn place(side: Side, place: &Place, lines: Lines<'_>) -> String {
    let path = visible(place.path.as_str());
    match lines(side, place) {
        Some((line, column)) => format!("{path}:{line}:{column}"),
        None => path.into_owned(),
    }
}

/// A line for each file; one for all of a target where that would be too many or say nothing.
pub(super) fn files(files: &[FileChange]) -> Vec<Phrase<'_>> {
    let mut by_target: BTreeMap<&str, Vec<&FileChange>> = BTreeMap::new();
    for file in files {
        by_target.entry(&file.target).or_default().push(file);
    }
    let mut phrases = Vec::new();
    for (target, files) in by_target {
        if files.len() > FILES_NAMED || files.iter().all(|file| file.entries.is_none()) {
            phrases.push(phrase::summary(target, &files));
        } else {
            phrases.extend(files.into_iter().map(phrase::file));
        }
    }
    phrases
}

fn section(title: &str, phrases: &[Phrase<'_>], to: &mut dyn FnMut(Tone, &str)) {
    if !phrases.is_empty() {
        to(Tone::Heading, &format!("\n{title}\n"));
    }
    for phrase in phrases {
        to(Tone::Plain, &format!("  {}\n", shown(phrase)));
    }
}

/// Each guard with the first things it found. Last, because that is what stays in sight.
fn write_guards(plan: &Plan, lines: Lines<'_>, to: &mut dyn FnMut(Tone, &str)) {
    let Some(first) = plan.guards.first() else { return };
    to(Tone::Heading, "\nGuards\n");
    for guard in &plan.guards {
        to(Tone::Removed, &format!("  {}\n", shown(&phrase::guard(guard))));
        for found in guard.found.iter().take(FOUND_NAMED) {
            to(Tone::Plain, &format!("    {}", shown(&phrase::found(found))));
            let place = plan
                .facts
                .get(found.fact)
                .map(|fact| place(fact.side(), &fact.place, lines));
            to(Tone::Faint, &format!("  {}\n", place.unwrap_or_default()));
        }
        if let Some(more) = more(guard) {
            to(Tone::Plain, &format!("    and {more} more\n"));
        }
    }
    to(
        Tone::Faint,
        &format!(
            "  {NOT_REFUSED} `dockspace explain {}` says why.\n",
            first.code.as_str()
        ),
    );
}

/// A guard in one line, with the first few things it found.
#[must_use]
pub fn guard(guard: &Guard) -> String {
    const NAMED: usize = 3;
    let found = guard.found.iter().take(NAMED).map(|found| shown(&phrase::found(found)));
    let found: Vec<String> = found.collect();
    let more = match guard.found.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}: {}{more}", shown(&phrase::guard(guard)), found.join(", "))
}

/// How many things a guard found besides those named.
pub(super) fn more(guard: &Guard) -> Option<usize> {
    guard.found.len().checked_sub(FOUND_NAMED).filter(|more| *more > 0)
}

/// What guards do today.
pub(super) const NOT_REFUSED: &str = "Look at these twice: neither `plan` nor `apply` refuses them.";

fn footer(plan: &Plan, to: &mut dyn FnMut(Tone, &str)) {
    let from = plan
        .base
        .as_ref()
        .map_or_else(|| "nothing applied yet".to_owned(), version);
    if plan.is_empty() {
        to(Tone::Plain, &format!("Nothing to change: {from} is in force.\n"));
    } else {
        to(Tone::Heading, &format!("Plan {}", plan.id()));
        let count = plan.facts.len();
        let changes = if count == 1 { "change" } else { "changes" };
        let head = version(&plan.head);
        to(Tone::Plain, &format!(": {count} {changes}, from {from} to {head}\n"));
    }
    if plan.files.is_none() {
        to(
            Tone::Faint,
            "Files not compared: rendering them needs the host's identity.\n",
        );
    }
}

/// The first digits of the commit.
pub(super) fn version(version: &Version) -> String {
    match &version.commit {
        Some(commit) => commit.chars().take(12).collect(),
        None => "the work tree (not committed)".to_owned(),
    }
}

/// The sentence on one line; a value with blanks in it stands in quotation marks.
fn shown(phrase: &Phrase<'_>) -> String {
    let mut line = String::with_capacity(120);
    for piece in phrase.pieces() {
        match piece {
            Piece::Word(word) => line.push_str(word),
            Piece::Given(text) => {
                let text = visible(text);
                if text.is_empty() || text.contains([' ', '"']) {
                    line.push('"');
                    line.push_str(&text.replace('"', "\\\""));
                    line.push('"');
                } else {
                    line.push_str(&text);
                }
            }
        }
    }
    line
}
