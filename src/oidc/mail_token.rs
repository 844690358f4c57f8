//! Mail tokens: Dovecot asks whether an access token opens a mailbox, and which.
//!
//! Of all the apps' tokens only those with the scope `mail` do, which an app gets if its file lists it. A token that is no good
//! is an answer like any other: to Dovecot every status but 200 is a fault of the server, so that a mail program would be told to
//! come back later instead of being refused (see the documentation of Dovecot's `oauth2` database, `introspection_mode`). Nor does
//! such an answer go without a mailbox: docker-mailserver's Dovecot looks for nothing else, and takes its absence for a fault. The
//! mailbox it then names is that of nobody: Dovecot has no login without a name.

use serde_json::{Map, Value, json};

use super::records::AccessToken;
use super::{Desk, Error, Scope};
use crate::audit::{Event, MailRefusal};
use crate::model::{ClientId, User};
use crate::store::Token;

/// Why a token opens no mailbox, and what is known of it.
struct Refused<'d> {
    user: Option<&'d User>,
    client: Option<&'d ClientId>,
    why: MailRefusal,
}

impl Desk<'_> {
    /// What Dovecot is told: the mailbox as `email`, or that the token is not active.
    ///
    /// # Errors
    /// When the store fails, which says nothing about the token.
    pub async fn mail_token(&self, token: Option<&str>) -> Result<Map<String, Value>, Error> {
        let mut answer = Map::new();
        match self.mailbox(token).await? {
            Ok((user, client, expires)) => {
                let event = Event::MailTokenAccepted {
                    user: user.into(),
                    client,
                };
                self.record(Some(event));
                answer.insert("active".to_owned(), json!(true));
                answer.insert("email".to_owned(), json!(user.address.as_str()));
                answer.insert("username".to_owned(), json!(user.username.as_str()));
                answer.insert("sub".to_owned(), json!(user.id.as_str()));
                answer.insert("client_id".to_owned(), json!(client.as_str()));
                answer.insert("scope".to_owned(), json!("mail"));
                answer.insert("exp".to_owned(), json!(expires));
            }
            Err(Refused { user, client, why }) => {
                let user = user.map(Into::into);
                self.record(Some(Event::MailTokenRefused { user, client, why }));
                answer.insert("active".to_owned(), json!(false));
                answer.insert("email".to_owned(), json!(""));
            }
        }
        Ok(answer)
    }

    async fn mailbox(&self, token: Option<&str>) -> Result<Result<(&User, &ClientId, i64), Refused<'_>>, Error> {
        let refused = |user, client, why| Ok(Err(Refused { user, client, why }));
        let record = match token.and_then(Token::parse) {
            Some(token) => self.store().get::<AccessToken>(&token.key()).await?,
            None => None,
        };
        let Some(record) = record else {
            return refused(None, None, MailRefusal::Unknown);
        };
        let user = record.subject.as_deref().and_then(|id| self.realm.user(id));
        let client = self.realm.client(&record.payload.client);
        let id = client.map(|client| &client.id);
        let (Some(user), Some(client)) = (user, client) else {
            return refused(user, id, MailRefusal::Denied);
        };
        // The file of the app counts as it is now, not as it was when the token was made.
        let mail = Scope::Mail.as_str();
        if !record.payload.scopes.contains(Scope::Mail) || !client.scopes.iter().any(|scope| scope == mail) {
            return refused(Some(user), id, MailRefusal::NoMailScope);
        }
        if !self.realm.admits(user, client, record.payload.acr) || !user.has_mailbox() {
            return refused(Some(user), id, MailRefusal::Denied);
        }
        Ok(Ok((user, &client.id, record.expires.as_second())))
    }
}
