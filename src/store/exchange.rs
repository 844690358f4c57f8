//! One record replaced and others added with it: all of it or nothing.

use sqlx::Arguments as _;
use sqlx::postgres::PgPool;

use super::record::{AnyRecord, Kind, Record, Written};
use super::sqlite::together;
use super::statement::Statement;
use super::{Engine, Store, StoreError, sql};

impl Store {
    /// Writes the payload and the expiry of `record`, as [`Store::replace`] does, and adds `others`. False when the record was
    /// replaced, taken or deleted since it was read, or expired: then nothing is written at all.
    ///
    /// It is for what is exchanged for something new: a code for tokens, a refresh token for the next. Unlike everything else
    /// that closes something, it isn't waited for until it is on SQLite's disk: that follows some milliseconds later. A power cut
    /// before that takes back both sides of the exchange, and what was exchanged is as it was before:
    ///
    /// - Made to live no longer than [`BRIEF`](super::BRIEF), as a code is, it is gone when the store is opened after the host
    ///   started again. A code is not good twice.
    /// - A refresh token is good again that was spent those milliseconds ago. Whoever has it could have had its successor for
    ///   half a minute anyway; and its app, with a successor that nobody knows, is refused, which ends all that came of the token.
    ///
    /// The host that keeps running while the program is killed loses nothing, and PostgreSQL waits for its disk.
    ///
    /// # Errors
    /// When the store fails, and when one of the others is there already: then nothing is written.
    #[must_use = "false means that nothing was written"]
    pub async fn exchange<T: Kind>(&self, record: &Record<T>, others: &[&dyn AnyRecord]) -> Result<bool, StoreError> {
        let now = self.now();
        let replaced = record.written()?;
        let replace = replaced.replacing(now);
        let replace = Statement::new(sql::REPLACE, &replace);
        let others = others
            .iter()
            .map(|other| other.written())
            .collect::<Result<Vec<_>, _>>()?;
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let exchanged = sqlite.write(|connection| {
                    together(connection, |connection| {
                        if replace.execute(connection)? == 0 {
                            return Ok(None);
                        }
                        for other in &others {
                            Statement::new(sql::ADD, &other.putting(now)).execute(connection)?;
                        }
                        Ok(Some(()))
                    })
                });
                let exchanged = exchanged.await?.is_some();
                if exchanged {
                    sqlite.keep_soon();
                }
                Ok(exchanged)
            }
            Engine::Postgres(pool) => exchange(pool, replace, &others).await,
        }
    }
}

/// In one statement, which takes one way to the server and back.
async fn exchange(pool: &PgPool, replace: Statement<'_>, others: &[Written<'_>]) -> Result<bool, StoreError> {
    let mut arguments = replace.arguments()?;
    let add = |added: Result<(), sqlx::error::BoxDynError>| added.map_err(sqlx::Error::Encode);
    add(arguments.add(others.iter().map(|other| other.kind).collect::<Vec<_>>()))?;
    add(arguments.add(others.iter().map(|other| &other.key.0[..]).collect::<Vec<_>>()))?;
    add(arguments.add(others.iter().map(|other| other.subject).collect::<Vec<_>>()))?;
    add(arguments.add(
        others
            .iter()
            .map(|other| other.grant.map(|key| &key.0[..]))
            .collect::<Vec<_>>(),
    ))?;
    add(arguments.add(others.iter().map(|other| &*other.payload).collect::<Vec<_>>()))?;
    add(arguments.add(others.iter().map(|other| other.expires).collect::<Vec<_>>()))?;
    let (replaced,): (i64,) = sqlx::query_as_with(sql::EXCHANGE_POSTGRES, arguments)
        .fetch_one(pool)
        .await?;
    Ok(replaced == 1)
}
