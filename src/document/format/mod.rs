//! The canonical form of a file, which `dockspace fmt` writes.
//!
//! Keys and tables in the order of the format reference, names of one's own and sets sorted, `key = value`, one blank line between
//! tables, an array on one line where it fits and one item a line where not. A comment goes with what it stands above or behind; the
//! comment at the very top stays there. What the file says does not change, nor how its texts are quoted.
//!
//! ```
//! use dockspace::document::{Kind, format};
//!
//! let text = "groups=['b','a'] # ours\nid = \"0193\"\n";
//! assert_eq!(format(Kind::User, text).unwrap(), "id = \"0193\"\ngroups = ['a', 'b'] # ours\n");
//! ```

mod comments;
#[cfg(test)]
mod tests;
mod value;

use comments::{Block, Comments, Lines};
use value::Writer;

use super::{
    Kind,
    edit::{WIDTH, key},
    outline::{Entry, Outline, Section, SyntaxError, line_end, line_start},
    schema::Layout,
};

/// Writes `text`, a file of this kind, in the canonical form.
///
/// # Errors
/// [`SyntaxError`] when it is not TOML: such a file is best left alone.
pub fn format(kind: Kind, text: &str) -> Result<String, SyntaxError> {
    let outline = Outline::parse(text)?;
    let unix = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let outline = if unix == text { outline } else { Outline::parse(&unix)? };
    Ok(Page::read(&unix, &outline, Layout::of(kind)).write())
}

/// A file taken to pieces, in canonical order.
struct Page<'a> {
    text: &'a str,
    layout: Layout,
    /// The comment at the very top.
    top: Option<Block<'a>>,
    parts: Vec<Part<'a>>,
    /// The comments behind the last key.
    end: Comments<'a>,
}

/// A section with the comments of all that is in it.
struct Part<'a> {
    section: &'a Section,
    comments: Comments<'a>,
    entries: Vec<(&'a Entry, Comments<'a>)>,
}

impl<'a> Page<'a> {
    fn read(text: &'a str, outline: &'a Outline, layout: Layout) -> Self {
        let mut at = 0;
        let mut top = None;
        let mut above = |start: usize, end: usize| {
            let mut comments = Comments::read(&text[at..start]);
            if at == 0 {
                top = comments.take_first();
            }
            at = line_end(text, end);
            comments
        };
        let mut parts = Vec::with_capacity(outline.sections.len());
        for section in &outline.sections {
            let header = section.header.as_ref();
            let comments = header
                .map(|header| above(line_start(text, header.start), header.end))
                .unwrap_or_default();
            let entries = section
                .entries
                .iter()
                .map(|entry| (entry, above(line_start(text, entry.key.start), entry.span.end)));
            parts.push(Part {
                section,
                comments,
                entries: entries.collect(),
            });
        }
        let end = above(text.len(), text.len());
        let mut page = Self {
            text,
            layout,
            top,
            parts,
            end,
        };
        page.sort();
        page
    }

    fn sort(&mut self) {
        let layout = self.layout;
        for part in &mut self.parts {
            part.entries.sort_by(|(a, _), (b, _)| layout.compare(&a.path, &b.path));
        }
        self.parts.sort_by_cached_key(|part| {
            let at = &part.section.at;
            let steps = layout.ranks(&at.path).into_iter().zip(at.elements.iter().copied());
            steps.collect::<Vec<_>>()
        });
    }

    /// The comments of the first thing in the file.
    fn first(&self) -> Option<&Comments<'a>> {
        self.parts.iter().find_map(|part| match part.entries.first() {
            _ if part.section.header.is_some() => Some(&part.comments),
            first => first.map(|(_, comments)| comments),
        })
    }

    fn write(&self) -> String {
        let mut lines = Lines::default();
        if let Some(top) = &self.top {
            lines.top(top, self.first().is_none_or(|comments| !comments.is_empty()));
        }
        for part in &self.parts {
            if let Some(header) = &part.section.header {
                lines.table();
                lines.comments(&part.comments);
                lines.line(&self.header(part.section, header.end));
            }
            for (entry, comments) in &part.entries {
                lines.comments(comments);
                lines.line(&self.entry(part.section, entry));
            }
        }
        lines.end(&self.end)
    }

    fn header(&self, section: &Section, end: usize) -> String {
        let path: Vec<String> = section.at.path.iter().map(|step| key(step)).collect();
        let path = path.join(".");
        let header = if section.is_element {
            format!("[[{path}]]")
        } else {
            format!("[{path}]")
        };
        header + &self.behind(end)
    }

    fn entry(&self, section: &Section, entry: &Entry) -> String {
        let steps: Vec<String> = entry.path[section.at.path.len()..]
            .iter()
            .map(|step| key(step))
            .collect();
        let name = steps.join(".");
        let room = WIDTH.saturating_sub(name.chars().count() + " = ".len());
        let value = Writer {
            text: self.text,
            layout: self.layout,
        }
        .value(&entry.value, &entry.path, room);
        format!("{name} = {value}{}", self.behind(entry.span.end))
    }

    /// The comment behind what ends at byte `at`, with a blank before it.
    fn behind(&self, at: usize) -> String {
        let rest = self.text[at..line_end(self.text, at)].trim();
        if rest.is_empty() {
            String::new()
        } else {
            format!(" {rest}")
        }
    }
}
