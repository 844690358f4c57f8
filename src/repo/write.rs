//! Writing files of the work tree, so that neither a crash nor a full disk leaves half a file.
//!
//! First every new content is on disk under another name, then the files are renamed into place. A crash between two renames
//! leaves some files old and some new, each of them whole; git shows which.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use super::{Edits, Error, Repo, vet, worktree};

impl Repo {
    /// Writes `edits` to the work tree and commits nothing. A file keeps its mode; folders come and go as they are needed.
    ///
    /// # Errors
    /// [`Error::Bare`], or [`Error::BadPath`] for a path that leads out of the repository: nothing was written. [`Error::Io`].
    pub fn write(&self, edits: &Edits) -> Result<(), Error> {
        let root = worktree::root(&self.git)?;
        edits.keys().try_for_each(|path| check_path(&root, path))?;
        write(&root, edits)
    }
}

/// A path is made of plain names; its folders are folders as far as they exist, and it is a file or nothing yet.
pub(super) fn check_path(root: &Utf8Path, path: &Utf8Path) -> Result<(), Error> {
    let is_ours = |name: &str| vet::is_plain(name) && !name.eq_ignore_ascii_case(".git");
    let parents = path.ancestors().skip(1).filter(|parent| !parent.as_str().is_empty());
    let is_folder = |parent: &Utf8Path| fs::symlink_metadata(root.join(parent)).map_or(true, |found| found.is_dir());
    let is_file = fs::symlink_metadata(root.join(path)).map_or(true, |found| found.is_file());
    if path.as_str().split('/').all(is_ours) && parents.into_iter().all(is_folder) && is_file {
        Ok(())
    } else {
        Err(Error::BadPath(path.to_owned()))
    }
}

pub(super) fn write(root: &Utf8Path, edits: &Edits) -> Result<(), Error> {
    let mut staged = Vec::new();
    for (path, content) in edits {
        if let Some(content) = content {
            let path = root.join(path);
            let file = stage(&path, content).map_err(Error::io(&*path))?;
            staged.push((path, file));
        }
    }
    for (path, file) in staged {
        let moved = file.persist(&path).map_err(|error| error.error);
        moved.and_then(|_| sync_folder(&path)).map_err(Error::io(path))?;
    }
    for path in edits
        .iter()
        .filter_map(|(path, content)| content.is_none().then_some(path))
    {
        let path = root.join(path);
        remove(root, &path).map_err(Error::io(&*path))?;
    }
    Ok(())
}

/// Whether a new file is there to be run.
pub(super) fn is_script(content: &[u8]) -> bool {
    content.starts_with(b"#!")
}

fn new_mode(content: &[u8]) -> u32 {
    if is_script(content) { 0o755 } else { 0o644 }
}

/// Puts `content` on disk beside `path`, with the mode of the file it will replace.
fn stage(path: &Utf8Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let parent = folder(path);
    fs::create_dir_all(&parent)?;
    let permissions = fs::metadata(path).map_or_else(
        |_| fs::Permissions::from_mode(new_mode(content)),
        |found| found.permissions(),
    );
    let mut file = tempfile::Builder::new()
        .prefix(".dockspace-")
        .permissions(permissions)
        .tempfile_in(parent)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn sync_folder(path: &Utf8Path) -> io::Result<()> {
    fs::File::open(folder(path))?.sync_all()
}

fn folder(path: &Utf8Path) -> Utf8PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

/// Removes a file and, as git does, the folders it leaves empty.
fn remove(root: &Utf8Path, path: &Utf8Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let parents = path
        .ancestors()
        .skip(1)
        .take_while(|parent| *parent != root && parent.starts_with(root));
    for parent in parents {
        if fs::remove_dir(parent).is_err() {
            break;
        }
    }
    Ok(())
}
