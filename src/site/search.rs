//! What the search knows: one script that holds the names of everybody and everything, for a browser to look through.
//!
//! A script and not a file to fetch, because a page that was opened from a folder may not fetch its neighbours.

use serde::Serialize;

use super::Site;

/// The index: short keys, because it grows with the organisation.
#[derive(Serialize)]
struct Index<'a> {
    /// People: name, address, username.
    p: Vec<(&'a str, &'a str, &'a str)>,
    /// Groups: name, description.
    g: Vec<(&'a str, &'a str)>,
    /// Apps: name, id.
    a: Vec<(&'a str, &'a str)>,
}

/// The script, which defines one constant.
pub(super) fn script(site: &Site<'_>) -> String {
    let index = Index {
        p: site
            .by_name
            .iter()
            .map(|row| (row.name.as_str(), row.address.as_str(), row.username.as_str()))
            .collect(),
        g: site
            .desired
            .groups
            .values()
            .map(|group| (group.name.as_str(), group.description.as_str()))
            .collect(),
        a: site
            .desired
            .clients
            .values()
            .map(|client| (client.name.as_str(), client.id.as_str()))
            .collect(),
    };
    // Names and numbers of our own: nothing that JSON could refuse.
    let json = serde_json::to_string(&index).unwrap_or_default();
    format!("const dockspaceIndex = {json};\n")
}
