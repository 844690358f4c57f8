//! What browsers and apps talk to: pages and endpoints over HTTP, and nothing that decides.
//!
//! A handler reads its input through an extractor, calls one function of `auth`, `oidc` or another module below, and turns the
//! answer into a page or a redirect. It knows no SQL, no file and no git. Who may see a page stands in the signature of its
//! handler: one without [`extract::SignedIn`] shows nothing about anybody. The rules that hold for every answer (headers, limits,
//! cross-origin requests, panics) are layers, in [`layers`]; every path stands in [`router()`].
//!
//! ```text
//! request → layers → router → extract → auth / oidc → view → template → layers → response
//! ```

pub mod app;
pub mod cookie;
pub mod error;
pub mod extract;
mod forward_auth;
pub mod front;
pub mod health;
pub mod layers;
pub mod listen;
pub mod notice_board;
pub mod oidc;
pub mod pages;
pub mod peer;
pub mod return_address;
pub mod router;
pub mod view;

pub use app::{App, Config, Parts, SiteReader};
pub use peer::{Network, Peer};
pub use router::router;
