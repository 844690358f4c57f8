//! The host's secret for keyed digests, made on first use.

use std::fs::{self, DirBuilder};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use camino::Utf8Path;

use super::{ApplyError, Hazard};
use crate::random;
use crate::record::HostKey;

/// Reads the key in the file `host.key` of `folder`, which is made with a new key when there is none. Two processes that start
/// at once get the same key.
///
/// # Errors
/// [`ApplyError::Unsafe`] for a key that others can read or that has the wrong size; [`ApplyError::Io`].
pub fn host_key(folder: &Utf8Path) -> Result<HostKey, ApplyError> {
    let path = folder.join("host.key");
    match read(&path) {
        Err(ApplyError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
            create(folder, &path)?;
            read(&path)
        }
        other => other,
    }
}

fn read(path: &Utf8Path) -> Result<HostKey, ApplyError> {
    let found = fs::symlink_metadata(path).map_err(ApplyError::io(path))?;
    let is_private = found.is_file() && found.permissions().mode() & 0o077 == 0;
    let content = fs::read(path).map_err(ApplyError::io(path))?;
    match <[u8; 32]>::try_from(content) {
        Ok(bytes) if is_private => Ok(HostKey::from_bytes(bytes)),
        _ => Err(ApplyError::hazard(path, Hazard::BadKey)),
    }
}

/// Puts a new key at `path` as a whole, unless another process was faster.
fn create(folder: &Utf8Path, path: &Utf8Path) -> Result<(), ApplyError> {
    let key = random::bytes::<32>().map_err(|error| ApplyError::io(path)(std::io::Error::other(error)))?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(ApplyError::io(folder))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(ApplyError::io(folder))?;
    file.write_all(&key)
        .and_then(|()| file.as_file().sync_all())
        .map_err(ApplyError::io(path))?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ApplyError::io(path)(error.error)),
    }
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(ApplyError::io(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, camino::Utf8PathBuf) {
        let temporary = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(temporary.path())
            .unwrap()
            .join("state/targets/mail");
        (temporary, path)
    }

    fn shown(key: &HostKey) -> String {
        key.derive("test", "").to_string()
    }

    #[test]
    fn a_key_is_made_once_and_private() {
        let (_temporary, folder) = folder();
        let key = host_key(&folder).unwrap();
        assert_eq!(shown(&host_key(&folder).unwrap()), shown(&key));
        assert_eq!(
            fs::metadata(folder.join("host.key")).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left over");
        let (_other, other) = self::folder();
        assert_ne!(shown(&host_key(&other).unwrap()), shown(&key));
    }

    #[test]
    fn processes_that_start_at_once_agree() {
        let (_temporary, folder) = folder();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| shown(&host_key(&folder).unwrap())))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_key_that_others_read_or_that_is_cut_is_refused() {
        let (_temporary, folder) = folder();
        host_key(&folder).unwrap();
        let path = folder.join("host.key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = host_key(&folder).unwrap_err();
        assert!(error.hint().contains("chmod 600"), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, [1; 31]).unwrap();
        assert!(matches!(
            host_key(&folder),
            Err(ApplyError::Unsafe {
                hazard: Hazard::BadKey,
                ..
            })
        ));
    }
}
