//! What can go wrong with the repository, and what to do about it.

use camino::Utf8PathBuf;

use super::files::Refused;

/// A failure of the repository, not of what the organisation wrote in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no repository at the path or above it.
    #[error("`{0}` is not in a git repository")]
    NotARepository(Utf8PathBuf),
    /// The repository belongs to another user, so git doesn't trust its configuration.
    #[error("the repository at `{0}` belongs to another user")]
    OtherOwner(Utf8PathBuf),
    /// The name doesn't resolve to a commit.
    #[error("there is no revision `{0}`")]
    NoSuchRevision(String),
    /// The branch has no commit yet.
    #[error("the repository has no commit yet")]
    NoCommit,
    /// The repository is bare: it has commits but no files beside them.
    #[error("the repository has no work tree")]
    Bare,
    /// `HEAD` names a commit and not a branch, so a commit would belong to no branch.
    #[error("no branch is checked out")]
    Detached,
    /// A merge, rebase or the like is under way.
    #[error("a merge, rebase or the like is under way")]
    InProgress,
    /// git doesn't know who commits.
    #[error("git does not know your name and address")]
    NoIdentity,
    /// Files that would be written have changes that are not committed.
    #[error("uncommitted changes in {}", list(.0))]
    Uncommitted(Vec<Utf8PathBuf>),
    /// Somebody else moved the branch in the meantime.
    #[error("the branch `{0}` moved in the meantime")]
    Moved(String),
    /// The path doesn't stay inside the repository.
    #[error("`{0}` is not a path inside the repository")]
    BadPath(Utf8PathBuf),
    /// One file isn't read, see [`Refused`]. The others still can be.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The `git` program refused.
    #[error("git {command} failed: {stderr}")]
    Program {
        /// The subcommand, such as `fetch`.
        command: &'static str,
        /// What git said, without passwords.
        stderr: String,
    },
    /// The `git` program couldn't be started.
    #[error("the program `git` could not be started")]
    NoProgram(#[source] std::io::Error),
    /// The `git` program didn't end in time, and was killed.
    #[error("git {command} did not end within {} seconds", limit.as_secs())]
    TookTooLong {
        /// The subcommand, such as `fetch`.
        command: &'static str,
        /// The time it had.
        limit: std::time::Duration,
    },
    /// The system can't tell when files change.
    #[error("cannot watch `{path}`: {source}")]
    Watch {
        /// The folder.
        path: Utf8PathBuf,
        /// What the operating system said.
        source: notify::Error,
    },
    /// Reading or writing the work tree failed.
    #[error("`{path}`: {source}")]
    Io {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Any other refusal of the git library.
    #[error("git: {}", .0.message())]
    Git(#[from] git2::Error),
}

impl Error {
    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotARepository(_) => {
                "name the organisation repository with -C, or make one with `dockspace init`".into()
            }
            Self::OtherOwner(path) => format!("if you trust it: git config --global --add safe.directory '{path}'"),
            Self::NoSuchRevision(_) => "fetch it first, or name a branch, tag or commit id".into(),
            Self::NoCommit => "commit the organisation's files first".into(),
            Self::Bare => "name a revision with --rev, or use a clone with a work tree".into(),
            Self::Detached => "check out a branch first: git switch BRANCH".into(),
            Self::InProgress => "finish or abort it first, see `git status`".into(),
            Self::NoIdentity => "git config --global user.name NAME; git config --global user.email ADDRESS".into(),
            Self::Uncommitted(_) => "commit or stash them first".into(),
            Self::Moved(_) => "nothing is lost: the edit stands in the work tree; look at it, then commit it".into(),
            Self::NoProgram(_) => "install git and put it on PATH".into(),
            Self::TookTooLong { .. } => "is the network up, and does the other side answer?".into(),
            Self::Watch { .. } => "if it says there is no space, raise fs.inotify.max_user_watches with sysctl".into(),
            Self::BadPath(_) | Self::Refused(_) | Self::Program { .. } | Self::Io { .. } | Self::Git(_) => return None,
        })
    }

    /// For `map_err` on what the operating system says about `path`.
    pub(super) fn io(path: impl Into<Utf8PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }
}

/// The first few paths and how many more there are.
fn list(paths: &[Utf8PathBuf]) -> String {
    const SHOWN: usize = 3;
    let mut text = paths
        .iter()
        .take(SHOWN)
        .map(|path| format!("`{path}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if paths.len() > SHOWN {
        text += &format!(" and {} more", paths.len() - SHOWN);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut() {
        let paths: Vec<Utf8PathBuf> = (1..=5).map(|n| format!("f{n}").into()).collect();
        assert_eq!(
            Error::Uncommitted(paths).to_string(),
            "uncommitted changes in `f1`, `f2`, `f3` and 2 more"
        );
    }
}
