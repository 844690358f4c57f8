//! `dockspace serve`.
//!
//! [`start`] looks at everything that could be wrong with this host before anything is served; [`running`] serves until a signal.

mod certificate;
mod running;
mod site;
mod start;
mod systemd;

use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, Global, context, failure::Failure, failure::Outcome, host, ui::Ui};
use crate::settings::Settings;
use crate::telemetry::{self, Level, Style};
pub(super) use start::Start;
use systemd::Systemd;

/// Serve sign-in to mail and apps from the commit in force: pages, OpenID Connect, forward-auth, mail tokens.
///
/// Follows the repository that `-C` or the host file's `remote` names: a commit counts within a second of being pushed, and a bad
/// one leaves the last good one in force. What belongs to this host stands in the host file. Ends in order on SIGTERM or Ctrl-C.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(ui: &mut Ui, global: &Global, _args: &Args) -> Outcome {
    small_pages();
    let settings = Settings::load(global.config.as_deref(), context::environment())?;
    let start = Start::check(&settings, global)?;
    if let Some(identity) = settings.identity.as_ref().filter(|path| host::is_exposed(path)) {
        ui.warn(&format!(
            "others on this machine can read the identity {identity}, which opens everything"
        ));
        ui.hint(&format!("chmod 600 {identity}"));
    }
    let style = if ui.shows_results() { Style::Text } else { Style::Json };
    log(start.level(), style)?;
    runtime()?.block_on(async {
        let systemd = Systemd::of(std::env::var("NOTIFY_SOCKET").ok().as_deref());
        let stop = stopped()?;
        let server = start.open().await?;
        ui.status("Serving", &server.places());
        systemd.ready();
        systemd.status(&server.places());
        let ended = server.run(async move {
            stop.await;
            systemd.stopping();
        });
        ended.await
    })?;
    Ok(Exit::Done)
}

/// Memory by pages of 4 KB, also on hosts where Linux gives pages of 2 MB to whoever doesn't ask for them: a server touches a
/// little of each and would keep them all.
fn small_pages() {
    // Where Linux won't, a server is larger and just as good.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Where a server's work is done.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Log lines go to standard output from now on.
pub(super) fn log(level: Level, style: Style) -> Result<(), Failure> {
    let lines = telemetry::subscriber(level, style, std::io::stdout);
    Ok(tracing::subscriber::set_global_default(lines)?)
}

/// Comes true on the first signal to stop; it is listened for from now on.
pub(super) fn stopped() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
