//! Mail routes: what becomes of mail to an address that is no mailbox. By domain, because that is how aliases are kept.

use serde::Serialize;

use super::super::Site;
use super::super::drawing::{Drawing, Graph, Step};
use super::super::page::Page;
use crate::mailserver::{Ends, Routing};
use crate::model::{Address, Alias, AliasTarget, Domain, SystemTarget};

/// The most routes that are drawn: what fits a screen and can still be followed by eye.
const DRAWN: usize = 40;

/// The first page: domains, and what belongs to no domain.
#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    domains: Vec<Summary<'a>>,
    patterns: Vec<Pattern<'a>>,
    system: Vec<(&'a str, Vec<&'a str>)>,
    relays: Vec<(&'a str, Option<&'a str>)>,
}

#[derive(Serialize)]
struct Summary<'a> {
    name: &'a str,
    file: String,
    shared: usize,
    own: usize,
    forwards: usize,
    catch_all: bool,
}

/// Addresses by a regular expression; the first that matches counts.
#[derive(Serialize)]
struct Pattern<'a> {
    pattern: &'a str,
    to: Vec<End<'a>>,
}

/// The routes of one domain.
#[derive(Serialize)]
pub(in crate::site) struct DomainView<'a> {
    name: &'a str,
    routes: Vec<Route<'a>>,
    own: Vec<Own<'a>>,
    forwards: Vec<Own<'a>>,
    drawing: Option<Drawing>,
    file: String,
}

#[derive(Serialize)]
struct Route<'a> {
    /// The address; the domain with an `@` for its catch-all.
    from: String,
    id: String,
    written: Vec<Target<'a>>,
    ends: Vec<End<'a>>,
    /// Targets that take no mail now.
    gone: Vec<&'a str>,
}

/// A target as it is written.
#[derive(Serialize)]
struct Target<'a> {
    text: &'a str,
    group: bool,
}

/// Where mail ends: in a mailbox, or elsewhere.
#[derive(Serialize)]
struct End<'a> {
    address: &'a str,
    mailbox: bool,
}

/// Another address of one mailbox, or where its mail is sent on to.
#[derive(Serialize)]
struct Own<'a> {
    from: &'a str,
    to: Vec<End<'a>>,
}

fn ends<'a>(ends: &Ends<'a>) -> Vec<End<'a>> {
    let end = |mailbox| {
        move |address: &&'a Address| End {
            address: address.as_str(),
            mailbox,
        }
    };
    let mailboxes = ends.mailboxes.iter().map(end(true));
    mailboxes.chain(ends.elsewhere.iter().map(end(false))).collect()
}

pub(in crate::site) fn view<'a>(site: &Site<'a>) -> View<'a> {
    let desired = site.desired;
    let routing = site.routing();
    let of = |address: &Address, name: &Domain| address.domain() == name.as_str();
    let users = || desired.users.values();
    let summary = |name: &'a Domain| Summary {
        name: name.as_str(),
        file: Page::Domain(name.clone()).path().replace("internal/", ""),
        shared: desired.aliases.keys().filter(|alias| of(alias, name)).count(),
        own: users()
            .flat_map(|user| &user.aliases)
            .filter(|alias| of(alias, name))
            .count(),
        forwards: users()
            .filter(|user| of(&user.address, name) && !user.forward.is_empty())
            .count(),
        catch_all: desired.catch_alls.contains_key(name),
    };
    let pattern = |regexp: &'a crate::model::Regexp| Pattern {
        pattern: &regexp.pattern,
        to: ends(&routing.ends_of(&regexp.to)),
    };
    let target = |target: &'a SystemTarget| match target {
        SystemTarget::DevNull => "thrown away",
        SystemTarget::Address(address) => address.as_str(),
    };
    View {
        domains: desired.domains.keys().map(summary).collect(),
        patterns: desired.mail.regexp.iter().map(pattern).collect(),
        system: desired
            .mail
            .system_aliases
            .iter()
            .map(|(name, to)| (name.as_str(), to.iter().map(target).collect()))
            .collect(),
        relays: desired
            .mail
            .relay
            .iter()
            .map(|(domain, relay)| (domain.as_str(), relay.host.as_deref()))
            .collect(),
    }
}

pub(in crate::site) fn of_domain<'a>(site: &Site<'a>, name: &'a Domain) -> DomainView<'a> {
    let desired = site.desired;
    let routing = site.routing();
    let of = |address: &Address| address.domain() == name.as_str();
    let shared = desired.aliases.iter().filter(|(address, _)| of(address));
    let mut routes: Vec<Route<'a>> = shared
        .map(|(address, alias)| route(routing, address.as_str().to_owned(), alias))
        .collect();
    let catch_all = desired.catch_alls.get(name);
    routes.extend(catch_all.map(|alias| route(routing, format!("@{name}"), alias)));
    let users = || desired.users.values();
    let mut own: Vec<Own<'a>> = users()
        .flat_map(|user| user.aliases.iter().map(move |alias| (alias, user)))
        .filter(|(alias, _)| of(alias))
        .map(|(alias, user)| Own {
            from: alias.as_str(),
            to: ends(&routing.ends_of(std::slice::from_ref(&user.address))),
        })
        .collect();
    own.sort_by_key(|own| own.from);
    let forwards = users().filter(|user| of(&user.address) && user.has_mailbox() && !user.forward.is_empty());
    DomainView {
        name: name.as_str(),
        drawing: (!routes.is_empty() && routes.len() <= DRAWN)
            .then(|| drawing(site, name))
            .flatten(),
        routes,
        own,
        forwards: forwards.map(|user| forward(routing, user)).collect(),
        file: format!("aliases/{name}.toml"),
    }
}

fn route<'a>(routing: &Routing<'a>, from: String, alias: &'a Alias) -> Route<'a> {
    let found = routing.ends(&alias.targets);
    Route {
        id: from.replace('@', "-at-"),
        from,
        written: alias.targets.iter().map(target).collect(),
        ends: ends(&found),
        gone: found.gone.iter().map(|address| address.as_str()).collect(),
    }
}

fn target(target: &AliasTarget) -> Target<'_> {
    match target {
        AliasTarget::Address(address) => Target {
            text: address.as_str(),
            group: false,
        },
        AliasTarget::Group(group) => Target {
            text: group.as_str(),
            group: true,
        },
    }
}

fn forward<'a>(routing: &Routing<'a>, user: &'a crate::model::User) -> Own<'a> {
    let mut to = ends(&routing.ends_of(&user.forward));
    if user.keep_copy {
        to.insert(
            0,
            End {
                address: user.address.as_str(),
                mailbox: true,
            },
        );
    }
    Own {
        from: user.address.as_str(),
        to,
    }
}

/// The picture of the routes: what is written on the left, the mailboxes on the right, groups and further aliases between.
fn drawing(site: &Site<'_>, name: &Domain) -> Option<Drawing> {
    let desired = site.desired;
    let mut graph = Graph::default();
    let shared = desired
        .aliases
        .iter()
        .filter(|(address, _)| address.domain() == name.as_str());
    for (address, alias) in shared {
        follow(site, &mut graph, address.as_str(), alias);
    }
    if let Some(alias) = desired.catch_alls.get(name) {
        follow(site, &mut graph, &format!("@{name}"), alias);
    }
    graph.draw(&format!("Mail routes of {name}"))
}

/// Adds a route, step by step. What was added before is not followed again, so a circle could do no harm.
fn follow(site: &Site<'_>, graph: &mut Graph, from: &str, alias: &Alias) {
    if !graph.start(from) {
        return;
    }
    for target in &alias.targets {
        match target {
            AliasTarget::Group(group) => {
                let label = format!("group {group}");
                graph.lead(from, &label, Step::Between);
                if graph.start(&label) {
                    for member in site.desired.mailboxes_of(group) {
                        graph.lead(&label, member.address.as_str(), Step::Mailbox);
                    }
                }
            }
            AliasTarget::Address(address) => match site.desired.aliases.get(address) {
                Some(next) if site.desired.user(address.as_str()).is_none() => {
                    graph.lead(from, address.as_str(), Step::Between);
                    follow(site, graph, address.as_str(), next);
                }
                _ => {
                    let step = match site.desired.user(address.as_str()) {
                        Some(_) => Step::Mailbox,
                        None => Step::Elsewhere,
                    };
                    graph.lead(from, address.as_str(), step);
                }
            },
        }
    }
}
