//! What building the site costs: CPU and elapsed seconds and resident memory, all of it and after one person changed, beside
//! Hugo on the same people.
//!
//! `cargo bench --bench site` prints one row per case; `docs/performance.md` says how to read them. Hugo gets a page a person with
//! the same facts as front matter and a list of everybody, which is less than the site has; it is left out where it isn't installed.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod hugo;
#[path = "../plan/organisation.rs"]
mod organisation;

use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use dockspace::{clock::Clock, seal::Identity};
use nix::sys::resource::{UsageWho, getrusage};

const DOCKSPACE: &str = env!("CARGO_BIN_EXE_dockspace");
/// How many apps there are; a site without them would have no matrix.
const APPS: usize = 8;

/// What one process took: CPU seconds (user and system), elapsed seconds, peak resident memory in MB.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    elapsed: f64,
    memory: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "child", program, ref rest @ ..] => child(program, rest),
        // `cargo test --benches` runs this too: one small organisation proves that it works.
        _ if !arguments.iter().any(|argument| argument == "--bench") => report(&[100]),
        _ => report(&[1_000, 10_000]),
    }
}

fn report(sizes: &[usize]) {
    println!("{:<44} {:>8} {:>10} {:>8}", "case", "CPU s", "elapsed s", "MB");
    // Nothing is removed before the end: for some seconds ext4 goes out of its way not to take the inodes of removed files
    // again, which costs whoever makes files more than making them.
    let directory = tempfile::tempdir().expect("a temporary directory");
    for &people in sizes {
        let root = &directory.path().join(people.to_string());
        std::fs::create_dir(root).expect("a folder");
        let repository = root.join("organisation.git");
        organisation::repository(&repository, &Identity::generate(), people);
        apps(&repository, people);
        for (what, fresh) in [("full", true), ("one person changed", false)] {
            let cost = best(|run| {
                let site = root.join(format!("{what} {run}"));
                if !fresh {
                    build(&repository, &site, "apps");
                }
                build(&repository, &site, if fresh { "apps" } else { "one" })
            });
            row(&format!("dockspace, {people} people, {what}"), cost);
        }
        if hugo::is_there() {
            let pages = root.join("hugo");
            hugo::pages(&pages, people);
            row(&format!("Hugo, {people} people, full"), best(|_| hugo::build(&pages)));
            hugo::change(&pages, people / 2);
            row(
                &format!("Hugo, {people} people, one person changed"),
                hugo::build(&pages),
            );
        }
    }
}

fn build(repository: &Path, site: &Path, revision: &str) -> Cost {
    let arguments = [
        "-C",
        text(repository),
        "-q",
        "site",
        "build",
        "--rev",
        revision,
        "--out",
        text(site),
    ];
    measured(DOCKSPACE, &arguments)
}

/// The branch `apps` of main with apps, and on top of it `one`, in which one person got another name.
fn apps(repository: &Path, people: usize) {
    let mut import = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    let mut stream = import.stdin.take().expect("a pipe");
    let who = "Bench <bench@example.org> 1790000000 +0000";
    let mut commit = |branch: &str, from: &str, files: &[(String, String)]| {
        writeln!(
            stream,
            "commit refs/heads/{branch}\ncommitter {who}\ndata 3\nnew\nfrom refs/heads/{from}"
        )
        .expect("git reads");
        for (path, content) in files {
            writeln!(stream, "M 100644 inline {path}\ndata {}\n{content}", content.len()).expect("git reads");
        }
    };
    let app = |n: usize| {
        let groups = if n == 0 {
            "*".to_owned()
        } else {
            format!("team-{n}\", \"team-{}", n + 8)
        };
        let text = format!(
            "name = \"App {n}\"\nkind = \"forward-auth\"\nhosts = [\"app{n}.example.org\"]\ngroups = [\"{groups}\"]\n"
        );
        (format!("clients/app{n}.toml"), text)
    };
    let apps: Vec<_> = (0..APPS).map(app).collect();
    commit("apps", "main", &apps);
    let renamed = organisation::user(people / 2).replace("Person Number", "Person Renamed");
    commit("one", "apps", &[(organisation::user_path(people / 2), renamed)]);
    writeln!(stream, "done").expect("git reads");
    drop(stream);
    assert!(import.wait().expect("git ends").success());
}

fn row(case: &str, cost: Cost) {
    println!(
        "{case:<44} {:>8.3} {:>10.3} {:>8.1}",
        cost.cpu, cost.elapsed, cost.memory
    );
}

/// The cheapest of three runs: what the work needs, without what the machine does besides.
fn best(run: impl Fn(usize) -> Cost) -> Cost {
    let runs = [0, 1, 2].map(run);
    let least = |value: fn(&Cost) -> f64| runs.iter().map(value).fold(f64::INFINITY, f64::min);
    Cost {
        cpu: least(|run| run.cpu),
        elapsed: least(|run| run.elapsed),
        memory: least(|run| run.memory),
    }
}

/// Runs a program as the only child of a process of its own, which then says what its child cost.
fn measured(program: &str, arguments: &[&str]) -> Cost {
    let own: PathBuf = std::env::current_exe().expect("a path");
    let output = Command::new(own)
        .arg("child")
        .arg(program)
        .args(arguments)
        .output()
        .expect("this program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("numbers");
    let numbers: Vec<f64> = said
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    let [cpu, elapsed, memory] = numbers[..] else {
        return Cost {
            cpu: f64::NAN,
            elapsed: f64::NAN,
            memory: f64::NAN,
        };
    };
    Cost { cpu, elapsed, memory }
}

fn child(program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments).arg0(program).stdout(Stdio::null());
    let clock = Clock::system();
    let start = clock.now();
    assert!(command.status().expect("the program runs").success());
    let elapsed = clock.now().duration_since(start).as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    println!(
        "{} {elapsed} {}",
        seconds(usage.user_time()) + seconds(usage.system_time()),
        usage.max_rss() as f64 / 1024.0
    );
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}
