//! Where other files name a mailbox: the targets of aliases and catch-alls, forwards, owners, managers, system aliases.
//!
//! A rename writes the new address there, a removal takes the address out. Patterns of `mail.toml` are left to their author:
//! after a rename the old address is an alias, and after a removal the check says where it is still named.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::{
    cli::{draft::Draft, failure::Failure},
    model::{Address, Alias, AliasTarget, Class, Desired, SystemTarget, User},
};

/// What becomes of addresses.
#[derive(Debug)]
pub(super) enum Fate {
    /// The first is now the second.
    Renamed(Address, Address),
    /// Mail to none of these is delivered any more.
    Gone(BTreeSet<Address>),
}

impl Fate {
    /// `user` goes, and with the user its aliases and every shared alias that leads nowhere else.
    pub(super) fn removal(desired: &Desired, user: &User) -> Self {
        let mut gone: BTreeSet<Address> = user.aliases.iter().cloned().collect();
        gone.insert(user.address.clone());
        loop {
            let leads_nowhere = |(address, alias): &(&Address, &Alias)| {
                let is_gone = |target: &AliasTarget| matches!(target, AliasTarget::Address(to) if gone.contains(&to.without_tag()));
                !gone.contains(*address) && alias.targets.iter().all(is_gone)
            };
            let more: Vec<Address> = desired
                .aliases
                .iter()
                .filter(leads_nowhere)
                .map(|(address, _)| address.clone())
                .collect();
            if more.is_empty() {
                return Self::Gone(gone);
            }
            gone.extend(more);
        }
    }

    /// What stands in the place of `address` afterwards; nothing when it goes. A tagged address shares the fate of the plain
    /// one, unless it is an alias itself.
    fn of(&self, desired: &Desired, address: &Address) -> Option<String> {
        let text = address.to_string();
        let plain = if desired.aliases.contains_key(address) {
            address.clone()
        } else {
            address.without_tag()
        };
        match self {
            Self::Renamed(old, new) if plain == *old => {
                let tag = &address.local()[old.local().len()..];
                Some(format!("{}{tag}@{}", new.local(), new.domain()))
            }
            Self::Gone(gone) if gone.contains(&plain) => None,
            Self::Renamed(..) | Self::Gone(_) => Some(text),
        }
    }

    /// A list afterwards; `None` when it stays as it is.
    fn of_list<'a>(&self, desired: &Desired, list: impl IntoIterator<Item = Entry<'a>>) -> Option<Vec<String>> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for entry in list {
            let (text, kept) = match entry {
                Entry::Address(address) => (address.to_string(), self.of(desired, address)),
                Entry::Other(text) => (text.clone(), Some(text)),
            };
            before.push(text);
            after.extend(kept.filter(|kept| !after.contains(kept)));
        }
        (before != after).then_some(after)
    }
}

/// An entry of a list that may name a mailbox.
enum Entry<'a> {
    Address(&'a Address),
    Other(String),
}

/// Carries `fate` into every file but the user's own.
pub(super) fn carry(draft: &mut Draft<'_>, desired: &Desired, fate: &Fate) -> Result<(), Failure> {
    aliases(draft, desired, fate)?;
    people(draft, desired, fate)?;
    for group in desired.groups.values() {
        list(
            draft,
            group.origin.path(),
            &["owners"],
            fate.of_list(desired, addresses(&group.owners)),
        )?;
    }
    for (name, domain) in &desired.domains {
        let path = ["domains", name.as_str(), "managers"];
        list(
            draft,
            "dockspace.toml".into(),
            &path,
            fate.of_list(desired, addresses(&domain.managers)),
        )?;
    }
    for (name, targets) in &desired.mail.system_aliases {
        let targets = targets.iter().map(|target| match target {
            SystemTarget::Address(address) => Entry::Address(address),
            SystemTarget::DevNull => Entry::Other("/dev/null".to_owned()),
        });
        list_or_nothing(
            draft,
            "mail.toml".into(),
            &["system_aliases", name.as_str()],
            fate.of_list(desired, targets),
        )?;
    }
    Ok(())
}

fn aliases(draft: &mut Draft<'_>, desired: &Desired, fate: &Fate) -> Result<(), Failure> {
    for (address, alias) in &desired.aliases {
        let path = &alias.place.path;
        list_or_nothing(
            draft,
            path,
            &["aliases", address.local()],
            fate.of_list(desired, targets(alias)),
        )?;
    }
    for catch_all in desired.catch_alls.values() {
        let path = &catch_all.place.path;
        match fate.of_list(desired, targets(catch_all)) {
            Some(left) if left.is_empty() => draft.edit(path, |file| file.remove(&["catch_all"]))?,
            changed => list(draft, path, &["catch_all", "to"], changed)?,
        }
    }
    Ok(())
}

fn people(draft: &mut Draft<'_>, desired: &Desired, fate: &Fate) -> Result<(), Failure> {
    for user in desired.users.values() {
        let path = user.origin.path();
        match fate.of_list(desired, addresses(&user.forward)) {
            // Nothing is forwarded any more, so there is nothing to keep a copy of.
            Some(left) if left.is_empty() => {
                draft.edit(path, |file| file.remove(&["forward"])?.remove(&["keep_copy"]))?;
            }
            changed => list(draft, path, &["forward"], changed)?,
        }
        if let Class::Shared { owners } = &user.class {
            list(draft, path, &["owners"], fate.of_list(desired, addresses(owners)))?;
        }
    }
    Ok(())
}

fn addresses(list: &[Address]) -> impl Iterator<Item = Entry<'_>> {
    list.iter().map(Entry::Address)
}

fn targets(alias: &Alias) -> impl Iterator<Item = Entry<'_>> {
    alias.targets.iter().map(|target| match target {
        AliasTarget::Address(address) => Entry::Address(address),
        AliasTarget::Group(group) => Entry::Other(format!("group:{group}")),
    })
}

/// Makes the list read `changed`.
fn list(draft: &mut Draft<'_>, path: &Utf8Path, key: &[&str], changed: Option<Vec<String>>) -> Result<(), Failure> {
    match changed {
        Some(items) => draft.edit(path, |file| file.set(key, items)),
        None => Ok(()),
    }
}

/// The same for a list that may not be empty: it goes with its last item.
fn list_or_nothing(
    draft: &mut Draft<'_>,
    path: &Utf8Path,
    key: &[&str],
    changed: Option<Vec<String>>,
) -> Result<(), Failure> {
    match changed {
        Some(items) if items.is_empty() => draft.edit(path, |file| file.remove(key)),
        changed => list(draft, path, key, changed),
    }
}
