//! The only HTTP client: requests to addresses that somebody wrote into the repository.
//!
//! Such an address may be wrong, slow or hostile, so: five seconds, an answer of at most 64 KiB, no redirects, no proxy from the
//! environment, https except on this machine, and no private network unless the host's administrator allows it. The addresses
//! of a name are judged when it is resolved, and the connection goes to just those, so a name cannot say one thing to the
//! judge and another to the connection.

mod network;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse, http};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response, header::HeaderValue};
use url::{Host, Url};

use network::is_public;

/// How long anything sent takes at most.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The API of a busy forge takes its time.
const API_TIME_LIMIT: Duration = Duration::from_secs(30);
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

/// A call of somebody's API.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// What is done.
    pub method: Method,
    /// Where.
    pub url: &'a Url,
    /// The header that says who asks, and its value, which no log shows.
    pub credential: (&'static str, &'a str),
    /// What is sent, as JSON.
    pub json: Option<&'a serde_json::Value>,
    /// The longest answer that is read, in bytes.
    pub at_most: usize,
}

/// The method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
        }
    }
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
    /// A token that is no text of one line.
    #[error("the token is not one")]
    Credential,
    /// No connection, no answer, or too late.
    #[error("no answer came: {0}")]
    NoAnswer(String),
    /// The answer was longer than is read.
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
        let answer = read(response, SIZE_LIMIT).await?;
        let mut sent = HttpResponse::new(answer.body);
        *sent.status_mut() =
            http::StatusCode::from_u16(answer.status).map_err(|error| OutboundError::NoAnswer(error.to_string()))?;
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
        read(sent.map_err(|error| reason(&error))?, SIZE_LIMIT).await
    }

    /// Calls an API.
    ///
    /// # Errors
    /// An [`OutboundError`]; an answer with an HTTP error is an answer.
    pub async fn call(&self, call: Call<'_>) -> Result<Answer, OutboundError> {
        judge(call.url, self.reach)?;
        let (name, value) = call.credential;
        let mut value = HeaderValue::from_str(value).map_err(|_| OutboundError::Credential)?;
        value.set_sensitive(true);
        let mut request = self.client.request(call.method.into(), call.url.clone());
        request = request.header("accept", "application/json").header(name, value);
        if let Some(json) = call.json {
            request = request.json(json);
        }
        let sent = request.timeout(API_TIME_LIMIT).send().await;
        read(sent.map_err(|error| reason(&error))?, call.at_most).await
    }
}

/// A refusal by [`Judging`] comes back as a source of what the client says, and so does the reason of any other failure: the
/// last one, because the first names the whole URL.
fn reason(error: &reqwest::Error) -> OutboundError {
    if error.is_timeout() {
        return OutboundError::NoAnswer("it took too long".to_owned());
    }
    let mut why = "the connection failed".to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<PrivateNetwork>() {
            return OutboundError::Private;
        }
        why = error.to_string();
        source = error.source();
    }
    OutboundError::NoAnswer(why)
}

async fn read(mut response: Response, at_most: usize) -> Result<Answer, OutboundError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + chunk.len() > at_most {
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

    #[tokio::test]
    async fn a_failure_says_why_and_not_where() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let url = Url::parse(&format!("http://{free}/hook?token=secret")).unwrap();
        let outbound = Outbound::new(Reach::Private, None).unwrap();
        let error = outbound.post_form(&url, &[]).await.unwrap_err().to_string();
        assert!(
            error.starts_with("no answer came: ") && error.contains("refused") && !error.contains("secret"),
            "{error}"
        );
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
