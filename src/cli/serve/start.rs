//! What must be right before anything is served, looked at in an order that says the plainest thing first.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::certificate::Certificate;
use super::running::Server;
use super::site::SiteKeeper;
use crate::audit::Trail;
use crate::cli::{Exit, Global, failure::Failure, host};
use crate::clock::Clock;
use crate::model::{Desired, Issuer};
use crate::outbound::Outbound;
use crate::repo::{Mirror, Remote};
use crate::seal::{Identity, Owner};
use crate::settings::{Serve, Settings};
use crate::snapshot::{Follower, Trouble};
use crate::store::{Store, StoreUrl};
use crate::telemetry::{Level, Metrics};
use crate::web::front::{Front, Speaks};
use crate::web::listen::Listener;
use crate::web::{App, Config, Parts};

/// How long the store may take to open.
const STORE_WITHIN: Duration = Duration::from_secs(20);

/// A host that has what it needs, as far as can be said without the repository and the store.
pub(in crate::cli) struct Start {
    serve: Serve,
    state: Utf8PathBuf,
    site: SiteKeeper,
    remote: Remote,
    branch: String,
    identity: Identity,
    outbound: Outbound,
    certificate: Option<Certificate>,
    listener: Listener,
    metrics: Option<Listener>,
}

impl Start {
    /// Looks at the host: settings, identity, certificate, addresses.
    pub(in crate::cli) fn check(settings: &Settings, global: &Global) -> Result<Self, Failure> {
        let serve = settings.serve()?;
        let remote = remote(settings, &global.repository)?;
        let identity = identity(settings)?;
        let outbound = host::outbound(settings, serve.reach)?;
        let certificate = serve.tls.as_ref().map(certificate).transpose()?;
        let listener = listen(serve.listen, "listen")?;
        let metrics = serve.metrics.map(|address| listen(address, "metrics")).transpose()?;
        Ok(Self {
            state: settings.state_dir().to_owned(),
            site: SiteKeeper {
                repository: settings.state_dir().join("repo.git"),
                directory: settings
                    .site
                    .directory
                    .clone()
                    .unwrap_or_else(|| settings.state_dir().join("site")),
            },
            branch: settings.branch().to_owned(),
            serve,
            remote,
            identity,
            outbound,
            certificate,
            listener,
            metrics,
        })
    }

    /// What is logged.
    pub(in crate::cli) const fn level(&self) -> Level {
        self.serve.log
    }

    /// Opens the store, fetches the repository and loads what is in force.
    pub(in crate::cli) async fn open(self) -> Result<Server, Failure> {
        let clock = Clock::system();
        std::fs::create_dir_all(&self.state)
            .map_err(|error| anyhow::Error::new(error).context(format!("cannot make `{}`", self.state)))?;
        let store = store(&self.serve.store, clock.clone()).await?;
        let place = self.state.join("repo.git");
        // A host that followed before, and a store that knows nothing of it.
        let store_was_lost = place.exists() && store.in_force().await?.is_none();
        let mirror = Mirror::open(&place, self.remote, &self.branch)?;
        let follower = Follower::start(mirror, store.clone(), clock.clone())
            .await
            .map_err(|error| {
                let exit = match error.0 {
                    Trouble::Invalid { .. } => Exit::Invalid,
                    _ => Exit::Error,
                };
                let hint = error.0.hint();
                Failure::new(exit, error).hint(hint)
            })?;
        let snapshot = follower.feed().current();
        let issuer = issuer(&snapshot.desired)?;
        keys(&snapshot.desired, &self.identity)?;
        reachable(&issuer, &self.serve)?;
        let speaks = if self.certificate.is_some() {
            Speaks::Https
        } else {
            Speaks::Http
        };
        let app = App::new(Parts {
            feed: follower.feed(),
            status: follower.status(),
            pictures: follower.pictures(),
            store: store.clone(),
            identity: Arc::new(self.identity),
            trail: Trail::log(),
            outbound: self.outbound,
            clock,
            site: Some(Arc::new(self.site.target())),
            config: Config { issuer: issuer.clone() },
        })?;
        if store_was_lost {
            let voided = app.sign_in.void_recovery_codes(&snapshot.desired).await?;
            tracing::warn!(
                voided,
                "the store is new: recovery codes of before are void, make new ones"
            );
        }
        Ok(Server {
            front: Front {
                issuer,
                proxies: self.serve.proxies.into(),
                speaks,
            },
            app: Arc::new(app),
            site: self.site,
            store,
            follower,
            poll: self.serve.poll,
            certificate: self.certificate,
            listener: self.listener,
            internal: self
                .metrics
                .map(|listener| Ok::<_, Failure>((listener, Metrics::install()?)))
                .transpose()?,
        })
    }
}

async fn store(url: &StoreUrl, clock: Clock) -> Result<Store, Failure> {
    let opened = tokio::time::timeout(STORE_WITHIN, Store::open(url, clock)).await;
    opened
        .map_err(|_| Failure::message(Exit::Error, format!("the store {url} does not answer")))?
        .map_err(|error| {
            let hint = error.hint();
            Failure::new(Exit::Error, error).hint(hint)
        })
}

/// What `-C` names; else what the host file does; else the folder we are in.
fn remote(settings: &Settings, named: &Utf8Path) -> Result<Remote, Failure> {
    let here = std::env::current_dir().map(Utf8PathBuf::from_path_buf)?;
    let here = here.map_err(|path| Failure::message(Exit::Error, format!("{} is no UTF-8 path", path.display())))?;
    let text = match settings.remote.as_deref() {
        Some(remote) if named == "." => remote,
        _ => named.as_str(),
    };
    Ok(Remote::parse(text, &here))
}

fn identity(settings: &Settings) -> Result<Identity, Failure> {
    match &settings.identity {
        Some(path) => host::read_identity(path),
        None => Err(
            Failure::message(Exit::Error, "this host has no identity, so it can check no password")
                .hint("set `identity` in the host file (/etc/dockspace/host.toml, or what --config names), or DOCKSPACE_IDENTITY, to the age identity file"),
        ),
    }
}

fn certificate(files: &crate::settings::TlsFiles) -> Result<Certificate, Failure> {
    Certificate::open(files).map_err(|error| {
        Failure::new(Exit::Error, error.context("cannot serve https"))
            .hint("`tls.certificate` is the whole chain, and `tls.key` its private key, both PEM")
    })
}

fn listen(address: SocketAddr, key: &str) -> Result<Listener, Failure> {
    Listener::bind(address).map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::AddrInUse => format!("`ss -ltnp` shows who has it; or set another `{key}` in the host file"),
            ErrorKind::PermissionDenied => {
                "ports below 1024 need the capability CAP_NET_BIND_SERVICE: docs/guides/serve.md has a unit file"
                    .to_owned()
            }
            _ => format!("set `{key}` in the host file to an address of this machine"),
        };
        let error = anyhow::Error::new(error).context(format!("cannot listen on {address}"));
        Failure::new(Exit::Error, error).hint(hint)
    })
}

fn issuer(desired: &Desired) -> Result<Issuer, Failure> {
    desired.issuer.clone().ok_or_else(|| {
        Failure::message(Exit::Error, "the organisation has no issuer, so nobody can sign in").hint(
            "add to dockspace.toml: [oidc] issuer = \"https://id.example.org\", the URL people reach this server at",
        )
    })
}

/// The identity must open the signing keys: without them no app believes a word.
fn keys(desired: &Desired, identity: &Identity) -> Result<(), Failure> {
    for key in desired.keys.values() {
        let owner = Owner::Key(key.id.as_str().to_owned());
        identity.open(&key.private, &owner, "private").map_err(|error| {
            let error = anyhow::Error::new(error).context(format!("cannot use the signing key {}", key.id.as_str()));
            Failure::new(Exit::Error, error)
                .hint("is it this host's identity? `dockspace secrets check` says what it opens, `dockspace secrets reseal` seals anew")
        })?;
    }
    Ok(())
}

/// An https issuer needs somebody who speaks https.
fn reachable(issuer: &Issuer, serve: &Serve) -> Result<(), Failure> {
    if issuer.url().scheme() == "http" || serve.tls.is_some() || !serve.proxies.is_empty() {
        return Ok(());
    }
    let text = format!(
        "nobody could reach this server at {}: it speaks plain http, and no proxy is listed",
        issuer.as_str()
    );
    Err(Failure::message(Exit::Error, text)
        .hint("list the proxy in front of it in `trusted_proxies`, or set [tls] in the host file"))
}
