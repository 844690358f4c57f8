//! `DS-I…`: who is who, for ever.

use crate::diagnostic::Rule;

rules! {
    ID = Error "DS-I001" "not an id":
        "The id is the `sub` that apps know a user by. It is at most 128 ASCII letters, digits, `.`, `_`, `:` and `-`.";
    USERNAME = Error "DS-I002" "not a username":
        "The username is what the user signs in with and what apps show. It is 2 to 64 lower-case letters, digits, `.`, `_` and `-`.";
    ID_TAKEN = Error "DS-I003" "two users of one id":
        "Apps know a user by the id alone: two users of one id are one to them. Give the newer one an id of its own.";
    USERNAME_TAKEN = Error "DS-I004" "two users of one username":
        "Nobody could tell which of the two is signing in. Choose another username for one of them.";
    ID_RETIRED = Error "DS-I005" "id of somebody who is gone":
        "An id in retired.toml is never used again: apps would give the new user what belonged to the old one. Give the user a new \
         id.";
    RETIRED_TWICE = Error "DS-I006" "retired twice":
        "Each id stands in retired.toml once. The file only ever grows at its end; take the older entry.";
}
