//! `dockspace secrets reseal`.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::Key;
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        sealing,
        ui::Ui,
    },
    model::{Desired, SealedAt},
    seal::{Identity, Placed, Recipients, Secret, seal},
    snapshot::Source,
};

/// Open every sealed value and seal it again, to those who are recipients now.
///
/// For a lost key: with the offline key it makes everything readable to the new one. Counters grow by one. Nothing is written
/// unless all values open.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    key: Key,

    /// Leave values that do not open as they are.
    #[arg(long)]
    skip_unreadable: bool,

    #[command(flatten)]
    edit: edit::Options,
}

/// What becomes of values that the key does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Nothing at all is resealed.
    Refuse,
    /// They stay as they are.
    Skip,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let recipients = sealing::recipients(&desired)?;
    let identity = args.key.read(&context)?;
    let unreadable = if args.skip_unreadable {
        Unreadable::Skip
    } else {
        Unreadable::Refuse
    };
    let mut draft = Draft::new(context.repo.work_tree()?);
    let count = all(ui, &mut draft, &desired, (&identity, &recipients), unreadable)?;
    let subject = format!("secrets: {} resealed", values(count));
    let ending = edit::finish(ui, &context, draft, &args.edit, &subject)?;
    ui.status(
        "Resealed",
        &format!("{} to {} recipients", values(count), recipients.iter().count()),
    );
    Ok(ending.into())
}

/// Reseals everything in the draft; gives how many values.
pub(super) fn all(
    ui: &mut Ui,
    draft: &mut Draft<'_>,
    desired: &Desired,
    (identity, recipients): (&Identity, &Recipients),
    unreadable: Unreadable,
) -> Result<usize, Failure> {
    let mut files: BTreeMap<&Utf8Path, Vec<(&SealedAt<'_>, Secret<String>)>> = BTreeMap::new();
    let sealed = desired.sealed_values();
    let mut closed = 0;
    for (at, opened) in sealed.iter().zip(open(identity, &sealed)) {
        match opened {
            Ok(value) => files.entry(&at.path).or_default().push((at, value)),
            Err(error) => {
                closed += 1;
                ui.warn(&format!("{}: `{}`: {error}", at.path, at.field()));
            }
        }
    }
    if closed > 0 && unreadable == Unreadable::Refuse {
        let text = format!("{} cannot be opened: nothing was written", values(closed));
        return Err(Failure::message(Exit::Error, text)
            .hint("use an identity that opens them all, or leave them as they are with --skip-unreadable"));
    }
    for (path, found) in &files {
        let mut editor = draft.editor(path)?;
        for (at, value) in found {
            let key: Vec<&str> = at.key.iter().map(String::as_str).collect();
            editor.seal(&key, |counter| {
                seal(recipients, &at.owner, &at.field(), counter, value)
                    .map_err(|error| Failure::new(Exit::Error, error).hint(error.hint()))
            })?;
        }
        draft.put(path, editor);
    }
    Ok(sealed.len() - closed)
}

/// Opens many values on all cores.
pub(super) fn open(
    identity: &Identity,
    sealed: &[SealedAt<'_>],
) -> Vec<Result<Secret<String>, crate::seal::OpenError>> {
    let fields: Vec<String> = sealed.iter().map(SealedAt::field).collect();
    let placed: Vec<_> = sealed
        .iter()
        .zip(&fields)
        .map(|(at, field)| Placed {
            sealed: at.sealed,
            owner: at.owner.clone(),
            field,
        })
        .collect();
    identity.open_all(&placed)
}

pub(super) fn values(count: usize) -> String {
    format!("{count} sealed value{}", if count == 1 { "" } else { "s" })
}
