//! Servers that somebody else wrote, such as nginx: each in its own folder, on loopback.

use std::fs::{self, File};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::wait_for;

/// A server in the foreground; ends when dropped.
pub(crate) struct Foreign {
    child: Child,
    folder: TempDir,
}

impl Foreign {
    /// A folder to make a server's files in, readable for the account it runs as.
    pub(crate) fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    /// Starts `program` in `folder`, its home, and waits until it listens on `port`.
    #[track_caller]
    pub(crate) fn start(folder: TempDir, port: u16, program: &str, args: &[&str]) -> Self {
        let log = File::create(folder.path().join("log")).unwrap();
        let child = Command::new(program)
            .args(args)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error} (ci/install installs what the tests need)"));
        let mut server = Self { child, folder };
        wait_for(&format!("{program} to listen"), || {
            let ended = server.child.try_wait().unwrap();
            assert_eq!(ended, None, "{program} ended: {}", server.said());
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        server
    }

    /// What it wrote to its standard output and error.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}
