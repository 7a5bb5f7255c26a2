//! Runs the checks of `fuzz/` on their corpus, and on ten thousand mutations of it, the same in every run.

#[path = "../../fuzz/src/lib.rs"]
mod fuzz_checks;

use std::{fs, path::Path};

use base::Randomness;

/// How many mutated inputs each check gets.
const MUTATIONS: usize = 10_000;

/// Bytes at which lengths and forms change their meaning.
const INTERESTING_BYTES: [u8; 8] = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0xFE, 0xFF];

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a corpus").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a file")).collect()
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

#[test]
fn the_corpus_and_ten_thousand_changes_to_it_break_nothing() {
    for (name, check) in fuzz_checks::FUZZ_CHECKS {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name}");
        for input in &corpus {
            check(input);
        }
        let randomness = Randomness::repeatable(name);
        for _ in 0..MUTATIONS {
            let [input, donor] = [(), ()].map(|()| &corpus[random_index(&randomness, corpus.len())]);
            let changed = mutate(input, donor, &randomness);
            let outcome = std::panic::catch_unwind(|| check(&changed));
            assert!(outcome.is_ok(), "{name} breaks on {}", hex::encode(&changed));
        }
    }
}
