//! Rules about the house itself: which crate may know which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

const SERVICES: [&str; 6] = ["authority", "consult", "eligibility", "portal", "reception", "terminal"];
const PROTOCOLS: [&str; 5] = ["card", "errand", "handover", "jpki", "oqs"];
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
        "reception" => vec!["base", "database", "shell", "eligibility", "errand", "handover", "jpki"],
        "consult" => vec!["base", "database", "shell", "handover"],
        "portal" => vec!["base", "database", "shell", "card", "errand", "jpki"],
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
