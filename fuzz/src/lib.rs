//! What the fuzz targets do with the bytes they are given. The judging is that of the tests in `tests/it/hostile`.

#[path = "../../tests/it/hostile/judge.rs"]
mod judge;
#[path = "../../tests/it/hostile/owned.rs"]
mod owned;
#[path = "../../tests/it/hostile/repository.rs"]
mod repository;
#[path = "../../tests/it/hostile/words.rs"]
mod words;

use std::sync::LazyLock;

use dockspace::plan::saved;
use dockspace::seal::{Identity, Owner, Placed, Sealed};

use repository::{Change, Files};

static BASE: LazyLock<Files> = LazyLock::new(|| repository::sound(include_str!("../../tests/it/e2e/organisation.repo")));
static IDENTITY: LazyLock<Identity> = LazyLock::new(Identity::generate);

/// The first byte says which file the others are.
pub fn document(data: &[u8]) {
    let Some((which, content)) = data.split_first() else {
        return;
    };
    let mut files = BASE.clone();
    let count = files.len();
    if let Some(file) = files.values_mut().nth(usize::from(*which) % count) {
        *file = content.to_vec();
    }
    judged(&files);
}

/// Seven bytes a change.
pub fn render(data: &[u8]) {
    let number = |low: u8, high: u8| u16::from_le_bytes([low, high]);
    let (changes, _) = data.as_chunks::<7>();
    let changes = changes.iter().take(8).map(|&[kind, a, b, c, d, e, f]| Change {
        kind,
        file: number(a, b),
        place: number(c, d),
        with: number(e, f),
    });
    judged(&repository::changed(BASE.clone(), &changes.collect::<Vec<_>>()));
}

fn judged(files: &Files) {
    if let Err(fault) = judge::judge(files, &BASE) {
        panic!("{fault}");
    }
}

/// What is read is written as it was, and does not open.
pub fn sealed(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for text in [text.to_owned(), format!("age:1:1:YWdlLWVuY3J5cHRpb24ub3JnL3YxCi{text}")] {
        if let Ok(sealed) = Sealed::parse(&text) {
            assert_eq!(sealed.as_str(), text);
            let placed = Placed {
                sealed: &sealed,
                owner: Owner::Mail,
                field: "masters.x.password",
            };
            assert!(IDENTITY.open_all(&[placed])[0].is_err());
        }
    }
}

/// What is read is no other plan when it is read again.
pub fn plan_file(data: &[u8]) {
    if let Ok(ground) = saved::read(data) {
        assert_eq!(saved::read(data).ok().as_ref(), Some(&ground));
        let _ = ground.stale(&ground);
    }
}
