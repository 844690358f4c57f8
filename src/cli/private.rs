//! Files that only their owner may read: identities and lists of new passwords. None is ever written over.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt};

use camino::Utf8Path;

use super::{exit::Exit, failure::Failure};
use crate::seal::Secret;

/// Makes the file `path` (mode 0600) with this content, on disk when this returns.
///
/// # Errors
/// When there is a file already, or it can't be written.
pub(super) fn create(path: &Utf8Path, content: &Secret<String>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let exists = error.kind() == std::io::ErrorKind::AlreadyExists;
        let hint = exists.then_some("it is never written over: name another file, or move that one away");
        let error = anyhow::Error::new(error).context(format!("cannot make `{path}`"));
        Failure::new(Exit::Error, error).hint_if(hint)
    };
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    file.write_all(content.expose().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

/// Refuses a place inside an organisation repository: what lies there is soon committed.
///
/// # Errors
/// When one of the folders above `path` has a `dockspace.toml`, or the folder isn't there.
pub(super) fn refuse_in_repository(path: &Utf8Path) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_str().is_empty())
        .unwrap_or(".".into());
    let folder = folder
        .canonicalize_utf8()
        .map_err(|error| anyhow::Error::new(error).context(format!("cannot make `{path}`")))?;
    match folder.ancestors().find(|above| above.join("dockspace.toml").exists()) {
        None => Ok(()),
        Some(repository) => {
            let text = format!("`{path}` lies in the repository {repository}, where it would soon be committed");
            Err(Failure::message(Exit::Error, text).hint("name a file elsewhere with --out"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_private_file_is_its_owners_alone_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("identity.txt");
        create(&path, &"secret".into()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let failure = create(&path, &"other".into()).unwrap_err();
        assert!(failure.hints[0].contains("never written over"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "secret");
    }

    #[test]
    fn a_place_in_an_organisation_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(root.join("organisation/users")).unwrap();
        fs::write(root.join("organisation/dockspace.toml"), "").unwrap();
        assert!(refuse_in_repository(&root.join("identity.txt")).is_ok());
        assert!(refuse_in_repository(&root.join("organisation/identity.txt")).is_err());
        assert!(refuse_in_repository(&root.join("organisation/users/identity.txt")).is_err());
        assert!(refuse_in_repository(&root.join("nowhere/identity.txt")).is_err());
    }
}
