//! `dockspace user totp`.

use anstyle::{AnsiColor, Style};
use qrcode::{QrCode, render::unicode::Dense1x2};

use crate::{
    auth::{recovery::RecoveryCodes, totp::Totp},
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
    model::{Desired, User},
    seal::{Owner, Secret},
    snapshot::Source,
};

/// How often a code may be mistyped.
const TRIES: usize = 3;

/// Set up a user's second factor: an authenticator app, and recovery codes for the day it is lost.
///
/// Shows the secret as a QR code and asks for a code of the app before anything is written. Then prints, once, the `otpauth` URI
/// and ten recovery codes, each good for one sign-in. An earlier second factor ends, its recovery codes too.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The mailbox, such as alice@example.org.
    address: String,

    /// Take the second factor and its recovery codes away.
    #[arg(long)]
    remove: bool,

    /// Ask for no code of the app: for scripts that hand the URI on.
    #[arg(long, conflicts_with = "remove")]
    no_verify: bool,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let user = lookup::present_user(&snapshot.desired, &args.address)?;
    if args.remove {
        remove(ui, &context, user, &args.edit)
    } else {
        set_up(ui, &context, &snapshot.desired, user, args)
    }
}

fn remove(ui: &mut Ui, context: &Context, user: &User, options: &edit::Options) -> Outcome {
    let mut draft = Draft::new(context.repo.work_tree()?);
    let path = user.sealed_path();
    if draft.has(&path)? {
        draft.edit(&path, |file| file.remove(&["totp"])?.remove(&["recovery_codes"]))?;
        if draft.text(&path)?.is_some_and(|text| text.trim().is_empty()) {
            draft.remove(&path);
        }
    }
    let subject = format!("users: {}: second factor removed", user.address);
    Ok(edit::finish(ui, context, draft, options, &subject)?.into())
}

fn set_up(ui: &mut Ui, context: &Context, desired: &Desired, user: &User, args: &Args) -> Outcome {
    let recipients = sealing::recipients(desired)?;
    let totp = Totp::generate(&desired.organisation.name, user.address.as_str())
        .map_err(|error| Failure::message(Exit::Error, error.to_string()).hint(error.hint()))?;
    let (codes, kept) = RecoveryCodes::generate()?;
    if !args.no_verify && !args.edit.dry_run {
        verify(ui, context, &totp)?;
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    let owner = Owner::User(user.id.as_str().to_owned());
    let to = (&recipients, &owner);
    let path = user.sealed_path();
    sealing::put(&mut draft, &path, &["totp"], to, &totp.uri())?;
    sealing::put(&mut draft, &path, &["recovery_codes"], to, &kept.to_text())?;
    let subject = format!("users: {}: new second factor", user.address);
    let ending = edit::finish(ui, context, draft, &args.edit, &subject)?;
    if ending == Ending::Written {
        hand_over(ui, &totp, &codes)?;
    }
    Ok(ending.into())
}

/// Shows the QR code and asks for what the app makes of it.
fn verify(ui: &mut Ui, context: &Context, totp: &Totp) -> Result<(), Failure> {
    if !ui.interactive() {
        let text = "nobody is there to type a code of the authenticator app";
        return Err(Failure::message(Exit::Error, text).hint("--no-verify sets it up without one"));
    }
    ui.talk_line(&picture(&totp.uri())?);
    ui.talk_line(&format!("Or type the secret into the app: {}", totp.secret().expose()));
    for _ in 0..TRIES {
        let code = ui.ask("The code that the app shows:")?;
        if totp.check(&code, context.clock.now()).is_some() {
            return Ok(());
        }
        ui.warn("that is not the code of now: look at the clocks of this machine and of the phone");
    }
    Err(Failure::message(
        Exit::Error,
        "the second factor is not set up: nothing was changed",
    ))
}

/// A QR code of half blocks, black on white whatever the terminal's colours.
fn picture(uri: &Secret<String>) -> Result<String, Failure> {
    let paper: Style = AnsiColor::Black.on(AnsiColor::BrightWhite);
    let code = QrCode::new(uri.expose().as_bytes())?;
    let image = code.render::<Dense1x2>().build();
    Ok(image.lines().map(|line| format!("{paper}{line}{paper:#}\n")).collect())
}

/// Prints what nobody can print a second time.
fn hand_over(ui: &mut Ui, totp: &Totp, codes: &[Secret<String>]) -> Result<(), Failure> {
    ui.say("The secret for the authenticator app, then the recovery codes. They are shown this once: keep the codes on paper.");
    let codes: String = codes.iter().map(|code| format!("{}\n", code.expose())).collect();
    ui.data(&format!("{}\n\n{codes}", totp.uri().expose()))?;
    Ok(())
}
