//! `dockspace.toml`: the organisation, its domains, targets and rules.

use std::collections::BTreeMap;

use super::{named, parsed, people, policy, title, values};
use crate::{
    document::{
        reader::{At, Table, Value},
        rules::{self, file::FORMAT, organisation as rule},
    },
    model::{
        Address, CredentialStore, Dialect, Domain, DomainSettings, GroupName, Issuer, Organisation, Origin, Quota,
        QuotaClass, Service, Signer, Target, TargetKind, TargetName,
    },
    seal::Recipient,
};

/// `dockspace.toml` as it is written, before anything is known about other files.
#[derive(Debug)]
pub(in crate::document) struct Settings {
    pub(in crate::document) organisation: Option<Organisation>,
    pub(in crate::document) domains: BTreeMap<Domain, DomainEntry>,
    /// Whether every domain that is written there was understood.
    pub(in crate::document) knows_domains: bool,
    pub(in crate::document) targets: BTreeMap<TargetName, Target>,
    pub(in crate::document) recipients: Vec<At<Recipient>>,
    pub(in crate::document) issuer: Option<Issuer>,
    pub(in crate::document) signers: Vec<Signer>,
    pub(in crate::document) policy: policy::PolicyTable,
    pub(in crate::document) quota_classes: BTreeMap<QuotaClass, Quota>,
    pub(in crate::document) quota_shares: BTreeMap<Service, u8>,
    pub(in crate::document) origin: Origin,
}

/// A domain, and who manages it with the places.
#[derive(Debug)]
pub(in crate::document) struct DomainEntry {
    pub(in crate::document) settings: DomainSettings,
    pub(in crate::document) managers: Vec<At<Address>>,
    /// Whether it is for test users; `None` when that could not be read.
    pub(in crate::document) test: Option<bool>,
    /// Where the domain is named.
    pub(in crate::document) named: crate::diagnostic::Span,
}

pub(in crate::document) fn decode(mut table: Table<'_, '_>) -> Settings {
    format(&mut table);
    let organisation = organisation(&mut table);
    let domains = domains(&mut table);
    let knows_domains = domains.len() == table.size_of("domains");
    let targets = targets(&mut table);
    let issuer = issuer(&mut table);
    let recipients = recipients(&mut table);
    let signers = signers(&mut table);
    let policy = table
        .table("policy")
        .map_or_else(policy::PolicyTable::default, |mut below| {
            let read = policy::decode(&mut below);
            table.absorb(below);
            read
        });
    let quota_classes = quota_classes(&mut table);
    let quota_shares = quota_shares(&mut table);
    Settings {
        organisation,
        domains,
        knows_domains,
        targets,
        recipients,
        issuer,
        signers,
        policy,
        quota_classes,
        quota_shares,
        origin: table.origin(),
    }
}

fn format(table: &mut Table<'_, '_>) {
    match table.get("format") {
        None => table.missing("format", "format = 1"),
        Some(value) => {
            if value.integer(0..=i64::MAX).is_some_and(|format| format.value != 1) {
                value.refuse(&FORMAT, "this program reads format 1 only");
            }
        }
    }
}

fn organisation(table: &mut Table<'_, '_>) -> Option<Organisation> {
    let Some(mut below) = table.table("organisation") else {
        if !table.has("organisation") {
            table.missing("organisation", "[organisation] with the organisation's name");
        }
        return None;
    };
    if !below.has("name") {
        below.missing("name", "name = \"Example\"");
    }
    let name = below.parse("organisation.name", &rule::TITLE, title);
    let admins = below.parse("organisation.admin_group", &rules::group::GROUP_NAME, GroupName::parse);
    let admins = admins.map(|at| at.value).or_else(|| GroupName::parse("admins").ok());
    table.absorb(below);
    Some(Organisation {
        name: name?.value,
        admin_group: admins?,
    })
}

fn domains(table: &mut Table<'_, '_>) -> BTreeMap<Domain, DomainEntry> {
    let domains = named(
        table,
        "domains",
        parsed(Domain::parse),
        &rule::DOMAIN_NAME,
        |key, value| {
            let mut table = value.table()?;
            let quota = table.parse("quota", &rule::QUOTA, Quota::parse);
            let managers = people(&mut table, "managers");
            let test = table.get("test").map_or(Some(false), Value::flag);
            let settings = DomainSettings {
                quota: quota.map(|at| at.value),
                managers: managers.iter().map(|manager| manager.value.clone()).collect(),
                test: test.unwrap_or(false),
                origin: table.origin(),
            };
            Some(DomainEntry {
                settings,
                managers,
                test,
                named: key.span,
            })
        },
    );
    if !table.has("domains") {
        let problem = table.sink().at(&rule::NO_DOMAIN, table.span(), "no domain is declared");
        table.sink().push(problem.hint("[domains.\"example.org\"]"));
    }
    domains
}

fn targets(table: &mut Table<'_, '_>) -> BTreeMap<TargetName, Target> {
    named(table, "targets", parsed(TargetName::parse), &rule::NAME, |_, value| {
        let mut table = value.table()?;
        if !table.has("kind") {
            let problem = table
                .sink()
                .at(&rule::TARGET_KIND, table.span(), "the target has no kind");
            table.sink().push(problem.hint("kind = \"docker-mailserver\""));
        }
        let kind = table.word("kind", &TargetKind::ALL, TargetKind::as_str);
        let dialect = table.get("dialect").map_or(Some(Dialect::Dms16), |value| {
            let dialect = match value.integer(0..=i64::MAX)?.value {
                15 => Some(Dialect::Dms15),
                16 => Some(Dialect::Dms16),
                _ => None,
            };
            if dialect.is_none() {
                value.refuse_with(
                    &rule::DIALECT,
                    "no such dialect",
                    "it is 15 or 16, the version of docker-mailserver",
                );
            }
            dialect
        });
        let credentials = table.word("credentials", &CredentialStore::ALL, CredentialStore::as_str);
        let hostname = table.parse("hostname", &rule::DOMAIN_NAME, Domain::parse);
        let origin = table.origin();
        Some(Target {
            kind: kind?.value,
            dialect: dialect?,
            credentials: credentials.map_or(CredentialStore::Accounts, |at| at.value),
            hostname: hostname.map(|at| at.value),
            origin,
        })
    })
}

fn issuer(table: &mut Table<'_, '_>) -> Option<Issuer> {
    let mut oidc = table.table("oidc")?;
    if !oidc.has("issuer") {
        oidc.missing("issuer", "issuer = \"https://id.example.org\"");
    }
    let issuer = oidc.parse("oidc.issuer", &rule::ISSUER, Issuer::parse);
    table.absorb(oidc);
    issuer.map(|at| at.value)
}

fn recipients(table: &mut Table<'_, '_>) -> Vec<At<Recipient>> {
    let Some(mut secrets) = table.table("secrets") else {
        return Vec::new();
    };
    let recipients = secrets.list("secrets.recipients", &rules::sealed::RECIPIENT, Recipient::parse);
    table.absorb(secrets);
    recipients
}

fn signers(table: &mut Table<'_, '_>) -> Vec<Signer> {
    let Some(mut trust) = table.table("trust") else {
        return Vec::new();
    };
    let signers = trust.list("trust.signers", &rule::SIGNER, signer);
    table.absorb(trust);
    values(signers).collect()
}

/// `PRINCIPAL TYPE BASE64 [COMMENT]`, as in `allowed_signers` of ssh-keygen(1) without options and wildcards.
fn signer(text: &str) -> Result<Signer, &'static str> {
    let mut parts = text.split(' ');
    let (principal, kind, key) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if principal != "self-service" && Address::mailbox(principal).is_err() {
        return Err("it starts with an address or `self-service`");
    }
    let kinds = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-sha2-"];
    let is_key =
        |key: &&str| key.starts_with("AAAA") && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    match (
        kind.filter(|kind| kinds.iter().any(|start| kind.starts_with(start))),
        key.filter(is_key),
    ) {
        (Some(kind), Some(key)) => Ok(Signer {
            principal: principal.to_owned(),
            key: format!("{kind} {key}"),
        }),
        _ => Err("behind the name stands an SSH public key, `ssh-ed25519 AAAA…`"),
    }
}

fn quota_classes(table: &mut Table<'_, '_>) -> BTreeMap<QuotaClass, Quota> {
    let Some(mut below) = table.table("quota_classes") else {
        return BTreeMap::new();
    };
    let mut classes = BTreeMap::new();
    for key in ["quota_classes.test", "quota_classes.regular", "quota_classes.admin"] {
        let quota = below.parse(key, &rule::QUOTA, Quota::parse);
        let class = QuotaClass::parse(key.trim_start_matches("quota_classes."));
        if let (Some(quota), Ok(class)) = (quota, class) {
            classes.insert(class, quota.value);
        }
    }
    table.absorb(below);
    classes
}

fn quota_shares(table: &mut Table<'_, '_>) -> BTreeMap<Service, u8> {
    let shares = named(
        table,
        "quota_shares",
        parsed(Service::parse),
        &rule::NAME,
        |_, value| value.integer(0..=100_u8).map(|at| at.value),
    );
    let sum: u32 = shares.values().map(|share| u32::from(*share)).sum();
    if sum > 100 {
        let sink = table.sink();
        let message = format!("the shares are {sum} per cent together");
        sink.push(sink.at(&rule::SHARES, table.span_of("quota_shares"), message));
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signers() {
        let signer = |text: &str| signer(text).map(|signer| (signer.principal, signer.key));
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5";
        let named = |principal: &str| Ok((principal.to_owned(), key.to_owned()));
        assert_eq!(
            signer(&format!("alice@example.org {key} alice's laptop")),
            named("alice@example.org")
        );
        assert_eq!(signer(&format!("self-service {key}")), named("self-service"));
        for bad in [
            "",
            key,
            "alice@example.org",
            "* ssh-ed25519 AAAA",
            "alice@example.org ssh-ed25519 x",
            "a@example.org x AAAA",
        ] {
            assert!(signer(bad).is_err(), "{bad}");
        }
    }
}
