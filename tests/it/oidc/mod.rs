//! The OpenID Connect provider over real HTTP, by apps and browsers of our own and by a foreign one.
//!
//! Names begin with the requirement they hold the provider to: `b…` of the certification's Basic OP profile, `f…` of Form Post,
//! `k…` of Config, `l…` of RP-Initiated Logout, `c…` of Back-Channel Logout, `row_…` of the security checklist.

mod addresses;
mod again;
mod apache;
mod app;
mod attack;
mod authorize;
mod basic;
mod clients;
mod closed;
mod code;
mod discovery;
mod foreign;
mod form_post;
mod gate;
mod headers;
mod hints;
mod logout;
mod mail_token;
mod notices;
mod offered;
mod refresh;
mod replicas;
mod rubbish;
mod trail;
