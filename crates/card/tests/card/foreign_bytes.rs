//! The judges of `fuzz/` on their corpus, and on some ten thousand changes to it, the same in every run.

#[path = "../../fuzz/src/lib.rs"]
mod judges;

use std::{fs, path::Path};

use base::Randomness;

/// How many changed inputs each judge gets.
const CHANGED: usize = 10_000;

/// Bytes at which lengths and forms change their meaning.
const OFTEN: [u8; 8] = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0xFE, 0xFF];

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a corpus").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("a file")).collect()
}

fn pick(randomness: &Randomness, count: usize) -> usize {
    let bound = u64::try_from(count.max(1)).expect("a length fits");
    usize::try_from(randomness.below(bound)).expect("it is below a length")
}

/// One to four changes: a bit, a byte that often matters, a piece removed, doubled, or taken from another input.
fn change(input: &[u8], other: &[u8], randomness: &Randomness) -> Vec<u8> {
    let mut changed = input.to_vec();
    for _ in 0..=pick(randomness, 4) {
        let at = pick(randomness, changed.len());
        let until = at + pick(randomness, 8).min(changed.len().saturating_sub(at));
        match pick(randomness, 6) {
            _ if changed.is_empty() => changed.push(0),
            0 => changed[at] ^= 1 << pick(randomness, 8),
            1 => changed[at] = OFTEN[pick(randomness, OFTEN.len())],
            2 => drop(changed.drain(at..until)),
            3 => {
                let piece = changed[at..until].to_vec();
                changed.splice(at..at, piece);
            }
            4 => changed.truncate(at),
            _ => {
                let from = pick(randomness, other.len());
                let piece = other[from..].iter().copied().take(16);
                changed.splice(at..until, piece);
            }
        }
    }
    changed
}

#[test]
fn the_corpus_and_ten_thousand_changes_to_it_break_nothing() {
    for (name, judge) in judges::JUDGES {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name}");
        for input in &corpus {
            judge(input);
        }
        let randomness = Randomness::repeatable(name);
        for _ in 0..CHANGED {
            let [input, other] = [(), ()].map(|()| &corpus[pick(&randomness, corpus.len())]);
            let changed = change(input, other, &randomness);
            let judged = std::panic::catch_unwind(|| judge(&changed));
            assert!(judged.is_ok(), "{name} breaks on {}", hex::encode(&changed));
        }
    }
}
