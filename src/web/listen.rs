//! The sockets: plain or TLS, and an orderly end.
//!
//! Knows connections and nothing of what is said on them. When told to stop it takes no further connection, lets each request
//! that is under way finish, and cuts what is still open after [`GRACE`].

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::seal::Secret;

/// How long requests may take to finish once the server stops. Docker kills after ten seconds.
pub const GRACE: Duration = Duration::from_secs(8);
/// How long a client may take to send the head of a request, or to begin one.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// How long a client may take for the handshake.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// An address that is ours, before anything is served on it.
#[derive(Debug)]
pub struct Listener(TcpListener);

impl Listener {
    /// Takes `address`; with port 0 the system chooses one.
    ///
    /// # Errors
    /// What the system says: in use, not ours, not allowed.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    /// The address it is at.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A certificate that can be exchanged while the server runs. Clones share it.
#[derive(Clone, Debug)]
pub struct Tls(RustlsConfig);

/// A certificate that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The text of the certificate or key isn't PEM, or there is none in it.
    #[error("the {0} is not PEM, or the file holds none")]
    Pem(&'static str),
    /// They don't belong together, or are of a kind we don't speak.
    #[error("the certificate cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

impl Tls {
    /// Serves with this certificate chain and private key, both PEM.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn new(certificate: &[u8], key: &Secret<Vec<u8>>) -> Result<Self, TlsError> {
        config(certificate, key).map(RustlsConfig::from_config).map(Self)
    }

    /// Serves new connections with another one.
    ///
    /// # Errors
    /// [`TlsError`]; the one before stays.
    pub fn exchange(&self, certificate: &[u8], key: &Secret<Vec<u8>>) -> Result<(), TlsError> {
        self.0.reload_from_config(config(certificate, key)?);
        Ok(())
    }
}

fn config(certificate: &[u8], key: &Secret<Vec<u8>>) -> Result<Arc<ServerConfig>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
    let chain = chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or(TlsError::Pem("certificate"))?;
    let key = PrivateKeyDer::from_pem_slice(key.expose()).map_err(|_| TlsError::Pem("private key"))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves `router` until `stop` comes true.
///
/// # Errors
/// The listener broke.
pub async fn serve(
    listener: Listener,
    router: Router,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let handle = Handle::new();
    let stopping = handle.clone();
    let stopper = tokio::spawn(async move {
        stop.await;
        stopping.graceful_shutdown(Some(GRACE));
    });
    let mut server: Server<SocketAddr> = axum_server::from_tcp(listener.0)?.handle(handle);
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN);
    let server = server.http1_only().acceptor(NoDelayAcceptor::new());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let ended = match tls {
        Some(Tls(config)) => {
            let tls = |inner| {
                RustlsAcceptor::new(config)
                    .handshake_timeout(HANDSHAKE_WITHIN)
                    .acceptor(inner)
            };
            server.map(tls).serve(service).await
        }
        None => server.serve(service).await,
    };
    stopper.abort();
    ended
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_request_under_way_is_finished_and_none_is_taken_after() {
        let (begun_tx, mut begun) = tokio::sync::mpsc::channel::<oneshot::Sender<()>>(1);
        let slow = move || async move {
            let (go_on, wait) = oneshot::channel();
            begun_tx.send(go_on).await.unwrap();
            wait.await.unwrap();
            "finished"
        };
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}/slow", listener.address().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/slow", get(slow));
        let served = tokio::spawn(serve(listener, router, None, async { stopped.await.unwrap() }));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let under_way = tokio::spawn(client.get(&url).send());
        let go_on = begun.recv().await.unwrap();
        stop.send(()).unwrap();
        // The listener goes away with the stop, in its own time.
        while tokio::net::TcpStream::connect(&url["http://".len()..url.len() - "/slow".len()])
            .await
            .is_ok()
        {
            tokio::task::yield_now().await;
        }
        go_on.send(()).unwrap();
        let answer = under_way.await.unwrap().unwrap();
        assert_eq!(answer.text().await.unwrap(), "finished");
        served.await.unwrap().unwrap();
    }

    #[test]
    fn a_certificate_that_cannot_be_used_is_told() {
        let key = |text: &str| Secret::new(text.as_bytes().to_vec());
        assert!(matches!(Tls::new(b"", &key("")), Err(TlsError::Pem("certificate"))));
        let rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(
            Tls::new(rubbish.as_bytes(), &key("none")),
            Err(TlsError::Pem("private key"))
        ));
    }
}
