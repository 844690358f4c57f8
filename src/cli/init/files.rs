//! The files a new organisation starts with.

use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    cli::{failure::Failure, keys, sealing},
    clock::Clock,
    document::{Editor, Kind, Value, mint_id, mint_username},
    model::{Address, Desired, Domain, Issuer, SigningAlg},
    repo::Edits,
    seal::{Owner, Recipients, Secret},
};

/// What a new organisation is made of.
pub(super) struct Founding {
    pub(super) organisation: String,
    pub(super) domain: Domain,
    pub(super) admin: Address,
    pub(super) admin_name: String,
    pub(super) issuer: Issuer,
    pub(super) recipients: Recipients,
    /// Where the key is, from the root.
    pub(super) identity: Utf8PathBuf,
}

/// One file: its path, and its content.
type File = (Utf8PathBuf, Option<Vec<u8>>);

const ADMINS: &str = "admins";

impl Founding {
    /// Every file but the administrator's credentials.
    pub(super) fn files(&self, clock: &Clock) -> Result<Edits, Failure> {
        let kid = keys::key_id(clock, SigningAlg::Rs256, |_| false)?;
        let key = keys::new_file(&kid, SigningAlg::Rs256, &self.recipients)?;
        let mut admins = Editor::create(Kind::Group);
        admins.set(&["description"], "Who runs this organisation")?;
        Ok(Edits::from([
            text("dockspace.toml", self.settings()?),
            text(self.user_path(".toml"), self.user(clock)?),
            text(format!("groups/{ADMINS}.toml"), admins.into_text()),
            text(format!("aliases/{}.toml", self.domain), self.aliases()?),
            text(keys::path(&kid), key.into_text()),
            text(".gitignore", GITIGNORE.to_owned()),
            text("README.md", self.readme()),
        ]))
    }

    /// The administrator's sealed file, with this password hash.
    pub(super) fn credentials(&self, desired: &Desired, hash: &Secret<String>) -> Result<File, Failure> {
        let id = desired.user(&self.admin).map(|user| user.id.to_string());
        let owner = Owner::User(id.unwrap_or_default());
        let mut file = Editor::create(Kind::Sealed);
        sealing::into(&mut file, &["password"], (&self.recipients, &owner), hash)?;
        Ok(text(self.user_path(".sealed.toml"), file.into_text()))
    }

    fn user_path(&self, ending: &str) -> String {
        format!("users/{}/{}{ending}", self.domain, self.admin.local())
    }

    fn settings(&self) -> Result<String, Failure> {
        let mut file = Editor::open(Kind::Organisation, SETTINGS)?;
        let recipients = self.recipients.iter().map(ToString::to_string).collect();
        file.set(&["organisation", "name"], self.organisation.as_str())?
            .set(&["organisation", "admin_group"], ADMINS)?
            .set(&["oidc", "issuer"], self.issuer.as_str())?
            .set(&["secrets", "recipients"], Value::List(recipients))?;
        // The one table whose name is not known beforehand, so that its comment is written by hand.
        Ok(file.into_text().replace("DOMAIN\"]", &format!("{}\"]", self.domain)))
    }

    fn user(&self, clock: &Clock) -> Result<String, Failure> {
        let mut file = Editor::create(Kind::User);
        file.set(&["id"], mint_id(clock)?)?;
        if let Some(username) = mint_username(&self.admin, |_| false) {
            file.set(&["username"], username.as_str())?;
        }
        file.set(&["name"], self.admin_name.as_str())?
            .set(&["groups"], Value::List(vec![ADMINS.to_owned()]))?
            .set(&["protected"], true)?;
        Ok(file.into_text())
    }

    /// RFC 2142 asks for these two; the administrator reads them.
    fn aliases(&self) -> Result<String, Failure> {
        let mut file = Editor::create(Kind::Aliases);
        for name in ["abuse", "postmaster"] {
            if name != self.admin.local() {
                file.set(&["aliases", name], Value::List(vec![self.admin.to_string()]))?;
            }
        }
        Ok(file.into_text())
    }

    fn readme(&self) -> String {
        README
            .replace("ORGANISATION", &self.organisation)
            .replace("DOMAIN", self.domain.as_str())
            .replace("ADMIN", self.admin.as_str())
    }

    /// What to type next, with the names that were given.
    pub(super) fn next_steps(&self, directory: &Utf8Path, has_password: bool) -> String {
        let Self {
            admin,
            domain,
            identity,
            ..
        } = self;
        let cd = format!("cd {directory}");
        let passwd = format!("dockspace user passwd {admin} --commit");
        let add = format!("dockspace user add bob@{domain} --commit");
        let steps = [
            (cd.as_str(), ""),
            (&passwd, "give the administrator a password"),
            (&add, "add somebody"),
            (
                "dockspace plan --live DIR",
                "compare with a directory of docker-mailserver",
            ),
        ];
        let steps = steps.iter().filter(|step| !(has_password && step.0 == passwd));
        let width = steps.clone().map(|step| step.0.len()).max().unwrap_or_default();
        let steps: String = steps
            .map(|(command, why)| format!("  {command:<width$}  {why}").trim_end().to_owned() + "\n")
            .collect();
        format!(
            "\nNext:\n\n{steps}\n\
             Soon: a second key, kept offline, opens everything when this one is lost.\n\n\
             \x20 dockspace secrets identity new --out OFFLINE.txt\n\
             \x20 dockspace secrets recipients add age1… --identity {identity} --commit\n"
        )
    }
}

fn text(path: impl Into<Utf8PathBuf>, content: String) -> File {
    (path.into(), Some(content.into_bytes()))
}

const SETTINGS: &str = r#"# The organisation: who it is, its mail domains and its rules about itself.
# `dockspace check` finds every mistake, `dockspace fmt` puts everything in order and keeps the comments.
format = 1

[organisation]
name = ""
admin_group = ""

# A mailbox is a file, users/DOMAIN/NAME.toml. This quota is for those that name none.
[domains."DOMAIN"]
quota = "5G"

# The mail server that is kept equal to this repository. Where its directory is, only the host knows: /etc/dockspace/host.toml.
[targets.mail]
kind = "docker-mailserver"
dialect = 16

# Where people sign in to apps. Apps know it by this name: it stays.
[oidc]
issuer = ""

# Who can open what is sealed: the host, and a key kept offline. `dockspace secrets recipients` changes it and seals anew.
[secrets]
recipients = []
"#;

const GITIGNORE: &str = "\
# Keys and lists of new passwords never belong here.
*identity*.txt
*passwords*.txt
host.toml
";

const README: &str = "\
# ORGANISATION

The people, mailboxes, aliases, groups and apps of DOMAIN. A change here is a change there: `dockspace plan` shows what it would do,
`dockspace apply` does it.

| file | what |
| --- | --- |
| `dockspace.toml` | the organisation, its domains and rules |
| `users/DOMAIN/*.toml` | one file for each mailbox |
| `users/DOMAIN/*.sealed.toml` | passwords and second factors, sealed |
| `aliases/DOMAIN.toml` | shared addresses |
| `groups/*.toml` | groups; who is a member stands on the users |
| `keys/*.toml` | keys that sign tokens, the private parts sealed |

| command | what |
| --- | --- |
| `dockspace check` | every mistake, at once |
| `dockspace user add NAME@DOMAIN` | a new mailbox |
| `dockspace user passwd ADMIN` | a new password |
| `dockspace group add engineering` | a new group |
| `dockspace client add grafana` | a new app |

The key that opens sealed values is not in here, and must not be. Keep a second one offline: `dockspace secrets recipients`.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        document::{Loader, format},
        seal::Identity,
    };

    fn founding() -> Founding {
        Founding {
            organisation: "Wonder \"land\"".into(),
            domain: Domain::parse("example.org").unwrap(),
            admin: Address::mailbox("alice@example.org").unwrap(),
            admin_name: "Alice".into(),
            issuer: Issuer::parse("https://id.example.org").unwrap(),
            recipients: Identity::generate().recipients().clone(),
            identity: "/x.identity.txt".into(),
        }
    }

    #[test]
    fn the_files_are_valid_and_in_canonical_form() {
        let mut loader = Loader::new(&Clock::system());
        for (path, content) in founding().files(&Clock::system()).unwrap() {
            let content = String::from_utf8(content.unwrap()).unwrap();
            loader.file(&path, content.as_bytes());
            if let Some(kind) = Kind::of(&path) {
                assert_eq!(format(kind, &content).unwrap(), content, "{path}");
            }
        }
        let loaded = loader.finish();
        let problems = loaded.report.sorted();
        assert!(problems.is_empty(), "{problems:?}");
        let desired = loaded.desired.unwrap();
        assert_eq!(desired.organisation.name, "Wonder \"land\"");
        assert_eq!(desired.keys.len(), 1);
        assert_eq!(desired.aliases.len(), 2);
    }

    #[test]
    fn a_postmaster_who_is_the_administrator_is_no_alias() {
        let mut founding = founding();
        founding.admin = Address::mailbox("postmaster@example.org").unwrap();
        assert_eq!(
            founding.aliases().unwrap(),
            "[aliases]\nabuse = [\"postmaster@example.org\"]\n"
        );
    }
}
