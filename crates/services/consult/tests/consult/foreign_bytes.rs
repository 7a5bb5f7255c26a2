//! Runs the checks of `fuzz/` on their corpus, and on thousands of mutations of it, the same in every run.

#[path = "../../fuzz/src/lib.rs"]
mod fuzz_checks;

use std::path::Path;

/// How many mutated pictures are decoded, which takes long.
const PICTURES: usize = 200;

#[test]
fn the_corpus_and_thousands_of_changes_to_it_break_nothing() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    fuzz_replay::replay_corpus(&fuzz, &fuzz_checks::FUZZ_CHECKS);
    for check in fuzz_checks::FUZZ_CHECKS {
        fuzz_replay::replay_mutations(&fuzz, check, if check.0 == "picture" { PICTURES } else { 4_000 });
    }
}
