//! `DS-P01…`: what breaks a rule of `[policy.rules]`.

use crate::diagnostic::{Rule, Severity};

/// DS-P010: changed by somebody who may not.
pub(super) static AUTHOR: Rule = Rule {
    code: "DS-P010",
    severity: Severity::Error,
    title: "changed by somebody who may not",
    explanation: "A rule of [policy.rules] in the base revision says who may change this. The author of a commit is known by the \
                  address in it, which has to be the mailbox or an alias of an active user in one of the rule's groups. An address \
                  in a commit is what somebody typed: signatures and the forge's own rules say who it was.",
};
/// DS-P011: nobody has reviewed it.
pub(super) static REVIEW: Rule = Rule {
    code: "DS-P011",
    severity: Severity::Warning,
    title: "nobody else has reviewed it",
    explanation: "A rule of [policy.rules] in the base revision asks for a review by somebody who is no author of the change. git \
                  knows of reviews what its commits say: a trailer `Reviewed-by: Name <address>` of an active user in one of the \
                  rule's groups. An approval on the forge is not seen here, so this is a reminder and no error; let the forge insist \
                  on it, by CODEOWNERS.",
};
/// DS-P012: in groups that exclude each other.
pub(super) static APART: Rule = Rule {
    code: "DS-P012",
    severity: Severity::Error,
    title: "in groups that exclude each other",
    explanation: "A rule of [policy.rules] says that nobody is in two of these groups: whoever asks for something must not be the one \
                  who grants it. Take the user out of one. To lift the rule, change the rule first, on its own: a change is held \
                  against the rules before it as well.",
};
/// DS-P013: without a second factor.
pub(super) static SECOND_FACTOR: Rule = Rule {
    code: "DS-P013",
    severity: Severity::Error,
    title: "without a second factor",
    explanation: "A rule of [policy.rules] says that members of this group who may sign in have a second factor set up before they \
                  join it. `dockspace user totp ADDRESS` sets one up.",
};

/// All of them, in the order of their codes.
pub(super) static ALL: &[&Rule] = &[&AUTHOR, &REVIEW, &APART, &SECOND_FACTOR];
