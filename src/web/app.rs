//! What a request may need.

use std::sync::Arc;

use axum::response::Response;

use super::error::PageError;
use super::view::{self, View};
use crate::audit::Trail;
use crate::auth::credentials::Vault;
use crate::auth::session::Sessions;
use crate::auth::signin::SignIn;
use crate::clock::Clock;
use crate::model::Issuer;
use crate::oidc::{self, OtherIssuer, Provider};
use crate::outbound::Outbound;
use crate::seal::Identity;
use crate::snapshot::{Pictures, SnapshotFeed, StatusFeed};
use crate::store::Store;
use crate::templates::{Site, TemplateError, Templates};

/// Everything that handlers share. Tests and the program differ in what they put in, and in nothing else.
pub struct App {
    /// The organisation as it is in force.
    pub feed: SnapshotFeed,
    /// How following the repository goes.
    pub status: StatusFeed,
    /// The pictures of people.
    pub pictures: Pictures,
    /// What the server remembers.
    pub store: Store,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Where events go.
    pub trail: Trail,
    /// The OpenID Connect provider.
    pub provider: Provider,
    /// The pages.
    pub templates: Templates,
    /// The time.
    pub clock: Clock,
    /// The static site, where it is served.
    pub site: Option<Arc<dyn SiteReader>>,
    /// How the server is reached.
    pub config: Config,
}

/// Where the files of the static site are read: this module knows no disk.
pub trait SiteReader: Send + Sync {
    /// The content of a file; `None` when there is none of that name.
    ///
    /// # Errors
    /// What the disk says.
    fn read(&self, path: &str) -> std::io::Result<Option<Vec<u8>>>;
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The organisation as it is in force.
    pub feed: SnapshotFeed,
    /// How following the repository goes.
    pub status: StatusFeed,
    /// The pictures of people.
    pub pictures: Pictures,
    /// What the server remembers.
    pub store: Store,
    /// What opens sealed credentials.
    pub identity: Arc<Identity>,
    /// Where events go.
    pub trail: Trail,
    /// How apps are reached.
    pub outbound: Outbound,
    /// The time.
    pub clock: Clock,
    /// The static site, where it is served.
    pub site: Option<Arc<dyn SiteReader>>,
    /// How the server is reached.
    pub config: Config,
}

/// How the server is reached.
#[derive(Clone, Debug)]
pub struct Config {
    /// The public URL. It never changes while the server runs.
    pub issuer: Issuer,
}

impl Config {
    /// The path of the public URL, empty or `/path`: what every path of this server begins with.
    #[must_use]
    pub fn base(&self) -> &str {
        self.issuer.url().path().trim_end_matches('/')
    }

    /// `path`, which begins with `/`, as browsers see it.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// The origin of the public URL, as browsers send it.
    #[must_use]
    pub fn origin(&self) -> String {
        self.issuer.url().origin().ascii_serialization()
    }

    /// Whether browsers reach it by https: always, but on this machine alone.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.issuer.url().scheme() == "https"
    }
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// A [`TemplateError`] when a page isn't well formed.
    pub fn new(parts: Parts) -> Result<Self, TemplateError> {
        let Parts {
            feed,
            status,
            pictures,
            store,
            identity,
            trail,
            outbound,
            clock,
            site,
            config,
        } = parts;
        let vault = Arc::new(Vault::new(Arc::clone(&identity)));
        let provider = Provider::new(oidc::Parts {
            issuer: config.issuer.clone(),
            identity,
            store: store.clone(),
            clock: clock.clone(),
            audit: trail.clone(),
            outbound,
        });
        Ok(Self {
            sign_in: SignIn::new(store.clone(), clock.clone(), vault, trail.clone()),
            sessions: Sessions::new(store.clone(), clock.clone()),
            templates: Templates::new()?,
            feed,
            status,
            pictures,
            store,
            trail,
            provider,
            clock,
            site,
            config,
        })
    }

    /// What the revision in force says of the issuer, where that takes a restart.
    #[must_use]
    pub fn other_issuer(&self) -> Option<OtherIssuer> {
        self.provider.realm(&self.feed.current()).other_issuer()
    }

    /// A page with status 200.
    ///
    /// # Errors
    /// [`PageError::Internal`] when its template is at fault.
    pub fn page<V: View>(&self, view: &V) -> Result<Response, PageError> {
        let snapshot = self.feed.current();
        let site = Site {
            organisation: &snapshot.desired.organisation.name,
            base: self.config.base(),
        };
        let html = self
            .templates
            .render(V::TEMPLATE, &site, view)
            .map_err(PageError::internal)?;
        Ok(view::html(html, V::FORMS))
    }
}

/// What handlers take as their state.
pub type Shared = Arc<App>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_with_that_of_the_public_url() {
        let check = |issuer: &str, base: &str, origin: &str, https: bool| {
            let config = Config {
                issuer: Issuer::parse(issuer).unwrap(),
            };
            assert_eq!(config.base(), base);
            assert_eq!(config.path("/login"), format!("{base}/login"));
            assert_eq!((config.origin().as_str(), config.is_https()), (origin, https));
        };
        check("https://id.example.org", "", "https://id.example.org", true);
        check("https://example.org:8443/id", "/id", "https://example.org:8443", true);
        check("http://localhost:8000", "", "http://localhost:8000", false);
    }
}
