//! The kinds of strings that keys hold.

use super::{Format, Shape};

macro_rules! formats {
    ($($name:ident = $label:literal, $pattern:literal;)*) => {$(
        pub(super) const $name: Shape = Shape::Text(&Format { name: $label, pattern: $pattern });
    )*};
}

formats! {
    TEXT = "text", "";
    MAILBOX = "address", r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?@[a-z0-9.-]+$";
    ALIAS = "address", r"^[a-z0-9]([a-z0-9._+-]*[a-z0-9])?@[a-z0-9.-]+$";
    EXTERNAL = "address", r"^[a-z0-9]([a-z0-9._+=~'&/-]*[a-z0-9])?@[a-z0-9.-]+$";
    TARGET = "address or `group:NAME`", r"^(group:[a-z0-9][a-z0-9._-]*|[a-z0-9]([a-z0-9._+=~'&/-]*[a-z0-9])?@[a-z0-9.-]+)$";
    SYSTEM_TARGET = "address or `/dev/null`", r"^(/dev/null|[a-z0-9]([a-z0-9._+=~'&/-]*[a-z0-9])?@[a-z0-9.-]+)$";
    QUOTA = "quota", r"^([0-9]+[BKMGT]|unlimited)$";
    ID = "id", r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$";
    USERNAME = "username", r"^[a-z0-9][a-z0-9._-]{1,63}$";
    FORGE = "account name", r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
    GROUP = "group name", r"^[a-z0-9][a-z0-9._-]{0,63}$";
    GROUP_OR_ALL = "group name or `*`", r"^(\*|[a-z0-9][a-z0-9._-]{0,63})$";
    SERVICE = "service", r"^[a-z0-9][a-z0-9._-]{0,31}$";
    DURATION = "duration, such as `8h` or `7d`", r"^[0-9]+[smhd]$";
    RECIPIENT = "age recipient", r"^age1[a-z0-9]+$";
    SIGNER = "principal and SSH public key", r"^[^ ]+ (ssh|ecdsa-sha2|sk-ssh|sk-ecdsa-sha2)-[^ ]+ AAAA[A-Za-z0-9+/=]+( .*)?$";
    SEALED = "sealed value", r"^age:1:[0-9]+:[A-Za-z0-9+/]+=*$";
    URL = "URL", r"^https?://";
    HTTPS_URL = "https URL", r"^https://";
    REDIRECT = "redirect URI", r"^[a-z][a-z0-9+.-]*:[^#*]*$";
    DIGEST = "64 hexadecimal digits", r"^[0-9a-f]{64}$";
    HOST_NAME = "host name", r"^[a-z0-9.-]+$";
    SCOPE = "scope", r"^[a-z][a-z0-9_.:-]*$";
    CLIENT_ID = "client id", r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";
    CLAIM = "claim", r"^[a-z][a-z0-9_]*$";
    CLEAR_OR_SEALED = "text or sealed value", "";
    LOCALE = "language tag (BCP 47)", r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$";
    ZONE = "time zone (IANA)", r"^[A-Za-z0-9_+/-]+$";
    PICTURE = "path `pictures/SHA256.png`, or https URL", r"^(pictures/[0-9a-f]{64}\.(png|jpg|jpeg|webp)$|https://)";
    DOVECOT_FIELD = "Dovecot field", r"^(userdb_mail=|nologin(=|$)|allow_nets=)";
    PATTERN = "pattern `/…/flags`", r"^/.+/[imsxAEU]*$";
    RELAY_HOST = "`[host]:port`, `host:port` or `none`", r"^(none|\[[^\]]+\]:[0-9]+|[a-z0-9.-]+:[0-9]+)$";
    RELAY_USER = "name without blanks and colons", r"^[^\s:]+$";
    ACTION = "`REJECT [text]`, `DUNNO` or `CODE text`", r"^(REJECT( .+)?|DUNNO|[45][0-9]{2} .+)$";
    GLOB = "glob pattern", "";
    FIELD = "kind of thing, or `KIND.FIELD`", r"^[a-z-]+(\.[a-z0-9_.@-]+)?$";
    JWK = "JSON Web Key (RFC 7517), public part", r"^\s*\{.*\}\s*$";
}
