//! The formats: what each file of the repository may hold, and which files docker-mailserver gets.

use serde::Serialize;

use crate::document::Kind;
use crate::document::schema::{ReferenceRow, reference_rows};
use crate::mailserver::{OWNED, Reload};

#[derive(Serialize)]
pub(in crate::site) struct View {
    kinds: Vec<Format>,
    rendered: Vec<Rendered>,
}

/// A kind of file of the repository.
#[derive(Serialize)]
struct Format {
    id: &'static str,
    pattern: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    holds: Vec<Piece>,
    without: Vec<Piece>,
    meaning: Vec<Piece>,
}

/// Words, or what stands between backticks.
#[derive(Serialize)]
struct Piece {
    code: bool,
    text: String,
}

/// A file of docker-mailserver.
#[derive(Serialize)]
struct Rendered {
    name: &'static str,
    taken: &'static str,
    mode: String,
}

fn pieces(markdown: &str) -> Vec<Piece> {
    let parts = markdown.split('`').enumerate();
    let piece = |(place, text): (usize, &str)| Piece {
        code: place % 2 == 1,
        text: text.replace("\\|", "|"),
    };
    parts.map(piece).filter(|piece| !piece.text.is_empty()).collect()
}

fn row(row: ReferenceRow) -> Row {
    Row {
        holds: pieces(&row.holds),
        without: pieces(&row.without),
        meaning: pieces(row.meaning),
        name: row.name,
    }
}

pub(in crate::site) fn view() -> View {
    let format = |kind: &Kind| Format {
        id: kind.as_str(),
        pattern: kind.pattern(),
        rows: reference_rows(*kind).into_iter().map(row).collect(),
    };
    let rendered = |owned: &crate::mailserver::Owned| Rendered {
        name: owned.name,
        taken: match owned.reload {
            Reload::Watched => "within seconds",
            Reload::Unwatched => "when Postfix reloads for another reason",
        },
        mode: format!("{:o}", owned.mode),
    };
    View {
        kinds: Kind::ALL.iter().map(format).collect(),
        rendered: OWNED.iter().map(rendered).collect(),
    }
}
