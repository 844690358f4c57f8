//! Real commits in a real repository, followed by the watch alone: the poll never comes.

use camino::{Utf8Path, Utf8PathBuf};

use super::*;
use crate::repo::{Author, Edits, Message, Remote, Repo};
use crate::store::StoreUrl;

const NEVER: Duration = Duration::from_secs(24 * 3600);
const GOOD: &str = "format = 1\n\n[organisation]\nname = \"NAME\"\n\n[domains.\"example.org\"]\n";

/// The repository that people push to, and folders of those who follow it.
struct Scene {
    folder: tempfile::TempDir,
    repo: Repo,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scene = Self {
            repo: Repo::init(&Utf8Path::from_path(folder.path()).unwrap().join("organisation")).unwrap(),
            folder,
        };
        let (name, email) = ("Ann".to_owned(), "ann@example.org".to_owned());
        scene.repo.set_identity(&Author { name, email }).unwrap();
        scene
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(name)
    }

    fn commit(&self, text: &str) -> Revision {
        let edits = Edits::from([
            ("dockspace.toml".into(), Some(text.as_bytes().to_vec())),
            ("groups/admins.toml".into(), Some(Vec::new())),
        ]);
        let message = Message {
            subject: "change".to_owned(),
            ..Message::default()
        };
        self.repo.commit(&edits, &message, &Clock::system()).unwrap()
    }

    /// An organisation of that name, without a fault.
    fn named(&self, name: &str) -> Revision {
        self.commit(&GOOD.replace("NAME", name))
    }

    fn git(&self, arguments: &[&str]) {
        let git = std::process::Command::new("git")
            .current_dir(self.path("organisation"))
            .args(arguments)
            .output();
        let output = git.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn mirror(&self, name: &str) -> Mirror {
        Mirror::open(&self.path(name), Remote::Path(self.path("organisation")), "main").unwrap()
    }

    async fn start(&self, mirror: &str, store: &Store) -> Follower {
        Follower::start(self.mirror(mirror), store.clone(), Clock::system())
            .await
            .unwrap()
    }
}

async fn store() -> Store {
    Store::open(&StoreUrl::memory(), Clock::system()).await.unwrap()
}

fn name(snapshot: &Snapshot) -> &str {
    &snapshot.desired.organisation.name
}

/// The next value; a test that waits in vain says so instead of hanging.
async fn next<T>(feed: &mut Feed<T>) -> std::sync::Arc<T> {
    let waited = tokio::time::timeout(Duration::from_secs(60), feed.changed()).await;
    waited.expect("nothing happened").expect("nobody follows")
}

#[tokio::test]
async fn a_commit_comes_in_force_and_is_written_down() {
    let (scene, store) = (Scene::new(), store().await);
    let first = scene.named("first");
    let follower = scene.start("a.git", &store).await;
    let (mut feed, mut status) = (follower.feed(), follower.status());
    assert_eq!(name(&feed.current()), "first");
    assert_eq!(feed.current().source, crate::snapshot::Source::Revision(first.clone()));
    assert_eq!((&status.current().in_force, &status.current().trouble), (&first, &None));
    tokio::spawn(follower.run(NEVER));
    let second = scene.named("second");
    assert_eq!(name(&*next(&mut feed).await), "second");
    assert_eq!(next(&mut status).await.in_force, second);
    assert_eq!(store.in_force().await.unwrap(), Some(second.id.to_string()));
    assert_eq!(scene.mirror("a.git").in_force().unwrap(), Some(second));
}

#[tokio::test]
async fn row_51_a_bad_commit_leaves_the_last_good_one_in_force_and_says_so() {
    let (scene, store) = (Scene::new(), store().await);
    let first = scene.named("first");
    let follower = scene.start("a.git", &store).await;
    let (mut feed, mut status) = (follower.feed(), follower.status());
    tokio::spawn(follower.run(NEVER));
    let bad = scene.commit("format = 1\norganisation = 7\n");
    let said = next(&mut status).await;
    assert_eq!((&said.in_force, &said.head), (&first, &Some(bad.clone())));
    let Some(Trouble::Invalid {
        revision,
        errors,
        worst,
    }) = &said.trouble
    else {
        panic!("{said:?}")
    };
    assert_eq!(revision, &bad);
    assert!(*errors > 0 && worst[0].starts_with("dockspace.toml: "), "{said:?}");
    assert_eq!(name(&feed.current()), "first");

    let good = scene.named("good again");
    assert_eq!(name(&*next(&mut feed).await), "good again");
    let said = next(&mut status).await;
    assert_eq!((&said.in_force, &said.trouble), (&good, &None));
}

#[tokio::test]
async fn row_52_rewritten_history_is_refused() {
    let (scene, store) = (Scene::new(), store().await);
    scene.named("first");
    let second = scene.named("second");
    let follower = scene.start("a.git", &store).await;
    let mut status = follower.status();
    tokio::spawn(follower.run(NEVER));
    scene.git(&["reset", "--quiet", "--hard", "HEAD~"]);
    let said = next(&mut status).await;
    assert!(matches!(said.trouble, Some(Trouble::Rewritten(_))), "{said:?}");
    let other = scene.named("other");
    let said = next(&mut status).await;
    assert_eq!(said.trouble, Some(Trouble::Rewritten(other)));
    assert_eq!(said.in_force, second);
    scene.git(&["reset", "--quiet", "--hard", &second.id.to_string()]);
    assert_eq!(next(&mut status).await.trouble, None);
}

#[tokio::test]
async fn a_restart_with_a_bad_head_comes_back_on_the_last_good_one() {
    let (scene, kept) = (Scene::new(), store().await);
    let good = scene.named("good");
    drop(scene.start("a.git", &kept).await);
    scene.commit("format = 1\norganisation = 7\n");
    for (mirror, store, what) in [
        ("a.git", kept.clone(), "nothing is lost"),
        ("a.git", store().await, "the store is lost"),
        ("b.git", kept.clone(), "the mirror is lost"),
    ] {
        let follower = scene.start(mirror, &store).await;
        assert_eq!(name(&follower.feed().current()), "good", "{what}");
        let status = follower.status().current();
        assert!(
            matches!(status.trouble, Some(Trouble::Invalid { .. })),
            "{what}: {status:?}"
        );
        assert_eq!(store.in_force().await.unwrap(), Some(good.id.to_string()), "{what}");
        assert_eq!(scene.mirror(mirror).in_force().unwrap().as_ref(), Some(&good), "{what}");
    }
}

#[tokio::test]
async fn replicas_agree() {
    let (scene, store) = (Scene::new(), store().await);
    scene.named("first");
    let (one, two) = (scene.start("a.git", &store).await, scene.start("b.git", &store).await);
    let feeds = [one.feed(), two.feed()];
    tokio::spawn(one.run(NEVER));
    tokio::spawn(two.run(NEVER));
    for round in 0..5 {
        let last = scene.named(&format!("round {round}"));
        for mut feed in feeds.clone() {
            while name(&feed.current()) != format!("round {round}") {
                next(&mut feed).await;
            }
        }
        assert_eq!(store.in_force().await.unwrap(), Some(last.id.to_string()));
    }
}

#[tokio::test]
async fn a_replica_goes_where_the_others_are_though_the_head_is_bad() {
    let (scene, store) = (Scene::new(), store().await);
    scene.named("first");
    let late = scene.start("a.git", &store).await;
    scene.named("second");
    drop(scene.start("b.git", &store).await);
    scene.commit("format = 1\norganisation = 7\n");
    let mut feed = late.feed();
    tokio::spawn(late.run(NEVER));
    assert_eq!(name(&*next(&mut feed).await), "second");
}

#[tokio::test]
async fn without_any_good_revision_nothing_starts() {
    let (scene, store) = (Scene::new(), store().await);
    let start = || Follower::start(scene.mirror("a.git"), store.clone(), Clock::system());
    let trouble = |started: Result<Follower, StartError>| started.err().unwrap().0;
    assert!(matches!(trouble(start().await), Trouble::Unreachable(said) if said.contains("main")));
    scene.commit("format = 1\norganisation = 7\n");
    assert!(matches!(trouble(start().await), Trouble::Invalid { .. }));
    assert_eq!(store.in_force().await.unwrap(), None);
    let elsewhere = "0123456789012345678901234567890123456789";
    assert!(store.set_in_force(None, elsewhere).await.unwrap());
    scene.named("good");
    assert_eq!(trouble(start().await), Trouble::Unknown(elsewhere.to_owned()));
}

#[tokio::test]
async fn without_the_repository_the_last_revision_stays() {
    let (scene, store) = (Scene::new(), store().await);
    let first = scene.named("first");
    drop(scene.start("a.git", &store).await);
    std::fs::rename(scene.path("organisation"), scene.path("away")).unwrap();
    let follower = scene.start("a.git", &store).await;
    let status = follower.status().current();
    assert!(matches!(status.trouble, Some(Trouble::Unreachable(_))), "{status:?}");
    assert_eq!((&status.in_force, &status.head), (&first, &Some(first.clone())));

    let mut status = follower.status();
    tokio::spawn(follower.run(Duration::from_millis(10)));
    std::fs::rename(scene.path("away"), scene.path("organisation")).unwrap();
    let second = scene.named("second");
    while status.current().in_force != second {
        next(&mut status).await;
    }
    assert_eq!(status.current().trouble, None);
}
