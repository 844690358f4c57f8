//! The revision in force: what every replica serves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Kind, Record, Store, StoreError};

#[derive(Serialize, Deserialize)]
struct InForce {
    revision: String,
}

impl Kind for InForce {
    const NAME: &'static str = "in-force";
}

impl Store {
    /// The commit in force, as git's hexadecimal id. None in a store that is new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn in_force(&self) -> Result<Option<String>, StoreError> {
        let record = self.get::<InForce>(&key()).await?;
        Ok(record.map(|record| record.payload.revision))
    }

    /// Puts the revision `new` in force if `expected` is still the one that is, or if none is and none is expected. False when
    /// another replica was first: read again and decide anew.
    ///
    /// # Errors
    /// When the store fails.
    #[must_use = "false means that another was first"]
    pub async fn set_in_force(&self, expected: Option<&str>, new: &str) -> Result<bool, StoreError> {
        let payload = InForce {
            revision: new.to_owned(),
        };
        match (self.get::<InForce>(&key()).await?, expected) {
            (None, None) => match self.put(&Record::new(key(), payload, Timestamp::MAX)).await {
                Err(StoreError::Exists { .. }) => Ok(false),
                done => done.map(|()| true),
            },
            (Some(record), Some(expected)) if record.payload.revision == expected => {
                self.replace(&Record { payload, ..record }).await
            }
            _ => Ok(false),
        }
    }
}

fn key() -> Key {
    Key::of_name(&["revision"])
}
