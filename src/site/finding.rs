//! A warning, as pages show it: kept from build to build.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

/// One warning of `check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    code: String,
    title: String,
    message: String,
    /// The file.
    pub path: String,
    hint: Option<String>,
}

impl From<&Diagnostic> for Finding {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.rule.code.to_owned(),
            title: diagnostic.rule.title.to_owned(),
            message: diagnostic.message.clone(),
            path: diagnostic.place.path.to_string(),
            hint: diagnostic.hint.clone(),
        }
    }
}
