//! `dockspace user add`.

use camino::Utf8PathBuf;

use super::{
    batch,
    initial::{self, Choice},
    new::{Facts, NewUser},
};
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit::{self, Ending},
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
/// Writes `users/DOMAIN/NAME.toml` with a new id, and the password, if there is one yet, hashed and sealed into a file beside it.
///
/// A batch is CSV with a heading: `address` and `name`, and what is wanted of `username`, `groups`, `aliases`, `forward`,
/// `quota`, `class`, `owners`, `expires`, `services` and `password`; the items of a list are separated by `;`. All rows are added
/// or, with every problem shown, none.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    described: Described,

    #[command(flatten)]
    password: Choice,

    /// Add every row of this CSV file, `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["address", "Facts"])]
    batch: Option<Utf8PathBuf>,

    #[command(flatten)]
    edit: edit::Options,
}

/// One user as the command line describes one.
#[derive(Debug, clap::Args)]
struct Described {
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
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let mut users = match &args.batch {
        Some(file) => batch::read(ui, &context, &desired, file)?,
        None => vec![one(&context, &desired, args.described)?],
    };
    let mut made_up = Vec::new();
    for (index, user) in users.iter_mut().enumerate().filter(|(_, user)| user.password.is_none()) {
        user.password = args.password.password(ui, &desired, user)?;
        made_up.push(index);
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    users.iter().try_for_each(|user| user.write(&mut draft))?;
    initial::write(&mut draft, &desired, &users)?;
    let subject = match users.as_slice() {
        [user] => format!("user add {}", user.address),
        many => format!("user add: {} users", many.len()),
    };
    let ending = edit::finish(ui, &context, draft, &args.edit, &subject)?;
    if ending == Ending::Written {
        args.password.show(ui, &users, &made_up)?;
        args.password.remind(ui, &users);
    }
    Ok(ending.into())
}

/// The user that the command line describes.
fn one(context: &Context, desired: &Desired, args: Described) -> Result<NewUser, Failure> {
    let address = free_address(desired, &args.address.unwrap_or_default())?;
    let has = |name: &str| desired.users.values().any(|user| user.username.as_str() == name);
    let username = match args.username {
        Some(username) => username,
        None => free_username(&address, has)?,
    };
    Ok(NewUser {
        id: mint_id(&context.clock)?,
        username,
        name: args.name.unwrap_or_default(),
        facts: args.facts,
        password: None,
        address,
    })
}

/// `text` as the address of a user to be.
pub(super) fn free_address(desired: &Desired, text: &str) -> Result<Address, Failure> {
    let address = lookup::mailbox(text)?;
    match desired.user(&address) {
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
