//! Things that are counted, and things that can be done once.

use std::time::Duration;

use jiff::Timestamp;

use super::{Count, Key, Store, StoreError, sql, time};

impl Store {
    /// Counts one more under `name` and `key`, such as a failed sign-in of an account. The first count opens a window; when it
    /// ends, counting starts anew. No count is lost, however many count at once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_up(&self, name: &'static str, key: &Key, window: Duration) -> Result<Count, StoreError> {
        let now = self.clock.now();
        let ends = now.saturating_add(window).unwrap_or(Timestamp::MAX);
        let rows = self
            .change_and_find(statement!(sql::COUNT_UP, name, key, now, ends))
            .await?;
        // The one that was counted.
        Ok(rows.into_iter().next().map_or(Count { count: 1, ends }, count))
    }

    /// What was counted in the window that is open, if one is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count(&self, name: &'static str, key: &Key) -> Result<Option<Count>, StoreError> {
        let rows = self.find(statement!(sql::COUNT, name, key, self.now())).await?;
        Ok(rows.into_iter().next().map(count))
    }

    /// Closes the window, as after a sign-in that went well.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_anew(&self, name: &'static str, key: &Key) -> Result<(), StoreError> {
        self.change(statement!(sql::COUNT_ANEW, name, key)).await?;
        Ok(())
    }

    /// Claims something that may be used once until `expires`: a TOTP step, a recovery code, the `jti` of an assertion. Of any
    /// number who try, the first gets true.
    ///
    /// # Errors
    /// When the store fails; then nobody may go on as if it were claimed.
    #[must_use = "false means that it was used before"]
    pub async fn claim(&self, name: &'static str, key: &Key, expires: Timestamp) -> Result<bool, StoreError> {
        let changed = self
            .change(statement!(sql::CLAIM, name, key, self.now(), expires))
            .await?;
        Ok(self.kept(changed).await? == 1)
    }
}

fn count((count, ends): (i64, i64)) -> Count {
    Count {
        count: count.unsigned_abs(),
        ends: time(ends),
    }
}
