//! `dockspace user add`.

use camino::Utf8PathBuf;

use super::{
    batch,
    new::{Facts, NewUser},
};
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        lookup,
        ui::Ui,
    },
    document::{mint_id, mint_username},
    model::{Address, Desired},
    snapshot::Source,
};

/// Add a user, or many from a CSV file.
///
/// Writes `users/DOMAIN/NAME.toml` with a new id. A batch is CSV with a heading: `address` and `name`, and what is wanted of
/// `username`, `groups`, `aliases`, `forward`, `quota`, `class`, `owners`, `expires` and `services`; the items of a list are
/// separated by `;`. All rows are added or, with every problem shown, none.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailbox, such as alice@example.org.
    #[arg(required_unless_present = "batch", requires = "name")]
    address: Option<String>,

    /// The name shown to people.
    #[arg(long, value_name = "NAME", requires = "address")]
    name: Option<String>,

    /// What the user signs in with, unless it is what stands before the `@`.
    #[arg(long, value_name = "USERNAME", requires = "address")]
    username: Option<String>,

    #[command(flatten)]
    facts: Facts,

    /// Add every row of this CSV file, `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["address", "Facts"])]
    batch: Option<Utf8PathBuf>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let subject = match (args.batch, args.address) {
        (Some(file), _) => {
            let users = batch::read(ui, &context, &desired, &file)?;
            users.iter().try_for_each(|user| user.write(&mut draft))?;
            match users.len() {
                1 => "user add: 1 user".to_owned(),
                count => format!("user add: {count} users"),
            }
        }
        (None, address) => {
            let address = free_address(&desired, &address.unwrap_or_default())?;
            let username = match args.username {
                Some(username) => username,
                None => free_username(&address, |name| {
                    desired.users.values().any(|user| user.username.as_str() == name)
                })?,
            };
            let user = NewUser {
                id: mint_id(&context.clock)?,
                username,
                name: args.name.unwrap_or_default(),
                facts: args.facts,
                address,
            };
            user.write(&mut draft)?;
            format!("user add {}", user.address)
        }
    };
    edit::finish(ui, &context, draft, &args.edit, &subject).map(Exit::from)
}

/// `text` as the address of a user to be.
pub(super) fn free_address(desired: &Desired, text: &str) -> Result<Address, Failure> {
    let address = lookup::mailbox(text)?;
    match desired.users.get(&address) {
        Some(user) => Err(lookup::user_exists(user)),
        None => Ok(address),
    }
}

/// A username for `address` that is not taken.
pub(super) fn free_username(address: &Address, is_taken: impl Fn(&str) -> bool) -> Result<String, Failure> {
    match mint_username(address, is_taken) {
        Some(username) => Ok(username.to_string()),
        None => Err(
            Failure::message(Exit::Error, format!("no username is left for {address}"))
                .hint("name one with --username"),
        ),
    }
}
