//! git's merge of one file, line by line, with its markers where two sides changed the same lines.
//!
//! Knows nothing of what the lines mean; that is for `document`, which is asked first.

use git2::{MergeFileInput, MergeFileOptions};

use super::Error;

/// What came of a merge by lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedLines {
    /// The text, with markers around what both sides changed.
    pub text: Vec<u8>,
    /// Whether there are no markers.
    pub is_clean: bool,
}

/// Merges what two sides made of `base`.
///
/// ```
/// let merged = dockspace::repo::merge_lines(b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n")?;
/// assert!(merged.is_clean && merged.text == b"A\nb\nC\n");
/// # Ok::<(), dockspace::repo::Error>(())
/// ```
///
/// # Errors
/// A side is too large to merge.
pub fn merge_lines(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<MergedLines, Error> {
    // A merge alone does not start libgit2; the first value of its own does.
    git2::Config::new()?;
    let [base, ours, theirs] = [base, ours, theirs].map(|side| {
        let mut input = MergeFileInput::new();
        input.content(side);
        input
    });
    let mut options = MergeFileOptions::new();
    options.ancestor_label("base").our_label("ours").their_label("theirs");
    let merged = git2::merge_file(&base, &ours, &theirs, Some(&mut options))?;
    Ok(MergedLines {
        text: merged.content().to_vec(),
        is_clean: merged.is_automergeable(),
    })
}
