//! Fuzz checks as ordinary tests: on their corpus, and on mutations of it that are the same in every run.
//!
//! The checks of a crate stand in `fuzz/src/lib.rs` below it. Its fuzz targets run them on inputs of libFuzzer (`cargo xtask
//! nightly`); a test of the crate includes the same file by `#[path]` and calls [`replay_corpus`] and [`replay_mutations`].

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use base::Randomness;

/// A check with the name of its corpus and of its fuzz target. It panics where its property is violated.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// Bytes at which lengths and forms change their meaning.
const INTERESTING_BYTES: [u8; 8] = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0xFE, 0xFF];

/// Runs each check on its corpus in the folder `fuzz` of a crate. Each check has a corpus and a target, and there are no others.
///
/// # Panics
///
/// If a check fails, or corpus, targets and checks do not have the same names.
pub fn replay_corpus(fuzz: &Path, checks: &[FuzzCheck]) {
    let mut names: Vec<String> = checks.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    assert_eq!(list_names(&fuzz.join("corpus")), names, "the folders of {}/corpus", fuzz.display());
    assert_eq!(list_names(&fuzz.join("fuzz_targets")), names, "the files of {}/fuzz_targets", fuzz.display());
    for (name, check) in checks {
        for input in read_corpus(fuzz, name) {
            run_check(name, *check, &input);
        }
    }
}

/// Runs one check on so many mutations of its corpus.
///
/// # Panics
///
/// If the check fails; the message has the input in hexadecimal.
pub fn replay_mutations(fuzz: &Path, (name, check): FuzzCheck, count: usize) {
    let corpus = read_corpus(fuzz, name);
    let randomness = Randomness::repeatable(name);
    for _ in 0..count {
        let [input, donor] = [(), ()].map(|()| &corpus[random_index(&randomness, corpus.len())]);
        run_check(name, check, &mutate(input, donor, &randomness));
    }
}

fn run_check(name: &str, check: fn(&[u8]), input: &[u8]) {
    let outcome = catch_unwind(AssertUnwindSafe(|| check(input)));
    assert!(outcome.is_ok(), "{name} fails on {}", hex::encode(input));
}

/// The names of the files and folders of a folder, without extensions, sorted.
fn list_names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").path().with_extension(""))
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn read_corpus(fuzz: &Path, name: &str) -> Vec<Vec<u8>> {
    let folder = fuzz.join("corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.iter().map(|file| fs::read(file).expect("a file of the corpus can be read")).collect()
}

fn random_index(randomness: &Randomness, count: usize) -> usize {
    let bound = u64::try_from(count.max(1)).expect("a length fits");
    usize::try_from(randomness.number_below(bound)).expect("it is below a length")
}

/// One to four mutations: a bit, an interesting byte, a piece removed, doubled, or taken from another input.
fn mutate(input: &[u8], donor: &[u8], randomness: &Randomness) -> Vec<u8> {
    let mut changed = input.to_vec();
    for _ in 0..=random_index(randomness, 4) {
        let start = random_index(randomness, changed.len());
        let end = start + random_index(randomness, 8).min(changed.len().saturating_sub(start));
        match random_index(randomness, 6) {
            _ if changed.is_empty() => changed.push(0),
            0 => changed[start] ^= 1 << random_index(randomness, 8),
            1 => changed[start] = INTERESTING_BYTES[random_index(randomness, INTERESTING_BYTES.len())],
            2 => drop(changed.drain(start..end)),
            3 => {
                let piece = changed[start..end].to_vec();
                changed.splice(start..start, piece);
            }
            4 => changed.truncate(start),
            _ => {
                let donor_start = random_index(randomness, donor.len());
                let piece = donor[donor_start..].iter().copied().take(16);
                changed.splice(start..end, piece);
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutations_are_the_same_in_every_run_and_differ_from_one_another() {
        let run = || {
            let randomness = Randomness::repeatable("mutations");
            (0..200).map(|_| mutate(b"one input", b"another", &randomness)).collect::<Vec<_>>()
        };
        assert_eq!(run(), run());
        let distinct: std::collections::BTreeSet<_> = run().into_iter().collect();
        assert!(distinct.len() > 100, "{} of 200 mutations differ", distinct.len());
        let randomness = Randomness::repeatable("mutations");
        assert!(!mutate(b"", b"", &randomness).is_empty());
    }

    #[test]
    fn a_check_that_fails_names_the_input() {
        let failure = catch_unwind(|| run_check("planted", |bytes| assert!(bytes.is_empty()), &[0xAB]));
        let message = failure.expect_err("it fails");
        assert_eq!(message.downcast_ref::<String>().map(String::as_str), Some("planted fails on ab"));
    }
}
