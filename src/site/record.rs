//! What stands in the folder of a site: which pages, made of what, and the rows that the next build starts from.
//!
//! It stands beside the pages and says nothing that they don't.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::people::Kept;
use super::{Finding, History, People};
use crate::digest::Digest;

/// The first bytes: which record this is.
const FORMAT: &str = "dockspace.site/1";

/// Half a digest: enough to tell a page from what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark([u8; 16]);

impl Mark {
    pub(super) fn of(digest: &Digest) -> Self {
        let mut mark = Self::default();
        mark.0.copy_from_slice(&digest.as_bytes()[..16]);
        mark
    }
}

/// What stands in the folder of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The commit that it shows; `None` for a work tree with changes that weren't committed.
    pub commit: Option<String>,
    /// What every page has around it.
    pub(super) frame: Mark,
    /// Every file, by path, with what it was made of.
    pub(super) pages: BTreeMap<String, Mark>,
    /// Everybody.
    pub people: People,
    /// The commits.
    pub history: History,
    /// The warnings.
    pub findings: Vec<Finding>,
}

/// A record that can't be used: of another version, or damaged. The site is then built anew.
#[derive(Debug, thiserror::Error)]
#[error("the record of the site is damaged or of another version")]
pub struct RecordError;

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    format: &'a str,
    commit: Option<&'a str>,
    frame: Mark,
    #[serde(borrow)]
    pages: Vec<(&'a str, Mark)>,
    #[serde(borrow)]
    people: Vec<Kept<'a>>,
    history: Cow<'a, History>,
    findings: Cow<'a, [Finding]>,
}

impl Record {
    /// The record as bytes.
    ///
    /// # Errors
    /// [`RecordError`], which no record leads to.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordError> {
        let written = Written {
            format: FORMAT,
            commit: self.commit.as_deref(),
            frame: self.frame,
            pages: self.pages.iter().map(|(path, mark)| (path.as_str(), *mark)).collect(),
            people: self.people.iter().map(Kept::of).collect(),
            history: Cow::Borrowed(&self.history),
            findings: Cow::Borrowed(&self.findings),
        };
        postcard::to_stdvec(&written).map_err(|_| RecordError)
    }

    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`RecordError`] for anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let written: Written<'_> = postcard::from_bytes(bytes).map_err(|_| RecordError)?;
        if written.format != FORMAT {
            return Err(RecordError);
        }
        let rows = written.people.iter().map(|kept| kept.row().ok_or(RecordError));
        Ok(Self {
            commit: written.commit.map(str::to_owned),
            frame: written.frame,
            pages: written
                .pages
                .into_iter()
                .map(|(path, mark)| (path.to_owned(), mark))
                .collect(),
            people: rows.collect::<Result<_, _>>()?,
            history: written.history.into_owned(),
            findings: written.findings.into_owned(),
        })
    }

    /// Every file, so that all of them are known to be ours; none counts as up to date.
    #[must_use]
    pub fn distrusted(mut self) -> Self {
        self.frame = Mark::default();
        self.commit = None;
        self
    }

    /// The files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().map(String::as_str)
    }
}
