//! All files of a repository as they were decoded, each for itself.

use std::collections::{BTreeSet, HashSet};

use camino::Utf8Path;

use super::{
    decode::{
        alias::AliasFile,
        client::ClientFile,
        group::GroupFile,
        mail::{MailFile, MailSecrets},
        organisation::Settings,
        user::UserFile,
    },
    reader::Soundness,
    rules::file::PICTURE,
};
use crate::{
    diagnostic::{Report, Span},
    model::{Address, Credentials, Profile, Retired, SigningKey},
};

/// What the files say.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Whether there is a `dockspace.toml`, readable or not.
    pub(super) has_settings: bool,
    pub(super) settings: Option<(Settings, Soundness)>,
    /// By address, once sorted.
    #[expect(
        clippy::vec_box,
        reason = "each is given back as it becomes a user, instead of all at the end"
    )]
    pub(super) users: Vec<Box<UserFile>>,
    /// By address, once sorted.
    pub(super) profiles: Vec<(Address, Profile)>,
    /// By address, once sorted.
    pub(super) credentials: Vec<(Address, Credentials)>,
    /// By domain, once sorted.
    pub(super) aliases: Vec<AliasFile>,
    /// By name, once sorted.
    pub(super) groups: Vec<GroupFile>,
    /// By id, once sorted.
    pub(super) clients: Vec<ClientFile>,
    /// By id, once sorted.
    pub(super) keys: Vec<SigningKey>,
    pub(super) mail: MailFile,
    pub(super) mail_secrets: MailSecrets,
    pub(super) retired: Vec<Retired>,
    /// Paths of pictures.
    pub(super) pictures: BTreeSet<String>,
    pub(super) unread: Unread,
}

impl Files {
    /// Puts everything in an order that does not depend on that of the files.
    pub(super) fn sort(&mut self) {
        self.users.sort_by(|a, b| a.address.cmp(&b.address));
        self.profiles.sort_by(|a, b| a.0.cmp(&b.0));
        self.credentials.sort_by(|a, b| a.0.cmp(&b.0));
        self.aliases.sort_by(|a, b| a.domain.cmp(&b.domain));
        self.groups.sort_by(|a, b| a.group.name.cmp(&b.group.name));
        self.clients.sort_by(|a, b| a.client.id.cmp(&b.client.id));
        self.keys.sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// The settings, if all their domains could be read: else an address of an unknown domain may be one of ours.
    pub(super) fn whole_settings(&self) -> Option<&Settings> {
        match &self.settings {
            Some((settings, Soundness::Sound | Soundness::Faulty)) if settings.knows_domains => Some(settings),
            _ => None,
        }
    }

    /// Whether a user's file could not be read to its end, so that memberships are not all known.
    pub(super) fn lacks_users(&self) -> bool {
        self.unread.lacks_users() || self.users.iter().any(|user| user.soundness != Soundness::Sound)
    }

    /// Notes a picture. Only its beginning is looked at.
    pub(super) fn take_picture(&mut self, path: &Utf8Path, bytes: &[u8], report: &mut Report) {
        let extension = path.extension().unwrap_or_default();
        let fits = match extension {
            "png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            "webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
            _ => bytes.starts_with(b"\xff\xd8\xff"),
        };
        if !fits {
            let message = format!("the content is no {} image", extension.to_uppercase());
            report.push(PICTURE.at(path, Span::default(), message));
        }
        self.pictures.insert(path.as_str().to_owned());
    }
}

/// What there is but could not be read. Nothing that refers to it is a mistake for that reason.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// Mailbox addresses.
    users: HashSet<String>,
    /// Whether any other address may be that of a user as well: only some were asked for.
    pub(super) other_users: bool,
    pub(super) groups: HashSet<String>,
    pub(super) clients: HashSet<String>,
    /// Domains whose addresses are not all known.
    pub(super) aliases: HashSet<String>,
    /// Whether a signing key is missing.
    pub(super) keys: bool,
    /// Whether something of `mail.toml` or `mail.sealed.toml` is missing.
    pub(super) mail: bool,
}

impl Unread {
    /// Notes the file at `path`, whose name may be wrong in whatever way.
    pub(super) fn note(&mut self, path: &Utf8Path) {
        let path = path.as_str().to_lowercase();
        let path = path.strip_suffix(".toml").unwrap_or(&path);
        match path.split('/').collect::<Vec<_>>()[..] {
            ["users", domain, name] => {
                self.users.insert(format!("{name}@{domain}"));
            }
            ["groups", name] => {
                self.groups.insert(name.to_owned());
            }
            ["clients", name] => {
                self.clients.insert(name.to_owned());
            }
            // A folder that is refused takes all its users along.
            ["aliases" | "users", domain] => {
                self.aliases.insert(domain.to_owned());
            }
            ["keys", _] => self.keys = true,
            ["mail" | "mail.sealed"] => self.mail = true,
            _ => {}
        }
    }

    /// Whether `address` may be one that was not read.
    pub(super) fn may_hold(&self, address: &Address) -> bool {
        self.aliases.contains(address.domain()) || self.may_be_user(address)
    }

    /// Whether `address` may be the mailbox of a user who was not read.
    pub(super) fn may_be_user(&self, address: &Address) -> bool {
        self.other_users || self.users.contains(address.as_str())
    }

    fn lacks_users(&self) -> bool {
        self.other_users || !self.users.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_not_read_still_counts() {
        let mut unread = Unread::default();
        unread.note("users/example.org/Alice.toml".into());
        unread.note("aliases/example.net.toml".into());
        unread.note("users/example.com".into());
        for (address, expect) in [
            ("alice@example.org", true),
            ("bob@example.org", false),
            ("sales@example.net", true),
            ("erin@example.com", true),
        ] {
            assert_eq!(unread.may_hold(&Address::alias(address).unwrap()), expect, "{address}");
        }
    }
}
