//! What a repository carries so that its forge reviews changes: pipelines, their script, and who owns which file.

use camino::Utf8PathBuf;
use clap::ValueEnum;

use crate::{cli::owners, forge::Forge, model::Desired, repo::Edits};

/// The forge a new organisation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ForgeChoice {
    /// github.com and GitHub Enterprise Server.
    Github,
    /// gitlab.com and GitLab of one's own.
    Gitlab,
    /// Codeberg and Forgejo of one's own.
    Forgejo,
    /// None: no pipelines.
    None,
}

impl ForgeChoice {
    pub(super) const fn forge(self) -> Option<Forge> {
        match self {
            Self::Github => Some(Forge::Github),
            Self::Gitlab => Some(Forge::Gitlab),
            Self::Forgejo => Some(Forge::Forgejo),
            Self::None => None,
        }
    }
}

macro_rules! embedded {
    ($($to:literal = $from:literal),* $(,)?) => {
        &[$(($to, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ci/forge/", $from)))),*]
    };
}

/// What serves everybody who has a clone.
const CLONE: &[(&str, &str)] = embedded! {
    ".dockspace/hooks/pre-commit" = "pre-commit",
    ".gitattributes" = "gitattributes",
};

/// What all forges have in common.
const COMMON: &[(&str, &str)] = embedded! {
    ".dockspace/review" = "review",
    ".dockspace/program" = "program",
};

const fn pipelines(forge: Forge) -> &'static [(&'static str, &'static str)] {
    match forge {
        Forge::Github => embedded! {
            ".github/workflows/dockspace.yml" = "github/dockspace.yml",
            ".github/workflows/dockspace-comment.yml" = "github/dockspace-comment.yml",
        },
        Forge::Gitlab => embedded! { ".gitlab-ci.yml" = "gitlab/gitlab-ci.yml" },
        Forge::Forgejo => embedded! {
            ".forgejo/workflows/dockspace.yml" = "forgejo/dockspace.yml",
            ".forgejo/workflows/dockspace-comment.yml" = "forgejo/dockspace-comment.yml",
        },
    }
}

/// The files, for `forge` if there is one.
pub(super) fn files(forge: Option<Forge>, desired: &Desired) -> Edits {
    let file = |&(path, text): &(&str, &str)| (Utf8PathBuf::from(path), Some(text.as_bytes().to_vec()));
    let mut edits: Edits = CLONE.iter().map(file).collect();
    if let Some(forge) = forge {
        edits.extend(COMMON.iter().chain(pipelines(forge)).map(file));
        let owners = owners::text(forge, desired).into_bytes();
        edits.insert(forge.codeowners_path().to_owned(), Some(owners));
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forge_finds_its_pipeline_where_it_looks() {
        for forge in Forge::ALL {
            let paths: Vec<&str> = pipelines(forge).iter().map(|(path, _)| *path).collect();
            assert!(paths.contains(&forge.pipeline_path().as_str()), "{paths:?}");
        }
    }
}
