//! What an authorization request still lacks: one pure function, asked when the request comes and again after every page.

use super::request::{Interactive, Request};
use crate::model::access::SecondFactor;
use crate::model::{Client, ClientKind, Consent, User};
use crate::oidc::claims_request::Need;
use crate::oidc::records::Login;
use crate::oidc::{Acr, Error, Realm, Scopes};

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The code, for sign-in as well as this.
    Code(Acr),
    /// The sign-in page.
    SignIn,
    /// The page for the second factor.
    StepUp,
    /// The page that asks for consent.
    Consent,
    /// The page that says no: the gate.
    NoAccess,
    /// An error for the app.
    Refuse(Error),
}

/// What is known besides the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    /// Who is signed in.
    pub login: Option<&'a Login>,
    /// What the person has agreed to at this app before.
    pub remembered: Scopes,
    /// Whether the person has agreed to this very request.
    pub agreed: bool,
    /// Whether the person has been through the pages for this request.
    pub visited: Visited,
}

/// Whether a request is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visited {
    /// It has just come.
    No,
    /// It comes back from a page.
    Yes,
}

/// Decides what comes next.
#[must_use]
pub(super) fn judge(realm: &Realm, client: &Client, request: &Request, known: Known<'_>) -> Next {
    let next = on_pages(realm, client, request, known);
    if request.interactive == Interactive::AsNeeded {
        return next;
    }
    match next {
        Next::SignIn => Next::Refuse(Error::LoginRequired),
        Next::StepUp => Next::Refuse(Error::StepUpRequired),
        Next::Consent => Next::Refuse(Error::ConsentRequired),
        Next::NoAccess => Next::Refuse(Error::GateClosed),
        Next::Code(_) | Next::Refuse(_) => next,
    }
}

fn on_pages(realm: &Realm, client: &Client, request: &Request, known: Known<'_>) -> Next {
    let person = known.login.and_then(|login| Some((login, realm.user(&login.user)?)));
    let Some((login, user)) = person else {
        return Next::SignIn;
    };
    let someone_else = request.subject.as_ref().is_some_and(|subject| *subject != login.user);
    let too_old = request.signed_in_after.is_some_and(|after| match known.visited {
        // Who signed in at the very moment of a request did so before it.
        Visited::No => after.is_at_or_after(login.at),
        Visited::Yes => after.is_after(login.at),
    });
    match known.visited {
        _ if too_old => return Next::SignIn,
        Visited::No if someone_else => return Next::SignIn,
        // Asked to be somebody else, the person stayed who they are.
        Visited::Yes if someone_else => return Next::Refuse(Error::LoginRequired),
        Visited::No | Visited::Yes => {}
    }
    let verdict = realm.access(user, client);
    if !verdict.allowed {
        return Next::NoAccess;
    }
    let gated = verdict.second_factor != SecondFactor::NotRequired;
    if login.acr() < Acr::SecondFactor && (gated || wants_second_factor(request, user)) {
        return Next::StepUp;
    }
    if !known.agreed && must_ask(client, request, known.remembered) {
        return Next::Consent;
    }
    Next::Code(stated(request, login.acr()))
}

/// Whether the app asks for a second factor and will not take less. Where it would be nice to have, it is asked of those who
/// have one.
fn wants_second_factor(request: &Request, user: &User) -> bool {
    request.claims.acr.as_ref().is_some_and(|acr| {
        let only = acr.values.iter().all(|value| *value == Acr::SecondFactor);
        only && (acr.need == Need::Essential || user.credentials.totp.is_some())
    })
}

/// The context that the ID token states: what was reached, or less where the app knows nothing else.
fn stated(request: &Request, reached: Acr) -> Acr {
    let asked = request.claims.acr.as_ref().map_or(&[][..], |acr| &acr.values);
    let met = asked.iter().copied().filter(|value| *value <= reached).max();
    met.unwrap_or(reached)
}

fn must_ask(client: &Client, request: &Request, remembered: Scopes) -> bool {
    match client.consent {
        Consent::Skip => false,
        Consent::Explicit => true,
        Consent::Remember => {
            request.ask_again || !may_remember(client, request) || !request.asks().is_within(remembered)
        }
    }
}

/// Another program on the person's machine can pose as an app without a web address: it is asked for each time (RFC 8252 §8.6).
fn may_remember(client: &Client, request: &Request) -> bool {
    client.kind != ClientKind::Public || request.to.redirect_uri.starts_with("https://")
}
