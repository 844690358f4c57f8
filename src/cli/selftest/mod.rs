//! `dockspace selftest`: does the running server do what apps expect of it?

mod oidc;

use super::{Global, failure::Outcome, ui::Ui};

/// Try the running server as its users would.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Oidc(oidc::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.what {
        What::Oidc(args) => oidc::run(ui, global, args),
    }
}
