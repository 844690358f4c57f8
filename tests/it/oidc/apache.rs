//! A second foreign implementation: Debian's Apache with mod_auth_openidc, which signs in, refreshes and signs out.

use std::fs;

use dockspace::digest;

use super::app::SECRET;
use crate::support::browser::{Browser, Page};
use crate::support::foreign::Foreign;
use crate::support::host::free_port;
use crate::support::server::Server;
use crate::support::{guide, text};
use crate::web::alice_code;

/// The site of the guide.
const SITE: &str = "https://intranet.example.org";

/// Apache in front of one page, as the guide sets it up.
fn apache(port: u16, issuer: &str) -> Foreign {
    let folder = Foreign::folder();
    let path = text(folder.path());
    for (name, content) in [
        ("index.html", "inside\n"),
        ("bye", "bye\n"),
        ("intranet-session", "only-for-this-test"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
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
    let shown = guide("apps.md", "```apache\n")
        .replace("https://id.example.org", issuer)
        .replace(SITE, &format!("http://127.0.0.1:{port}"))
        .replace('…', SECRET)
        .replace("/run/secrets", path);
    // Tokens count as expired an hour before they are, so that it refreshes them whenever it is asked for a page.
    let config = format!(
        "{modules}ServerRoot {path}\nPidFile {path}/pid\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\nErrorLog /dev/stderr\n\
         LogLevel warn\nUser www-data\nGroup www-data\nDocumentRoot {path}\nDirectoryIndex index.html\n{shown}\n\
         OIDCRefreshAccessTokenBeforeExpiry 3600\n<Location />\n\
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
        let digest = digest::sha256(SECRET.as_bytes()).to_string();
        let file = guide("apps.md", "```toml\n# clients/intranet.toml\n");
        let file = file.replace(SITE, here).replace('…', &digest);
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

    let away = site.get("/").await;
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

    let again = site.get("/").await;
    assert_eq!(again.body, "inside\n", "{}", apache.said());
    assert_ne!(again.header("x-token"), inside.header("x-token"), "refreshed");

    let bye = format!(
        "/signed-in?logout={}",
        here.replace(':', "%3A").replace('/', "%2F") + "%2Fbye"
    );
    let away = site.get(&bye).await;
    let out = browser.get(&leads(&away, &server.url)).await;
    assert_eq!(site.get(&leads(&out, &here)).await.body, "bye\n");
    let page = site.get("/").await;
    let page = browser.get(&leads(&page, &server.url)).await;
    assert!(browser.target(&page).starts_with("/login"), "{page:?}");
}
