//! The organisation repository's TOML files: reading them into [`Desired`], with every problem of every file in one run.
//!
//! Paths and bytes come in, diagnostics and a validated organisation go out. This module knows no git and reads no disk, and it keeps
//! no text: a problem names a path and bytes, and whoever shows it fetches the text again.
//!
//! ```
//! use dockspace::{clock::Clock, document::Loader};
//!
//! let mut loader = Loader::new(&Clock::system());
//! loader.file("dockspace.toml".into(), b"format = 1\n[organisation]\nnam = \"Example\"\n");
//! let loaded = loader.finish();
//! assert!(loaded.desired.is_none());
//! let codes: Vec<_> = loaded.report.sorted().into_iter().map(|found| found.rule.code).collect();
//! assert!(codes.contains(&"DS-F003"), "unknown key `nam`");
//! assert!(codes.contains(&"DS-D002"), "no mail domain");
//! ```

mod build;
mod decode;
mod edit;
mod files;
mod format;
mod kind;
mod location;
mod merge;
mod mint;
mod outline;
mod reader;
mod resolve;
pub mod rules;
pub mod schema;
mod spelling;

use std::fmt::Display;

use camino::Utf8Path;

use self::{
    decode::claim::Zones,
    files::{Files, Unread},
    location::Location,
    reader::{Soundness, read},
};
pub use self::{
    edit::{EditError, Editor, Value, key_steps},
    format::format,
    kind::Kind,
    merge::{MergeConflict, merge},
    mint::{MintError, complete_user, mint_id, mint_username},
    outline::SyntaxError,
    resolve::DEMO_RECIPIENT,
    schema::takes_sealed,
    spelling::closest,
};
use crate::{
    clock::Clock,
    diagnostic::{Report, Rule, Span},
    model::Desired,
};

/// Takes the files of a repository one by one, in any order, and makes an organisation of them.
#[derive(Debug)]
pub struct Loader {
    clock: Clock,
    zones: Zones,
    files: Files,
    report: Report,
    use_of_sealed: UseOfSealed,
}

/// What the organisation's sealed values are wanted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UseOfSealed {
    /// To open them.
    #[default]
    Open,
    /// To compare them with others. Those of users, which are many, are kept without their ciphertext.
    Compare,
}

/// What became of a repository's files.
#[derive(Debug)]
pub struct Loaded {
    /// The organisation, when there was no error.
    pub desired: Option<Desired>,
    /// All problems of all files.
    pub report: Report,
}

impl Loader {
    /// A loader without files. The clock is for ids that a hint proposes.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            zones: Zones::bundled(),
            files: Files::default(),
            report: Report::default(),
            use_of_sealed: UseOfSealed::default(),
        }
    }

    /// Says what the sealed values are wanted for.
    pub const fn for_use(&mut self, use_of_sealed: UseOfSealed) {
        self.use_of_sealed = use_of_sealed;
    }

    /// Says that users' files will be given for some users only. Whether a user who is not among them exists is then never a
    /// problem: the caller knows that it was not one before, and that it is not one now (see [`crate::model::User::is_same_to_others`]).
    pub const fn some_users_only(&mut self) {
        self.files.unread.other_users = true;
    }

    /// Takes the file at `path` inside the repository. Files that are none of the format's are let be.
    pub fn file(&mut self, path: &Utf8Path, bytes: &[u8]) {
        match Location::of(path) {
            Ok(location) => self.take(path, bytes, location),
            Err(problem) => {
                self.files.unread.note(path);
                self.report.push(problem);
            }
        }
    }

    /// Takes note of a file that could not be read, which is a breach of `rule` for `reason`, such as "is a symbolic link".
    pub fn refused(&mut self, path: &Utf8Path, rule: &'static Rule, reason: impl Display) {
        self.files.unread.note(path);
        self.files.has_settings |= path == "dockspace.toml";
        self.report
            .push(rule.at(path, Span::default(), format!("`{path}` {reason}")));
    }

    /// Checks what no file can tell alone, and makes the organisation when there was no error at all.
    #[must_use]
    pub fn finish(mut self) -> Loaded {
        self.files.sort();
        resolve::check(&self.files, &mut self.report);
        let desired = if self.report.has_errors() {
            None
        } else {
            build::desired(self.files)
        };
        Loaded {
            desired,
            report: self.report,
        }
    }

    fn take(&mut self, path: &Utf8Path, bytes: &[u8], location: Location) {
        let (clock, zones) = (&self.clock, &self.zones);
        let files = &mut self.files;
        let report = &mut self.report;
        match location {
            Location::Organisation => {
                files.settings = read(path, bytes, report, decode::organisation::decode);
                files.has_settings = true;
            }
            Location::User(address) => {
                match read(path, bytes, report, |table| decode::user::decode(table, address, clock)) {
                    Some((user, soundness)) => files.users.push(Box::new(decode::user::UserFile { soundness, ..user })),
                    None => files.unread.note(path),
                }
            }
            Location::Profile(address) => {
                let profile = read(path, bytes, report, |table| decode::profile::decode(table, zones));
                files
                    .profiles
                    .push((address, profile.map(|(profile, _)| profile).unwrap_or_default()));
            }
            Location::Sealed(address) => {
                let credentials = read(path, bytes, report, decode::sealed::decode);
                let credentials = credentials.map(|(credentials, _)| credentials).unwrap_or_default();
                let kept = match self.use_of_sealed {
                    UseOfSealed::Open => credentials,
                    UseOfSealed::Compare => credentials.without_ciphertexts(),
                };
                files.credentials.push((address, kept));
            }
            Location::Aliases(domain) => {
                let aliases = read(path, bytes, report, |table| decode::alias::decode(table, domain));
                files.aliases.extend(noted(aliases, path, &mut files.unread));
            }
            Location::Group(name) => match read(path, bytes, report, |table| decode::group::decode(table, name)) {
                Some((group, _)) => files.groups.push(group),
                None => files.unread.note(path),
            },
            Location::Retired => {
                files.retired = read(path, bytes, report, decode::retired::decode)
                    .map(|(retired, _)| retired)
                    .unwrap_or_default();
            }
            Location::Client(id) => {
                let client = read(path, bytes, report, |table| decode::client::decode(table, id));
                files.clients.extend(noted(client, path, &mut files.unread));
            }
            Location::Key(id) => match read(path, bytes, report, |table| decode::key::decode(table, id)) {
                Some((Some(key), _)) => files.keys.push(key),
                Some((None, _)) | None => files.unread.note(path),
            },
            Location::Mail => {
                let mail = read(path, bytes, report, decode::mail::decode);
                files.mail = whole(mail, path, &mut files.unread);
            }
            Location::MailSealed => {
                let secrets = read(path, bytes, report, decode::mail::decode_secrets);
                files.mail_secrets = whole(secrets, path, &mut files.unread);
            }
            Location::Picture => files.take_picture(path, bytes, report),
            Location::Other => {}
        }
    }
}

/// What was read; whether not all of it could be is noted.
fn noted<T>(read: Option<(T, Soundness)>, path: &Utf8Path, unread: &mut Unread) -> Option<T> {
    if read.as_ref().is_none_or(|(_, soundness)| *soundness == Soundness::Torn) {
        unread.note(path);
    }
    read.map(|(value, _)| value)
}

/// What was read; whether something of it is missing is noted.
fn whole<T: Default>(read: Option<(T, Soundness)>, path: &Utf8Path, unread: &mut Unread) -> T {
    let (value, soundness) = read.unwrap_or((T::default(), Soundness::Torn));
    if soundness != Soundness::Sound {
        unread.note(path);
    }
    value
}
