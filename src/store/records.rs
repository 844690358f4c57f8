//! What is done with records.

use super::record::{AnyRecord as _, Kind, Record};
use super::statement::Statement;
use super::{Engine, Key, Store, StoreError, sql, time};

/// A row as both engines give it: id, subject, grant, payload, version, created, expires.
type Row = (Vec<u8>, Option<String>, Option<Vec<u8>>, String, i64, i64, i64);

impl Store {
    /// Adds a record.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when its key is in use: of a [`Token`](super::Token) that can't happen, of a name it can.
    pub async fn put<T: Kind>(&self, record: &Record<T>) -> Result<(), StoreError> {
        let put = record.written()?;
        let changed = self.change(Statement::new(sql::PUT, &put.putting(self.now()))).await?;
        match changed {
            0 => Err(StoreError::Exists { kind: T::NAME }),
            _ => Ok(()),
        }
    }

    /// The record under `key`, unless it expired.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get<T: Kind>(&self, key: &Key) -> Result<Option<Record<T>>, StoreError> {
        let rows = self.find(statement!(sql::GET, T::NAME, key, self.now())).await?;
        rows.into_iter().next().map(read).transpose()
    }

    /// Takes the record under `key` out of the store. Of any number who try at once, one gets it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take<T: Kind>(&self, key: &Key) -> Result<Option<Record<T>>, StoreError> {
        let rows = self
            .change_and_find(statement!(sql::TAKE, T::NAME, key, self.now()))
            .await?;
        self.kept(rows.len()).await?;
        rows.into_iter().next().map(read).transpose()
    }

    /// Writes the payload and the expiry of a record that was [read](Store::get) and changed. False when it was replaced, taken
    /// or deleted since, or expired: then nothing is written.
    ///
    /// ```
    /// # use dockspace::store::{Kind, Key, Store, StoreError};
    /// async fn touch<T: Kind>(store: &Store, key: &Key, until: jiff::Timestamp) -> Result<bool, StoreError> {
    ///     let Some(mut record) = store.get::<T>(key).await? else { return Ok(false) };
    ///     record.expires = until;
    ///     store.replace(&record).await
    /// }
    /// ```
    ///
    /// # Errors
    /// When the store fails.
    #[must_use = "false means that nothing was written"]
    pub async fn replace<T: Kind>(&self, record: &Record<T>) -> Result<bool, StoreError> {
        let replace = record.written()?;
        let changed = self
            .change(Statement::new(sql::REPLACE, &replace.replacing(self.now())))
            .await?;
        Ok(self.kept(changed).await? == 1)
    }

    /// Deletes the record under `key`; answers whether there was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete<T: Kind>(&self, key: &Key) -> Result<bool, StoreError> {
        let changed = self.change(statement!(sql::DELETE, T::NAME, key)).await?;
        Ok(self.kept(changed).await? == 1)
    }

    /// All records of a kind about a person, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_by_subject<T: Kind>(&self, subject: &str) -> Result<Vec<Record<T>>, StoreError> {
        let rows = self
            .find(statement!(sql::LIST_BY_SUBJECT, T::NAME, subject, self.now()))
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// All records of a kind that hang on a grant, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_by_grant<T: Kind>(&self, grant: &Key) -> Result<Vec<Record<T>>, StoreError> {
        let rows = self
            .find(statement!(sql::LIST_BY_GRANT, T::NAME, grant, self.now()))
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Deletes all records of a kind about a person; answers how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_by_subject<T: Kind>(&self, subject: &str) -> Result<u64, StoreError> {
        let deleted = self
            .change(statement!(sql::DELETE_BY_SUBJECT, T::NAME, subject))
            .await?;
        self.kept(deleted).await
    }

    /// Deletes all that hangs on a grant, of whatever kind; answers how many. A record that stands under the grant's own key is
    /// not one of them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_by_grant(&self, grant: &Key) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let now = self.change(statement!(sql::DELETE_BY_GRANT, grant)).await?;
            deleted += now;
            // On PostgreSQL the statement may have waited for an exchange, and didn't see what that added.
            if now == 0 || matches!(self.engine, Engine::Sqlite(_)) {
                return self.kept(deleted).await;
            }
        }
    }
}

fn read<T: Kind>((id, subject, grant, payload, version, created, expires): Row) -> Result<Record<T>, StoreError> {
    let damaged = || StoreError::Damaged { kind: T::NAME };
    let key = |bytes: Vec<u8>| bytes.try_into().map(Key).map_err(|_| damaged());
    Ok(Record {
        key: key(id)?,
        subject,
        grant: grant.map(key).transpose()?,
        payload: serde_json::from_str(&payload).map_err(|_| damaged())?,
        expires: time(expires),
        created: time(created),
        version,
    })
}
