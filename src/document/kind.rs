//! What kind of file a path of the organisation repository names.
//!
//! The path decides alone: a file's content never says what it is. Nothing here reads one.
//!
//! ```
//! use dockspace::document::Kind;
//!
//! assert_eq!(Kind::of("users/example.org/alice.profile.toml".into()), Some(Kind::Profile));
//! assert_eq!(Kind::of("README.md".into()), None);
//! ```

use camino::Utf8Path;

/// A kind of file in the organisation repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `dockspace.toml`
    Organisation,
    /// `users/DOMAIN/NAME.toml`
    User,
    /// `users/DOMAIN/NAME.profile.toml`
    Profile,
    /// `users/DOMAIN/NAME.sealed.toml`
    Sealed,
    /// `aliases/DOMAIN.toml`
    Aliases,
    /// `groups/NAME.toml`
    Group,
    /// `clients/CLIENT_ID.toml`
    Client,
    /// `keys/KEY_ID.toml`
    Key,
    /// `mail.toml`
    Mail,
    /// `mail.sealed.toml`
    MailSealed,
    /// `retired.toml`
    Retired,
}

impl Kind {
    /// All kinds, in the order of the format reference.
    pub const ALL: [Self; 11] = [
        Self::Organisation,
        Self::User,
        Self::Profile,
        Self::Sealed,
        Self::Aliases,
        Self::Group,
        Self::Client,
        Self::Key,
        Self::Mail,
        Self::MailSealed,
        Self::Retired,
    ];

    /// The word for it, as in `dockspace schema user`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::User => "user",
            Self::Profile => "profile",
            Self::Sealed => "sealed",
            Self::Aliases => "aliases",
            Self::Group => "group",
            Self::Client => "client",
            Self::Key => "key",
            Self::Mail => "mail",
            Self::MailSealed => "mail-sealed",
            Self::Retired => "retired",
        }
    }

    /// The kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Where files of this kind stand, with names in capitals for what varies.
    #[must_use]
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Organisation => "dockspace.toml",
            Self::User => "users/DOMAIN/NAME.toml",
            Self::Profile => "users/DOMAIN/NAME.profile.toml",
            Self::Sealed => "users/DOMAIN/NAME.sealed.toml",
            Self::Aliases => "aliases/DOMAIN.toml",
            Self::Group => "groups/NAME.toml",
            Self::Client => "clients/CLIENT_ID.toml",
            Self::Key => "keys/KEY_ID.toml",
            Self::Mail => "mail.toml",
            Self::MailSealed => "mail.sealed.toml",
            Self::Retired => "retired.toml",
        }
    }

    /// The kind of the file at `path` inside the repository; `None` for what is none of Dockspace's.
    #[must_use]
    pub fn of(path: &Utf8Path) -> Option<Self> {
        if path.extension() != Some("toml") {
            return None;
        }
        let mut parts = path.as_str().split('/');
        match (parts.next()?, parts.next(), parts.next(), parts.next()) {
            ("dockspace.toml", None, ..) => Some(Self::Organisation),
            ("mail.toml", None, ..) => Some(Self::Mail),
            ("mail.sealed.toml", None, ..) => Some(Self::MailSealed),
            ("retired.toml", None, ..) => Some(Self::Retired),
            ("users", Some(_), Some(file), None) if file.ends_with(".profile.toml") => Some(Self::Profile),
            ("users", Some(_), Some(file), None) if file.ends_with(".sealed.toml") => Some(Self::Sealed),
            ("users", Some(_), Some(_), None) => Some(Self::User),
            ("aliases", Some(_), None, _) => Some(Self::Aliases),
            ("groups", Some(_), None, _) => Some(Self::Group),
            ("clients", Some(_), None, _) => Some(Self::Client),
            ("keys", Some(_), None, _) => Some(Self::Key),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_decides() {
        let table = [
            ("dockspace.toml", Some(Kind::Organisation)),
            ("users/example.org/alice.toml", Some(Kind::User)),
            ("users/example.org/alice.profile.toml", Some(Kind::Profile)),
            ("users/example.org/alice.sealed.toml", Some(Kind::Sealed)),
            ("users/example.org/a.b.toml", Some(Kind::User)),
            ("aliases/example.org.toml", Some(Kind::Aliases)),
            ("groups/engineering.toml", Some(Kind::Group)),
            ("clients/grafana.toml", Some(Kind::Client)),
            ("keys/2026-11.toml", Some(Kind::Key)),
            ("mail.toml", Some(Kind::Mail)),
            ("mail.sealed.toml", Some(Kind::MailSealed)),
            ("retired.toml", Some(Kind::Retired)),
            ("users/alice.toml", None),
            ("users/example.org/deep/alice.toml", None),
            ("docs/dockspace.toml", None),
            ("groups/engineering.md", None),
            ("pictures/0a.png", None),
            (".toml", None),
        ];
        for (path, expect) in table {
            assert_eq!(Kind::of(path.into()), expect, "{path}");
        }
    }

    #[test]
    fn every_pattern_is_of_its_kind_and_every_word_comes_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.pattern().into()), Some(kind));
            assert_eq!(Kind::from_word(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::from_word("users"), None);
    }
}
