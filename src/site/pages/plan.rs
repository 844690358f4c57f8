//! The preview of a plan: what would change, for whom, and who would gain or lose access; what asks most to be looked at first.

use serde::Serialize;

use super::super::{Preview, Site};
use super::person;
use crate::model::{Address, ClientId};
use crate::plan::effects::Effect;
use crate::plan::told::{self, Risk, Told, ToldGuard};
use crate::site::page::Name;

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    id: String,
    base: Option<&'a str>,
    head: Option<&'a str>,
    total: usize,
    guards: Vec<ToldGuard>,
    access: Vec<Access<'a>>,
    signed_out: Vec<Name<'a>>,
    effects: Vec<Told>,
    risks: Vec<Section>,
}

/// Who gains or loses an app.
#[derive(Serialize)]
struct Access<'a> {
    id: &'a str,
    name: &'a str,
    /// Whether the app is there after the change, to lead to.
    stays: bool,
    gained: Vec<Name<'a>>,
    lost: Vec<Name<'a>>,
    second_factor: Vec<Name<'a>>,
}

/// The facts of one risk.
#[derive(Serialize)]
struct Section {
    risk: Risk,
    title: &'static str,
    facts: Vec<Told>,
}

pub(in crate::site) fn view<'a>(site: &Site<'a>, preview: Preview<'a>) -> View<'a> {
    let plan = preview.plan;
    let names = |addresses: &'a [Address]| addresses.iter().map(|address| person(site, address)).collect();
    let commit =
        |version: &'a crate::plan::Version| version.commit.as_deref().map(|commit| &commit[..commit.len().min(12)]);
    let mut view = View {
        id: plan.id().to_string(),
        base: plan.base.as_ref().and_then(commit),
        head: commit(&plan.head),
        total: plan.facts.len(),
        guards: told::guards(plan),
        access: Vec::new(),
        signed_out: Vec::new(),
        effects: Vec::new(),
        risks: sections(told::facts(plan)),
    };
    for (effect, told) in plan.effects.iter().zip(told::effects(plan)) {
        match effect {
            Effect::Access {
                client,
                gained,
                lost,
                second_factor,
            } => view.access.push(Access {
                id: client.as_str(),
                name: name(site, client),
                stays: site.desired.clients.contains_key(client),
                gained: names(gained),
                lost: names(lost),
                second_factor: names(second_factor),
            }),
            Effect::SignedOut(users) => view.signed_out.extend::<Vec<Name<'a>>>(names(users)),
            _ => view.effects.push(told),
        }
    }
    // Who loses something is asked about first.
    view.access
        .sort_by_key(|access| std::cmp::Reverse((access.lost.len(), access.gained.len())));
    view
}

fn name<'a>(site: &Site<'a>, client: &'a ClientId) -> &'a str {
    site.desired
        .clients
        .get(client)
        .map_or(client.as_str(), |client| &client.name)
}

fn sections(facts: Vec<Told>) -> Vec<Section> {
    let titles = [
        (Risk::High, "Look at these first"),
        (Risk::Medium, "Who may what, and where mail goes"),
        (Risk::Low, "All else"),
    ];
    let mut facts = facts.into_iter().peekable();
    let section = |(risk, title)| Section {
        risk,
        title,
        facts: std::iter::from_fn(|| facts.next_if(|told| told.risk == risk)).collect(),
    };
    let sections: Vec<Section> = titles.into_iter().map(section).collect();
    sections
        .into_iter()
        .filter(|section| !section.facts.is_empty())
        .collect()
}
