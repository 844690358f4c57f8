//! A sign-in server for one test: the real router on a port of this machine, over the example organisation.
//!
//! Its clock stands still until the test moves it. What the organisation says can be changed while it runs.
//!
//! ```ignore
//! let server = Server::start().await;
//! let mut browser = server.browser();
//! let page = browser.get("/login").await;
//! assert_eq!(page.status, 200);
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use dockspace::audit::{Kept, Trail};
use dockspace::auth::password;
use dockspace::clock::{Clock, Hand};
use dockspace::document::Loader;
use dockspace::model::Issuer;
use dockspace::outbound::{Outbound, Reach};
use dockspace::repo::{Author, ObjectId, Revision};
use dockspace::seal::{self, Identity, Owner};
use dockspace::snapshot::{Pictures, Publisher, Snapshot, SnapshotFeed, Source, Status, StatusFeed};
use dockspace::store::{Store, StoreUrl};
use dockspace::web::front::{self, Front, Speaks};
use dockspace::web::{App, Config, Network, Parts, SiteReader, router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::browser::Browser;

/// The time at which every server starts: a Monday morning, long after the example was made.
const START: &str = "2026-11-23T09:00:00Z";

/// The files of an organisation, by path.
pub(crate) type Files = BTreeMap<Utf8PathBuf, String>;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    /// The public URL, without a slash at the end.
    pub(crate) url: String,
    /// What the handlers see.
    pub(crate) app: Arc<App>,
    /// What was worth a line.
    pub(crate) audit: Kept,
    files: Files,
    hand: Hand,
    publisher: Publisher<Snapshot>,
    running: JoinHandle<()>,
}

impl Server {
    /// A server of the example organisation.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// A server of the example organisation, changed by `change`.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Files)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut files = example();
        let settings = files.get_mut(&Utf8PathBuf::from("dockspace.toml")).unwrap();
        *settings = settings.replace("http://localhost:8000", &url);
        change(&mut files);

        let (clock, hand) = Clock::by_hand(START.parse().unwrap());
        let store = Store::open(&StoreUrl::memory(), clock.clone()).await.unwrap();
        let (trail, audit) = Trail::kept();
        let (app, publisher) = app(&url, &files, (store, clock, trail));
        let running = tokio::spawn(run(listener, Arc::clone(&app)));
        Self {
            url,
            app,
            audit,
            files,
            hand,
            publisher,
            running,
        }
    }

    /// Another server of the same issuer, on the same store and by the same clock, that listens elsewhere. Once this one is
    /// stopped, it is what this one is after a restart.
    pub(crate) async fn replica(&self) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let old = &self.app;
        let kept = (old.store.clone(), old.clock.clone(), old.trail.clone());
        let (app, publisher) = app(&self.url, &self.files, kept);
        let running = tokio::spawn(run(listener, Arc::clone(&app)));
        Self {
            url: self.url.clone(),
            app,
            audit: self.audit.clone(),
            files: self.files.clone(),
            hand: self.hand.clone(),
            publisher,
            running,
        }
    }

    /// Stops it in the middle of whatever it does.
    pub(crate) async fn stop(&mut self) {
        self.running.abort();
        let _ = (&mut self.running).await;
    }

    /// A browser that has been nowhere yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Moves the clock of the server.
    pub(crate) fn advance(&self, by: Duration) {
        self.hand.advance(by);
    }

    /// Sets the clock of the server to that of the machine, for programs that have no other.
    pub(crate) fn live_now(&self) {
        self.hand.set(Clock::system().now());
    }

    /// A file of the organisation.
    pub(crate) fn file(&self, path: &Utf8Path) -> String {
        self.files[path].clone()
    }

    /// Changes the organisation that is in force.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Files)) {
        change(&mut self.files);
        self.publisher.publish(snapshot(&self.files, &self.app.clock));
    }
}

/// A site of one page, and a file that is none of it beside.
struct OnePage;

impl SiteReader for OnePage {
    fn read(&self, path: &str) -> std::io::Result<Option<Vec<u8>>> {
        Ok((path == "internal/index.html").then(|| b"<!doctype html><title>Site</title>".to_vec()))
    }
}

/// What the handlers see: the organisation of `files`, and what a server keeps over a restart.
fn app(url: &str, files: &Files, (store, clock, trail): (Store, Clock, Trail)) -> (Arc<App>, Publisher<Snapshot>) {
    let (publisher, feed) = SnapshotFeed::new(snapshot(files, &clock));
    let identity = Identity::parse(&files[&Utf8PathBuf::from("identity.txt")]).unwrap();
    let issuer = Issuer::parse(url).unwrap();
    let parts = Parts {
        feed,
        status: StatusFeed::fixed(status(&clock)),
        pictures: Pictures::default(),
        store,
        identity: Arc::new(identity),
        trail,
        outbound: Outbound::new(Reach::Private, None).unwrap(),
        clock,
        site: Some(Arc::new(OnePage)),
        config: Config { issuer },
    };
    (Arc::new(App::new(parts).unwrap()), publisher)
}

/// All is well.
fn status(clock: &Clock) -> Status {
    let revision = revision(clock);
    Status {
        head: Some(revision.clone()),
        in_force: revision,
        trouble: None,
        since: clock.now(),
    }
}

/// Serves, and does what goes on beside.
async fn run(listener: TcpListener, app: Arc<App>) {
    // Requests come through a proxy on this machine, so that a test can say from where.
    let front = Front {
        issuer: app.config.issuer.clone(),
        proxies: Arc::new([Network::parse("127.0.0.1").unwrap()]),
        speaks: Speaks::Http,
    };
    let service = front::before(router(&app), &front).into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        served = async { axum::serve(listener, service).await } => served.unwrap(),
        () = app.provider.keep_up(app.feed.clone()) => {}
        () = app.provider.deliver(app.feed.clone()) => {}
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Replaces `from` by `to` in a file, in which it must stand.
#[track_caller]
pub(crate) fn edit(files: &mut Files, path: &str, from: &str, to: &str) {
    let text = files.get_mut(&Utf8PathBuf::from(path)).unwrap();
    assert!(text.contains(from), "{path} has no {from:?}:\n{text}");
    *text = text.replace(from, to);
}

/// Gives a person another password: seals it into the file beside that of the person, for example `users/example.org/bob`.
#[track_caller]
pub(crate) fn set_password(files: &mut Files, path: &str, password: &str) {
    let identity = Identity::parse(&files[&Utf8PathBuf::from("identity.txt")]).unwrap();
    let person: toml::Table = toml::from_str(&files[&Utf8PathBuf::from(format!("{path}.toml"))]).unwrap();
    let owner = Owner::User(person["id"].as_str().unwrap().to_owned());
    let hash = password::hash(&password.into(), 5000).unwrap();
    let sealed = seal::seal(identity.recipients(), &owner, "password", 9, &hash.as_str().into()).unwrap();
    let text = format!("password = \"{}\"\n", sealed.as_str());
    files.insert(format!("{path}.sealed.toml").into(), text);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("example-repo")
}

/// The files of the example organisation.
fn example() -> Files {
    let mut files = Files::new();
    collect(&root(), &mut files);
    files
}

fn collect(from: &Path, files: &mut Files) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
            files.insert(name.into(), fs::read_to_string(&path).unwrap());
        }
    }
}

#[track_caller]
fn snapshot(files: &Files, clock: &Clock) -> Snapshot {
    let mut loader = Loader::new(clock);
    for (path, text) in files {
        loader.file(path, text.as_bytes());
    }
    let loaded = loader.finish();
    let desired = loaded.desired.unwrap_or_else(|| panic!("{:?}", loaded.report));
    Snapshot {
        source: Source::Revision(revision(clock)),
        desired: Arc::new(desired),
    }
}

fn revision(clock: &Clock) -> Revision {
    Revision {
        id: ObjectId::from_bytes([1; 20]),
        tree: ObjectId::from_bytes([2; 20]),
        author: Author {
            name: "Alice".to_owned(),
            email: "alice@example.org".to_owned(),
        },
        time: clock.now(),
        subject: "The example".to_owned(),
    }
}
