//! What can go wrong with the store, and what to do about it.

use camino::Utf8PathBuf;

use super::StoreUrl;
use super::sql::SCHEMA_VERSION;

/// A failure of the store. None shows a secret: neither the password of the database nor what a record says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The text doesn't say where a store is. It isn't repeated, because it may hold a password.
    #[error("the URL of the store is not one")]
    Url,
    /// The SQLite file is a symbolic link, has a second name, or isn't a file.
    #[error("the store `{0}` is a link or no plain file")]
    NotPlain(Utf8PathBuf),
    /// The store can't be opened.
    #[error("the store {url} can't be opened: {reason}")]
    Open {
        /// Where it should be.
        url: StoreUrl,
        /// What the file system or the database said.
        reason: Reason,
    },
    /// A newer program made this store.
    #[error("the store has the format {found}, and this program knows {SCHEMA_VERSION}")]
    Newer {
        /// The format it has.
        found: i64,
    },
    /// There already is a record of this kind under this key.
    #[error("there already is such a record of the kind `{kind}`")]
    Exists {
        /// The kind of the record.
        kind: &'static str,
    },
    /// A record doesn't say what its kind should.
    #[error("a record of the kind `{kind}` can't be read")]
    Damaged {
        /// The kind of the record.
        kind: &'static str,
    },
    /// The database failed or can't be reached any more.
    #[error("the store failed: {0}")]
    Failed(Reason),
}

/// What the file system or the database said.
#[derive(Debug)]
pub struct Reason(String);

impl Reason {
    pub(super) fn of(error: &dyn std::error::Error) -> Self {
        Self(error.to_string())
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(Reason::of(&error))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(Reason::of(&error))
    }
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Url => "write `sqlite:/PATH/store.sqlite` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`".to_owned(),
            Self::NotPlain(path) => format!("name the file itself, or move `{path}` away: it is made anew"),
            Self::Open { url, .. } => match url.0 {
                super::url::Place::Postgres(_) => format!(
                    "check that PostgreSQL runs, that `psql` with the same URL reaches {url} from this host, and that the user \
                     may create tables there"
                ),
                super::url::Place::File(_) | super::url::Place::Memory => {
                    "check that the folder exists, that this user may write in it and that its disk has room".to_owned()
                }
            },
            Self::Newer { .. } => {
                "run the program that made it, or a newer one; or start with an empty store, and everyone signs in again".to_owned()
            }
            Self::Exists { .. } => "this is a fault of the program: please report it".to_owned(),
            Self::Damaged { .. } => "start with an empty store, and everyone signs in again".to_owned(),
            Self::Failed(_) => "look at the log of the database, its disk and the way to it".to_owned(),
        }
    }
}
