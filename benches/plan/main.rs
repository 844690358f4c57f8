//! What `dockspace plan` costs: CPU seconds and resident memory, beside the floor for the same work.
//!
//! `cargo bench --bench plan` prints one row per case; `docs/performance.md` says how to read them. The floor reads the same
//! blobs with git2, parses the same TOML and writes files of the size rendered, and nothing else.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod organisation;

use std::{
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use dockspace::seal::Identity;
use nix::sys::resource::{UsageWho, getrusage};

const DOCKSPACE: &str = env!("CARGO_BIN_EXE_dockspace");

/// CPU seconds (user and system) and peak resident memory in MB of one process.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    memory: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "floor", repository, revision, out] => floor(Path::new(repository), revision, Path::new(out)),
        [_, "child", program, ref rest @ ..] => child(program, rest),
        // `cargo test --benches` runs this too: one small organisation proves that it works.
        _ if !arguments.iter().any(|argument| argument == "--bench") => report(&[200]),
        _ => report(&[10_000, 100_000]),
    }
}

fn report(sizes: &[usize]) {
    println!("{:<52} {:>8} {:>8}   to reach", "case", "CPU s", "MB");
    for &users in sizes {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let identity = Identity::generate();
        let host = Host {
            root: directory.path().to_owned(),
            users,
        };
        std::fs::write(
            host.path("identity.txt"),
            identity.to_file(jiff::Timestamp::UNIX_EPOCH).expose(),
        )
        .expect("written");
        std::fs::create_dir_all(host.path("live")).expect("a live directory");
        organisation::repository(&host.path("organisation.git"), &identity, users);
        host.cold();
        host.applied();
    }
}

/// A host with an organisation of some size.
struct Host {
    root: PathBuf,
    users: usize,
}

impl Host {
    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// No applied record, no identity: everything is new.
    fn cold(&self) {
        let users = self.users;
        let arguments = [
            "floor".into(),
            text(&self.path("organisation.git")),
            "main".into(),
            text(&self.path("floor")),
        ];
        let floor = best(|| measured(&own(), &arguments));
        row(&format!("the floor: read, parse, write ({users} users)"), floor, "");
        let plan = best(|| self.dockspace(&["plan", "--rev", "main"]));
        let target = match users {
            10_000 => "0.25 CPU s, 40 MB; ",
            100_000 => "2 CPU s, 250 MB; ",
            _ => "",
        };
        row(
            &format!("plan, {users} users, cold"),
            plan,
            &format!("{target}1.3 × the floor (is {:.2})", plan.cpu / floor.cpu),
        );
    }

    /// With an applied record, nothing or one person changed; with the identity the live files are compared too.
    fn applied(&self) {
        let users = self.users;
        let identity = text(&self.path("identity.txt"));
        row(
            &format!("first apply, {users} users"),
            self.dockspace(&["apply", "--rev", "main", "--yes", "--identity", &identity]),
            "",
        );
        let target = if users == 100_000 { "0.2 CPU s" } else { "" };
        for (what, revision) in [("nothing changed", "main"), ("one person changed", "changed")] {
            let cost = best(|| self.dockspace(&["plan", "--rev", revision]));
            row(&format!("plan, {users} users, {what}"), cost, target);
            let cost = best(|| self.dockspace(&["plan", "--rev", revision, "--identity", &identity]));
            row(&format!("plan, {users} users, {what}, files compared"), cost, "");
        }
    }

    fn dockspace(&self, arguments: &[&str]) -> Cost {
        let mut command = vec![
            format!("DOCKSPACE_STATE_DIR={}", text(&self.path("state"))),
            format!("DOCKSPACE_TARGETS_MAIL_DIRECTORY={}", text(&self.path("live"))),
            DOCKSPACE.to_owned(),
            "-C".to_owned(),
            text(&self.path("organisation.git")),
        ];
        command.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        measured(Path::new("env"), &command)
    }
}

fn row(case: &str, cost: Cost, target: &str) {
    println!("{case:<52} {:>8.3} {:>8.1}   {target}", cost.cpu, cost.memory);
}

/// The cheapest of three runs: what the work needs, without what the machine does besides.
fn best(run: impl Fn() -> Cost) -> Cost {
    let runs = [run(), run(), run()];
    let least = |value: fn(&Cost) -> f64| runs.iter().map(value).fold(f64::INFINITY, f64::min);
    Cost {
        cpu: least(|run| run.cpu),
        memory: least(|run| run.memory),
    }
}

/// Runs a program as the only child of a process of its own, which then says what its child cost.
fn measured(program: &Path, arguments: &[String]) -> Cost {
    let output = Command::new(own())
        .arg("child")
        .arg(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .output()
        .expect("this program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("numbers");
    let (cpu, memory) = text.trim().split_once(' ').expect("two numbers");
    Cost {
        cpu: cpu.parse().expect("a number"),
        memory: memory.parse().expect("a number"),
    }
}

fn child(program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments).arg0(program).stdout(Stdio::null());
    assert!(command.status().expect("the program runs").success());
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    println!(
        "{} {}",
        seconds(usage.user_time()) + seconds(usage.system_time()),
        usage.max_rss() as f64 / 1024.0
    );
}

/// Reads every blob of the revision, parses it, and writes files of the size that a rendering has.
fn floor(repository: &Path, revision: &str, out: &Path) {
    let repository = git2::Repository::open(repository).expect("a repository");
    let tree = repository
        .revparse_single(&format!("{revision}^{{tree}}"))
        .and_then(|tree| tree.peel_to_tree());
    let odb = repository.odb().expect("objects");
    let mut keys = 0;
    let mut rendered = Vec::new();
    tree.expect("a tree")
        .walk(git2::TreeWalkMode::PreOrder, |_, entry| {
            if entry.kind() == Some(git2::ObjectType::Blob) {
                let blob = odb.read(entry.id()).expect("a blob");
                let text = std::str::from_utf8(blob.data()).expect("text");
                let (table, _) = toml::de::DeTable::parse_recoverable(text);
                keys += table.get_ref().len();
                rendered.extend_from_slice(&[b'x'; 90]);
            }
            git2::TreeWalkResult::Ok
        })
        .expect("a walk");
    assert!(keys > 0);
    std::fs::create_dir_all(out).expect("a directory");
    std::fs::write(out.join("postfix-accounts.cf"), rendered).expect("written");
}

fn own() -> PathBuf {
    std::env::current_exe().expect("this program has a path")
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}
