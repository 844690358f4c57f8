//! Requests of browsers that came by POST.
//!
//! A form on another site doesn't bring the cookie (`SameSite=Lax`), and should not act on it either. So what it says is kept for
//! a moment, and the browser repeats the request as a GET to our own origin.

use super::records::{self, Posted, life};
use super::{Desk, Params, Refusal};
use crate::store::{Record, Token};

impl Desk<'_> {
    /// Keeps the parameters; gives the id to repeat the request with.
    ///
    /// # Errors
    /// When there is something wrong with them, or with the store.
    pub async fn keep_posted(&self, params: &Params) -> Result<String, Refusal> {
        if params.fault().is_some() {
            return Err(Refusal::Malformed);
        }
        let id = Token::random()?;
        let query = params.to_query();
        let record = Record::new(id.key(), Posted { query }, records::after(self.now(), life::POSTED));
        self.store().put(&record).await?;
        Ok(id.expose())
    }

    /// The parameters of a request: those that `posted` stands for, or its own.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when they were asked for before or took too long.
    pub async fn as_posted(&self, params: Params) -> Result<Params, Refusal> {
        let Some(id) = params.get("posted") else {
            return Ok(params);
        };
        let key = Token::parse(id).ok_or(Refusal::Expired)?.key();
        let record = self.store().take::<Posted>(&key).await?.ok_or(Refusal::Expired)?;
        Ok(Params::parse(record.payload.query.as_bytes()))
    }
}
