//! Facts about the organisation as a whole, its domains and targets, and who is gone for good.

use std::collections::BTreeMap;

use super::collect::{Thing, added, changed, collection, place};
use super::{Fact, Subject, sheet::Sheet};
use crate::diagnostic::Place;
use crate::model::rule::{ChangeRule, Demand, PolicyRule};
use crate::model::{
    Desired, DomainSettings, Drift, Guards, Organisation, PasswordRules, Policy, Retired, RuleName, Session, Target,
    UserId,
};

/// Adds the facts about what `dockspace.toml` says of the organisation as a whole.
pub(super) fn settings(before: Option<&Desired>, after: &Desired, facts: &mut Vec<Fact>) {
    match before {
        None => facts.push(added(Subject::Settings, &Settings(after))),
        Some(before) => changed(&Subject::Settings, &Settings(before), &Settings(after), facts),
    }
}

/// Adds the facts about mail domains and targets.
pub(super) fn domains_and_targets(before: Option<&Desired>, after: &Desired, facts: &mut Vec<Fact>) {
    let domains = before.map(|desired| &desired.domains);
    collection(domains, &after.domains, |domain| Subject::Domain(domain.clone()), facts);
    let targets = before.map(|desired| &desired.targets);
    collection(targets, &after.targets, |name| Subject::Target(name.clone()), facts);
}

/// Adds the facts about people who are gone for good.
pub(super) fn retired(before: Option<&Desired>, after: &Desired, facts: &mut Vec<Fact>) {
    let before = before.map_or(&[][..], |desired| &desired.retired);
    if before != after.retired {
        let subject = |id: &&UserId| Subject::Retired((*id).clone());
        collection(Some(&by_id(before)), &by_id(&after.retired), subject, facts);
    }
}

fn by_id(retired: &[Retired]) -> BTreeMap<&UserId, &Retired> {
    retired.iter().map(|retired| (&retired.id, retired)).collect()
}

/// The parts of an organisation that have no entry of their own.
struct Settings<'a>(&'a Desired);

impl PartialEq for Settings<'_> {
    /// There is one on each side, so nothing is gained by a quick comparison.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Thing for Settings<'_> {
    fn describe(&self, to: &mut Sheet) {
        // What is ignored here has facts of its own: see `super::facts`.
        let Desired {
            organisation,
            domains: _,
            targets: _,
            recipients,
            issuer,
            signers,
            policy,
            quota_classes,
            quota_shares,
            users: _,
            groups: _,
            aliases: _,
            catch_alls: _,
            mail: _,
            clients: _,
            keys: _,
            retired: _,
            origin: _,
        } = self.0;
        let Organisation { name, admin_group } = organisation;
        to.value("organisation.name", name);
        to.value("organisation.admin_group", admin_group);
        to.items("secrets.recipients", recipients);
        to.optional("oidc.issuer", issuer.as_ref());
        to.items("trust.signers", signers);
        describe_policy(policy, to);
        for (class, quota) in quota_classes {
            to.value(format!("quota_classes.{class}"), quota);
        }
        for (service, percent) in quota_shares {
            to.value(format!("quota_shares.{service}"), percent);
        }
    }

    fn place(&self, field: Option<&str>) -> Place {
        rule_place(&self.0.policy, field).unwrap_or_else(|| place(&self.0.origin, field))
    }
}

fn describe_policy(policy: &Policy, to: &mut Sheet) {
    let default = Policy::default();
    let Policy {
        session: Session { idle, absolute },
        password: PasswordRules {
            min_length,
            sha512_rounds,
        },
        seal_profile,
        site_groups,
        guards: Guards {
            removal_count,
            removal_percent,
        },
        drift: Drift {
            default: drift,
            passwords,
        },
        unmanaged,
        rules,
    } = policy;
    to.or_default("policy.session.idle", idle, &default.session.idle);
    to.or_default("policy.session.absolute", absolute, &default.session.absolute);
    let password = default.password;
    to.or_default("policy.password.min_length", min_length, &password.min_length);
    to.or_default("policy.password.sha512_rounds", sha512_rounds, &password.sha512_rounds);
    to.or_default("policy.seal_profile", seal_profile, &default.seal_profile);
    to.any_of("policy.site_groups", site_groups);
    let guards = default.guards;
    to.or_default("policy.guards.removals.count", removal_count, &guards.removal_count);
    to.or_default(
        "policy.guards.removals.percent",
        removal_percent,
        &guards.removal_percent,
    );
    to.or_default("policy.drift.default", drift, &default.drift.default);
    to.or_default("policy.drift.passwords", passwords, &default.drift.passwords);
    to.items("policy.unmanaged", unmanaged);
    for (name, rule) in rules {
        describe_rule(name, rule, to);
    }
}

fn describe_rule(name: &RuleName, rule: &PolicyRule, to: &mut Sheet) {
    let PolicyRule {
        demand,
        because,
        place: _,
    } = rule;
    let field = |key: &str| format!("{RULES}{name}.{key}");
    match demand {
        Demand::Change(ChangeRule {
            paths,
            fields,
            by,
            or_self,
            reviewed_by,
        }) => {
            to.items(field("paths"), paths);
            to.items(field("fields"), fields);
            to.items(field("by"), by);
            to.or_default(field("or_self"), or_self, &false);
            to.items(field("reviewed_by"), reviewed_by);
        }
        Demand::Apart(groups) => to.items(field("apart"), groups),
        Demand::SecondFactor(groups) => to.items(field("second_factor"), groups),
    }
    to.optional(field("because"), because.as_ref());
}

/// Where the fields of rules begin.
const RULES: &str = "policy.rules.";

/// Where the rule stands that `field` is of.
fn rule_place(policy: &Policy, field: Option<&str>) -> Option<Place> {
    let rest = field?.strip_prefix(RULES)?;
    let (name, _) = rest.rsplit_once('.')?;
    policy.rules.get(name).map(|rule| rule.place.clone())
}

impl Thing for DomainSettings {
    fn describe(&self, to: &mut Sheet) {
        let Self {
            quota,
            managers,
            test,
            origin: _,
        } = self;
        to.optional("quota", quota.as_ref());
        to.items("managers", managers);
        to.or_default("test", test, &false);
    }

    fn place(&self, field: Option<&str>) -> Place {
        place(&self.origin, field)
    }
}

impl Thing for Target {
    fn describe(&self, to: &mut Sheet) {
        let Self {
            kind,
            dialect,
            credentials,
            hostname,
            origin: _,
        } = self;
        to.value("kind", kind);
        to.value("dialect", dialect);
        to.value("credentials", credentials);
        to.optional("hostname", hostname.as_ref());
    }

    fn place(&self, field: Option<&str>) -> Place {
        place(&self.origin, field)
    }
}

impl Thing for &Retired {
    fn describe(&self, to: &mut Sheet) {
        let Retired {
            id: _,
            address,
            date,
            place: _,
        } = self;
        to.value("address", address);
        to.value("date", date);
    }

    fn place(&self, _: Option<&str>) -> Place {
        self.place.clone()
    }
}
