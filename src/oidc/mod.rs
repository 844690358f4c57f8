//! The OpenID Connect provider. It knows no HTTP: it decides, and whoever serves the answer renders it.

mod acr;
pub mod claims;
pub mod claims_request;
pub mod client_auth;
pub mod discovery;
mod error;
pub mod id_token;
pub mod keys;
mod params;
pub mod pkce;
pub mod realm;
pub mod redirect;
mod scope;

pub use acr::Acr;
pub use error::{Code, Error, Refusal};
pub use params::Params;
pub use realm::Realm;
pub use redirect::{Response, ResponseMode};
pub use scope::{Scope, Scopes};
