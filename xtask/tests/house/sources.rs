//! The Rust sources of the workspace, parsed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A Rust source file.
pub(crate) struct SourceFile {
    /// The path below the workspace's root.
    pub(crate) path: PathBuf,
    pub(crate) syntax: syn::File,
}

impl SourceFile {
    /// # Panics
    ///
    /// If the text is not Rust.
    pub(crate) fn parse(path: &Path, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path: path.to_owned(), syntax }
    }

    /// Whether the file holds tests only.
    pub(crate) fn is_test(&self) -> bool {
        self.path.components().any(|part| part.as_os_str() == "tests")
            || self.path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_test_module_name)
    }
}

fn is_test_module_name(name: &str) -> bool {
    name == "tests" || name.ends_with("_tests")
}

/// Whether these attributes compile an item for tests only.
pub(crate) fn is_test_item(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => attribute.path().is_ident("cfg") && list.tokens.to_string() == "test",
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::NameValue(_) => false,
    })
}

pub(crate) fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace").to_owned()
}

/// All files under `src` of every crate of the workspace.
pub(crate) fn read_all_sources() -> Vec<SourceFile> {
    let root = workspace_root();
    let mut paths = Vec::new();
    collect_rust_files(&root.join("crates"), &mut paths).expect("the folder of the crates can be listed");
    collect_rust_files(&root.join("xtask"), &mut paths).expect("the folder of xtask can be listed");
    paths.sort();
    let in_source_folder = |path: &&PathBuf| path.components().any(|part| part.as_os_str() == "src");
    let files = paths.iter().filter(in_source_folder).map(|path| {
        let text = fs::read_to_string(path).expect("a source file is text");
        SourceFile::parse(path.strip_prefix(&root).expect("the file is below the root"), &text)
    });
    files.collect()
}

fn collect_rust_files(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect_rust_files(&path, paths)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
    Ok(())
}
