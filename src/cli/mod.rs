//! The command line: what was typed becomes one call, and how it ended becomes an exit code.
//!
//! One file per command: its `Args`, whose documentation is the manual, and one `run`. Only this module knows a terminal.

mod alias;
mod answer;
mod apply;
mod check;
mod client;
mod columns;
mod compare;
mod completions;
mod context;
mod demo;
mod diff;
mod doctor;
mod draft;
mod edit;
mod exit;
mod explain;
mod failure;
mod findings;
mod fmt;
mod forge;
mod group;
mod host;
mod init;
mod items;
mod keys;
mod lookup;
mod man;
mod merge_file;
mod owners;
mod plan;
mod private;
mod report;
mod schema;
mod sealing;
mod secrets;
mod selftest;
mod serve;
mod show;
mod site;
mod ui;
mod user;
mod who_can;

use std::{ffi::OsString, process::ExitCode};

use camino::Utf8PathBuf;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use exit::Exit;
pub use explain::rules;
use failure::Outcome;
use ui::{Talk, Ui};

/// One identity for mail and apps, kept in git.
///
/// Describe people, mailboxes, aliases, quotas, groups and apps as TOML in one git repository; see what a change would do with
/// `dockspace plan`, and make it so with `dockspace apply`.
#[derive(Debug, Parser)]
#[command(name = "dockspace", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
struct Global {
    /// The organisation repository.
    #[arg(
        short = 'C',
        long = "repository",
        value_name = "DIR",
        default_value = ".",
        global = true
    )]
    repository: Utf8PathBuf,

    /// The host file: paths, commands and addresses of this machine.
    #[arg(long, value_name = "FILE", env = "DOCKSPACE_CONFIG", global = true)]
    config: Option<Utf8PathBuf>,

    /// Say nothing but errors.
    #[arg(short, long, global = true)]
    quiet: bool,
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs; each document names its format.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Check(check::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Serve(serve::Args),
    Doctor(doctor::Args),
    Selftest(selftest::Args),
    Fmt(fmt::Args),
    Explain(explain::Args),
    WhoCan(who_can::Args),
    Owners(owners::Args),
    Forge(forge::Args),
    MergeFile(merge_file::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
    User(Box<user::Args>),
    Group(group::Args),
    Alias(alias::Args),
    Client(client::Args),
    Keys(keys::Args),
    Secrets(secrets::Args),
    Site(site::Args),
}

/// Runs the program with `arguments`, program name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Error.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    let talk = if cli.global.quiet { Talk::Quiet } else { Talk::Normal };
    let mut ui = Ui::standard(talk, std::env::var("CI").is_ok_and(|ci| ci == "true"));
    let outcome = dispatch(&mut ui, &cli.global, cli.command);
    ended(&mut ui, outcome).into()
}

fn dispatch(ui: &mut Ui, global: &Global, command: Command) -> Outcome {
    match command {
        Command::Demo(args) => demo::run(ui, &args),
        Command::Init(args) => init::run(ui, &args),
        Command::Plan(args) => plan::run(ui, global, &args),
        Command::Apply(args) => apply::run(ui, global, &args),
        Command::Serve(args) => serve::run(ui, global, &args),
        Command::Doctor(args) => doctor::run(ui, global, &args),
        Command::Selftest(args) => selftest::run(ui, global, &args),
        Command::Check(args) => check::run(ui, global, &args),
        Command::Fmt(args) => fmt::run(ui, global, &args),
        Command::Explain(args) => explain::run(ui, global, &args),
        Command::WhoCan(args) => who_can::run(ui, global, &args),
        Command::Owners(args) => owners::run(ui, global, &args),
        Command::Forge(args) => forge::run(ui, global, &args),
        Command::MergeFile(args) => merge_file::run(ui, &args),
        Command::Schema(args) => schema::run(ui, &args),
        Command::Completions(args) => completions::run(ui, &args),
        Command::Man(args) => man::run(ui, &args),
        Command::User(args) => user::run(ui, global, *args),
        Command::Group(args) => group::run(ui, global, &args),
        Command::Alias(args) => alias::run(ui, global, &args),
        Command::Client(args) => client::run(ui, global, &args),
        Command::Keys(args) => keys::run(ui, global, &args),
        Command::Secrets(args) => secrets::run(ui, global, &args),
        Command::Site(args) => site::run(ui, global, &args),
    }
}

/// Says why it failed, once, and decides the exit code.
fn ended(ui: &mut Ui, outcome: Outcome) -> Exit {
    let failure = match outcome {
        Ok(exit) => return exit,
        Err(failure) => failure,
    };
    if let Some(error) = &failure.error {
        let closed = |cause: &(dyn std::error::Error + 'static)| {
            cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
        };
        if error.chain().any(closed) {
            return Exit::Done;
        }
        ui.error(&failure.text());
    }
    for hint in &failure.hints {
        ui.hint(hint);
    }
    failure.exit
}

/// The command line as clap knows it, for the manual, the completions and the reference.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_options_of_a_command_clash() {
        super::command().debug_assert();
    }
}
