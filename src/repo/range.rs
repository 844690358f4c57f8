//! The commits of a change, and what each changed itself.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::revision::describe;
use super::{Error, Repo, Revision};

/// A commit of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub revision: Revision,
    /// The files it changed itself, any of the repository; of a merge, those that differ from every parent. A path that is no
    /// UTF-8 is told with its bytes replaced.
    pub paths: BTreeSet<Utf8PathBuf>,
    /// Its trailers, in their order.
    pub trailers: Vec<(String, String)>,
}

impl Repo {
    /// The commits that `head` has and `base` lacks, the oldest first, as far as they changed files that differ between the two.
    ///
    /// # Errors
    /// A damaged or shallow repository.
    pub fn steps(&self, base: &Revision, head: &Revision) -> Result<Vec<Step>, Error> {
        let tree =
            |revision: &Revision| -> Result<git2::Tree<'_>, Error> { Ok(self.git.find_tree(revision.tree.oid()?)?) };
        let in_the_end = self.differing(Some(&tree(base)?), &tree(head)?)?;
        let mut walk = self.git.revwalk()?;
        walk.push(head.id.oid()?)?;
        walk.hide(base.id.oid()?)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
        let mut steps = Vec::new();
        for id in walk {
            let commit = self.git.find_commit(id?)?;
            let mut paths = self.own_paths(&commit)?;
            paths.retain(|path| in_the_end.contains(path));
            steps.push(Step {
                revision: describe(&commit),
                paths,
                trailers: trailers(&commit),
            });
        }
        Ok(steps)
    }

    fn own_paths(&self, commit: &git2::Commit<'_>) -> Result<BTreeSet<Utf8PathBuf>, Error> {
        let tree = commit.tree()?;
        let mut parents = commit.parents();
        let Some(first) = parents.next() else {
            return self.differing(None, &tree);
        };
        let mut paths = self.differing(Some(&first.tree()?), &tree)?;
        for parent in parents {
            let other = self.differing(Some(&parent.tree()?), &tree)?;
            paths.retain(|path| other.contains(path));
        }
        Ok(paths)
    }

    fn differing(&self, old: Option<&git2::Tree<'_>>, new: &git2::Tree<'_>) -> Result<BTreeSet<Utf8PathBuf>, Error> {
        let diff = self.git.diff_tree_to_tree(old, Some(new), None)?;
        let path = |file: git2::DiffFile<'_>| {
            let bytes = file.path_bytes()?;
            Some(Utf8Path::new(&*String::from_utf8_lossy(bytes)).to_owned())
        };
        let both = diff
            .deltas()
            .flat_map(|delta| [path(delta.old_file()), path(delta.new_file())]);
        Ok(both.flatten().collect())
    }
}

fn trailers(commit: &git2::Commit<'_>) -> Vec<(String, String)> {
    let message = String::from_utf8_lossy(commit.message_bytes()).replace('\0', "");
    let Ok(found) = git2::message_trailers_bytes(message) else {
        return Vec::new();
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    found.iter().map(|(key, value)| (text(key), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Author, Edits, Message};
    use super::*;
    use crate::clock::Clock;

    fn commit(repo: &Repo, path: &str, text: &str, trailers: &[(&str, &str)]) -> Revision {
        let message = Message {
            subject: "edit".to_owned(),
            body: String::new(),
            trailers: trailers
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()))
                .collect(),
        };
        let edits = Edits::from([(path.into(), Some(text.as_bytes().to_vec()))]);
        repo.commit(&edits, &message, &Clock::fixed(jiff::Timestamp::UNIX_EPOCH))
            .unwrap()
    }

    #[test]
    fn each_commit_with_its_own_files_and_trailers() {
        let folder = tempfile::tempdir().unwrap();
        let repo = Repo::init(Utf8Path::from_path(folder.path()).unwrap()).unwrap();
        let author = Author {
            name: "Test".to_owned(),
            email: "test@example.org".to_owned(),
        };
        repo.set_identity(&author).unwrap();
        let base = commit(&repo, "groups/a.toml", "description = \"A\"\n", &[]);
        commit(
            &repo,
            "groups/b.toml",
            "description = \"B\"\n",
            &[("Reviewed-by", "Alice <alice@example.org>")],
        );
        commit(&repo, "groups/a.toml", "description = \"other\"\n", &[]);
        let head = commit(&repo, "groups/a.toml", "description = \"A\"\n", &[]);
        let steps = repo.steps(&base, &head).unwrap();
        let paths: Vec<Vec<&str>> = steps
            .iter()
            .map(|step| step.paths.iter().map(|path| path.as_str()).collect())
            .collect();
        // What was changed and changed back differs in nothing.
        assert_eq!(paths, [vec!["groups/b.toml"], vec![], vec![]]);
        let trailer = ("Reviewed-by".to_owned(), "Alice <alice@example.org>".to_owned());
        assert_eq!(steps[0].trailers, [trailer]);
        assert_eq!(steps[0].revision.author, author);
        assert_eq!(repo.steps(&head, &head).unwrap(), []);
    }
}
