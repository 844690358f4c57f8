//! `DS-A…`: addresses and where mail to them goes.

use crate::diagnostic::Rule;

rules! {
    TAKEN = Error "DS-A001" "address given twice":
        "An address means one thing. A second line for it in postfix-virtual.cf makes the whole table unavailable: all mail to all \
         domains is then put off. To send mail to several people, list them as targets of one alias.";
    SHADOWS_MAILBOX = Error "DS-A002" "alias with the address of a mailbox":
        "The mail server looks for aliases first, so the mailbox would get no mail any more. To pass its mail on, use `forward` in \
         the user's file.";
    DANGLING = Error "DS-A003" "mail to nobody":
        "The target is in a domain of the organisation, but there is no such mailbox or alias. The mail server would accept the mail \
         and then send it back to the sender, who may be forged.";
    TARGET_GONE = Error "DS-A004" "mail to a user who is gone":
        "The target's state is absent. `dockspace user remove` also takes a user out of all targets.";
    TARGET_SUSPENDED = Warning "DS-A005" "mail to a suspended user":
        "As long as the target is suspended it is left out: it gets no mail through this alias.";
    TARGET_WITHOUT_MAIL = Error "DS-A006" "mail to a user without a mailbox":
        "The target is a user without the service `mail`, so there is no mailbox to deliver to.";
    LOOP = Error "DS-A007" "mail that goes round in circles":
        "Following the targets leads back to where it started, and the mail server puts such mail off for ever. A user who keeps a \
         copy (keep_copy = true) ends a circle.";
    TOO_WIDE = Error "DS-A008" "more recipients than Postfix expands to":
        "Postfix puts mail off when an address expands to over 1000 recipients or through over 1000 steps \
         (virtual_alias_expansion_limit, virtual_alias_recursion_limit). Use a mailing list manager for so many.";
    NO_TARGET = Error "DS-A009" "alias without a target":
        "An alias lists at least one target.";
    ALIAS = Error "DS-A010" "not an alias":
        "The name of an alias is what stands before the @: lower-case letters, digits, `.`, `_`, `-` and `+`. The domain is the name \
         of the file.";
    TARGET = Error "DS-A011" "not a target":
        "A target is an address, or group:NAME for the members of a group who have a mailbox.";
}
