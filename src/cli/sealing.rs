//! Sealing for the commands: to whom, and into which file. Public keys are enough: no command that seals asks for an identity.

use camino::Utf8Path;

use super::{draft::Draft, exit::Exit, failure::Failure};
use crate::{
    document::Editor,
    model::Desired,
    seal::{Owner, Recipient, Recipients, Secret, seal},
};

/// Everybody that values are sealed to.
///
/// # Errors
/// When `dockspace.toml` lists nobody.
pub(super) fn recipients(desired: &Desired) -> Result<Recipients, Failure> {
    desired
        .recipients
        .iter()
        .map(|text| Recipient::parse(text))
        .collect::<Result<Vec<_>, _>>()
        .and_then(Recipients::new)
        .map_err(|error| Failure::new(Exit::Error, error).hint(error.hint()))
}

/// Seals `value` as the next value of `key` in the file `path`, which belongs to `owner`.
pub(super) fn put(
    draft: &mut Draft<'_>,
    path: &Utf8Path,
    key: &[&str],
    to: (&Recipients, &Owner),
    value: &Secret<String>,
) -> Result<(), Failure> {
    let mut editor = draft.editor(path)?;
    into(&mut editor, key, to, value)?;
    draft.put(path, editor);
    Ok(())
}

/// Seals `value` as the next value of `key` in a file that belongs to `owner`.
pub(super) fn into(
    file: &mut Editor,
    key: &[&str],
    (recipients, owner): (&Recipients, &Owner),
    value: &Secret<String>,
) -> Result<(), Failure> {
    file.seal(key, |counter| {
        seal(recipients, owner, &key.join("."), counter, value)
            .map_err(|error| Failure::new(Exit::Error, error).hint(error.hint()))
    })?;
    Ok(())
}
