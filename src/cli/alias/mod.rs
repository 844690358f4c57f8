//! `dockspace alias …`: addresses that are nobody's mailbox, and catch-alls.

mod add;
mod list;
mod remove;
mod route;
mod set;
mod show;

use clap::Subcommand;

use super::{Global, failure::Outcome, ui::Ui};

/// Shared aliases and catch-alls: add, change, remove, list.
///
/// An address such as `sales@example.org` leads to mailboxes, other aliases, addresses elsewhere or, as `group:NAME`, to the
/// members of a group. `@example.org` is the catch-all of that domain. An alias of one person is better kept with the person:
/// `user set ADDRESS --add-alias ALIAS`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(add::Args),
    Set(set::Args),
    Remove(remove::Args),
    List(list::Args),
    Show(show::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.verb {
        Verb::Add(args) => add::run(ui, global, args),
        Verb::Set(args) => set::run(ui, global, args),
        Verb::Remove(args) => remove::run(ui, global, args),
        Verb::List(args) => list::run(ui, global, args),
        Verb::Show(args) => show::run(ui, global, args),
    }
}
