//! A plan on the terminal, as JSON or as Markdown.

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use super::{context::Context, failure::Failure, ui::Ui};
use crate::{
    diagnostic::Place,
    model::change::Side,
    plan::{
        Plan, json, markdown,
        text::{self, Tone},
    },
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
}

/// The two revisions that a plan's places point into.
pub(super) struct Sides<'a> {
    pub(super) context: &'a Context,
    pub(super) base: Option<&'a Source>,
    pub(super) head: &'a Source,
}

impl Sides<'_> {
    /// Line and column of a place.
    pub(super) fn line(&self, side: Side, place: &Place) -> Option<(usize, usize)> {
        let source = match side {
            Side::Before => self.base?,
            Side::After => self.head,
        };
        source
            .text(&self.context.repo, &place.path)
            .map(|text| place.span.line_column(&text))
    }
}

/// What GitHub takes in one comment, with room for what a pipeline adds.
const COMMENT_BYTES: usize = 60_000;

/// Prints `plan` on standard output.
pub(super) fn plan(ui: &mut Ui, plan: &Plan, sides: &Sides<'_>, format: PlanFormat) -> Result<(), Failure> {
    let lines = |side: Side, place: &Place| sides.line(side, place);
    let mut out = String::new();
    let mut styled = |tone, part: &str| {
        let style = style(tone);
        out.push_str(&format!("{style}{part}{style:#}"));
    };
    match format {
        PlanFormat::Text => text::write(plan, &lines, &mut styled),
        PlanFormat::Summary => text::write_summary(plan, &mut styled),
        PlanFormat::Json => {
            let mut bytes = Vec::new();
            json::write(plan, &lines, &mut bytes)?;
            bytes.push(b'\n');
            out = String::from_utf8(bytes)?;
        }
        PlanFormat::Markdown => out = markdown::write(plan, &lines, COMMENT_BYTES),
    }
    ui.data(&out)?;
    Ok(())
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
