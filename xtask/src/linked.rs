//! Which packages are in the program: its normal dependencies with the features of a release, as cargo resolves them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{StepError, cargo_command, read_output, workspace_root};

/// A package by name and version.
pub(crate) type Id = (String, String);

/// A package that is linked into what a release holds.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) id: Id,
    /// An SPDX expression.
    pub(crate) licence: String,
    pub(crate) repository: Option<String>,
    /// Where its source lies here.
    pub(crate) folder: PathBuf,
    /// SHA-256 of its archive, if it comes from the registry; what is ours has none.
    pub(crate) checksum: Option<String>,
    pub(crate) uses: BTreeSet<Id>,
}

/// Every package that is linked into these of ours for a platform. What only runs in the compiler is left out.
pub(crate) fn list_packages(ours: &[&str], features: &str, platform: &str) -> Result<Vec<Package>, StepError> {
    let mut tree = cargo_command();
    tree.args(["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", " {p}"]);
    tree.args(["--features", features, "--target", platform]);
    for package in ours {
        tree.args(["--package", package]);
    }
    let mut uses = parse_tree(&read_output(&mut tree)?)?;
    let mut metadata = cargo_command();
    metadata.args([
        "metadata",
        "--locked",
        "--format-version=1",
        "--filter-platform",
        platform,
        "--features",
        features,
    ]);
    let metadata: Value =
        serde_json::from_str(&read_output(&mut metadata)?).map_err(|error| format!("metadata: {error}"))?;
    let lock =
        fs::read_to_string(workspace_root().join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    let checksums = parse_checksums(&lock);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let described = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let mut packages = Vec::new();
    for package in described {
        let id = (text(&package["name"]).unwrap_or_default(), text(&package["version"]).unwrap_or_default());
        let Some(uses) = uses.remove(&id) else { continue };
        let manifest = text(&package["manifest_path"]).unwrap_or_default();
        packages.push(Package {
            licence: text(&package["license"])
                .ok_or_else(|| format!("{} names no licence", id.0))?
                .replace('/', " OR "),
            repository: text(&package["repository"]),
            folder: Path::new(&manifest).parent().map(Path::to_owned).unwrap_or_default(),
            checksum: checksums.get(&id).cloned(),
            id,
            uses,
        });
    }
    if let Some((name, version)) = uses.keys().next() {
        return Err(format!("cargo metadata knows nothing of {name} {version}"));
    }
    packages.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(packages)
}

/// What uses what, from lines such as `2 serde v1.0.229 (*)`: the depth, the name, the version.
fn parse_tree(tree: &str) -> Result<BTreeMap<Id, BTreeSet<Id>>, StepError> {
    let mut uses: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let mut next = || words.next().ok_or_else(|| format!("cargo tree says '{line}'"));
        let depth: usize = next()?.parse().map_err(|_| format!("cargo tree says '{line}'"))?;
        let id = (next()?.to_owned(), next()?.trim_start_matches('v').to_owned());
        above.truncate(depth);
        if let Some(user) = above.last() {
            uses.entry(user.clone()).or_default().insert(id.clone());
        }
        uses.entry(id.clone()).or_default();
        above.push(id);
    }
    Ok(uses)
}

/// The checksums in `Cargo.lock`, which cargo writes line by line in one form.
fn parse_checksums(lock: &str) -> BTreeMap<Id, String> {
    let value = |package: &str, key: &str| {
        let start = format!("{key} = \"");
        let line = package.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let package = |text: &str| Some(((value(text, "name")?, value(text, "version")?), value(text, "checksum")?));
    lock.split("[[package]]").filter_map(package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, version: &str) -> Id {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn a_tree_tells_what_uses_what() {
        let tree = "0 a v1.0.0 (/w/a)\n1 b v2.1.0\n2 c v0.1.0\n1 c v0.1.0 (*)\n\n0 d v1.0.0 (/w/d)\n1 b v2.1.0 (*)\n";
        let uses = parse_tree(tree).unwrap();
        let expected = [
            (id("a", "1.0.0"), vec![id("b", "2.1.0"), id("c", "0.1.0")]),
            (id("b", "2.1.0"), vec![id("c", "0.1.0")]),
            (id("c", "0.1.0"), vec![]),
            (id("d", "1.0.0"), vec![id("b", "2.1.0")]),
        ];
        assert_eq!(uses, expected.into_iter().map(|(user, used)| (user, used.into_iter().collect())).collect());
        assert!(parse_tree("error: no such package").is_err());
    }

    #[test]
    fn a_checksum_is_read_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\n \"b\",\n]\n\n\
                    [[package]]\nname = \"b\"\nversion = \"1.2.3\"\nsource = \"registry\"\nchecksum = \"ab12\"\n";
        assert_eq!(parse_checksums(lock), BTreeMap::from([(id("b", "1.2.3"), "ab12".to_owned())]));
    }
}
