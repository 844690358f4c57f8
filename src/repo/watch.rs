//! Wakes when a branch of a repository on this machine moves: by inotify, without polling.
//!
//! A hint and no more: a file system without events gives none, so whoever waits looks again now and then anyway.

use std::sync::Arc;

use camino::Utf8Path;
use notify::{RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::Error;

/// Folders in which a branch is a file or a table, where they exist.
const BRANCHES: [&str; 2] = ["refs", "reftable"];
/// Where git packs branches that rarely move.
const PACKED: &str = "packed-refs";

/// A watched repository. Dropping it ends the watch.
pub struct Watch {
    moved: Arc<Notify>,
    _watcher: notify::RecommendedWatcher,
}

impl Watch {
    /// Watches the repository whose git folder (`.git`, or a bare repository itself) is `folder`.
    pub(super) fn new(folder: &Utf8Path) -> Result<Self, Error> {
        let refused = |source| Error::Watch {
            path: folder.to_owned(),
            source,
        };
        let moved = Arc::new(Notify::new());
        let (wakes, root) = (Arc::clone(&moved), folder.to_owned());
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Whatever goes wrong with events, looking is never wrong.
            if event.map_or(true, |event| is_a_move(&event, &root)) {
                wakes.notify_one();
            }
        })
        .map_err(refused)?;
        let mut watch = |path: &Utf8Path, mode| watcher.watch(path.as_std_path(), mode).map_err(refused);
        watch(folder, RecursiveMode::NonRecursive)?;
        for branches in BRANCHES.map(|name| folder.join(name)) {
            if branches.is_dir() {
                watch(&branches, RecursiveMode::Recursive)?;
            }
        }
        Ok(Self {
            moved,
            _watcher: watcher,
        })
    }

    /// Waits until a branch may have moved since this last returned. Many moves at once wake once.
    pub async fn moved(&self) {
        self.moved.notified().await;
    }
}

/// Not reading, which our own fetch does, nor git's other files, such as the index of a work tree.
fn is_a_move(event: &notify::Event, root: &Utf8Path) -> bool {
    let counts = |path: &std::path::PathBuf| {
        let inside = path.strip_prefix(root).ok();
        let first = inside.and_then(|inside| inside.iter().next()?.to_str());
        first.is_some_and(|first| first == PACKED || BRANCHES.contains(&first))
    };
    event.need_rescan() || (!event.kind.is_access() && event.paths.iter().any(counts))
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, EventKind, Flag};

    use super::super::tests::TestRepo;
    use super::*;

    #[test]
    fn only_branches_that_may_have_moved_wake() {
        let check = |kind: EventKind, path: &str, expected: bool| {
            let event = notify::Event::new(kind).add_path(path.into());
            assert_eq!(is_a_move(&event, "/o/.git".into()), expected, "{event:?}");
        };
        let create = EventKind::Create(CreateKind::File);
        check(create, "/o/.git/refs/heads/main", true);
        check(create, "/o/.git/packed-refs", true);
        check(create, "/o/.git/reftable/0x01.ref", true);
        check(create, "/o/.git/index", false);
        check(create, "/o/.git/packed-refs.lock", false);
        check(create, "/o/.git", false);
        check(EventKind::Access(AccessKind::Any), "/o/.git/refs/heads/main", false);
        let lost = notify::Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(is_a_move(&lost, "/o".into()));
    }

    #[tokio::test]
    async fn a_commit_a_new_branch_and_packing_wake() {
        let test = TestRepo::new();
        test.write("dockspace.toml", "");
        test.commit_all("first");
        let watch = Watch::new(&test.path.join(".git")).unwrap();
        let steps: [&[&str]; 3] = [
            &["commit", "--quiet", "--allow-empty", "--message", "second"],
            &["update-ref", "refs/heads/topics/new", "HEAD"],
            &["pack-refs", "--all"],
        ];
        for step in steps {
            test.git(step);
            watch.moved().await;
        }
    }

    #[tokio::test]
    async fn what_is_not_there_cannot_be_watched() {
        let error = Watch::new("/nowhere/at-all".into()).err().unwrap();
        assert!(matches!(error, Error::Watch { .. }), "{error}");
    }
}
