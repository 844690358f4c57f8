//! The reference in `docs/` is what the program says of itself.
//!
//! To write it anew, run with `DOCKSPACE_BLESS=1` and review the difference.

use std::{fs, path::Path};

use dockspace::document::schema;

#[test]
fn the_format_reference_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/format.md");
    let page = schema::reference_markdown(|_| None);
    if std::env::var_os("DOCKSPACE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "docs/reference/format.md is out of date");
}
