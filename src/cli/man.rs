//! `dockspace man`.

use camino::Utf8PathBuf;
use clap_mangen::Man;

use super::{Exit, failure::Outcome, ui::Ui};

/// Print the manual page, or write one page per command into a directory.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to write `dockspace.1`, `dockspace-plan.1` and so on.
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
}

pub(super) fn run(ui: &mut Ui, args: &Args) -> Outcome {
    match &args.out {
        Some(directory) => {
            std::fs::create_dir_all(directory)?;
            clap_mangen::generate_to(super::command(), directory)?;
            ui.status("Wrote", &format!("the manual pages to {directory}"));
        }
        None => {
            let mut page = Vec::new();
            Man::new(super::command()).render(&mut page)?;
            ui.data(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Exit::Done)
}
