//! Which paths of the repository are Dockspace's, and how large a file there may be: the table of format 1.
//!
//! Everything else in the repository (pipelines, notes, a README) is never looked at.

use camino::Utf8Path;

/// Deepest path that is read, counted in components: one more than `users/example.org/alice.toml` has.
pub(super) const MAX_DEPTH: usize = 4;

/// Most files and folders that are looked at in one revision.
pub(super) const MAX_ENTRIES: usize = 1_000_000;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// What stands at a name in the root of the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

/// A name in the root of the repository that is Dockspace's.
#[derive(Debug)]
pub(super) struct Area {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Largest file there, in bytes.
    pub(super) limit: u64,
}

const fn area(name: &'static str, kind: Kind, limit: u64) -> Area {
    Area { name, kind, limit }
}

/// All of them. A file that describes one thing is small; one that collects many may be larger.
pub(super) static AREAS: [Area; 10] = [
    area("aliases", Kind::Folder, MIB),
    area("clients", Kind::Folder, 64 * KIB),
    area("dockspace.toml", Kind::File, MIB),
    area("groups", Kind::Folder, 64 * KIB),
    area("keys", Kind::Folder, 64 * KIB),
    area("mail.sealed.toml", Kind::File, MIB),
    area("mail.toml", Kind::File, MIB),
    area("pictures", Kind::Folder, MIB),
    area("retired.toml", Kind::File, MIB),
    area("users", Kind::Folder, 64 * KIB),
];

/// The area a name in the root stands for, if any.
pub(super) fn area_of(name: &str) -> Option<&'static Area> {
    AREAS.iter().find(|area| area.name == name)
}

/// The area whose name differs from `name` in the case of letters alone.
pub(super) fn misspelt_area(name: &str) -> Option<&'static Area> {
    AREAS
        .iter()
        .find(|area| area.name != name && area.name.eq_ignore_ascii_case(name))
}

/// Where forges look. Nothing there is listed or belongs to the organisation; a file is read when it is asked for by name.
const OF_FORGES: [&str; 4] = [".forgejo", ".github", ".gitlab", ".gitlab-ci.yml"];

/// Largest file allowed at `path`, in bytes. A path outside of all areas may hold nothing.
pub(super) fn limit(path: &Utf8Path) -> u64 {
    let root = path.as_str().split('/').next().unwrap_or_default();
    match area_of(root) {
        Some(area) => area.limit,
        None if OF_FORGES.contains(&root) => MIB,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_the_area() {
        assert_eq!(limit("users/example.org/alice.toml".into()), 65_536);
        assert_eq!(limit("aliases/example.org.toml".into()), 1_048_576);
        assert_eq!(limit(".github/CODEOWNERS".into()), 1_048_576);
        assert_eq!(limit("README.md".into()), 0);
    }

    #[test]
    fn only_the_case_is_a_misspelling() {
        assert_eq!(misspelt_area("Users").map(|area| area.name), Some("users"));
        assert!(misspelt_area("users").is_none());
        assert!(misspelt_area("user").is_none());
    }
}
