//! `dockspace secrets …`: what is sealed, to whom, and what to do when a key is lost or leaked.

mod check;
mod identity;
mod recipients;
mod reseal;
mod reveal;
mod rotate;
mod seal;
mod sound;

use camino::Utf8PathBuf;
use clap::Subcommand;

use super::{
    Global,
    context::Context,
    exit::Exit,
    failure::{Failure, Outcome},
    host,
    ui::Ui,
};
use crate::{
    document,
    model::{Desired, SealedAt},
    seal::Identity,
};

/// Sealed values: who can open them, and what to do when a key is lost or leaked.
///
/// A sealed value is an age file in the repository that only the recipients in dockspace.toml can open. Sealing needs no key;
/// `reveal`, `reseal` and `check` need an identity.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    #[command(subcommand)]
    Identity(identity::Verb),
    #[command(subcommand)]
    Recipients(recipients::Verb),
    Seal(seal::Args),
    Reveal(reveal::Args),
    Reseal(reseal::Args),
    Rotate(rotate::Args),
    Check(check::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.verb {
        Verb::Identity(verb) => identity::run(ui, global, verb),
        Verb::Recipients(verb) => recipients::run(ui, global, verb),
        Verb::Seal(args) => seal::run(ui, global, args),
        Verb::Reveal(args) => reveal::run(ui, global, args),
        Verb::Reseal(args) => reseal::run(ui, global, args),
        Verb::Rotate(args) => rotate::run(ui, global, args),
        Verb::Check(args) => check::run(ui, global, args),
    }
}

/// The key that opens.
#[derive(Clone, Debug, clap::Args)]
struct Key {
    /// The age identity that opens sealed values, instead of the host file's.
    #[arg(long, value_name = "FILE")]
    identity: Option<Utf8PathBuf>,
}

impl Key {
    /// Reads the identity file that is named here or in the host file.
    fn read(&self, context: &Context) -> Result<Identity, Failure> {
        let path = self.identity.as_ref().or(context.settings.identity.as_ref());
        let path = path.ok_or_else(|| {
            Failure::message(Exit::Error, "sealed values can be opened with an identity alone")
                .hint("name its file with --identity, or as `identity` in the host file")
        })?;
        host::read_identity(path)
    }
}

/// Where a value stands: a file and a key in it.
#[derive(Clone, Debug, clap::Args)]
struct Place {
    /// The file inside the repository, such as mail.sealed.toml.
    file: Utf8PathBuf,

    /// The key in it, as TOML has it: relay."example.org".password.
    key: String,
}

impl Place {
    fn path(&self) -> Utf8PathBuf {
        self.file.components().filter(|part| part.as_str() != ".").collect()
    }

    fn steps(&self) -> Result<Vec<String>, Failure> {
        document::key_steps(&self.key).ok_or_else(|| {
            Failure::message(Exit::Error, format!("`{}` is no key", self.key))
                .hint("write it as in the file, with names that have dots in quotes: 'relay.\"example.org\".password'")
        })
    }

    /// The sealed value that stands there.
    fn find<'a>(&self, desired: &'a Desired) -> Result<SealedAt<'a>, Failure> {
        let (path, steps) = (self.path(), self.steps()?);
        let mut values = desired.sealed_values();
        let found = values.iter().position(|value| value.path == path && value.key == steps);
        let found = found.ok_or_else(|| {
            Failure::message(Exit::Error, format!("nothing is sealed as `{}` in {path}", self.key))
                .hint("`dockspace secrets check` lists what is sealed")
        })?;
        Ok(values.swap_remove(found))
    }
}
