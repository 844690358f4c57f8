//! `dockspace secrets rotate`.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    auth::password,
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit::{self, Ending},
        exit::Exit,
        failure::{Failure, Outcome},
        lookup, private, sealing,
        ui::Ui,
    },
    model::{Desired, Password, State, User},
    seal::{Owner, Secret},
    snapshot::Source,
};

/// Give people new random passwords: after a key has leaked.
///
/// Whoever has the key reads every password hash in the repository's history, so removing the recipient is not enough. The new
/// passwords are written once, to a file that only you can read; hand them out and delete it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The mailboxes.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    addresses: Vec<String>,

    /// Everybody who has a password.
    #[arg(long)]
    all: bool,

    /// The file to make for the new passwords: one line each, address, tabulator, password.
    #[arg(long, value_name = "FILE")]
    out: Utf8PathBuf,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let users = chosen(&desired, args)?;
    if users.is_empty() {
        ui.say("Nobody has a password.");
        return Ok(Exit::Done);
    }
    private::refuse_in_repository(&args.out)?;
    let recipients = sealing::recipients(&desired)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut list = String::with_capacity(users.len() * 512);
    for user in &users {
        let clear = password::generate(desired.policy.password.min_length)?;
        let hash = password::hash(&clear, desired.policy.password.sha512_rounds)?;
        let owner = Owner::User(user.id.as_str().to_owned());
        sealing::put(
            &mut draft,
            &user.sealed_path(),
            &["password"],
            (&recipients, &owner),
            &hash.as_str().into(),
        )?;
        list += &format!("{}\t{}\n", user.address, clear.expose());
    }
    let subject = format!("secrets: {} new passwords", users.len());
    // The list first: a password that nobody knows locks its owner out.
    let out = Handout::write(args, Secret::new(list))?;
    let ending = edit::finish(ui, &context, draft, &args.edit, &subject)?;
    if ending == Ending::Written {
        out.keep();
        ui.status(
            "Written,",
            &format!(
                "once: {} with {} new passwords; hand them out, then delete it",
                args.out,
                users.len()
            ),
        );
        if args.all {
            also_known(ui, &desired);
        }
    }
    Ok(ending.into())
}

fn chosen<'a>(desired: &'a Desired, args: &Args) -> Result<Vec<&'a User>, Failure> {
    if !args.all {
        return args
            .addresses
            .iter()
            .map(|address| lookup::present_user(desired, address))
            .collect();
    }
    let has_password =
        |user: &&User| user.state != State::Absent && matches!(user.credentials.password, Some(Password::Sealed(_)));
    Ok(desired.users.values().map(Box::as_ref).filter(has_password).collect())
}

/// The file of new passwords, which goes away again unless they were set.
struct Handout<'a>(Option<&'a Utf8Path>);

impl<'a> Handout<'a> {
    fn write(args: &'a Args, list: Secret<String>) -> Result<Self, Failure> {
        if args.edit.dry_run {
            return Ok(Self(None));
        }
        private::create(&args.out, &list)?;
        drop(list);
        Ok(Self(Some(&args.out)))
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Handout<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0 {
            // Whoever reads it finds passwords that were never set.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// What else the holder of a leaked key knows.
fn also_known(ui: &mut Ui, desired: &Desired) {
    let second: Vec<&str> = desired
        .users
        .values()
        .filter(|user| user.credentials.totp.is_some())
        .map(|user| user.address.as_str())
        .collect();
    if !second.is_empty() {
        ui.hint(&format!(
            "second factors are known too, set them up again: dockspace user totp {}",
            second.join(", ")
        ));
    }
    let others = desired.sealed_values();
    for at in others.iter().filter(|at| at.owner == Owner::Mail) {
        ui.hint(&format!(
            "known too: `{}` in {}; change it there and seal the new one",
            at.field(),
            at.path
        ));
    }
    if !desired.keys.is_empty() {
        ui.hint("signing keys are known too: dockspace keys add, then dockspace keys retire KID");
    }
}
