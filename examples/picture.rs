//! Terminal output as a picture: reads text with colours from standard input, writes SVG. `ci/pictures` makes those of the
//! documentation with it.

use std::io::{self, Read, Write};

use anstyle_svg::{Term, WIN10_CONSOLE};

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    io::stdout().write_all(Term::new().palette(WIN10_CONSOLE).render_svg(&text).as_bytes())
}
