//! A server that serves: its listeners, and what goes on beside them until it stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::certificate::Certificate;
use super::site::SiteKeeper;
use crate::audit::{Commit, Event, RevisionRefusal, Trail};
use crate::cli::failure::Failure;
use crate::oidc::OtherIssuer;
use crate::snapshot::{Follower, Status, Trouble};
use crate::store::Store;
use crate::telemetry::{self, Metrics};
use crate::web::front::{self, Front, Speaks};
use crate::web::health;
use crate::web::listen::{self, Listener};
use crate::web::{self, App};

/// How often what expired is swept out of the store.
const SWEEP: Duration = Duration::from_secs(10 * 60);
/// How much of it in one statement, which on SQLite takes some milliseconds of a thread that serves requests.
const SWEPT_AT_ONCE: u32 = 100;

/// A server that has all it needs.
pub(in crate::cli) struct Server {
    pub(super) app: Arc<App>,
    pub(super) store: Store,
    pub(super) site: SiteKeeper,
    pub(super) front: Front,
    pub(super) follower: Follower,
    pub(super) poll: Duration,
    pub(super) certificate: Option<Certificate>,
    pub(super) listener: Listener,
    pub(super) internal: Option<(Listener, Metrics)>,
}

impl Server {
    /// The public URL.
    pub(in crate::cli) fn issuer(&self) -> &str {
        self.front.issuer.as_str()
    }

    /// What is served, and where.
    pub(in crate::cli) fn places(&self) -> String {
        let scheme = match self.front.speaks {
            Speaks::Http => "http",
            Speaks::Https => "https",
        };
        let listens = self
            .listener
            .address()
            .map_or_else(|_| "?".to_owned(), |address| address.to_string());
        format!("{} on {scheme}://{listens}", self.front.issuer.as_str())
    }

    /// Serves until `stop` comes true, then ends in order.
    pub(in crate::cli) async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Failure> {
        let mut beside = JoinSet::new();
        beside.spawn(tell(Arc::clone(&self.app), Trail::log()));
        beside.spawn(self.follower.run(self.poll));
        beside.spawn(sweep(self.store));
        beside.spawn(self.site.keep(self.app.feed.clone()));
        let app = Arc::clone(&self.app);
        beside.spawn(async move { app.provider.keep_up(app.feed.clone()).await });
        let app = Arc::clone(&self.app);
        beside.spawn(async move { app.provider.deliver(app.feed.clone()).await });
        let tls = self.certificate.as_ref().map(|certificate| certificate.tls.clone());
        if let Some(certificate) = self.certificate {
            beside.spawn(certificate.renew());
        }
        let (stopping, stopped) = watch::channel(false);
        if let Some((listener, metrics)) = self.internal {
            beside.spawn(upkeep(metrics.clone()));
            let router = health::internal(Arc::clone(&self.app), metrics);
            let stopped = until(stopped.clone());
            beside.spawn(async move {
                if let Err(error) = listen::serve(listener, router, None, stopped).await {
                    tracing::error!(%error, "the listener for metrics ended");
                }
            });
        }
        let router = front::before(web::router(&self.app), &self.front).merge(health::public(Arc::clone(&self.app)));
        let served = listen::serve(self.listener, router, tls, async move {
            stop.await;
            stopping.send_replace(true);
        });
        served.await?;
        Ok(())
    }
}

/// Comes true with the flag, or when there is nobody left to raise it.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn upkeep(metrics: Metrics) {
    loop {
        tokio::time::sleep(telemetry::UPKEEP).await;
        metrics.upkeep();
    }
}

async fn sweep(store: Store) {
    loop {
        match store.sweep(SWEPT_AT_ONCE).await {
            // More may be left: others get their turn in between.
            Ok(swept) if swept == u64::from(SWEPT_AT_ONCE) => {
                tokio::task::yield_now().await;
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "what expired was not swept out of the store"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// Writes down each change of what is in force, and counts it.
async fn tell(app: Arc<App>, trail: Trail) {
    let mut feed = app.status.clone();
    let mut before: Option<Arc<Status>> = None;
    let mut other_issuer = None;
    let mut status = feed.current();
    loop {
        if before.as_ref().is_none_or(|before| before.in_force != status.in_force) {
            let id = status.in_force.id.to_string();
            if let Some(revision) = Commit::parse(&id) {
                trail.record(None, &Event::RevisionInForce { revision });
            }
        }
        if before.as_ref().is_none_or(|before| before.trouble != status.trouble) {
            trouble(&status, &trail);
        }
        numbers(&status);
        restart(&app, &mut other_issuer);
        before = Some(status);
        match feed.changed().await {
            Some(next) => status = next,
            None => return,
        }
    }
}

fn trouble(status: &Status, trail: &Trail) {
    let Some(trouble) = &status.trouble else { return };
    let refused = match trouble {
        Trouble::Invalid { revision, .. } => Some((revision, RevisionRefusal::Invalid)),
        Trouble::Rewritten(revision) => Some((revision, RevisionRefusal::Rewritten)),
        Trouble::Unreachable(_) | Trouble::Unknown(_) | Trouble::Failed(_) => None,
    };
    if let Some((revision, why)) = refused {
        let id = revision.id.to_string();
        if let Some(revision) = Commit::parse(&id) {
            trail.record(None, &Event::RevisionRefused { revision, why });
        }
    }
    tracing::warn!(in_force = %status.in_force.id, hint = trouble.hint(), "{trouble}");
}

/// Says so when the issuer of the revision in force takes a restart, or does no more.
fn restart(app: &App, before: &mut Option<OtherIssuer>) {
    let other = app.other_issuer();
    metrics::gauge!(telemetry::RESTART, "code" => OtherIssuer::CODE).set(f64::from(u8::from(other.is_some())));
    if let Some(other) = other.as_ref().filter(|other| before.as_ref() != Some(other)) {
        tracing::warn!(hint = other.hint(), "{other}");
    }
    *before = other;
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 are far below the 53 bits of a float"
)]
fn numbers(status: &Status) {
    metrics::gauge!(telemetry::IN_FORCE).set(status.in_force.time.as_second() as f64);
    if let Some(head) = &status.head {
        metrics::gauge!(telemetry::HEAD).set(head.time.as_second() as f64);
    }
    for code in Trouble::CODES {
        let here = status.trouble.as_ref().is_some_and(|trouble| trouble.code() == code);
        metrics::gauge!(telemetry::TROUBLE, "code" => code).set(f64::from(u8::from(here)));
    }
}
