//! `dockspace site`.

mod build;
mod kept;
mod load;
mod preview;
mod serve;

pub(super) use kept::Kept;
pub(super) use load::Loaded;

use clap::Subcommand;

use super::{Global, failure::Outcome, ui::Ui};

/// Build the static site: who is who, who may sign in where and why, where mail goes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(build::Args),
    Serve(serve::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.command {
        Command::Build(args) => build::run(ui, global, args),
        Command::Serve(args) => serve::run(ui, global, args),
    }
}
