//! The authorization endpoint: from a request to a code, by way of as many pages as it takes.
//!
//! A request that can be answered at once is (one look at the consent, one code written). Any other is kept as an
//! [`Interaction`] while the person is on the pages; [`Desk::resume`] asks the same question again after each of them, on
//! the snapshot that is then in force.

mod judge;
pub mod request;

pub use judge::Visited;
pub use request::{Request, Return};

use jiff::Timestamp;

use self::judge::{Known, Next, judge};
use super::forward_auth::may_come_back;
use super::records::{self, Code, Consent, Grant, Interaction, Login, Participation, life};
use super::redirect::{Response, ResponseMode};
use super::{Acr, Desk, Error, Params, Refusal, Scopes};
use crate::audit::Event;
use crate::model::{Client, Consent as Asking};
use crate::store::{Key, Record, StoreError, Token};

/// What the browser is to do.
#[derive(Debug)]
pub enum Step {
    /// Take the answer to the app.
    Respond(Response),
    /// Show a page, for the request of this id.
    Page(Page, String),
    /// Say that the gate is closed.
    NoAccess(Box<NoAccess>),
}

/// A page that a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Name and password.
    SignIn,
    /// The second factor.
    StepUp,
    /// May the app know?
    Consent,
}

/// A person whom the gate keeps out, and the way back to the app.
#[derive(Debug)]
pub struct NoAccess {
    /// Who.
    pub user: String,
    /// The app.
    pub client: String,
    /// How the app is told.
    pub back: Back,
}

/// The way back to an app with an error.
#[derive(Debug)]
pub enum Back {
    /// A link.
    Link(String),
    /// By way of [`Desk::turn_away`], for the request of this id: the app wants a form.
    Request(String),
}

/// What a person says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

impl Desk<'_> {
    /// Answers an authorization request.
    ///
    /// # Errors
    /// A [`Refusal`] where no app can be told.
    pub async fn authorize(&self, params: &Params, login: Option<&Login>) -> Result<Step, Refusal> {
        let (client, to) = Return::read(&self.realm, params)?;
        let now = self.now();
        let request = match Request::read(&self.realm, client, to.clone(), params, now) {
            Ok(request) => request,
            Err(error) => return Ok(Step::Respond(to.error(&self.realm.issuer, error))),
        };
        self.begin(client, request, login).await
    }

    /// Answers a request that is new and without a fault.
    pub(in crate::oidc) async fn begin(
        &self,
        client: &Client,
        request: Request,
        login: Option<&Login>,
    ) -> Result<Step, Refusal> {
        let known = Known {
            login,
            remembered: self.remembered(client, login).await?,
            agreed: false,
            visited: Visited::No,
        };
        match (judge(&self.realm, client, &request, known), login) {
            (Next::Code(acr), Some(login)) => self.issue(&request, login, acr).await,
            (Next::SignIn, _) => self.wait(request, Page::SignIn).await,
            (Next::StepUp, _) => self.wait(request, Page::StepUp).await,
            (Next::Consent, _) => self.wait(request, Page::Consent).await,
            (Next::NoAccess, Some(login)) => self.no_access(client, request, login).await,
            (Next::Refuse(error), _) => Ok(Step::Respond(request.to.error(&self.realm.issuer, error))),
            (Next::Code(_) | Next::NoAccess, None) => {
                Ok(Step::Respond(request.to.error(&self.realm.issuer, Error::Internal)))
            }
        }
    }

    /// Takes a request up again after a page.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when it was answered or took too long.
    pub async fn resume(&self, id: &str, login: Option<&Login>) -> Result<Step, Refusal> {
        let (key, interaction) = self.find(id).await?;
        self.go_on((id, key), &interaction, login).await
    }

    /// Notes what a person said to the request, and goes on with it.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when it was answered or took too long.
    pub async fn answer(&self, id: &str, login: Option<&Login>, answer: Answer) -> Result<Step, Refusal> {
        let (key, mut interaction) = self.find(id).await?;
        let request = &interaction.request;
        let Some(login) = login else {
            return Ok(Step::Page(Page::SignIn, id.to_owned()));
        };
        let client = self.realm.app(&request.to.client).ok_or(Refusal::UnknownClient)?;
        let (user, id_of_client) = (self.person(&login.user), &client.id);
        if answer == Answer::Deny {
            self.record(user.map(|user| Event::ConsentDenied {
                user,
                client: id_of_client,
            }));
            self.finish(&key).await?;
            return Ok(Step::Respond(request.to.error(&self.realm.issuer, Error::Declined)));
        }
        if client.consent == Asking::Remember {
            self.remember(client, login, request.asks()).await?;
        }
        self.record(user.map(|user| Event::ConsentGiven {
            user,
            client: id_of_client,
        }));
        interaction.agreed = Some(login.user.clone());
        self.go_on((id, key), &interaction, Some(login)).await
    }

    /// A request that waits, for a page that says what it is about.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when it was answered or took too long.
    pub async fn interaction(&self, id: &str) -> Result<Interaction, Refusal> {
        self.find(id).await.map(|(_, interaction)| interaction)
    }

    async fn go_on(
        &self,
        (id, key): (&str, Key),
        interaction: &Interaction,
        login: Option<&Login>,
    ) -> Result<Step, Refusal> {
        let request = &interaction.request;
        let to = &request.to;
        let client = self.realm.app(&to.client).ok_or(Refusal::UnknownClient)?;
        if !super::redirect::may_return(client, &to.redirect_uri) && !may_come_back(client, &to.redirect_uri) {
            return Err(Refusal::RedirectUri);
        }
        let known = Known {
            login,
            remembered: self.remembered(client, login).await?,
            agreed: login.is_some() && login.map(|login| &login.user) == interaction.agreed.as_ref(),
            visited: Visited::Yes,
        };
        let page = |page| Ok(Step::Page(page, id.to_owned()));
        match (judge(&self.realm, client, request, known), login) {
            (Next::SignIn, _) | (Next::Code(_) | Next::NoAccess, None) => page(Page::SignIn),
            (Next::StepUp, _) => page(Page::StepUp),
            (Next::Consent, _) => page(Page::Consent),
            (Next::Code(acr), Some(login)) => {
                self.finish(&key).await?;
                self.issue(request, login, acr).await
            }
            (Next::NoAccess, Some(login)) => self.no_access(client, request.clone(), login).await,
            (Next::Refuse(error), _) => {
                self.finish(&key).await?;
                Ok(Step::Respond(to.error(&self.realm.issuer, error)))
            }
        }
    }

    async fn find(&self, id: &str) -> Result<(Key, Interaction), Refusal> {
        let key = Token::parse(id).ok_or(Refusal::Expired)?.key();
        let record = self.store().get::<Interaction>(&key).await?;
        Ok((key, record.ok_or(Refusal::Expired)?.payload))
    }

    /// A request is answered once.
    async fn finish(&self, key: &Key) -> Result<(), Refusal> {
        let taken = self.store().take::<Interaction>(key).await?;
        taken.map(|_| ()).ok_or(Refusal::Expired)
    }

    async fn wait(&self, request: Request, page: Page) -> Result<Step, Refusal> {
        Ok(Step::Page(page, self.keep(request).await?))
    }

    async fn keep(&self, request: Request) -> Result<String, Refusal> {
        let id = Token::random()?;
        let interaction = Interaction { request, agreed: None };
        let expires = records::after(self.now(), life::INTERACTION);
        let record = Record::new(id.key(), interaction, expires);
        self.store().put(&record).await?;
        Ok(id.expose())
    }

    /// Takes a person whom the gate keeps out back to the app, which is told so.
    ///
    /// # Errors
    /// [`Refusal::Expired`] when the request was answered or took too long.
    pub async fn turn_away(&self, id: &str) -> Result<Step, Refusal> {
        let (key, interaction) = self.find(id).await?;
        self.finish(&key).await?;
        let response = interaction.request.to.error(&self.realm.issuer, Error::GateClosed);
        Ok(Step::Respond(response))
    }

    async fn no_access(&self, client: &Client, request: Request, login: &Login) -> Result<Step, Refusal> {
        if let Some(user) = self.realm.user(&login.user) {
            let rule = self.realm.access(user, client).rule;
            let user = user.into();
            self.record(Some(Event::Denied { user, client, rule }));
        }
        let (user, id_of_client) = (login.user.clone(), request.to.client.clone());
        let response = request.to.error(&self.realm.issuer, Error::GateClosed);
        let back = match response.mode {
            ResponseMode::Query => Back::Link(response.location()),
            ResponseMode::FormPost => Back::Request(self.keep(request).await?),
        };
        let client = id_of_client;
        Ok(Step::NoAccess(Box::new(NoAccess { user, client, back })))
    }

    /// Writes a code and sends it to the app.
    async fn issue(&self, request: &Request, login: &Login, acr: Acr) -> Result<Step, Refusal> {
        let now = self.now();
        let code = Token::random()?;
        let payload = Code {
            grant: Grant {
                client: request.to.client.clone(),
                scopes: request.scopes,
                userinfo: request.claims.userinfo.clone(),
                id_token: request.claims.id_token.clone(),
                login: login.clone(),
                acr,
            },
            redirect_uri: request.to.redirect_uri.clone(),
            nonce: request.nonce.clone(),
            challenge: request.challenge.clone(),
            spent: None,
        };
        let record = Record::new(code.key(), payload, records::after(now, life::CODE));
        let record = record.about(login.user.clone()).under(login.session);
        self.store().put(&record).await?;
        if let Some(client) = self.realm.app(&request.to.client) {
            if client.backchannel_logout_uri.is_some() {
                self.participate(&request.to.client, login, now).await?;
            }
            let user = self.person(&login.user);
            self.record(user.map(|user| Event::CodeIssued {
                user,
                client: &client.id,
            }));
        }
        let params = vec![("code", code.expose())];
        Ok(Step::Respond(request.to.answer(&self.realm.issuer, params)))
    }

    async fn participate(&self, client: &str, login: &Login, now: Timestamp) -> Result<(), Refusal> {
        let sid = login.sid(client);
        let key = Key::of_name(&["participation", &sid]);
        let payload = Participation {
            client: client.to_owned(),
            sid,
        };
        let record = Record::new(key, payload, records::after(now, life::PARTICIPATION));
        match self
            .store()
            .put(&record.about(login.user.clone()).under(login.session))
            .await
        {
            Ok(()) | Err(StoreError::Exists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What the person has agreed to at this app, where that matters.
    async fn remembered(&self, client: &Client, login: Option<&Login>) -> Result<Scopes, Refusal> {
        let Some(login) = login.filter(|_| client.consent == Asking::Remember) else {
            return Ok(Scopes::NONE);
        };
        let found = self.store().get::<Consent>(&consent_key(client, login)).await?;
        Ok(found.map_or(Scopes::NONE, |record| record.payload.scopes))
    }

    async fn remember(&self, client: &Client, login: &Login, scopes: Scopes) -> Result<(), Refusal> {
        let key = consent_key(client, login);
        let expires = records::after(self.now(), life::CONSENT);
        if let Some(mut record) = self.store().get::<Consent>(&key).await? {
            record.payload.scopes = record.payload.scopes.union(scopes);
            record.expires = expires;
            // Lost to another window: the person is asked once more.
            let _written: bool = self.store().replace(&record).await?;
            return Ok(());
        }
        let record = Record::new(key, Consent { scopes }, expires).about(login.user.clone());
        match self.store().put(&record).await {
            Ok(()) | Err(StoreError::Exists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn consent_key(client: &Client, login: &Login) -> Key {
    Key::of_name(&["consent", &login.user, client.id.as_str()])
}
