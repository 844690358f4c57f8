//! `dockspace user lock`, `suspend` and `resume`.

use super::protection::Answer;
use crate::{
    cli::{Global, context::Context, draft::Draft, edit, exit::Exit, failure::Outcome, lookup, ui::Ui},
    model::State,
    snapshot::Source,
};

/// Whose state to change.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailbox, such as alice@example.org.
    address: String,

    #[command(flatten)]
    answer: Answer,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args, state: State) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let verb = verb(state);
    let user = match state {
        State::Active => lookup::user(&snapshot.desired, &args.address)?,
        State::Locked | State::Suspended | State::Absent => lookup::present_user(&snapshot.desired, &args.address)?,
    };
    if state != State::Active && user.state != state {
        args.answer.allows(ui, verb, user)?;
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.edit(user.origin.path(), |file| match state {
        State::Active => file.remove(&["state"]),
        State::Locked | State::Suspended | State::Absent => file.set(&["state"], state.as_str()),
    })?;
    edit::finish(
        ui,
        &context,
        draft,
        &args.edit,
        &format!("user {verb} {}", user.address),
    )
    .map(Exit::from)
}

const fn verb(state: State) -> &'static str {
    match state {
        State::Active => "resume",
        State::Locked => "lock",
        State::Suspended => "suspend",
        State::Absent => "remove",
    }
}
