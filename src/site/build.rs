//! Which pages differ from those that stand, and their text.
//!
//! A page is compared by the digest of its view: what a view says is all that a page shows, so equal views need no rendering and
//! no look at the file.

use std::collections::BTreeMap;

use super::page::View;
use super::record::{Mark, Record};
use super::{Page, Site};
use crate::digest::sha256;
use crate::plan::Action;
use crate::templates::{Frame, SiteTemplates, TemplateError};

/// A page that can't be made: a fault of the program, never of the repository.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The view.
    #[error("the view of {page} cannot be digested")]
    View {
        /// The page.
        page: String,
        /// Why.
        source: postcard::Error,
    },
    /// A page that was listed and isn't there.
    #[error("there is no page {0}")]
    Missing(String),
}

/// One file of the site that is to be written or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, relative to the folder of the site.
    pub path: String,
    /// What happens to it.
    pub action: Action,
    /// What it shows; `None` for one that goes.
    pub page: Option<Page>,
}

/// What makes the site that stands the site of another revision.
#[derive(Debug)]
pub struct Changes {
    /// The files, by path.
    pub files: Vec<Change>,
    /// What stands afterwards.
    pub record: Record,
}

impl Changes {
    /// Compares `site` with what `before` says that stands. What the site says nothing about stays as it is.
    ///
    /// # Errors
    /// A [`RenderError`] when a view can't be digested.
    pub fn between(before: Option<&Record>, site: &Site<'_>) -> Result<Self, RenderError> {
        let frame = frame(&site.desired.organisation.name, site.preview.is_some());
        // Another frame around it makes every page another one.
        let standing = before.filter(|before| before.frame == frame);
        let mut marks = BTreeMap::new();
        let kept = standing.into_iter().flat_map(|record| &record.pages);
        let kept = kept.filter(|(path, _)| site.stays(path));
        marks.extend(kept.map(|(path, mark)| (path.clone(), *mark)));
        let mut files = Vec::new();
        let mut buffer = Vec::new();
        for page in site.pages() {
            let path = page.path();
            let mark = mark(site, &page, &mut buffer)?;
            let action = match before.map(|before| before.pages.contains_key(&path)) {
                Some(true) => Action::Update,
                Some(false) | None => Action::Create,
            };
            if standing.and_then(|record| record.pages.get(&path)) != Some(&mark) {
                let page = Some(page);
                let path = path.clone();
                files.push(Change { path, action, page });
            }
            marks.insert(path, mark);
        }
        let gone = before.into_iter().flat_map(|before| before.pages.keys());
        files.extend(gone.filter(|path| !marks.contains_key(*path)).map(|path| Change {
            path: path.clone(),
            action: Action::Delete,
            page: None,
        }));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let record = Record {
            commit: site.commit.map(str::to_owned),
            frame,
            pages: marks,
            people: site.people.clone(),
            history: site.history.clone(),
            findings: site.findings.to_vec(),
        };
        Ok(Self { files, record })
    }
}

impl Record {
    /// Whether its pages are what this program would make of the same views, for an organisation of this name.
    #[must_use]
    pub fn is_current(&self, organisation: &str) -> bool {
        self.frame == frame(organisation, false)
    }
}

/// What every page has around its view.
fn frame(organisation: &str, is_preview: bool) -> Mark {
    let templates = SiteTemplates::digest();
    let parts = [
        env!("CARGO_PKG_VERSION").as_bytes(),
        templates.as_bytes(),
        organisation.as_bytes(),
        &[u8::from(is_preview)],
    ];
    Mark::of(&sha256(&parts.join(&b"\0"[..])))
}

fn mark(site: &Site<'_>, page: &Page, buffer: &mut Vec<u8>) -> Result<Mark, RenderError> {
    let view = site.view(page).ok_or_else(|| RenderError::Missing(page.path()))?;
    buffer.clear();
    postcard::to_io(&view, &mut *buffer).map_err(|source| RenderError::View {
        page: page.path(),
        source,
    })?;
    Ok(Mark::of(&sha256(buffer)))
}

/// Turns pages into text.
#[derive(Debug)]
pub struct Renderer(SiteTemplates);

impl Renderer {
    /// Reads the templates.
    ///
    /// # Errors
    /// A [`RenderError`] when one isn't well formed.
    pub fn new() -> Result<Self, RenderError> {
        Ok(Self(SiteTemplates::new()?))
    }

    /// The text of `page`.
    ///
    /// # Errors
    /// A [`RenderError`] when there is no such page, or its template is at fault.
    pub fn render(&self, site: &Site<'_>, page: &Page) -> Result<String, RenderError> {
        let view = site.view(page).ok_or_else(|| RenderError::Missing(page.path()))?;
        let frame = Frame {
            organisation: &site.desired.organisation.name,
            root: page.root(),
            section: page.section(),
            preview: site.preview.is_some(),
        };
        match (view.template(), &view) {
            (Some(template), view) => Ok(self.0.render(template, &frame, view)?),
            (None, View::Plain(text)) => Ok(text.clone().into_owned()),
            (None, _) => Err(RenderError::Missing(page.path())),
        }
    }
}
