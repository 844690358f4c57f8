//! All apps.

use serde::Serialize;

use super::super::Site;
use super::Gate;

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    kind: &'static str,
    gate: Gate<'a>,
    second_factor: bool,
    /// How many people may sign in.
    people: usize,
    host: Option<&'a str>,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>) -> View<'a> {
    let row = |client: &'a crate::model::Client| Row {
        id: client.id.as_str(),
        name: &client.name,
        kind: super::kind_of_app(client.kind),
        gate: Gate::of(client),
        second_factor: client.require_totp,
        people: super::access::may(site, client),
        host: client.launch_url.as_ref().and_then(|url| url.host_str()),
    };
    View {
        rows: site.desired.clients.values().map(row).collect(),
    }
}
