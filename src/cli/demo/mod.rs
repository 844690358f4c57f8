//! `dockspace demo`.
//!
//! Not a show: [`place`] lays out the example organisation as a real one would lie on a host, and [`story`] runs the program's own
//! commands on it, in this process. What it prints is what those commands print.

mod example;
mod place;
mod served;
mod story;

use camino::Utf8PathBuf;

use super::{Exit, failure::Failure, failure::Outcome, ui::Ui};
use place::Place;

/// Play the example organisation through on this machine: check, plan, apply, change, plan and apply again. At a
/// terminal it ends with the sign-in server running, and an app to sign in to.
///
/// Everything stays in one folder, to look at and to go on with. No mail server is needed and none is touched.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to put it in, new or empty. Without it, a new one among the temporary files.
    #[arg(long, value_name = "DIR")]
    dir: Option<Utf8PathBuf>,

    /// Serve in the end though standard output is no terminal; a signal ends it.
    #[arg(long, conflicts_with = "no_serve")]
    serve: bool,

    /// End without a web server.
    #[arg(long)]
    no_serve: bool,
}

pub(super) fn run(ui: &mut Ui, args: &Args) -> Outcome {
    refuse_environment(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
    let place = Place::make(args.dir.as_deref())?;
    story::tell(ui, &place)?;
    if args.serve || (ui.shows_results() && !args.no_serve) {
        return served::serve(ui, &place);
    }
    Ok(Exit::Done)
}

/// The environment wins over the host file, so a variable of a real host would lead the demonstration to that host's files.
fn refuse_environment(mut names: impl Iterator<Item = String>) -> Result<(), Failure> {
    match names.find(|name| name.starts_with("DOCKSPACE_") && name != "DOCKSPACE_CONFIG") {
        None => Ok(()),
        Some(name) => Err(Failure::message(
            Exit::Error,
            format!("{name} is set, and would lead the demonstration to this host's own files"),
        )
        .hint(format!("run it without: env --unset={name} dockspace demo"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_host_is_left_alone() {
        let refused = |names: &[&str]| refuse_environment(names.iter().map(|name| (*name).to_owned())).err();
        assert!(refused(&["PATH", "DOCKSPACE_CONFIG"]).is_none());
        let failure = refused(&["PATH", "DOCKSPACE_TARGETS_MAIL_DIRECTORY"]).unwrap();
        assert!(
            failure.text().contains("DOCKSPACE_TARGETS_MAIL_DIRECTORY"),
            "{failure:?}"
        );
    }
}
