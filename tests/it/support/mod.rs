//! What the tests stand on: a repository to run the program in, and a mail server to judge its files.

pub(crate) mod browser;
pub(crate) mod certificate;
pub(crate) mod foreign;
pub(crate) mod host;
pub(crate) mod mail_rig;
pub(crate) mod postgres;
pub(crate) mod replicas;
pub(crate) mod repo;
pub(crate) mod server;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use dockspace::clock::Clock;

use self::postgres::Postgres;

/// One PostgreSQL for all tests of this process.
pub(crate) fn shared_postgres() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start("off"))
}

/// Waits until `ready` gives something; for what another program does in its own time.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(value) = ready() {
            return value;
        }
        Clock::system().sleep(Duration::from_millis(20));
    }
    panic!("waited in vain for {what}");
}

/// Runs `program`, which must be there.
#[track_caller]
pub(crate) fn run(program: &str, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (ci/install installs what the tests need)"))
}

/// Runs `program`, which must succeed, and gives what it printed.
#[track_caller]
pub(crate) fn stdout_of(program: &str, args: &[&str]) -> String {
    let output = run(program, args);
    assert!(
        output.status.success(),
        "{program} {args:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What `name` of docs/guides shows in the block that begins with `opening`, up to its end.
#[track_caller]
pub(crate) fn guide(name: &str, opening: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let shown = text.split_once(opening).and_then(|(_, rest)| rest.split_once("```"));
    let (block, _) = shown.unwrap_or_else(|| panic!("{name} has no {opening:?}"));
    block.to_owned()
}

/// A path as the text a command line takes.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("test directories have UTF-8 names")
}
