//! What the provider says no with: the codes of the standards, each with one fixed sentence.
//!
//! A closed list, because an app shows and logs these texts, and because nothing a stranger sent may be reflected in one. The
//! texts keep to the characters that RFC 6749 §4.1.2.1 allows: printable ASCII without `"` and `\`.

use std::fmt;

use crate::auth::AuthError;
use crate::random::Unavailable;
use crate::store::StoreError;

/// An error code, as it stands in `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// RFC 6749 §4.1.2.1 and §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2: authentication of the client failed.
    InvalidClient,
    /// RFC 6749 §5.2: the code or refresh token is no good.
    InvalidGrant,
    /// RFC 6749: the client may not do this.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749.
    InvalidScope,
    /// RFC 6749 §4.1.2.1: the person or the gate said no.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable,
    /// RFC 6750 §3.1: the access token is no good.
    InvalidToken,
    /// RFC 6750 §3.1: the access token is not for this.
    InsufficientScope,
    /// OpenID Connect Core §3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    InteractionRequired,
    /// OpenID Connect Core §3.1.2.6.
    ConsentRequired,
    /// OpenID Connect Core §3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RegistrationNotSupported,
    /// RFC 7009 §2.2.1.
    UnsupportedTokenType,
    /// OpenID Connect Core Error Code unmet_authentication_requirements §2.
    UnmetAuthenticationRequirements,
}

impl Code {
    /// The code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        }
    }
}

macro_rules! errors {
    ($($name:ident = $code:ident $text:literal;)*) => {
        /// Why a request is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is its own description")]
        pub enum Error { $($name),* }

        impl Error {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What stands in `error`.
            #[must_use]
            pub const fn code(self) -> Code {
                match self { $(Self::$name => Code::$code),* }
            }

            /// What stands in `error_description`.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

errors! {
    RepeatedParameter = InvalidRequest "a parameter is given more than once";
    StructuredParameter = InvalidRequest "a parameter name has brackets";
    OversizedParameter = InvalidRequest "a parameter is longer than 4096 bytes";
    MalformedParameter = InvalidRequest "a parameter is not UTF-8";
    NotAForm = InvalidRequest "the body is not application/x-www-form-urlencoded, or too large";
    NoResponseType = InvalidRequest "response_type is missing";
    ResponseType = UnsupportedResponseType "the only response_type is code";
    ResponseMode = InvalidRequest "response_mode is neither query nor form_post";
    NotForCodeFlow = UnauthorizedClient "the app is not registered for the grant authorization_code";
    NoScope = InvalidScope "scope is missing";
    ScopeSyntax = InvalidScope "scope has a character that no scope may have";
    ScopeNotRegistered = InvalidScope "the app is not registered for a scope that it asks for";
    ScopeWidened = InvalidScope "scope asks for more than was granted";
    NoChallenge = InvalidRequest "code_challenge is missing: the app must use PKCE";
    ChallengeMethod = InvalidRequest "the only code_challenge_method is S256";
    ChallengeSyntax = InvalidRequest "code_challenge is not 43 characters of base64url";
    Prompt = InvalidRequest "prompt has an unknown value, or none with another";
    MaxAge = InvalidRequest "max_age is not a number of seconds";
    Claims = InvalidRequest "claims is not JSON of the form that OpenID Connect Core section 5.5 describes";
    Display = InvalidRequest "display is none of page, popup, touch, wap";
    IdTokenHint = InvalidRequest "id_token_hint is no ID token of this issuer for this app";
    RequestObject = RequestNotSupported "request objects are not supported";
    RequestUri = RequestUriNotSupported "request_uri is not supported";
    Registration = RegistrationNotSupported "the parameter registration is not supported";
    LoginRequired = LoginRequired "nobody is signed in who could answer this request";
    StepUpRequired = InteractionRequired "a second factor is needed";
    ConsentRequired = ConsentRequired "the person has not agreed yet";
    AcrUnmet = UnmetAuthenticationRequirements "the requested authentication context is not supported";
    GateClosed = AccessDenied "the person may not use this app";
    Declined = AccessDenied "the person declined";
    ClientUnknown = InvalidClient "the client does not authenticate as it is registered";
    ClientTwice = InvalidRequest "the client authenticates in more than one way";
    ClientMismatch = InvalidRequest "client_id is not that of the Authorization header";
    NoGrantType = InvalidRequest "grant_type is missing";
    GrantType = UnsupportedGrantType "grant_type is none of authorization_code, refresh_token, client_credentials";
    GrantNotRegistered = UnauthorizedClient "the app is not registered for this grant";
    NoCode = InvalidRequest "code is missing";
    NoRedirectUri = InvalidRequest "redirect_uri is missing";
    CodeSpent = InvalidGrant "the code is unknown, spent or expired";
    CodeElsewhere = InvalidGrant "the code was issued to another app or for another redirect_uri";
    VerifierMissing = InvalidGrant "code_verifier is missing";
    VerifierUnasked = InvalidGrant "code_verifier is given, but the request had no code_challenge";
    VerifierWrong = InvalidGrant "code_verifier does not fit code_challenge";
    NoRefreshToken = InvalidRequest "refresh_token is missing";
    RefreshSpent = InvalidGrant "the refresh token is unknown, spent or expired";
    AccessLost = InvalidGrant "the person may no longer use this app";
    SignedOut = InvalidGrant "the person is signed out";
    NoToken = InvalidRequest "token is missing";
    TokenInQuery = InvalidRequest "tokens are not taken from the query of a URL";
    TokenTwice = InvalidRequest "the access token is given in more than one way";
    BearerMissing = InvalidToken "no access token is given";
    BearerInvalid = InvalidToken "the access token is unknown, revoked or expired";
    NotForUserinfo = InsufficientScope "the access token lacks the scope openid";
    NotAllowedToIntrospect = UnauthorizedClient "the client is not registered for introspection";
    NoSigningKey = ServerError "there is no active signing key for the algorithm of this app";
    Unavailable = TemporarilyUnavailable "the server cannot reach its store";
    Internal = ServerError "the server failed";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code().as_str(), self.description())
    }
}

impl std::error::Error for Error {}

/// Why a request is answered by a page and never by a redirect: it cannot be known whose request it is (RFC 6749 §4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No app of that name.
    UnknownClient,
    /// The app did not register the address.
    RedirectUri,
    /// `client_id` or `redirect_uri` missing, repeated or broken.
    Malformed,
    /// The request was answered already, or took too long.
    Expired,
    /// The store does not answer.
    Unavailable,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::UnknownClient,
        Self::RedirectUri,
        Self::Malformed,
        Self::Expired,
        Self::Unavailable,
    ];

    /// The sentence on the page.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UnknownClient => "the app is not registered",
            Self::RedirectUri => "redirect address is not registered",
            Self::Malformed => "the request of the app is malformed",
            Self::Expired => "this sign-in was finished or has expired",
            Self::Unavailable => "sign-in is not available at the moment",
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Unavailable
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        tracing::error!(%error, "sessions cannot be read or ended");
        Self::Unavailable
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Unavailable
    }
}

impl From<Unavailable> for Error {
    fn from(error: Unavailable) -> Self {
        tracing::error!(%error, "nothing random");
        Self::Internal
    }
}

impl From<Unavailable> for Refusal {
    fn from(error: Unavailable) -> Self {
        tracing::error!(%error, "nothing random");
        Self::Unavailable
    }
}

impl From<Error> for Refusal {
    fn from(_: Error) -> Self {
        Self::Unavailable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_31_descriptions_keep_to_the_characters_of_rfc_6749() {
        for error in Error::ALL {
            let text = error.description();
            let legal = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            assert!(!text.is_empty() && text.bytes().all(legal), "{error:?}");
        }
    }

    #[test]
    fn no_two_refusals_read_the_same() {
        for (at, one) in Refusal::ALL.iter().enumerate() {
            assert!(
                Refusal::ALL[at + 1..]
                    .iter()
                    .all(|other| other.sentence() != one.sentence())
            );
        }
    }
}
