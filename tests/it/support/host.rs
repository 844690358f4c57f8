//! A host that runs the built `dockspace serve` on the example organisation: its repository, host file and log.
//!
//! Ready is what the program tells systemd; everything later is waited for in its log.
//!
//! ```ignore
//! let host = Host::new();
//! let mut server = host.serve();
//! server.wait_for(|line| line["event"] == "revision_in_force");
//! assert_eq!(server.stop(), Some(0));
//! ```

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

use super::repo::{Output, TestRepo};
use super::text;

/// How long a test waits for what must come before it gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A machine with an organisation on it.
pub(crate) struct Host {
    /// The repository that is followed.
    pub(crate) repo: Arc<TestRepo>,
    /// The ports of the server, and of its numbers.
    pub(crate) port: u16,
    /// See [`Self::port`].
    pub(crate) metrics: u16,
    extra: String,
    /// What its files are told apart by from those of its replicas.
    suffix: &'static str,
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    /// Every line of the log that was read so far.
    pub(crate) log: Vec<String>,
}

impl Host {
    /// The example organisation, with a loopback issuer.
    pub(crate) fn new() -> Self {
        let host = Self {
            repo: Arc::new(TestRepo::new()),
            port: free_port(),
            metrics: free_port(),
            extra: String::new(),
            suffix: "",
        };
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("example-repo"),
            &host.repo.path(),
        );
        let identity = host.repo.beside("identity.txt");
        fs::rename(host.repo.path().join("identity.txt"), &identity).unwrap();
        fs::set_permissions(&identity, fs::Permissions::from_mode(0o600)).unwrap();
        let issuer = host.url();
        host.edit("dockspace.toml", "http://localhost:8000", &issuer);
        host.repo.commit("The example");
        host.write_host_file();
        host
    }

    /// The same with more in its host file.
    pub(crate) fn with(extra: &str) -> Self {
        let host = Self {
            extra: extra.to_owned(),
            ..Self::new()
        };
        host.write_host_file();
        host
    }

    /// Another machine for the same issuer, with the same repository and the same in its host file.
    pub(crate) fn replica(&self) -> Self {
        let host = Self {
            repo: Arc::clone(&self.repo),
            port: free_port(),
            metrics: free_port(),
            extra: self.extra.clone(),
            suffix: "-replica",
        };
        host.write_host_file();
        host
    }

    /// A file or folder of this machine alone.
    pub(crate) fn own(&self, name: &str) -> PathBuf {
        self.repo.beside(&format!("{name}{}", self.suffix))
    }

    /// Where it listens: the issuer, if it isn't a replica.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Replaces `from` by `to` in a file of the repository, in which it must stand.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.repo.read(path);
        assert!(text.contains(from), "{path} has no {from:?}:\n{text}");
        self.repo.write(path, text.replace(from, to));
    }

    fn write_host_file(&self) {
        let text = format!(
            "state_dir = {:?}\nidentity = {:?}\nremote = {:?}\nlisten = \"127.0.0.1:{}\"\nmetrics = \"127.0.0.1:{}\"\npoll = \"24h\"\n{}\n",
            self.own("state"),
            self.repo.beside("identity.txt"),
            self.repo.path(),
            self.port,
            self.metrics,
            self.extra,
        );
        fs::write(self.own("host.toml"), text).unwrap();
    }

    /// Starts the server, and waits until it is ready.
    #[track_caller]
    pub(crate) fn serve(&self) -> Running {
        let socket = self.own("notify");
        let _ = fs::remove_file(&socket);
        let told = UnixDatagram::bind(&socket).unwrap();
        told.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let config = self.own("host.toml");
        let command = self.repo.dockspace(["--config", text(&config), "serve"]);
        let mut child = command
            .env("NOTIFY_SOCKET", &socket)
            .into_command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut bytes = [0; 64];
        while told.recv(&mut bytes).is_err() {
            if let Some(status) = child.try_wait().unwrap() {
                let mut said = String::new();
                child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                panic!("the server ended with {status}: {said}");
            }
        }
        Running {
            child,
            lines,
            log: Vec::new(),
        }
    }

    /// Starts a server that can't: gives how it ended.
    #[track_caller]
    pub(crate) fn serve_in_vain(&self) -> Output {
        let config = self.own("host.toml");
        self.repo.dockspace(["--config", text(&config), "serve"]).run()
    }
}

impl Running {
    /// Waits for the line of the log that `wanted` knows, and gives it.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no such line: {:#?}", self.log));
            self.log.push(line.clone());
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            if wanted(&line) {
                return line;
            }
        }
    }

    /// Asks it to stop, and gives how it ended.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let ended = self.child.wait().unwrap();
        self.log.extend(self.lines.iter());
        ended.code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nothing listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
