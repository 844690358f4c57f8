//! How every editing command ends: the [`Draft`] is shown, checked together with all the rest of the organisation, and only then
//! written.
//!
//! ```text
//! let mut draft = Draft::new(context.repo.work_tree()?);
//! draft.edit(path, |file| file.set(&["description"], "The board"))?;
//! edit::finish(ui, &context, draft, &args.edit, "groups: board: new description").map(Exit::from)
//! ```

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::{
    Exit,
    context::Context,
    diff,
    draft::Draft,
    failure::{Failure, Strictness, verdict},
    report,
    ui::Ui,
};
use crate::repo::{Edits, Message};

/// So many files are shown when a change is made; `--dry-run` shows all.
const SHOWN: usize = 12;

/// What becomes of an edit.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// Show what would change, and write nothing.
    #[arg(long, conflicts_with = "commit")]
    pub(super) dry_run: bool,

    /// Commit the changed files, and nothing else.
    #[arg(long)]
    commit: bool,

    /// The first line of the commit's message, instead of one that says what changed.
    #[arg(long, value_name = "TEXT", requires = "commit")]
    message: Option<String>,
}

/// How an edit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Everything was so already.
    Unchanged,
    /// It was shown and not written (`--dry-run`).
    Shown,
    /// It stands in the work tree, committed or not.
    Written,
}

/// The files of a draft: what stands on disk, and what the draft would have there; `None` is no file.
type Files = BTreeMap<Utf8PathBuf, (Option<String>, Option<String>)>;

/// Shows the draft, checks the whole organisation with it, and writes it or, with `--commit`, commits it under `subject`.
///
/// A draft that would leave the organisation invalid is refused with all the reasons and exit code 3; nothing is written then.
pub(super) fn finish(
    ui: &mut Ui,
    context: &Context,
    draft: Draft<'_>,
    options: &Options,
    subject: &str,
) -> Result<Ending, Failure> {
    let files = changes(context, draft)?;
    if files.is_empty() {
        ui.say("Everything is so already: nothing to change.");
        return Ok(Ending::Unchanged);
    }
    let bytes = |text: &Option<String>| text.clone().map(String::into_bytes);
    let edits: Edits = files
        .iter()
        .map(|(path, (_, after))| (path.clone(), bytes(after)))
        .collect();
    check(ui, context, &edits)?;
    if options.dry_run {
        ui.data(&shown(&files, usize::MAX))?;
        ui.say("Nothing was written (--dry-run).");
        return Ok(Ending::Shown);
    }
    ui.say(&shown(&files, SHOWN));
    save(ui, context, options, subject, &edits)?;
    Ok(Ending::Written)
}

/// What the draft changes, compared with the disk.
fn changes(context: &Context, draft: Draft<'_>) -> Result<Files, Failure> {
    let disk = Draft::new(context.repo.work_tree()?);
    let mut files = Files::new();
    for (path, after) in draft.into_edits() {
        let before = disk.text(&path)?;
        let after = after.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if before != after {
            files.insert(path, (before, after));
        }
    }
    Ok(files)
}

fn check(ui: &mut Ui, context: &Context, edits: &Edits) -> Result<(), Failure> {
    let (_, diagnostics) = context.load_edited(edits)?;
    if verdict(&diagnostics, Strictness::Normal) == Exit::Done {
        return Ok(());
    }
    let texts = context.texts_edited(edits);
    ui.talk_line(&report::text(&diagnostics, &texts, ui.styled()));
    let text = "with this change the organisation would not be valid";
    Err(Failure::message(Exit::Invalid, text).hint("nothing was written"))
}

fn shown(files: &Files, most: usize) -> String {
    let one = |(path, (before, after)): (&Utf8PathBuf, &(Option<String>, Option<String>))| {
        diff::unified(path, before.as_deref(), after.as_deref())
    };
    let mut out: String = files.iter().take(most).map(one).collect();
    if files.len() > most {
        out += &format!("… and {} more files\n", files.len() - most);
    }
    out
}

fn save(ui: &mut Ui, context: &Context, options: &Options, subject: &str, edits: &Edits) -> Result<(), Failure> {
    if !options.commit {
        context.repo.write(edits)?;
        let paths: Vec<&str> = edits.keys().take(SHOWN).map(|path| path.as_str()).collect();
        let more = if edits.len() > SHOWN { ", …" } else { "" };
        ui.status("Written,", &format!("not committed: {}{more}", paths.join(", ")));
        return Ok(());
    }
    let message = Message {
        subject: options.message.as_deref().unwrap_or(subject).to_owned(),
        ..Message::default()
    };
    let revision = context.repo.commit(edits, &message, &context.clock)?;
    let id = revision.id.to_string();
    ui.status(
        "Committed",
        &format!("{} {}", &id[..id.len().min(10)], revision.subject),
    );
    Ok(())
}

impl From<Ending> for Exit {
    fn from(_: Ending) -> Self {
        Self::Done
    }
}
