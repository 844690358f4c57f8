//! `dockspace forge comment`.

use std::io::Read as _;

use camino::Utf8PathBuf;

use super::{Failure, Global, Outcome, ProjectArgs, Ui, outbound, refused};
use crate::{
    cli::{Exit, serve},
    forge::comment::{self, LONGEST, Marker, Put, Text},
    plan::markdown::MARKER,
};

/// Write the plan as a comment on a pull or merge request: one comment, written anew each time.
///
/// Takes what `dockspace plan --format markdown` printed. The comment is found again by its first line and by who wrote it;
/// others that begin so are left alone.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The text; `-` for standard input.
    file: Utf8PathBuf,

    #[command(flatten)]
    project: ProjectArgs,

    /// The number of the pull or merge request.
    #[arg(long, value_name = "NUMBER")]
    request: u64,

    /// Who writes the comment, where that is another than the forge's own pipeline.
    #[arg(long, value_name = "ACCOUNT")]
    author: Option<String>,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let text = Text::parse(read(args)?, Marker(MARKER)).map_err(|error| {
        Failure::new(Exit::Error, error).hint("give what `dockspace plan --format markdown` printed")
    })?;
    let project = args.project.project()?;
    let outbound = outbound(global)?;
    let by = (Marker(MARKER), args.author.as_deref());
    let put = serve::runtime()?.block_on(comment::put(&outbound, &project, args.request, by, &text));
    let said = match put.map_err(refused)? {
        Put::Created => "a comment on",
        Put::Updated => "the comment anew on",
        Put::Unchanged => "nothing: the comment says so already on",
    };
    ui.status("Wrote", &format!("{said} request {}", args.request));
    Ok(Exit::Done)
}

/// The text, or as much of it as shows that it is too long.
fn read(args: &Args) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let limit = LONGEST as u64 + 1;
    if args.file == "-" {
        std::io::stdin().take(limit).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(&args.file)
            .map_err(|error| anyhow::Error::new(error).context(format!("cannot read {}", args.file)))?;
        file.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
