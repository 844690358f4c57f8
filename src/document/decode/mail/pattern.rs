//! Patterns of `postfix-regexp.cf`, a Postfix pcre table (pcre_table(5)).
//!
//! What is no regular expression in any dialect is refused here. Which addresses a pattern takes from whom is the renderer's question,
//! because it depends on what stands beside it in the files.

use regex_syntax::ast::{self, ErrorKind};

/// Takes `/…/flags`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(text: &str) -> Result<String, &'static str> {
    let (body, flags) = parts(text)?;
    let parsed = ast::parse::ParserBuilder::new()
        .ignore_whitespace(flags.contains('x'))
        .nest_limit(50)
        .build()
        .parse(&body.replace("\\/", "/"));
    match parsed.map_err(|error| fault(error.kind())) {
        Err(Some(fault)) => Err(fault),
        // What this dialect doesn't know, such as look-around, Perl's does.
        Ok(_) | Err(None) => Ok(text.to_owned()),
    }
}

/// What stands between the slashes, and behind them.
fn parts(text: &str) -> Result<(&str, &str), &'static str> {
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err("it is printable ASCII");
    }
    let inner = text.strip_prefix('/').ok_or("it starts with a slash")?;
    let mut escaped = false;
    let close = inner.bytes().position(|byte| {
        let is_close = byte == b'/' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_close
    });
    let (body, flags) = close.map(|close| inner.split_at(close)).ok_or("it ends with a slash")?;
    let flags = &flags[1..];
    if body.is_empty() {
        return Err("there is nothing between the slashes");
    }
    if !flags.bytes().all(|flag| b"imsx".contains(&flag)) {
        return Err("behind the closing slash stand the flags i, m, s and x at most; write a slash inside as `\\/`");
    }
    Ok((body, flags))
}

/// What is a fault in PCRE as well.
const fn fault(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::GroupUnclosed => Some("a `(` is not closed"),
        ErrorKind::GroupUnopened => Some("a `)` closes nothing"),
        ErrorKind::ClassUnclosed => Some("a `[` is not closed"),
        ErrorKind::ClassRangeInvalid => Some("a range in `[…]` runs backwards"),
        ErrorKind::EscapeUnexpectedEof => Some("it ends with a backslash"),
        ErrorKind::RepetitionMissing => Some("there is nothing to repeat before a `*`, `+` or `?`"),
        ErrorKind::RepetitionCountInvalid => Some("a `{m,n}` runs backwards"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_pattern() {
        for good in [
            r"/^info[0-9]+@example\.org$/",
            "/x/i",
            "/x/imsx",
            r"/a\/b/",
            r"/a\\/",
            "/^[^@]+@a b$/",
            "/(?=x)y/",
            r"/(a)\1/",
            r"/\Qx\E/",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "x",
            "//",
            "/",
            "/x",
            r"/x\/",
            " /x/",
            "!/x/",
            "#/x/",
            "if /x/",
            "endif",
            "/x/ a@example.org",
            "/a/b/",
            "/x/D",
            "/x\n/",
            "/\u{e4}/",
            "/(x/",
            "/x)/",
            "/[x/",
            "/*x/",
            "/[z-a]/",
            "/x{2,1}/",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
