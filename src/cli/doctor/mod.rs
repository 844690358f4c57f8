//! `dockspace doctor`: what other programs need to be told.

mod dovecot;

use super::{Global, failure::Outcome, ui::Ui};

/// Find out what is missing around Dockspace.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    about: About,
}

#[derive(Debug, clap::Subcommand)]
enum About {
    Dovecot(dovecot::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.about {
        About::Dovecot(args) => dovecot::run(ui, global, args),
    }
}
