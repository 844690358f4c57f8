//! `aliases/DOMAIN.toml`: shared aliases and the catch-all.

use crate::{
    diagnostic::Span,
    document::{
        reader::{At, Table, Value},
        rules::address::{ALIAS, NO_TARGET, TARGET},
    },
    model::{Address, AliasTarget, Domain, GroupName, Origin},
};

/// The aliases of one domain as their file has them.
#[derive(Debug)]
pub(in crate::document) struct AliasFile {
    pub(in crate::document) domain: Domain,
    pub(in crate::document) aliases: Vec<AliasEntry>,
    pub(in crate::document) catch_all: Option<Targets>,
    pub(in crate::document) origin: Origin,
}

/// An alias and where its name stands.
#[derive(Debug)]
pub(in crate::document) struct AliasEntry {
    pub(in crate::document) address: Address,
    pub(in crate::document) span: Span,
    pub(in crate::document) targets: Vec<At<AliasTarget>>,
}

/// Where the catch-all goes, and where that stands.
#[derive(Debug)]
pub(in crate::document) struct Targets {
    pub(in crate::document) span: Span,
    pub(in crate::document) targets: Vec<At<AliasTarget>>,
}

pub(in crate::document) fn decode(mut table: Table<'_, '_>, domain: Domain) -> AliasFile {
    let aliases = table.table("aliases").map_or_else(Vec::new, |aliases| {
        let sink = aliases.sink();
        let entry = |(key, value): (At<&str>, Value<'_, '_>)| {
            let address = Address::alias(&format!("{}@{domain}", key.value));
            let address =
                address.map_err(|error| sink.push(sink.at(&ALIAS, key.span, format!("{}: {error}", value.label()))));
            let targets = targets(value);
            Some(AliasEntry {
                address: address.ok()?,
                span: key.span,
                targets,
            })
        };
        aliases.entries().filter_map(entry).collect()
    });
    let catch_all = table.table("catch_all").map(|mut catch_all| {
        if !catch_all.has("to") {
            catch_all.missing("to", format!("to = [\"postmaster@{domain}\"]"));
        }
        let to = catch_all.get("catch_all.to");
        let span = to.as_ref().map_or_else(|| catch_all.span(), Value::span);
        let targets = to.map_or_else(Vec::new, targets);
        table.absorb(catch_all);
        Targets { span, targets }
    });
    AliasFile {
        domain,
        aliases,
        catch_all,
        origin: table.origin(),
    }
}

fn targets(value: Value<'_, '_>) -> Vec<At<AliasTarget>> {
    if value.is_empty_list() {
        value.refuse(&NO_TARGET, "it has no target");
    }
    value.list(&TARGET, target)
}

fn target(text: &str) -> Result<AliasTarget, String> {
    match text.strip_prefix("group:") {
        Some(name) => GroupName::parse(name)
            .map(AliasTarget::Group)
            .map_err(|error| error.to_string()),
        None => Address::external(text)
            .map(AliasTarget::Address)
            .map_err(|error| error.to_string()),
    }
}
