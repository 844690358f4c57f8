//! Patterns of `postfix-regexp.cf`, a Postfix pcre table (pcre_table(5)).
//!
//! Postfix drops a line whose pattern PCRE cannot compile, and says so in its log alone; so what PCRE is known to refuse is refused
//! here. What stands behind a look-around or a back reference is not looked at. Which addresses a pattern takes from whom is the
//! renderer's question, because it depends on what stands beside it in the files.

use std::convert::Infallible;

use regex_syntax::ast::{
    self, Ast, ClassSet, ClassSetItem, ErrorKind, Flag, Flags, FlagsItemKind, GroupKind, HexLiteralKind, LiteralKind,
    Repetition, RepetitionKind, RepetitionRange,
};

/// The largest count in `{m,n}` (pcre2limits(3)).
const MAX_COUNT: u32 = 65_535;

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
    let fault = match &parsed {
        Ok(tree) => match ast::visit(tree, Strict::default()) {
            Ok(found) => found,
            Err(never) => match never {},
        },
        Err(error) => unknown(error),
    };
    fault.map_or_else(|| Ok(text.to_owned()), Err)
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

/// What is a fault in PCRE as well, of what this dialect does not take.
fn unknown(error: &ast::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::UnsupportedLookAround | ErrorKind::UnsupportedBackreference => return None,
        ErrorKind::EscapeUnrecognized => {
            let letter = error.pattern()[error.span().start.offset..].chars().nth(1);
            if letter.is_some_and(|letter| "QEehHRXNKGcog".contains(letter)) {
                return None;
            }
            "a `\\` stands before a letter that means nothing"
        }
        ErrorKind::GroupUnclosed => "a `(` is not closed",
        ErrorKind::GroupUnopened => "a `)` closes nothing",
        ErrorKind::ClassUnclosed => "a `[` is not closed",
        ErrorKind::ClassRangeInvalid | ErrorKind::ClassRangeLiteral => {
            "a range in `[…]` runs backwards or to no character"
        }
        ErrorKind::EscapeUnexpectedEof => "it ends with a backslash",
        ErrorKind::RepetitionMissing => "there is nothing to repeat before a `*`, `+` or `?`",
        ErrorKind::RepetitionCountInvalid => "a `{m,n}` runs backwards",
        ErrorKind::RepetitionCountUnclosed | ErrorKind::RepetitionCountDecimalEmpty => {
            "a `{` that begins no count is written `\\{`"
        }
        ErrorKind::GroupNameDuplicate { .. } => "two groups have the same name",
        ErrorKind::NestLimitExceeded(_) => "its groups nest too deep",
        _ => "it is no regular expression that PCRE takes",
    })
}

/// Finds what this dialect takes and PCRE refuses; the first fault counts.
#[derive(Default)]
struct Strict(Option<&'static str>);

impl Strict {
    fn refuse_if(&mut self, is_fault: bool, fault: &'static str) {
        if is_fault {
            self.0.get_or_insert(fault);
        }
    }

    fn repetition(&mut self, repetition: &Repetition) {
        let inner = &*repetition.ast;
        let is_possessive = repetition.greedy && matches!(repetition.op.kind, RepetitionKind::OneOrMore);
        let repeats_twice = match inner {
            Ast::Repetition(first) => !is_possessive || !first.greedy || matches!(&*first.ast, Ast::Repetition(_)),
            _ => false,
        };
        self.refuse_if(
            repeats_twice,
            "what is repeated already is repeated again: put it in `(?:…)`",
        );
        self.refuse_if(
            matches!(inner, Ast::Assertion(_) | Ast::Flags(_) | Ast::Empty(_)),
            "there is nothing to repeat before a `*`, `+` or `?`",
        );
        let most = match repetition.op.kind {
            RepetitionKind::Range(
                RepetitionRange::Exactly(most) | RepetitionRange::AtLeast(most) | RepetitionRange::Bounded(_, most),
            ) => most,
            _ => 0,
        };
        self.refuse_if(most > MAX_COUNT, "a `{…}` counts to 65535 at most");
    }

    fn flags(&mut self, flags: &Flags) {
        let unknown = |kind: &FlagsItemKind| matches!(kind, FlagsItemKind::Flag(Flag::Unicode | Flag::CRLF));
        self.refuse_if(
            flags.items.iter().any(|item| unknown(&item.kind)),
            "`(?…)` has a flag that PCRE does not know",
        );
    }

    fn literal(&mut self, kind: &LiteralKind) {
        let (LiteralKind::HexFixed(form) | LiteralKind::HexBrace(form)) = kind else {
            return;
        };
        let is_unicode = matches!(form, HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong);
        self.refuse_if(is_unicode, "PCRE does not take `\\u`: addresses are ASCII");
    }

    /// `[:foo:]`, `[.a.]` and `[=a=]` within a class: no class of that name, and collating is not supported.
    fn inner_class(&mut self, inner: &ClassSet) {
        let first = match inner {
            ClassSet::Item(ClassSetItem::Union(union)) => union.items.first(),
            ClassSet::Item(item) => Some(item),
            ClassSet::BinaryOp(_) => None,
        };
        let opens = |item: &ClassSetItem| matches!(item, ClassSetItem::Literal(literal) if ":.=".contains(literal.c));
        self.refuse_if(first.is_some_and(opens), "there is no `[:…:]` of that name");
    }
}

/// Addresses are ASCII, and which names of properties there are depends on how PCRE was built.
const PROPERTY: &str = "`\\p` has no use in an address: write the letters, as in `[a-z]`";

impl ast::Visitor for Strict {
    type Output = Option<&'static str>;
    type Err = Infallible;

    fn finish(self) -> Result<Self::Output, Infallible> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, tree: &Ast) -> Result<(), Infallible> {
        match tree {
            Ast::Repetition(repetition) => self.repetition(repetition),
            Ast::Flags(set) => self.flags(&set.flags),
            Ast::Group(group) => {
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.flags(flags);
                }
            }
            Ast::Literal(literal) => self.literal(&literal.kind),
            Ast::ClassUnicode(_) => self.refuse_if(true, PROPERTY),
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Infallible> {
        match item {
            ClassSetItem::Unicode(_) => self.refuse_if(true, PROPERTY),
            ClassSetItem::Literal(literal) => self.literal(&literal.kind),
            ClassSetItem::Bracketed(inner) => self.inner_class(&inner.kind),
            _ => {}
        }
        Ok(())
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
            "/a++b*?c{2}?/",
            "/[[:alpha:]][[:^digit:]]/",
            "/x{65535}/",
            "/(?i:a)(?:)*/",
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
            "/x{99999}/",
            "/a**/",
            "/[[:foo:]]/",
            r"/\p{Foo}/",
            "/a{2}{3}/",
            "/a+?+/",
            "/a+++/",
            "/^*/",
            "/[[.a.]]/",
            r"/\u0041/",
            "/(?z)a/",
            r"/\y/",
            r"/[a-\d]/",
            "/x{,5}/",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
