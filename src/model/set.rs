//! A set of few things.

use std::{borrow::Borrow, slice};

/// A sorted list without repeats: for sets of a handful, which a tree would give a node of a dozen places each. An organisation of
/// a hundred thousand users has two hundred thousand of them.
///
/// ```
/// use dockspace::model::{Service, Set};
///
/// let services: Set<Service> = ["mail", "login"].into_iter().filter_map(|name| Service::parse(name).ok()).collect();
/// assert!(services.contains("mail"));
/// let names: Vec<&str> = services.iter().map(Service::as_str).collect();
/// assert_eq!(names, ["login", "mail"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set<T>(Vec<T>);

impl<T: Ord> Set<T> {
    /// An empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether `item` is in it.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.binary_search_by(|own| own.borrow().cmp(item)).is_ok()
    }

    /// Puts `item` in; says whether it is new.
    pub fn insert(&mut self, item: T) -> bool {
        match self.0.binary_search(&item) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, item);
                true
            }
        }
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The things in order.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items: Vec<T> = items.into_iter().collect();
        items.sort_unstable();
        items.dedup();
        items.shrink_to_fit();
        Self(items)
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_a_tree_would_be(items in proptest::collection::vec(0..20_u8, 0..20), more in 0..20_u8) {
            let mut tree: BTreeSet<u8> = items.iter().copied().collect();
            let mut set: Set<u8> = items.into_iter().collect();
            prop_assert_eq!(set.contains(&more), tree.contains(&more));
            prop_assert_eq!(set.insert(more), tree.insert(more));
            prop_assert!(set.iter().eq(tree.iter()));
            prop_assert_eq!(set.len(), tree.len());
        }
    }
}
