//! The organisation repository's TOML files: reading them into [`crate::model::Desired`], with every problem of every file.
//!
//! Paths and bytes come in, diagnostics and a validated organisation go out. This module knows no git and reads no disk.

mod kind;
#[allow(dead_code, reason = "the decoders of each kind of file build on it")]
mod reader;
pub mod rules;
#[allow(dead_code, reason = "used by the reader")]
mod spelling;

pub use kind::Kind;
