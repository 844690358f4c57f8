//! The files of a database: made for their owner alone, and never through a link.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::OFlags;

use crate::store::StoreError;

/// Makes the file if it is missing, and sees that nobody but its owner reads it or what SQLite keeps beside it. SQLite gives
/// the files beside it the mode of the file itself.
pub(super) fn keep_to_owner(
    path: &Utf8Path,
    refused: &dyn Fn(&dyn std::error::Error) -> StoreError,
) -> Result<(), StoreError> {
    for (end, missing) in [
        ("", Missing::Make),
        ("-wal", Missing::Refuse),
        ("-shm", Missing::Refuse),
    ] {
        let path = Utf8PathBuf::from(format!("{path}{end}"));
        let file = match open_plain(&path, missing) {
            Ok(file) => file,
            Err(error) if missing == Missing::Refuse && error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(StoreError::NotPlain(path));
            }
            Err(error) => return Err(refused(&error)),
        };
        let metadata = file.metadata().map_err(|error| refused(&error))?;
        if !metadata.is_file() || metadata.nlink() != 1 {
            return Err(StoreError::NotPlain(path));
        }
        if metadata.mode() & 0o777 != 0o600 {
            file.set_permissions(Permissions::from_mode(0o600))
                .map_err(|error| refused(&error))?;
        }
    }
    Ok(())
}

/// What to do about a file that isn't there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Make,
    Refuse,
}

pub(super) fn open_plain(path: &Utf8Path, missing: Missing) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(missing == Missing::Make)
        .mode(0o600)
        .custom_flags(flags.cast_signed())
        .open(path)
}
