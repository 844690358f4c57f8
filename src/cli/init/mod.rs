//! `dockspace init`.

mod files;
mod pipelines;
mod place;

use camino::{Utf8Path, Utf8PathBuf};

use self::{
    files::Founding,
    pipelines::ForgeChoice,
    place::{Key, absolute, refuse_full},
};
use super::{
    Exit,
    failure::{Failure, Outcome},
    report,
    ui::Ui,
    user::{personal, refuse_weak},
};
use crate::{
    auth::password,
    clock::Clock,
    document::Loader,
    model::{Address, Desired, Domain, Issuer},
    repo::{self, Edits, Message, Repo, Revision},
    seal::Secret,
};

/// Make a new organisation repository, with its first administrator and its first key.
///
/// Everything in it is committed and valid: look at it, change it, and `dockspace plan`. The key that opens sealed values is
/// written beside the directory, never into it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The directory to make; an existing one must be empty.
    directory: Utf8PathBuf,

    /// The first mail domain, such as example.org.
    #[arg(long, value_name = "DOMAIN")]
    domain: String,

    /// The first administrator: the name before the `@`.
    #[arg(long, value_name = "NAME")]
    admin: String,

    /// The administrator's name as people read it. By default that of the mailbox.
    #[arg(long, value_name = "NAME")]
    admin_name: Option<String>,

    /// The name of the organisation. By default the domain.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,

    /// The age identity that opens sealed values: an existing file is used, else it is made. By default DIRECTORY.identity.txt.
    #[arg(long, value_name = "FILE")]
    identity: Option<Utf8PathBuf>,

    /// Where people sign in. By default https://id.DOMAIN.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,

    /// The forge where changes will be reviewed: it gets pipelines and CODEOWNERS.
    #[arg(long, value_name = "FORGE", default_value = "none")]
    forge: ForgeChoice,

    /// Take the administrator's password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn run(ui: &mut Ui, args: &Args) -> Outcome {
    let clock = Clock::system();
    let directory = absolute(&args.directory)?;
    refuse_full(&directory)?;
    let key = Key::find(&directory, args.identity.as_deref())?;
    let founding = founding(args, &key)?;
    // What can be refused is refused before anything is on disk.
    let mut edits = founding.files(&clock)?;
    let desired = load(ui, &edits, &clock)?;
    edits.extend(pipelines::files(args.forge.forge(), &desired));
    let password = ask(ui, args, &founding, &desired)?;
    if let Some(password) = &password {
        let hash = password::hash(password, desired.policy.password.sha512_rounds)?;
        edits.extend([founding.credentials(&desired, &hash.as_str().into())?]);
        load(ui, &edits, &clock)?;
    }
    key.keep(&clock)?;
    let repo = Repo::init(&directory)?;
    let commit = commit(&repo, &edits, &founding, &clock)?;
    ui.status("Made", &format!("{} for {}", args.directory, founding.domain));
    ui.status(
        "Key",
        &format!(
            "{}: readable by you alone, and the only way to open what is sealed",
            key.path
        ),
    );
    match commit {
        Some(revision) => ui.status(
            "Committed",
            &format!(
                "{} {}",
                revision.id.to_string().get(..10).unwrap_or_default(),
                revision.subject
            ),
        ),
        None => {
            ui.warn("nothing is committed, because git does not know your name and address");
            ui.hint("git config --global user.name NAME; git config --global user.email ADDRESS; then git add --all and git commit");
        }
    }
    ui.say(&founding.next_steps(&args.directory, password.is_some()));
    Ok(Exit::Done)
}

fn founding(args: &Args, key: &Key) -> Result<Founding, Failure> {
    let domain = Domain::parse(&args.domain)?;
    let admin = args.admin.strip_suffix(&format!("@{domain}")).unwrap_or(&args.admin);
    let issuer = args.issuer.clone().unwrap_or_else(|| format!("https://id.{domain}"));
    Ok(Founding {
        organisation: args.organisation.clone().unwrap_or_else(|| domain.to_string()),
        admin: Address::mailbox(&format!("{admin}@{domain}"))?,
        admin_name: args.admin_name.clone().unwrap_or_else(|| titled(admin)),
        issuer: Issuer::parse(&issuer)?,
        recipients: key.identity.recipients().clone(),
        identity: key.path.clone(),
        domain,
    })
}

/// `alice.liddell` as people write it: `Alice Liddell`.
fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    name.split(['.', '_', '-'])
        .filter_map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Loads the files as they will be; what is wrong with them was wrong on the command line.
fn load(ui: &mut Ui, edits: &Edits, clock: &Clock) -> Result<Desired, Failure> {
    let mut loader = Loader::new(clock);
    for (path, content) in edits {
        loader.file(path, content.as_deref().unwrap_or_default());
    }
    let loaded = loader.finish();
    let texts = |path: &Utf8Path| {
        edits
            .get(path)
            .cloned()
            .flatten()
            .and_then(|text| String::from_utf8(text).ok())
    };
    loaded.desired.ok_or_else(|| {
        ui.talk_line(&report::text(&loaded.report.sorted(), &texts, ui.styled()));
        Failure::message(Exit::Invalid, "the organisation would not be valid").hint("nothing was written")
    })
}

/// The administrator's password, if somebody gives one.
fn ask(ui: &mut Ui, args: &Args, founding: &Founding, desired: &Desired) -> Result<Option<Secret<String>>, Failure> {
    let question = format!("Set a password for {} now?", founding.admin);
    let password = if args.password_stdin {
        ui.secret_from_stdin()?
    } else if ui.confirm(&question) {
        ui.secret("Password")?
    } else {
        return Ok(None);
    };
    if let Some(user) = desired.user(&founding.admin) {
        refuse_weak(ui, desired, &personal(desired, user), &password)?;
    }
    Ok(Some(password))
}

/// Commits the files; where git doesn't know by whom, they are written and nothing is committed.
fn commit(repo: &Repo, edits: &Edits, founding: &Founding, clock: &Clock) -> Result<Option<Revision>, Failure> {
    let message = Message {
        subject: format!("Start {} with {}", founding.domain, founding.admin),
        ..Message::default()
    };
    match repo.commit(edits, &message, clock) {
        Ok(revision) => Ok(Some(revision)),
        Err(repo::Error::NoIdentity) => {
            repo.write(edits)?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_makes_a_name() {
        for (name, expect) in [
            ("alice", "Alice"),
            ("alice.liddell", "Alice Liddell"),
            ("a-b_c", "A B C"),
            ("7of9", "7of9"),
        ] {
            assert_eq!(titled(name), expect);
        }
    }
}
