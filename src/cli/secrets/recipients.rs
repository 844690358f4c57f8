//! `dockspace secrets recipients list|add|remove`.

use serde_json::json;

use super::{
    Key,
    reseal::{self, Unreadable, values},
};
use crate::{
    cli::{
        Format, Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        ui::Ui,
    },
    model::Desired,
    seal::{Recipient, RecipientError, Recipients},
    snapshot::Source,
};

const FILE: &str = "dockspace.toml";
const KEY: [&str; 2] = ["secrets", "recipients"];

/// Who can open sealed values: list, add, remove.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// List the recipients in dockspace.toml.
    List(List),
    /// Let a further key open sealed values, those that are sealed already too.
    Add(Change),
    /// Seal no longer for a key. What was sealed for it before stays readable to it in git's history.
    Remove(Change),
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, clap::Args)]
pub(super) struct Change {
    /// The public key, age1…, as `secrets identity new` and `age-keygen` print it.
    recipient: String,

    #[command(flatten)]
    key: Key,

    /// Change the list alone; values that are sealed already stay as they are until `secrets reseal`.
    #[arg(long, conflicts_with = "identity")]
    no_reseal: bool,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, verb: &Verb) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    match verb {
        Verb::List(args) => list(ui, &desired, args),
        Verb::Add(args) => {
            let recipient = parse(&args.recipient)?.to_string();
            let mut after = desired.recipients.clone();
            after.extend((!after.contains(&recipient)).then_some(recipient));
            change(ui, &context, &desired, args, &after, "added")
        }
        Verb::Remove(args) => {
            let after: Vec<String> = desired
                .recipients
                .iter()
                .filter(|other| **other != args.recipient)
                .cloned()
                .collect();
            if after.len() == desired.recipients.len() {
                return Err(Failure::message(Exit::Error, "there is no such recipient")
                    .hint("`dockspace secrets recipients list` shows them all"));
            }
            let exit = change(ui, &context, &desired, args, &after, "removed")?;
            ui.warn("what was sealed for this key stays readable to it in git's history");
            ui.hint("if the key has leaked: dockspace secrets rotate --all --out FILE");
            Ok(exit)
        }
    }
}

fn list(ui: &mut Ui, desired: &Desired, args: &List) -> Outcome {
    let text = match args.format {
        Format::Text => desired
            .recipients
            .iter()
            .map(|recipient| format!("{recipient}\n"))
            .collect(),
        Format::Json => format!(
            "{:#}\n",
            json!({ "format": "dockspace.recipients/1", "recipients": desired.recipients })
        ),
    };
    ui.data(&text)?;
    Ok(Exit::Done)
}

/// Makes `after` the list, and reseals what is sealed to it.
fn change(ui: &mut Ui, context: &Context, desired: &Desired, args: &Change, after: &[String], done: &str) -> Outcome {
    let recipients = after.iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
    let recipients = Recipients::new(recipients).map_err(refused)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.edit(FILE.into(), |file| {
        for gone in desired.recipients.iter().filter(|old| !after.contains(old)) {
            file.take(&KEY, gone)?;
        }
        after.iter().try_fold(file, |file, recipient| file.add(&KEY, recipient))
    })?;
    let is_changed = after != desired.recipients;
    let sealed = desired.sealed_values().len();
    let mut resealed = 0;
    if is_changed && sealed > 0 && !args.no_reseal {
        let identity = args.key.read(context).map_err(|failure| {
            failure.hint("or change the list alone with --no-reseal, and run `dockspace secrets reseal` later")
        })?;
        resealed = reseal::all(ui, &mut draft, desired, (&identity, &recipients), Unreadable::Refuse)?;
    }
    let subject = format!("secrets: recipient {done}, {} resealed", values(resealed));
    Ok(edit::finish(ui, context, draft, &args.edit, &subject)?.into())
}

fn parse(text: &str) -> Result<Recipient, Failure> {
    Recipient::parse(text).map_err(refused)
}

fn refused(error: RecipientError) -> Failure {
    Failure::new(Exit::Error, error).hint(error.hint())
}
