//! The OpenID Connect provider. It knows no HTTP: it decides, and whoever serves the answer renders it.

pub mod keys;
