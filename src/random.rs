//! Unpredictable bytes, from the operating system by way of aws-lc.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// The operating system refused to give random bytes. Nothing that needs them can go on.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct Unavailable;

/// `N` fresh random bytes.
///
/// # Errors
/// [`Unavailable`] when the operating system has no randomness to give.
pub fn bytes<const N: usize>() -> Result<[u8; N], Unavailable> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Unavailable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(bytes::<32>().unwrap(), bytes::<32>().unwrap());
    }
}
