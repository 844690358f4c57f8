//! `dockspace forge requests`.

use super::{Global, Outcome, ProjectArgs, Ui, outbound, refused};
use crate::cli::{Exit, serve};

/// List the numbers of the open pull or merge requests, one on a line.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,

    /// Those that are to be merged into this branch.
    #[arg(long, value_name = "BRANCH", default_value = "main")]
    branch: String,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let project = args.project.project()?;
    let outbound = outbound(global)?;
    let requests = serve::runtime()?.block_on(project.open_requests(&outbound, &args.branch));
    let list: String = requests
        .map_err(refused)?
        .iter()
        .map(|number| format!("{number}\n"))
        .collect();
    ui.data(&list)?;
    Ok(Exit::Done)
}
