//! An authorization request, checked (OpenID Connect Core §3.1.2.1).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::{Client, Grant, Issuer};
use crate::oidc::claims_request::ClaimsRequest;
use crate::oidc::pkce::Challenge;
use crate::oidc::records::time;
use crate::oidc::redirect::{self, Response, ResponseMode};
use crate::oidc::{Error, Params, Realm, Refusal, Scope, Scopes};

/// Where the answer goes: known before anything else is judged, because every other fault is answered there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The app.
    pub client: String,
    /// Its address.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// What the app wants to see again, byte for byte.
    pub state: Option<String>,
}

impl Return {
    /// Finds out where the answer goes.
    ///
    /// # Errors
    /// A [`Refusal`]: then nothing is sent anywhere.
    pub fn read<'r>(realm: &'r Realm, params: &Params) -> Result<(&'r Client, Self), Refusal> {
        let (Some(id), Some(redirect_uri)) = (params.get("client_id"), params.get("redirect_uri")) else {
            return Err(Refusal::Malformed);
        };
        let client = realm.client(id).ok_or(Refusal::UnknownClient)?;
        if !redirect::may_return(client, redirect_uri) {
            return Err(Refusal::RedirectUri);
        }
        let mode = match params.get("response_mode") {
            Some("form_post") => ResponseMode::FormPost,
            // An unknown mode is refused later, by the mode that every app understands.
            Some(_) | None => ResponseMode::Query,
        };
        let to = Self {
            client: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            mode,
            state: params.get("state").map(str::to_owned),
        };
        Ok((client, to))
    }

    /// The host that the answer goes to, for the person to see; of an app without one, its scheme.
    #[must_use]
    pub fn host(&self) -> String {
        let url = url::Url::parse(&self.redirect_uri).ok();
        let host = url.as_ref().and_then(|url| url.host_str().or(Some(url.scheme())));
        host.unwrap_or_default().to_owned()
    }

    /// The answer with these parameters, `state` and `iss` (RFC 9207).
    #[must_use]
    pub fn answer(&self, issuer: &Issuer, mut params: Vec<(&'static str, String)>) -> Response {
        if let Some(state) = &self.state {
            params.push(("state", state.clone()));
        }
        params.push(("iss", issuer.as_str().to_owned()));
        Response {
            redirect_uri: self.redirect_uri.clone(),
            mode: self.mode,
            params,
        }
    }

    /// The answer that says no.
    #[must_use]
    pub fn error(&self, issuer: &Issuer, error: Error) -> Response {
        let params = vec![
            ("error", error.code().as_str().to_owned()),
            ("error_description", error.description().to_owned()),
        ];
        self.answer(issuer, params)
    }
}

/// What the app wants to happen in front of the person (`prompt`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interactive {
    /// Whatever is needed.
    #[default]
    AsNeeded,
    /// Nothing.
    Never,
}

/// A time, kept to the millisecond like that of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment(#[serde(with = "time")] Timestamp);

impl Moment {
    /// Whether `at` is earlier.
    #[must_use]
    pub fn is_after(self, at: Timestamp) -> bool {
        at.as_millisecond() < self.0.as_millisecond()
    }

    /// Whether `at` is no later.
    #[must_use]
    pub fn is_at_or_after(self, at: Timestamp) -> bool {
        at.as_millisecond() <= self.0.as_millisecond()
    }
}

/// A request without a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Where the answer goes.
    pub to: Return,
    /// What is asked for.
    pub scopes: Scopes,
    /// And by name.
    pub claims: ClaimsRequest,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// Who may redeem the code.
    pub challenge: Option<Challenge>,
    /// Whether pages may be shown.
    pub interactive: Interactive,
    /// `prompt=consent`.
    pub ask_again: bool,
    /// The person must have signed in after this: `prompt=login`, `max_age`.
    pub signed_in_after: Option<Moment>,
    /// Only this person will do: `id_token_hint`, or `sub` in `claims`.
    pub subject: Option<String>,
    /// Whom the app thinks to see; put into the form.
    pub login_hint: Option<String>,
}

impl Request {
    /// A request for nothing but to know who the person is.
    #[must_use]
    pub fn bare(to: Return) -> Self {
        Self {
            to,
            scopes: Scopes::NONE,
            claims: ClaimsRequest::default(),
            nonce: None,
            challenge: None,
            interactive: Interactive::AsNeeded,
            ask_again: false,
            signed_in_after: None,
            subject: None,
            login_hint: None,
        }
    }

    /// Checks a request that arrived at `now`.
    ///
    /// # Errors
    /// The first fault.
    pub fn read(realm: &Realm, client: &Client, to: Return, params: &Params, now: Timestamp) -> Result<Self, Error> {
        if let Some(fault) = params.fault() {
            return Err(fault);
        }
        response_type(params)?;
        unsupported(params)?;
        if !client.grants.contains(&Grant::AuthorizationCode) {
            return Err(Error::NotForCodeFlow);
        }
        let prompt = Prompt::read(params)?;
        let challenge = Challenge::read(params, client)?;
        let scopes = Scopes::for_client(params.get("scope").ok_or(Error::NoScope)?, client)?;
        if scopes.is_empty() {
            return Err(Error::NoScope);
        }
        let claims = ClaimsRequest::read(params, client)?;
        let max_age = max_age(params, now)?;
        let signed_in_after = if prompt.login { Some(Moment(now)) } else { max_age };
        let hinted = match params.get("id_token_hint") {
            Some(hint) => Some(
                realm
                    .hint(hint)
                    .filter(|hint| hint.client == to.client)
                    .ok_or(Error::IdTokenHint)?,
            ),
            None => None,
        };
        Ok(Self {
            to,
            // Without a way to ask for it, the person can't be asked for it either (OpenID Connect Core §11).
            scopes: if prompt.none {
                scopes.without(Scope::OfflineAccess)
            } else {
                scopes
            },
            subject: hinted.map(|hint| hint.subject).or_else(|| claims.sub.clone()),
            claims,
            nonce: params.get("nonce").map(str::to_owned),
            challenge,
            interactive: if prompt.none {
                Interactive::Never
            } else {
                Interactive::AsNeeded
            },
            ask_again: prompt.consent,
            signed_in_after,
            login_hint: params.get("login_hint").map(str::to_owned),
        })
    }

    /// What the person is asked about: the scopes, and those of the claims asked for by name.
    #[must_use]
    pub fn asks(&self) -> Scopes {
        self.scopes.union(self.claims.scopes())
    }
}

fn response_type(params: &Params) -> Result<(), Error> {
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(Error::ResponseType),
        None => return Err(Error::NoResponseType),
    }
    match params.get("response_mode") {
        None | Some("query" | "form_post") => {}
        Some(_) => return Err(Error::ResponseMode),
    }
    match params.get("display") {
        None | Some("page" | "popup" | "touch" | "wap") => Ok(()),
        Some(_) => Err(Error::Display),
    }
}

/// What would have to be obeyed if it were understood, so ignoring it is no choice (OpenID Connect Core §6).
fn unsupported(params: &Params) -> Result<(), Error> {
    for (name, error) in [
        ("request", Error::RequestObject),
        ("request_uri", Error::RequestUri),
        ("registration", Error::Registration),
    ] {
        if params.get(name).is_some() {
            return Err(error);
        }
    }
    Ok(())
}

/// The words of `prompt`.
#[derive(Default)]
struct Prompt {
    none: bool,
    login: bool,
    consent: bool,
}

impl Prompt {
    fn read(params: &Params) -> Result<Self, Error> {
        let mut prompt = Self::default();
        for word in params
            .get("prompt")
            .unwrap_or_default()
            .split(' ')
            .filter(|word| !word.is_empty())
        {
            match word {
                "none" => prompt.none = true,
                // Signing in anew is where another account can be chosen.
                "login" | "select_account" => prompt.login = true,
                "consent" => prompt.consent = true,
                _ => return Err(Error::Prompt),
            }
        }
        if prompt.none && (prompt.login || prompt.consent) {
            return Err(Error::Prompt);
        }
        Ok(prompt)
    }
}

/// The earliest sign-in that `max_age` lets count.
fn max_age(params: &Params, now: Timestamp) -> Result<Option<Moment>, Error> {
    let Some(text) = params.get("max_age") else {
        return Ok(None);
    };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: u32 = text.parse().ok().filter(|_| is_number).ok_or(Error::MaxAge)?;
    let age = SignedDuration::from_secs(seconds.into());
    Ok(Some(Moment(now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH))))
}
