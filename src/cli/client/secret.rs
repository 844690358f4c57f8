//! `dockspace client secret`: made here, shown once, kept as SHA-256.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

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
    digest::sha256,
    model::{Client, ClientKind},
    random,
    seal::Secret,
    snapshot::Source,
};

/// Give an app a new secret and print it, this once.
///
/// An app that has one changes it without interruption: `--rotate` makes a second one, the app is told, and `--remove-old` ends
/// the first. The repository keeps SHA-256 digests alone.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The client id.
    id: String,

    /// Make a second secret beside the one that is in use.
    #[arg(long)]
    rotate: bool,

    /// Remove the older of two secrets.
    #[arg(long, conflicts_with = "rotate")]
    remove_old: bool,

    #[command(flatten)]
    edit: edit::Options,
}

/// What becomes of an app's secrets.
#[derive(Debug)]
enum Step {
    Add,
    RemoveOld(String),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let client = lookup::client(&snapshot.desired, &args.id)?;
    let step = args.step(client)?;
    let mut draft = Draft::new(context.repo.work_tree()?);
    let (secret, subject) = match step {
        Step::Add => {
            let secret = generate()?;
            draft.edit(client.origin.path(), |file| {
                file.add(&["secret_sha256"], &digest(&secret))
            })?;
            (Some(secret), format!("client secret {}: new", client.id))
        }
        Step::RemoveOld(old) => {
            draft.edit(client.origin.path(), |file| file.take(&["secret_sha256"], &old))?;
            (None, format!("client secret {}: old one removed", client.id))
        }
    };
    let ending = edit::finish(ui, &context, draft, &args.edit, &subject)?;
    if let (Some(secret), Ending::Written) = (&secret, ending) {
        show(ui, secret)?;
    }
    Ok(ending.into())
}

impl Args {
    fn step(&self, client: &Client) -> Result<Step, Failure> {
        let id = &client.id;
        let refuse = |text: String, hint: String| Err(Failure::message(Exit::Error, text).hint(hint));
        if client.kind != ClientKind::Confidential {
            let hint = "only a confidential app has a secret".to_owned();
            return refuse(format!("{id} is a {} app", client.kind.as_str()), hint);
        }
        match (client.secret_sha256.as_slice(), self.remove_old) {
            ([old, _, ..], true) => Ok(Step::RemoveOld(old.to_string())),
            (_, true) => refuse(
                format!("{id} has no older secret to remove"),
                format!("dockspace client secret {id} --rotate makes a new one first"),
            ),
            ([], false) => Ok(Step::Add),
            ([_], false) if self.rotate => Ok(Step::Add),
            ([_], false) => refuse(
                format!("{id} has a secret already"),
                format!("dockspace client secret {id} --rotate makes a second one"),
            ),
            ([_, _, ..], false) => refuse(
                format!("{id} has two secrets already"),
                format!("dockspace client secret {id} --remove-old removes the first"),
            ),
        }
    }
}

/// 256 random bits, as 43 characters that need no escaping anywhere.
pub(super) fn generate() -> Result<Secret<String>, Failure> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random::bytes::<32>()?)))
}

/// What the repository keeps of a secret. A plain digest will do: nobody guesses 256 bits.
pub(super) fn digest(secret: &Secret<String>) -> String {
    sha256(secret.expose().as_bytes()).to_string()
}

/// Prints a secret, which nobody can do again.
pub(super) fn show(ui: &mut Ui, secret: &Secret<String>) -> Result<(), Failure> {
    ui.say("The secret, shown this once:");
    Ok(ui.data(&format!("{}\n", secret.expose()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_is_kept_as_its_digest() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, two);
        assert_eq!(URL_SAFE_NO_PAD.decode(one.expose()).unwrap().len(), 32);
        let abc = digest(&"abc".into());
        assert_eq!(
            abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "FIPS 180-4"
        );
    }
}
