//! The only HTTP client: requests to addresses that somebody wrote into the repository.
//!
//! Such an address may be wrong, slow or hostile, so: five seconds, an answer of at most 64 KiB, no redirects, no proxy from the
//! environment, https except on this machine, and no private network unless the host's administrator allows it. The addresses
//! of a name are judged when it is resolved, and the connection goes to just those, so a name cannot say one thing to the
//! judge and another to the connection.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse, http};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use url::{Host, Url};

/// How long anything sent takes at most.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);
const SIZE_LIMIT: usize = 64 * 1024;

/// Which networks may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The Internet alone.
    Public,
    /// Private networks and this machine too: where the apps run beside the server.
    Private,
}

/// The client. Cloning is cheap.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    reach: Reach,
}

/// Why there is no answer. Says nothing of what was sent.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The certificates in the host's file are none.
    #[error("the further certificate authorities cannot be read")]
    Authorities,
    /// The client could not be made.
    #[error("no HTTP client could be made")]
    Client,
    /// Plain http to another machine.
    #[error("the address is not https")]
    Scheme,
    /// An address that may not be called.
    #[error("the address is in a private network")]
    Private,
    /// No connection, no answer, or too late.
    #[error("no answer came")]
    NoAnswer,
    /// The answer was longer than 64 KiB.
    #[error("the answer is too long")]
    TooLong,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

impl Outbound {
    /// A client that trusts the system's certificate authorities and those in `authorities`, a PEM file.
    ///
    /// # Errors
    /// [`OutboundError::Authorities`] or [`OutboundError::Client`].
    pub fn new(reach: Reach, authorities: Option<&[u8]>) -> Result<Self, OutboundError> {
        let authorities = match authorities {
            Some(pem) => Certificate::from_pem_bundle(pem).map_err(|_| OutboundError::Authorities)?,
            None => Vec::new(),
        };
        let client = Client::builder()
            .timeout(TIME_LIMIT)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent("dockspace")
            .dns_resolver(Judging(reach))
            .tls_certs_merge(authorities)
            .build()
            .map_err(|_| OutboundError::Client)?;
        Ok(Self { client, reach })
    }

    /// Sends a request that another library wrote.
    ///
    /// # Errors
    /// An [`OutboundError`]; an answer with an HTTP error is an answer.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        let request: reqwest::Request = request.try_into().map_err(|_| OutboundError::Scheme)?;
        judge(request.url(), self.reach)?;
        let response = self.client.execute(request).await.map_err(|error| reason(&error))?;
        let headers = response.headers().clone();
        let answer = read(response).await?;
        let mut sent = HttpResponse::new(answer.body);
        *sent.status_mut() = http::StatusCode::from_u16(answer.status).map_err(|_| OutboundError::NoAnswer)?;
        *sent.headers_mut() = headers;
        Ok(sent)
    }

    /// Posts a form.
    ///
    /// # Errors
    /// An [`OutboundError`]; an answer with an HTTP error is an answer.
    pub async fn post_form(&self, url: &Url, form: &[(&str, &str)]) -> Result<Answer, OutboundError> {
        judge(url, self.reach)?;
        let sent = self.client.post(url.clone()).form(form).send().await;
        read(sent.map_err(|error| reason(&error))?).await
    }
}

/// A refusal by [`Judging`] comes back as the source of what the client says.
fn reason(error: &reqwest::Error) -> OutboundError {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<PrivateNetwork>() {
            return OutboundError::Private;
        }
        source = error.source();
    }
    OutboundError::NoAnswer
}

async fn read(mut response: Response) -> Result<Answer, OutboundError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| OutboundError::NoAnswer)? {
        if body.len() + chunk.len() > SIZE_LIMIT {
            return Err(OutboundError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status().as_u16(),
        body,
    })
}

/// What can be judged before anything is resolved; a number in place of a name never is.
fn judge(url: &Url, reach: Reach) -> Result<(), OutboundError> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => None,
    };
    let on_this_machine = address.is_some_and(|address| address.is_loopback());
    if url.scheme() != "https" && !(url.scheme() == "http" && on_this_machine) {
        return Err(OutboundError::Scheme);
    }
    match address {
        Some(address) if reach == Reach::Public && !is_public(address) => Err(OutboundError::Private),
        Some(_) | None => Ok(()),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("every address of the name is in a private network")]
struct PrivateNetwork;

/// Resolves names and gives only addresses that may be called.
struct Judging(Reach);

impl Resolve for Judging {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|at| reach == Reach::Private || is_public(at.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(PrivateNetwork.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the Internet (the registries of RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; within it, documentation and the protocols of 2001::/23 are none.
    let [a, b, ..] = address.segments();
    a & 0xe000 == 0x2000 && !(a == 0x2001 && (b < 0x200 || b == 0x0db8)) && !(a == 0x3fff && b < 0x1000)
}

/// The IPv4 address inside a mapped one, one of NAT64 or of 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, _, _, _, g, h] = address.segments();
    let of = |high: u16, low: u16| {
        let ([one, two], [three, four]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(one, two, three, four)
    };
    match (a, b) {
        (0x64, 0xff9b) => Some(of(g, h)),
        (0x2002, _) => Some(of(b, c)),
        _ => address.to_ipv4_mapped(),
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn row_33_private_networks_are_known() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "ff02::1",
            "3fff::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2001:4860::8888",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn row_33_only_https_leaves_this_machine() {
        let check = |text: &str, reach, expect: Result<(), &str>| {
            let judged = judge(&Url::parse(text).unwrap(), reach).map_err(|error| error.to_string());
            assert_eq!(judged, expect.map_err(str::to_owned), "{text}");
        };
        let (scheme, private) = (
            Err("the address is not https"),
            Err("the address is in a private network"),
        );
        check("https://app.example.org/x", Reach::Public, Ok(()));
        check("https://10.0.0.1/x", Reach::Public, private);
        check("https://10.0.0.1/x", Reach::Private, Ok(()));
        check("https://[::1]/x", Reach::Public, private);
        check("http://127.0.0.1:8080/x", Reach::Public, private);
        check("http://127.0.0.1:8080/x", Reach::Private, Ok(()));
        check("http://app.example.org/x", Reach::Private, scheme);
        check("http://localhost/x", Reach::Private, scheme);
        check("ftp://127.0.0.1/x", Reach::Private, scheme);
    }

    #[tokio::test]
    async fn row_33_a_name_of_this_machine_is_refused_when_it_is_resolved() {
        let outbound = Outbound::new(Reach::Public, None).unwrap();
        let url = Url::parse("https://localhost:1/x").unwrap();
        assert!(matches!(
            outbound.post_form(&url, &[]).await,
            Err(OutboundError::Private)
        ));
    }

    /// Answers one request with `answer`, and gives what was asked.
    async fn asked(answer: String) -> (Result<Answer, OutboundError>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/logout", listener.local_addr().unwrap())).unwrap();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            // The client hangs up on an answer that is too long.
            let _ = stream.write_all(answer.as_bytes()).await;
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let outbound = Outbound::new(Reach::Private, None).unwrap();
        let answer = outbound.post_form(&url, &[("logout_token", "a b")]).await;
        (answer, served.await.unwrap())
    }

    #[tokio::test]
    async fn a_form_is_posted_and_the_answer_read() {
        let (answer, request) = asked("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into()).await;
        let (status, body) = (200, b"ok".to_vec());
        assert_eq!(answer.unwrap(), Answer { status, body });
        assert!(request.starts_with("POST /logout HTTP/1.1\r\n"), "{request}");
        assert!(request.ends_with("\r\n\r\nlogout_token=a+b"), "{request}");
    }

    #[tokio::test]
    async fn row_33_redirects_are_not_followed_and_long_answers_not_read() {
        let (answer, _) =
            asked("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".into()).await;
        assert_eq!(answer.unwrap().status, 302);
        let long = "x".repeat(SIZE_LIMIT + 1);
        let (answer, _) = asked(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{long}",
            long.len()
        ))
        .await;
        assert!(matches!(answer, Err(OutboundError::TooLong)));
    }
}
