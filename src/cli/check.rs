//! `dockspace check`.

use camino::Utf8Path;
use clap::ValueEnum;

use super::{
    Exit, Global,
    context::Context,
    failure::{Failure, Outcome, Strictness, verdict},
    findings::{self, Findings},
    report,
    ui::Ui,
};
use crate::{
    diagnostic::{Diagnostic, Report},
    model::rule,
    snapshot::{Snapshot, Source},
};

/// Check the organisation repository: every problem of every file, at once.
///
/// Needs no key, no network and no mail server. Ends with 3 when the repository cannot be used, or breaks one of its own rules
/// ([policy.rules]). With `--base` the change since that commit is held against the rules of that commit too, and shown with
/// what to look at twice.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Check this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// Also judge the change since this commit, by the rules and limits it had.
    #[arg(long, value_name = "REV")]
    base: Option<String>,

    /// Take warnings as errors.
    #[arg(long)]
    strict: bool,

    /// How to print the problems.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Source excerpts, for people.
    Text,
    /// One JSON document.
    Json,
    /// Annotations for GitHub Actions.
    Github,
    /// A Code Quality report for GitLab CI.
    Gitlab,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let (snapshot, diagnostics) = context.load_to_compare(source.clone())?;
    let base = args.base.as_deref().map(|rev| context.source(Some(rev))).transpose()?;
    let Findings { broken, guards } = match &snapshot {
        Some(snapshot) => judged(ui, &context, base.as_ref(), snapshot)?,
        None => Findings::default(),
    };
    let diagnostics = together(diagnostics, broken);
    let shown = [diagnostics.as_slice(), &guards].concat();
    // What is gone stands in the base alone.
    let texts = |path: &Utf8Path| {
        let before = || base.as_ref()?.text(&context.repo, path);
        source.text(&context.repo, path).or_else(before)
    };
    match args.format {
        Format::Json => ui.data(&report::json(&shown, &texts))?,
        Format::Github => ui.data(&report::github(&shown, &texts))?,
        Format::Gitlab => ui.data(&report::gitlab(&shown, &texts))?,
        Format::Text if shown.is_empty() => {}
        Format::Text => ui.talk_line(&report::text(&shown, &texts, ui.styled())),
    }
    let strictness = if args.strict {
        Strictness::Strict
    } else {
        Strictness::Normal
    };
    let exit = verdict(&diagnostics, strictness);
    if let (Exit::Done, Some(snapshot)) = (exit, &snapshot) {
        let desired = &snapshot.desired;
        ui.status(
            "Valid:",
            &format!(
                "{}, {}, {}, {}",
                plural(desired.users.len(), "user"),
                plural(desired.aliases.len(), "shared alias"),
                plural(desired.groups.len(), "group"),
                plural(desired.clients.len(), "app"),
            ),
        );
    }
    // The process ends here, and the system takes its memory back faster than a million pieces of it are freed.
    std::mem::forget(snapshot);
    Ok(exit)
}

/// The rules of the organisation itself, and what was found since `base`.
fn judged(ui: &mut Ui, context: &Context, base: Option<&Source>, snapshot: &Snapshot) -> Result<Findings, Failure> {
    let desired = &snapshot.desired;
    let mut findings = match base {
        Some(base) => findings::since(ui, context, base, snapshot)?,
        None => Findings::default(),
    };
    findings.broken.append(rule::state(&desired.policy, desired));
    Ok(findings)
}

fn together(diagnostics: Vec<Diagnostic>, mut report: Report) -> Vec<Diagnostic> {
    diagnostics.into_iter().for_each(|diagnostic| report.push(diagnostic));
    report.sorted()
}

fn plural(count: usize, word: &str) -> String {
    match (count, word.ends_with('s')) {
        (1, _) => format!("1 {word}"),
        (_, true) => format!("{count} {word}es"),
        (_, false) => format!("{count} {word}s"),
    }
}
