//! One app: who may sign in to it and why, who may not, and what it learns.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::page::Names;
use super::super::{Row, Site};
use super::Gate;
use crate::model::access::SecondFactor;
use crate::model::{Client, ClientKind, Consent};

/// How many names stand beside a rule.
const NAMED: usize = 24;

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    id: &'a str,
    name: &'a str,
    kind: &'static str,
    gate: Gate<'a>,
    second_factor: bool,
    launch: Option<&'a str>,
    hosts: Vec<&'a str>,
    returns: Vec<&'a str>,
    scopes: Vec<&'a str>,
    consent: Option<&'static str>,
    may: Vec<Rule<'a>>,
    may_count: usize,
    may_not: Vec<Rule<'a>>,
    may_not_count: usize,
    file: &'a str,
}

/// Everybody about whom the same rule decides.
#[derive(Serialize)]
struct Rule<'a> {
    rule: String,
    second_factor: Option<String>,
    people: Names<'a>,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>, client: &'a Client) -> View<'a> {
    let texts = |texts: &'a [String]| texts.iter().map(String::as_str).collect();
    let (may, may_not) = (rules(site, client, true), rules(site, client, false));
    let count = |rules: &[Rule<'_>]| rules.iter().map(|rule| rule.people.count).sum();
    View {
        id: client.id.as_str(),
        name: &client.name,
        kind: super::kind_of_app(client.kind),
        gate: Gate::of(client),
        second_factor: client.require_totp,
        launch: client.launch_url.as_ref().map(url::Url::as_str),
        hosts: texts(&client.hosts),
        returns: texts(&client.redirect_uris),
        scopes: match client.kind {
            ClientKind::ForwardAuth => Vec::new(),
            ClientKind::Confidential | ClientKind::Public => texts(&client.scopes),
        },
        consent: match (client.kind, client.consent) {
            (ClientKind::ForwardAuth, _) => None,
            (_, Consent::Explicit) => Some("asked each time"),
            (_, Consent::Remember) => Some("asked once"),
            (_, Consent::Skip) => Some("not asked"),
        },
        may_count: count(&may),
        may,
        may_not_count: count(&may_not),
        may_not,
        file: client.origin.path().as_str(),
    }
}

/// The rules that let in, or keep out, with those whom they concern; the most people first.
fn rules<'a>(site: &Site<'a>, client: &'a Client, allowed: bool) -> Vec<Rule<'a>> {
    let mut rules: BTreeMap<(String, Option<String>), Vec<&'a Row>> = BTreeMap::new();
    for (standing, rows) in &site.standings {
        let decision = standing.decide(site.desired, client);
        if decision.allowed == allowed {
            let asked = match decision.second_factor {
                SecondFactor::ByGroup(_) if allowed => Some(decision.second_factor.to_string()),
                SecondFactor::NotRequired | SecondFactor::ByClient | SecondFactor::ByGroup(_) => None,
            };
            rules
                .entry((decision.rule.to_string(), asked))
                .or_default()
                .extend(rows);
        }
    }
    let mut rules: Vec<_> = rules
        .into_iter()
        .map(|((rule, second_factor), rows)| Rule {
            rule,
            second_factor,
            people: Names::first(NAMED, &rows),
        })
        .collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.people.count));
    rules
}
