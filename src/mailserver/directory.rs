//! Who holds an address, for everything that has to follow one.

use std::collections::HashMap;

use crate::model::{Address, Alias, Desired, GroupName, User};

/// What an address of ours is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holder<'a> {
    /// A mailbox.
    Mailbox(&'a User),
    /// A further address of somebody's mailbox.
    Further(&'a User),
    /// A shared alias.
    Shared(&'a Alias),
    /// The address, or a further one, of somebody without a mailbox: suspended, absent, or without the service.
    Gone(&'a User),
}

/// All addresses of an organisation.
pub(super) struct Directory<'a> {
    desired: &'a Desired,
    holders: Vec<&'a User>,
    further: HashMap<&'a str, &'a User>,
    members: HashMap<&'a str, Vec<&'a User>>,
}

impl<'a> Directory<'a> {
    pub(super) fn of(desired: &'a Desired) -> Self {
        let mut holders = Vec::with_capacity(desired.users.len());
        let mut further = HashMap::new();
        let mut members: HashMap<&str, Vec<&User>> = HashMap::new();
        for user in desired.users.values().map(Box::as_ref) {
            let has_mailbox = user.has_mailbox();
            for alias in &user.aliases {
                // An absent user's alias may belong to somebody else by now.
                if has_mailbox {
                    further.insert(alias.as_str(), user);
                } else {
                    further.entry(alias.as_str()).or_insert(user);
                }
            }
            if has_mailbox {
                holders.push(user);
                for group in &user.groups {
                    members.entry(group.as_str()).or_default().push(user);
                }
            }
        }
        Self {
            desired,
            holders,
            further,
            members,
        }
    }

    /// Everybody who has a mailbox, by address.
    pub(super) fn holders(&self) -> &[&'a User] {
        &self.holders
    }

    /// Who holds exactly this address. Of a tagged one see [`Self::holder_of_tagged`].
    pub(super) fn holder(&self, address: &str) -> Option<Holder<'a>> {
        let user = self.desired.user(address);
        if let Some(user) = user.filter(|user| user.has_mailbox()) {
            return Some(Holder::Mailbox(user));
        }
        if let Some(alias) = self.desired.aliases.get(address) {
            return Some(Holder::Shared(alias));
        }
        match self.further.get(address) {
            Some(user) if user.has_mailbox() => Some(Holder::Further(user)),
            Some(user) => Some(Holder::Gone(user)),
            None => user.map(Holder::Gone),
        }
    }

    /// Who holds the address without its tag; `None` if it has none.
    pub(super) fn holder_of_tagged(&self, address: &Address) -> Option<Holder<'a>> {
        address
            .local()
            .contains('+')
            .then(|| self.holder(address.without_tag().as_str()))?
    }

    /// The members of a group who have a mailbox, in address order.
    pub(super) fn members(&self, group: &GroupName) -> &[&'a User] {
        self.members.get(group.as_str()).map_or(&[], Vec::as_slice)
    }
}
