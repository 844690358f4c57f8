//! The OpenID Connect provider. It knows no HTTP: it decides, and whoever serves the answer renders it.
//!
//! A [`Provider`] lives as long as the server. Each request is answered at a [`Desk`]: one revision of the organisation, made
//! ready once as a [`Realm`], and one caller. What is remembered between two requests stands in [`records`].
//!
//! ```text
//! authorize → [sign-in, second factor, consent] → resume → code → token → userinfo
//!                                                            └──→ refresh …  introspect, revoke, end-session
//! ```
//!
//! It does not check passwords, which is for `auth`, and decides no gate of its own: [`crate::model::access`] does.

mod acr;
pub mod authorize;
mod backchannel;
mod bearer;
pub mod claims;
pub mod claims_request;
pub mod client_auth;
pub mod discovery;
mod error;
pub mod forward_auth;
pub mod id_token;
mod introspect;
pub mod keys;
pub mod logout;
mod mail_token;
mod params;
pub mod pkce;
mod posted;
mod provider;
pub mod realm;
pub mod records;
pub mod redirect;
mod revocation;
mod revoke;
mod scope;
pub mod token;

pub use acr::Acr;
pub use authorize::{Answer, NoAccess, Page, Step};
pub use bearer::Carrier;
pub use client_auth::Presented;
pub use error::{Code, Error, Refusal};
pub use logout::Leave;
pub use params::Params;
pub use provider::{Desk, Parts, Provider};
pub use realm::{OtherIssuer, Realm};
pub use records::{Interaction, Login};
pub use redirect::{Response, ResponseMode};
pub use scope::{Scope, Scopes};
pub use token::Tokens;
