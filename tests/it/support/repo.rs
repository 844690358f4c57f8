//! A git repository in a directory of its own, and the built program run in it.
//!
//! Nothing of the machine shows through: no home, no git configuration, no environment but `PATH`. Commits have a fixed author
//! and date, so that the same files give the same revision.
//!
//! ```ignore
//! let repo = TestRepo::new();
//! repo.write("dockspace.toml", "format = 2\n").commit("Start");
//! let output = repo.dockspace(["check"]).run().expect_code(3);
//! assert!(output.stdout.contains("DS-F"));
//! ```

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A repository that lives as long as this value.
pub(crate) struct TestRepo {
    directory: TempDir,
}

impl TestRepo {
    /// An empty repository on the branch `main`.
    pub(crate) fn new() -> Self {
        let repo = Self {
            directory: TempDir::with_prefix("repo").unwrap(),
        };
        for name in ["home", "repo"] {
            fs::create_dir(repo.directory.path().join(name)).unwrap();
        }
        repo.git(["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// The work tree.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("repo")
    }

    /// A place beside the work tree, for live files, state and keys.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file of the work tree, and the directories it stands in.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Reads a file of the work tree.
    #[track_caller]
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Commits the whole work tree; gives the revision.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git(["rev-parse", "HEAD"]).trim_end().to_owned()
    }

    /// Runs git, which must succeed; gives what it printed.
    #[track_caller]
    pub(crate) fn git<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> String {
        self.program("git", args).run().expect_code(0).stdout
    }

    /// The same for a command that reads `input`.
    #[track_caller]
    pub(crate) fn git_with_input<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: impl Into<Vec<u8>>,
    ) -> String {
        self.program("git", args).stdin(input).run().expect_code(0).stdout
    }

    /// The built program in the work tree.
    pub(crate) fn dockspace<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.program(env!("CARGO_BIN_EXE_dockspace"), args)
    }

    /// A shell script in the work tree, with the built program on its path.
    pub(crate) fn shell(&self, script: &Path) -> Run {
        let built = Path::new(env!("CARGO_BIN_EXE_dockspace")).parent().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        self.program("bash", [script])
            .env("PATH", format!("{}:{path}", built.display()))
    }

    fn program<A: AsRef<OsStr>>(&self, program: &str, args: impl IntoIterator<Item = A>) -> Run {
        let home = self.beside("home");
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_STATE_HOME", home.join(".state"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("TZ", "UTC")
            .env("CI", "true");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Test")
                .env(format!("GIT_{role}_EMAIL"), "test@example.org")
                .env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05Z");
        }
        Run {
            command,
            stdin: Vec::new(),
        }
    }
}

/// A program about to run.
#[must_use = "nothing happens before `run`"]
pub(crate) struct Run {
    command: Command,
    stdin: Vec<u8>,
}

impl Run {
    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads; nothing unless said.
    pub(crate) fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// The program, for whoever runs it in another way.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(mut self) -> Output {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?}: {error}", self.command.get_program()));
        // It may end without reading all of it; what it then says is what the test looks at.
        let _ = child.stdin.take().unwrap().write_all(&self.stdin);
        let output = child.wait_with_output().unwrap();
        Output {
            what: format!("{:?}", self.command.get_args().collect::<Vec<_>>()),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// What a program did.
#[must_use = "look at how it ended"]
#[derive(Debug)]
pub(crate) struct Output {
    what: String,
    /// Nothing when a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed as its result.
    pub(crate) stdout: String,
    /// What it said meanwhile.
    pub(crate) stderr: String,
}

impl Output {
    /// Fails the test, with all the program said, unless it ended with `code`.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "{}\n--- stdout\n{}\n--- stderr\n{}",
            self.what,
            self.stdout,
            self.stderr
        );
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_revision() {
        let revision = || {
            let repo = TestRepo::new();
            repo.write("users/example.org/alice.toml", "name = \"Alice\"\n");
            assert_eq!(repo.read("users/example.org/alice.toml"), "name = \"Alice\"\n");
            repo.commit("Start")
        };
        assert_eq!(revision(), revision());
    }

    #[test]
    fn a_program_sees_its_input_and_only_the_given_environment() {
        let repo = TestRepo::new();
        let output = repo.program("sh", ["-c", "cat; echo $A$USER; pwd >&2; exit 3"]);
        let output = output.stdin("in ").env("A", "b").run().expect_code(3);
        assert_eq!(output.stdout, "in b\n");
        assert_eq!(output.stderr.trim_end(), repo.path().to_str().unwrap());
    }

    #[test]
    fn the_program_runs_in_the_repository() {
        let output = TestRepo::new().dockspace(["--version"]).run();
        assert!(output.code.is_some(), "{output:?}");
    }
}
