//! `dockspace fmt`.

use std::collections::HashSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    Exit, Global,
    context::Context,
    draft::not_utf8,
    failure::{Failure, Outcome},
    report,
    ui::Ui,
};
use crate::{
    clock::Clock,
    document::{Editor, Kind, complete_user, format},
    model::Address,
    repo::Edits,
    snapshot::Source,
};

/// Write every file in its canonical form. Comments stay; users without an id or a username get one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Change nothing; end with 2 when a file is not in its canonical form.
    #[arg(long)]
    check: bool,

    /// Look at this commit instead of the work tree.
    #[arg(long, value_name = "REV", requires = "check")]
    rev: Option<String>,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let files = texts(&context, &source)?;
    let usernames = files
        .iter()
        .filter(|file| file.kind == Kind::User)
        .filter_map(File::username)
        .collect();
    let Formatted { edits, unreadable } = formatted(&files, usernames, &context.clock);
    if !args.check {
        context.repo.write(&edits)?;
    }
    for path in edits.keys() {
        ui.status(if args.check { "Would format" } else { "Formatted" }, path.as_str());
    }
    if unreadable > 0 {
        let (_, diagnostics) = context.load(source.clone())?;
        ui.talk_line(&report::text(&diagnostics, &context.texts(&source), ui.styled()));
        let files = if unreadable == 1 {
            "1 file is".to_owned()
        } else {
            format!("{unreadable} files are")
        };
        return Err(Failure::message(
            Exit::Invalid,
            format!("{files} not TOML and left alone"),
        ));
    }
    Ok(if args.check && !edits.is_empty() {
        Exit::Differences
    } else {
        Exit::Done
    })
}

/// One file of the organisation as it stands.
struct File {
    path: Utf8PathBuf,
    kind: Kind,
    text: String,
}

impl File {
    /// The username that is written down in a user's file.
    fn username(&self) -> Option<String> {
        Editor::open(self.kind, &self.text).ok()?.string(&["username"])
    }

    /// The mailbox whose file this is.
    fn address(&self) -> Option<Address> {
        address(&self.path).filter(|_| self.kind == Kind::User)
    }
}

fn address(path: &Utf8Path) -> Option<Address> {
    let name = path.file_name()?.strip_suffix(".toml")?;
    Address::mailbox(&format!("{name}@{}", path.parent()?.file_name()?)).ok()
}

fn texts(context: &Context, source: &Source) -> Result<Vec<File>, Failure> {
    let tree = context.files(source)?;
    let mut files = Vec::new();
    for entry in tree.list()?.entries {
        if let Some(kind) = Kind::of(&entry.path) {
            let text = String::from_utf8(tree.read(&entry)?).map_err(|_| not_utf8(&entry.path))?;
            files.push(File {
                path: entry.path,
                kind,
                text,
            });
        }
    }
    Ok(files)
}

/// What is to be written, and how many files are no TOML.
struct Formatted {
    edits: Edits,
    unreadable: usize,
}

/// Every file in its canonical form. A new username is none of `taken`.
fn formatted(files: &[File], mut taken: HashSet<String>, clock: &Clock) -> Formatted {
    let mut formatted = Formatted {
        edits: Edits::new(),
        unreadable: 0,
    };
    for file in files {
        let completed = match file.address() {
            Some(address) => complete_user(&file.text, &address, |name| taken.contains(name), clock).ok(),
            None => Some(file.text.clone()),
        };
        let Some(after) = completed.and_then(|text| format(file.kind, &text).ok()) else {
            formatted.unreadable += 1;
            continue;
        };
        if after != file.text {
            let after = File {
                path: file.path.clone(),
                kind: file.kind,
                text: after,
            };
            taken.extend(after.username());
            formatted.edits.insert(after.path, Some(after.text.into_bytes()));
        }
    }
    formatted
}
