//! The paths of a source file: what it imports, and what it names in full.

use syn::{
    Attribute, ItemMod, ItemUse, Macro, Path, UseTree,
    visit::{self, Visit},
};

use crate::{sources::SourceFile, tokens};

/// A path with at least one part, as it is written: `crate`, `store`, `Store`.
pub(crate) type PathParts = Vec<String>;

/// The paths of a file, each with the module that it stands in: the file's own, or an inner one.
pub(crate) struct FilePaths {
    /// What `use` imports or re-exports, under the name that it gets. A glob has the name `*`.
    pub(crate) imports: Vec<Import>,
    /// All others that have more than one part.
    pub(crate) named: Vec<(Vec<String>, PathParts)>,
}

/// What one path of a `use` brings into a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) module: Vec<String>,
    pub(crate) name: String,
    pub(crate) path: PathParts,
}

impl FilePaths {
    pub(crate) fn collect(file: &SourceFile) -> Self {
        let mut collector =
            Collector { module: file.module.clone(), paths: Self { imports: Vec::new(), named: Vec::new() } };
        collector.visit_file(&file.syntax);
        collector.paths
    }

    /// All paths, imported or named.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&[String], &PathParts)> {
        let imports = self.imports.iter().map(|import| (import.module.as_slice(), &import.path));
        imports.chain(self.named.iter().map(|(module, path)| (module.as_slice(), path)))
    }
}

struct Collector {
    module: Vec<String>,
    paths: FilePaths,
}

impl Visit<'_> for Collector {
    // Documentation may name anything.
    fn visit_attribute(&mut self, _: &Attribute) {}

    fn visit_item_mod(&mut self, module: &ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let mut found = Vec::new();
        collect_use_paths(&item.tree, &mut Vec::new(), &mut found);
        let imports = found.into_iter().map(|(name, path)| Import { module: self.module.clone(), name, path });
        self.paths.imports.extend(imports);
    }

    fn visit_macro(&mut self, called: &Macro) {
        self.visit_path(&called.path);
        let named = tokens::paths(called).into_iter().map(|path| (self.module.clone(), path));
        self.paths.named.extend(named);
    }

    fn visit_path(&mut self, path: &Path) {
        if path.segments.len() > 1 {
            let parts = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.paths.named.push((self.module.clone(), parts));
        }
        visit::visit_path(self, path);
    }
}

/// Each path of a tree of `use`, with the name that it gets.
fn collect_use_paths(tree: &UseTree, prefix: &mut PathParts, found: &mut Vec<(String, PathParts)>) {
    let with = |prefix: &PathParts, name: &str| -> PathParts {
        // `use a::{self}` imports `a`.
        let own = (name != "self").then(|| name.to_owned());
        prefix.iter().cloned().chain(own).collect()
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            collect_use_paths(&path.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let path = with(prefix, &name.ident.to_string());
            found.push((path.last().cloned().unwrap_or_default(), path));
        }
        UseTree::Rename(rename) => found.push((rename.rename.to_string(), with(prefix, &rename.ident.to_string()))),
        UseTree::Glob(_) => found.push(("*".to_owned(), prefix.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect_use_paths(tree, prefix, found)),
    }
}

#[test]
fn imports_and_full_paths_are_found_with_their_module() {
    let text = "
        use crate::{rules::{self, slot::Slot as Free}, store};
        pub(crate) use super::pages::*;
        fn f(x: base::Date) -> u8 { crate::limits::check(x); html!((super::label(1))) }
        mod inner { use super::Free; }
    ";
    let file = SourceFile::parse("crates/services/planted/src/booking.rs".as_ref(), text);
    let paths = file.paths();
    let own = ["booking".to_owned()];
    let imports: Vec<_> = paths.imports.iter().map(|import| (import.name.as_str(), import.path.join("::"))).collect();
    let expected = [
        ("rules", "crate::rules"),
        ("Free", "crate::rules::slot::Slot"),
        ("store", "crate::store"),
        ("*", "super::pages"),
        ("Free", "super::Free"),
    ];
    assert_eq!(imports, expected.map(|(name, path)| (name, path.to_owned())));
    assert_eq!(paths.imports[0].module, own);
    assert_eq!(paths.imports[4].module, ["booking", "inner"]);
    let named: Vec<_> = paths.named.iter().map(|(_, path)| path.join("::")).collect();
    assert_eq!(named, ["base::Date", "crate::limits::check", "super::label"]);
}
