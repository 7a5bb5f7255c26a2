//! A crate without examples in its documentation says `doctest = false`: looking for some takes rustdoc as long as a check of the
//! whole crate. One that gets an example has to say so no more, or nobody runs it.

use std::{fs, path::Path};

use crate::sources::{collect_files, workspace_root};

/// Blocks of code in documentation that are no Rust.
const OTHER_LANGUAGES: [&str; 6] = ["text", "console", "toml", "json", "xml", "sql"];

/// How many examples of Rust stand in the documentation of a source file.
fn count_examples(source: &str) -> usize {
    let doc_lines = source.lines().map(str::trim_start).filter_map(|line| {
        let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
        text.trim().strip_prefix("```")
    });
    // Every second fence closes a block.
    doc_lines.step_by(2).filter(|info| !OTHER_LANGUAGES.iter().any(|language| info.starts_with(language))).count()
}

fn has_library(folder: &Path) -> bool {
    folder.join("src/lib.rs").exists()
}

#[test]
fn examples_in_documentation_are_run_and_looked_for_only_where_there_are_some() {
    let mut wrong = Vec::new();
    let mut manifests = Vec::new();
    collect_files(&workspace_root().join("crates"), "toml", &mut manifests).expect("the crates can be listed");
    for manifest in manifests.iter().filter(|path| path.ends_with("Cargo.toml")) {
        let folder = manifest.parent().expect("a manifest is in a folder");
        if !has_library(folder) || folder.ends_with("fuzz") {
            continue;
        }
        let mut sources = Vec::new();
        collect_files(&folder.join("src"), "rs", &mut sources).expect("a crate's sources can be listed");
        let read = |path: &Path| fs::read_to_string(path).expect("a file of the workspace can be read");
        let examples: usize = sources.iter().map(|source| count_examples(&read(source))).sum();
        let is_off = read(manifest).contains("\ndoctest = false\n");
        if is_off != (examples == 0) {
            wrong.push(format!("{}: {examples} examples, doctest = {}", folder.display(), !is_off));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn an_example_is_told_from_other_blocks() {
    let source = "//! ```text\n//! a ──▶ b\n//! ```\n    /// ```\n    /// f();\n    /// ```\n/// ```compile_fail,E0382\n/// g();\n/// ```\n";
    assert_eq!(count_examples(source), 2);
    assert_eq!(count_examples("// ```\nlet fence = \"```\";\n"), 0);
}
