//! Where a new organisation goes, and its key.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    cli::{exit::Exit, failure::Failure, host, private},
    clock::Clock,
    seal::Identity,
};

/// The same path from the root, so that it can have a file beside it.
pub(super) fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, Failure> {
    let path = std::path::absolute(path)?;
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| Failure::message(Exit::Error, format!("{} is not UTF-8", path.display())))
}

/// The directory is not there yet, or has nothing in it.
pub(super) fn refuse_full(directory: &Utf8Path) -> Result<(), Failure> {
    let full = || {
        let text = format!("`{directory}` is there already and not empty");
        Failure::message(Exit::Error, text).hint("name a new directory, or an empty one")
    };
    match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| Err(full())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Err(full()),
        Err(error) => Err(error.into()),
    }
}

/// The key that opens what the organisation seals.
pub(super) struct Key {
    pub(super) identity: Identity,
    pub(super) path: Utf8PathBuf,
    /// Whether the file is still to be made.
    is_new: bool,
}

impl Key {
    /// The key in `named` if that file exists, else a new one for it; without a name, a new one beside the directory.
    pub(super) fn find(directory: &Utf8Path, named: Option<&Utf8Path>) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => absolute(path)?,
            None => Utf8PathBuf::from(format!("{directory}.identity.txt")),
        };
        if path.starts_with(directory) {
            let text = format!("`{path}` lies in the repository, where it would soon be committed");
            return Err(Failure::message(Exit::Error, text).hint("name a file elsewhere with --identity"));
        }
        let is_new = !fs::exists(&path)?;
        let identity = match named {
            _ if is_new => Identity::generate(),
            Some(_) => host::read_identity(&path)?,
            None => {
                let text = format!("there is an identity `{path}` already, and it is never written over");
                return Err(Failure::message(Exit::Error, text).hint("to use it, name it with --identity"));
            }
        };
        Ok(Self { identity, path, is_new })
    }

    /// Writes a new key to its file.
    pub(super) fn keep(&self, clock: &Clock) -> Result<(), Failure> {
        if !self.is_new {
            return Ok(());
        }
        if let Some(parent) = self.path.parent() {
            fs::create_dir_all(parent)?;
        }
        private::refuse_in_repository(&self.path)?;
        private::create(&self.path, &self.identity.to_file(clock.now()))
    }
}
