//! A bare copy of the organisation repository that is ours alone: what a long-running program reads.
//!
//! Nobody else writes it, so no push, rebase or half-done checkout of somebody's clone is ever seen. Of the repository it
//! follows, the [`Remote`], it takes one branch and nothing else, under a name of its own: what other refs are called there
//! doesn't matter. Which revision is in force is written down beside it, by compare-and-swap.
//!
//! ```no_run
//! # async fn example() -> Result<(), dockspace::repo::Error> {
//! use dockspace::repo::{Mirror, Remote};
//!
//! let remote = Remote::parse("/srv/organisation.git", "/".into());
//! let mirror = Mirror::open("/var/lib/dockspace/repo.git".into(), remote, "main")?;
//! let head = mirror.fetch().await?;
//! let before = mirror.in_force()?;
//! assert!(mirror.set_in_force(before.as_ref(), &head)?);
//! # Ok(())
//! # }
//! ```

use std::process::Stdio;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Error, Repo, Revision, Watch, remote};

/// What the branch we follow was at when we last looked.
const HEAD: &str = "refs/dockspace/head";
/// The revision in force.
const IN_FORCE: &str = "refs/dockspace/in-force";
/// How long one fetch may take. A first one of a large organisation over a slow line is a matter of seconds.
const FETCH_TAKES_AT_MOST: Duration = Duration::from_secs(120);

/// Where the organisation repository is fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// A repository on this machine, bare or not.
    Path(Utf8PathBuf),
    /// Whatever `git fetch` takes: `https://…`, `ssh://…`, `user@host:path`.
    Url(String),
}

/// The bare copy. It holds no open file: each use opens it anew, so it can be shared between threads.
#[derive(Clone, Debug)]
pub struct Mirror {
    path: Utf8PathBuf,
    remote: Remote,
    branch: String,
}

impl Remote {
    /// Reads a path or URL as git does: something with `://`, or with a colon before the first slash, is none of a path. A
    /// relative path is one below `here`.
    #[must_use]
    pub fn parse(text: &str, here: &Utf8Path) -> Self {
        if let Some(path) = text.strip_prefix("file://") {
            return Self::Path(path.into());
        }
        let first = text.split('/').next().unwrap_or_default();
        if text.contains("://") || first.contains(':') {
            return Self::Url(text.to_owned());
        }
        Self::Path(here.join(text))
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Path(path) => path.as_str(),
            Self::Url(url) => url,
        }
    }
}

impl std::fmt::Display for Remote {
    /// Without the password or token that a URL may hold.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&remote::redact(self.as_str()))
    }
}

impl Mirror {
    /// Opens the mirror at `path`, or makes an empty one. It will follow `branch` of `remote`.
    ///
    /// # Errors
    /// [`Error::NoSuchRevision`] when `branch` is no name for a branch; the folder can't be made or read.
    pub fn open(path: &Utf8Path, remote: Remote, branch: &str) -> Result<Self, Error> {
        if !git2::Reference::is_valid_name(&format!("refs/heads/{branch}")) {
            return Err(Error::NoSuchRevision(branch.to_owned()));
        }
        if path.join("HEAD").exists() {
            Repo::open(path)?;
        } else {
            Repo::init_bare(path)?;
        }
        let mirror = Self {
            path: path.to_owned(),
            remote,
            branch: branch.to_owned(),
        };
        // The host file names this path, so its owner is trusted, be it another user. git takes that from a configuration of
        // the user or machine alone: what is set for one command doesn't reach the other side of a fetch. We hand it this one,
        // and only for this fetch.
        let trust = mirror.trust();
        std::fs::write(&trust, "[safe]\n\tdirectory = *\n").map_err(Error::io(trust))?;
        Ok(mirror)
    }

    /// What is followed.
    #[must_use]
    pub const fn remote(&self) -> &Remote {
        &self.remote
    }

    /// The mirror as a repository, to read its files.
    ///
    /// # Errors
    /// It is gone or damaged.
    pub fn repo(&self) -> Result<Repo, Error> {
        Repo::open(&self.path)
    }

    /// Brings what is new on the branch, and gives where it stands now. It may have been rewritten: what is in force is for
    /// whoever calls [`Mirror::set_in_force`] to decide.
    ///
    /// # Errors
    /// [`Error::Program`] with what git said, [`Error::TookTooLong`], [`Error::NoProgram`]. The mirror is as it was.
    pub async fn fetch(&self) -> Result<Revision, Error> {
        let mut git = self.git();
        let refspec = format!("+refs/heads/{}:{HEAD}", self.branch);
        git.args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30", "fetch"]);
        git.args([
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
        ]);
        git.args(["--", self.remote.as_str(), &refspec]);
        run("fetch", git, FETCH_TAKES_AT_MOST).await?;
        self.repo()?.revision(HEAD)
    }

    /// Where the branch stood when it was last fetched; `None` before the first time.
    ///
    /// # Errors
    /// The mirror is damaged.
    pub fn head(&self) -> Result<Option<Revision>, Error> {
        named(&self.repo()?, HEAD)
    }

    /// The revision in force; `None` before the first one was.
    ///
    /// # Errors
    /// The mirror is damaged.
    pub fn in_force(&self) -> Result<Option<Revision>, Error> {
        named(&self.repo()?, IN_FORCE)
    }

    /// Writes down that `new` is in force after `expected`; `false`, and nothing is done, when another one was by now.
    ///
    /// # Errors
    /// The mirror is damaged or can't be written.
    pub fn set_in_force(&self, expected: Option<&Revision>, new: &Revision) -> Result<bool, Error> {
        let repo = self.repo()?;
        let id = repo.git.find_commit(new.id.oid()?)?.id();
        let written = match expected {
            Some(expected) => repo.git.reference_matching(IN_FORCE, id, true, expected.id.oid()?, ""),
            None => repo.git.reference(IN_FORCE, id, false, ""),
        };
        match written.map(drop) {
            Ok(()) => Ok(true),
            Err(error) => match error.code() {
                git2::ErrorCode::Exists | git2::ErrorCode::Modified | git2::ErrorCode::NotFound => Ok(false),
                _ => Err(error.into()),
            },
        }
    }

    /// Wakes when a branch of the repository that is followed moves, if it is on this machine.
    ///
    /// # Errors
    /// [`Error::Program`] when there is no repository; [`Error::Watch`] when the system has no watch to give.
    pub async fn watch(&self) -> Result<Option<Watch>, Error> {
        let Remote::Path(path) = &self.remote else {
            return Ok(None);
        };
        let mut git = self.git();
        git.arg("-C").arg(path);
        git.args(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        let folder = run("rev-parse", git, FETCH_TAKES_AT_MOST).await?;
        Watch::new(folder.trim_end_matches('\n').into()).map(Some)
    }

    fn trust(&self) -> Utf8PathBuf {
        self.path.join("trust.gitconfig")
    }

    /// The `git` program on the mirror.
    fn git(&self) -> std::process::Command {
        let mut git = remote::git();
        git.arg("-C").arg(&self.path);
        if matches!(self.remote, Remote::Path(_)) {
            git.env("GIT_CONFIG_GLOBAL", self.trust());
        }
        git
    }
}

fn named(repo: &Repo, name: &str) -> Result<Option<Revision>, Error> {
    match repo.revision(name) {
        Ok(revision) => Ok(Some(revision)),
        Err(Error::NoSuchRevision(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs `git` to its end, or kills it after `limit`.
async fn run(name: &'static str, git: std::process::Command, limit: Duration) -> Result<String, Error> {
    let mut git = tokio::process::Command::from(git);
    git.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    match tokio::time::timeout(limit, git.output()).await {
        Ok(output) => remote::succeeded(name, &output.map_err(Error::NoProgram)?),
        Err(_) => Err(Error::TookTooLong { command: name, limit }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::TestRepo;
    use super::*;

    /// A repository with one commit, and an empty mirror of it.
    fn mirrored() -> (TestRepo, Revision, Mirror) {
        let test = TestRepo::new();
        test.write("dockspace.toml", "1");
        let first = test.commit_all("first");
        let mirror = Mirror::open(&test.path.join("../repo.git"), Remote::Path(test.path.clone()), "main").unwrap();
        (test, first, mirror)
    }

    #[test]
    fn paths_and_urls_are_told_apart_as_git_does() {
        let check = |text: &str, expected: Remote| assert_eq!(Remote::parse(text, "/here".into()), expected, "{text}");
        check("/srv/o.git", Remote::Path("/srv/o.git".into()));
        check("o.git", Remote::Path("/here/o.git".into()));
        check("./a:b", Remote::Path("/here/./a:b".into()));
        check("file:///srv/o.git", Remote::Path("/srv/o.git".into()));
        for url in ["https://t@h/o.git", "git@h:o.git", "ssh://git@h/o.git"] {
            check(url, Remote::Url(url.to_owned()));
        }
        let shown = Remote::parse("https://token@h/o.git", "/".into()).to_string();
        assert_eq!(shown, "https://***@h/o.git");
    }

    #[tokio::test]
    async fn one_branch_is_fetched_and_nothing_else() {
        let (test, first, mirror) = mirrored();
        assert_eq!((mirror.head().unwrap(), mirror.in_force().unwrap()), (None, None));
        test.git(&["branch", "dockspace/in-force"]);
        test.git(&["tag", "in-force"]);
        test.git(&["update-ref", "refs/dockspace/in-force", "HEAD"]);
        assert_eq!(mirror.fetch().await.unwrap(), first);
        let names = test.git(&["-C", "../repo.git", "for-each-ref", "--format=%(refname)"]);
        assert_eq!(names, HEAD);
        test.write("dockspace.toml", "2");
        let second = test.commit_all("second");
        assert_eq!(mirror.fetch().await.unwrap(), second);
        test.git(&["reset", "--quiet", "--hard", "HEAD~"]);
        assert_eq!(mirror.fetch().await.unwrap(), first, "what was rewritten is seen");
        assert_eq!(mirror.head().unwrap(), Some(first));
    }

    #[tokio::test]
    async fn what_is_in_force_changes_from_what_is_known_only() {
        let (test, first, mirror) = mirrored();
        test.write("dockspace.toml", "2");
        let second = test.commit_all("second");
        mirror.fetch().await.unwrap();
        assert!(!mirror.set_in_force(Some(&first), &second).unwrap());
        assert!(mirror.set_in_force(None, &first).unwrap());
        assert!(!mirror.set_in_force(None, &second).unwrap());
        assert!(!mirror.set_in_force(Some(&second), &second).unwrap());
        assert_eq!(mirror.in_force().unwrap(), Some(first.clone()));
        assert!(mirror.set_in_force(Some(&first), &second).unwrap());
        let again = Mirror::open(&mirror.path, mirror.remote.clone(), "main").unwrap();
        assert_eq!(again.in_force().unwrap(), Some(second));
    }

    #[tokio::test]
    async fn a_repository_of_another_user_is_followed() {
        let (test, first, mirror) = mirrored();
        if rustix::process::geteuid().is_root() {
            // Only root can give folders away; for others this is one more fetch.
            let owned = std::process::Command::new("chown")
                .args(["-R", "4711"])
                .arg(&test.path)
                .status();
            assert!(owned.unwrap().success());
            assert!(matches!(Repo::open(&test.path), Err(Error::OtherOwner(_))));
        }
        assert_eq!(mirror.fetch().await.unwrap(), first);
        assert!(mirror.watch().await.unwrap().is_some());
    }

    #[tokio::test]
    async fn what_cannot_be_fetched_is_said_and_leaves_the_mirror_alone() {
        let (test, first, mirror) = mirrored();
        mirror.fetch().await.unwrap();
        test.git(&["branch", "--move", "main", "trunk"]);
        let error = mirror.fetch().await.unwrap_err();
        assert!(error.to_string().contains("refs/heads/main"), "{error}");
        assert_eq!(mirror.head().unwrap(), Some(first));
        let nowhere = Remote::Path(test.path.join("../nowhere"));
        let mirror = Mirror::open(&mirror.path, nowhere, "main").unwrap();
        assert!(matches!(mirror.fetch().await, Err(Error::Program { .. })));
        assert!(matches!(mirror.watch().await, Err(Error::Program { .. })));
        for branch in ["", "a b", "main:refs/heads/x", "*", "-x..y"] {
            let remote = Remote::Path(test.path.clone());
            assert!(Mirror::open(&mirror.path, remote, branch).is_err(), "{branch}");
        }
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_ended() {
        let mut sleep = std::process::Command::new("sleep");
        sleep.arg("1000");
        let ended = run("fetch", sleep, Duration::from_millis(10)).await;
        assert!(matches!(ended, Err(Error::TookTooLong { command: "fetch", .. })));
    }
}
