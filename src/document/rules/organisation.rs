//! `DS-D…`: `dockspace.toml`, the organisation and its domains.

use crate::diagnostic::Rule;

rules! {
    DOMAIN_NAME = Error "DS-D001" "not a domain":
        "A mail domain is two or more labels of lower-case letters, digits and inner hyphens, such as example.org. An \
         internationalised domain is written in its ASCII form (xn--…).";
    NO_DOMAIN = Error "DS-D002" "no mail domain":
        "The organisation declares no domain, so it can have no mailbox. Add a table [domains.\"example.org\"] to dockspace.toml.";
    UNDECLARED_DOMAIN = Error "DS-D003" "domain that is not declared":
        "Mailboxes and aliases stand in domains that dockspace.toml declares: the mail server accepts mail for every domain that an \
         address names, so a misspelt one would take mail in that belongs elsewhere. Declare the domain, or correct the address.";
    QUOTA = Error "DS-D004" "not a quota":
        "A quota is a whole number and one of the units B, K, M, G or T, each 1024 times the one before, or `unlimited`. Other \
         spellings make Dovecot refuse all mail to the mailbox.";
    MANAGER = Error "DS-D005" "nobody of that address":
        "Managers of a domain and owners of groups and shared mailboxes are users: they are named by the mailbox address, which is \
         the path of the user's file.";
    ADDRESS = Error "DS-D006" "not an address":
        "Addresses are lower-case ASCII: docker-mailserver looks names up in lower case, and other characters mean something in the \
         files that are made from them.";
    ISSUER = Error "DS-D007" "not an issuer":
        "The issuer is the public https URL of the sign-in, without a slash at its end. Apps compare it byte for byte, so it \
         never changes afterwards: changing it signs everybody out of every app.";
    DIALECT = Error "DS-D008" "unknown dialect":
        "`dialect` is the major version of docker-mailserver whose files are written: 15 (Dovecot 2.3) or 16 (Dovecot 2.4).";
    NAME = Error "DS-D009" "not a name of its kind":
        "Targets, services, quota classes and rules have short lower-case names, because they become file names and words in tokens.";
    SHARES = Error "DS-D010" "shares of more than the whole":
        "The shares of [quota_shares] are per cent of one quota, so together they are 100 at most.";
    NO_MAILBOX = Warning "DS-D011" "no mailbox at all":
        "There is no user with a mailbox. docker-mailserver waits two minutes for one when it starts, and then stops.";
    NO_POSTMASTER = Warning "DS-D012" "postmaster or abuse goes nowhere":
        "Every mail domain must take mail to postmaster (RFC 5321 §4.5.1) and should take mail to abuse (RFC 2142 §4): other \
         mail servers report problems there, and some refuse mail from domains that don't. Add an alias for it.";
    TITLE = Error "DS-D013" "not a name for people":
        "A name that people read is not empty, at most 128 characters long, and neither starts nor ends with a blank.";
    SIGNER = Error "DS-D014" "not a signer":
        "Each entry of [trust] signers is an address, or self-service, followed by an SSH public key as in the .pub file: \
         `alice@example.org ssh-ed25519 AAAA…`.";
    TARGET_KIND = Error "DS-D015" "target without its kind":
        "Each table of [targets] says by kind and dialect which files it is made of.";
}
