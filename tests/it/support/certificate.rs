//! Certificates, made by OpenSSL.

use std::path::{Path, PathBuf};

use super::{run, text};

/// A certificate that signs itself, and its key.
pub(crate) struct Certificate {
    /// PEM.
    pub(crate) certificate: PathBuf,
    /// PEM.
    pub(crate) key: PathBuf,
}

impl Certificate {
    /// Makes one for the host `name` in `folder`, in place of one that was made there before.
    #[track_caller]
    pub(crate) fn make(folder: &Path, name: &str, serial: &str) -> Self {
        let made = Self {
            certificate: folder.join("c.pem"),
            key: folder.join("k.pem"),
        };
        let (subject, alternative) = (format!("/CN={name}"), format!("subjectAltName=DNS:{name}"));
        let arguments = [
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ][..],
            &[
                "-days",
                "2",
                "-set_serial",
                serial,
                "-subj",
                &subject,
                "-addext",
                &alternative,
            ],
            &["-addext", "basicConstraints=critical,CA:FALSE"],
            &["-keyout", text(&made.key), "-out", text(&made.certificate)],
        ];
        let output = run("openssl", &arguments.concat());
        assert!(output.status.success(), "{output:?}");
        made
    }
}
