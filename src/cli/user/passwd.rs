//! `dockspace user passwd`.

use crate::{
    auth::{password, policy},
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit::{self, Ending},
        exit::Exit,
        failure::{Failure, Outcome},
        lookup, sealing,
        ui::Ui,
    },
    model::{Claim, ClaimValue, Class, Desired, User},
    seal::{Owner, Secret},
    snapshot::Source,
};

/// Set a user's password.
///
/// Asks for it twice, or takes the first line of standard input where nobody can be asked. What is written is a hash, sealed to
/// the recipients in dockspace.toml: no key is needed, and nobody who reads the repository learns anything.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The mailbox, such as alice@example.org.
    address: String,

    /// Make up a good password and print it, once.
    #[arg(long, conflicts_with = "password")]
    generate: bool,

    /// The password itself. Other users of this machine and your shell's history can see it: better type it, or pipe it in.
    #[arg(long, value_name = "PASSWORD")]
    password: Option<String>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let desired = &*snapshot.desired;
    let user = lookup::present_user(desired, &args.address)?;
    if matches!(user.class, Class::Test { .. }) {
        let text = format!(
            "{} is a test user, whose password stands in clear in its file",
            user.address
        );
        return Err(Failure::message(Exit::Error, text).hint(format!("change `password` in {}", user.origin.path())));
    }
    let recipients = sealing::recipients(desired)?;
    let chosen = if args.generate {
        password::generate(desired.policy.password.min_length)?
    } else {
        let chosen = ask(ui, args.password)?;
        refuse_weak(ui, desired, &personal(desired, user), &chosen)?;
        chosen
    };
    let hash = password::hash(&chosen, desired.policy.password.sha512_rounds)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let owner = Owner::User(user.id.as_str().to_owned());
    sealing::put(
        &mut draft,
        &user.sealed_path(),
        &["password"],
        (&recipients, &owner),
        &hash.as_str().into(),
    )?;
    let subject = format!("users: {}: new password", user.address);
    let ending = edit::finish(ui, &context, draft, &args.edit, &subject)?;
    if args.generate && ending == Ending::Written {
        ui.say("The password, shown this once:");
        ui.data(&format!("{}\n", chosen.expose()))?;
    }
    Ok(ending.into())
}

fn ask(ui: &mut Ui, argument: Option<String>) -> Result<Secret<String>, Failure> {
    let Some(password) = argument else {
        return Ok(ui.secret("New password")?);
    };
    ui.warn("a password on the command line can be seen by other users and stays in the shell's history");
    Ok(Secret::new(password))
}

/// Says everything that is wrong with a password, at once.
///
/// `known` is what others know about the person.
pub(in crate::cli) fn refuse_weak(
    ui: &mut Ui,
    desired: &Desired,
    known: &[String],
    chosen: &Secret<String>,
) -> Result<(), Failure> {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let weaknesses = policy::weaknesses(&desired.policy.password, chosen, &known);
    if weaknesses.is_empty() {
        return Ok(());
    }
    for weakness in &weaknesses {
        ui.talk_line(&format!("  - {weakness}"));
    }
    Err(
        Failure::message(Exit::Error, "the password is not good enough: nothing was changed")
            .hint("--generate makes a good one"),
    )
}

/// What others know about a user.
pub(in crate::cli) fn personal(desired: &Desired, user: &User) -> Vec<String> {
    let claims = [Claim::GivenName, Claim::FamilyName, Claim::MiddleName, Claim::Nickname];
    let claims = claims.iter().filter_map(|claim| match user.profile.claims.get(claim)? {
        ClaimValue::Clear(text) => Some(text.clone()),
        ClaimValue::Sealed(_) => None,
    });
    let facts = [
        user.name.clone(),
        user.username.to_string(),
        user.address.to_string(),
        user.address.domain().to_owned(),
        desired.organisation.name.clone(),
    ];
    facts
        .into_iter()
        .chain(user.aliases.iter().map(ToString::to_string))
        .chain(claims)
        .collect()
}
