//! `/consent`: may the app know? The page is in [`crate::web::pages::consent`], what the answer means in [`crate::oidc`].

use axum::extract::State;
use axum::response::Response;

use super::answer::{refuse, show as answer};
use super::input::{Form, Query, login};
use crate::oidc::discovery::path;
use crate::oidc::{Answer, Params, Refusal};
use crate::web::app::Shared;
use crate::web::error::PageError;
use crate::web::extract::{Address, SignedIn};
use crate::web::pages::consent::{self, Question};
use crate::web::view::see_other;

/// `GET /consent?request=…`.
pub(in crate::web) async fn show(
    State(app): State<Shared>,
    signed_in: Option<SignedIn>,
    Query(query): Query,
) -> Result<Response, PageError> {
    let id = id(&query);
    let desk = app.desk(None);
    let request = match desk.interaction(id).await {
        Ok(interaction) => interaction.request,
        Err(refusal) => return refuse(&app, refusal),
    };
    // Whoever comes here without a session or for another app is sent to where that is found out.
    let (Some(signed_in), Some(client)) = (signed_in, desk.realm.app(&request.to.client)) else {
        return Ok(see_other(&app.config.path(&format!("{}?request={id}", path::RESUME))));
    };
    let scopes: Vec<String> = request.asks().iter().map(|scope| scope.as_str().to_owned()).collect();
    let question = Question {
        action: &app.config.path(&format!("/consent?request={id}")),
        app: &client.name,
        redirect_host: &request.to.host(),
        scopes: &scopes,
    };
    consent::show(&app, &signed_in.user, &question)
}

/// `POST /consent?request=…`.
pub(in crate::web) async fn submit(
    State(app): State<Shared>,
    Address(from): Address,
    signed_in: Option<SignedIn>,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let decision = match form.as_ref().ok().and_then(|form| form.get("decision")) {
        Some("allow") => Answer::Allow,
        Some("deny") => Answer::Deny,
        _ => return refuse(&app, Refusal::Malformed),
    };
    let desk = app.desk(Some(from));
    let login = login(signed_in.as_ref());
    answer(&app, desk.answer(id(&query), login.as_ref(), decision).await)
}

fn id(query: &Params) -> &str {
    query.get("request").unwrap_or_default()
}
