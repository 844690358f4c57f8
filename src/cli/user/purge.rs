//! `dockspace user purge`.

use camino::Utf8Path;
use jiff::tz::TimeZone;

use super::new::paths;
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        lookup,
        ui::Ui,
    },
    document::Value,
    model::{Claim, ClaimValue, Desired, State, User},
    snapshot::Source,
};

/// Delete the files of a removed user for good.
///
/// What stays is a line in `retired.toml`: the id, which nobody may get again, the address and the date. The history of the
/// repository still has the files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailbox that was, such as alice@example.org.
    address: String,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let user = lookup::user(&snapshot.desired, &args.address)?;
    if user.state != State::Absent {
        let refusal = format!(
            "{} is {}: only who was removed can be purged",
            user.address,
            user.state.as_str()
        );
        return Err(Failure::message(Exit::Error, refusal).hint(format!("dockspace user remove {}", user.address)));
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    for path in paths(&user.address) {
        draft.remove(&path);
    }
    if let Some(picture) = own_picture(&snapshot.desired, user) {
        draft.remove(picture);
    }
    let today = context.clock.now().to_zoned(TimeZone::UTC).date();
    let tombstone: [(&str, Value); 3] = [
        ("id", user.id.as_str().into()),
        ("address", user.address.as_str().into()),
        ("date", today.into()),
    ];
    draft.edit("retired.toml".into(), |file| file.append("retired", &tombstone))?;
    let subject = format!("user purge {}", user.address);
    edit::finish(ui, &context, draft, &args.edit, &subject).map(Exit::from)
}

/// The user's picture, unless somebody else shows the same.
fn own_picture<'a>(desired: &Desired, user: &'a User) -> Option<&'a Utf8Path> {
    let picture = |user: &'a User| match user.profile.claims.get(&Claim::Picture) {
        Some(ClaimValue::Clear(path)) if path.starts_with("pictures/") => Some(path.as_str()),
        _ => None,
    };
    let own = picture(user)?;
    let is_shared = desired.users.values().any(|other| {
        other.address != user.address
            && matches!(other.profile.claims.get(&Claim::Picture), Some(ClaimValue::Clear(path)) if path == own)
    });
    (!is_shared).then(|| own.into())
}
