//! Lists for people: one line each, columns aligned.

/// A heading and rows as aligned text; nothing when there are no rows.
///
/// Columns are two blanks apart and counted in characters; the last is not filled up, so that nothing trails.
#[must_use]
pub(super) fn columns<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heading = heading.map(str::to_owned);
    let all = || std::iter::once(&heading).chain(rows);
    let width = |column: usize| all().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    all().map(|row| line(row, &widths)).collect()
}

fn line<const N: usize>(row: &[String; N], widths: &[usize; N]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line += &format!("{cell:<width$}  ");
    }
    line.trim_end().to_owned() + "\n"
}

/// Names as one cell; `-` for none, so that every line has as many columns.
#[must_use]
pub(super) fn names(names: impl IntoIterator<Item = impl ToString>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    if names.is_empty() {
        "-".to_owned()
    } else {
        names.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_nothing_trails() {
        let rows = [
            ["alice".into(), "Zoë".into(), String::new()],
            ["b".into(), "B".into(), "x".into()],
        ];
        let expect = "NAME   TITLE  NOTE\nalice  Zoë\nb      B      x\n";
        assert_eq!(columns(["NAME", "TITLE", "NOTE"], &rows), expect);
        assert_eq!(columns(["NAME"], &[]), "");
    }

    #[test]
    fn a_cell_of_names_is_never_empty() {
        assert_eq!(names(["a", "b"]), "a,b");
        assert_eq!(names([""; 0]), "-");
    }
}
