//! `dockspace user rename`.

use super::{
    new::paths,
    protection::Answer,
    references::{self, Fate},
};
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit::{self, Ending},
        failure::{Failure, Outcome},
        lookup,
        ui::Ui,
    },
    model::{Address, User},
    snapshot::Source,
};

/// Give a user another mailbox address.
///
/// The id, the username and the credentials stay, so that every app knows the person again. The old address becomes an alias;
/// alias targets, forwards, owners and managers name the new one. The mail itself must be moved on the mail server: the command
/// to do so is printed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailbox as it is now.
    old: String,

    /// The mailbox as it shall be.
    new: String,

    #[command(flatten)]
    answer: Answer,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let user = lookup::present_user(&snapshot.desired, &args.old)?;
    let new = lookup::mailbox(&args.new)?;
    if let Some(other) = snapshot.desired.user(&new) {
        return Err(lookup::user_exists(other));
    }
    args.answer.allows(ui, "rename", user)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    references::carry(
        &mut draft,
        &snapshot.desired,
        &Fate::Renamed(user.address.clone(), new.clone()),
    )?;
    move_files(&mut draft, user, &new)?;
    let subject = format!("user rename {} {new}", user.address);
    let ending = edit::finish(ui, &context, draft, &args.edit, &subject)?;
    if ending == Ending::Written && user.has_service("mail") {
        ui.say("Once this is applied, move the mail on the mail server:");
        ui.data(&format!("mv {} {}\n", maildir(&user.address), maildir(&new)))?;
    }
    Ok(ending.into())
}

/// Moves the user's files and makes the old address an alias.
fn move_files(draft: &mut Draft<'_>, user: &User, new: &Address) -> Result<(), Failure> {
    let (old, paths_after) = (paths(&user.address), paths(new));
    for (from, to) in old.iter().zip(&paths_after) {
        draft.rename(from, to)?;
    }
    let [file, ..] = paths_after;
    draft.edit(&file, |file| {
        file.take(&["aliases"], new.as_str())?;
        if user.has_service("mail") {
            file.add(&["aliases"], user.address.as_str())?;
        }
        Ok(file)
    })
}

/// Where docker-mailserver keeps the mail of a mailbox.
fn maildir(address: &Address) -> String {
    format!("/var/mail/{}/{}", address.domain(), address.local())
}
