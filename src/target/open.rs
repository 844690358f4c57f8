//! Opening the sealed values that a rendering needs.
//!
//! Opening one costs a tenth of a millisecond, so a value that was applied before and has not changed since is taken from the
//! live file instead, when that file is known to be what was written.

use std::collections::HashMap;

use crate::{
    auth::password,
    diagnostic::{Diagnostic, Place, Report, Rule, Severity, Span},
    fileset::FileSet,
    mailserver::{Secrets, accounts},
    model::{Address, Desired, Domain, LocalName, Master, Password, Relay, State, User, credential::PasswordHash},
    seal::{Identity, Owner, Placed, Sealed, Secret},
};

/// What a rendering opens sealed values with.
#[derive(Clone, Copy)]
pub enum Opener<'a> {
    /// The key, for every value.
    Identity(&'a Identity),
    /// What was applied, for values that have not changed since; the key for the others.
    Cached {
        /// The key.
        identity: &'a Identity,
        /// The organisation as it was applied.
        applied: &'a Desired,
        /// The live files, known to be what was written then.
        live: &'a FileSet,
    },
}

/// The rules about what sealed values hold, which only the key can tell.
pub mod rules {
    use super::{Rule, Severity};

    /// A sealed value that the key does not open, or that was sealed for another place.
    pub static CANNOT_OPEN: Rule = Rule {
        code: "DS-S101",
        severity: Severity::Error,
        title: "sealed value cannot be opened",
        explanation: "A sealed value opens only with a key that it was sealed to, and only where it was sealed for: for that \
                      user and that field, with that counter. A value copied from another file is refused, so that nobody can \
                      give somebody else's password to an account. Seal it again with `dockspace user passwd ADDRESS` or \
                      `dockspace secrets seal`; after adding a recipient, run `dockspace secrets reseal`.",
    };

    /// A sealed password that is not a hash.
    pub static NOT_A_HASH: Rule = Rule {
        code: "DS-S102",
        severity: Severity::Error,
        title: "sealed password is not a hash that can be used",
        explanation: "What is sealed as a password must be a hash with its scheme, as `doveadm pw` prints it: \
                      {SHA512-CRYPT}, {SHA256-CRYPT}, {BLF-CRYPT} or {ARGON2ID}, of a bounded cost. Clear text is never taken \
                      for a password. Set it with `dockspace user passwd ADDRESS`.",
    };

    /// Every rule of this module.
    #[must_use]
    pub fn all() -> [&'static Rule; 2] {
        [&CANNOT_OPEN, &NOT_A_HASH]
    }
}

/// One value to open, and where it goes.
struct Wanted<'a> {
    sealed: &'a Sealed,
    owner: Owner,
    field: String,
    place: Place,
    goes: Goes<'a>,
}

/// Whose secret a value is.
enum Goes<'a> {
    Password(&'a Address),
    Master(&'a LocalName),
    Relay(&'a Domain),
}

/// Opens everything that `desired` needs on the mail server.
///
/// # Errors
/// A report with every value that does not open or is not what it should be.
pub(super) fn secrets(desired: &Desired, opener: Opener<'_>) -> Result<Secrets, Report> {
    let mut secrets = Secrets::default();
    let mut report = Report::default();
    let cache = Cache::of(opener);
    let mut wanted = mail_values(desired);
    for user in desired
        .users
        .values()
        .filter(|user| user.has_mailbox() && user.state == State::Active)
    {
        match &user.credentials.password {
            None => {}
            Some(Password::Test(clear)) => match test_hash(desired, user, clear) {
                Ok(hash) => drop(secrets.passwords.insert(user.address.clone(), hash)),
                Err(diagnostic) => report.push(diagnostic),
            },
            Some(Password::Sealed(sealed)) => match cache.hash(user) {
                Some(hash) => drop(secrets.passwords.insert(user.address.clone(), hash)),
                None => wanted.push(password_of(user, sealed)),
            },
        }
    }
    open(&wanted, opener.identity(), &mut secrets, &mut report);
    if report.is_empty() { Ok(secrets) } else { Err(report) }
}

fn test_hash(desired: &Desired, user: &User, clear: &Secret<String>) -> Result<PasswordHash, Diagnostic> {
    let rounds = desired.policy.password.sha512_rounds;
    password::hash_for_test_user(user.id.as_str(), clear, rounds).map_err(|error| {
        let place = user.origin.of("password");
        rules::NOT_A_HASH.at(
            place.path,
            place.span,
            format!("the password of {} cannot be hashed: {error}", user.address),
        )
    })
}

fn password_of<'a>(user: &'a User, sealed: &'a Sealed) -> Wanted<'a> {
    Wanted {
        sealed,
        owner: Owner::User(user.id.as_str().to_owned()),
        field: "password".to_owned(),
        place: Place {
            path: user.origin.path().with_extension("sealed.toml"),
            span: Span::default(),
        },
        goes: Goes::Password(&user.address),
    }
}

/// The mail server's own sealed values.
fn mail_values(desired: &Desired) -> Vec<Wanted<'_>> {
    let value = |sealed, field, place: &Place, goes| Wanted {
        sealed,
        owner: Owner::Mail,
        field,
        place: place.clone(),
        goes,
    };
    let masters = desired.mail.masters.iter().filter_map(|(name, master)| {
        Some(value(
            master.password.as_ref()?,
            Master::field(name),
            &master.place,
            Goes::Master(name),
        ))
    });
    let relays = desired.mail.relay.iter().filter_map(|(domain, relay)| {
        Some(value(
            relay.password.as_ref()?,
            Relay::field(domain),
            &relay.place,
            Goes::Relay(domain),
        ))
    });
    masters.chain(relays).collect()
}

fn open(wanted: &[Wanted<'_>], identity: &Identity, secrets: &mut Secrets, report: &mut Report) {
    let placed: Vec<_> = wanted
        .iter()
        .map(|wanted| Placed {
            sealed: wanted.sealed,
            owner: wanted.owner.clone(),
            field: &wanted.field,
        })
        .collect();
    let opened = identity.open_all(&placed);
    for (wanted, opened) in wanted.iter().zip(opened) {
        match opened {
            Ok(opened) => store(wanted, opened, secrets, report),
            Err(error) => {
                let message = format!("`{}` of {} cannot be opened: {error}", wanted.field, wanted.owner);
                report.push(
                    rules::CANNOT_OPEN
                        .at(wanted.place.path.clone(), wanted.place.span, message)
                        .hint(error.hint()),
                );
            }
        }
    }
}

fn store(wanted: &Wanted<'_>, opened: Secret<String>, secrets: &mut Secrets, report: &mut Report) {
    let hash = || PasswordHash::parse(opened.expose());
    let stored = match wanted.goes {
        Goes::Password(address) => hash().map(|hash| drop(secrets.passwords.insert(address.clone(), hash))),
        Goes::Master(name) => hash().map(|hash| drop(secrets.masters.insert(name.clone(), hash))),
        Goes::Relay(domain) => {
            secrets.relays.insert(domain.clone(), opened);
            return;
        }
    };
    if let Err(error) = stored {
        let message = format!(
            "`{}` of {} is not a hash that can be used: {error}",
            wanted.field, wanted.owner
        );
        report.push(
            rules::NOT_A_HASH
                .at(wanted.place.path.clone(), wanted.place.span, message)
                .hint(error.hint()),
        );
    }
}

impl<'a> Opener<'a> {
    const fn identity(self) -> &'a Identity {
        match self {
            Self::Identity(identity) | Self::Cached { identity, .. } => identity,
        }
    }
}

/// Hashes that are live already.
struct Cache<'a>(Option<(&'a Desired, HashMap<&'a str, &'a str>)>);

impl<'a> Cache<'a> {
    fn of(opener: Opener<'a>) -> Self {
        let Opener::Cached { applied, live, .. } = opener else {
            return Self(None);
        };
        let text = live
            .get(accounts::NAME)
            .and_then(|file| std::str::from_utf8(&file.content).ok())
            .unwrap_or_default();
        Self(Some((
            applied,
            accounts::parse(text).map(|row| (row.login, row.hash)).collect(),
        )))
    }

    /// The live hash, when the same person had the same sealed password then and the row carried it.
    fn hash(&self, user: &User) -> Option<PasswordHash> {
        let (applied, live) = self.0.as_ref()?;
        let before = applied.user(user.address.as_str())?;
        let unchanged = before.id == user.id
            && before.state == State::Active
            && before.has_mailbox()
            && before.credentials.password == user.credentials.password;
        if !unchanged {
            return None;
        }
        PasswordHash::parse(live.get(user.address.as_str())?).ok()
    }
}
