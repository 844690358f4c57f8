//! The store's promises, held by SQLite in a file, SQLite in memory and PostgreSQL alike.

mod concurrent;
mod exchange;
mod expiry;
mod file;
mod postgres;
mod records;
mod rig;
mod shared;

/// One test for each engine out of each case, which gets a [`rig::Rig`] of that engine.
macro_rules! on_every_engine {
    ($($case:ident),* $(,)?) => {
        $crate::store::on_every_database!($($case),*);
        mod on_sqlite_in_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case($crate::store::rig::Rig::memory()).await;
            })*
        }
    };
}
pub(crate) use on_every_engine;

/// The same for the engines whose database another connection reaches.
macro_rules! on_every_database {
    ($($case:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case($crate::store::rig::Rig::file()).await;
            })*
        }
        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case($crate::store::rig::Rig::postgresql().await).await;
            })*
        }
    };
}
pub(crate) use on_every_database;
