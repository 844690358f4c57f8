//! A user to be: the file that `user add` and a batch write.

use camino::Utf8PathBuf;
use jiff::civil::Date;

use crate::{
    cli::{draft::Draft, failure::Failure, items},
    document::Editor,
    model::Address,
    seal::Secret,
};

/// What the files of a new user will say. Texts are as typed: the check of the whole organisation judges them.
#[derive(Debug)]
pub(super) struct NewUser {
    pub(super) address: Address,
    pub(super) id: String,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) facts: Facts,
    pub(super) password: Option<Secret<String>>,
}

/// What a user need not have.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Facts {
    /// A group to be a member of; may be repeated.
    #[arg(long = "group", value_name = "GROUP")]
    pub(super) groups: Vec<String>,

    /// A further address that delivers here; may be repeated.
    #[arg(long = "alias", value_name = "ADDRESS")]
    pub(super) aliases: Vec<String>,

    /// Where mail goes instead of the mailbox; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) forward: Vec<String>,

    /// Keep a copy of forwarded mail in the mailbox.
    #[arg(long, requires = "forward")]
    pub(super) keep_copy: bool,

    /// The mailbox's quota: a whole number and B, K, M, G or T, such as 10G, or `unlimited`.
    #[arg(long, value_name = "QUOTA")]
    pub(super) quota: Option<String>,

    /// A human being; a mailbox that several people own; or a test user in a test domain.
    #[arg(long, value_name = "CLASS", value_parser = ["person", "shared", "test"])]
    pub(super) class: Option<String>,

    /// Who answers for a shared mailbox; may be repeated.
    #[arg(long = "owner", value_name = "ADDRESS")]
    pub(super) owners: Vec<String>,

    /// The last day of a test user, such as 2027-01-31.
    #[arg(long, value_name = "DATE")]
    pub(super) expires: Option<Date>,

    /// What the user may use, instead of what the class may; may be repeated.
    #[arg(long = "service", value_name = "SERVICE")]
    pub(super) services: Vec<String>,

    /// Let others remove, rename, suspend or demote this user only with an acknowledgement.
    #[arg(long)]
    pub(super) protected: bool,
}

impl NewUser {
    /// Writes the file of the reviewed facts.
    pub(super) fn write(&self, draft: &mut Draft<'_>) -> Result<(), Failure> {
        let [path, ..] = self.paths();
        let mut file = draft.editor(&path)?;
        file.set(&["id"], self.id.as_str())?
            .set(&["username"], self.username.as_str())?
            .set(&["name"], self.name.as_str())?;
        self.facts.write(&mut file)?;
        draft.put(&path, file);
        Ok(())
    }
}

impl NewUser {
    /// The user's files: reviewed facts, profile, credentials.
    pub(super) fn paths(&self) -> [Utf8PathBuf; 3] {
        paths(&self.address)
    }

    /// Whether several people will use the mailbox, and nobody sign in.
    pub(super) fn is_shared(&self) -> bool {
        self.facts.class.as_deref() == Some("shared")
    }

    /// Whether it is a test user, whose password stands in clear.
    pub(super) fn is_test(&self) -> bool {
        self.facts.class.as_deref() == Some("test")
    }
}

impl Facts {
    fn write(&self, file: &mut Editor) -> Result<(), Failure> {
        for (key, items) in [
            ("groups", &self.groups),
            ("aliases", &self.aliases),
            ("forward", &self.forward),
            ("owners", &self.owners),
            ("services", &self.services),
        ] {
            for item in items {
                file.add(&[key], item)?;
            }
        }
        items::set(file, &[("quota", &self.quota), ("class", &self.class)])?;
        items::set(file, &[("expires", &self.expires)])?;
        let said = |flag: bool| flag.then_some(true);
        items::set(
            file,
            &[
                ("keep_copy", &said(self.keep_copy)),
                ("protected", &said(self.protected)),
            ],
        )
    }
}

/// All files of one user: reviewed facts, profile, credentials.
pub(super) fn paths(address: &Address) -> [Utf8PathBuf; 3] {
    [".toml", ".profile.toml", ".sealed.toml"]
        .map(|suffix| format!("users/{}/{}{suffix}", address.domain(), address.local()).into())
}
