//! What the sign-in server is held to, as `requirements.txt` says: one line for each requirement.

/// A requirement.
pub(super) struct Requirement {
    /// A letter and a number; `r` is for rows.
    pub(super) id: (char, u8),
    /// The module of the certification, or what the row is about.
    pub(super) name: &'static str,
    /// What is promised, or why it is left out.
    pub(super) promise: Result<&'static str, &'static str>,
}

/// All of them, in order.
pub(super) fn requirements() -> Vec<Requirement> {
    let lines = include_str!("requirements.txt").lines();
    let read = |line: &'static str| {
        let mut cells = line.split(" | ");
        let (id, name, promise) = (cells.next()?, cells.next()?, cells.next()?);
        let (letter, number) = (id.chars().next()?, id[1..].parse().ok()?);
        Some(Requirement {
            id: (letter, number),
            name,
            promise: promise.strip_prefix("left out: ").map_or(Ok(promise), Err),
        })
    };
    lines.filter_map(read).collect()
}
