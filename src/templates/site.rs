//! The templates of the static site, apart from those of the server: who builds the one needs none of the other.

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use super::{STYLE_OF_SITE, TemplateError, environment, fault};
use crate::digest::{self, Digest};

/// A template: its name and its text.
macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../templates/site/", $name)))
    };
}

/// Every template, by the name that pages use.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    template!("layout.html"),
    template!("parts.html"),
    template!("overview.html"),
    template!("people.html"),
    template!("person.html"),
    template!("groups.html"),
    template!("group.html"),
    template!("apps.html"),
    template!("app.html"),
    template!("access.html"),
    template!("mail.html"),
    template!("mail_parts.html"),
    template!("domain.html"),
    template!("setup.html"),
    template!("setup_parts.html"),
    template!("public.html"),
    template!("thunderbird.xml"),
    template!("outlook.xml"),
    template!("apple.xml"),
    template!("history.html"),
    template!("findings.html"),
    template!("formats.html"),
    template!("plan.html"),
];

/// The script of every page: it finds people, groups and apps. Without it every page reads the same.
const SCRIPT: &str = include_str!("../../templates/assets/site.js");

/// What a page of the site is shown with, besides its own view.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Frame<'a> {
    /// The name of the organisation.
    pub organisation: &'a str,
    /// What leads from the page to the folder of the overview: empty, or `../`.
    pub root: &'a str,
    /// The part of the site that the page belongs to.
    pub section: &'a str,
    /// Whether the site shows what a change would lead to.
    pub preview: bool,
}

/// All templates of the site, read and checked.
#[derive(Debug)]
pub struct SiteTemplates {
    environment: Environment<'static>,
}

impl SiteTemplates {
    /// Reads them.
    ///
    /// # Errors
    /// A [`TemplateError`] for the first that isn't well formed.
    pub fn new() -> Result<Self, TemplateError> {
        Ok(Self {
            environment: environment(TEMPLATES)?,
        })
    }

    /// Fills in the template `name`: `view` is its `page`, `frame` its `site`.
    ///
    /// # Errors
    /// A [`TemplateError`] when there is no such template or it asks for what the view doesn't have.
    pub fn render(&self, name: &str, frame: &Frame<'_>, view: &impl Serialize) -> Result<String, TemplateError> {
        let values = context! { page => Serde(view), site => Serde(frame) };
        self.environment
            .get_template(name)
            .and_then(|template| template.render(values))
            .map_err(|source| fault(name, source))
    }

    /// The style sheet.
    #[must_use]
    pub const fn style() -> &'static str {
        STYLE_OF_SITE
    }

    /// The script.
    #[must_use]
    pub const fn script() -> &'static str {
        SCRIPT
    }

    /// The digest of everything that a page is made of besides its view: another one, and every page is made anew.
    #[must_use]
    pub fn digest() -> Digest {
        let whole: Vec<u8> = TEMPLATES
            .iter()
            .flat_map(|(name, text)| [name.as_bytes(), b"\0", text.as_bytes(), b"\0"].concat())
            .collect();
        digest::sha256(&whole)
    }
}
