//! A repository on a forge, and changes proposed to it: a bare repository whose requests are references, as on each forge.

use std::fs;
use std::path::PathBuf;

use super::forge_server::ForgeServer;
use crate::example::example;
use crate::support::repo::{Output, TestRepo};
use crate::support::text;

/// The example organisation at a forge.
pub(super) struct Project {
    pub(super) kind: &'static str,
    pub(super) forge: ForgeServer,
    /// The clone of whoever proposes something.
    pub(super) clone: TestRepo,
}

impl Project {
    pub(super) fn new(kind: &'static str) -> Self {
        let clone = example();
        let project = Self {
            kind,
            forge: ForgeServer::start(kind),
            clone,
        };
        let bare = project.bare();
        fs::create_dir_all(bare.parent().unwrap()).unwrap();
        project.clone.git(["clone", "--quiet", "--bare", ".", text(&bare)]);
        project
    }

    /// Where the forge keeps it.
    pub(super) fn bare(&self) -> PathBuf {
        self.server().join("example/organisation.git")
    }

    /// What stands for its address in a browser.
    pub(super) fn page(&self) -> PathBuf {
        self.server().join("example/organisation")
    }

    /// What stands for the address of the forge.
    pub(super) fn server(&self) -> PathBuf {
        self.clone.beside("forge")
    }

    /// The reference of a request.
    pub(super) fn reference(&self, request: u64) -> String {
        match self.kind {
            "gitlab" => format!("refs/merge-requests/{request}/head"),
            _ => format!("refs/pull/{request}/head"),
        }
    }

    /// Proposes what `edit` makes of the branch `main`.
    pub(super) fn proposes(&self, request: u64, edit: impl FnOnce(&TestRepo)) {
        self.clone.git(["checkout", "--quiet", "--detach", "main"]);
        edit(&self.clone);
        self.clone.commit("What somebody proposes");
        let to = format!("+HEAD:{}", self.reference(request));
        self.clone.git(["push", "--quiet", text(&self.bare()), &to]);
        self.forge.opens(request);
    }

    /// Commits to `main` as if another request were merged.
    pub(super) fn merges(&self, edit: impl FnOnce(&TestRepo)) {
        self.clone.git(["checkout", "--quiet", "main"]);
        edit(&self.clone);
        self.clone.commit("What somebody else merged");
        self.clone.git(["push", "--quiet", text(&self.bare()), "main"]);
    }

    /// Runs a shell script as a step of a pipeline does, in a folder of this name beside the clone.
    pub(super) fn step(&self, folder: &str, script: &str, env: &[(String, String)]) -> Output {
        let folder = self.clone.beside(folder);
        fs::create_dir_all(&folder).unwrap();
        let file = self.clone.beside("step.sh");
        fs::write(&file, format!("set -e\ncd {}\n{script}", text(&folder))).unwrap();
        let run = self.clone.shell(&file);
        env.iter().fold(run, |run, (name, value)| run.env(name, value)).run()
    }

    /// What a step of `job` left in a file.
    pub(super) fn left(&self, folder: &str, file: &str) -> String {
        fs::read_to_string(self.clone.beside(folder).join(file)).unwrap()
    }
}
