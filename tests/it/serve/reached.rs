//! How people reach the server: by https of its own, or through a listed proxy.

use std::fs;

use serde_json::Value;

use super::demo::{read_until, spawn};
use super::{client, get};
use crate::support::certificate::Certificate;
use crate::support::host::Host;
use crate::support::{stdout_of, text};

/// The serial number of the certificate that is shown at `port`.
fn shown(port: u16) -> String {
    let script = format!(
        "openssl s_client -connect 127.0.0.1:{port} -servername localhost </dev/null 2>/dev/null | openssl x509 -noout -serial"
    );
    stdout_of("sh", &["-c", &script]).trim_end().to_owned()
}

/// Every URL that apps are told is by https, and cookies are kept from everything else.
async fn all_by_https(client: &reqwest::Client, origin: &str) {
    let url = format!("{origin}/.well-known/openid-configuration");
    let document: Value = serde_json::from_str(&client.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(document["issuer"], origin);
    let urls = document.as_object().unwrap().values().filter_map(Value::as_str);
    assert!(
        urls.clone().count() > 7 && urls.clone().all(|url| url.starts_with(origin)),
        "{document}"
    );
    let form = [("username", "bob"), ("password", "paper boats cross rivers")];
    let login = client
        .post(format!("{origin}/login"))
        .header("origin", origin)
        .form(&form);
    let answer = login.send().await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.map(|value| value.to_str().unwrap().to_owned()).collect();
    assert!(
        cookies.iter().any(|cookie| cookie.starts_with("__Host-dockspace=")),
        "{cookies:?}"
    );
    for cookie in cookies {
        assert!(
            cookie.starts_with("__Host-") && !cookie.to_lowercase().contains("domain"),
            "{cookie}"
        );
        for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
    }
}

#[tokio::test]
async fn k01_l01_row_37_https_of_its_own_and_a_renewed_certificate_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let made = Certificate::make(folder.path(), "localhost", "0x1001");
    let (c, k) = (&made.certificate, &made.key);
    let host = Host::with(&format!("[tls]\ncertificate = {c:?}\nkey = {k:?}"));
    host.edit(
        "dockspace.toml",
        &host.url(),
        &format!("https://localhost:{}", host.port),
    );
    host.repo.commit("By https");
    let mut server = host.serve();
    let trusted = reqwest::Certificate::from_pem(&fs::read(c).unwrap()).unwrap();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([trusted])
        .build()
        .unwrap();
    let answer = client
        .get(format!("https://localhost:{}/nothing", host.port))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!(shown(host.port), "serial=1001");
    all_by_https(&client, &format!("https://localhost:{}", host.port)).await;
    assert!(
        reqwest::get(format!("http://127.0.0.1:{}/livez", host.port))
            .await
            .is_err(),
        "no plain http beside it"
    );

    fs::write(k, "rubbish").unwrap();
    server.wait_for(|line| line["message"] == "the certificate was not renewed");
    assert_eq!(shown(host.port), "serial=1001", "the one before stays");
    Certificate::make(folder.path(), "localhost", "0x1002");
    server.wait_for(|line| line["message"] == "the certificate was renewed");
    assert_eq!(shown(host.port), "serial=1002");
}

#[test]
fn a_selftest_believes_the_authorities_of_the_host_file_and_says_why_it_believes_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let made = Certificate::make(folder.path(), "localhost", "0x1001");
    let (c, k) = (&made.certificate, &made.key);
    let host = Host::with(&format!("[tls]\ncertificate = {c:?}\nkey = {k:?}"));
    let origin = format!("https://localhost:{}", host.port);
    host.edit("dockspace.toml", &host.url(), &origin);
    host.repo.commit("By https");
    let _server = host.serve();
    let config = host.own("host.toml");
    let selftest = || {
        let args = ["--config", text(&config), "selftest", "oidc", "--client", "noticeboard"];
        host.repo.dockspace(args)
    };
    let stranger = selftest().run().expect_code(1).stderr;
    assert!(
        stranger.contains("no answer came: invalid peer certificate") && stranger.contains("extra_ca"),
        "{stranger}"
    );
    let (mut test, mut said) = spawn(selftest().env("DOCKSPACE_EXTRA_CA", c).into_command());
    let url = read_until(&mut said, |line| line.strip_prefix("Open ").map(str::to_owned));
    assert!(url.starts_with(&format!("{origin}/oidc/authorize?")), "{url}");
    test.kill().unwrap();
    test.wait().unwrap();
}

#[tokio::test]
async fn row_28_what_came_in_clear_is_refused_unless_a_listed_proxy_says_otherwise() {
    async fn asked(host: &Host, headers: &[(&str, &str)]) -> u16 {
        let mut request = client().get(format!("{}/nothing", host.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }
    let by_https = |host: &Host| {
        host.edit("dockspace.toml", &host.url(), "https://localhost");
        host.repo.commit("By https");
    };
    let host = Host::with("trusted_proxies = [\"127.0.0.1\"]");
    by_https(&host);
    let _server = host.serve();
    assert_eq!(asked(&host, &[]).await, 404, "the proxy is trusted");
    assert_eq!(asked(&host, &[("x-forwarded-proto", "https")]).await, 404);
    assert_eq!(asked(&host, &[("x-forwarded-proto", "http")]).await, 403);

    let host = Host::with("trusted_proxies = [\"10.0.0.0/8\"]");
    by_https(&host);
    let _server = host.serve();
    assert_eq!(asked(&host, &[]).await, 403);
    assert_eq!(
        asked(
            &host,
            &[("x-forwarded-proto", "https"), ("x-forwarded-for", "192.0.2.1")]
        )
        .await,
        403,
        "a lie"
    );
    assert_eq!(
        get(&format!("{}/livez", host.url())).await.0,
        200,
        "probes come as they come"
    );

    let host = Host::new();
    by_https(&host);
    let output = host.serve_in_vain().expect_code(1);
    assert!(
        output.stderr.contains("no proxy is listed") && output.stderr.contains("trusted_proxies"),
        "{}",
        output.stderr
    );
}
