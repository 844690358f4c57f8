//! `dockspace client …`: apps that people sign in to.

mod add;
mod facts;
mod list;
mod remove;
mod secret;
mod set;
mod show;
mod view;

use clap::Subcommand;

use super::{Global, failure::Outcome, ui::Ui};

/// Apps: OpenID Connect clients and sites behind forward-auth.
///
/// The commands edit `clients/CLIENT_ID.toml`. Nobody may sign in to an app before it lists a group: `--group NAME`, or
/// `--group "*"` for every active person.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(Box<add::Args>),
    Set(Box<set::Args>),
    Secret(secret::Args),
    Remove(remove::Args),
    List(list::Args),
    Show(show::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.verb {
        Verb::Add(args) => add::run(ui, global, args),
        Verb::Set(args) => set::run(ui, global, args),
        Verb::Secret(args) => secret::run(ui, global, args),
        Verb::Remove(args) => remove::run(ui, global, args),
        Verb::List(args) => list::run(ui, global, args),
        Verb::Show(args) => show::run(ui, global, args),
    }
}
