//! Drives a server: several apps at once, each on its own connection, one operation after the other.

use dockspace::clock::Clock;
use tokio::task::JoinSet;

use crate::app::{App, Endpoints, Operation};
use crate::organisation::username;
use crate::process::Process;

/// How many people there are.
pub(crate) const PEOPLE: usize = 250;
/// How many operations run at once.
const AT_ONCE: usize = 4;

/// What an operation cost, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// Of the server's process, user and system, for each.
    pub(crate) cpu: f64,
    /// Ninety-nine of a hundred were answered within this.
    pub(crate) p99: f64,
}

/// Apps with a person signed in at each.
pub(crate) async fn apps(server: &Process) -> Vec<App> {
    let endpoints = Endpoints::of(&server.url).await;
    let mut apps = Vec::new();
    for n in 0..AT_ONCE {
        apps.push(App::signed_in(&endpoints, &username(n), n).await);
    }
    apps
}

/// Does `operation` so often, and says what one cost.
pub(crate) async fn run(server: &Process, apps: &mut Vec<App>, operation: Operation, times: usize) -> Outcome {
    let at_once = apps.len();
    let each = times.div_ceil(at_once);
    let before = server.cpu();
    let mut running = JoinSet::new();
    for (start, mut app) in apps.drain(..).enumerate() {
        running.spawn(async move {
            let mut elapsed = Vec::with_capacity(each);
            for turn in 0..each {
                let n = (start + turn * at_once) % PEOPLE;
                elapsed.push(timed(app.perform(operation, &username(n), n)).await);
            }
            (app, elapsed)
        });
    }
    let mut all = Vec::with_capacity(each * at_once);
    while let Some(ended) = running.join_next().await {
        let (app, elapsed) = ended.expect("the task ends well");
        apps.push(app);
        all.extend(elapsed);
    }
    Outcome {
        cpu: (server.cpu() - before) / all.len() as f64,
        p99: percentile(&mut all, 99),
    }
}

/// How many seconds it took.
pub(crate) async fn timed(work: impl Future<Output = ()>) -> f64 {
    let start = Clock::system().now();
    work.await;
    Clock::system().now().duration_since(start).as_secs_f64()
}

/// The value that so many of a hundred stay within.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * percent / 100).min(values.len() - 1)]
}
