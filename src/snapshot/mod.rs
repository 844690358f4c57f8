//! One revision of the organisation, loaded and validated: what every reader reads.
//!
//! A [`Snapshot`] never changes. Loading reads the files straight from git's objects, or from the work tree, and gives all
//! problems of all files at once; only a revision without errors becomes a snapshot.
//!
//! ```no_run
//! use dockspace::{clock::Clock, repo::Repo, snapshot::{Snapshot, Source}};
//!
//! let loaded = Snapshot::load(&Repo::open("organisation".into())?, Source::WorkTree, &Clock::system())?;
//! assert_eq!(loaded.snapshot.is_none(), loaded.report.has_errors());
//! # Ok::<(), dockspace::repo::Error>(())
//! ```

mod feed;
mod follow;
mod pictures;
mod touched;

use std::sync::Arc;

use camino::Utf8Path;

pub use feed::{Feed, Publisher, SnapshotFeed};
pub use follow::{Follower, StartError, Status, StatusFeed, Trouble};
pub use pictures::{Picture, Pictures};
pub use touched::Touched;

use crate::{
    clock::Clock,
    diagnostic::{Report, Rule},
    document::{Loader, UseOfSealed, rules::file},
    model::Desired,
    repo::{Edits, Entry, Error, Reason, Repo, Revision},
};

/// Which state of the repository is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The files as they are now, committed or not.
    WorkTree,
    /// A commit.
    Revision(Revision),
}

/// A validated state of the organisation.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Where it was read from.
    pub source: Source,
    /// The organisation.
    pub desired: Arc<Desired>,
}

/// What came of loading.
#[derive(Debug)]
pub struct Loaded {
    /// The snapshot; `None` when there are errors.
    pub snapshot: Option<Snapshot>,
    /// Every problem found, warnings too.
    pub report: Report,
}

impl Snapshot {
    /// Loads what `source` says.
    ///
    /// # Errors
    /// When the repository itself cannot be read. Problems in its files are in the report.
    pub fn load(repo: &Repo, source: Source, clock: &Clock) -> Result<Loaded, Error> {
        Self::load_edited(repo, source, &Edits::new(), clock)
    }

    /// Loads what `source` says to compare it with another revision: its users' sealed values cannot be opened.
    ///
    /// # Errors
    /// As for [`Self::load`].
    pub fn load_to_compare(repo: &Repo, source: Source, clock: &Clock) -> Result<Loaded, Error> {
        let mut loader = Loader::new(clock);
        loader.for_use(UseOfSealed::Compare);
        Self::load_by(loader, repo, source, &Edits::new())
    }

    /// Loads what `source` would say after `edits`, which stand nowhere yet.
    ///
    /// # Errors
    /// When the repository itself cannot be read. Problems in its files are in the report.
    pub fn load_edited(repo: &Repo, source: Source, edits: &Edits, clock: &Clock) -> Result<Loaded, Error> {
        Self::load_by(Loader::new(clock), repo, source, edits)
    }

    fn load_by(mut loader: Loader, repo: &Repo, source: Source, edits: &Edits) -> Result<Loaded, Error> {
        // What libgit2 maps and caches while it reads everything goes with a handle of its own.
        let repo = repo.reopened()?;
        let files = match &source {
            Source::WorkTree => repo.work_tree()?,
            Source::Revision(revision) => repo.files(revision)?,
        };
        let listing = files.list()?;
        for refused in &listing.refused {
            loader.refused(&refused.path, rule_of(&refused.reason), &refused.reason);
        }
        for entry in listing
            .entries
            .into_iter()
            .filter(|entry| !edits.contains_key(&entry.path))
        {
            match files.read(&entry) {
                Ok(content) => loader.file(&entry.path, &content),
                Err(Error::Refused(refused)) => {
                    loader.refused(&refused.path, rule_of(&refused.reason), &refused.reason);
                }
                Err(error) => return Err(error),
            }
        }
        for (path, content) in edits {
            if let Some(content) = content {
                loader.file(path, content);
            }
        }
        drop(files);
        drop(repo);
        let loaded = loader.finish();
        let snapshot = loaded.desired.map(|desired| Self {
            source,
            desired: Arc::new(desired),
        });
        Ok(Loaded {
            snapshot,
            report: loaded.report,
        })
    }
}

impl Source {
    /// The text of one file, to show an excerpt; `None` when it is not there or no text.
    #[must_use]
    pub fn text(&self, repo: &Repo, path: &Utf8Path) -> Option<String> {
        let bytes = match self {
            Self::Revision(revision) => repo.read_at(revision, path).ok()??,
            Self::WorkTree => {
                let entry = Entry {
                    path: path.to_owned(),
                    blob: None,
                };
                repo.work_tree().ok()?.read(&entry).ok()?
            }
        };
        String::from_utf8(bytes).ok()
    }
}

/// The rule that a file breaks which the repository does not read.
fn rule_of(reason: &Reason) -> &'static Rule {
    match reason {
        Reason::Symlink | Reason::Submodule | Reason::NotAFile | Reason::NotAFolder => &file::NOT_A_FILE,
        Reason::TooLarge { .. } | Reason::TooMany { .. } => &file::TOO_LARGE,
        Reason::TooDeep => &file::TOO_DEEP,
        Reason::BadName => &file::BAD_NAME,
        Reason::CaseClash(_) => &file::CASE_CLASH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "format = 1\n\n[organisation]\nname = \"Example\"\n\n[domains.\"example.org\"]\n";

    #[test]
    fn edits_are_seen_before_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        let repo = Repo::init(path).unwrap();
        for (file, text) in [
            ("dockspace.toml", SETTINGS),
            ("groups/admins.toml", ""),
            ("groups/old.toml", ""),
        ] {
            std::fs::create_dir_all(path.join(file).parent().unwrap()).unwrap();
            std::fs::write(path.join(file), text).unwrap();
        }
        let edits = Edits::from([
            ("groups/new.toml".into(), Some(b"description = \"New\"\n".to_vec())),
            ("groups/old.toml".into(), None),
            ("README.md".into(), Some(b"# Example\n".to_vec())),
        ]);
        let loaded = Snapshot::load_edited(&repo, Source::WorkTree, &edits, &Clock::system()).unwrap();
        let desired = loaded.snapshot.unwrap().desired;
        let groups: Vec<_> = desired.groups.keys().map(ToString::to_string).collect();
        assert_eq!(groups, ["admins", "new"]);
        let edits = Edits::from([("groups/new.toml".into(), Some(b"descripton = 1\n".to_vec()))]);
        let loaded = Snapshot::load_edited(&repo, Source::WorkTree, &edits, &Clock::system()).unwrap();
        assert!(loaded.snapshot.is_none() && loaded.report.has_errors());
    }

    #[test]
    fn a_file_that_may_not_be_read_is_a_problem_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        let repo = Repo::init(path).unwrap();
        std::fs::write(path.join("dockspace.toml"), SETTINGS).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", path.join("mail.toml")).unwrap();
        let loaded = Snapshot::load(&repo, Source::WorkTree, &Clock::system()).unwrap();
        assert!(loaded.snapshot.is_none());
        let codes: Vec<_> = loaded.report.sorted().iter().map(|found| found.rule.code).collect();
        assert!(codes.contains(&file::NOT_A_FILE.code), "{codes:?}");
    }
}
