//! The one comment on a request that is written anew each time, found again by its first line and by who wrote it.
//!
//! Anybody may write a comment that begins so. Only one whose author is the token's own is touched, whatever the token would be
//! allowed to.

use super::api::{ForgeError, Project};
use crate::outbound::Outbound;

/// The longest text that every forge takes, in bytes: GitHub counts 65 536 characters.
pub const LONGEST: usize = 65_000;

/// What a comment of ours begins with, such as `<!-- dockspace plan -->`.
#[derive(Clone, Copy, Debug)]
pub struct Marker<'a>(pub &'a str);

/// A text that is fit to be a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

/// Why a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than every forge takes.
    #[error("the text is longer than {LONGEST} bytes")]
    TooLong,
    /// Not UTF-8, or with a NUL.
    #[error("this is no text")]
    NoText,
    /// Another first line.
    #[error("the text does not begin with the line by which it would be found again")]
    NoMarker,
    /// A line that GitLab would take for a command, such as `/merge`.
    #[error("a line begins with `/`, which GitLab takes for a command")]
    Command,
}

/// What became of the comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// There was none.
    Created,
    /// There was one that said something else.
    Updated,
    /// It says so already.
    Unchanged,
}

impl Text {
    /// Takes what `plan --format markdown` wrote.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(bytes: Vec<u8>, marker: Marker<'_>) -> Result<Self, TextError> {
        if bytes.len() > LONGEST {
            return Err(TextError::TooLong);
        }
        let text = String::from_utf8(bytes).map_err(|_| TextError::NoText)?;
        if text.contains('\0') {
            return Err(TextError::NoText);
        }
        if text.lines().next() != Some(marker.0) {
            return Err(TextError::NoMarker);
        }
        if text.lines().any(|line| line.trim_start().starts_with('/')) {
            return Err(TextError::Command);
        }
        Ok(Self(text))
    }
}

/// Makes the comment on `request` say `text`. Its author is `author`, else whose token it is.
///
/// # Errors
/// A [`ForgeError`].
pub async fn put(
    outbound: &Outbound,
    project: &Project,
    request: u64,
    (marker, author): (Marker<'_>, Option<&str>),
    text: &Text,
) -> Result<Put, ForgeError> {
    let author = match author {
        Some(author) => author.to_owned(),
        None => project.me(outbound).await?,
    };
    let comments = project.comments(outbound, request).await?;
    let own = comments
        .iter()
        .find(|comment| comment.author == author && comment.body.lines().next() == Some(marker.0));
    match own {
        None => {
            project.create(outbound, request, &text.0).await?;
            Ok(Put::Created)
        }
        // Forges take a last newline off.
        Some(comment) if comment.body.replace("\r\n", "\n").trim_end() == text.0.trim_end() => Ok(Put::Unchanged),
        Some(comment) => {
            project.update(outbound, request, comment, &text.0).await?;
            Ok(Put::Updated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_its_marker_and_commands_nobody() {
        let marker = Marker("<!-- m -->");
        let long = format!("<!-- m -->\n{}", "x".repeat(LONGEST));
        for (text, expect) in [
            ("<!-- m -->\n- `/merge`\n", None),
            ("<!-- m -->", None),
            ("", Some(TextError::NoMarker)),
            ("\n<!-- m -->\n", Some(TextError::NoMarker)),
            ("<!-- m --> x\n", Some(TextError::NoMarker)),
            ("<!-- m -->\n/merge\n", Some(TextError::Command)),
            ("<!-- m -->\n  /merge\n", Some(TextError::Command)),
            ("<!-- m -->\na\0b\n", Some(TextError::NoText)),
            (long.as_str(), Some(TextError::TooLong)),
        ] {
            assert_eq!(Text::parse(text.into(), marker).err(), expect);
        }
        assert_eq!(Text::parse(vec![0xff], marker), Err(TextError::NoText));
    }
}
