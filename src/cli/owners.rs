//! `dockspace owners`.

use camino::Utf8Path;
use clap::ValueEnum;

use super::{
    Exit, Global,
    context::Context,
    failure::{Failure, Outcome},
    report::Texts,
    ui::Ui,
};
use crate::{
    forge::{Forge, codeowners},
    model::{Desired, ownership::ownership},
    repo::Edits,
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

    /// Look at this commit instead of the work tree.
    #[arg(long, value_name = "REV", conflicts_with = "write")]
    rev: Option<String>,
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
    let source = context.source(args.rev.as_deref())?;
    let snapshot = context.load_to_compare_or_show(ui, &source)?;
    let there = context.texts(&source);
    let forges = match args.format {
        Some(name) => vec![name.into()],
        None => found(&there),
    };
    if args.check {
        return Ok(check(ui, &snapshot.desired, &there, &forges));
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
    if there(path).as_ref() != Some(&text) {
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

fn check(ui: &mut Ui, desired: &Desired, there: Texts<'_>, forges: &[Forge]) -> Exit {
    let mut exit = Exit::Done;
    for forge in forges {
        let path = forge.codeowners_path();
        if there(path).is_none_or(|there| there != text(*forge, desired)) {
            exit = Exit::Differences;
            ui.warn(&format!("{path} is out of date"));
            ui.hint(&format!("dockspace owners --format {} --write", forge.as_str()));
        }
    }
    exit
}

/// The forges that have a CODEOWNERS file; without any, those that have a pipeline.
fn found(there: Texts<'_>) -> Vec<Forge> {
    let having = |path: fn(Forge) -> &'static Utf8Path| -> Vec<Forge> {
        let forges = Forge::ALL.into_iter();
        forges.filter(|forge| there(path(*forge)).is_some()).collect()
    };
    let owned = having(Forge::codeowners_path);
    if owned.is_empty() {
        having(Forge::pipeline_path)
    } else {
        owned
    }
}
