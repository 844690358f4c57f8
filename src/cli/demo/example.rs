//! The files of `example-repo/`, inside the program.
//!
//! A table instead of a generated one: the compiler follows every file by name, and a test says when one is missing.

/// A file: its path inside the repository, and its content.
pub(super) type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal)*) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/example-repo/", $path)))),*]
    };
}

/// The identity that opens the sealed values: published, and good for nothing else.
pub(super) const IDENTITY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/example-repo/identity.txt"));

/// The organisation.
pub(super) const FILES: &[File] = files! {
    ".dockspace/hooks/pre-commit"
    ".dockspace/program"
    ".dockspace/review"
    ".forgejo/CODEOWNERS"
    ".forgejo/workflows/dockspace-comment.yml"
    ".forgejo/workflows/dockspace.yml"
    ".gitattributes"
    ".github/CODEOWNERS"
    ".github/workflows/dockspace-comment.yml"
    ".github/workflows/dockspace.yml"
    ".gitlab-ci.yml"
    ".gitlab/CODEOWNERS"
    "README.md"
    "aliases/example.net.toml"
    "aliases/example.org.toml"
    "clients/grafana.toml"
    "clients/heating.toml"
    "clients/nextcloud.toml"
    "clients/noticeboard.toml"
    "dockspace.toml"
    "groups/admins.toml"
    "groups/board.toml"
    "groups/contractors.toml"
    "groups/engineering.toml"
    "groups/members.toml"
    "keys/2026-01.toml"
    "mail.sealed.toml"
    "mail.toml"
    "retired.toml"
    "users/example.net/mallory.sealed.toml"
    "users/example.net/mallory.toml"
    "users/example.net/niaj.sealed.toml"
    "users/example.net/niaj.toml"
    "users/example.net/oscar.sealed.toml"
    "users/example.net/oscar.toml"
    "users/example.org/alice.profile.toml"
    "users/example.org/alice.sealed.toml"
    "users/example.org/alice.toml"
    "users/example.org/ann.sealed.toml"
    "users/example.org/ann.toml"
    "users/example.org/bob.sealed.toml"
    "users/example.org/bob.toml"
    "users/example.org/carol.sealed.toml"
    "users/example.org/carol.toml"
    "users/example.org/dave.sealed.toml"
    "users/example.org/dave.toml"
    "users/example.org/erin.sealed.toml"
    "users/example.org/erin.toml"
    "users/example.org/frank.profile.toml"
    "users/example.org/frank.sealed.toml"
    "users/example.org/frank.toml"
    "users/example.org/grace.profile.toml"
    "users/example.org/grace.sealed.toml"
    "users/example.org/grace.toml"
    "users/example.org/heidi.sealed.toml"
    "users/example.org/heidi.toml"
    "users/example.org/joann.sealed.toml"
    "users/example.org/joann.toml"
    "users/example.org/office.sealed.toml"
    "users/example.org/office.toml"
    "users/test.example.org/probe.toml"
};

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn collect(root: &Path, folder: &Path, paths: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, paths);
            } else {
                paths.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }

    #[test]
    fn every_file_of_the_example_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-repo");
        let mut on_disk = BTreeSet::new();
        collect(&root, &root, &mut on_disk);
        on_disk.remove("identity.txt");
        let embedded: BTreeSet<String> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(
            embedded, on_disk,
            "list every file of example-repo/ in src/cli/demo/example.rs"
        );
    }
}
