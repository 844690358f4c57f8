//! `/`: who is signed in, and what for.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::model::access::access;
use crate::model::{Client, Desired, User};
use crate::web::app::{App, Shared};
use crate::web::error::PageError;
use crate::web::extract::SignedIn;
use crate::web::view::View;

#[derive(Serialize)]
struct Page {
    name: String,
    username: String,
    address: String,
    groups: Vec<String>,
    second_factor: bool,
    apps: Vec<Tile>,
    standing: Option<Standing>,
}

/// How the server stands: for administrators.
#[derive(Serialize)]
struct Standing {
    /// The revision, in a line.
    in_force: String,
    /// The head of the branch, where it is another.
    head: Option<String>,
    troubles: Vec<Trouble>,
}

#[derive(Serialize)]
struct Trouble {
    text: String,
    hint: &'static str,
}

#[derive(Serialize)]
struct Tile {
    name: String,
    url: Option<String>,
    host: String,
}

impl View for Page {
    const TEMPLATE: &'static str = "pages/home.html";
}

/// `GET /`.
pub async fn show(State(app): State<Shared>, signed_in: SignedIn) -> Result<Response, PageError> {
    let user = &signed_in.user;
    let desired = &app.feed.current().desired;
    app.page(&Page {
        name: user.name.clone(),
        username: user.username.to_string(),
        address: user.address.to_string(),
        groups: user.groups.iter().map(ToString::to_string).collect(),
        second_factor: user.credentials.totp.is_some(),
        apps: apps(desired, user),
        standing: user
            .groups
            .contains(&desired.organisation.admin_group)
            .then(|| standing(&app)),
    })
}

fn standing(app: &App) -> Standing {
    let status = app.status.current();
    let trouble = status.trouble.as_ref().map(|trouble| Trouble {
        text: trouble.to_string(),
        hint: trouble.hint(),
    });
    let restart = app.other_issuer().map(|other| Trouble {
        text: other.to_string(),
        hint: other.hint(),
    });
    Standing {
        in_force: status.in_force.in_a_line(),
        head: status
            .head
            .as_ref()
            .filter(|head| **head != status.in_force)
            .map(|head| head.in_a_line()),
        troubles: trouble.into_iter().chain(restart).collect(),
    }
}

/// What `user` may use, by name.
fn apps(desired: &Desired, user: &User) -> Vec<Tile> {
    let open = desired
        .clients
        .values()
        .filter(|client| access(desired, user, client).allowed);
    let mut tiles: Vec<_> = open.map(tile).collect();
    tiles.sort_by(|one, other| one.name.cmp(&other.name));
    tiles
}

fn tile(client: &Client) -> Tile {
    let host = client.launch_url.as_ref().and_then(|url| url.host_str());
    Tile {
        name: client.name.clone(),
        url: client.launch_url.as_ref().map(ToString::to_string),
        host: host.unwrap_or_default().to_owned(),
    }
}
