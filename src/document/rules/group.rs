//! `DS-G…`: groups.

use crate::diagnostic::Rule;

rules! {
    GROUP_NAME = Error "DS-G001" "not a group":
        "A group is named by its file in groups/: lower-case letters, digits, `.`, `_` and `-`.";
    UNKNOWN_GROUP = Error "DS-G002" "group that does not exist":
        "Each group has a file in groups/. A misspelt group would silently give nobody access, or leave somebody out.";
    NO_ADMIN = Warning "DS-G003" "nobody can administer":
        "No member of the admin group is an active person who may sign in, so nobody can use the pages for administrators. The \
         repository can still be changed.";
    EMPTY_TARGET = Warning "DS-G004" "group without mailboxes as a target":
        "No member of the group has a mailbox, so mail to it goes nowhere.";
}
