//! The list of what is in the program, for whoever has to know (CycloneDX 1.5, JSON).

use serde_json::{Value, json};

use crate::linked::{Id, Package};

/// What a release is.
pub(crate) struct Release {
    pub(crate) version: String,
    /// The commit's hash; with `-modified` where the tree was changed.
    pub(crate) commit: String,
    /// When the commit was made, RFC 3339 in UTC.
    pub(crate) time: String,
}

/// The list. It tells nothing of when or where it was made, so that the same commit gives the same bytes.
pub(crate) fn build_cyclonedx(release: &Release, program: &str, packages: &[Package]) -> Value {
    let is_program = |package: &&Package| package.id.0 == program;
    let components: Vec<Value> = packages.iter().filter(|package| !is_program(package)).map(component).collect();
    let dependencies: Vec<Value> = packages.iter().map(dependency).collect();
    let program: Vec<Value> = packages.iter().filter(is_program).map(component).collect();
    let mut program = program.into_iter().next().unwrap_or_default();
    program["type"] = json!("application");
    program["properties"] = json!([{ "name": "uketsuke:commit", "value": release.commit }]);
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "timestamp": release.time, "component": program },
        "components": components,
        "dependencies": dependencies,
    })
}

fn component(package: &Package) -> Value {
    let (name, version) = &package.id;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(&package.id),
        "name": name,
        "version": version,
        "licenses": [{ "expression": package.licence }],
    });
    // What is ours is in no registry.
    if let Some(checksum) = &package.checksum {
        component["purl"] = json!(reference(&package.id));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(repository) = &package.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

fn dependency(package: &Package) -> Value {
    let uses: Vec<String> = package.uses.iter().map(reference).collect();
    json!({ "ref": reference(&package.id), "dependsOn": uses })
}

/// The package's URL (purl); a `+` in a version is written encoded.
fn reference((name, version): &Id) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::PathBuf};

    use super::*;

    #[test]
    fn each_package_stands_with_version_licence_and_hash() {
        let id = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        let package = |id: Id, checksum: Option<&str>, uses: &[Id]| Package {
            id,
            licence: "MIT OR Apache-2.0".to_owned(),
            repository: None,
            folder: PathBuf::new(),
            checksum: checksum.map(str::to_owned),
            uses: uses.iter().cloned().collect::<BTreeSet<_>>(),
        };
        let toml = id("toml", "1.2.1+spec-1.1.0");
        let packages =
            [package(id("uketsuke", "0.1.0"), None, std::slice::from_ref(&toml)), package(toml, Some("ab12"), &[])];
        let release =
            Release { version: "0.1.0".to_owned(), commit: "abc".to_owned(), time: "2026-11-30T00:00:00Z".to_owned() };
        let list = build_cyclonedx(&release, "uketsuke", &packages);
        assert_eq!(list["metadata"]["component"]["name"], "uketsuke");
        assert_eq!(list["metadata"]["component"]["purl"], Value::Null);
        let [component] = list["components"].as_array().unwrap().as_slice() else { panic!("{list}") };
        assert_eq!(component["purl"], "pkg:cargo/toml@1.2.1%2Bspec-1.1.0");
        assert_eq!(component["hashes"][0]["content"], "ab12");
        assert_eq!(list["dependencies"][0]["dependsOn"][0], component["bom-ref"]);
    }
}
