//! Forward-auth: a web server asks, for each request to a site without a sign-in of its own, who the browser's person is.
//!
//! The site lives on another host, so its browser cookie is another one, a *pass*. A browser without a good pass is sent to the
//! sign-in server with the URL it wanted and the mark of a second cookie, the *way*; from there it comes back to
//! [`CALLBACK`] on the site's host with a code, which is good once, for that site, in that browser. A pass opens one
//! site and nothing else, and ends with the sign-in, which its use keeps alive like that of a page of our own. Each request is
//! judged anew on the revision in force.
//!
//! ```text
//! site/wanted ──► no pass ──► depart ──► [sign-in, second factor] ──► site/.dockspace/callback?code ──► arrive ──► site/wanted
//! site/wanted ──► pass ─────► at_door: in, with the person's name
//! ```

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::authorize::{Request, Return, Step};
use super::records::{self, Code, Login, life};
use super::redirect::ResponseMode;
use super::{Desk, Error, Refusal};
use crate::auth::credentials::password_epoch;
use crate::model::{Client, ClientKind, User};
use crate::store::{Key, Kind, Record, Token};

/// What stands before the paths that belong to us on each site's host.
pub const OURS: &str = "/.dockspace/";
/// Where a browser comes back to.
pub const CALLBACK: &str = "/.dockspace/callback";
/// Where a browser gives its pass back.
pub const SIGN_OUT: &str = "/.dockspace/sign-out";

/// What a browser wants to see on a site: a URL of a host that is one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    host: String,
    /// Path and query.
    path: String,
}

/// Who stands at the door of a site.
#[derive(Debug)]
pub enum Door<'d> {
    /// Somebody who may go in.
    In(&'d User),
    /// Somebody unknown, or who may not.
    Out,
}

/// What came of coming back from the sign-in server.
#[derive(Debug)]
pub enum Arrival {
    /// A pass for the site, and where the browser wanted to go.
    In {
        /// The pass.
        pass: Token,
        /// Where to.
        to: String,
    },
    /// Nothing that fits: the way begins again here.
    Again(String),
    /// The person may not go in.
    Out,
}

/// A browser on its way to the sign-in server.
#[derive(Debug, Serialize, Deserialize)]
struct Departure {
    host: String,
    path: String,
    /// The key of the browser's way cookie.
    browser: Key,
}

impl Kind for Departure {
    const NAME: &'static str = "departure";
}

/// A pass of a browser for one site.
#[derive(Debug, Serialize, Deserialize)]
struct Pass {
    client: String,
    host: String,
    login: Login,
}

impl Kind for Pass {
    const NAME: &'static str = "pass";
}

impl Wanted {
    /// Reads a URL. Only `https://HOST/…` will do: no port, no user name, and a fragment never comes.
    #[must_use]
    pub fn read(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let plain =
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none() && url.port().is_none();
        let host = url.host_str().filter(|_| plain)?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Some(Self {
            host: host.to_owned(),
            path,
        })
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// The query.
    #[must_use]
    pub fn query(&self) -> &str {
        self.path.split_once('?').map_or("", |(_, query)| query)
    }

    /// The whole URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }
}

/// Where a sign-in for a site on `host` comes back to.
fn callback(host: &str) -> String {
    format!("https://{host}{CALLBACK}")
}

/// Whether sign-in may come back to `uri` for the site `client`.
pub(super) fn may_come_back(client: &Client, uri: &str) -> bool {
    client.kind == ClientKind::ForwardAuth && client.hosts.iter().any(|host| callback(host) == uri)
}

impl Desk<'_> {
    /// The site on `host`, if it is one of ours.
    #[must_use]
    pub fn site(&self, host: &str) -> Option<&Client> {
        let sites = self.realm.desired.clients.values();
        sites
            .into_iter()
            .find(|client| client.kind == ClientKind::ForwardAuth && client.hosts.iter().any(|own| own == host))
    }

    /// Who stands at the door of the site on `host` with this pass.
    ///
    /// # Errors
    /// When the store fails: then nobody goes in.
    pub async fn at_door(&self, host: &str, pass: Option<&Token>) -> Result<Door<'_>, Error> {
        let (Some(site), Some(pass)) = (self.site(host), pass) else {
            return Ok(Door::Out);
        };
        let Some(record) = self.store().get::<Pass>(&pass.key()).await? else {
            return Ok(Door::Out);
        };
        let Pass {
            client,
            host: own,
            login,
        } = &record.payload;
        if own != host || client != site.id.as_str() || !self.goes_on(login).await? {
            return Ok(Door::Out);
        }
        Ok(self.welcome(site, login).map_or(Door::Out, Door::In))
    }

    /// The person, if they may use the site, signed in as well as they are.
    fn welcome(&self, site: &Client, login: &Login) -> Option<&User> {
        let user = self.realm.user(&login.user)?;
        let same_password = password_epoch(user).to_string() == login.epoch;
        (same_password && self.realm.admits(user, site, login.acr())).then_some(user)
    }

    /// Begins the sign-in for a site: the request that the pages go on with, and that ends at [`CALLBACK`]. `browser` is the
    /// key of the way cookie.
    ///
    /// # Errors
    /// [`Refusal::UnknownClient`] when no site of ours is on that host.
    pub async fn depart(&self, wanted: &Wanted, browser: Key, login: Option<&Login>) -> Result<Step, Refusal> {
        let site = self.site(&wanted.host).ok_or(Refusal::UnknownClient)?;
        // Back to one of our own paths would lead round in a circle.
        let path = if wanted.path.starts_with(OURS) {
            "/"
        } else {
            &wanted.path
        };
        let state = Token::random()?;
        let departure = Departure {
            host: wanted.host.clone(),
            path: path.to_owned(),
            browser,
        };
        let expires = records::after(self.now(), life::INTERACTION);
        self.store().put(&Record::new(state.key(), departure, expires)).await?;
        let to = Return {
            client: site.id.as_str().to_owned(),
            redirect_uri: callback(&wanted.host),
            mode: ResponseMode::Query,
            state: Some(state.expose()),
        };
        self.begin(site, Request::bare(to), login).await
    }

    /// Takes a browser that came back to [`CALLBACK`] on `host` with `state` and `code`; `way` is its cookie.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when nobody departed like that.
    pub async fn arrive(
        &self,
        host: &str,
        state: &str,
        code: Option<&str>,
        way: Option<&Token>,
    ) -> Result<Arrival, Refusal> {
        let state = Token::parse(state).ok_or(Refusal::Expired)?;
        let departure = self
            .store()
            .take::<Departure>(&state.key())
            .await?
            .ok_or(Refusal::Expired)?
            .payload;
        if departure.host != host {
            return Err(Refusal::Expired);
        }
        let to = format!("https://{host}{}", departure.path);
        // Another browser departed: who follows a link with somebody else's code must not end up as that person.
        if way.map(Token::key) != Some(departure.browser) {
            return Ok(Arrival::Again(to));
        }
        let Some(code) = code.and_then(Token::parse) else {
            return Ok(Arrival::Out);
        };
        let (Some(site), Some(record)) = (self.site(host), self.store().take::<Code>(&code.key()).await?) else {
            return Ok(Arrival::Again(to));
        };
        let Code {
            grant, redirect_uri, ..
        } = record.payload;
        if redirect_uri != callback(host) || grant.client != site.id.as_str() {
            return Ok(Arrival::Again(to));
        }
        if self.welcome(site, &grant.login).is_none() {
            return Ok(Arrival::Out);
        }
        let pass = self.give_pass(site, host, grant.login).await?;
        Ok(Arrival::In { pass, to })
    }

    async fn give_pass(&self, site: &Client, host: &str, login: Login) -> Result<Token, Refusal> {
        let pass = Token::random()?;
        let (user, session) = (login.user.clone(), login.session);
        let payload = Pass {
            client: site.id.as_str().to_owned(),
            host: host.to_owned(),
            login,
        };
        let record = Record::new(pass.key(), payload, self.longest())
            .about(user)
            .under(session);
        self.store().put(&record).await?;
        Ok(pass)
    }

    /// When the sign-in that a pass hangs on has ended in any case.
    fn longest(&self) -> Timestamp {
        let life = self.realm.desired.policy.session.absolute;
        records::after(
            self.now(),
            SignedDuration::try_from(life).unwrap_or(SignedDuration::MAX),
        )
    }

    /// Gives a pass back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn leave_site(&self, pass: &Token) -> Result<(), Refusal> {
        self.store().take::<Pass>(&pass.key()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_03_only_a_plain_https_url_is_wanted() {
        let check = |url: &str, expect: Option<&str>| {
            assert_eq!(Wanted::read(url).map(|wanted| wanted.url()).as_deref(), expect, "{url}");
        };
        check("https://a.example/x?y=1&z=%2f", Some("https://a.example/x?y=1&z=%2f"));
        check("https://a.example", Some("https://a.example/"));
        check("https://a.example:443/", Some("https://a.example/"));
        check(
            "https://a.example//evil.example/",
            Some("https://a.example//evil.example/"),
        );
        check(
            "https://a.example/\\evil.example",
            Some("https://a.example//evil.example"),
        );
        check("https:a.example/x", Some("https://a.example/x"));
        check("https://a.example/x#fragment", Some("https://a.example/x"));
        for bad in [
            "",
            "/x",
            "//a.example/x",
            "http://a.example/",
            "https://a.example:8443/",
            "https://user@a.example/",
            "https://a.example@evil.example:1/",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            check(bad, None);
        }
    }
}
