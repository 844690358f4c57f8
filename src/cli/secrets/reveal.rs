//! `dockspace secrets reveal`.

use super::{Key, Place};
use crate::{
    cli::{
        Global,
        context::Context,
        exit::Exit,
        failure::{Failure, Outcome},
        ui::Ui,
    },
    seal::OpenError,
    snapshot::Source,
};

/// Open one sealed value and print it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    key: Key,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let at = args.place.find(&desired)?;
    let identity = args.key.read(&context)?;
    let value = identity
        .open(at.sealed, &at.owner, &at.field())
        .map_err(|error: OpenError| Failure::new(Exit::Error, error).hint(error.hint()))?;
    if ui.shows_results() {
        ui.warn("this is a secret: clear the screen when you have read it");
    }
    ui.data(&format!("{}\n", value.expose()))?;
    Ok(Exit::Done)
}
