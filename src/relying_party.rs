//! The other side of a sign-in: an app that sends a person to an issuer and learns who it is.
//!
//! For `dockspace selftest` and the app of the demonstration. It is made of another implementation of the protocol, the client
//! side of the crate `openidconnect`, so it judges the provider by what the standard says and shares no rule with it.
//!
//! ```no_run
//! # async fn example(code: &str) -> Result<(), Box<dyn std::error::Error>> {
//! use dockspace::outbound::{Outbound, Reach};
//! use dockspace::relying_party::RelyingParty;
//!
//! let outbound = Outbound::new(Reach::Private, None)?;
//! let app = RelyingParty::discover("https://id.example.org", "wiki", None, "http://127.0.0.1:9000/callback", outbound).await?;
//! let departure = app.depart(&["profile"]);
//! // The browser goes to `departure.url` and comes back with a code.
//! let arrival = app.arrive(departure, code).await?;
//! assert!(arrival.id_token["sub"].is_string());
//! # Ok(())
//! # }
//! ```

use std::pin::Pin;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use serde_json::Value;
use url::Url;

use crate::outbound::{Outbound, OutboundError};
use crate::seal::Secret;

/// An app, as the issuer knows it, and the issuer, as the app does.
pub struct RelyingParty {
    metadata: CoreProviderMetadata,
    client_id: String,
    secret: Option<Secret<String>>,
    redirect_uri: RedirectUrl,
    outbound: Outbound,
}

/// A person who was sent to sign in.
pub struct Departure {
    /// Where to.
    pub url: Url,
    /// What comes back with the code.
    pub state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// What the app learned.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The claims of the ID token, whose signature, issuer, audience and nonce are right.
    pub id_token: Value,
    /// What userinfo says.
    pub userinfo: Value,
}

/// What went wrong, and where.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {said}")]
pub struct RelyingError {
    step: &'static str,
    said: String,
}

fn failed<E: std::error::Error>(step: &'static str) -> impl Fn(E) -> RelyingError {
    move |error| {
        let mut said = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            said = format!("{said}: {cause}");
            source = cause.source();
        }
        RelyingError { step, said }
    }
}

/// The client that the crate makes of what was discovered. Its type says which endpoints are known, so it is made where it is used.
macro_rules! client {
    ($app:expr) => {
        CoreClient::from_provider_metadata(
            $app.metadata.clone(),
            ClientId::new($app.client_id.clone()),
            $app.secret
                .as_ref()
                .map(|secret| ClientSecret::new(secret.expose().clone())),
        )
        .set_redirect_uri($app.redirect_uri.clone())
    };
}

/// The crate sends its requests by way of a function.
fn sender(
    outbound: &Outbound,
) -> impl Fn(HttpRequest) -> Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send>> + use<> {
    let outbound = outbound.clone();
    move |request| {
        let outbound = outbound.clone();
        Box::pin(async move { outbound.send(request).await })
    }
}

impl RelyingParty {
    /// Reads what the issuer says of itself, and its keys.
    ///
    /// # Errors
    /// What the issuer says is not what the standard asks for, or it can't be reached.
    pub async fn discover(
        issuer: &str,
        client_id: &str,
        secret: Option<Secret<String>>,
        redirect_uri: &str,
        outbound: Outbound,
    ) -> Result<Self, RelyingError> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(failed("the issuer"))?;
        let send = sender(&outbound);
        let metadata = CoreProviderMetadata::discover_async(issuer, &send);
        Ok(Self {
            metadata: metadata.await.map_err(failed("discovery"))?,
            client_id: client_id.to_owned(),
            secret,
            redirect_uri: RedirectUrl::new(redirect_uri.to_owned()).map_err(failed("the redirect URI"))?,
            outbound,
        })
    }

    /// Sends a person to sign in, asking for these scopes besides `openid`.
    #[must_use]
    pub fn depart(&self, scopes: &[&str]) -> Departure {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = client!(self);
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in scopes {
            request = request.add_scope(Scope::new((*scope).to_owned()));
        }
        let (url, state, nonce) = request.url();
        Departure {
            url,
            state: state.into_secret(),
            nonce,
            verifier,
        }
    }

    /// Redeems the code of a person who came back.
    ///
    /// # Errors
    /// The code is refused, or the tokens are not what they should be.
    pub async fn arrive(&self, departure: Departure, code: &str) -> Result<Arrival, RelyingError> {
        let client = client!(self);
        let send = sender(&self.outbound);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(failed("the token endpoint"))?
            .set_pkce_verifier(departure.verifier)
            .request_async(&send)
            .await
            .map_err(failed("the token endpoint"))?;
        let step = "the ID token";
        let missing = || RelyingError {
            step,
            said: "there is none".to_owned(),
        };
        let id_token = tokens.id_token().ok_or_else(missing)?;
        let claims = id_token
            .claims(&client.id_token_verifier(), &departure.nonce)
            .map_err(failed(step))?;
        let userinfo: CoreUserInfoClaims = client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .map_err(failed("userinfo"))?
            .request_async(&send)
            .await
            .map_err(failed("userinfo"))?;
        Ok(Arrival {
            id_token: serde_json::to_value(claims).map_err(failed(step))?,
            userinfo: serde_json::to_value(&userinfo).map_err(failed("userinfo"))?,
        })
    }
}
