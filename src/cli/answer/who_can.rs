//! Who may sign in to an app, each with the rule that decides.

use super::{Answer, Line};
use crate::model::{Client, Desired, State, access::access};

/// Everybody who is not gone, with the verdict: those who may come first.
pub(in crate::cli) fn who_can(desired: &Desired, client: &Client) -> Answer {
    let present = desired.users.values().filter(|user| user.state != State::Absent);
    let verdicts = present.map(|user| Line::verdict("user", user.address.as_str(), &access(desired, user, client)));
    let (mut lines, others): (Vec<Line>, Vec<Line>) = verdicts.partition(|line| line.allowed == Some(true));
    let (may, may_not) = (lines.len(), others.len());
    lines.extend(others);
    Answer {
        kind: "client",
        name: client.id.to_string(),
        title: format!("{} ({}): {may} may sign in, {may_not} may not", client.name, client.id),
        lines,
    }
}
