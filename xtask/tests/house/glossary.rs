//! The glossary names identifiers that the code has.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::sources::workspace_root;

/// The identifiers of a glossary: what stands in backticks in the third column of tables of four.
fn glossary_identifiers(glossary: &str) -> Vec<&str> {
    let rows = glossary.lines().map(|line| line.split('|').collect::<Vec<_>>()).filter(|cells| cells.len() == 6);
    rows.flat_map(|cells| cells[3].split('`').skip(1).step_by(2)).collect()
}

/// The words of all Rust code, comments left out, and the names of the crates.
fn code_words(crates: &Path) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut folders = vec![crates.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder can be listed") {
            let path: PathBuf = entry.expect("an entry can be read").path();
            if path.is_dir() {
                words.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is text");
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let of_line = |line: &str| {
                    line.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect::<Vec<_>>()
                };
                words.extend(lines.flat_map(of_line));
            }
        }
    }
    words
}

/// The identifiers that have a part which is no word of the code.
fn unknown_identifiers<'a>(glossary: &'a str, words: &BTreeSet<String>) -> Vec<&'a str> {
    let known = |identifier: &str| identifier.split("::").all(|part| words.contains(part));
    glossary_identifiers(glossary).into_iter().filter(|identifier| !known(identifier)).collect()
}

#[test]
fn the_glossary_names_what_the_code_has() {
    let root = workspace_root();
    let glossary = fs::read_to_string(root.join("docs/glossary.md")).expect("the glossary is there");
    assert!(glossary_identifiers(&glossary).len() > 50, "the tables of the glossary are found");
    assert_eq!(unknown_identifiers(&glossary, &code_words(&root.join("crates"))), Vec::<&str>::new());
}

#[test]
fn a_word_that_the_code_does_not_have_is_found() {
    let words = ["Slot", "base", "seal"].map(str::to_owned).into();
    let glossary =
        "| 空き枠 | slot | `Slot`, `base::seal`, `TimeBox` | `Time` |\n| not | but |\n| `told` | `print` |\n";
    assert_eq!(unknown_identifiers(glossary, &words), ["TimeBox"]);
}
