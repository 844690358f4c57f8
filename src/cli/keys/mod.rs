//! `dockspace keys …`: the keys that sign tokens.

mod add;
mod list;
mod retire;

use clap::Subcommand;

use super::{Global, failure::Outcome, ui::Ui};

pub(super) use add::{key_id, new_file, path};

/// Keys that sign tokens: list, add, retire.
///
/// Apps fetch the public parts and verify tokens with them; the private parts stand sealed in the repository. Rotation is a commit: a
/// new key signs from then on, the old one stays published until its last token has expired, then it goes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Add(add::Args),
    Retire(retire::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.verb {
        Verb::List(args) => list::run(ui, global, args),
        Verb::Add(args) => add::run(ui, global, args),
        Verb::Retire(args) => retire::run(ui, global, args),
    }
}
