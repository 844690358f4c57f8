//! A store in a PostgreSQL database that several replicas share.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Postgres, Transaction};

use super::StoreUrl;
use super::error::{Reason, StoreError};
use super::sql;
use super::url::Place;

const CONNECTIONS: u32 = 16;
const WAIT: Duration = Duration::from_secs(5);
/// A connection that rested longer is tried before it is used: the server may have been restarted.
const RESTED: Duration = Duration::from_secs(1);

pub(super) async fn open(options: &PgConnectOptions) -> Result<PgPool, StoreError> {
    let refused = |error: sqlx::Error| StoreError::Open {
        url: StoreUrl(Place::Postgres(Box::new(options.clone()))),
        reason: Reason::of(&error),
    };
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, rest| {
            Box::pin(async move { Ok(rest.idle_for < RESTED || connection.ping().await.is_ok()) })
        })
        .connect_lazy_with(
            options
                .clone()
                .application_name("dockspace")
                .disable_statement_logging(),
        );
    // The pool would try again until its time is up; the first connection says at once what is wrong.
    let mut first = options
        .clone()
        .disable_statement_logging()
        .connect()
        .await
        .map_err(refused)?;
    let mut transaction = first.begin().await.map_err(refused)?;
    match prepare(&mut transaction).await.map_err(refused)? {
        found if found > sql::SCHEMA_VERSION => return Err(StoreError::Newer { found }),
        _ => transaction.commit().await.map_err(refused)?,
    }
    first.close().await.map_err(refused)?;
    Ok(pool)
}

/// Makes the tables if they are missing; answers the format of the store.
async fn prepare(transaction: &mut Transaction<'_, Postgres>) -> Result<i64, sqlx::Error> {
    sqlx::query(sql::LOCK_SCHEMA_POSTGRES)
        .execute(&mut **transaction)
        .await?;
    for statement in sql::SCHEMA_POSTGRES {
        sqlx::query(*statement).execute(&mut **transaction).await?;
    }
    let found: Option<(i64,)> = sqlx::query_as(sql::VERSION).fetch_optional(&mut **transaction).await?;
    if let Some((found,)) = found {
        return Ok(found);
    }
    sqlx::query(sql::SET_VERSION)
        .bind(sql::SCHEMA_VERSION)
        .execute(&mut **transaction)
        .await?;
    Ok(sql::SCHEMA_VERSION)
}
