//! `DS-U…`: users and what they may change themselves.

use crate::diagnostic::Rule;

rules! {
    DOVECOT_FIELD = Error "DS-U001" "Dovecot field that is not allowed":
        "The third field of postfix-accounts.cf can make Dovecot run programs and change who a login is, so only userdb_mail, nologin \
         and allow_nets may stand in it. No field holds a `|`, a blank or a quote, which would end it early.";
    OWNERS = Error "DS-U002" "owners of what is not shared":
        "Only a mailbox of class = \"shared\" has owners: a person answers for their own.";
    NO_OWNER = Error "DS-U003" "shared mailbox that nobody owns":
        "A shared mailbox names in `owners` who answers for it and may set its password.";
    EXPIRES = Error "DS-U004" "end date of a lasting user":
        "Only users of class = \"test\" end by themselves. Suspend a person by state = \"suspended\".";
    NO_EXPIRY = Error "DS-U005" "test user without an end date":
        "A test user ends by itself, so that forgotten ones do no harm: expires = 2030-01-31 is the last day.";
    TEST_DOMAIN = Error "DS-U006" "test user among real ones":
        "Users of class = \"test\" may have a password in clear, so they live in domains of their own, declared with test = true; \
         and nobody else lives there.";
    KEEP_COPY = Warning "DS-U007" "copy of nothing":
        "`keep_copy` says whether the mailbox keeps a copy of what `forward` sends on. Without `forward` it has no effect.";
    NO_MAIL = Warning "DS-U008" "mail settings of a user without mail":
        "Aliases, forwards and quotas are those of a mailbox. This user has no `mail` among the services, so they have no effect.";
    FORWARD_TO_SELF = Error "DS-U009" "forward to oneself":
        "Mail that is forwarded to where it came from goes round in circles. To keep mail in the mailbox as well, write \
         keep_copy = true.";
    ORPHAN = Error "DS-U010" "profile or secrets of nobody":
        "A file NAME.profile.toml or NAME.sealed.toml belongs to the NAME.toml beside it. When a user is renamed or removed, all of \
         the user's files move or go.";
    CLAIM = Error "DS-U011" "claim in the wrong form":
        "Apps read these values by the forms of OpenID Connect Core §5.1: a language tag such as en-GB, a time zone such as \
         Europe/Vienna, a telephone number such as +43123456789, a date such as 1990-12-31, a country such as AT.";
    PRIVATE_CLAIM = Warning "DS-U012" "private claim in clear":
        "Everybody who can read the repository, now or later, reads its whole history. Birthdays, telephone numbers and addresses are \
         sealed unless policy.seal_profile is false. Set the value again by `dockspace user set`, which seals it.";
    PICTURE = Error "DS-U013" "picture that is not there":
        "`picture` is an https URL or the path of a file in pictures/, which is named by the SHA-256 of its content.";
    NO_SERVICE = Warning "DS-U014" "user that may use nothing":
        "The user has no service at all, so the file only keeps the name from being used. If that is meant, state = \"absent\" says so.";
    WEAK_TEST_PASSWORD = Warning "DS-U015" "weak password of a test user":
        "Test users can log in from everywhere too, and guessed passwords of theirs send spam. Use one as long as policy.password \
         demands, without the user's name in it.";
    TEST_PASSWORD = Error "DS-U016" "password of a test user given wrongly":
        "A test user has one password: in clear in the user's own file, or sealed in the sealed file; not both, and in clear it is \
         the password itself rather than a hash of it.";
    OWNERS_GONE = Warning "DS-U017" "shared mailbox whose owners are all gone":
        "`owners = []` is what `user remove` leaves behind when the last owner goes. Nobody answers for the mailbox until somebody is \
         named there.";
    FORGE = Error "DS-U018" "not an account at a forge":
        "`forge` is the name of the person's account where the repository is kept, as it stands behind the `@` there. CODEOWNERS is \
         written with it.";
}
