//! `dockspace user remove`.

use super::{
    protection::Answer,
    references::{self, Fate},
};
use crate::{
    cli::{Global, context::Context, draft::Draft, edit, exit::Exit, failure::Outcome, lookup, ui::Ui},
    model::{Address, Class, Desired, State, User},
    snapshot::Source,
};

/// Remove a user: no sign-in, no mailbox, no mail.
///
/// The file stays with `state = "absent"`, so that nobody else gets the id and the change can be undone; `user purge` ends that.
/// The address and the user's aliases are taken out of alias targets, forwards, owners and managers, and a shared alias that
/// would lead nowhere goes too. Dockspace never deletes mail.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailbox, such as alice@example.org.
    address: String,

    #[command(flatten)]
    answer: Answer,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let user = lookup::user(&snapshot.desired, &args.address)?;
    if user.state != State::Absent {
        args.answer.allows(ui, "remove", user)?;
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.edit(user.origin.path(), |file| file.set(&["state"], State::Absent.as_str()))?;
    if user.state != State::Absent {
        references::carry(&mut draft, &snapshot.desired, &Fate::removal(&snapshot.desired, user))?;
        for shared in left_alone(&snapshot.desired, user) {
            ui.warn(&format!(
                "{shared} is left without an owner: dockspace user set {shared} --add-owner ADDRESS"
            ));
        }
    }
    let subject = format!("user remove {}", user.address);
    edit::finish(ui, &context, draft, &args.edit, &subject).map(Exit::from)
}

/// The shared mailboxes that `user` alone owns.
fn left_alone<'a>(desired: &'a Desired, user: &'a User) -> impl Iterator<Item = &'a Address> {
    let is_owned =
        |shared: &&User| matches!(&shared.class, Class::Shared { owners } if *owners == [user.address.clone()]);
    desired
        .users
        .values()
        .map(Box::as_ref)
        .filter(is_owned)
        .map(|shared| &shared.address)
}
