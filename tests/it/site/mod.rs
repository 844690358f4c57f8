//! The static site, as it lies in its folder.

mod browser;
mod kept;
mod pages;
mod preview;
mod rebuild;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repo::TestRepo;

/// Every file of a built site, by its path in the folder; what Dockspace keeps for itself is left out.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != ".dockspace" {
            collect(root, &path, files);
        } else if path.is_file() {
            // A slash is written as it is and as a reference: both are the same to a browser.
            let text = fs::read_to_string(&path).unwrap().replace("&#x2f;", "/");
            files.insert(name, text);
        }
    }
}

/// Builds the site of `repo` in the folder `name` beside it; gives the folder and what was said.
#[track_caller]
pub(crate) fn build(repo: &TestRepo, name: &str) -> (PathBuf, String) {
    let folder = repo.beside(name);
    let output = repo
        .dockspace(["site", "build", "--out", folder.to_str().unwrap()])
        .run()
        .expect_code(0);
    (folder, output.stderr)
}
