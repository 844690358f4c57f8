//! The servers that are measured: started, asked what they spent, and ended with the value.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dockspace::clock::Clock;

use crate::app::{CLIENT, CLIENT_SECRET, REDIRECT_URI};
use crate::organisation;

/// `USER_HZ`, in which `/proc/PID/stat` counts: 100 on every Linux this runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that runs until it is dropped.
pub(crate) struct Process {
    /// The issuer.
    pub(crate) url: String,
    child: Child,
}

impl Process {
    /// `dockspace serve` for an organisation of `people`, in `directory`, with its state in `store`.
    pub(crate) fn dockspace(directory: &Path, store: &str, people: usize) -> Self {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let (repository, identity) = (directory.join("repository"), directory.join("identity.txt"));
        organisation::make(&repository, &identity, &url, people);
        let config = directory.join("host.toml");
        let text = format!(
            "state_dir = {:?}\nidentity = {identity:?}\nremote = {repository:?}\nlisten = \"127.0.0.1:{port}\"\n\
             store = {store:?}\npoll = \"24h\"\ntrusted_proxies = [\"127.0.0.1\"]\n",
            directory.join("state"),
        );
        fs::write(&config, text).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_dockspace"));
        command.arg("--config").arg(config).arg("serve").current_dir(directory);
        Self::start(command, url, &directory.join("log"))
    }

    /// The same for node's oidc-provider; nothing when it isn't installed.
    pub(crate) fn node(directory: &Path) -> Option<Self> {
        let place = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/serve/node"));
        if !place.join("node_modules/oidc-provider").exists() {
            return None;
        }
        let port = free_port();
        let mut command = Command::new("node");
        command
            .arg("server.mjs")
            .args([&port.to_string(), CLIENT, CLIENT_SECRET, REDIRECT_URI])
            .env("NODE_ENV", "production")
            .current_dir(place);
        Some(Self::start(
            command,
            format!("http://127.0.0.1:{port}"),
            &directory.join("node.log"),
        ))
    }

    fn start(mut command: Command, url: String, log: &Path) -> Self {
        let file = File::create(log).expect("a log");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log"))
            .stderr(file)
            .spawn()
            .expect("the server starts");
        let mut server = Self { url, child };
        let address = server.url.trim_start_matches("http://").to_owned();
        while std::net::TcpStream::connect(&address).is_err() {
            if let Some(status) = server.child.try_wait().expect("it can be asked") {
                panic!(
                    "the server ended, {status}: {}",
                    fs::read_to_string(log).unwrap_or_default()
                );
            }
            Clock::system().sleep(Duration::from_millis(20));
        }
        server
    }

    /// CPU seconds so far, user and system, of all its threads.
    pub(crate) fn cpu(&self) -> f64 {
        let text = self.proc("stat");
        // After the name, which may hold anything: state is field 3, utime 14 and stime 15 (proc_pid_stat(5)).
        let (_, fields) = text.rsplit_once(')').expect("a name in parentheses");
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |field: usize| fields[field - 3].parse::<f64>().expect("a number");
        (ticks(14) + ticks(15)) / TICKS_PER_SECOND
    }

    /// Resident memory in MB.
    pub(crate) fn resident(&self) -> f64 {
        let text = self.proc("status");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("a size");
        let kilobytes = line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number");
        kilobytes / 1024.0
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("Linux tells")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
