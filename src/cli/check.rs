//! `dockspace check`.

use clap::ValueEnum;

use super::{
    Exit, Global,
    context::Context,
    failure::{Outcome, Strictness, verdict},
    report,
    ui::Ui,
};

/// Check the organisation repository: every problem of every file, at once.
///
/// Needs no key, no network and no mail server. Ends with 3 when the repository cannot be used.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Check this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

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
    let texts = context.texts(&source);
    match args.format {
        Format::Json => ui.data(&report::json(&diagnostics, &texts))?,
        Format::Github => ui.data(&report::github(&diagnostics, &texts))?,
        Format::Gitlab => ui.data(&report::gitlab(&diagnostics, &texts))?,
        Format::Text if diagnostics.is_empty() => {}
        Format::Text => ui.talk_line(&report::text(&diagnostics, &texts, ui.styled())),
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

fn plural(count: usize, word: &str) -> String {
    match (count, word.ends_with('s')) {
        (1, _) => format!("1 {word}"),
        (_, true) => format!("{count} {word}es"),
        (_, false) => format!("{count} {word}s"),
    }
}
