//! Round trips and refusals of sealed values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::envelope::encrypt;
use super::*;

fn alice() -> Owner {
    Owner::User("0193c6f4".into())
}

fn sealed(identity: &Identity, owner: &Owner, field: &str, n: u64, value: &str) -> Sealed {
    seal(identity.recipients(), owner, field, n, &value.into()).unwrap()
}

/// Seals a plaintext as it is, the way a foreign program could.
fn sealed_raw(identity: &Identity, n: u64, plaintext: &str) -> Sealed {
    let ciphertext = encrypt(identity.recipients(), plaintext.as_bytes()).unwrap();
    Sealed::from_ciphertext(n, &ciphertext).unwrap()
}

/// The same text with the ciphertext changed by `edit`.
fn edited(sealed: &Sealed, edit: impl FnOnce(&mut Vec<u8>)) -> Sealed {
    let mut ciphertext = sealed.ciphertext().unwrap();
    edit(&mut ciphertext);
    Sealed::from_ciphertext(sealed.counter(), &ciphertext).unwrap()
}

#[test]
fn the_plaintext_is_one_line_of_json_padded_to_a_block() {
    let identity = Identity::generate();
    let plaintext = identity
        .decrypt(&sealed(&identity, &alice(), "password", 17, "{X}\"\n"))
        .unwrap();
    let json = r#"{"v":1,"owner":"user:0193c6f4","field":"password","n":17,"value":"{X}\"\n"}"#;
    assert_eq!(plaintext.len(), 256);
    assert_eq!(
        String::from_utf8_lossy(&plaintext),
        format!("{json}{}", " ".repeat(256 - json.len()))
    );
}

#[test]
fn plaintexts_of_like_values_have_one_length() {
    let identity = Identity::generate();
    let length = |value: &str| {
        let sealed = sealed(&identity, &alice(), "password", 1, value);
        identity.decrypt(&sealed).unwrap().len()
    };
    assert_eq!(length(""), 256);
    assert_eq!(length(&"x".repeat(180)), 256);
    assert_eq!(length(&"x".repeat(200)), 512);
}

#[test]
fn every_recipient_opens_it_and_nobody_else() {
    let (host, offline, stranger) = (Identity::generate(), Identity::generate(), Identity::generate());
    let both = Recipients::new(host.recipients().iter().chain(offline.recipients().iter()).cloned()).unwrap();
    let value = seal(&both, &Owner::Mail, "masters.migration", 1, &"pw".into()).unwrap();
    for identity in [&host, &offline] {
        let opened = identity.open(&value, &Owner::Mail, "masters.migration").unwrap();
        assert_eq!(opened.expose(), "pw");
    }
    assert_eq!(
        stranger.open(&value, &Owner::Mail, "masters.migration"),
        Err(OpenError::NotForUs)
    );
}

#[test]
fn what_was_moved_edited_or_damaged_is_refused() {
    let identity = Identity::generate();
    let good = sealed(&identity, &alice(), "password", 17, "canary-4711");
    let check = |sealed: &Sealed, owner: Owner, field: &str, expect: OpenError| {
        let error = identity.open(sealed, &owner, field).unwrap_err();
        assert_eq!(error, expect);
        assert!(!format!("{error} {error:?} {}", error.hint()).contains("canary"));
    };
    check(&good, Owner::User("bob".into()), "password", OpenError::Owner);
    check(&good, Owner::Client("0193c6f4".into()), "password", OpenError::Owner);
    check(&good, alice(), "totp", OpenError::Field);
    let counter = Sealed::parse(&good.as_str().replacen(":17:", ":18:", 1)).unwrap();
    check(&counter, alice(), "password", OpenError::Counter { outside: 18 });

    let damaged = |sealed: &Sealed| check(sealed, alice(), "password", OpenError::Damaged);
    damaged(&edited(&good, |bytes| bytes.truncate(bytes.len() - 1)));
    damaged(&edited(&good, |bytes| bytes.truncate(40)));
    damaged(&edited(&good, |bytes| bytes.push(0)));
    damaged(&edited(&good, |bytes| bytes[21] = b'0'));
}

#[test]
fn any_flipped_bit_is_refused() {
    let identity = Identity::generate();
    let good = sealed(&identity, &alice(), "password", 1, "value");
    let length = good.ciphertext().unwrap().len();
    for at in (AGE_HEADER_START..length).step_by(3) {
        let flipped = edited(&good, |bytes| bytes[at] ^= 1);
        let answer = identity.open(&flipped, &alice(), "password");
        assert!(
            matches!(answer, Err(OpenError::Damaged | OpenError::NotForUs)),
            "byte {at}: {answer:?}"
        );
    }
}

/// Behind `age-encryption.org/v1`, without which the text doesn't even parse.
const AGE_HEADER_START: usize = 21;

#[test]
fn foreign_plaintexts_are_read_strictly() {
    let identity = Identity::generate();
    let open = |plaintext: &str| {
        let sealed = sealed_raw(&identity, 3, plaintext);
        identity
            .open(&sealed, &Owner::Mail, "f")
            .map(|value| value.expose().clone())
    };
    let check = |plaintext: &str, expect: Result<&str, OpenError>| {
        assert_eq!(open(plaintext), expect.map(String::from), "{plaintext}");
    };
    check(r#"{"v":1,"owner":"mail","field":"f","n":3,"value":"x"}"#, Ok("x"));
    check(r#"{"value":"x","n":3,"field":"f","owner":"mail","v":1}"#, Ok("x"));
    check(
        r#"{"v":1,"owner":"mail","field":"f","n":4,"value":"x"}"#,
        Err(OpenError::Counter { outside: 3 }),
    );
    check(r#"{"v":2,"anything":{}}"#, Err(OpenError::Version(2)));
    for plaintext in [
        "",
        "x",
        "[]",
        r#"{"v":"1"}"#,
        r#"{"v":1,"owner":"mail","field":"f","n":3}"#,
        r#"{"v":1,"owner":"mail","field":"f","n":3,"value":"x","more":1}"#,
        r#"{"v":1,"owner":"mail","field":"f","n":3,"n":3,"value":"x"}"#,
        r#"{"v":1,"owner":"mail","field":"f","n":3,"value":"x"} x"#,
    ] {
        check(plaintext, Err(OpenError::Damaged));
    }
}

#[test]
fn a_value_that_could_not_be_read_back_is_not_sealed() {
    let identity = Identity::generate();
    let seal_bytes = |count: usize| seal(identity.recipients(), &alice(), "x", 1, &Secret::new("x".repeat(count)));
    assert!(seal_bytes(64 * 1024).is_ok());
    assert_eq!(seal_bytes(128 * 1024), Err(SealError::TooLong));
}

#[test]
fn many_are_opened_in_order() {
    let identity = Identity::generate();
    let values: Vec<_> = (0..23)
        .map(|n| sealed(&identity, &alice(), "password", n, &n.to_string()))
        .collect();
    let mut placed: Vec<_> = values
        .iter()
        .map(|sealed| Placed {
            sealed,
            owner: alice(),
            field: "password",
        })
        .collect();
    placed[5].field = "totp";
    let answers = identity.open_all(&placed);
    assert_eq!(answers.len(), 23);
    for (n, answer) in answers.iter().enumerate() {
        let expect = if n == 5 {
            Err(OpenError::Field)
        } else {
            Ok(n.to_string())
        };
        assert_eq!(
            answer
                .as_ref()
                .map(|value| value.expose().clone())
                .map_err(|error| *error),
            expect
        );
    }
    assert!(identity.open_all(&[]).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_was_sealed_opens(value in any::<String>(), id in "[A-Za-z0-9][A-Za-z0-9._:-]{0,127}", field in "[a-z_.]{1,40}", n in any::<u64>()) {
        let identity = Identity::generate();
        let owner = Owner::User(id);
        let sealed = sealed(&identity, &owner, &field, n, &value);
        let read = Sealed::parse(sealed.as_str()).unwrap();
        prop_assert_eq!(read.counter(), n);
        prop_assert_eq!(STANDARD.encode(read.ciphertext().unwrap()), sealed.as_str().rsplit(':').next().unwrap());
        let opened = identity.open(&read, &owner, &field).unwrap();
        prop_assert_eq!(opened.expose(), &value);
    }
}
