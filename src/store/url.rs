//! Where a store is.

use std::fmt;
use std::str::FromStr as _;

use camino::Utf8PathBuf;
use sqlx::postgres::PgConnectOptions;

use super::StoreError;

/// Where a store is: a SQLite file of this host, or a PostgreSQL database that several replicas share. Shown without the
/// password.
#[derive(Clone)]
pub struct StoreUrl(pub(super) Place);

#[derive(Clone)]
pub(super) enum Place {
    Memory,
    File(Utf8PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl StoreUrl {
    /// A store that lasts as long as the program, for tests and a first look.
    #[must_use]
    pub const fn memory() -> Self {
        Self(Place::Memory)
    }

    /// A SQLite file.
    pub fn file(path: impl Into<Utf8PathBuf>) -> Self {
        Self(Place::File(path.into()))
    }

    /// Reads `sqlite:PATH`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full`. Without a
    /// password in it, PostgreSQL's `PGPASSWORD` and `~/.pgpass` are looked at.
    ///
    /// # Errors
    /// [`StoreError::Url`], which doesn't repeat the text, as it may hold a password.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(text).map_err(|_| StoreError::Url)?;
            return Ok(Self(Place::Postgres(Box::new(options))));
        }
        match text.strip_prefix("sqlite:") {
            Some(":memory:") => Ok(Self::memory()),
            Some(path) if !path.trim_start_matches('/').is_empty() => Ok(Self::file(path)),
            _ => Err(StoreError::Url),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Memory => f.write_str("sqlite::memory:"),
            Place::File(path) => write!(f, "sqlite:{path}"),
            Place::Postgres(options) => {
                let database = options.get_database().unwrap_or_else(|| options.get_username());
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres:{}/{database}", socket.display()),
                    None => write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: Option<&str>) {
        let url = StoreUrl::parse(text).ok();
        assert_eq!(url.map(|url| url.to_string()).as_deref(), shown, "{text}");
    }

    #[test]
    fn what_it_reads_and_how_it_shows() {
        check("sqlite::memory:", Some("sqlite::memory:"));
        check(
            "sqlite:/var/lib/dockspace/store.sqlite",
            Some("sqlite:/var/lib/dockspace/store.sqlite"),
        );
        check("sqlite:store.sqlite", Some("sqlite:store.sqlite"));
        check(
            "postgres://al:s3cret@db.example.org/dockspace",
            Some("postgres://db.example.org:5432/dockspace"),
        );
        check("postgresql://db:6543/d?password=s3cret", Some("postgres://db:6543/d"));
        for bad in [
            "",
            "sqlite:",
            "sqlite://",
            "/var/lib/store",
            "mysql://al:s3cret@db/d",
            "postgres://al:s3cret@:x/",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn the_password_is_nowhere() {
        let url = StoreUrl::parse("postgres://al:s3cret@db/d").unwrap();
        assert!(!format!("{url} {url:?}").contains("s3cret"));
        let error = StoreUrl::parse("postgres://al:s3cret@:x/").unwrap_err();
        assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3cret"));
    }
}
