//! The texts that Dockspace shows: HTML pages, and the one style sheet they share.
//!
//! Everything under `templates/` that is listed here is part of the program; nothing is read from disk. Values are escaped as
//! the template's ending says, and a name that the view doesn't have is an error, not an empty place. What a page is shown with
//! is a small view struct that stands beside its handler: no secret gets here because nothing big gets here.
//!
//! ```
//! use dockspace::templates::{Site, Templates};
//!
//! #[derive(serde::Serialize)]
//! struct Fault { title: &'static str, text: &'static str, advice: &'static str }
//!
//! let templates = Templates::new().unwrap();
//! let fault = Fault { title: "<Nothing here>", text: "There is no such page.", advice: "Go back." };
//! let html = templates.render("pages/error.html", &Site { organisation: "Example", base: "" }, &fault).unwrap();
//! assert!(html.contains("&lt;Nothing here&gt;"));
//! ```

mod site;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

pub use site::{Frame, SiteTemplates};

use crate::digest::{self, Digest};

/// A template: its name and its text.
macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../templates/", $name)))
    };
}

/// Every template, by the name that handlers use.
const TEMPLATES: &[(&str, &str)] = &[
    template!("layout.html"),
    template!("partials/mark.html"),
    template!("partials/fields.html"),
    template!("pages/consent.html"),
    template!("pages/error.html"),
    template!("pages/form_post.html"),
    template!("pages/home.html"),
    template!("pages/no_access.html"),
    template!("pages/no_second_factor.html"),
    template!("pages/second_factor.html"),
    template!("pages/notice_board.html"),
    template!("pages/sign_in.html"),
    template!("pages/sign_out.html"),
    template!("pages/signed_out.html"),
];

/// The style sheet of all pages.
const STYLE: &str = concat!(
    include_str!("../../templates/assets/palette.css"),
    "\n",
    include_str!("../../templates/assets/style.css")
);

/// The style sheet of the static site: the same paper, ink and sea, for many more lines.
const STYLE_OF_SITE: &str = concat!(
    include_str!("../../templates/assets/palette.css"),
    "\n",
    include_str!("../../templates/assets/site.css")
);

/// The one script there is: it presses the button of [`pages/form_post.html`].
const SCRIPT: &str = include_str!("../../templates/assets/submit.js");

/// A template that can't be read, or not be filled in: a fault of the program, never of a visitor.
#[derive(Debug, thiserror::Error)]
#[error("the template {name} is at fault")]
pub struct TemplateError {
    name: String,
    source: minijinja::Error,
}

/// What every page is shown with, besides its own view.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Site<'a> {
    /// The name of the organisation.
    pub organisation: &'a str,
    /// The path of the public URL, empty or `/path`: what links begin with.
    pub base: &'a str,
}

/// A file that browsers may keep for ever, because its name changes with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its name below `/assets/`.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub content: &'static str,
}

/// All templates, read and checked.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    style: Asset,
    script: Asset,
}

impl Templates {
    /// Reads them.
    ///
    /// # Errors
    /// A [`TemplateError`] for the first that isn't well formed.
    pub fn new() -> Result<Self, TemplateError> {
        Ok(Self {
            environment: environment(TEMPLATES)?,
            style: asset("style", "css", "text/css; charset=utf-8", STYLE),
            script: asset("submit", "js", "text/javascript; charset=utf-8", SCRIPT),
        })
    }

    /// Fills in the template `name`: `view` is its `page`, `site` its `site`.
    ///
    /// # Errors
    /// A [`TemplateError`] when there is no such template or it asks for what the view doesn't have.
    pub fn render(&self, name: &str, site: &Site<'_>, view: &impl Serialize) -> Result<String, TemplateError> {
        let values = context! { page => Serde(view), site => Serde(site), style => &self.style.name };
        self.environment
            .get_template(name)
            .and_then(|template| template.render(values))
            .map_err(|source| fault(name, source))
    }

    /// The script.
    #[must_use]
    pub const fn script(&self) -> &Asset {
        &self.script
    }

    /// The style sheet.
    #[must_use]
    pub const fn style(&self) -> &Asset {
        &self.style
    }
}

/// Reads `templates`, each name with its text.
fn environment(templates: &[(&'static str, &'static str)]) -> Result<Environment<'static>, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "txt")) => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    for &(name, source) in templates {
        environment
            .add_template(name, source)
            .map_err(|source| fault(name, source))?;
    }
    Ok(environment)
}

fn fault(name: &str, source: minijinja::Error) -> TemplateError {
    TemplateError {
        name: name.to_owned(),
        source,
    }
}

/// Names `content` by the first 64 bits of its digest: enough to tell our own versions apart.
fn asset(stem: &str, ending: &str, media_type: &'static str, content: &'static str) -> Asset {
    let digest: Digest = digest::sha256(content.as_bytes());
    Asset {
        name: format!("{stem}.{}.{ending}", &digest.to_string()[..16]),
        media_type,
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Site<'_> = Site {
        organisation: "Ex & Co",
        base: "/id",
    };

    #[derive(Serialize)]
    struct View<'a> {
        title: &'a str,
        text: &'a str,
        advice: &'a str,
    }

    #[test]
    fn values_are_escaped_and_links_begin_with_the_base() {
        let templates = Templates::new().unwrap();
        let view = View {
            title: "<b>",
            text: "\"'&",
            advice: "",
        };
        let html = templates.render("pages/error.html", &SITE, &view).unwrap();
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&quot;&#x27;&amp;"), "{html}");
        assert!(html.contains("Ex &amp; Co"));
        let style = format!("href=\"&#x2f;id/assets/{}\"", templates.style().name);
        assert!(html.contains(&style), "{html}");
    }

    #[test]
    fn a_value_that_is_not_there_is_an_error() {
        let templates = Templates::new().unwrap();
        let error = templates.render("pages/error.html", &SITE, &()).unwrap_err();
        assert_eq!(error.to_string(), "the template pages/error.html is at fault");
        assert!(templates.render("pages/none.html", &SITE, &()).is_err());
    }

    #[test]
    fn no_template_turns_escaping_off_or_has_a_script_or_a_style_of_its_own() {
        for (name, text) in TEMPLATES.iter().chain(site::TEMPLATES) {
            // The one that posts itself has one, from a file; the site's search is another.
            let text = match *name {
                "pages/form_post.html" => &text.replacen("<script src=\"{{ site.base }}/assets/", "", 1),
                "layout.html" => &text.replacen("<script src=\"{{ site.root }}assets/site.js\" defer>", "", 1),
                _ => *text,
            };
            for word in [
                "|safe",
                "| safe",
                "autoescape",
                "<script",
                "<style",
                " style=",
                "javascript:",
                " onclick",
            ] {
                assert!(!text.contains(word), "{name} has {word:?}");
            }
        }
    }

    #[test]
    fn an_asset_is_named_by_its_content() {
        let name = |content| asset("style", "css", "text/css", content).name;
        assert_eq!(name("abc"), "style.ba7816bf8f01cfea.css");
        assert_ne!(name("abc"), name("abd"));
    }

    /// The colours of one scheme, by name.
    fn colours(scheme: &str) -> std::collections::BTreeMap<&str, [u8; 3]> {
        let colour = |text: &str| {
            let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
            Some([byte(1)?, byte(3)?, byte(5)?])
        };
        let lines = scheme.lines().filter_map(|line| line.trim().strip_prefix("--"));
        let pairs = lines.filter_map(|line| line.trim_end_matches(';').split_once(": "));
        pairs.filter_map(|(name, value)| Some((name, colour(value)?))).collect()
    }

    /// Contrast as WCAG 2.2 counts it.
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let luminance = |colour: [u8; 3]| {
            let linear = colour.map(|byte| match f64::from(byte) / 255.0 {
                low if low <= 0.04045 => low / 12.92,
                high => ((high + 0.055) / 1.055).powf(2.4),
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_and_edges_stand_out_by_day_and_by_night_as_wcag_aa_asks() {
        let (day, rest) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let night = rest.split_once("\n}\n").unwrap().0;
        for scheme in [colours(day), colours(night)] {
            for (front, back, least) in [
                ("ink", "sheet", 7.0),
                ("ink", "paper", 7.0),
                ("ink", "tint", 7.0),
                ("ink", "alarm-tint", 7.0),
                ("quiet", "sheet", 4.5),
                ("quiet", "paper", 4.5),
                ("quiet", "water", 4.5),
                ("quiet", "tint", 4.5),
                ("sea", "sheet", 4.5),
                ("sea-deep", "sheet", 4.5),
                ("on-sea", "sea", 4.5),
                ("on-sea", "sea-deep", 4.5),
                ("alarm", "sheet", 4.5),
                ("alarm", "alarm-tint", 4.5),
                ("edge", "sheet", 3.0),
            ] {
                let found = contrast(scheme[front], scheme[back]);
                assert!(found >= least, "{front} on {back}: {found:.2}");
            }
        }
    }
}
