//! Web servers in front of a site, with the configuration that the guide shows: a real nginx, a real Caddy.

use std::fs;

use axum::http::{HeaderMap, Uri};

use super::{Answer, Cookies, GRACE, SITE, client, sign_in};
use crate::support::certificate::Certificate;
use crate::support::foreign::Foreign;
use crate::support::host::free_port;
use crate::support::server::Server;
use crate::support::{guide, text};

const HOST: &str = "heating.example.org";

/// A web server in front of a site that says what it was told.
struct Front {
    program: Foreign,
    port: u16,
}

impl Front {
    async fn nginx(server: &Server) -> Self {
        let folder = Foreign::folder();
        let (path, port) = (text(folder.path()).to_owned(), free_port());
        let made = Certificate::make(folder.path(), HOST, "1");
        let guide = shown("nginx", server, site().await)
            .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"))
            .replace(
                "# ssl_certificate …",
                &format!(
                    "ssl_certificate {};\nssl_certificate_key {};",
                    text(&made.certificate),
                    text(&made.key)
                ),
            );
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};\n"))
            .concat();
        let config = format!(
            "daemon off;\npid {path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{guide}}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, config).unwrap();
        let args = ["-p", &path, "-e", "stderr", "-c", text(&file)];
        let program = Foreign::start(folder, port, "nginx", &args);
        Self { program, port }
    }

    async fn caddy(server: &Server) -> Self {
        let folder = Foreign::folder();
        let (path, port) = (text(folder.path()), free_port());
        let made = Certificate::make(folder.path(), HOST, "1");
        let (certificate, key) = (text(&made.certificate), text(&made.key));
        let guide = shown("caddy", server, site().await).replace(
            &format!("{HOST} {{"),
            &format!("{HOST}:{port} {{\nbind 127.0.0.1\ntls {certificate} {key}"),
        );
        let config =
            format!("{{\nadmin off\nauto_https disable_redirects\nstorage file_system {path}/storage\n}}\n{guide}");
        let file = folder.path().join("Caddyfile");
        fs::write(&file, config).unwrap();
        let args = ["run", "--adapter", "caddyfile", "--config", text(&file)];
        let program = Foreign::start(folder, port, "caddy", &args);
        Self { program, port }
    }

    /// Loads a page of the site.
    async fn get(&self, url: &str, cookies: &Cookies, more: &[(&str, &str)]) -> Answer {
        let here = ([127, 0, 0, 1], self.port).into();
        let client = client().resolve(HOST, here).tls_danger_accept_invalid_certs(true);
        let mut request = client
            .build()
            .unwrap()
            .get(url)
            .header("accept", "text/html")
            .header("cookie", cookies.header());
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    }
}

/// What the guide shows in `language`, in front of this server and the site at `port`.
fn shown(language: &str, server: &Server, port: u16) -> String {
    guide("forward-auth.md", &format!("```{language}\n"))
        .replace("127.0.0.1:8080", server.url.strip_prefix("http://").unwrap())
        .replace("127.0.0.1:9000", &format!("127.0.0.1:{port}"))
}

/// A site that answers with what it was asked and who it was told is asking; gives its port.
async fn site() -> u16 {
    async fn told(uri: Uri, headers: HeaderMap) -> String {
        let said = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        let names = ["remote-user", "remote-name", "remote-email", "remote-groups"];
        let values: Vec<_> = names.map(|name| said(name).collect::<Vec<_>>().join(" and ")).into();
        format!("{uri}|{}", values.join("|"))
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = axum::Router::new().fallback(told);
    tokio::spawn(async move { axum::serve(listener, app).await });
    port
}

/// Signs in through the site, looks at it and signs out; an image that nobody signed in for is refused with `refused`.
async fn guards_a_site(server: &Server, front: &Front, refused: u16) {
    let mut cookies = Cookies::default();
    let wanted = format!("{SITE}/rooms?floor=2");
    let away = front.get(&wanted, &cookies, &[]).await;
    assert_eq!(away.status, 303, "{away:?}\n{}", front.program.said());
    cookies.take(&away.headers);
    let back = sign_in(server, &mut server.browser(), away.location(), GRACE).await;
    let arrived = front.get(back.location(), &cookies, &[]).await;
    assert_eq!((arrived.status, arrived.location()), (303, wanted.as_str()));
    cookies.take(&arrived.headers);
    let lie = [
        ("remote-user", "alice"),
        ("remote-name", "Alice"),
        ("remote-email", "alice@example.org"),
        ("remote-groups", "admins"),
    ];
    let told = "/rooms?floor=2|grace|Grace Hopper|grace@example.org|engineering,members";
    let inside = front.get(&wanted, &cookies, &lie).await;
    assert_eq!((inside.status, inside.body.as_str()), (200, told));

    let image = [("sec-fetch-mode", "no-cors")];
    let image = front.get(&wanted, &Cookies::default(), &image).await;
    assert_eq!(image.status, refused);
    for (name, value) in [
        ("x-original-url", "https://evil.example/"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-uri", "//evil.example/"),
        ("x-forwarded-proto", "http"),
    ] {
        let away = front.get(&wanted, &Cookies::default(), &[(name, value)]).await;
        let lied = away.headers.get("location").map_or("", |value| value.to_str().unwrap());
        assert!(!lied.contains("evil") && away.status != 200, "{name}: {away:?}");
    }
    let out = front.get(&format!("{SITE}/.dockspace/sign-out"), &cookies, &[]).await;
    assert_eq!(out.location(), format!("{}/logout", server.url));
    assert_eq!(front.get(&wanted, &cookies, &[]).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_s_nginx_guards_a_site() {
    let server = Server::start().await;
    guards_a_site(&server, &Front::nginx(&server).await, 403).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_s_caddy_guards_a_site() {
    let server = Server::start().await;
    guards_a_site(&server, &Front::caddy(&server).await, 401).await;
}
