//! `dockspace secrets seal`.

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
        lookup, sealing,
        ui::Ui,
    },
    document::{Kind, takes_sealed},
    model::Desired,
    seal::Owner,
    snapshot::Source,
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
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let (path, steps) = (args.place.path(), args.place.steps()?);
    let key: Vec<&str> = steps.iter().map(String::as_str).collect();
    let owner = owner(&desired, args, &key)?;
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

/// Whose value it will be.
fn owner(desired: &Desired, args: &Args, key: &[&str]) -> Result<Owner, Failure> {
    let path = args.place.path();
    let owner = match Kind::of(&path) {
        Some(kind) if !takes_sealed(kind, key) => None,
        Some(Kind::MailSealed) => Some(Owner::Mail),
        Some(Kind::Sealed | Kind::Profile) => desired
            .users
            .values()
            .find(|user| user.sealed_path() == path || user.profile_path() == path)
            .map(|user| Owner::User(user.id.as_str().to_owned())),
        _ => None,
    };
    owner.ok_or_else(|| {
        let text = format!("no sealed value belongs to {} in {path}", lookup::quoted(&args.place.key));
        Failure::message(Exit::Error, text)
            .hint("the format reference says where there are sealed values: `dockspace schema sealed`, `… mail-sealed`, `… profile`")
    })
}
