//! A statement with its values: the same for both engines.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::{Arguments as _, FromRow};

use super::{Engine, Key, Store, StoreError};

/// A text of [`super::sql`] and what stands for its parameters, the first for `$1`.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) sql: &'static str,
    pub(super) values: &'a [Value<'a>],
}

/// What stands for a parameter.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
    Number(i64),
}

/// What a row says, read alike from both engines.
pub(super) trait FromEither:
    for<'r> FromRow<'r, PgRow> + for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> + Send + Unpin
{
}

impl<T> FromEither for T where
    T: for<'r> FromRow<'r, PgRow> + for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> + Send + Unpin
{
}

impl Store {
    /// The rows that a statement finds, which changes nothing.
    pub(super) async fn find<T: FromEither>(&self, statement: Statement<'_>) -> Result<Vec<T>, StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(|connection| statement.rows(connection)).await,
            Engine::Postgres(pool) => statement.rows_of(pool).await,
        }
    }

    /// The rows that a statement gives back of those it changes.
    pub(super) async fn change_and_find<T: FromEither>(&self, statement: Statement<'_>) -> Result<Vec<T>, StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(|connection| statement.rows(connection)).await,
            Engine::Postgres(pool) => statement.rows_of(pool).await,
        }
    }

    /// How many rows a statement changes.
    pub(super) async fn change(&self, statement: Statement<'_>) -> Result<u64, StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(|connection| statement.execute(connection)).await,
            Engine::Postgres(pool) => Ok(sqlx::query_with(statement.sql, statement.arguments()?)
                .execute(pool)
                .await?
                .rows_affected()),
        }
    }
}

impl<'a> Statement<'a> {
    pub(super) const fn new(sql: &'static str, values: &'a [Value<'a>]) -> Self {
        Self { sql, values }
    }

    /// On SQLite: how many rows it changes.
    pub(super) fn execute(&self, connection: &Connection) -> rusqlite::Result<u64> {
        let mut statement = connection.prepare_cached(self.sql)?;
        let changed = statement.execute(rusqlite::params_from_iter(self.values))?;
        Ok(changed as u64)
    }

    /// On SQLite: all its rows.
    fn rows<T: FromEither>(&self, connection: &Connection) -> rusqlite::Result<Vec<T>> {
        let mut statement = connection.prepare_cached(self.sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(self.values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(T::try_from(row)?);
        }
        Ok(found)
    }

    async fn rows_of<T: FromEither>(&self, pool: &PgPool) -> Result<Vec<T>, StoreError> {
        let query = sqlx::query_as_with(self.sql, self.arguments()?);
        Ok(query.fetch_all(pool).await?)
    }

    /// The values for PostgreSQL.
    pub(super) fn arguments(&self) -> Result<PgArguments, StoreError> {
        let mut arguments = PgArguments::default();
        for value in self.values {
            let added = match *value {
                Value::Text(text) => arguments.add(text),
                Value::Bytes(bytes) => arguments.add(bytes),
                Value::Number(number) => arguments.add(number),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match *self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Self::Number(number) => ValueRef::Integer(number),
            Self::Text(None) | Self::Bytes(None) => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Key> for Value<'a> {
    fn from(key: &'a Key) -> Self {
        Self::Bytes(Some(&key.0))
    }
}

impl<'a> From<Option<&'a Key>> for Value<'a> {
    fn from(key: Option<&'a Key>) -> Self {
        Self::Bytes(key.map(|key| &key.0[..]))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<jiff::Timestamp> for Value<'_> {
    fn from(at: jiff::Timestamp) -> Self {
        Self::Number(at.as_millisecond())
    }
}
