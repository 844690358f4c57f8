//! `dockspace owners`.

use camino::Utf8Path;
use clap::ValueEnum;

use super::{
    Exit, Global,
    context::Context,
    draft::Draft,
    failure::{Failure, Outcome},
    ui::Ui,
};
use crate::{
    forge::{Forge, codeowners},
    model::{Desired, ownership::ownership},
    repo::Edits,
    snapshot::Source,
};

/// Write CODEOWNERS: whom the forge asks to review which file.
///
/// The administrators answer for everything but what has managers or owners: domains, groups and shared mailboxes. People are
/// named by the key `forge` of their file, else by their address, or for Forgejo by their username.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The forge. By default the one that has a CODEOWNERS file or a pipeline in the repository.
    #[arg(long, value_name = "FORGE")]
    format: Option<ForgeName>,

    /// Write it to where the forge looks for it, instead of printing it.
    #[arg(long)]
    write: bool,

    /// Change nothing; end with 2 when a file that is there says something else.
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

/// A forge on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ForgeName {
    /// github.com and GitHub Enterprise Server.
    Github,
    /// gitlab.com and GitLab of one's own.
    Gitlab,
    /// Codeberg and Forgejo of one's own.
    Forgejo,
}

impl From<ForgeName> for Forge {
    fn from(name: ForgeName) -> Self {
        match name {
            ForgeName::Github => Self::Github,
            ForgeName::Gitlab => Self::Gitlab,
            ForgeName::Forgejo => Self::Forgejo,
        }
    }
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_to_compare_or_show(ui, &Source::WorkTree)?;
    let draft = Draft::new(context.repo.work_tree()?);
    let forges = match args.format {
        Some(name) => vec![name.into()],
        None => found(&draft)?,
    };
    if args.check {
        return check(ui, &snapshot.desired, &draft, &forges);
    }
    let [forge] = forges.as_slice() else {
        return Err(
            Failure::message(Exit::Error, "the repository does not tell which forge it is for")
                .hint("name it: --format github, gitlab or forgejo"),
        );
    };
    let text = text(*forge, &snapshot.desired);
    if !args.write {
        ui.data(&text)?;
        return Ok(Exit::Done);
    }
    let path = forge.codeowners_path();
    if draft.text(path)?.as_ref() != Some(&text) {
        context
            .repo
            .write(&Edits::from([(path.to_owned(), Some(text.into_bytes()))]))?;
        ui.status("Wrote", path.as_str());
    }
    Ok(Exit::Done)
}

/// CODEOWNERS as it should be.
pub(super) fn text(forge: Forge, desired: &Desired) -> String {
    codeowners::write(forge, &ownership(desired))
}

fn check(ui: &mut Ui, desired: &Desired, draft: &Draft<'_>, forges: &[Forge]) -> Outcome {
    let mut exit = Exit::Done;
    for forge in forges {
        let path = forge.codeowners_path();
        if draft.text(path)?.is_none_or(|there| there != text(*forge, desired)) {
            exit = Exit::Differences;
            ui.warn(&format!("{path} is out of date"));
            ui.hint(&format!("dockspace owners --format {} --write", forge.as_str()));
        }
    }
    Ok(exit)
}

/// The forges that have a CODEOWNERS file; without any, those that have a pipeline.
fn found(draft: &Draft<'_>) -> Result<Vec<Forge>, Failure> {
    let mut found = having(draft, Forge::codeowners_path)?;
    if found.is_empty() {
        found = having(draft, Forge::pipeline_path)?;
    }
    Ok(found)
}

fn having(draft: &Draft<'_>, path: fn(Forge) -> &'static Utf8Path) -> Result<Vec<Forge>, Failure> {
    let mut found = Vec::new();
    for forge in Forge::ALL {
        if draft.has(path(forge))? {
            found.push(forge);
        }
    }
    Ok(found)
}
