//! Commits by name, and how they descend from each other.

use std::fmt;

use jiff::Timestamp;

use super::{Error, Repo};

/// The id of a commit, tree or blob: SHA-1 of its content, as git computes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 20]);

impl ObjectId {
    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// An id from its raw bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Reads back what [`fmt::Display`] wrote: 40 hex digits. `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        (text.len() == 40).then(|| git2::Oid::from_str(text).ok().map(Self::from))?
    }

    pub(super) fn oid(self) -> Result<git2::Oid, git2::Error> {
        git2::Oid::from_bytes(&self.0)
    }
}

impl From<git2::Oid> for ObjectId {
    fn from(oid: git2::Oid) -> Self {
        let mut bytes = [0; 20];
        bytes.copy_from_slice(oid.as_bytes());
        Self(bytes)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One commit. Shown as the first 12 hex digits of its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commit's id.
    pub id: ObjectId,
    /// The id of its root tree. Equal trees hold equal files, whatever the commits.
    pub tree: ObjectId,
    /// Who wrote the change.
    pub author: Author,
    /// When it was committed.
    pub time: Timestamp,
    /// The first line of the message.
    pub subject: String,
}

impl Revision {
    /// Which it is, for people: `0123456789ab Subject (Author, 2026-11-23 09:00 UTC)`.
    #[must_use]
    pub fn in_a_line(&self) -> String {
        let time = self.time.strftime("%Y-%m-%d %H:%M UTC");
        format!("{self} {} ({}, {time})", self.subject, self.author.name)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A person as git names one. Shown as `Name <address>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Free text.
    pub name: String,
    /// What the person wrote as an address; nobody has checked it.
    pub email: String,
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

impl Repo {
    /// The commit that `name` stands for: `HEAD`, a branch, a tag, an id or its beginning, `main~2` …
    ///
    /// # Errors
    /// [`Error::NoSuchRevision`]; [`Error::NoCommit`] when `HEAD` has no commit yet.
    pub fn revision(&self, name: &str) -> Result<Revision, Error> {
        let found = self
            .git
            .revparse_single(name)
            .and_then(|object| object.peel_to_commit());
        match found {
            Ok(commit) => Ok(describe(&commit)),
            Err(_)
                if name == "HEAD"
                    && self
                        .git
                        .head()
                        .is_err_and(|e| e.code() == git2::ErrorCode::UnbornBranch) =>
            {
                Err(Error::NoCommit)
            }
            Err(_) => Err(Error::NoSuchRevision(name.into())),
        }
    }

    /// Whether `later` is `earlier` or has it among its ancestors.
    ///
    /// # Errors
    /// A damaged or shallow repository.
    pub fn descends_from(&self, later: &Revision, earlier: &Revision) -> Result<bool, Error> {
        Ok(later.id == earlier.id || self.git.graph_descendant_of(later.id.oid()?, earlier.id.oid()?)?)
    }

    /// The commit before `revision`, on the branch that others were merged into; `None` for the first one.
    ///
    /// # Errors
    /// A damaged or shallow repository.
    pub fn first_parent(&self, revision: &Revision) -> Result<Option<Revision>, Error> {
        let commit = self.git.find_commit(revision.id.oid()?)?;
        match commit.parent_ids().next() {
            Some(parent) => Ok(Some(describe(&self.git.find_commit(parent)?))),
            None => Ok(None),
        }
    }

    /// The best common ancestor of two commits; `None` when their histories never meet.
    ///
    /// # Errors
    /// A damaged or shallow repository.
    pub fn merge_base(&self, one: &Revision, other: &Revision) -> Result<Option<Revision>, Error> {
        match self.git.merge_base(one.id.oid()?, other.id.oid()?) {
            Ok(id) => Ok(Some(describe(&self.git.find_commit(id)?))),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

pub(super) fn describe(commit: &git2::Commit<'_>) -> Revision {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let author = commit.author();
    Revision {
        id: commit.id().into(),
        tree: commit.tree_id().into(),
        author: Author {
            name: text(author.name_bytes()),
            email: text(author.email_bytes()),
        },
        time: Timestamp::from_second(commit.time().seconds()).unwrap_or_default(),
        subject: text(commit.summary_bytes().unwrap_or_default()),
    }
}
