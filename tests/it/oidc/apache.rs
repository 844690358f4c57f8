//! A second foreign implementation: Debian's Apache with mod_auth_openidc, which signs in, refreshes and signs out.

use std::fs;

use dockspace::digest;

use super::app::SECRET;
use crate::support::browser::{Browser, Page};
use crate::support::foreign::Foreign;
use crate::support::host::free_port;
use crate::support::server::Server;
use crate::support::text;
use crate::web::alice_code;

/// Apache in front of one page.
fn apache(port: u16, issuer: &str) -> Foreign {
    let folder = Foreign::folder();
    fs::create_dir(folder.path().join("app")).unwrap();
    fs::write(folder.path().join("app/index.html"), "inside\n").unwrap();
    let path = text(folder.path());
    let modules: String = [
        ("mpm_event", "mod_mpm_event"),
        ("authn_core", "mod_authn_core"),
        ("authz_core", "mod_authz_core"),
        ("authz_user", "mod_authz_user"),
        ("dir", "mod_dir"),
        ("headers", "mod_headers"),
        ("auth_openidc", "mod_auth_openidc"),
    ]
    .map(|(name, file)| format!("LoadModule {name}_module /usr/lib/apache2/modules/{file}.so\n"))
    .concat();
    let here = format!("http://127.0.0.1:{port}");
    // Tokens count as expired an hour before they are, so that it refreshes them whenever it is asked for a page.
    let config = format!(
        "{modules}ServerRoot {path}\nPidFile {path}/pid\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\nErrorLog /dev/stderr\n\
             LogLevel warn\nUser www-data\nGroup www-data\nDocumentRoot {path}\nDirectoryIndex index.html\n\
             OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration\nOIDCClientID intranet\nOIDCClientSecret {SECRET}\n\
             OIDCRedirectURI {here}/app/cb\nOIDCCryptoPassphrase only-for-this-test\nOIDCPKCEMethod S256\n\
             OIDCScope \"openid profile email groups offline_access\"\nOIDCRemoteUserClaim preferred_username\nOIDCPassClaimsAs headers\nOIDCRefreshAccessTokenBeforeExpiry 3600\n\
             <Location /app>\nAuthType openid-connect\nRequire valid-user\n\
             Header set X-User \"expr=%{{REMOTE_USER}}\"\nHeader set X-Mail \"expr=%{{req:OIDC_CLAIM_email}}\"\n\
             Header set X-Token \"expr=%{{req:OIDC_access_token}}\"\n</Location>\n"
    );
    let file = folder.path().join("apache.conf");
    fs::write(&file, config).unwrap();
    Foreign::start(folder, port, "/usr/sbin/apache2", &["-X", "-f", text(&file)])
}

/// Where a page leads, by whatever redirect, without the server's own name.
#[track_caller]
fn leads(page: &Page, origin: &str) -> String {
    let location = page.header("location");
    let path = location.strip_prefix(origin);
    path.unwrap_or_else(|| panic!("not to {origin}: {page:?}")).to_owned()
}

async fn server(here: &str) -> Server {
    let server = Server::start_with(|files| {
        let file = format!(
            "name = \"Intranet\"\nkind = \"confidential\"\nsecret_sha256 = [\"{}\"]\nredirect_uris = [\"{here}/app/cb\"]\n\
             post_logout_redirect_uris = [\"{here}/bye\"]\ngroups = [\"*\"]\nconsent = \"skip\"\n\
             scopes = [\"openid\", \"profile\", \"email\", \"groups\", \"offline_access\"]\n\
             grants = [\"authorization_code\", \"refresh_token\"]\n",
            digest::sha256(SECRET.as_bytes())
        );
        files.insert("clients/intranet.toml".into(), file);
    })
    .await;
    server.live_now();
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn apache_signs_a_person_in_refreshes_and_signs_out() {
    let port = free_port();
    let here = format!("http://127.0.0.1:{port}");
    let server = server(&here).await;
    let apache = apache(port, &server.url);
    let (mut site, mut browser) = (Browser::new(&here), server.browser());

    let away = site.get("/app/").await;
    let page = browser.get(&leads(&away, &server.url)).await;
    let page = browser.follow(&page).await;
    let fields = [("username", "alice"), ("password", "seven kettles sing at dawn")];
    let page = browser.submit(&page, &fields).await;
    let page = browser.follow(&page).await;
    let page = browser.submit(&page, &[("code", &alice_code(&server))]).await;
    let page = browser.follow(&page).await;
    let back = site.get(&leads(&page, &here)).await;
    let inside = site.get(&leads(&back, &here)).await;
    assert_eq!(inside.body, "inside\n", "{inside:?}\n{}", apache.said());
    assert_eq!(
        (inside.header("x-user"), inside.header("x-mail")),
        ("alice", "alice@example.org")
    );

    let again = site.get("/app/").await;
    assert_eq!(again.body, "inside\n", "{}", apache.said());
    assert_ne!(again.header("x-token"), inside.header("x-token"), "refreshed");

    let bye = format!(
        "/app/cb?logout={}",
        here.replace(':', "%3A").replace('/', "%2F") + "%2Fbye"
    );
    let away = site.get(&bye).await;
    let out = browser.get(&leads(&away, &server.url)).await;
    assert_eq!(leads(&out, &here), "/bye");
    let page = site.get("/app/").await;
    let page = browser.get(&leads(&page, &server.url)).await;
    assert!(browser.target(&page).starts_with("/login"), "{page:?}");
}
