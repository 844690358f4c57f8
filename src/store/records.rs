//! What is done with records.

use super::record::{Kind, Record};
use super::{Engine, Key, Store, StoreError, sql, time};

/// A row as both engines give it: id, subject, grant, payload, version, created, expires.
type Row = (Vec<u8>, Option<String>, Option<Vec<u8>>, String, i64, i64, i64);

impl Store {
    /// Adds a record.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when its key is in use: of a [`Token`](super::Token) that can't happen, of a name it can.
    pub async fn put<T: Kind>(&self, record: &Record<T>) -> Result<(), StoreError> {
        let payload = payload(&record.payload)?;
        let changed = change!(
            self,
            sqlx::query(sql::PUT)
                .bind(T::NAME)
                .bind(&record.key.0[..])
                .bind(record.subject.as_deref())
                .bind(record.grant.as_ref().map(|key| &key.0[..]))
                .bind(payload.as_str())
                .bind(self.now())
                .bind(record.expires.as_millisecond())
        );
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
        let row = fetch!(
            self,
            fetch_optional,
            sqlx::query_as(sql::GET).bind(T::NAME).bind(&key.0[..]).bind(self.now())
        );
        row.map(read).transpose()
    }

    /// Takes the record under `key` out of the store. Of any number who try at once, one gets it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take<T: Kind>(&self, key: &Key) -> Result<Option<Record<T>>, StoreError> {
        let row = fetch_changed!(
            self,
            fetch_optional,
            sqlx::query_as(sql::TAKE)
                .bind(T::NAME)
                .bind(&key.0[..])
                .bind(self.now())
        );
        self.kept(row.iter().count()).await?;
        row.map(read).transpose()
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
        let payload = payload(&record.payload)?;
        let changed = change!(
            self,
            sqlx::query(sql::REPLACE)
                .bind(T::NAME)
                .bind(&record.key.0[..])
                .bind(record.version)
                .bind(payload.as_str())
                .bind(record.expires.as_millisecond())
                .bind(self.now())
        );
        Ok(self.kept(changed).await? == 1)
    }

    /// Deletes the record under `key`; answers whether there was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete<T: Kind>(&self, key: &Key) -> Result<bool, StoreError> {
        let changed = change!(self, sqlx::query(sql::DELETE).bind(T::NAME).bind(&key.0[..]));
        Ok(self.kept(changed).await? == 1)
    }

    /// All records of a kind about a person, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_by_subject<T: Kind>(&self, subject: &str) -> Result<Vec<Record<T>>, StoreError> {
        let rows = fetch!(
            self,
            fetch_all,
            sqlx::query_as(sql::LIST_BY_SUBJECT)
                .bind(T::NAME)
                .bind(subject)
                .bind(self.now())
        );
        rows.into_iter().map(read).collect()
    }

    /// All records of a kind that hang on a grant, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_by_grant<T: Kind>(&self, grant: &Key) -> Result<Vec<Record<T>>, StoreError> {
        let rows = fetch!(
            self,
            fetch_all,
            sqlx::query_as(sql::LIST_BY_GRANT)
                .bind(T::NAME)
                .bind(&grant.0[..])
                .bind(self.now())
        );
        rows.into_iter().map(read).collect()
    }

    /// Deletes all records of a kind about a person; answers how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_by_subject<T: Kind>(&self, subject: &str) -> Result<u64, StoreError> {
        let deleted = change!(self, sqlx::query(sql::DELETE_BY_SUBJECT).bind(T::NAME).bind(subject));
        self.kept(deleted).await
    }

    /// Deletes all that hangs on a grant, of whatever kind; answers how many. A record that stands under the grant's own key is
    /// not one of them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_by_grant(&self, grant: &Key) -> Result<u64, StoreError> {
        let deleted = change!(self, sqlx::query(sql::DELETE_BY_GRANT).bind(&grant.0[..]));
        self.kept(deleted).await
    }
}

/// What serde says about a payload may quote it, so it isn't repeated.
fn payload<T: Kind>(payload: &T) -> Result<String, StoreError> {
    serde_json::to_string(payload).map_err(|_| StoreError::Damaged { kind: T::NAME })
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
