//! The overview: how many there are of what, who looks after it, and which domains there are.

use serde::Serialize;

use super::super::page::Names;
use super::super::{Commit, Site};
use crate::model::State;
use crate::model::access::Kind;

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    organisation: &'a str,
    commit: Option<&'a str>,
    people: usize,
    shared: usize,
    test: usize,
    states: Vec<Count>,
    groups: usize,
    apps: usize,
    aliases: usize,
    admin_group: &'a str,
    admins: Names<'a>,
    domains: Vec<Domain<'a>>,
    findings: usize,
    recent: Vec<Recent<'a>>,
}

/// A commit of late.
#[derive(Serialize)]
struct Recent<'a> {
    day: &'a str,
    subject: &'a str,
    author: &'a str,
}

/// How many are in a state other than active.
#[derive(Serialize)]
struct Count {
    count: usize,
    state: &'static str,
}

#[derive(Serialize)]
struct Domain<'a> {
    name: &'a str,
    mailboxes: usize,
    aliases: usize,
    quota: Option<String>,
    catch_all: bool,
    test: bool,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>) -> View<'a> {
    let desired = site.desired;
    let of_kind = |kind| site.people.iter().filter(|row| row.kind == kind).count();
    let admin_group = desired.organisation.admin_group.as_str();
    let count = |state: State| Count {
        count: site.people.iter().filter(|row| row.state == state).count(),
        state: state.as_str(),
    };
    View {
        organisation: &desired.organisation.name,
        commit: site.commit.map(|commit| &commit[..commit.len().min(12)]),
        people: of_kind(Kind::Person),
        shared: of_kind(Kind::Shared),
        test: of_kind(Kind::Test),
        states: [State::Locked, State::Suspended, State::Absent]
            .into_iter()
            .map(count)
            .filter(|count| count.count > 0)
            .collect(),
        groups: desired.groups.len(),
        apps: desired.clients.len(),
        aliases: desired.aliases.len(),
        admin_group,
        admins: Names::first(12, site.members(admin_group)),
        domains: domains(site),
        findings: site.findings.len(),
        recent: site.history.commits.iter().take(5).map(recent).collect(),
    }
}

fn recent(commit: &Commit) -> Recent<'_> {
    Recent {
        day: commit.day(),
        subject: &commit.subject,
        author: &commit.author,
    }
}

fn domains<'a>(site: &Site<'a>) -> Vec<Domain<'a>> {
    let of_domain = |(name, settings): (&'a crate::model::Domain, &'a crate::model::DomainSettings)| Domain {
        name: name.as_str(),
        mailboxes: site
            .people
            .iter()
            .filter(|row| row.address.domain() == name.as_str())
            .count(),
        aliases: site
            .desired
            .aliases
            .keys()
            .filter(|alias| alias.domain() == name.as_str())
            .count(),
        quota: settings.quota.map(|quota| quota.to_string()),
        catch_all: site.desired.catch_alls.contains_key(name),
        test: settings.test,
    };
    site.desired.domains.iter().map(of_domain).collect()
}
