//! The host file: what belongs to this machine and never to the repository.
//!
//! Paths, commands, addresses to listen on and credential files live here, because a merged pull request must not be able to
//! run code on a host. The file is `/etc/dockspace/host.toml` unless `--config` or `DOCKSPACE_CONFIG` names another; each of
//! its keys can also be set by an environment variable: `state_dir` by `DOCKSPACE_STATE_DIR`, `targets.mail.directory` by
//! `DOCKSPACE_TARGETS_MAIL_DIRECTORY`. The environment wins.

mod serve;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

pub use serve::{Serve, TlsFiles};

/// Where the host file is looked for when nobody says otherwise; it need not exist.
pub const DEFAULT_PATH: &str = "/etc/dockspace/host.toml";

const PREFIX: &str = "DOCKSPACE_";

/// Everything the host file may say, defaults filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where Dockspace keeps what it must remember; `/var/lib/dockspace` when left out.
    #[schemars(with = "Option<String>")]
    state_dir: Option<Utf8PathBuf>,
    /// The age identity that opens sealed values, a file only its owner can read.
    #[schemars(with = "Option<String>")]
    pub identity: Option<Utf8PathBuf>,
    /// Where the organisation repository is fetched from: a path or URL.
    pub remote: Option<String>,
    /// The branch that is followed; `main` when left out.
    branch: Option<String>,
    /// How often the repository is looked at, such as `30s` or `5m`; 30 seconds when left out. One on this machine is watched
    /// too, so that a commit counts at once.
    poll: Option<String>,
    /// `address:port` the server listens on; `127.0.0.1:8080` when left out.
    listen: Option<String>,
    /// `address:port` of a second listener for `/metrics`, `/livez` and `/readyz` with all details. Keep it to yourself.
    metrics: Option<String>,
    /// Networks of the proxies in front of the server, such as `127.0.0.1` or `10.0.0.0/8`: whose `X-Forwarded-For` and
    /// `X-Forwarded-Proto` are believed.
    trusted_proxies: Vec<String>,
    /// The certificate, where the server speaks https itself.
    tls: Option<TlsFiles>,
    /// Where sign-ins and tokens are kept: a path (SQLite) or a `postgres://` URL; `store.sqlite` in the state directory when left
    /// out.
    store: Option<String>,
    /// What the server logs: `error`, `warn`, `info` or `debug`; `info` when left out.
    log: Option<String>,
    /// Whether apps in private networks and on this machine may be told that somebody signed out; only those on the Internet
    /// when left out.
    call_private_networks: bool,
    /// A file of further certificate authorities, PEM.
    #[schemars(with = "Option<String>")]
    pub extra_ca: Option<Utf8PathBuf>,
    /// How mail is sent to people.
    pub smtp: Option<Smtp>,
    /// The static site on this host.
    pub site: SiteSettings,
    /// What this host applies, by the target's name in `dockspace.toml`.
    pub targets: BTreeMap<String, TargetSettings>,
}

/// How mail is sent to people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// `host:port`.
    pub address: String,
    /// The name to authenticate with.
    pub user: Option<String>,
    /// A file with the password, read when a mail is sent.
    #[schemars(with = "Option<String>")]
    pub password_file: Option<Utf8PathBuf>,
    /// The sender of every mail.
    pub from: String,
}

/// The static site on this host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// The folder it is kept in: then `plan` and `apply` keep it equal to the repository, and `serve` does. Without one, `serve`
    /// keeps it in the state directory.
    #[schemars(with = "Option<String>")]
    pub directory: Option<Utf8PathBuf>,
}

/// One target on this host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TargetSettings {
    /// The directory that is kept equal to the repository, such as docker-mailserver's `config`.
    #[schemars(with = "Option<String>")]
    pub directory: Option<Utf8PathBuf>,
    /// The reserved mailbox that proves an apply with a real login.
    pub canary: Option<String>,
    /// `address:port` of IMAP, for the proof.
    pub imap: Option<String>,
    /// `address:port` of submission, for the proof.
    pub smtp: Option<String>,
    /// Commands to run after a change: argument lists, never a shell.
    pub reload: Vec<Vec<String>>,
    /// Commands told about what happened, by event.
    pub hooks: BTreeMap<String, Vec<String>>,
}

/// A host file or environment that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the host file {path}: {source}")]
    Read {
        /// Which file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file or a variable says something that it may not.
    #[error("{origin}: {message}")]
    Invalid {
        /// The file, or the file and the environment.
        origin: String,
        /// What is wrong, with the line.
        message: String,
    },
}

impl Settings {
    /// Reads `path`, which must exist if `explicit` names it, and lays `environment` over it.
    ///
    /// # Errors
    /// [`Error::Read`] when a named file cannot be read, [`Error::Invalid`] when it or a variable makes no sense.
    pub fn load(
        explicit: Option<&Utf8Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let path = explicit.unwrap_or(Utf8Path::new(DEFAULT_PATH));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if explicit.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(Error::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        Self::parse(path, &text, environment)
    }

    fn parse(path: &Utf8Path, text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self, Error> {
        let invalid = |origin: &str, error: &toml::de::Error| Error::Invalid {
            origin: origin.to_owned(),
            message: located(text, error),
        };
        // The file alone first, so that a mistake in it is shown with its line.
        let _: Self = toml::from_str(text).map_err(|error| invalid(path.as_str(), &error))?;
        let mut table: toml::Table = toml::from_str(text).map_err(|error| invalid(path.as_str(), &error))?;
        for (name, value) in environment {
            if let Some(keys) = keys_of(&name) {
                set(&mut table, &keys, value_of(&value));
            }
        }
        table
            .try_into()
            .map_err(|error| invalid(&format!("{path} with the {PREFIX}… variables"), &error))
    }

    /// Where Dockspace keeps what it must remember. By default `/var/lib/dockspace`.
    #[must_use]
    pub fn state_dir(&self) -> &Utf8Path {
        self.state_dir.as_deref().unwrap_or(Utf8Path::new("/var/lib/dockspace"))
    }

    /// The branch that is followed. By default `main`.
    #[must_use]
    pub fn branch(&self) -> &str {
        self.branch.as_deref().unwrap_or("main")
    }
}

/// The JSON Schema of the host file, for editors.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Settings).to_value()
}

/// The message with its line, but without the line itself: somebody may have typed a secret there.
fn located(text: &str, error: &toml::de::Error) -> String {
    match error.span() {
        Some(span) => {
            let line = text.get(..span.start).unwrap_or(text).matches('\n').count() + 1;
            format!("line {line}: {}", error.message())
        }
        None => error.message().to_owned(),
    }
}

/// The keys that a variable sets; `None` when it is not one of ours.
fn keys_of(variable: &str) -> Option<Vec<String>> {
    let name = variable.strip_prefix(PREFIX)?.to_ascii_lowercase();
    // `--config` itself, and names that other tools of ours read.
    if name == "config" {
        return None;
    }
    if let Some(rest) = name.strip_prefix("targets_") {
        let key = ["directory", "canary", "imap", "smtp", "reload"]
            .into_iter()
            .find(|key| {
                rest.strip_suffix(key)
                    .is_some_and(|target| target.len() > 1 && target.ends_with('_'))
            })?;
        let target = &rest[..rest.len() - key.len() - 1];
        return Some(vec!["targets".to_owned(), target.to_owned(), key.to_owned()]);
    }
    for table in ["smtp", "tls", "site"] {
        if let Some(key) = name.strip_prefix(table).and_then(|rest| rest.strip_prefix('_')) {
            return Some(vec![table.to_owned(), key.to_owned()]);
        }
    }
    Some(vec![name])
}

/// A list is written as TOML (`["a", "b"]`); anything else is a string.
fn value_of(text: &str) -> toml::Value {
    let list = || toml::from_str::<toml::Table>(&format!("v = {text}")).ok()?.remove("v");
    if text.starts_with('[')
        && let Some(list) = list()
    {
        return list;
    }
    toml::Value::String(text.to_owned())
}

fn set(table: &mut toml::Table, keys: &[String], value: toml::Value) {
    match keys {
        [] => {}
        [key] => {
            table.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let inner = table
                .entry(key.clone())
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::parse(Utf8Path::new("host.toml"), text, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_has_a_default() {
        let settings = parse("", &[]).unwrap();
        assert_eq!(
            (settings.state_dir().as_str(), settings.branch()),
            ("/var/lib/dockspace", "main")
        );
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "state_dir = \"/a\"\n[targets.mail]\ndirectory = \"/dms\"\nimap = \"127.0.0.1:143\"\n";
        let variables = [
            ("DOCKSPACE_STATE_DIR", "/b"),
            ("DOCKSPACE_TARGETS_MAIL_DIRECTORY", "/live"),
            ("DOCKSPACE_TARGETS_MAIL_RELOAD", r#"[["true"], ["sh", "-x"]]"#),
            ("DOCKSPACE_TRUSTED_PROXIES", r#"["127.0.0.1/32"]"#),
            ("DOCKSPACE_TLS_CERTIFICATE", "/c.pem"),
            ("DOCKSPACE_TLS_KEY", "/k.pem"),
            ("DOCKSPACE_CONFIG", "/etc/else"),
            ("PATH", "/bin"),
        ];
        let settings = parse(file, &variables).unwrap();
        assert_eq!(settings.state_dir(), "/b");
        let mail = &settings.targets["mail"];
        assert_eq!(mail.directory.as_deref(), Some(Utf8Path::new("/live")));
        assert_eq!(mail.imap.as_deref(), Some("127.0.0.1:143"));
        assert_eq!(mail.reload, [vec!["true"], vec!["sh", "-x"]]);
        assert_eq!(settings.trusted_proxies, ["127.0.0.1/32"]);
        assert_eq!(settings.tls.unwrap().key, "/k.pem");
    }

    #[test]
    fn a_mistake_is_shown_with_its_place() {
        let error = parse("state_dir = \"/a\"\nidentiti = \"x\"\n", &[]).unwrap_err();
        assert!(
            error.starts_with("host.toml:") && error.contains("line 2") && error.contains("identiti"),
            "{error}"
        );
        let error = parse("", &[("DOCKSPACE_IDENTITI", "x")]).unwrap_err();
        assert!(error.contains("variables") && error.contains("identiti"), "{error}");
    }

    #[test]
    fn a_named_file_must_exist_and_the_default_need_not() {
        let missing = Utf8Path::new("/nonexistent/host.toml");
        assert!(matches!(
            Settings::load(Some(missing), std::iter::empty()),
            Err(Error::Read { .. })
        ));
    }
}
