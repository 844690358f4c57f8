//! Everything about an app: who may sign in, by which key of its file.

use super::{Answer, Line};
use crate::model::{AnyOf, Client, Desired, GroupName, access::access};

/// What is known of an app.
pub(in crate::cli) fn client(desired: &Desired, client: &Client) -> Answer {
    let at = |key: &str| client.origin.of(key);
    let mut lines = vec![Line::new("kind", client.kind.as_str(), at("kind"))];
    match &client.gate.any {
        AnyOf::Everyone => lines.push(Line::new("open to", "every active person", at("groups"))),
        AnyOf::Groups(groups) if groups.is_empty() => lines.push(Line::new("open to", "nobody", at("groups"))),
        AnyOf::Groups(groups) => lines.extend(
            groups
                .iter()
                .map(|group| members(desired, "open to", group, at("groups"))),
        ),
    }
    let all = client.gate.all.iter();
    lines.extend(all.map(|group| members(desired, "and only to", group, at("groups_all"))));
    let none = client.gate.none.iter();
    lines.extend(none.map(|group| members(desired, "closed to", group, at("groups_none"))));
    if client.require_totp {
        lines.push(Line::new("second factor", "required by the app", at("require_totp")));
    }
    lines.extend(
        client
            .redirect_uris
            .iter()
            .map(|uri| Line::new("returns to", uri, at("redirect_uris"))),
    );
    lines.extend(
        client
            .hosts
            .iter()
            .map(|host| Line::new("answers for", host, at("hosts"))),
    );
    let may = desired
        .users
        .values()
        .filter(|user| access(desired, user, client).allowed)
        .count();
    let people = if may == 1 {
        "1 may sign in".to_owned()
    } else {
        format!("{may} may sign in")
    };
    let of = format!("{people}, of {}: dockspace who-can {}", desired.users.len(), client.id);
    lines.push(Line::new("people", of, at("groups")));
    Answer {
        kind: "client",
        name: client.id.to_string(),
        title: format!("{} ({})", client.name, client.id),
        lines,
    }
}

fn members(desired: &Desired, topic: &'static str, group: &GroupName, place: crate::diagnostic::Place) -> Line {
    let count = desired
        .users
        .values()
        .filter(|user| user.groups.contains(group))
        .count();
    let members = if count == 1 {
        "1 member".to_owned()
    } else {
        format!("{count} members")
    };
    Line::about(topic, group.as_str(), members, place)
}
