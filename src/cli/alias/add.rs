//! `dockspace alias add`.

use super::route::Route;
use crate::{
    cli::{Global, context::Context, draft::Draft, edit, exit::Exit, failure::Outcome, ui::Ui},
    snapshot::Source,
};

/// Add targets to an alias, which is made when there is none.
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
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.edit(&route.path(&snapshot.desired)?, |file| {
        args.targets
            .iter()
            .try_fold(file, |file, target| file.add(&route.key(), target))
    })?;
    edit::finish(ui, &context, draft, &args.edit, &format!("alias add {route}")).map(Exit::from)
}
