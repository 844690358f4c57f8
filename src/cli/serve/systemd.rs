//! Tells systemd how far we are (`sd_notify(3)`), where the unit asks for it with `Type=notify`.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Where systemd listens, if it does.
pub(super) struct Systemd(Option<SocketAddr>);

impl Systemd {
    /// By `NOTIFY_SOCKET`: a path, or `@` and an abstract name.
    pub(super) fn of(socket: Option<&str>) -> Self {
        Self(socket.and_then(|name| match name.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name).ok(),
            None => SocketAddr::from_pathname(name).ok(),
        }))
    }

    /// We serve.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// We serve no more.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// What we are doing, for `systemctl status`.
    pub(super) fn status(&self, text: &str) {
        self.tell(&format!("STATUS={}", text.replace('\n', " ")));
    }

    fn tell(&self, message: &str) {
        let Some(address) = &self.0 else { return };
        // Nothing depends on it but what systemd shows, and it would time out by itself.
        let _ = UnixDatagram::unbound().and_then(|socket| socket.send_to_addr(message.as_bytes(), address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_is_told_by_either_kind_of_socket() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let by_path = UnixDatagram::bind(&path).unwrap();
        let name = format!("dockspace-test-{}", std::process::id());
        let by_name = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        for (socket, address) in [
            (by_path, path.to_str().unwrap().to_owned()),
            (by_name, format!("@{name}")),
        ] {
            let systemd = Systemd::of(Some(&address));
            systemd.ready();
            systemd.status("at\nwork");
            let heard = || {
                let mut bytes = [0; 64];
                let length = socket.recv(&mut bytes).unwrap();
                String::from_utf8(bytes[..length].to_vec()).unwrap()
            };
            assert_eq!((heard().as_str(), heard().as_str()), ("READY=1", "STATUS=at work"));
        }
        Systemd::of(None).stopping();
    }
}
