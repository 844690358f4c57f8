//! The organisation repository's TOML files: reading them into [`crate::model::Desired`], with every problem of every file.
//!
//! Paths and bytes come in, diagnostics and a validated organisation go out. This module knows no git and reads no disk.

mod edit;
mod kind;
mod outline;
#[allow(dead_code, reason = "the decoders of each kind of file build on it")]
mod reader;
pub mod rules;
pub mod schema;
#[allow(dead_code, reason = "used by the reader")]
mod spelling;

pub use edit::{EditError, Editor, Value};
pub use kind::Kind;
pub use outline::SyntaxError;
