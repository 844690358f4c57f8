//! `dockspace schema`.

use super::{
    Exit,
    failure::{Failure, Outcome},
    ui::Ui,
};
use crate::document::{Kind, schema::json_schema};

/// Print the JSON Schema of a kind of file, for editors (`#:schema`) and other programs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The kind of file; all kinds are listed when it is left out.
    kind: Option<String>,
}

pub(super) fn run(ui: &mut Ui, args: &Args) -> Outcome {
    let Some(word) = &args.kind else {
        let list: String = Kind::ALL
            .iter()
            .map(|kind| format!("{:<14} {}\n", kind.as_str(), kind.pattern()))
            .collect();
        ui.data(&list)?;
        return Ok(Exit::Done);
    };
    let kind = Kind::from_word(word).ok_or_else(|| {
        Failure::message(Exit::Error, format!("there is no kind of file `{word}`"))
            .hint("`dockspace schema` lists all kinds")
    })?;
    ui.data(&format!("{:#}\n", json_schema(kind)))?;
    Ok(Exit::Done)
}
