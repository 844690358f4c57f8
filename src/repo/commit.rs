//! Commits of a few files on the branch that is checked out, as `git commit --only PATH…` makes them.
//!
//! Only the given paths change: in the commit, in git's index and in the work tree. What else is staged or edited stays as it
//! was. A path that has uncommitted changes of its own is refused, because they would slip into the commit unseen.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use git2::{FileMode, ObjectType, Oid};

use super::message::Message;
use super::{Author, Error, Repo, Revision, revision, worktree, write};
use crate::clock::Clock;

/// Files by path inside the repository: the new content, or `None` to remove the file.
pub type Edits = BTreeMap<Utf8PathBuf, Option<Vec<u8>>>;

impl Repo {
    /// Writes `edits` to the work tree and commits them on the branch that is checked out, or as its first commit. Author and
    /// committer are who git's settings say; the time is the clock's. Edits that change nothing make no commit: the present
    /// head is returned.
    ///
    /// The branch moves last. When a step fails, the edits may stand in the work tree, uncommitted.
    ///
    /// # Errors
    /// Nothing was written: [`Error::Bare`], [`Error::Detached`], [`Error::InProgress`], [`Error::NoIdentity`],
    /// [`Error::BadPath`], [`Error::Uncommitted`]. Later: [`Error::Moved`], [`Error::Io`].
    pub fn commit(&self, edits: &Edits, message: &Message, clock: &Clock) -> Result<Revision, Error> {
        let root = worktree::root(&self.git)?;
        let branch = self.branch()?;
        let parent = self.head_commit()?;
        let base = match &parent {
            Some(parent) => parent.tree()?,
            None => self.git.find_tree(self.git.treebuilder(None)?.write()?)?,
        };
        let (author, committer) = (self.author(clock)?, self.committer(clock)?);
        self.check(&root, &base, edits)?;

        let tree = self.updated(&base, edits)?;
        if let Some(parent) = parent.as_ref().filter(|_| tree == base.id()) {
            return Ok(revision::describe(parent));
        }
        write::write(&root, edits)?;
        self.stage(edits)?;
        let tree = self.git.find_tree(tree)?;
        let parents: Vec<_> = parent.iter().collect();
        let id = self
            .git
            .commit(Some("HEAD"), &author, &committer, &message.text(), &tree, &parents);
        match id {
            Ok(id) => Ok(revision::describe(&self.git.find_commit(id)?)),
            Err(error) if error.code() == git2::ErrorCode::Modified => Err(Error::Moved(branch)),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets who commits in this repository, in its own settings.
    ///
    /// # Errors
    /// The settings can't be written.
    pub fn set_identity(&self, author: &Author) -> Result<(), Error> {
        let mut config = self.git.config()?.open_level(git2::ConfigLevel::Local)?;
        config.set_str("user.name", &author.name)?;
        Ok(config.set_str("user.email", &author.email)?)
    }

    /// The branch that is checked out, which may have no commit yet.
    fn branch(&self) -> Result<String, Error> {
        if self.git.state() != git2::RepositoryState::Clean {
            return Err(Error::InProgress);
        }
        let head = self.git.find_reference("HEAD")?;
        let name = head.symbolic_target().ok().flatten().ok_or(Error::Detached)?;
        Ok(name.trim_start_matches("refs/heads/").to_owned())
    }

    fn head_commit(&self) -> Result<Option<git2::Commit<'_>>, Error> {
        match self.git.head() {
            Ok(head) => Ok(Some(head.peel_to_commit()?)),
            Err(error) if error.code() == git2::ErrorCode::UnbornBranch => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn author(&self, clock: &Clock) -> Result<git2::Signature<'static>, Error> {
        at(&self.git.author_from_env().map_err(|_| Error::NoIdentity)?, clock)
    }

    fn committer(&self, clock: &Clock) -> Result<git2::Signature<'static>, Error> {
        at(&self.git.committer_from_env().map_err(|_| Error::NoIdentity)?, clock)
    }

    /// Refuses paths that lead out of the repository and files with changes that aren't part of `edits`.
    fn check(&self, root: &Utf8Path, base: &git2::Tree<'_>, edits: &Edits) -> Result<(), Error> {
        let mut index = self.git.index()?;
        index.read(false)?;
        let mut uncommitted = Vec::new();
        for (path, content) in edits {
            write::check_path(root, path)?;
            let committed = base.get_path(path.as_std_path()).ok().map(|entry| entry.id());
            let edited = content
                .as_deref()
                .map(|content| Oid::hash_object(ObjectType::Blob, content))
                .transpose()?;
            let staged = index.get_path(path.as_std_path(), 0).map(|entry| entry.id);
            let on_disk = on_disk(&root.join(path))?;
            if [staged, on_disk]
                .iter()
                .any(|found| *found != committed && *found != edited)
            {
                uncommitted.push(path.clone());
            }
        }
        if uncommitted.is_empty() {
            Ok(())
        } else {
            Err(Error::Uncommitted(uncommitted))
        }
    }

    /// The tree `base` with `edits` applied.
    fn updated(&self, base: &git2::Tree<'_>, edits: &Edits) -> Result<Oid, Error> {
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, content) in edits {
            let present = base.get_path(path.as_std_path()).ok();
            match content {
                Some(content) => {
                    let is_executable = present.map_or_else(
                        || write::is_script(content),
                        |entry| entry.filemode() == i32::from(FileMode::BlobExecutable),
                    );
                    let mode = if is_executable {
                        FileMode::BlobExecutable
                    } else {
                        FileMode::Blob
                    };
                    update.upsert(path.as_str(), self.git.blob(content)?, mode);
                }
                None if present.is_some() => {
                    update.remove(path.as_str());
                }
                None => {}
            }
        }
        Ok(update.create_updated(&self.git, base)?)
    }

    fn stage(&self, edits: &Edits) -> Result<(), Error> {
        let mut index = self.git.index()?;
        for (path, content) in edits {
            match content {
                Some(_) => index.add_path(path.as_std_path())?,
                None => index.remove_path(path.as_std_path())?,
            }
        }
        Ok(index.write()?)
    }
}

/// The same person at the clock's time, in UTC: where somebody sits is nobody's business.
fn at(person: &git2::Signature<'_>, clock: &Clock) -> Result<git2::Signature<'static>, Error> {
    let name = String::from_utf8_lossy(person.name_bytes());
    let email = String::from_utf8_lossy(person.email_bytes());
    Ok(git2::Signature::new(
        &name,
        &email,
        &git2::Time::new(clock.now().as_second(), 0),
    )?)
}

/// The id a file would have as a blob; `None` where there is none.
fn on_disk(path: &Utf8Path) -> Result<Option<Oid>, Error> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {
            let content = fs::read(path).map_err(Error::io(path))?;
            Ok(Some(Oid::hash_object(ObjectType::Blob, &content)?))
        }
        Ok(_) => Err(Error::BadPath(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path)(error)),
    }
}
