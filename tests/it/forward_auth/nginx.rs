//! A real nginx with the configuration that the guide shows.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Answer, Cookies, GRACE, SITE, client, sign_in};
use crate::support::certificate::Certificate;
use crate::support::host::free_port;
use crate::support::server::Server;
use crate::support::{text, wait_for};

/// nginx in front of a site that says what it was told; ends when dropped.
struct Nginx {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Nginx {
    fn start(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = text(folder.path());
        let made = Certificate::make(folder.path(), "heating.example.org", "1");
        let (certificate, key) = (text(&made.certificate), text(&made.key));
        let (port, site) = (free_port(), free_port());
        let guide = guide()
            .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"))
            .replace(
                "# ssl_certificate …",
                &format!("ssl_certificate {certificate};\nssl_certificate_key {key};"),
            )
            .replace("http://127.0.0.1:8080", &server.url)
            .replace("127.0.0.1:9000", &format!("127.0.0.1:{site}"));
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};\n"))
            .concat();
        let config = format!(
            "daemon off;\npid {path}/pid;\nerror_log {path}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{guide}\n\
             server {{\n  listen 127.0.0.1:{site};\n  location / {{\n    return 200 \"$request_uri|$http_remote_user|$http_remote_name|\
             $http_remote_email|$http_remote_groups\";\n  }}\n}}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, config).unwrap();
        let child = Command::new("nginx")
            .args(["-p", path, "-c", text(&file), "-e", &format!("{path}/error.log")])
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx (ci/install installs what the tests need)");
        wait_for("nginx to listen", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self {
            child,
            port,
            _folder: folder,
        }
    }

    /// Loads a page of the site.
    async fn get(&self, url: &str, cookies: &Cookies, more: &[(&str, &str)]) -> Answer {
        let here = ([127, 0, 0, 1], self.port).into();
        let client = client()
            .resolve("heating.example.org", here)
            .tls_danger_accept_invalid_certs(true);
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

impl Drop for Nginx {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// The server of nginx in the guide.
fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/forward-auth.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once("```nginx\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_s_nginx_guards_a_site() {
    let server = Server::start().await;
    let nginx = Nginx::start(&server);
    let mut cookies = Cookies::default();
    let wanted = format!("{SITE}/rooms?floor=2");
    let away = nginx.get(&wanted, &cookies, &[]).await;
    assert_eq!(away.status, 303, "{away:?}");
    cookies.take(&away.headers);
    let back = sign_in(&server, &mut server.browser(), away.location(), GRACE).await;
    let arrived = nginx.get(back.location(), &cookies, &[]).await;
    assert_eq!((arrived.status, arrived.location()), (303, wanted.as_str()));
    cookies.take(&arrived.headers);
    let lie = [("remote-user", "alice"), ("remote-groups", "admins")];
    let inside = nginx.get(&wanted, &cookies, &lie).await;
    assert_eq!(
        (inside.status, inside.body.as_str()),
        (
            200,
            "/rooms?floor=2|grace|Grace Hopper|grace@example.org|engineering,members"
        )
    );

    let image = nginx
        .get(&wanted, &Cookies::default(), &[("sec-fetch-mode", "no-cors")])
        .await;
    assert_eq!(image.status, 403);
    let lie = [("x-original-url", "https://evil.example/")];
    let away = nginx.get(&wanted, &Cookies::default(), &lie).await;
    assert!(
        away.location().contains("heating.example.org") && !away.location().contains("evil"),
        "{away:?}"
    );
    let out = nginx.get(&format!("{SITE}/.dockspace/sign-out"), &cookies, &[]).await;
    assert_eq!(out.location(), format!("{}/logout", server.url));
    assert_eq!(nginx.get(&wanted, &cookies, &[]).await.status, 303);
}
