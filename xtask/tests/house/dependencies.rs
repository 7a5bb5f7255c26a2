//! Which crate may depend on which. A crate's folder is its storey; dependencies run down only.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand};

/// From the lowest to the highest; a crate may use what comes before it.
const FOUNDATION: [&str; 9] = ["base", "text", "database", "audit", "jobs", "ui", "http_client", "web", "accounts"];

/// The protocols that a service speaks.
const SERVICES: [(&str, &[&str]); 6] = [
    ("authority", &["jpki"]),
    ("consult", &["calendar", "handover"]),
    ("eligibility", &["jpki", "oqs"]),
    ("portal", &["app_auth", "card", "jpki"]),
    ("reception", &["app_auth", "handover", "jpki"]),
    ("terminal", &["oqs"]),
];

/// Two interfaces of one organisation: a registration and its consents are one transaction.
const SERVICE_OF_SERVICE: (&str, &str) = ("reception", "eligibility");

/// The feature with which a service renders its pages from invented data.
const SAMPLES: &str = "samples";

/// Crates of the workspace by name.
type Packages = BTreeMap<String, Package>;

struct Package {
    /// The folder below `crates`.
    storey: String,
    /// The crates of the workspace that it uses, tests aside.
    dependencies: BTreeSet<String>,
    /// Those of them that only a feature turns on.
    optional: BTreeSet<String>,
    /// Those of them of which it turns on the samples.
    sampled: BTreeSet<String>,
}

fn read_packages() -> Packages {
    let metadata = MetadataCommand::new().no_deps().exec().expect("the workspace has metadata");
    let names: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let read = |package: &cargo_metadata::Package| {
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let ours: Vec<_> = normal.filter(|dependency| names.contains(&dependency.name)).collect();
        let chosen = |is_chosen: fn(&Dependency) -> bool| {
            ours.iter().filter(|dependency| is_chosen(dependency)).map(|dependency| dependency.name.clone()).collect()
        };
        Package {
            storey: storey_of(package.manifest_path.as_std_path()),
            dependencies: chosen(|_| true),
            optional: chosen(|dependency| dependency.optional),
            sampled: chosen(|dependency| dependency.features.iter().any(|feature| feature == SAMPLES)),
        }
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), read(package))).collect()
}

/// `services` of `crates/services/consult/Cargo.toml`; for what is no crate of a storey, its own folder.
fn storey_of(manifest: &Path) -> String {
    let mut folders = manifest.iter().rev().skip(1).map(|part| part.to_string_lossy().into_owned());
    let (own, storey, root) = (folders.next(), folders.next(), folders.next());
    if root.as_deref() == Some("crates") { storey.unwrap_or_default() } else { own.unwrap_or_default() }
}

/// Whether the crate `name` may use the crate `used`.
fn is_allowed(name: &str, storey: &str, used: &str, used_storey: &str) -> bool {
    let level = |name: &str| FOUNDATION.iter().position(|crate_name| *crate_name == name);
    match (storey, used_storey) {
        ("foundation", "foundation") => level(used).is_some_and(|lower| level(name).is_some_and(|own| lower < own)),
        ("protocols", "foundation") => used == "base",
        ("services", "protocols") => {
            SERVICES.iter().any(|(service, protocols)| *service == name && protocols.contains(&used))
        }
        ("services", "services") => (name, used) == SERVICE_OF_SERVICE,
        // pcscd loads the driver of the virtual card reader: framing, and nothing of a service.
        ("apps", _) if name == "ifd" => used == "card",
        ("services" | "simulation", "foundation")
        | ("simulation", "protocols" | "services" | "simulation")
        | ("apps", "foundation" | "protocols" | "services" | "simulation")
        | ("dev", _) => true,
        _ => false,
    }
}

fn find_wrong_dependencies(packages: &Packages) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, package) in packages {
        for used in &package.dependencies {
            if !is_allowed(name, &package.storey, used, &packages[used].storey) {
                wrong.push(format!("{name} must not depend on {used}"));
            }
        }
    }
    wrong
}

/// What is made up is left out of a program by a feature, and no other crate turns samples on.
fn find_unavoidable_simulation(packages: &Packages) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, package) in
        packages.iter().filter(|(_, package)| !["simulation", "dev"].contains(&package.storey.as_str()))
    {
        for used in package.dependencies.difference(&package.optional) {
            if packages[used].storey == "simulation" {
                wrong.push(format!("{name} can not be built without {used}"));
            }
        }
        wrong.extend(package.sampled.iter().map(|used| format!("{name} turns on the samples of {used}")));
    }
    wrong
}

/// What is compiled into a crate, itself included.
fn reachable_packages(packages: &Packages, name: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([name.to_owned()]);
    let mut pending = vec![name.to_owned()];
    while let Some(name) = pending.pop() {
        for next in &packages[&name].dependencies {
            if reached.insert(next.clone()) {
                pending.push(next.clone());
            }
        }
    }
    reached
}

#[test]
fn dependencies_run_down_only() {
    assert_eq!(find_wrong_dependencies(&read_packages()), Vec::<String>::new());
}

#[test]
fn a_program_can_be_built_without_what_is_made_up() {
    let packages = read_packages();
    assert_eq!(find_unavoidable_simulation(&packages), Vec::<String>::new());
    // What the search is about is there.
    assert!(packages["uketsuke"].optional.contains("world") && packages["samples"].sampled.contains("consult"));
}

#[test]
fn every_crate_has_a_place() {
    let mut unplaced = Vec::new();
    for (name, package) in read_packages() {
        let placed = match package.storey.as_str() {
            "foundation" => FOUNDATION.contains(&name.as_str()),
            "services" => SERVICES.iter().any(|(service, _)| *service == name),
            "protocols" | "simulation" | "apps" | "dev" | "xtask" => true,
            _ => false,
        };
        if !placed {
            unplaced.push(name);
        }
    }
    assert_eq!(unplaced, Vec::<String>::new(), "ARCHITECTURE.md tells where a crate goes; this file holds it");
}

fn package(storey: &str, dependencies: &[&str]) -> Package {
    let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
    Package { storey: storey.to_owned(), dependencies, optional: BTreeSet::new(), sampled: BTreeSet::new() }
}

#[test]
fn a_program_that_cannot_do_without_the_simulation_is_found() {
    let mut program = package("apps", &["world", "consult", "nation"]);
    program.optional.insert("nation".to_owned());
    program.sampled.insert("consult".to_owned());
    let packages = [
        ("world", package("simulation", &["nation"])),
        ("nation", package("simulation", &[])),
        ("consult", package("services", &[])),
        ("program", program),
        ("testkit", package("dev", &["world"])),
    ];
    let packages = packages.into_iter().map(|(name, package)| (name.to_owned(), package)).collect();
    let expected = ["program can not be built without world", "program turns on the samples of consult"];
    assert_eq!(find_unavoidable_simulation(&packages), expected);
}

#[test]
fn a_dependency_upwards_or_sideways_is_found() {
    let planted = [
        ("base", "foundation", &["web"][..]),
        ("web", "foundation", &["base"]),
        ("oqs", "protocols", &["web"]),
        ("jpki", "protocols", &["base", "oqs"]),
        ("consult", "services", &["web", "oqs", "eligibility", "nation"]),
        ("eligibility", "services", &["oqs", "reception"]),
        ("reception", "services", &["eligibility", "jpki"]),
        ("nation", "simulation", &["eligibility", "ifd"]),
        ("ifd", "apps", &["base"]),
        ("testkit", "dev", &["ifd", "xtask"]),
        ("xtask", "xtask", &["base"]),
    ];
    let packages =
        planted.into_iter().map(|(name, storey, dependencies)| (name.to_owned(), package(storey, dependencies)));
    let expected = [
        "base must not depend on web",
        "consult must not depend on eligibility",
        "consult must not depend on nation",
        "consult must not depend on oqs",
        "eligibility must not depend on reception",
        "ifd must not depend on base",
        "jpki must not depend on oqs",
        "nation must not depend on ifd",
        "oqs must not depend on web",
        "xtask must not depend on base",
    ];
    assert_eq!(find_wrong_dependencies(&packages.collect()), expected);
}

#[test]
fn the_service_cannot_even_name_what_was_consented_to() {
    let packages = read_packages();
    let reached = reachable_packages(&packages, "consult");
    for forbidden in ["eligibility", "reception", "oqs", "terminal", "portal"] {
        assert!(!reached.contains(forbidden), "consult reaches {forbidden}");
    }
    // The one service that another is built on shows that the search sees through a crate.
    assert!(reachable_packages(&packages, "reception").contains("oqs"));
}

#[test]
fn a_folder_tells_the_storey() {
    assert_eq!(storey_of(Path::new("/w/crates/services/consult/Cargo.toml")), "services");
    assert_eq!(storey_of(Path::new("/w/xtask/Cargo.toml")), "xtask");
}
