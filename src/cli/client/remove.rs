//! `dockspace client remove`.

use crate::{
    cli::{Global, context::Context, draft::Draft, edit, exit::Exit, failure::Outcome, lookup, ui::Ui},
    snapshot::Source,
};

/// Remove an app: nobody can sign in to it any more, and everybody in it is signed out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The client id.
    id: String,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let client = lookup::client(&snapshot.desired, &args.id)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.remove(client.origin.path());
    edit::finish(ui, &context, draft, &args.edit, &format!("client remove {}", client.id)).map(Exit::from)
}
