//! `DS-S…`: secrets.

use crate::diagnostic::Rule;

rules! {
    SEALED = Error "DS-S001" "damaged sealed value":
        "A sealed value is one line `age:1:<n>:<base64>` that Dockspace writes: a counter and an encrypted age file. Take the line \
         from the last good commit, or set the value again.";
    IN_CLEAR = Error "DS-S002" "secret in clear":
        "Secrets are sealed, because everybody who can read the repository reads its whole history. This one must be taken for \
         known: replace it, then remove it from the history or keep the repository closed.";
    RECIPIENT = Error "DS-S003" "not a recipient":
        "A recipient is the public part of an age identity, `age1…`: what is sealed can be opened with the private part. \
         `dockspace secrets identity show` prints that of a host.";
    NO_RECIPIENT = Warning "DS-S004" "nobody to seal for":
        "dockspace.toml names no recipient, so no password can be set. Add the recipient of the mail host, and one of a key that is \
         kept offline, to [secrets] recipients.";
    DEMO_RECIPIENT = Error "DS-S005" "recipient of the demonstration":
        "The private key of this recipient is public: it is that of the example organisation. Whatever is sealed for it, everybody \
         can read. It may stand only where all domains are reserved for examples and the issuer is on this machine.";
    APP_PASSWORD_NAME = Error "DS-S006" "not the name of an app password":
        "App passwords are named in short lower-case words, such as `phone`.";
}
