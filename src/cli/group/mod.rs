//! `dockspace group …`: groups, and who is in them.

mod add;
mod list;
mod members;
mod remove;
mod set;
mod show;
mod view;

use camino::Utf8PathBuf;
use clap::Subcommand;

use super::{Global, failure::Outcome, ui::Ui};

/// Groups: add, change, remove, list, and their members.
///
/// A group says which apps its members may sign in to, and can be a target of aliases. Who is a member stands on each user.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(add::Args),
    Set(set::Args),
    Members(members::Args),
    Remove(remove::Args),
    List(list::Args),
    Show(show::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.verb {
        Verb::Add(args) => add::run(ui, global, args),
        Verb::Set(args) => set::run(ui, global, args),
        Verb::Members(args) => members::run(ui, global, args),
        Verb::Remove(args) => remove::run(ui, global, args),
        Verb::List(args) => list::run(ui, global, args),
        Verb::Show(args) => show::run(ui, global, args),
    }
}

/// The file of the group `name`, which must follow the grammar of names.
fn path(name: &crate::model::GroupName) -> Utf8PathBuf {
    format!("groups/{name}.toml").into()
}
