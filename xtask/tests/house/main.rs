//! Rules about the house itself: which crate may know which, and what a file holds.

mod documented;
mod sources;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};

const SERVICES: [&str; 6] = ["authority", "consult", "eligibility", "portal", "reception", "terminal"];
const PROTOCOLS: [&str; 5] = ["card", "app_auth", "handover", "jpki", "oqs"];
const FOUNDATION: [&str; 3] = ["base", "database", "shell"];

/// Which crates of ours each crate of ours depends on, tests aside.
fn dependency_edges() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().expect("the workspace has metadata");
    let ours: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let of = |package: &cargo_metadata::Package| {
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        normal.map(|dependency| dependency.name.clone()).filter(|name| ours.contains(name)).collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), of(package))).collect()
}

/// What a crate may know of ours.
fn allowed_dependencies(name: &str) -> BTreeSet<&'static str> {
    let list: Vec<&'static str> = match name {
        "base" | "xtask" => vec![],
        "database" => vec!["base"],
        "shell" => vec!["base", "database"],
        "eligibility" => vec!["base", "database", "shell", "jpki", "oqs"],
        "reception" => vec!["base", "database", "shell", "eligibility", "app_auth", "handover", "jpki"],
        "consult" => vec!["base", "database", "shell", "handover"],
        "portal" => vec!["base", "database", "shell", "card", "app_auth", "jpki"],
        "terminal" => vec!["base", "database", "shell", "oqs"],
        "authority" => vec!["base", "database", "shell", "jpki"],
        // The driver of the virtual card reader, which pcscd loads: framing, and nothing of a room.
        "ifd" => vec!["card"],
        language if PROTOCOLS.contains(&language) => vec!["base"],
        "uketsuke" => SERVICES.into_iter().chain(PROTOCOLS).chain(FOUNDATION).collect(),
        "testkit" | "bench" => {
            SERVICES.into_iter().chain(PROTOCOLS).chain(FOUNDATION).chain(["uketsuke", "testkit"]).collect()
        }
        other => panic!("{other} has no place in the house: give it one in ARCHITECTURE.md and here"),
    };
    list.into_iter().collect()
}

#[test]
fn rooms_meet_only_on_a_wire() {
    for (name, known) in dependency_edges() {
        let allowed = allowed_dependencies(&name);
        let stray: Vec<_> = known.iter().filter(|other| !allowed.contains(other.as_str())).collect();
        assert!(stray.is_empty(), "{name} must not know {stray:?}");
    }
}

#[test]
fn the_service_cannot_even_name_what_was_consented_to() {
    let edges = dependency_edges();
    let mut reached = BTreeSet::from(["consult".to_owned()]);
    let mut waiting = vec!["consult".to_owned()];
    while let Some(name) = waiting.pop() {
        for next in &edges[&name] {
            if reached.insert(next.clone()) {
                waiting.push(next.clone());
            }
        }
    }
    for forbidden in ["eligibility", "reception", "oqs", "terminal", "portal"] {
        assert!(!reached.contains(forbidden), "consult reaches {forbidden}");
    }
}

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace");
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
