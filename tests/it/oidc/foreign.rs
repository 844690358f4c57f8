//! A foreign implementation as the app: the client side of the openidconnect crate.

use std::time::SystemTime;

use openidconnect::core::CoreGenderClaim;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyAdditionalClaims,
    HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse, UserInfoClaims,
};

use super::app::{Form, SECRET, WIKI, server};
use crate::support::browser::Browser;
use crate::support::server::Server;
use crate::web::alice_code;

/// Carries its requests.
struct Carrier(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Carrier {
    type Error = reqwest::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send + Sync + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let (parts, body) = request.into_parts();
        let request = self
            .0
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        let (send, receive) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let answer = async {
                let response = request.send().await?;
                let (status, headers) = (response.status(), response.headers().clone());
                let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
                *answer.status_mut() = status;
                *answer.headers_mut() = headers;
                Ok(answer)
            };
            drop(send.send(answer.await));
        });
        Box::pin(async move { receive.await.unwrap() })
    }
}

/// Checks an ID token for `client` by the published keys, as a foreign program does.
pub(super) async fn verified(server: &Server, client: &str, id_token: &str) {
    let carrier = Carrier(reqwest::Client::new());
    let issuer = IssuerUrl::new(server.url.clone()).unwrap();
    let metadata = ProviderMetadataWithLogout::discover_async(issuer, &carrier)
        .await
        .unwrap();
    let algs = metadata.id_token_signing_alg_values_supported().clone();
    let now = server.app.clock.now();
    let secret = Some(ClientSecret::new(SECRET.to_owned()));
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(client.to_owned()), secret);
    let verifier = client.id_token_verifier().set_allowed_algs(algs);
    let verifier = verifier.set_time_fn(move || SystemTime::from(now).into());
    let token: CoreIdToken = id_token.parse().unwrap();
    let claims = token.claims(&verifier, |_: Option<&Nonce>| Ok(())).unwrap();
    assert!(claims.subject().len() <= 255);
}

/// Alice signs in at `url`, with her second factor; what the app is answered.
async fn alice_signs_in(server: &Server, browser: &mut Browser, url: &str) -> Form {
    let page = browser.get(url.strip_prefix(&server.url).unwrap()).await;
    let page = browser.follow(&page).await;
    let page = browser
        .submit(
            &page,
            &[("username", "alice"), ("password", "seven kettles sing at dawn")],
        )
        .await;
    let page = browser.follow(&page).await;
    let page = browser.submit(&page, &[("code", &alice_code(server))]).await;
    let page = browser.follow(&page).await;
    WIKI.answer(&page)
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story from the first document to the last token"
)]
async fn it_signs_in_with_totp_refreshes_and_signs_out() {
    let server = server().await;
    let carrier = Carrier(reqwest::Client::new());
    let issuer = IssuerUrl::new(server.url.clone()).unwrap();
    let metadata = ProviderMetadataWithLogout::discover_async(issuer.clone(), &carrier)
        .await
        .unwrap();
    let end_session = metadata.additional_metadata().end_session_endpoint.clone().unwrap();
    let secret = ClientSecret::new(SECRET.to_owned());
    let client =
        CoreClient::from_provider_metadata(metadata.clone(), ClientId::new("wiki".to_owned()), Some(secret.clone()))
            .set_redirect_uri(RedirectUrl::new(WIKI.redirect_uri.to_owned()).unwrap());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();

    let mut browser = server.browser();
    let answer = alice_signs_in(&server, &mut browser, url.as_str()).await;
    assert_eq!(answer["state"], *state.secret());

    let code = AuthorizationCode::new(answer["code"].clone());
    let tokens = client
        .exchange_code(code)
        .unwrap()
        .set_pkce_verifier(verifier)
        .request_async(&carrier)
        .await
        .unwrap();
    let now = server.app.clock.now();
    let at_server = move || SystemTime::from(now).into();
    let verifier: CoreIdTokenVerifier<'_> = client.id_token_verifier().set_time_fn(at_server);
    let id_token = tokens.id_token().unwrap();
    let claims = id_token.claims(&verifier, &nonce).unwrap();
    let key = id_token.signing_key(&verifier).unwrap();
    let hash = AccessTokenHash::from_token(tokens.access_token(), id_token.signing_alg().unwrap(), key).unwrap();
    assert_eq!(claims.access_token_hash(), Some(&hash));
    assert_eq!(claims.auth_context_ref().unwrap().as_str(), "urn:dockspace:acr:mfa");

    let subject = Some(claims.subject().clone());
    let info: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> = client
        .user_info(tokens.access_token().clone(), subject)
        .unwrap()
        .request_async(&carrier)
        .await
        .unwrap();
    assert_eq!(info.email().unwrap().as_str(), "alice@example.org");

    let first = tokens.refresh_token().unwrap();
    let refreshed = client
        .exchange_refresh_token(first)
        .unwrap()
        .request_async(&carrier)
        .await
        .unwrap();
    assert_ne!(refreshed.refresh_token().unwrap().secret(), first.secret());
    let again = refreshed
        .id_token()
        .unwrap()
        .claims(&verifier, |_: Option<&Nonce>| Ok(()))
        .unwrap();
    assert_eq!(again.auth_time(), claims.auth_time());

    let bye = PostLogoutRedirectUrl::new("https://wiki.example.org/bye".to_owned()).unwrap();
    let url = LogoutRequest::from(end_session)
        .set_id_token_hint(id_token)
        .set_post_logout_redirect_uri(bye)
        .http_get_url();
    let page = browser.get(url.as_str().strip_prefix(&server.url).unwrap()).await;
    assert_eq!(page.location(), "https://wiki.example.org/bye");
    let spent = client
        .exchange_refresh_token(refreshed.refresh_token().unwrap())
        .unwrap()
        .request_async(&carrier)
        .await;
    assert!(spent.is_err(), "signed out");
}
