//! `DS-C…`: apps that people sign in to.

use crate::diagnostic::Rule;

rules! {
    REDIRECT_URI = Error "DS-C001" "not a redirect URI":
        "A code is only as safe as the place it is sent to (RFC 9700 section 4.1). So a redirect URI is one exact https URL: without \
         wildcard, fragment, user name, `..` or backslash. http is for loopback addresses written as numbers (127.0.0.1, [::1]); a \
         scheme of an app's own, with a dot in it (com.example.app:/callback), is for public clients.";
    URL = Error "DS-C002" "not a URL of the app":
        "The server calls this URL or sends people there, so it is https, or http on a loopback address written as a number, and has \
         neither user name nor fragment.";
    SECRET = Error "DS-C003" "not the digest of a secret":
        "The repository holds only the SHA-256 of a client's secret, as 64 lower-case hexadecimal digits. `dockspace client secret` \
         makes a secret of 256 random bits, shows it once and writes its digest.";
    SECRETS = Error "DS-C004" "wrong number of secrets":
        "A confidential client proves to be itself by a secret, so it needs one; two while the new one is rolled out. Others cannot \
         keep one, so they have none.";
    AUTH = Error "DS-C005" "authentication that does not fit the kind of client":
        "A confidential client always authenticates at the token endpoint, by client_secret_basic or client_secret_post; a public one \
         has nothing to authenticate with, so it has `none`.";
    PUBLIC_CONSENT = Error "DS-C006" "public client without consent":
        "Anybody can pretend to be a public client, so people are asked before it learns about them (RFC 6819 section 5.2.3.2). Write \
         consent = \"remember\" or \"explicit\".";
    PUBLIC_PKCE = Error "DS-C007" "public client without PKCE":
        "Without a secret only PKCE (RFC 7636) keeps a stolen code from being used, so it is always required of public clients. Remove \
         the line.";
    NOT_FOR_KIND = Error "DS-C008" "key of another kind of client":
        "The key means nothing for a client of this kind, and somebody who wrote it believes that it does. Remove it, or change `kind`.";
    GRANTS = Error "DS-C009" "grants that do not fit together":
        "refresh_token goes on from what authorization_code began; client_credentials is for clients that can keep a secret; and a \
         client without any grant can do nothing.";
    NO_REDIRECT_URI = Error "DS-C010" "nowhere to return to":
        "The authorization code flow ends at a redirect URI, so a client that uses it needs at least one in `redirect_uris`.";
    SCOPE = Error "DS-C011" "unknown scope":
        "Only the scopes that the server knows can be given to a client. The message lists them.";
    CLAIM = Error "DS-C012" "unknown claim":
        "Only the claims that the server knows can be put into an ID token. The message lists them.";
    EVERYONE = Error "DS-C013" "everyone and somebody":
        "`*` is every active person, so names of groups beside it are without effect. Write either `[\"*\"]` or the groups.";
    HOST = Error "DS-C014" "not a host":
        "A client behind forward-auth answers for https hosts, each written as a name without scheme and path, with its port if that \
         is not 443: wiki.example.org, wiki.example.org:8443.";
    NO_HOST = Error "DS-C015" "forward-auth without hosts":
        "The web server asks for a host, and the host says which client it is. So a client of this kind has at least one.";
    HOST_TAKEN = Error "DS-C016" "host of two clients":
        "A host can be that of one client only: otherwise it is not clear who may enter. Remove it from one of them.";
    NO_REFRESH = Warning "DS-C017" "refresh tokens that are never issued":
        "With refresh = \"offline_access\" a client gets a refresh token when it asks for the scope offline_access, which it may not ask \
         for. Add the scope, or write refresh = \"always\".";
    NO_ISSUER = Warning "DS-C018" "clients without sign-in":
        "The organisation has clients but no [oidc] issuer, so nobody can sign in to them. Add the issuer to dockspace.toml.";
    NO_KEY = Error "DS-C019" "algorithm without an active key":
        "ID tokens of this client are signed by an algorithm for which keys/ has no active key, so none could be issued. \
         `dockspace keys add` makes one.";
    AUDIENCE = Error "DS-C020" "audience that never asks":
        "`audiences` names the resource servers that may ask what the client's access tokens are good for: the ids of clients, each \
         with introspect = true. Any other would be told nothing.";
}
