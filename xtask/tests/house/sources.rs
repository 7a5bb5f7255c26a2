//! The Rust sources of the workspace, parsed.

use std::{
    cell::OnceCell,
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use syn::{Attribute, ImplItem, Item, Meta};

use crate::paths::FilePaths;

/// A Rust source file. What is compiled for tests only is left out of its items.
pub(crate) struct SourceFile {
    /// The path below the workspace's root.
    pub(crate) path: PathBuf,
    /// The folder of its crate: `consult` of `crates/services/consult/src/mail.rs`.
    pub(crate) crate_name: String,
    /// Its module in the crate: `store`, `mail` of `src/store/mail.rs`; empty for the crate's root.
    pub(crate) module: Vec<String>,
    pub(crate) syntax: syn::File,
    paths: OnceCell<FilePaths>,
    /// The modules in files of their own that it declares for tests only.
    test_modules: Vec<String>,
}

impl SourceFile {
    /// # Panics
    ///
    /// If the text is not Rust.
    pub(crate) fn parse(path: &Path, text: &str) -> Self {
        let mut syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut test_modules = Vec::new();
        remove_test_items(&mut syntax.items, &mut test_modules);
        let (crate_name, module) = locate_module(path);
        Self { path: path.to_owned(), crate_name, module, syntax, paths: OnceCell::new(), test_modules }
    }

    /// What it imports and names.
    pub(crate) fn paths(&self) -> &FilePaths {
        self.paths.get_or_init(|| FilePaths::collect(self))
    }

    /// Whether a folder or file name of the path is that of tests.
    fn is_named_as_test(&self) -> bool {
        let is_test_name = |name: &str| name == "tests" || name.ends_with("_tests");
        self.path.with_extension("").iter().filter_map(|part| part.to_str()).any(is_test_name)
    }
}

/// The crate's folder and the module path, by where the file lies.
fn locate_module(path: &Path) -> (String, Vec<String>) {
    let parts: Vec<String> = path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let Some(source) = parts.iter().position(|part| part == "src" || part == "tests") else {
        return (String::new(), parts);
    };
    let crate_name = source.checked_sub(1).map(|index| parts[index].clone()).unwrap_or_default();
    let mut module = parts[source + 1..].to_vec();
    if module.last().is_some_and(|last| matches!(last.as_str(), "lib" | "main" | "mod")) {
        module.pop();
    }
    (crate_name, module)
}

/// Removes the items that are compiled for tests only, in inner modules and impls too. Notes the names of modules without content.
fn remove_test_items(items: &mut Vec<Item>, test_modules: &mut Vec<String>) {
    items.retain(|item| {
        let is_test = is_test_item(attributes(item));
        if let Item::Mod(module) = item
            && is_test
            && module.content.is_none()
        {
            test_modules.push(module.ident.to_string());
        }
        !is_test
    });
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, inner)) = &mut module.content {
                    remove_test_items(inner, test_modules);
                }
            }
            Item::Impl(block) => {
                block.items.retain(|inner| !matches!(inner, ImplItem::Fn(method) if is_test_item(&method.attrs)));
            }
            _ => {}
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether these attributes compile an item for tests only.
fn is_test_item(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => attribute.path().is_ident("cfg") && list.tokens.to_string() == "test",
        Meta::Path(path) => path.is_ident("test"),
        Meta::NameValue(_) => false,
    })
}

pub(crate) fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace").to_owned()
}

/// What is compiled into the crates of the workspace: all files under `src`, but for those of tests.
pub(crate) fn read_production_sources() -> Vec<SourceFile> {
    let root = workspace_root();
    let mut paths = Vec::new();
    collect_files(&root.join("crates"), "rs", &mut paths).expect("the folder of the crates can be listed");
    collect_files(&root.join("xtask"), "rs", &mut paths).expect("the folder of xtask can be listed");
    paths.sort();
    let paths = paths.iter().map(|path| path.strip_prefix(&root).expect("the file is below the root"));
    // The folders `tests` and `fuzz` of a crate are programs of their own.
    let in_source_folder = |path: &&Path| {
        let mut folders = path.iter().skip_while(|part| *part != "src" && *part != "tests" && *part != "fuzz");
        folders.next().is_some_and(|folder| folder == "src")
    };
    let files = paths.filter(in_source_folder).map(|path| {
        let text = fs::read_to_string(root.join(path)).expect("a source file is text");
        SourceFile::parse(path, &text)
    });
    remove_test_files(files.collect())
}

/// Leaves out the files that are named as tests, or declared so by the file above them.
fn remove_test_files(files: Vec<SourceFile>) -> Vec<SourceFile> {
    let mut tests = BTreeSet::new();
    for file in &files {
        for name in &file.test_modules {
            let module: Vec<String> = file.module.iter().chain([name]).cloned().collect();
            tests.insert((file.crate_name.clone(), module));
        }
    }
    let is_declared_as_test = |file: &SourceFile| {
        (1..=file.module.len()).any(|depth| tests.contains(&(file.crate_name.clone(), file.module[..depth].to_vec())))
    };
    files.into_iter().filter(|file| !file.is_named_as_test() && !is_declared_as_test(file)).collect()
}

/// The files of a folder whose names end so, what is built or installed left out.
pub(crate) fn collect_files(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != "node_modules") {
                collect_files(&path, extension, paths)?;
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    Ok(())
}

#[test]
fn what_is_compiled_for_tests_only_is_left_out() {
    let parse = |path: &str, text: &str| SourceFile::parse(path.as_ref(), text);
    let files = vec![
        parse(
            "crates/services/planted/src/lib.rs",
            "#[cfg(test)] mod fake; mod store; #[cfg(test)] fn f() {} fn g() {}",
        ),
        parse("crates/services/planted/src/fake.rs", ""),
        parse("crates/services/planted/src/fake/inner.rs", ""),
        parse("crates/services/planted/src/store.rs", "impl S { #[cfg(test)] fn f() {} fn g() {} }"),
        parse("crates/services/planted/src/store/tests.rs", ""),
        parse("crates/services/planted/src/journey_tests/booking.rs", ""),
    ];
    let left = remove_test_files(files);
    let modules: Vec<_> = left.iter().map(|file| (file.crate_name.as_str(), file.module.join("::"))).collect();
    assert_eq!(modules, [("planted", String::new()), ("planted", "store".to_owned())]);
    let [root, store] = &left[..] else { panic!("two files are left") };
    assert_eq!(root.syntax.items.len(), 2, "the module `store` and the function `g`");
    let Item::Impl(block) = &store.syntax.items[0] else { panic!("an impl") };
    assert_eq!(block.items.len(), 1);
}
