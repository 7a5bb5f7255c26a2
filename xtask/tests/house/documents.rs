//! The documents name files that exist: every path of the repository in backticks or in a link.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::sources::{collect_files, workspace_root};

/// How a path begins that is one of the repository.
const FOLDERS: [&str; 8] = [".cargo/", ".ci/", ".github/", "browser/", "crates/", "docs/", "packaging/", "xtask/"];

/// The documents in which every path is that of a file as it is now. The changelog tells of what was.
fn list_documents() -> Vec<PathBuf> {
    let root = workspace_root();
    let mut documents: Vec<PathBuf> = Vec::new();
    collect_files(&root.join("docs"), "md", &mut documents).expect("the folder of documents can be listed");
    let entries = fs::read_dir(&root).expect("the workspace can be listed");
    let named: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    documents.extend(
        named.into_iter().filter(|path| {
            path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("CHANGELOG.md")
        }),
    );
    documents.sort();
    documents
}

/// What stands between single backticks, and where links lead, outside of blocks of code.
fn names(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (index, block) in text.split("```").enumerate() {
        if index % 2 == 0 {
            names.extend(block.split('`').skip(1).step_by(2));
            names.extend(block.split("](").skip(1).filter_map(|after| Some(after.split_once(')')?.0)));
        }
    }
    names
}

/// The paths in a document that lead to nothing. A path may have `*` for any name, and `…`, `NAME` or `<name>` for one to come.
fn find_dead_paths(document: &str, text: &str, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let mut dead = Vec::new();
    for name in names(text) {
        let is_link = text.contains(&format!("]({name})"));
        let path = name.split_once('#').map_or(name, |(path, _)| path);
        let is_path =
            FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains([' ', '…', '<', '{', '*']);
        // What begins with a slash is an address of the service.
        let is_file =
            !path.is_empty() && !name.contains("://") && !name.starts_with('/') && !name.starts_with("mailto:");
        let is_relative = is_link && is_file;
        let target = if is_relative { folder.join(path) } else { PathBuf::from(path) };
        if (is_path || is_relative) && !exists(&resolve_parents(&target)) {
            dead.push(format!("{document}: {name}"));
        }
    }
    dead
}

/// Without `..`.
fn resolve_parents(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path {
        if part == ".." {
            resolved.pop();
        } else if part != "." {
            resolved.push(part);
        }
    }
    resolved
}

#[test]
fn every_path_in_a_document_exists() {
    let root = workspace_root();
    let documents = list_documents();
    assert!(documents.len() > 10, "the documents are found");
    let mut dead = Vec::new();
    for path in documents {
        let text = fs::read_to_string(&path).expect("a document is text");
        let name = path.strip_prefix(&root).expect("it is below the root").to_string_lossy().into_owned();
        dead.extend(find_dead_paths(&name, &text, |path| root.join(path).exists()));
    }
    assert!(dead.is_empty(), "paths that lead to nothing:\n{}", dead.join("\n"));
}

#[test]
fn a_path_that_leads_to_nothing_is_found() {
    let text = "See `crates/services/consult/src/gone.rs`, `crates/services/consult`, `xtask/tests/…`, `cargo xtask ci`,\n\
                [style](../style.md), [gone](gone.md#part), [web](https://example.jp/x), `crates/*/*` and [here](#part).\n\
                ```console\n$ ls `crates/gone`\n```\n`docs/gone.md`";
    let exists = |path: &Path| [Path::new("crates/services/consult"), Path::new("docs/style.md")].contains(&path);
    let expected = ["crates/services/consult/src/gone.rs", "docs/gone.md", "gone.md#part"];
    assert_eq!(
        find_dead_paths("docs/guide/planted.md", text, exists),
        expected.map(|name| format!("docs/guide/planted.md: {name}"))
    );
}
