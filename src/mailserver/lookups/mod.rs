//! What docker-mailserver makes of its files.

mod grep;

pub use grep::Grep;
