//! `dockspace site build`.

use camino::Utf8PathBuf;

use super::load::{self, Loaded};
use super::preview;
use crate::{
    cli::{Exit, Global, context::Context, failure::Outcome, ui::Ui},
    plan::Action,
    site::Changes,
    target::SiteTarget,
};

/// Write the pages of a revision into a folder. A folder that a site was built in before gets only what changed.
///
/// The pages open from the folder, without a server. `internal/` holds everything that the organisation's people may know of
/// each other; `public/` is what anybody may see.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder: new, empty, or one that a site was built in.
    #[arg(long, value_name = "DIR")]
    out: Utf8PathBuf,

    /// Build this commit instead of the work tree.
    #[arg(long, value_name = "REV", conflicts_with = "plan")]
    rev: Option<String>,

    /// Show what this plan would lead to, with a page that says what changes, for whom, and who gains or loses access. It is
    /// what `dockspace plan --out FILE` or `dockspace plan --format json` wrote.
    #[arg(long, value_name = "FILE")]
    plan: Option<Utf8PathBuf>,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let saved = args
        .plan
        .as_deref()
        .map(|path| preview::read(&context, path))
        .transpose()?;
    let source = match &saved {
        Some(saved) => saved.head.clone(),
        None => load::committed(&context, context.source(args.rev.as_deref())?)?,
    };
    let target = SiteTarget::new(args.out.clone());
    let before = target.record()?;
    // A preview is compared with nothing: it is about everybody whom the change concerns.
    let loaded = Loaded::load(ui, &context, &source, before.as_ref().filter(|_| saved.is_none()))?;
    let plan = saved
        .map(|saved| saved.plan(ui, &context, loaded.desired()))
        .transpose()?;
    let site = loaded.site(plan.as_ref());
    let changes = Changes::between(before.as_ref(), &site)?;
    target.write(&site, &changes)?;
    ui.status("Built", &said(&changes));
    let first = plan.as_ref().map_or("internal/index.html", |_| "internal/plan.html");
    ui.say(&format!("  {}", args.out.join(first)));
    drop(site);
    // The process ends here, and the system takes its memory back faster than a million pieces of it are freed.
    std::mem::forget((loaded, changes, before));
    Ok(Exit::Done)
}

fn said(changes: &Changes) -> String {
    let count = |action: Action| changes.files.iter().filter(|file| file.action == action).count();
    let parts = [
        (count(Action::Create), "new"),
        (count(Action::Update), "changed"),
        (count(Action::Delete), "removed"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let total = changes.record.paths().count();
    if parts.is_empty() {
        format!("{total} files, none of which changed")
    } else {
        format!("{total} files: {}", parts.join(", "))
    }
}
