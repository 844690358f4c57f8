//! `dockspace alias set`.

use super::route::Route;
use crate::{
    cli::{Global, context::Context, draft::Draft, edit, exit::Exit, failure::Outcome, ui::Ui},
    snapshot::Source,
};

/// Make an alias lead to these targets and to no others.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The alias, such as sales@example.org, or @example.org for the catch-all.
    address: String,

    /// Where its mail goes: addresses, or group:NAME.
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let route = Route::parse(&args.address)?;
    route.get(&snapshot.desired)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.edit(&route.path(&snapshot.desired)?, |file| {
        file.set(&route.key(), args.targets.clone())
    })?;
    edit::finish(ui, &context, draft, &args.edit, &format!("alias set {route}")).map(Exit::from)
}
