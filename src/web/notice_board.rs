//! The app of the demonstration: one page that signs people in with the code flow and shows what it learned about them.
//!
//! It is an app like any other: another server on another port, which knows of the sign-in server its URL and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use super::extract::Query;
use super::view::see_other;
use crate::relying_party::{Arrival, Departure, RelyingParty};
use crate::templates::{Site, Templates};

/// The most people who may be on their way at once: it is a demonstration.
const DEPARTED: usize = 100;

/// What the page is made of.
struct Board {
    app: RelyingParty,
    templates: Templates,
    departed: Mutex<HashMap<String, Departure>>,
}

#[derive(Default, Serialize)]
struct Page {
    problem: String,
    name: String,
    id_token: String,
    userinfo: String,
}

/// The app.
pub fn router(app: RelyingParty, templates: Templates) -> Router {
    let board = Board {
        app,
        templates,
        departed: Mutex::default(),
    };
    Router::new()
        .route(
            "/",
            get(|State(board): State<Arc<Board>>| async move { board.page(&Page::default()) }),
        )
        .route("/sign-in", get(sign_in))
        .route("/callback", get(callback))
        .with_state(Arc::new(board))
}

async fn sign_in(State(board): State<Arc<Board>>) -> Response {
    let departure = board.app.depart(&["profile"]);
    let url = departure.url.to_string();
    let mut departed = board.departed.lock().unwrap_or_else(PoisonError::into_inner);
    if departed.len() == DEPARTED {
        departed.clear();
    }
    departed.insert(departure.state.clone(), departure);
    see_other(&url)
}

async fn callback(State(board): State<Arc<Board>>, Query(query): Query) -> Response {
    let problem = |problem: String| Page {
        problem,
        ..Page::default()
    };
    let page = match (
        board.departed(query.get("state")),
        query.get("code"),
        query.get("error"),
    ) {
        (Some(_), _, Some(error)) => problem(format!("The sign-in server says: {error}.")),
        (Some(departure), Some(code), None) => match board.app.arrive(departure, code).await {
            Ok(arrival) => told(&arrival),
            Err(error) => problem(error.to_string()),
        },
        _ => problem("Nobody was sent to sign in like this.".to_owned()),
    };
    board.page(&page)
}

fn told(arrival: &Arrival) -> Page {
    Page {
        problem: String::new(),
        name: arrival.userinfo["name"].as_str().unwrap_or("somebody").to_owned(),
        id_token: format!("{:#}", arrival.id_token),
        userinfo: format!("{:#}", arrival.userinfo),
    }
}

impl Board {
    fn departed(&self, state: Option<&str>) -> Option<Departure> {
        self.departed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(state?)
    }

    fn page(&self, page: &Page) -> Response {
        let site = Site {
            organisation: "",
            base: "",
        };
        match self.templates.render("pages/notice_board.html", &site, page) {
            Ok(html) => ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
