//! The organisation repository's TOML files: reading them into [`crate::model::Desired`], with every problem of every file.
//!
//! Paths and bytes come in, diagnostics and a validated organisation go out. This module knows no git and reads no disk.

mod edit;
mod format;
mod kind;
mod mint;
mod outline;
#[allow(dead_code, reason = "the decoders of each kind of file build on it")]
mod reader;
pub mod rules;
pub mod schema;
mod spelling;

pub use edit::{EditError, Editor, Value};
pub use format::format;
pub use kind::Kind;
pub use mint::{MintError, complete_user, mint_id, mint_username};
pub use outline::SyntaxError;
pub use spelling::closest;
