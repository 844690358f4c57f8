//! Mail arrives: no circles, and not at too many places.
//!
//! Postfix replaces an address by its targets, and those by theirs. An address that is among its own targets (a user who keeps a
//! copy) is not replaced again, so it ends a circle; see `cleanup_map1n_internal` in Postfix.

use std::collections::{HashMap, HashSet};

use super::{Addresses, addresses::Holder, place, problem};
use crate::{
    diagnostic::{Place, Report},
    document::{
        decode::user::UserFile,
        files::Files,
        rules::address::{LOOP, TOO_WIDE},
    },
    model::{Address, AliasTarget},
};

/// Postfix's `virtual_alias_expansion_limit` and `virtual_alias_recursion_limit`, by default.
const LIMIT: usize = 1000;

pub(super) fn check(files: &Files, addresses: &Addresses<'_>, report: &mut Report) {
    let mut graph = Graph::new(files);
    graph.connect(files, addresses);
    let mut walk = Walk {
        graph: &graph,
        states: vec![State::New; graph.nodes.len()],
        report,
    };
    for start in 0..graph.nodes.len() {
        walk.from(start);
    }
}

/// An address that is replaced by others.
struct Node<'a> {
    name: &'a str,
    place: Place,
    next: Vec<usize>,
    /// Targets that are not replaced further.
    ends: usize,
    /// Whether it is among its own targets.
    keeps: bool,
}

struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    by_name: HashMap<&'a str, usize>,
    members: HashMap<&'a str, Vec<&'a UserFile>>,
}

/// Whether a user's mail is sent on.
fn forwards(user: &UserFile) -> bool {
    user.has_mailbox() && !user.forward.is_empty()
}

impl<'a> Graph<'a> {
    fn new(files: &'a Files) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            by_name: HashMap::new(),
            members: members(files),
        };
        for file in &files.aliases {
            for entry in &file.aliases {
                graph.add(entry.address.as_str(), place(&file.origin, entry.span), false);
            }
            if let Some(to) = &file.catch_all {
                graph.add(file.domain.as_str(), place(&file.origin, to.span), false);
            }
        }
        for user in files.users.iter().filter(|user| forwards(user)) {
            graph.add(user.address.as_str(), user.origin.of("forward"), user.keep_copy);
        }
        graph
    }

    fn add(&mut self, name: &'a str, place: Place, keeps: bool) {
        self.by_name.entry(name).or_insert(self.nodes.len());
        self.nodes.push(Node {
            name,
            place,
            next: Vec::new(),
            ends: usize::from(keeps),
            keeps,
        });
    }

    fn connect(&mut self, files: &'a Files, addresses: &Addresses<'a>) {
        let mut from = 0;
        for file in &files.aliases {
            let catch_all = file.catch_all.iter().map(|to| &to.targets);
            for targets in file.aliases.iter().map(|entry| &entry.targets).chain(catch_all) {
                let mut seen = HashSet::new();
                for target in targets {
                    match &target.value {
                        AliasTarget::Address(address) => self.lead(from, address, addresses, &mut seen),
                        AliasTarget::Group(group) => self.lead_to_group(from, group.as_str(), &mut seen),
                    }
                }
                from += 1;
            }
        }
        for user in files.users.iter().filter(|user| forwards(user)) {
            let mut seen = HashSet::new();
            for target in user
                .forward
                .iter()
                .filter(|target| target.value.without_tag() != user.address)
            {
                self.lead(from, &target.value, addresses, &mut seen);
            }
            from += 1;
        }
    }

    /// Mail to `from` goes to `target` too.
    fn lead(&mut self, from: usize, target: &'a Address, addresses: &Addresses<'a>, seen: &mut HashSet<&'a str>) {
        match addresses.find(target) {
            None => self.lead_to(from, target.as_str(), seen),
            Some(Holder::Shared(_, entry)) => self.lead_to(from, entry.address.as_str(), seen),
            Some(Holder::Mailbox(user) | Holder::Own(user, _)) if user.has_mailbox() => {
                self.lead_to(from, user.address.as_str(), seen);
            }
            Some(Holder::Mailbox(_) | Holder::Own(..)) => {}
        }
    }

    fn lead_to_group(&mut self, from: usize, group: &str, seen: &mut HashSet<&'a str>) {
        for user in self.members.get(group).cloned().unwrap_or_default() {
            self.lead_to(from, user.address.as_str(), seen);
        }
    }

    fn lead_to(&mut self, from: usize, name: &'a str, seen: &mut HashSet<&'a str>) {
        if !seen.insert(name) {
            return;
        }
        match self.by_name.get(name) {
            Some(to) => self.nodes[from].next.push(*to),
            None => self.nodes[from].ends += 1,
        }
    }
}

/// Those who have a mailbox, by group; of the groups that mail goes to.
fn members(files: &Files) -> HashMap<&str, Vec<&UserFile>> {
    let mut members: HashMap<&str, Vec<&UserFile>> = HashMap::new();
    for file in &files.aliases {
        let catch_all = file.catch_all.iter().flat_map(|to| &to.targets);
        for target in file.aliases.iter().flat_map(|entry| &entry.targets).chain(catch_all) {
            if let AliasTarget::Group(group) = &target.value {
                members.insert(group.as_str(), Vec::new());
            }
        }
    }
    for user in files.users.iter().filter(|user| user.has_mailbox()) {
        for group in &user.groups {
            if let Some(list) = members.get_mut(group.value.as_str()) {
                list.push(user);
            }
        }
    }
    members
}

#[derive(Clone, Copy)]
enum State {
    New,
    /// On the way that is being followed.
    Open,
    Done {
        /// Recipients in all.
        width: usize,
        /// Steps to the farthest one.
        depth: usize,
    },
}

/// Follows every way once, without recursion: a chain of aliases may be as long as the repository.
struct Walk<'g, 'a, 'r> {
    graph: &'g Graph<'a>,
    states: Vec<State>,
    report: &'r mut Report,
}

impl Walk<'_, '_, '_> {
    fn from(&mut self, start: usize) {
        if !matches!(self.states[start], State::New) {
            return;
        }
        let mut way = vec![(start, 0)];
        self.states[start] = State::Open;
        while let Some((node, step)) = way.last_mut() {
            let Some(next) = self.graph.nodes[*node].next.get(*step).copied() else {
                self.close(*node);
                way.pop();
                continue;
            };
            *step += 1;
            match self.states[next] {
                State::New => {
                    self.states[next] = State::Open;
                    way.push((next, 0));
                }
                State::Open => self.circle(&way, next),
                State::Done { .. } => {}
            }
        }
    }

    /// The way has come back to `to`.
    fn circle(&mut self, way: &[(usize, usize)], to: usize) {
        let nodes = &self.graph.nodes;
        let start = way.iter().position(|(node, _)| *node == to).unwrap_or(0);
        let circle: Vec<&Node<'_>> = way[start..].iter().map(|(node, _)| &nodes[*node]).collect();
        if circle.iter().any(|node| node.keeps) {
            return;
        }
        let first = circle
            .iter()
            .enumerate()
            .min_by_key(|(_, node)| node.name)
            .map_or(0, |(at, _)| at);
        let turned: Vec<&Node<'_>> = (0..circle.len())
            .map(|at| circle[(first + at) % circle.len()])
            .collect();
        let names: Vec<String> = turned
            .iter()
            .chain(turned.first())
            .map(|node| format!("`{}`", node.name))
            .collect();
        let shown = if names.len() > 10 {
            format!("{} → … → {}", names[..8].join(" → "), names[0])
        } else {
            names.join(" → ")
        };
        let mut found = problem(
            &LOOP,
            turned[0].place.clone(),
            format!("mail goes round in circles: {shown}"),
        );
        for node in turned.iter().skip(1).take(8) {
            found = found.related(node.place.clone(), format!("through `{}`", node.name));
        }
        self.report
            .push(found.hint("take one of them out, or let a user in it keep a copy (keep_copy = true)"));
    }

    fn close(&mut self, node: usize) {
        let here = &self.graph.nodes[node];
        let (mut width, mut depth, mut told) = (here.ends, 0, false);
        for next in &here.next {
            if let State::Done {
                width: more,
                depth: further,
            } = self.states[*next]
            {
                told |= more > LIMIT || further > LIMIT;
                width = width.saturating_add(more);
                depth = depth.max(further);
            }
        }
        depth += 1;
        self.states[node] = State::Done { width, depth };
        if told || (width <= LIMIT && depth <= LIMIT) {
            return;
        }
        let message = format!(
            "mail to `{}` goes to {width} recipients through {depth} steps; {LIMIT} of each is the most",
            here.name
        );
        self.report.push(problem(&TOO_WIDE, here.place.clone(), message));
    }
}
