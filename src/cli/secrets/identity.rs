//! `dockspace secrets identity new|show`.

use camino::Utf8PathBuf;

use super::Key;
use crate::{
    cli::{Global, context::Context, exit::Exit, failure::Outcome, private, ui::Ui},
    clock::Clock,
    seal::Identity,
};

/// Private keys: make one, or show the public part of one.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    New(New),
    Show(Key),
}

/// Make a private key in a new file, and print its public part.
///
/// The file is what `age-keygen` makes, readable by you alone. It never belongs into the repository.
#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// The file to make; an existing one is never written over.
    #[arg(long, value_name = "FILE", default_value = "identity.txt")]
    out: Utf8PathBuf,
}

pub(super) fn run(ui: &mut Ui, global: &Global, verb: &Verb) -> Outcome {
    let identity = match verb {
        Verb::New(args) => {
            private::refuse_in_repository(&args.out)?;
            let identity = Identity::generate();
            private::create(&args.out, &identity.to_file(Clock::system().now()))?;
            ui.status(
                "Made",
                &format!("{}: keep a copy of it where this machine's loss does no harm", args.out),
            );
            identity
        }
        // Its public part; the private one is never printed.
        Verb::Show(key) => key.read(&Context::open(global)?)?,
    };
    for recipient in identity.recipients().iter() {
        ui.data(&format!("{recipient}\n"))?;
    }
    if let Verb::New(_) = verb {
        ui.say("To let it open what is sealed: dockspace secrets recipients add RECIPIENT");
    }
    Ok(Exit::Done)
}
