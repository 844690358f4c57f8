//! Where a key belongs in the canonical form, and whether the order of its items means anything.

use std::cmp::Ordering;

use super::{Key, Shape, keys};
use crate::document::Kind;

/// The canonical layout of one kind of file.
#[derive(Clone, Copy, Debug)]
pub struct Layout(Kind);

/// Where one step of a path stands among its siblings. Ordered as the canonical form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::document) enum Rank<'a> {
    /// A key of the format, by its place in the table.
    Known(usize),
    /// A key of one's own choosing, by its name.
    Chosen(&'a str),
    /// No key of the format: behind all others, in the order written.
    Unknown,
}

impl Layout {
    /// The layout of files of this kind.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self(kind)
    }

    /// Which of two keys, each given as its path from the top of the file, stands first. A table stands before what is in it.
    #[must_use]
    pub fn compare<S: AsRef<str>>(self, a: &[S], b: &[S]) -> Ordering {
        self.ranks(a).cmp(&self.ranks(b))
    }

    /// Whether `path` is an array whose items stand in no order of their own.
    #[must_use]
    pub fn is_set<S: AsRef<str>>(self, path: &[S]) -> bool {
        matches!(self.shape(path), Some(Shape::Set(_)))
    }

    /// Whether the last step of `path` is a name of the user's own choosing.
    #[must_use]
    pub fn is_chosen<S: AsRef<str>>(self, path: &[S]) -> bool {
        matches!(self.ranks(path).last(), Some(Rank::Chosen(_)))
    }

    /// Where each step of `path` stands among its siblings.
    pub(in crate::document) fn ranks<S: AsRef<str>>(self, path: &[S]) -> Vec<Rank<'_>> {
        let mut place = Place::Keys(keys(self.0));
        let mut ranks = Vec::with_capacity(path.len());
        for step in path.iter().map(AsRef::as_ref) {
            let (rank, next) = place.step(step);
            ranks.push(rank);
            place = next;
        }
        ranks
    }

    fn shape<S: AsRef<str>>(self, path: &[S]) -> Option<&'static Shape> {
        let end = path
            .iter()
            .fold(Place::Keys(keys(self.0)), |place, step| place.step(step.as_ref()).1);
        match end {
            Place::Shape(shape) => Some(shape),
            Place::Keys(_) | Place::Nowhere => None,
        }
    }
}

/// Whether a sealed value may stand at `path` in a file of this kind.
///
/// ```
/// use dockspace::document::{Kind, takes_sealed};
///
/// assert!(takes_sealed(Kind::MailSealed, &["relay", "example.org", "password"]));
/// assert!(!takes_sealed(Kind::User, &["name"]));
/// ```
#[must_use]
pub fn takes_sealed(kind: Kind, path: &[&str]) -> bool {
    matches!(Layout::of(kind).shape(path), Some(Shape::Text(format)) if format.name.contains("sealed value"))
}

/// How far a walk through the table has come.
#[derive(Clone, Copy)]
enum Place {
    Keys(&'static [Key]),
    Shape(&'static Shape),
    Nowhere,
}

impl Place {
    fn step(self, name: &str) -> (Rank<'_>, Self) {
        let keys = match self {
            Self::Keys(keys) => keys,
            Self::Shape(Shape::Table(keys) | Shape::Tables(keys)) => *keys,
            Self::Shape(Shape::Map(_, shape)) => return (Rank::Chosen(name), Self::Shape(shape)),
            Self::Shape(_) | Self::Nowhere => return (Rank::Unknown, Self::Nowhere),
        };
        match keys.iter().position(|key| key.name == name) {
            Some(place) => (Rank::Known(place), Self::Shape(&keys[place].shape)),
            None => (Rank::Unknown, Self::Nowhere),
        }
    }
}
