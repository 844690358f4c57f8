//! Sealing and opening: what stands inside the ciphertext.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::num::NonZero;
use std::thread;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{Identity, Owner, Recipients, Sealed, Secret};

/// The version written into the plaintext.
const VERSION: u64 = 1;
/// The plaintext is padded to a multiple of this many bytes, so that the length of the text says little about the value.
const BLOCK: usize = 256;

/// The plaintext: one line of JSON, its keys in this order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    v: u64,
    #[serde(borrow)]
    owner: Cow<'a, str>,
    #[serde(borrow)]
    field: Cow<'a, str>,
    n: u64,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl Drop for Envelope<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(value) = &mut self.value {
            value.zeroize();
        }
    }
}

/// Just the version: what later versions have in common with this one.
#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// Why a value can't be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The result would be longer than what is read back.
    #[error("the value is too long to be sealed")]
    TooLong,
    /// The `age` library refused.
    #[error("the value could not be encrypted to the recipients")]
    Encryption,
}

impl SealError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::TooLong => {
                "a sealed value has at most 128 KiB, recipients included: seal less, or to fewer recipients"
            }
            Self::Encryption => "check `[secrets] recipients` in dockspace.toml",
        }
    }
}

/// Why a sealed value isn't opened. Shows nothing of what stands inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// None of the keys fits.
    #[error("the identity can't open this sealed value")]
    NotForUs,
    /// Decryption failed, or what came out is not an envelope.
    #[error("this sealed value is damaged")]
    Damaged,
    /// Written by a newer program.
    #[error("this sealed value has version {0} inside, and only version 1 is known")]
    Version(u64),
    /// It was sealed for somebody else.
    #[error("this sealed value was made for another owner than the one it stands with")]
    Owner,
    /// It was sealed for another key of the same owner.
    #[error("this sealed value was made for another field than the one it stands in")]
    Field,
    /// The counter in clear was edited, or belongs to another value.
    #[error("this sealed value says counter {outside} outside, but another one inside")]
    Counter {
        /// What stands in clear.
        outside: u64,
    },
}

impl OpenError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NotForUs => {
                "add this host's public key to `[secrets] recipients` and run `dockspace secrets reseal` with an identity that opens it"
            }
            Self::Damaged => "take the line from the last good commit, or set the value again",
            Self::Version(_) => "use the program version that wrote it, or set the value again",
            Self::Owner | Self::Field => {
                "sealed values can't be copied from place to place: set the value again where it stands"
            }
            Self::Counter { .. } => {
                "the counter is not edited by hand: take the line from the last good commit, or set the value again"
            }
        }
    }
}

/// Seals `value` for everybody in `recipients`: `n` is the change counter, one more than that of the value it replaces.
///
/// # Errors
/// [`SealError::TooLong`] when the text would be longer than [`Sealed::parse`] takes.
pub fn seal(
    recipients: &Recipients,
    owner: &Owner,
    field: &str,
    n: u64,
    value: &Secret<String>,
) -> Result<Sealed, SealError> {
    let plaintext = write_envelope(owner, field, n, value)?;
    let ciphertext = encrypt(recipients, &plaintext).ok_or(SealError::Encryption)?;
    Sealed::from_ciphertext(n, &ciphertext).map_err(|_| SealError::TooLong)
}

fn write_envelope(owner: &Owner, field: &str, n: u64, value: &Secret<String>) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let envelope = Envelope {
        v: VERSION,
        owner: owner.to_string().into(),
        field: field.into(),
        n,
        value: value.expose().into(),
    };
    // Room for the worst escaping, so that growing never leaves a copy behind.
    let room = 6 * (value.expose().len() + field.len() + envelope.owner.len()) + 2 * BLOCK;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *plaintext, &envelope).map_err(|_| SealError::Encryption)?;
    let padded = plaintext.len().next_multiple_of(BLOCK);
    plaintext.resize(padded, b' ');
    Ok(plaintext)
}

pub(super) fn encrypt(recipients: &Recipients, plaintext: &[u8]) -> Option<Vec<u8>> {
    let encryptor = age::Encryptor::with_recipients(recipients.keys()).ok()?;
    let mut ciphertext = Vec::new();
    let mut writer = encryptor.wrap_output(&mut ciphertext).ok()?;
    writer.write_all(plaintext).ok()?;
    writer.finish().ok()?;
    Some(ciphertext)
}

/// A sealed value with the place where it stands.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The value.
    pub sealed: &'a Sealed,
    /// Whose file it stands in.
    pub owner: Owner,
    /// The key it stands under, such as `password` or `app_passwords.phone.password`.
    pub field: &'a str,
}

impl Identity {
    /// Opens a value that stands in the file of `owner` under the key `field`.
    ///
    /// # Errors
    /// An [`OpenError`] when no key fits, when it is damaged, or when owner, field or counter are not those inside.
    pub fn open(&self, sealed: &Sealed, owner: &Owner, field: &str) -> Result<Secret<String>, OpenError> {
        let plaintext = self.decrypt(sealed)?;
        read_envelope(&plaintext, sealed.counter(), owner, field)
    }

    /// Opens many values on all cores. The answers stand in the order of the questions.
    #[must_use]
    pub fn open_all(&self, values: &[Placed<'_>]) -> Vec<Result<Secret<String>, OpenError>> {
        let open = |value: &Placed<'_>| self.open(value.sealed, &value.owner, value.field);
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = values.len().div_ceil(cores).max(1);
        let mut answers = Vec::with_capacity(values.len());
        answers.resize(values.len(), Err(OpenError::Damaged));
        thread::scope(|scope| {
            for (values, answers) in values.chunks(share).zip(answers.chunks_mut(share)) {
                scope.spawn(move || {
                    for (value, answer) in values.iter().zip(answers) {
                        *answer = open(value);
                    }
                });
            }
        });
        answers
    }

    pub(super) fn decrypt(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let ciphertext = sealed.ciphertext().map_err(|_| OpenError::Damaged)?;
        let mut reader = age::Decryptor::new_buffered(&ciphertext[..])
            .and_then(|decryptor| decryptor.decrypt(self.keys()))
            .map_err(|error| match error {
                age::DecryptError::NoMatchingKeys => OpenError::NotForUs,
                _ => OpenError::Damaged,
            })?;
        // The plaintext is shorter than the ciphertext, so this never grows and leaves no copy behind.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
        reader.read_to_end(&mut plaintext).map_err(|_| OpenError::Damaged)?;
        Ok(plaintext)
    }
}

fn read_envelope(plaintext: &[u8], n: u64, owner: &Owner, field: &str) -> Result<Secret<String>, OpenError> {
    let version: Version = serde_json::from_slice(plaintext).map_err(|_| OpenError::Damaged)?;
    if version.v != VERSION {
        return Err(OpenError::Version(version.v));
    }
    let envelope: Envelope<'_> = serde_json::from_slice(plaintext).map_err(|_| OpenError::Damaged)?;
    if envelope.owner != owner.to_string() {
        return Err(OpenError::Owner);
    }
    if envelope.field != field {
        return Err(OpenError::Field);
    }
    if envelope.n != n {
        return Err(OpenError::Counter { outside: n });
    }
    Ok(Secret::new(envelope.value.as_ref().into()))
}
