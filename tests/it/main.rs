//! Every test that looks at Dockspace from outside: the built program, real mail servers, and the shape of the code itself.
//! One target, because each would link all of the libraries again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "all of this is test code"
)]

mod answers;
mod architecture;
mod demo;
mod diagnostics;
mod doctor;
mod documents;
mod e2e;
mod editing;
mod example;
mod forward_auth;
mod hostile;
mod oidc;
mod password;
mod policy;
mod reference;
mod review;
mod seal;
mod secrets;
mod serve;
mod site;
mod store;
mod support;
mod web;
