//! `dockspace user …`: people, shared mailboxes and test users.

mod add;
mod batch;
mod initial;
mod list;
mod new;
mod passwd;
mod protection;
mod purge;
mod references;
mod remove;
mod rename;
mod set;
mod show;
mod state;
mod totp;
mod view;

use clap::Subcommand;

pub(super) use passwd::{personal, refuse_weak};

use super::{Global, failure::Outcome, ui::Ui};
use crate::model::State;

/// People and mailboxes: add, change, lock, remove, list; passwords and second factors.
///
/// The commands edit the files of the work tree, keep every comment in them, and write nothing unless the whole organisation
/// is valid afterwards. Look at the result with `git diff` or commit it at once with `--commit`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(add::Args),
    Set(set::Args),
    Rename(rename::Args),
    /// Accept no password and no sign-in, but go on delivering mail.
    Lock(state::Args),
    /// Take sign-in and mailbox away and keep everything: mail is refused as if there were no such address.
    Suspend(state::Args),
    /// Make a locked, suspended or removed user active again.
    Resume(state::Args),
    Remove(remove::Args),
    Purge(purge::Args),
    List(list::Args),
    Show(show::Args),
    Passwd(passwd::Args),
    Totp(totp::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: Args) -> Outcome {
    match args.verb {
        Verb::Add(args) => add::run(ui, global, args),
        Verb::Set(args) => set::run(ui, global, &args),
        Verb::Rename(args) => rename::run(ui, global, &args),
        Verb::Lock(args) => state::run(ui, global, &args, State::Locked),
        Verb::Suspend(args) => state::run(ui, global, &args, State::Suspended),
        Verb::Resume(args) => state::run(ui, global, &args, State::Active),
        Verb::Remove(args) => remove::run(ui, global, &args),
        Verb::Purge(args) => purge::run(ui, global, &args),
        Verb::List(args) => list::run(ui, global, &args),
        Verb::Show(args) => show::run(ui, global, &args),
        Verb::Passwd(args) => passwd::run(ui, global, args),
        Verb::Totp(args) => totp::run(ui, global, &args),
    }
}
