//! What breaks a rule, as functions from source files to faults.

use std::fmt;

use super::source::Source;

/// One breach: the file and what it may not do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    path: String,
    says: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.says)
    }
}

fn fault(source: &Source, says: impl Into<String>) -> Fault {
    Fault {
        path: source.path.clone(),
        says: says.into(),
    }
}

/// Does `path` name `what` or something inside it?
fn is_inside(path: &str, what: &str) -> bool {
    path.strip_prefix(what)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What `source` uses of this crate outside its own module, without the leading `crate::`.
fn uses(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(own) = module.first() else { return Vec::new() };
    let mut uses: Vec<String> = source
        .paths()
        .iter()
        .filter_map(|path| path.strip_prefix("crate::"))
        .filter(|path| !is_inside(path, own))
        .map(str::to_owned)
        .collect();
    uses.dedup();
    uses
}

/// A module uses only what its row in `table` allows, and every module has a row.
pub(super) fn layers(source: &Source, table: &[(&str, &str)]) -> Vec<Fault> {
    let module = source.module();
    let Some(own) = module.first() else { return Vec::new() };
    let Some(row) = table.iter().position(|(name, _)| name == own) else {
        return vec![fault(source, format!("`{own}` has no row in the table of layers"))];
    };
    let above = &table[..row];
    let allowed = |path: &str| {
        table[row].1.split_whitespace().any(|allowed| match allowed {
            "*" => above.iter().any(|(name, _)| is_inside(path, name)),
            _ => is_inside(path, allowed),
        })
    };
    uses(source)
        .into_iter()
        .filter(|path| !allowed(path))
        .map(|path| fault(source, format!("`{own}` may not use `crate::{path}`")))
        .collect()
}

/// A module stands in `lib.rs` below all it uses.
pub(super) fn reading_order(source: &Source, order: &[&str]) -> Vec<Fault> {
    let module = source.module();
    let Some(own) = module.first() else { return Vec::new() };
    let above = order.split(|name| name == own).next().unwrap_or_default();
    uses(source)
        .into_iter()
        .filter(|path| !above.iter().any(|name| is_inside(path, name)))
        .map(|path| fault(source, format!("`crate::{path}` stands below `{own}` in lib.rs")))
        .collect()
}

/// Paths of other crates stay with the modules of `kept_to`, and `unaware` modules name none of theirs.
pub(super) fn foreign(source: &Source, kept_to: &[(&str, &[&str])], unaware: &[(&str, &[&str])]) -> Vec<Fault> {
    let own = source.module().join("::");
    let paths = source.paths();
    let named = |what: &str| paths.iter().any(|path| is_inside(path, what));
    let mut faults = Vec::new();
    for (what, owners) in kept_to {
        if !owners.iter().any(|owner| is_inside(&own, owner)) && named(what) {
            faults.push(fault(source, format!("only {owners:?} may name `{what}`")));
        }
    }
    for (module, unknown) in unaware.iter().filter(|(module, _)| is_inside(&own, module)) {
        for what in unknown.iter().filter(|what| named(what)) {
            faults.push(fault(source, format!("`{module}` must not know `{what}`")));
        }
    }
    faults
}

/// A file says first what it is, keeps under `ceiling` lines, and switches no test off.
pub(super) fn shape(source: &Source, ceiling: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !source.text.starts_with("//! ") {
        faults.push(fault(source, "starts without a `//!` line that says what it is"));
    }
    let lines = source.text.lines().count();
    if lines > ceiling {
        faults.push(fault(source, format!("has {lines} lines, more than {ceiling}")));
    }
    if source.code.contains("#[ignore") {
        faults.push(fault(source, "switches a test off with `#[ignore]`"));
    }
    faults
}

/// Every file is declared as a module by the file above it.
pub(super) fn forgotten(sources: &[Source]) -> Vec<Fault> {
    let is_declared = |source: &Source| {
        let module = source.module();
        let Some((name, parent)) = module.split_last() else {
            return true;
        };
        sources.iter().any(|other| {
            let same_tree = other.path.starts_with("src/") == source.path.starts_with("src/");
            same_tree && other.module() == parent && other.declared_modules().contains(name)
        })
    };
    sources
        .iter()
        .filter(|source| !is_declared(source))
        .map(|source| fault(source, "no file declares it with `mod`: it isn't compiled"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[(&str, &str)] = &[
        ("digest", ""),
        ("seal", "digest"),
        ("oidc", "seal"),
        ("reconcile", "oidc::revoke"),
        ("cli", "*"),
    ];

    #[track_caller]
    fn check(faults: &[Fault], expect: &[&str]) {
        let says: Vec<&str> = faults.iter().map(|fault| fault.says.as_str()).collect();
        assert_eq!(says, expect);
    }

    #[test]
    fn a_use_that_the_row_does_not_allow_is_a_fault() {
        let check = |path: &str, text: &str, expect: &[&str]| check(&layers(&Source::new(path, text), TABLE), expect);
        check("src/seal.rs", "use crate::digest::Digest;", &[]);
        check("src/oidc/keys.rs", "use crate::oidc::Error; use super::Provider;", &[]);
        check(
            "src/oidc/mod.rs",
            "use crate::digest;",
            &["`oidc` may not use `crate::digest`"],
        );
        check(
            "src/digest.rs",
            "fn f() { crate::seal::open() }",
            &["`digest` may not use `crate::seal::open`"],
        );
        check("src/reconcile/mod.rs", "use crate::oidc::revoke::Sweep;", &[]);
        check(
            "src/reconcile/mod.rs",
            "use crate::oidc;",
            &["`reconcile` may not use `crate::oidc`"],
        );
        check("src/cli/mod.rs", "use crate::{digest, reconcile};", &[]);
        check(
            "src/cli/mod.rs",
            "use crate::elsewhere;",
            &["`cli` may not use `crate::elsewhere`"],
        );
        check("src/utils.rs", "", &["`utils` has no row in the table of layers"]);
    }

    #[test]
    fn a_use_of_what_stands_below_is_a_fault() {
        let order = ["digest", "seal", "oidc"];
        let source = Source::new("src/seal.rs", "use crate::{digest::Digest, oidc::Error};");
        check(
            &reading_order(&source, &order),
            &["`crate::oidc::Error` stands below `seal` in lib.rs"],
        );
    }

    #[test]
    fn a_crate_named_outside_its_module_is_a_fault() {
        let kept_to: &[(&str, &[&str])] = &[("aws_lc_rs", &["oidc::keys"]), ("std::process::exit", &[])];
        let unaware: &[(&str, &[&str])] = &[("model", &["std::fs"])];
        let check = |path: &str, text: &str, expect: &[&str]| {
            check(&foreign(&Source::new(path, text), kept_to, unaware), expect);
        };
        check("src/oidc/keys.rs", "use aws_lc_rs::rsa;", &[]);
        check(
            "src/oidc/token.rs",
            "use aws_lc_rs::rsa;",
            &[r#"only ["oidc::keys"] may name `aws_lc_rs`"#],
        );
        check(
            "src/main.rs",
            "std::process::exit(1)",
            &["only [] may name `std::process::exit`"],
        );
        check(
            "src/model/user.rs",
            "use std::{fmt, fs};",
            &["`model` must not know `std::fs`"],
        );
        check("src/model/user.rs", "use std::fmt;", &[]);
        check("src/repo.rs", "use std::fs;", &[]);
    }

    #[test]
    fn a_bare_long_or_switched_off_file_is_a_fault() {
        let check = |text: &str, expect: &[&str]| check(&shape(&Source::new("src/a.rs", text), 3), expect);
        check("//! A.\n", &[]);
        check("fn f() {}", &["starts without a `//!` line that says what it is"]);
        check("//! A.\n\n\n\n", &["has 4 lines, more than 3"]);
        check(
            "//! A.\n#[test]\n#[ignore = \"slow\"]",
            &["switches a test off with `#[ignore]`"],
        );
        check("//! A.\n// #[ignore]\nconst S: &str = \"#[ignore]\";", &[]);
    }

    #[test]
    fn a_file_nobody_declares_is_a_fault() {
        let sources = [
            Source::new("src/lib.rs", "pub mod model;"),
            Source::new("src/model/mod.rs", "mod user;"),
            Source::new("src/model/user.rs", ""),
            Source::new("src/model/lost.rs", ""),
            Source::new("tests/it/main.rs", "mod other;"),
            Source::new("tests/it/model.rs", ""),
        ];
        let lost: Vec<String> = forgotten(&sources).iter().map(|fault| fault.path.clone()).collect();
        assert_eq!(lost, ["src/model/lost.rs", "tests/it/model.rs"]);
    }
}
