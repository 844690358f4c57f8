//! `dockspace keys retire`.

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
    model::{Desired, KeyState, SigningKey},
    snapshot::Source,
};

/// Let a key sign no longer.
///
/// It stays published, so that the tokens it signed can be verified. With --remove its file goes too, which is for when the last of
/// them has expired.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key, as `keys list` shows it.
    kid: String,

    /// Remove its file: what it signed can no longer be verified.
    #[arg(long)]
    remove: bool,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let key = desired.keys.get(args.kid.as_str()).ok_or_else(|| {
        lookup::missing("key", &args.kid).hint_if(lookup::did_you_mean(
            &args.kid,
            desired.keys.keys().map(|kid| kid.as_str()),
            "keys",
        ))
    })?;
    refuse_last(&desired, key)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let done = if args.remove {
        draft.remove(key.origin.path());
        "removed"
    } else {
        draft.edit(key.origin.path(), |file| {
            file.set(&["state"], KeyState::Published.as_str())
        })?;
        "retired"
    };
    let subject = format!("keys: {}: {done}", key.id);
    Ok(edit::finish(ui, &context, draft, &args.edit, &subject)?.into())
}

/// The last key that signs is replaced, not retired: without one nobody signs in.
fn refuse_last(desired: &Desired, key: &SigningKey) -> Result<(), Failure> {
    let mut others = desired
        .keys
        .values()
        .filter(|other| other.id != key.id && other.alg == key.alg);
    if key.state != KeyState::Active || others.any(|other| other.state == KeyState::Active) {
        return Ok(());
    }
    let used = desired.clients.values().any(|client| client.id_token_alg == key.alg);
    if !used {
        return Ok(());
    }
    let text = format!(
        "`{}` is the only key that signs with {}, and there are apps that ask for it",
        key.id,
        key.alg.as_str()
    );
    Err(Failure::message(Exit::Error, text).hint(format!(
        "make its successor first: dockspace keys add --alg {}",
        key.alg.as_str()
    )))
}
