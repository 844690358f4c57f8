//! The files, all checked, become the organisation.

use std::{collections::BTreeMap, iter::Peekable, vec};

use super::{
    decode::{
        alias::AliasFile,
        mail::{MailFile, MailSecrets},
        organisation::Settings,
        values,
    },
    files::Files,
};
use crate::{
    diagnostic::Place,
    model::{Address, Alias, Desired, Domain, Mail},
};

/// The organisation; `None` only if something is missing that would have been an error.
pub(super) fn desired(files: Files) -> Option<Desired> {
    let (settings, _) = files.settings?;
    let mut profiles = files.profiles.into_iter().peekable();
    let mut credentials = files.credentials.into_iter().peekable();
    let user = |user: Box<super::decode::user::UserFile>| {
        let profile = of_user(&mut profiles, &user.address);
        let credentials = of_user(&mut credentials, &user.address);
        Some((user.address.clone(), Box::new(user.into_user(profile, credentials)?)))
    };
    let users: Option<BTreeMap<_, _>> = files.users.into_iter().map(user).collect();
    let (aliases, catch_alls) = aliases(files.aliases);
    let groups = files
        .groups
        .into_iter()
        .map(|file| (file.group.name.clone(), file.group));
    let clients = files
        .clients
        .into_iter()
        .map(|file| (file.client.id.clone(), file.client));
    let Settings { domains, policy, .. } = settings;
    Some(Desired {
        organisation: settings.organisation?,
        domains: domains
            .into_iter()
            .map(|(name, entry)| (name, entry.settings))
            .collect(),
        targets: settings.targets,
        recipients: values(settings.recipients)
            .map(|recipient| recipient.to_string())
            .collect(),
        issuer: settings.issuer,
        signers: settings.signers,
        policy: policy.policy,
        quota_classes: settings.quota_classes,
        quota_shares: settings.quota_shares,
        users: users?,
        groups: groups.collect(),
        aliases,
        catch_alls,
        mail: mail(files.mail, files.mail_secrets),
        clients: clients.collect(),
        keys: files.keys.into_iter().map(|key| (key.id.clone(), key)).collect(),
        retired: files.retired,
        origin: settings.origin,
    })
}

/// What the user at `address` has in a further file, of which `rest` are those of this user and later ones.
fn of_user<T: Default>(rest: &mut Peekable<vec::IntoIter<(Address, T)>>, address: &Address) -> T {
    while rest.next_if(|(owner, _)| owner < address).is_some() {}
    let own = rest.next_if(|(owner, _)| owner == address);
    own.map(|(_, content)| content).unwrap_or_default()
}

/// `mail.toml` with its secrets.
fn mail(file: MailFile, mut secrets: MailSecrets) -> Mail {
    let mut mail = file.mail;
    for (domain, relay) in &mut mail.relay {
        relay.password = secrets.relay.remove(domain).map(|(password, _)| password);
    }
    for (name, master) in &mut mail.masters {
        master.password = secrets.masters.remove(name).map(|(password, _)| password);
    }
    mail
}

fn aliases(files: Vec<AliasFile>) -> (BTreeMap<Address, Alias>, BTreeMap<Domain, Alias>) {
    let mut aliases = BTreeMap::new();
    let mut catch_alls = BTreeMap::new();
    for file in files {
        let place = |span| Place {
            path: file.origin.path().to_owned(),
            span,
        };
        for entry in file.aliases {
            let alias = Alias {
                targets: values(entry.targets).collect(),
                place: place(entry.span),
            };
            aliases.insert(entry.address, alias);
        }
        if let Some(to) = file.catch_all {
            let alias = Alias {
                targets: values(to.targets).collect(),
                place: place(to.span),
            };
            catch_alls.insert(file.domain.clone(), alias);
        }
    }
    (aliases, catch_alls)
}
