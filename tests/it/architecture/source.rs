//! Rust source as far as the rules need it: which paths it names and which modules it declares.
//!
//! Not a parser: comments and literals are blanked, and what is left is read as identifiers joined by `::`. That sees into
//! macros, which a syntax tree does not.

/// One file.
pub(super) struct Source {
    /// Relative to the repository: `src/model/user.rs`.
    pub(super) path: String,
    /// As it stands.
    pub(super) text: String,
    /// Without comments and the contents of literals.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blank(text),
        }
    }

    /// `["model", "user"]` for `src/model/user.rs`, `["model"]` for `src/model/mod.rs`, nothing for `lib.rs` and `main.rs`.
    pub(super) fn module(&self) -> Vec<&str> {
        let inside = self.path.trim_start_matches("src/").trim_start_matches("tests/it/");
        let mut parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
            parts.pop();
        }
        parts
    }

    /// The code without its tests, which may use more than the module itself.
    pub(super) fn product_code(&self) -> String {
        if matches!(self.module().last(), Some(&"tests")) {
            return String::new();
        }
        let mut code = self.code.clone();
        while let Some((start, end)) = inline_tests(&code) {
            code.replace_range(start..end, "");
        }
        code
    }

    /// Every path the product's code names, absolute where it is one of this crate: `crate::seal::Secret`.
    pub(super) fn paths(&self) -> Vec<String> {
        let depth = self.module().len();
        paths_in(&self.product_code())
            .into_iter()
            .map(|path| {
                let ups = path.iter().take_while(|part| *part == "super").count();
                if ups > 0 && ups >= depth {
                    format!("crate::{}", path[ups..].join("::"))
                } else {
                    path.join("::")
                }
            })
            .collect()
    }

    /// The modules declared with `mod name;`, in order.
    pub(super) fn declared_modules(&self) -> Vec<&str> {
        let mut words = self.code.split_whitespace();
        let mut names = Vec::new();
        while let Some(word) = words.next() {
            if word == "mod" {
                names.extend(words.next().and_then(|name| name.strip_suffix(';')));
            }
        }
        names
    }
}

/// Start and end of the first `#[cfg(test)] mod … { … }`.
fn inline_tests(code: &str) -> Option<(usize, usize)> {
    const MARK: &str = "#[cfg(test)]";
    for (start, _) in code.match_indices(MARK) {
        let rest = &code[start + MARK.len()..];
        let Some(open) = rest.find(['{', ';']) else { continue };
        if !rest.trim_start().starts_with("mod ") || rest[open..].starts_with(';') {
            continue;
        }
        let mut depth = 0;
        for (at, character) in rest[open..].char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some((start, start + MARK.len() + open + at + 1));
            }
        }
    }
    None
}

/// All paths of two parts or more; `use a::{b, c::D}` gives `a::b` and `a::c::D`.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = if is_name(tokens[at]) {
            tree(&tokens, at, &[], &mut found)
        } else {
            at + 1
        };
    }
    found.retain(|path| path.len() > 1);
    found
}

/// Reads one path, or a tree of them, from `at`; returns where it ends.
fn tree(tokens: &[&str], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at) {
            Some(&"{") if !path.is_empty() => {
                at += 1;
                while at < tokens.len() && tokens[at] != "}" {
                    at = if is_name(tokens[at]) {
                        tree(tokens, at, &path, found)
                    } else {
                        at + 1
                    };
                }
                return at + 1;
            }
            Some(name) if is_name(name) => path.push((*name).to_owned()),
            _ => break,
        }
        at += 1;
        if tokens.get(at) != Some(&"::") {
            break;
        }
        at += 1;
    }
    found.push(path);
    at
}

/// Identifiers, `::`, and every other visible character by itself.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_word(first) {
            rest.find(|character| !is_word(character)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The text with comments taken out and literals emptied.
fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let in_word = code.ends_with(is_word);
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if !in_word => raw_string(rest).unwrap_or(0),
            '\'' => character(rest),
            _ => 0,
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            if first != '/' {
                code.push_str("\"\"");
            }
            rest = &rest[skipped..];
        }
    }
    code
}

/// Length of the (nestable) comment `text` starts with.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of the string literal `text` starts with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of the raw string literal `text` starts with, if it is one.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(text.len() - body.len() + length)
}

/// Length of the character literal `text` starts with; 0 when it is a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), Some(escaped)) => {
            let start = 2 + escaped.len_utf8();
            text[start..].find('\'').map_or(0, |at| start + at + 1)
        }
        (Some(only), Some('\'')) => 2 + only.len_utf8(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_paths(path: &str, text: &str, expect: &[&str]) {
        assert_eq!(Source::new(path, text).paths(), expect);
    }

    #[test]
    fn paths_are_read_from_trees_expressions_and_macros() {
        let path = "src/plan/files.rs";
        check_paths(path, "use crate::seal;", &["crate::seal"]);
        check_paths(
            path,
            "use crate::{model::{User, self}, seal::*};",
            &["crate::model::User", "crate::model::self", "crate::seal"],
        );
        check_paths(path, "let x = git2::Repository::open(y);", &["git2::Repository::open"]);
        check_paths(path, "assert!(crate::digest::equal(a, b));", &["crate::digest::equal"]);
        check_paths(path, "#[derive(serde::Serialize)] struct A;", &["serde::Serialize"]);
        check_paths(
            path,
            "fn f(x: Vec<crate::model::User>) -> Self {}",
            &["crate::model::User"],
        );
    }

    #[test]
    fn super_is_resolved_where_it_leaves_the_module() {
        check_paths("src/plan/files.rs", "use super::Plan;", &["super::Plan"]);
        check_paths(
            "src/plan/files.rs",
            "use super::super::seal::Secret;",
            &["crate::seal::Secret"],
        );
        check_paths("src/plan/mod.rs", "use super::seal::Secret;", &["crate::seal::Secret"]);
        check_paths("src/digest.rs", "use super::seal::Secret;", &["crate::seal::Secret"]);
    }

    #[test]
    fn comments_literals_and_tests_do_not_count() {
        let path = "src/plan/files.rs";
        check_paths(path, "//! [`crate::seal`]\n/* a::b /* c::d */ e::f */", &[]);
        check_paths(
            path,
            r####"f("a::b \" c::d", r##"e"#::f"##, b"g::h", '"', '\'', "i::j")"####,
            &[],
        );
        check_paths(
            path,
            "fn f<'a>(x: &'a crate::seal::Secret) {}",
            &["crate::seal::Secret"],
        );
        check_paths(
            path,
            "use a::b;\n#[cfg(test)]\nmod tests { use c::d; fn f() { g::h() } }\nuse i::j;",
            &["a::b", "i::j"],
        );
        check_paths("src/plan/tests.rs", "use c::d;", &[]);
    }

    #[test]
    fn modules_are_named_after_their_file() {
        for (path, expect) in [
            ("src/lib.rs", vec![]),
            ("src/digest.rs", vec!["digest"]),
            ("src/model/mod.rs", vec!["model"]),
            ("src/model/user.rs", vec!["model", "user"]),
            ("tests/it/support/rig.rs", vec!["support", "rig"]),
        ] {
            assert_eq!(Source::new(path, "").module(), expect, "{path}");
        }
        let source = Source::new("src/lib.rs", "pub mod a;\nmod b;\n// mod c;\nmod d { }");
        assert_eq!(source.declared_modules(), ["a", "b"]);
    }
}
