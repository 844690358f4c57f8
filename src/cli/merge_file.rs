//! `dockspace merge-file`.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Exit,
    failure::{Failure, Outcome},
    ui::Ui,
};
use crate::{
    document::{Editor, Kind, merge},
    repo::merge_lines,
};

/// Merge a file of the organisation by what it says, for git: a driver for `.gitattributes`.
///
/// What merges by lines is merged by lines. Else keys are merged one by one, and lists whose order means nothing as sets; the
/// result is written over OURS. Where both sides changed the same key it keeps git's markers and ends with 1: a person decides.
///
/// git config merge.dockspace.driver 'dockspace merge-file %O %A %B %P'
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What both sides started from.
    base: Utf8PathBuf,

    /// Our file, which becomes the result.
    ours: Utf8PathBuf,

    /// Their file.
    theirs: Utf8PathBuf,

    /// Where the file stands in the repository.
    path: Utf8PathBuf,
}

pub(super) fn run(ui: &mut Ui, args: &Args) -> Outcome {
    let [base, ours, theirs] = [read(&args.base)?, read(&args.ours)?, read(&args.theirs)?];
    let lines = merge_lines(base.as_bytes(), ours.as_bytes(), theirs.as_bytes())?;
    let lines_text = String::from_utf8(lines.text)?;
    let kind = Kind::of(&args.path);
    let is_toml = |text: &str| kind.is_none_or(|kind| Editor::open(kind, text).is_ok());
    if lines.is_clean && is_toml(&lines_text) {
        std::fs::write(&args.ours, lines_text)?;
        return Ok(Exit::Done);
    }
    let conflict = match kind.map(|kind| merge(kind, &base, &ours, &theirs)) {
        Some(Ok(merged)) => {
            std::fs::write(&args.ours, merged)?;
            return Ok(Exit::Done);
        }
        Some(Err(conflict)) => conflict.to_string(),
        None => "both sides changed the same lines".to_owned(),
    };
    // Lines that merge and say something twice leave both sides whole.
    let marked = if lines.is_clean {
        format!("<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n")
    } else {
        lines_text
    };
    std::fs::write(&args.ours, marked)?;
    ui.warn(&format!("{}: {conflict}", args.path));
    Ok(Exit::Error)
}

fn read(path: &Utf8Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::from(anyhow::Error::new(error).context(format!("cannot read {path}"))))
}
