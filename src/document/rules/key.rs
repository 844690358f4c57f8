//! `DS-K…`: keys that sign tokens.

use crate::diagnostic::Rule;

rules! {
    JWK = Error "DS-K001" "not a public key":
        "The public part is a JSON Web Key (RFC 7517) on one line, as `dockspace keys add` writes it. Apps fetch it to verify tokens.";
    PRIVATE_PART = Error "DS-K002" "private key in clear":
        "The JSON Web Key holds members of the private key. Whoever can read the repository can now sign in as anybody: remove the key, \
         make a new one with `dockspace keys add`, and let the history of the repository be seen by nobody else.";
    KEY_ID = Error "DS-K003" "key of another name":
        "The kid of the key is the name of its file, so that it is given out once only.";
    KEY_TYPE = Error "DS-K004" "key that does not fit its algorithm":
        "RS256 takes an RSA key of at least 2048 bits, ES256 one on the curve P-256, EdDSA one of Ed25519 (RFC 7518, RFC 8037).";
    TWO_ACTIVE = Error "DS-K005" "two active keys of one algorithm":
        "New tokens are signed by the active key, and there must be no doubt which it is. Set the old one to state = \"published\": it \
         still verifies the tokens it signed.";
}
