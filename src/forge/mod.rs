//! Forges: where the repository is kept and changes are reviewed. GitHub, GitLab and Forgejo.
//!
//! What differs between them is here and nowhere else. Nothing here reads a file of the organisation or knows git.
//!
//! ```
//! use dockspace::forge::Forge;
//!
//! assert_eq!(Forge::Gitlab.codeowners_path(), ".gitlab/CODEOWNERS");
//! assert_eq!(Forge::of_remote("https://codeberg.org/example/organisation.git"), Some(Forge::Forgejo));
//! ```

mod api;
pub mod codeowners;
pub mod comment;

use camino::Utf8Path;

pub use api::{ForgeError, Project};

/// A kind of forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forge {
    /// github.com and GitHub Enterprise Server.
    Github,
    /// gitlab.com and GitLab of one's own.
    Gitlab,
    /// Codeberg and Forgejo of one's own.
    Forgejo,
}

impl Forge {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Github, Self::Gitlab, Self::Forgejo];

    /// The word for it on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Forgejo => "forgejo",
        }
    }

    /// Where it looks for the owners of files.
    #[must_use]
    pub fn codeowners_path(self) -> &'static Utf8Path {
        Utf8Path::new(match self {
            Self::Github => ".github/CODEOWNERS",
            Self::Gitlab => ".gitlab/CODEOWNERS",
            Self::Forgejo => ".forgejo/CODEOWNERS",
        })
    }

    /// The pipeline that checks what is proposed.
    #[must_use]
    pub fn pipeline_path(self) -> &'static Utf8Path {
        Utf8Path::new(match self {
            Self::Github => ".github/workflows/dockspace.yml",
            Self::Gitlab => ".gitlab-ci.yml",
            Self::Forgejo => ".forgejo/workflows/dockspace.yml",
        })
    }

    /// The forge that an address of a remote names, as far as its host's name tells.
    #[must_use]
    pub fn of_remote(address: &str) -> Option<Self> {
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        let says = |word: &str| host.split('.').any(|label| label == word);
        if says("github") {
            Some(Self::Github)
        } else if says("gitlab") {
            Some(Self::Gitlab)
        } else if says("codeberg") || says("forgejo") {
            Some(Self::Forgejo)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_tells_its_forge_by_its_host_alone() {
        for (address, expect) in [
            ("https://github.com/example/organisation.git", Some(Forge::Github)),
            ("git@github.com:example/organisation.git", Some(Forge::Github)),
            ("ssh://git@gitlab.example.org:2222/a/b", Some(Forge::Gitlab)),
            ("https://user@codeberg.org/a/b", Some(Forge::Forgejo)),
            ("https://git.example.org/github.com/b", None),
            ("https://notgithub.example.org/a", None),
            ("/srv/github/organisation.git", None),
            ("", None),
        ] {
            assert_eq!(Forge::of_remote(address), expect, "{address}");
        }
    }
}
