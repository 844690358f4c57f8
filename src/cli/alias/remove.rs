//! `dockspace alias remove`.

use super::route::{Route, target};
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::Outcome,
        items::{self, Items},
        ui::Ui,
    },
    snapshot::Source,
};

/// Remove targets of an alias, or the whole alias. With its last target it goes too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The alias, such as sales@example.org, or @example.org for the catch-all.
    address: String,

    /// Where its mail goes no longer; without any, the alias is removed.
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let route = Route::parse(&args.address)?;
    let present: Vec<String> = route.get(&snapshot.desired)?.targets.iter().map(target).collect();
    let path = route.path(&snapshot.desired)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut file = draft.editor(&path)?;
    items::change(&mut file, &route.key(), &present, Items(&[], &args.targets))?;
    if args.targets.is_empty() || present.iter().all(|target| args.targets.contains(target)) {
        file.remove(&route.whole())?;
    }
    draft.put(&path, file);
    edit::finish(ui, &context, draft, &args.edit, &format!("alias remove {route}")).map(Exit::from)
}
