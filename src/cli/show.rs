//! A plan on the terminal, as JSON or as Markdown.

use std::cell::OnceCell;
use std::io::{BufWriter, Write};

use anstyle::{AnsiColor, Style};
use camino::Utf8Path;
use clap::ValueEnum;

use super::{context::Context, failure::Failure, findings, report, ui::Ui};
use crate::{
    diagnostic::Place,
    model::change::Side,
    plan::{
        Plan, json, markdown,
        text::{self, Tone},
    },
    repo::Reader,
    snapshot::Source,
};

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// For people.
    Text,
    /// For people in a hurry: changes are counted.
    Summary,
    /// `dockspace.plan/1`, for programs.
    Json,
    /// For one comment of a pull request.
    Markdown,
    /// Annotations for GitHub Actions: what to look at twice.
    Github,
}

/// The two revisions that a plan's places point into.
pub(super) struct Sides<'a> {
    context: &'a Context,
    base: Option<&'a Source>,
    head: &'a Source,
    readers: [OnceCell<Option<Reader<'a>>>; 2],
}

impl<'a> Sides<'a> {
    pub(super) const fn new(context: &'a Context, base: Option<&'a Source>, head: &'a Source) -> Self {
        Self {
            context,
            base,
            head,
            readers: [const { OnceCell::new() }; 2],
        }
    }

    /// The text of a file; of one that is gone, what it was.
    fn text(&self, path: &Utf8Path) -> Option<String> {
        let before = || self.base?.text(&self.context.repo, path);
        self.head.text(&self.context.repo, path).or_else(before)
    }

    /// Line and column of a place.
    pub(super) fn line(&self, side: Side, place: &Place) -> Option<(usize, usize)> {
        // The start of a file needs no look at it: thousands of people may be new at once.
        if place.span.start == 0 {
            return Some((1, 1));
        }
        let (source, reader) = match side {
            Side::Before => (self.base?, &self.readers[0]),
            Side::After => (self.head, &self.readers[1]),
        };
        let text = match source {
            Source::WorkTree => source.text(&self.context.repo, &place.path)?,
            Source::Revision(revision) => {
                let reader = reader.get_or_init(|| self.context.repo.reader(revision).ok());
                String::from_utf8(reader.as_ref()?.read(&place.path).ok()??).ok()?
            }
        };
        Some(place.span.line_column(&text))
    }
}

/// What GitHub takes in one comment, with room for what a pipeline adds.
const COMMENT_BYTES: usize = 60_000;

/// Prints `plan` on standard output.
pub(super) fn plan(ui: &mut Ui, plan: &Plan, sides: &Sides<'_>, format: PlanFormat) -> Result<(), Failure> {
    let lines = |side: Side, place: &Place| sides.line(side, place);
    // Part by part, so that a plan of everybody is not held in memory once more as text.
    let mut out = BufWriter::with_capacity(1 << 16, ui.results());
    let mut written = Ok(());
    let mut styled = |tone, part: &str| {
        let style = style(tone);
        if written.is_ok() {
            written = write!(out, "{style}{part}{style:#}");
        }
    };
    match format {
        PlanFormat::Text => text::write(plan, &lines, &mut styled),
        PlanFormat::Summary => text::write_summary(plan, &lines, &mut styled),
        PlanFormat::Json => {
            json::write(plan, &lines, &mut out)?;
            writeln!(out)?;
        }
        PlanFormat::Github => {
            let guards = findings::diagnostics(&plan.facts, &plan.guards);
            out.write_all(report::github(&guards, &|path| sides.text(path)).as_bytes())?;
        }
        PlanFormat::Markdown => out.write_all(markdown::write(plan, &lines, COMMENT_BYTES).as_bytes())?,
    }
    written?;
    out.flush()?;
    Ok(())
}

/// Prints the problems of `head` in place of a plan, when it cannot be used; says whether it did.
pub(super) fn problems(ui: &mut Ui, context: &Context, head: &Source) -> Result<bool, Failure> {
    let (snapshot, diagnostics) = context.load_to_compare(head.clone())?;
    if snapshot.is_some() {
        return Ok(false);
    }
    let line = |place: &Place| Some(place.span.line_column(&head.text(&context.repo, &place.path)?));
    ui.data(&markdown::problems(&diagnostics, &line, COMMENT_BYTES))?;
    Ok(true)
}

const fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Added => AnsiColor::Green.on_default(),
        Tone::Removed => AnsiColor::Red.on_default(),
        Tone::Changed => AnsiColor::Yellow.on_default(),
        Tone::Heading => Style::new().bold(),
        Tone::Faint => Style::new().dimmed(),
    }
}
