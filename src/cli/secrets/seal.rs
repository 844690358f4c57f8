//! `dockspace secrets seal`.

use std::sync::Arc;

use camino::Utf8Path;

use super::{Place, sound};
use crate::{
    auth::password,
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        lookup, report, sealing,
        ui::Ui,
    },
    document::{Kind, takes_sealed},
    model::Desired,
    seal::{Identity, Owner, seal},
};

/// Seal a value and put it into a file.
///
/// Asks for the value twice, or takes the first line of standard input where nobody can be asked. Where a password hash belongs,
/// --hash makes one of a password in clear.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,

    /// The value is a password in clear: seal its hash.
    #[arg(long)]
    hash: bool,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let (path, steps) = (args.place.path(), args.place.steps()?);
    let key: Vec<&str> = steps.iter().map(String::as_str).collect();
    let nobody = || {
        let text = format!(
            "no sealed value belongs to {} in {path}",
            lookup::quoted(&args.place.key)
        );
        Failure::message(Exit::Error, text).hint(
            "`dockspace schema sealed`, `schema mail-sealed` and `schema profile` say where there are sealed values",
        )
    };
    if !Kind::of(&path).is_some_and(|kind| takes_sealed(kind, &key)) {
        return Err(nobody());
    }
    let desired = foreseen(ui, &context, &path, &key)?;
    let owner = owner(&desired, &path).ok_or_else(nobody)?;
    let recipients = sealing::recipients(&desired)?;
    let mut value = ui.secret("Value")?;
    if args.hash {
        let hash = password::hash(&value, desired.policy.password.sha512_rounds)?;
        value = hash.as_str().into();
    }
    if let Some(fault) = sound::fault(&desired, &owner, &steps, &value) {
        let text = format!("this value does not belong there: {fault}");
        let hint = key
            .ends_with(&["password"])
            .then_some("--hash seals the hash of a password in clear");
        return Err(Failure::message(Exit::Error, text).hint_if(hint));
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    sealing::put(&mut draft, &path, &key, (&recipients, &owner), &value)?;
    let subject = format!("secrets: {path}: new {}", args.place.key);
    Ok(edit::finish(ui, &context, draft, &args.edit, &subject)?.into())
}

/// The organisation as it will be. Without the value it may not be valid: a relay's user and its password need each other.
fn foreseen(ui: &mut Ui, context: &Context, path: &Utf8Path, key: &[&str]) -> Result<Arc<Desired>, Failure> {
    let nobody = Identity::generate();
    let stand_in = seal(nobody.recipients(), &Owner::Mail, "", 1, &"".into())?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.edit(path, |file| file.set(key, stand_in.as_str()))?;
    let edits = draft.into_edits();
    match context.load_edited(&edits)? {
        (Some(snapshot), _) => Ok(snapshot.desired),
        (None, problems) => {
            ui.talk_line(&report::text(&problems, &context.texts_edited(&edits), ui.styled()));
            Err(Failure::shown(Exit::Invalid))
        }
    }
}

/// Whose values stand in the file.
fn owner(desired: &Desired, path: &Utf8Path) -> Option<Owner> {
    match Kind::of(path)? {
        Kind::MailSealed => Some(Owner::Mail),
        Kind::Sealed | Kind::Profile => desired
            .users
            .values()
            .find(|user| user.sealed_path() == path || user.profile_path() == path)
            .map(|user| Owner::User(user.id.as_str().to_owned())),
        // A private key comes with its public one: `keys add` makes both.
        _ => None,
    }
}
