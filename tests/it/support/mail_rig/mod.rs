//! A real mail server: Dovecot as docker-mailserver v15 or v16 runs it and Postfix as v15 does, from one directory, on loopback
//! only.
//!
//! A [`Rig`] takes docker-mailserver's files from its configuration directory as docker-mailserver would, and is then asked
//! by real protocols: who may log in, where does mail go. It stops when dropped. Starting takes about a second, so a test asks
//! one rig many things. Postfix insists on root; Dockspace's own code needs no part of this.
//!
//! ```ignore
//! let rig = Rig::start(Dialect::V16, &[("postfix-accounts.cf", &account("alice@example.test", "secret"))]);
//! assert!(rig.login("alice@example.test", "secret").is_ok());
//! ```

pub(crate) mod dms;
pub(crate) mod session;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{run, stdout_of, text, wait_for};
use dms::{ConfigDirectory, Dialect};

/// A running mail server.
pub(crate) struct Rig {
    layout: Layout,
    /// The directory that docker-mailserver would watch.
    pub(crate) config: ConfigDirectory,
    /// Where IMAP is spoken.
    pub(crate) imap: SocketAddr,
    /// Where anybody hands in mail for the hosted domains.
    pub(crate) mx: SocketAddr,
    /// Where those who log in hand in mail.
    pub(crate) submission: SocketAddr,
    dovecot: Child,
    postfix: Child,
    _directory: TempDir,
}

impl Rig {
    /// Starts a mail server on these files of docker-mailserver.
    pub(crate) fn start(dialect: Dialect, files: &[(&str, &str)]) -> Self {
        let nobody = dialect.shipped_oauth2("http://127.0.0.1:1/");
        Self::start_with(dialect, files, &nobody)
    }

    /// The same with these settings for tokens: of 2.3 the file of the `oauth2` database, of 2.4 all that there is.
    pub(crate) fn start_with(dialect: Dialect, files: &[(&str, &str)], oauth2: &str) -> Self {
        let directory = TempDir::with_prefix_in("rig", "/tmp").unwrap();
        // Dovecot and Postfix drop rights and must still get here.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let layout = Layout {
            root: directory.path().to_owned(),
            dialect,
        };
        let [imap, mx, submission, quota] = free_ports();
        layout.create();
        layout.configure(&[
            ("@RIG@", text(&layout.root)),
            ("@IMAP@", &imap.port().to_string()),
            ("@MX@", &mx.port().to_string()),
            ("@SUBMISSION@", &submission.port().to_string()),
            ("@QUOTA@", &quota.port().to_string()),
        ]);
        dms::write_settled(&layout.root.join("dovecot/oauth2.ext"), oauth2);
        let config = ConfigDirectory::at(layout.root.join("dms"));
        for (name, content) in files {
            config.write(name, content);
        }
        layout.take(&config);
        // Makes the queue directories; Dovecot puts its LMTP socket into one.
        stdout_of("postfix", &["-c", text(&layout.postfix()), "check"]);
        let dovecot = server(
            dialect.program("dovecot").arg("-F").arg("-c").arg(layout.dovecot()),
            &layout.log("dovecot.log"),
        );
        let postfix = server(
            Command::new("/usr/lib/postfix/sbin/master")
                .args(["-d", "-c"])
                .arg(layout.postfix()),
            &layout.log("postfix.log"),
        );
        let rig = Self {
            layout,
            config,
            imap,
            mx,
            submission,
            dovecot,
            postfix,
            _directory: directory,
        };
        for address in [imap, mx, submission] {
            wait_for("the mail server to listen", || TcpStream::connect(address).ok());
        }
        rig
    }

    /// Does what docker-mailserver does when it sees a change: build its tables anew, reload both servers.
    pub(crate) fn take_changes(&self) {
        self.layout.take(&self.config);
        self.layout.reload();
    }

    /// Watches the configuration directory as docker-mailserver's change detector does, only more often, until dropped.
    pub(crate) fn detect_changes(&self) -> Detector {
        let config = ConfigDirectory::at(self.config.path());
        let layout = self.layout.clone();
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut known = fingerprint(config.path());
            while stopped.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout) {
                let now = fingerprint(config.path());
                if now != known {
                    let lock = Lock::take(config.path());
                    layout.take(&config);
                    layout.reload();
                    drop(lock);
                    known = now;
                }
            }
        });
        Detector {
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// The messages in the inbox of a mailbox.
    pub(crate) fn inbox(&self, address: &str) -> Vec<String> {
        let directory = self.mailbox(address);
        ["new", "cur"]
            .iter()
            .filter_map(|part| fs::read_dir(directory.join(part)).ok())
            .flatten()
            .filter_map(|file| fs::read_to_string(file.unwrap().path()).ok())
            .collect()
    }

    /// The directory of a mailbox: what a maildir has, and `home`.
    pub(crate) fn mailbox(&self, address: &str) -> PathBuf {
        let (local, domain) = address.split_once('@').unwrap();
        self.layout.root.join("mail").join(domain).join(local)
    }

    /// What a table of Postfix has for `key`, asked as Postfix asks: `rig.postmap("texthash", "virtual", "team@example.test")`.
    pub(crate) fn postmap(&self, kind: &str, table: &str, key: &str) -> Result<Option<String>, String> {
        dms::postmap(kind, &self.layout.postfix().join(table), key)
    }

    /// What both servers have logged so far.
    pub(crate) fn log(&self) -> String {
        ["dovecot.log", "postfix.log"]
            .iter()
            .filter_map(|name| fs::read_to_string(self.layout.log(name)).ok())
            .collect()
    }

    /// Waits until no message is under way, so that one which isn't there won't come.
    #[track_caller]
    pub(crate) fn wait_for_empty_queue(&self) {
        wait_for("an empty queue", || {
            let queue = stdout_of("postqueue", &["-c", text(&self.layout.postfix()), "-p"]);
            queue.contains("queue is empty").then_some(())
        });
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- log of the mail server\n{}", self.log());
        }
        for server in [&self.dovecot, &self.postfix] {
            let _ = kill_process(Pid::from_child(server), Signal::TERM);
        }
        for server in [&mut self.dovecot, &mut self.postfix] {
            let _ = server.wait();
        }
    }
}

/// Where things are in the directory of a rig.
#[derive(Clone)]
struct Layout {
    root: PathBuf,
    dialect: Dialect,
}

impl Layout {
    fn dovecot(&self) -> PathBuf {
        self.root.join("dovecot/dovecot.conf")
    }

    fn postfix(&self) -> PathBuf {
        self.root.join("postfix/etc")
    }

    fn log(&self, name: &str) -> PathBuf {
        self.root.join("log").join(name)
    }

    fn create(&self) {
        let directories = "dovecot postfix/etc postfix/spool postfix/data run state log mail dms";
        for directory in directories.split_whitespace() {
            fs::create_dir_all(self.root.join(directory)).unwrap();
        }
        stdout_of("chown", &["postfix", text(&self.root.join("postfix/data"))]);
    }

    fn configure(&self, values: &[(&str, &str)]) {
        for (file, template) in [
            ("dovecot/dovecot.conf", self.dialect.settings()),
            ("postfix/etc/main.cf", include_str!("config/main.cf")),
            ("postfix/etc/master.cf", include_str!("config/master.cf")),
        ] {
            let content = values.iter().fold(template.to_owned(), |content, (name, value)| {
                content.replace(name, value)
            });
            dms::write_settled(&self.root.join(file), &content);
        }
    }

    fn take(&self, config: &ConfigDirectory) {
        config.convert(&self.root, self.dialect).unwrap();
        let aliases = format!("hash:{}", text(&self.postfix().join("aliases")));
        stdout_of("postalias", &["-c", text(&self.postfix()), &aliases]);
    }

    fn reload(&self) {
        stdout_of("postfix", &["-c", text(&self.postfix()), "reload"]);
        let dovecot = self.dovecot();
        let reloaded = self
            .dialect
            .program("doveadm")
            .arg("-c")
            .arg(dovecot)
            .arg("reload")
            .status();
        assert!(reloaded.unwrap().success());
    }
}

/// Ends the watching of [`Rig::detect_changes`] when dropped.
#[must_use = "watching ends when this is dropped"]
pub(crate) struct Detector {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Detector {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(thread::JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(ended, Some(Ok(()))), "the change detector broke down");
        }
    }
}

/// The lock docker-mailserver holds while it rebuilds. While another holds it, docker-mailserver waits.
struct Lock(PathBuf);

impl Lock {
    fn take(config: &Path) -> Self {
        let path = config.join("check-for-changes.sh.lock");
        wait_for("the lock of docker-mailserver", || fs::File::create_new(&path).ok());
        Self(path)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Changes when the content of a watched file does.
fn fingerprint(config: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(config)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cf"))
        .filter_map(|path| fs::read(&path).ok().map(|content| (path, content)))
        .collect();
    files.sort();
    files
}

/// Starts a server; what it says before it can log goes to `log` too.
fn server(command: &mut Command, log: &Path) -> Child {
    let user = run("id", &["-u"]);
    assert_eq!(
        user.stdout, b"0\n",
        "Dovecot and Postfix need root: run this test as root"
    );
    let log = fs::File::options().create(true).append(true).open(log).unwrap();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error} (ci/install installs what the tests need)"))
}

/// Ports that were free a moment ago.
fn free_ports<const N: usize>() -> [SocketAddr; N] {
    let listeners: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap())
}
