//! The licences of what is linked into the program. Most of them want their text to go along with it.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{StepError, linked::Package};

/// How the files begin that hold a licence or what it wants to be told.
const NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "unlicense"];

/// What a file is that may begin so and is none.
const CODE: [&str; 9] = ["rs", "c", "cc", "h", "py", "go", "sh", "toml", "json"];

/// Every package with its licence, then every text with the packages that it came with.
pub(crate) fn collect_notices(packages: &[Package]) -> Result<String, StepError> {
    let foreign: Vec<&Package> = packages.iter().filter(|package| package.checksum.is_some()).collect();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut list = String::from("uketsuke is linked with these packages, each under its own licence.\n\n");
    for package in foreign {
        let (name, version) = &package.id;
        let source = package.repository.as_deref().unwrap_or("crates.io");
        // Writing to a string cannot fail.
        let _written = writeln!(list, "{name} {version}: {} ({source})", package.licence);
        for text in read_licences(&package.folder)? {
            texts.entry(text).or_default().push(format!("{name} {version}"));
        }
    }
    let mut sorted: Vec<_> = texts.into_iter().collect();
    sorted.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (text, names) in sorted {
        let _written = write!(list, "\n{}\n{}\n\n{text}\n", "=".repeat(80), names.join(", "));
    }
    Ok(list)
}

/// The licence texts of a package, and of foreign sources in its folders.
fn read_licences(folder: &Path) -> Result<Vec<String>, StepError> {
    let mut files = Vec::new();
    find_licence_files(folder, &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.sort();
    // A file in another encoding is no reason to leave out the others.
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().replace("\r\n", "\n");
    files.iter().map(|path| fs::read(path).map(text).map_err(|error| format!("{}: {error}", path.display()))).collect()
}

fn find_licence_files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            find_licence_files(&path, found)?;
        } else if kind.is_file() && is_licence(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_licence(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let in_folder = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "LICENSES");
    let code = path.extension().is_some_and(|kind| CODE.iter().any(|code| kind == *code));
    !code && (in_folder || NAMES.iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_text_that_several_packages_have_stands_once() {
        let folder = std::env::temp_dir().join(format!("uketsuke-notices-{}", std::process::id()));
        let package = |name: &str, checksum: Option<&str>| {
            let own: PathBuf = folder.join(name);
            fs::create_dir_all(own.join("LICENSES")).unwrap();
            fs::write(own.join("LICENSE-MIT"), "the text\n").unwrap();
            fs::write(own.join("LICENSES/more.txt"), format!("of {name}")).unwrap();
            fs::write(own.join("lib.rs"), "code").unwrap();
            Package {
                id: (name.to_owned(), "1.0.0".to_owned()),
                licence: "MIT".to_owned(),
                repository: None,
                folder: own,
                checksum: checksum.map(str::to_owned),
                uses: BTreeSet::new(),
            }
        };
        let text = collect_notices(&[package("a", Some("1")), package("b", Some("2")), package("ours", None)]).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert!(text.contains("a 1.0.0: MIT") && text.contains("a 1.0.0, b 1.0.0\n\nthe text\n"), "{text}");
        assert_eq!(text.matches("the text").count(), 1);
        assert!(text.contains("of a") && text.contains("of b") && !text.contains("ours") && !text.contains("code"));
    }
}
