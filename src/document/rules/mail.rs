//! `DS-M…`: the mail server's own settings.

use crate::diagnostic::Rule;

rules! {
    PATTERN = Error "DS-M001" "not a pattern":
        "A pattern of postfix-regexp.cf stands between slashes, `/^info[0-9]+@example\\.org$/`, with nothing behind but the flags i, m, \
         s and x; a slash inside is written `\\/`. It is a Perl-compatible regular expression in ASCII (pcre_table(5)). One that is \
         broken is silently left out by Postfix.";
    NO_TARGET = Error "DS-M002" "mail to nowhere":
        "An entry without a target would make its line a broken one. Name at least one address, or remove the entry.";
    SYSTEM_ALIAS = Error "DS-M003" "not a system alias":
        "System aliases are for mail to local names such as `devnull`. The name `root` is docker-mailserver's own: set \
         POSTMASTER_ADDRESS for it.";
    SYSTEM_TARGET = Error "DS-M004" "not a target of a system alias":
        "A system alias goes to /dev/null or to addresses. Commands, files and includes are refused: whoever gets a change merged would \
         otherwise run code on the mail server.";
    RELAY_HOST = Error "DS-M005" "not a relay host":
        "A relay host is `[host]:port`, or `host:port` to go by its MX records; `none` sends mail from the domain directly. Anything \
         else would break the line of Postfix's table.";
    RELAY_USER = Error "DS-M006" "not a user of a relay":
        "Postfix reads name and password as `name:password`, so the name has neither colon nor blanks, and is ASCII.";
    RELAY_LOGIN = Error "DS-M007" "half a login":
        "A relay asks for name and password together: `user` stands in mail.toml, `password` in mail.sealed.toml, under the same domain.";
    NO_RELAY = Error "DS-M008" "secret of something that is not there":
        "mail.sealed.toml holds a password of a relay or master user that mail.toml does not have. Remove it, or add the other.";
    MASTER = Error "DS-M009" "not a master user":
        "A master user is a short lower-case name: `@`, `*` and `:` mean something in Dovecot's logins and files.";
    MASTER_PASSWORD = Error "DS-M010" "master user without a password":
        "A line without a hash would be a broken one. Put the sealed hash into mail.sealed.toml under the same name, or remove the master \
         user.";
    ACCESS_KEY = Error "DS-M011" "neither address nor domain":
        "An access rule is about an address or about all addresses of a domain, in lower case.";
    ACCESS_ACTION = Error "DS-M012" "not an action that is allowed":
        "Of the actions of access(5) only REJECT, DUNNO and a reply code of 4xx or 5xx with a text may be used, in printable ASCII: \
         others run commands or send mail elsewhere.";
}
