//! What the path of a file says: the kind, and the name of what it describes.

use camino::Utf8Path;

use super::{
    Kind,
    decode::claim,
    rules::file::{FILE_NAME, STRAY_FILE},
    spelling,
};
use crate::{
    diagnostic::{Diagnostic, Span},
    model::{Address, ClientId, Domain, GroupName, KeyId},
};

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Organisation,
    User(Address),
    Profile(Address),
    Sealed(Address),
    Aliases(Domain),
    Group(GroupName),
    Client(ClientId),
    Key(KeyId),
    Mail,
    MailSealed,
    Retired,
    Picture,
    /// No business of ours.
    Other,
}

/// The folders that hold nothing but files of the format.
const FOLDERS: [&str; 6] = ["aliases", "clients", "groups", "keys", "pictures", "users"];

impl Location {
    /// What `path` names.
    ///
    /// # Errors
    /// A problem of a path that looks like one of the format and is none.
    pub(super) fn of(path: &Utf8Path) -> Result<Self, Diagnostic> {
        let Some(kind) = Kind::of(path) else {
            return Self::without_kind(path);
        };
        let wrong = |error: String| FILE_NAME.at(path, Span::default(), error);
        let name = || without(path.file_name().unwrap_or_default(), ".toml");
        let user = |suffix: &str| {
            let domain = path.parent().and_then(Utf8Path::file_name).unwrap_or_default();
            let address = format!("{}@{domain}", without(name(), suffix));
            Address::mailbox(&address).map_err(|error| wrong(error.to_string()))
        };
        Ok(match kind {
            Kind::Organisation => Self::Organisation,
            Kind::Mail => Self::Mail,
            Kind::MailSealed => Self::MailSealed,
            Kind::Retired => Self::Retired,
            Kind::User => Self::User(user("")?),
            Kind::Profile => Self::Profile(user(".profile")?),
            Kind::Sealed => Self::Sealed(user(".sealed")?),
            Kind::Aliases => Self::Aliases(Domain::parse(name()).map_err(|error| wrong(error.to_string()))?),
            Kind::Group => Self::Group(GroupName::parse(name()).map_err(|error| wrong(error.to_string()))?),
            Kind::Client => Self::Client(ClientId::parse(name()).map_err(|error| wrong(error.to_string()))?),
            Kind::Key => Self::Key(KeyId::parse(name()).map_err(|error| wrong(error.to_string()))?),
        })
    }

    fn without_kind(path: &Utf8Path) -> Result<Self, Diagnostic> {
        if claim::is_picture(path.as_str()) {
            return Ok(Self::Picture);
        }
        let file = path.file_name().unwrap_or_default();
        let stray = |message: String| STRAY_FILE.at(path, Span::default(), message);
        if let Some((folder, _)) = path.as_str().split_once('/') {
            if !FOLDERS.contains(&folder) || file.starts_with('.') || file == "README.md" {
                return Ok(Self::Other);
            }
            let message = format!("`{path}` is no file of the format");
            return Err(stray(message).hint(format!("files here are {}", patterns(folder))));
        }
        let known = Kind::ALL.map(Kind::pattern);
        match spelling::closest(file, known.into_iter().filter(|pattern| !pattern.contains('/'))) {
            Some(meant) => {
                Err(stray(format!("`{path}` is no file of the format")).hint(format!("did you mean `{meant}`?")))
            }
            None => Ok(Self::Other),
        }
    }
}

fn without<'a>(text: &'a str, suffix: &str) -> &'a str {
    text.strip_suffix(suffix).unwrap_or(text)
}

fn patterns(folder: &str) -> String {
    if folder == "pictures" {
        return "`pictures/SHA256.png`, `.jpg` or `.webp`, with the digest in lower-case hexadecimal digits".to_owned();
    }
    let patterns = Kind::ALL
        .map(Kind::pattern)
        .into_iter()
        .filter(|pattern| pattern.starts_with(folder));
    patterns
        .map(|pattern| format!("`{pattern}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_things() {
        let alice = Address::mailbox("alice@example.org").unwrap();
        let table = [
            ("dockspace.toml", Location::Organisation),
            ("users/example.org/alice.toml", Location::User(alice.clone())),
            ("users/example.org/alice.profile.toml", Location::Profile(alice.clone())),
            ("users/example.org/alice.sealed.toml", Location::Sealed(alice)),
            (
                "aliases/example.org.toml",
                Location::Aliases(Domain::parse("example.org").unwrap()),
            ),
            (
                "groups/engineering.toml",
                Location::Group(GroupName::parse("engineering").unwrap()),
            ),
            ("users/README.md", Location::Other),
            ("users/.gitkeep", Location::Other),
            (".github/workflows/check.yml", Location::Other),
            ("docs/notes.toml", Location::Other),
            ("README.md", Location::Other),
        ];
        for (path, expect) in table {
            assert_eq!(Location::of(path.into()).unwrap(), expect, "{path}");
        }
    }

    #[test]
    fn paths_that_look_like_the_format_and_are_not() {
        for (path, code) in [
            ("users/alice.toml", "DS-F009"),
            ("users/example.org/alice.tml", "DS-F009"),
            ("users/example.org/deep/alice.toml", "DS-F009"),
            ("users/Example.org/alice.toml", "DS-F010"),
            ("users/example.org/Alice.toml", "DS-F010"),
            ("users/example.org/a b.toml", "DS-F010"),
            ("users/example.org/a+b.toml", "DS-F010"),
            ("users/example/alice.toml", "DS-F010"),
            ("groups/A.toml", "DS-F010"),
            ("groups/engineering.md", "DS-F009"),
            ("aliases/example.toml", "DS-F010"),
            ("pictures/alice.png", "DS-F009"),
            ("retire.toml", "DS-F009"),
            ("dockspace.tml", "DS-F009"),
        ] {
            assert_eq!(
                Location::of(path.into()).map_err(|problem| problem.rule.code),
                Err(code),
                "{path}"
            );
        }
    }
}
