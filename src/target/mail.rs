//! A docker-mailserver configuration directory.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::open::{self, Opener};
use crate::{
    diagnostic::Report,
    fileset::{File, FileSet},
    mailserver::{self, OWNED},
    model::{Desired, Dialect, TargetName},
};

/// A docker-mailserver configuration directory on this host.
#[derive(Clone, Debug)]
pub struct MailTarget {
    /// The target's name in `dockspace.toml`.
    pub name: TargetName,
    /// The directory.
    pub directory: Utf8PathBuf,
    /// Which docker-mailserver reads it.
    pub dialect: Dialect,
}

/// Why a snapshot cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Sealed values that do not open or are not what they should be.
    #[error("sealed values cannot be used")]
    Sealed(Report),
    /// The renderer refused.
    #[error(transparent)]
    Mailserver(#[from] mailserver::RenderError),
}

/// Why the live directory cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {source}")]
pub struct LiveError {
    path: Utf8PathBuf,
    source: io::Error,
}

/// Larger than any file docker-mailserver could live with.
const LARGEST: u64 = 256 << 20;

impl MailTarget {
    /// The owned files that are there now.
    ///
    /// # Errors
    /// [`LiveError`] when the directory is missing, or an owned name is not a readable regular file.
    pub fn live(&self) -> Result<FileSet, LiveError> {
        let failed = |path: &Utf8Path, source| LiveError {
            path: path.to_owned(),
            source,
        };
        std::fs::read_dir(&self.directory).map_err(|error| failed(&self.directory, error))?;
        let mut files = FileSet::new();
        for owned in &OWNED {
            let path = self.directory.join(owned.name);
            match read(&path) {
                Ok(Some(content)) => files.insert(owned.name, content, owned.mode),
                Ok(None) => {}
                Err(error) => return Err(failed(&path, error)),
            }
        }
        Ok(files)
    }

    /// What the owned files should be. A file of `applied` for which there is nothing to say any more becomes one comment line.
    ///
    /// # Errors
    /// [`RenderError`] when a sealed value cannot be used.
    pub fn render<'n>(
        &self,
        desired: &Desired,
        opener: Opener<'_>,
        applied: impl IntoIterator<Item = &'n str>,
    ) -> Result<FileSet, RenderError> {
        let secrets = open::secrets(desired, opener).map_err(RenderError::Sealed)?;
        let mut files = mailserver::render(desired, self.dialect, &secrets)?;
        for name in applied {
            if files.get(name).is_none()
                && let (Some(content), Some(owned)) = (mailserver::emptied(name), mailserver::owned(name))
            {
                files.insert(name, content.as_bytes().to_vec(), owned.mode);
            }
        }
        Ok(files)
    }

    /// The names of every file this target may write.
    pub fn owned() -> impl Iterator<Item = &'static str> {
        OWNED.iter().map(|owned| owned.name)
    }

    /// Only the files of `files` that are part of `other` too.
    #[must_use]
    pub fn same_names(files: &FileSet, other: &FileSet) -> FileSet {
        let kept = |(path, file): (&Utf8PathBuf, &File)| other.get(path.as_str()).map(|_| (path.clone(), file.clone()));
        files.iter().filter_map(kept).collect()
    }
}

fn read(path: &Utf8Path) -> io::Result<Option<Vec<u8>>> {
    let facts = match std::fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !facts.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if facts.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 256 MiB"));
    }
    std::fs::read(path).map(Some)
}
