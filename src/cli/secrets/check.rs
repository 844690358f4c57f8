//! `dockspace secrets check`.

use serde_json::json;

use super::{
    Key,
    reseal::{self, values},
    sound,
};
use crate::{
    cli::{
        Format, Global,
        context::Context,
        exit::Exit,
        failure::{Failure, Outcome},
        ui::Ui,
    },
    model::SealedAt,
};

/// Open every sealed value, and check that each is what belongs where it stands.
///
/// Owner, field and counter must be those it was sealed for; a password must be a hash, a second factor an otpauth URI, a private
/// key that of its public key. Ends with 3 when one is not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    key: Key,

    /// Check this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// How to print what is sealed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &context.source(args.rev.as_deref())?)?.desired;
    let identity = args.key.read(&context)?;
    let sealed = desired.sealed_values();
    let fault = |(at, opened): (&SealedAt<'_>, Result<_, crate::seal::OpenError>)| match opened {
        Ok(value) => sound::fault_at(&desired, at, &value),
        Err(error) => Some(error.to_string()),
    };
    let faults: Vec<Option<String>> = sealed.iter().zip(reseal::open(&identity, &sealed)).map(fault).collect();
    match args.format {
        Format::Text => {
            let lines = sealed
                .iter()
                .zip(&faults)
                .map(|(at, fault)| format!("{}  {}  {}\n", at.path, at.field(), fault.as_deref().unwrap_or("ok")));
            ui.data(&lines.collect::<String>())?;
        }
        Format::Json => {
            let rows: Vec<_> = sealed.iter().zip(&faults).map(|(at, fault)| {
                json!({ "path": at.path.as_str(), "key": at.key, "owner": at.owner.to_string(), "counter": at.sealed.counter(), "problem": fault })
            }).collect();
            ui.data(&format!(
                "{:#}\n",
                json!({ "format": "dockspace.secrets/1", "values": rows })
            ))?;
        }
    }
    match faults.iter().flatten().count() {
        0 => {
            ui.status("Valid:", &values(sealed.len()));
            Ok(Exit::Done)
        }
        count => Err(Failure::message(
            Exit::Invalid,
            format!("{} of {} cannot be used", count, values(sealed.len())),
        )),
    }
}
