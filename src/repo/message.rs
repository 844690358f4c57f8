//! The text of a commit message.

/// A commit message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The first line.
    pub subject: String,
    /// Why, in as many lines as it takes; may be empty.
    pub body: String,
    /// `Key: value` lines at the end, for programs to read.
    pub trailers: Vec<(String, String)>,
}

impl Message {
    /// The whole text. What is given as one line is one line, so that a name can't bring a trailer with it.
    pub(super) fn text(&self) -> String {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut text = line(&self.subject) + "\n";
        if !self.body.trim().is_empty() {
            text += &format!("\n{}\n", self.body.trim());
        }
        for (index, (key, value)) in self.trailers.iter().enumerate() {
            text += if index == 0 { "\n" } else { "" };
            text += &format!("{}: {}\n", line(key), line(value));
        }
        text
    }
}
