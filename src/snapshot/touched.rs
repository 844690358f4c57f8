//! A short way from one revision to the next, when only few people changed.
//!
//! git's tree ids say which files differ. When those are users' files and nothing in them differs that another file could refer
//! to, the rest of the organisation need not be read: it was valid, and it still is.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::{Snapshot, Source};
use crate::{
    clock::Clock,
    diagnostic::Report,
    document::Loader,
    model::{AliasTarget, GroupName, guard},
    repo::{Changed, Error, Repo, Revision},
};

/// Two revisions with those of their users alone that differ, and everything else.
#[derive(Clone, Debug)]
pub struct Touched {
    /// The earlier one.
    pub before: Snapshot,
    /// The later one.
    pub after: Snapshot,
    /// What there is to say about the files of those users in the later one; what other files say stays as it was.
    pub report: Report,
}

/// More changed files than these are not worth a shorter way.
const FEW: usize = 300;

impl Touched {
    /// Loads only the users who differ between two revisions, when nothing differs that another file could depend on: what was
    /// valid `before` then is valid `after` too. `None` when the whole organisation has to be looked at.
    ///
    /// # Errors
    /// When the repository itself cannot be read.
    pub fn load(repo: &Repo, before: &Revision, after: &Revision, clock: &Clock) -> Result<Option<Self>, Error> {
        let changes = repo.changed(before.tree, after.tree)?;
        if !changes.refused.is_empty() || changes.files.len() > FEW {
            return Ok(None);
        }
        let Some(paths) = changes.files.iter().map(files_of_user).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let paths = paths.into_iter().flatten().collect();
        let load = |revision: &Revision| Snapshot::load_users(repo, revision, &paths, clock);
        let (Some((before, _)), Some((after, report))) = (load(before)?, load(after)?) else {
            return Ok(None);
        };
        let touched = Self { before, after, report };
        Ok(touched.matters_to_nobody_else().then_some(touched))
    }

    fn matters_to_nobody_else(&self) -> bool {
        let (before, after) = (&self.before.desired, &self.after.desired);
        let is_group_target = |group: &GroupName| {
            let mut targets = after
                .aliases
                .values()
                .chain(after.catch_alls.values())
                .flat_map(|alias| &alias.targets);
            targets.any(|target| matches!(target, AliasTarget::Group(name) if name == group))
        };
        before.users.len() == after.users.len()
            && !guard::needs_everybody(before, after)
            && before.users.values().zip(after.users.values()).all(|(before, after)| {
                let same_groups = || before.groups == after.groups;
                let groups = || before.groups.iter().chain(after.groups.iter());
                before.is_same_to_others(after) && (same_groups() || !groups().any(is_group_target))
            })
    }
}

/// The three files of the user that a changed file belongs to; `None` for a change of anything else, and for a user who came or went.
fn files_of_user(change: &Changed) -> Option<[Utf8PathBuf; 3]> {
    let rest = change.path.as_str().strip_prefix("users/")?;
    let (domain, name) = rest.split_once('/')?;
    let own = name
        .strip_suffix(".profile.toml")
        .or_else(|| name.strip_suffix(".sealed.toml"));
    let user = match own {
        Some(user) => user,
        None => name
            .strip_suffix(".toml")
            .filter(|_| change.old.is_some() && change.new.is_some())?,
    };
    let path = |suffix| Utf8PathBuf::from(format!("users/{domain}/{user}{suffix}"));
    Some([path(".toml"), path(".profile.toml"), path(".sealed.toml")])
}

impl Snapshot {
    /// The organisation with some of its users only; `None` when there is any error in what was read.
    fn load_users(
        repo: &Repo,
        revision: &Revision,
        paths: &BTreeSet<Utf8PathBuf>,
        clock: &Clock,
    ) -> Result<Option<(Self, Report)>, Error> {
        let files = repo.files(revision)?;
        let listing = files.list_some("users", paths)?;
        if !listing.refused.is_empty() {
            return Ok(None);
        }
        let mut loader = Loader::new(clock);
        loader.some_users_only();
        for entry in &listing.entries {
            loader.file(&entry.path, &files.read(entry)?);
        }
        let source = Source::Revision(revision.clone());
        let loaded = loader.finish();
        let snapshot = loaded.desired.map(|desired| Self {
            source,
            desired: Arc::new(desired),
        });
        Ok(snapshot.map(|snapshot| (snapshot, loaded.report)))
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use jiff::Timestamp;

    use super::*;
    use crate::{
        model::change::facts,
        repo::{Author, Edits, Message},
    };

    const SETTINGS: &str = "format = 1\n[organisation]\nname = \"Example\"\nadmin_group = \"admins\"\n[domains.\"example.org\"]\n[targets.mail]\nkind = \"docker-mailserver\"\ndialect = 16\n";

    fn user(id: u8, rest: &str) -> String {
        format!("id = \"id-{id}\"\nusername = \"user{id}\"\nname = \"User {id}\"\n{rest}\n")
    }

    /// Commits the files of an organisation, then `edits`, and gives the repository with both revisions.
    fn commits(edits: &[(&str, Option<String>)]) -> (tempfile::TempDir, Repo, Revision, Revision) {
        let directory = tempfile::tempdir().unwrap();
        let repo = Repo::init(Utf8Path::from_path(directory.path()).unwrap()).unwrap();
        let author = Author {
            name: "Test".to_owned(),
            email: "test@example.org".to_owned(),
        };
        repo.set_identity(&author).unwrap();
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        let message = Message {
            subject: "edit".to_owned(),
            body: String::new(),
            trailers: Vec::new(),
        };
        let commit = |files: &[(&str, Option<String>)]| {
            let edits: Edits = files
                .iter()
                .map(|(path, text)| ((*path).into(), text.clone().map(String::into_bytes)))
                .collect();
            repo.commit(&edits, &message, &clock).unwrap()
        };
        let before = commit(&[
            ("dockspace.toml", Some(SETTINGS.to_owned())),
            ("groups/admins.toml", Some("description = \"A\"\n".to_owned())),
            ("groups/team.toml", Some("description = \"T\"\n".to_owned())),
            ("groups/list.toml", Some("description = \"L\"\n".to_owned())),
            (
                "aliases/example.org.toml",
                Some("[aliases]\nlist = [\"group:list\"]\nbob2 = [\"bob@example.org\"]\n".to_owned()),
            ),
            ("users/example.org/alice.toml", Some(user(1, "groups = [\"admins\"]"))),
            ("users/example.org/bob.toml", Some(user(2, "groups = [\"list\"]"))),
        ]);
        let after = commit(edits);
        (directory, repo, before, after)
    }

    #[test]
    fn the_short_way_is_taken_when_nobody_else_is_concerned_and_gives_the_same_facts() {
        let bob = "users/example.org/bob.toml";
        let list = "groups = [\"list\"]\n";
        let table = [
            (bob, Some(user(2, &format!("{list}quota = \"1G\""))), true),
            (bob, Some(user(2, &format!("{list}state = \"locked\""))), true),
            (bob, Some(user(2, "groups = [\"list\", \"team\"]")), false),
            (
                "users/example.org/alice.toml",
                Some(user(1, "groups = [\"admins\", \"team\"]")),
                true,
            ),
            (
                "users/example.org/alice.profile.toml",
                Some("given_name = \"Alice\"\n".to_owned()),
                true,
            ),
            (bob, Some(user(2, &format!("{list}state = \"suspended\""))), false),
            (
                bob,
                Some(user(2, &format!("{list}aliases = [\"b@example.org\"]"))),
                false,
            ),
            (bob, Some(user(9, list)), false),
            (bob, Some(user(2, &format!("{list}quota = \"x\""))), false),
            (bob, Some(user(2, "groups = [\"nobody\"]")), false),
            ("users/example.org/carol.toml", Some(user(3, "")), false),
            ("groups/team.toml", Some("description = \"Team\"\n".to_owned()), false),
            ("users/example.org/bob.toml", None, false),
            ("README.md", Some("read me\n".to_owned()), true),
        ];
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        for (path, text, short) in table {
            let (_directory, repo, before, after) = commits(&[(path, text.clone())]);
            let touched = Touched::load(&repo, &before, &after, &clock).unwrap();
            assert_eq!(touched.is_some(), short, "{path}: {text:?}");
            let Some(touched) = touched else { continue };
            let full = |revision: &Revision| {
                Snapshot::load(&repo, Source::Revision(revision.clone()), &clock)
                    .unwrap()
                    .snapshot
                    .unwrap()
                    .desired
            };
            assert_eq!(
                facts(Some(&touched.before.desired), &touched.after.desired),
                facts(Some(&full(&before)), &full(&after)),
                "{path}: {text:?}"
            );
        }
    }
}
