//! What the host file says about the server, read and checked: addresses, networks, durations.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Error, Settings};
use crate::outbound::Reach;
use crate::store::StoreUrl;
use crate::telemetry::Level;
use crate::web::Network;

/// Where the server listens when nobody says otherwise: behind a proxy on the same machine.
const LISTEN: &str = "127.0.0.1:8080";
/// How often a repository is looked at when nobody says otherwise.
const POLL: &str = "30s";
/// The database of a host that names none, in its state directory.
const STORE: &str = "store.sqlite";

/// The files of a certificate. They are read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those between it and its authority, PEM.
    #[schemars(with = "String")]
    pub certificate: Utf8PathBuf,
    /// Its private key, PEM, a file only its owner can read.
    #[schemars(with = "String")]
    pub key: Utf8PathBuf,
}

/// Everything the server needs to know of its host.
#[derive(Clone, Debug)]
pub struct Serve {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it shows metrics, if it does.
    pub metrics: Option<SocketAddr>,
    /// The proxies in front of it.
    pub proxies: Vec<Network>,
    /// Its certificate, if it has one.
    pub tls: Option<TlsFiles>,
    /// Where protocol state is kept.
    pub store: StoreUrl,
    /// How often the repository is looked at.
    pub poll: Duration,
    /// Which networks it calls.
    pub reach: Reach,
    /// What it logs.
    pub log: Level,
}

impl Settings {
    /// What the server needs.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first value that makes no sense.
    pub fn serve(&self) -> Result<Serve, Error> {
        let proxies = self.trusted_proxies.iter().map(|text| {
            let expected = "an address or a network such as `10.0.0.0/8`";
            Network::parse(text).ok_or_else(|| invalid("trusted_proxies", text, expected))
        });
        let level = self.log.as_deref().unwrap_or("info");
        let poll = self.poll.as_deref().unwrap_or(POLL);
        Ok(Serve {
            listen: address("listen", self.listen.as_deref().unwrap_or(LISTEN))?,
            metrics: self
                .metrics
                .as_deref()
                .map(|text| address("metrics", text))
                .transpose()?,
            proxies: proxies.collect::<Result<_, _>>()?,
            tls: self.tls.clone(),
            store: self.store_url()?,
            poll: duration(poll).ok_or_else(|| invalid("poll", poll, "from `1s` to `24h`"))?,
            reach: if self.call_private_networks {
                Reach::Private
            } else {
                Reach::Public
            },
            log: Level::parse(level).ok_or_else(|| invalid("log", level, "`error`, `warn`, `info` or `debug`"))?,
        })
    }

    fn store_url(&self) -> Result<StoreUrl, Error> {
        let wrong = |error: &dyn fmt::Display| Error::Invalid {
            origin: "the host file, `store`".to_owned(),
            message: error.to_string(),
        };
        match self.store.as_deref() {
            None => Ok(StoreUrl::file(self.state_dir().join(STORE))),
            Some(url) if url.contains("://") || url.starts_with("sqlite:") => {
                StoreUrl::parse(url).map_err(|error| wrong(&error))
            }
            Some(path) => Ok(StoreUrl::file(path)),
        }
    }
}

fn invalid(key: &str, found: &str, expected: &str) -> Error {
    Error::Invalid {
        origin: format!("the host file, `{key}`"),
        message: format!("`{found}` is not {expected}"),
    }
}

fn address(key: &str, text: &str) -> Result<SocketAddr, Error> {
    text.parse()
        .map_err(|_| invalid(key, text, "an address and port such as `127.0.0.1:8080` or `[::]:443`"))
}

/// `30s`, `5m`, `1h`: from a second to a day.
fn duration(text: &str) -> Option<Duration> {
    let unit = match text.as_bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 3600,
        _ => return None,
    };
    let count: u64 = text[..text.len() - 1].parse().ok()?;
    let seconds = count.checked_mul(unit)?;
    (1..=24 * 3600).contains(&seconds).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;

    fn serve(text: &str) -> Result<Serve, String> {
        let settings = Settings::parse(Utf8Path::new("host.toml"), text, std::iter::empty()).unwrap();
        settings.serve().map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_a_server_behind_a_proxy() {
        let serve = serve("").unwrap();
        assert_eq!(serve.listen.to_string(), LISTEN);
        assert_eq!(serve.store.to_string(), "sqlite:/var/lib/dockspace/store.sqlite");
        assert_eq!(serve.poll, Duration::from_secs(30));
        assert!(serve.metrics.is_none() && serve.tls.is_none() && serve.proxies.is_empty());
    }

    #[test]
    fn values_that_make_no_sense_are_named() {
        for (text, key) in [
            ("listen = \"8080\"", "listen"),
            ("metrics = \"localhost\"", "metrics"),
            ("trusted_proxies = [\"10.0.0.0/33\"]", "trusted_proxies"),
            ("poll = \"0s\"", "poll"),
            ("poll = \"25h\"", "poll"),
            ("poll = \"ä\"", "poll"),
            ("log = \"trace\"", "log"),
            ("store = \"mysql://root:s3cret@h/d\"", "store"),
        ] {
            let error = serve(text).unwrap_err();
            assert!(error.contains(&format!("`{key}`")), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_store_is_a_path_or_a_url() {
        let check = |store: &str, shown: &str| {
            let serve = serve(&format!("store = \"{store}\"")).unwrap();
            assert_eq!(serve.store.to_string(), shown);
        };
        check("/srv/store.sqlite", "sqlite:/srv/store.sqlite");
        check("sqlite:/srv/store.sqlite", "sqlite:/srv/store.sqlite");
        check("postgres://u:p@h:5432/d", "postgres://h:5432/d");
    }
}
