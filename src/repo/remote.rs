//! What crosses the network: the `git` program does it, with the user's credential helpers, ssh settings and proxies.

use std::process::{Command, Stdio};

use camino::Utf8Path;

use super::{Error, Repo};

/// Most of git's words that an error repeats, in characters.
const MOST_SAID: usize = 2000;

impl Repo {
    /// Clones `url` (or a path) into the new folder `path`, with a work tree.
    ///
    /// # Errors
    /// [`Error::Program`] with what git said; [`Error::NoProgram`].
    pub fn clone_from(url: &str, path: &Utf8Path) -> Result<Self, Error> {
        run("clone", git().args(["clone", "--quiet", "--", url, path.as_str()]))?;
        Self::open(path)
    }

    /// Fetches what the settings of `remote` say, such as all branches of `origin`.
    ///
    /// # Errors
    /// [`Error::Program`] with what git said; [`Error::NoProgram`].
    pub fn fetch(&self, remote: &str) -> Result<(), Error> {
        run("fetch", self.git().args(["fetch", "--quiet", "--", remote])).map(drop)
    }

    /// Pushes `refspec`, such as `main` or `ID:refs/heads/main`, to `remote`; never by force.
    ///
    /// # Errors
    /// [`Error::Moved`] when the other side has commits we don't; otherwise as for [`Repo::fetch`].
    pub fn push(&self, remote: &str, refspec: &str) -> Result<(), Error> {
        let target = refspec
            .rsplit(':')
            .next()
            .unwrap_or(refspec)
            .trim_start_matches("refs/heads/");
        if refspec.starts_with('+') {
            return Err(Error::Program {
                command: "push",
                stderr: format!("`{refspec}` is a push by force"),
            });
        }
        let pushed = self
            .git()
            .args(["push", "--porcelain", "--", remote, refspec])
            .output()
            .map_err(Error::NoProgram)?;
        let report = String::from_utf8_lossy(&pushed.stdout);
        // `[rejected]` is our own git seeing that the push is no fast-forward; a refusal of the other side is `[remote rejected]`.
        if report
            .lines()
            .any(|line| line.starts_with('!') && line.contains("[rejected]"))
        {
            return Err(Error::Moved(target.into()));
        }
        succeeded("push", &pushed).map(drop)
    }

    /// The `git` program on this repository.
    fn git(&self) -> Command {
        let mut git = git();
        git.arg("-C").arg(self.git.workdir().unwrap_or_else(|| self.git.path()));
        git
    }
}

/// The `git` program, asking nobody anything and deaf to a repository that the environment names.
pub(super) fn git() -> Command {
    let mut git = Command::new("git");
    for variable in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    ] {
        git.env_remove(variable);
    }
    git.env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    git
}

fn run(name: &'static str, git: &mut Command) -> Result<String, Error> {
    succeeded(name, &git.output().map_err(Error::NoProgram)?)
}

pub(super) fn succeeded(command: &'static str, output: &std::process::Output) -> Result<String, Error> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = redact(String::from_utf8_lossy(&output.stderr).trim())
        .chars()
        .take(MOST_SAID)
        .collect();
    Err(Error::Program { command, stderr })
}

/// Replaces user names and passwords in URLs: a token in one is as good as a password.
pub(super) fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        redacted += before;
        redacted += "://";
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"'))
            .unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => redacted += &format!("***@{host}"),
            None => redacted += authority,
        }
        rest = tail;
    }
    redacted + rest
}

#[cfg(test)]
mod tests {
    use super::super::tests::TestRepo;
    use super::*;

    #[test]
    fn credentials_are_redacted() {
        let check = |text: &str, expected: &str| assert_eq!(redact(text), expected);
        check(
            "fatal: 'https://bot:s3cret@git.example.org/o.git'",
            "fatal: 'https://***@git.example.org/o.git'",
        );
        check(
            "https://token@h/a and https://u:p@ss@h:1/b",
            "https://***@h/a and https://***@h:1/b",
        );
        check("ssh://git@h", "ssh://***@h");
        check("https://h/x@y says no@where", "https://h/x@y says no@where");
    }

    #[test]
    fn clone_push_and_fetch() {
        let test = TestRepo::new();
        let bare = test.path.join("../organisation.git");
        Repo::init_bare(&bare).unwrap();
        test.write("dockspace.toml", "1");
        let first = test.commit_all("first");
        test.repo.push(bare.as_str(), "main").unwrap();
        let copy = test.path.join("../copy");
        let copied = Repo::clone_from(bare.as_str(), &copy).unwrap();
        assert_eq!(copied.revision("HEAD").unwrap(), first);

        test.write("dockspace.toml", "2");
        let second = test.commit_all("second");
        test.repo
            .push(bare.as_str(), &format!("{}:refs/heads/main", second.id))
            .unwrap();
        assert!(copied.revision(&second.id.to_string()).is_err());
        copied.fetch("origin").unwrap();
        assert_eq!(copied.revision("origin/main").unwrap(), second);
    }

    #[test]
    fn a_lost_race_is_told_from_other_failures() {
        let test = TestRepo::new();
        let bare = test.path.join("../organisation.git");
        Repo::init_bare(&bare).unwrap();
        test.write("dockspace.toml", "1");
        test.commit_all("first");
        test.repo.push(bare.as_str(), "main").unwrap();
        test.git(&["commit", "--quiet", "--amend", "--message", "rewritten"]);
        assert!(matches!(test.repo.push(bare.as_str(), "main"), Err(Error::Moved(branch)) if branch == "main"));
        assert!(matches!(
            test.repo.push(bare.as_str(), "+main"),
            Err(Error::Program { .. })
        ));
        let error = test.repo.push("/nowhere/at-all.git", "main").unwrap_err();
        assert!(
            matches!(&error, Error::Program { stderr, .. } if stderr.contains("/nowhere/at-all.git")),
            "{error}"
        );
        let owned = test.path.join("../owned");
        test.repo.fetch(&format!("--upload-pack=touch {owned}")).unwrap_err();
        assert!(!owned.exists(), "a remote is never taken for an option");
    }
}
