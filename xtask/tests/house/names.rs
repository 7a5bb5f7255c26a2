//! Names say what they mean: no definition is named by a word that the glossary or the style guide bans, no function by a bare
//! preposition, particle or participle, and a crate has one type of a name.
//!
//! Words are compared as whole identifiers, without regard to case. Fields, locals and variants are for the reviewer.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use syn::{ImplItem, Item, TraitItem};

use crate::{
    findings::WORKSPACE,
    sources::{SourceFile, workspace_root},
};

/// Prepositions and particles, beside those that the style guide lists.
const PARTICLES: [&str; 26] = [
    "about", "above", "after", "against", "along", "among", "around", "before", "behind", "below", "beside", "between",
    "beyond", "during", "for", "in", "into", "off", "onto", "out", "over", "per", "since", "through", "under", "until",
];

/// Participles that do not end in `ed`, beside those that the style guide lists.
const PARTICIPLES: [&str; 32] = [
    "begun",
    "bound",
    "bought",
    "broken",
    "brought",
    "built",
    "chosen",
    "done",
    "drawn",
    "fallen",
    "felt",
    "forgotten",
    "found",
    "given",
    "gone",
    "gotten",
    "heard",
    "held",
    "hidden",
    "known",
    "left",
    "lost",
    "made",
    "meant",
    "met",
    "seen",
    "sent",
    "shown",
    "spoken",
    "taken",
    "thought",
    "wanting",
];

/// Functions that are named by a participle with a reason.
const ALLOWED_PARTICIPLES: [(&str, &str); 7] = [
    ("clamped", "consult: the viewport within its bounds"),
    ("done", "ui::drawing: the drawing of a state is named after the state"),
    ("locked", "ui::drawing, as above"),
    ("requested", "uketsuke: a future, as tokio's `CancellationToken::cancelled`"),
    ("selected", "a builder sets the attribute of HTML of that name"),
    ("shared", "testkit: an adjective, of the world that all tests share"),
    ("simulated", "jpki: an adjective, of the constructors for the simulated authority"),
];

/// Types of which a crate may have several of one name, each private to its module.
const SEVERAL_ALLOWED: [(&str, &str); 3] = [
    ("Query", "the query of an address, private to the page that reads it"),
    ("Form", "the fields of a form, private to the page that reads it"),
    ("Arguments", "the arguments of a command, private to the module that runs it"),
];

/// What is defined with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Type,
    Other,
}

#[derive(Debug, PartialEq, Eq)]
struct Definition {
    kind: Kind,
    name: String,
}

/// The functions, types, traits, modules and constants of a file, methods too. What implements a trait has the trait's names.
pub(crate) struct FileDefinitions {
    path: String,
    crate_name: String,
    definitions: Vec<Definition>,
}

impl FileDefinitions {
    pub(crate) fn collect(file: &SourceFile) -> Self {
        let mut definitions = Vec::new();
        collect_definitions(&file.syntax.items, &mut definitions);
        Self { path: file.path.display().to_string(), crate_name: file.crate_name.clone(), definitions }
    }
}

fn collect_definitions(items: &[Item], found: &mut Vec<Definition>) {
    for item in items {
        let (kind, name) = match item {
            Item::Fn(item) => (Kind::Function, &item.sig.ident),
            Item::Struct(item) => (Kind::Type, &item.ident),
            Item::Enum(item) => (Kind::Type, &item.ident),
            Item::Union(item) => (Kind::Type, &item.ident),
            Item::Type(item) => (Kind::Type, &item.ident),
            Item::Trait(item) => {
                let methods = item.items.iter().filter_map(|inner| match inner {
                    TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                });
                found.extend(methods.map(|name| Definition { kind: Kind::Function, name }));
                (Kind::Type, &item.ident)
            }
            Item::Const(item) => (Kind::Other, &item.ident),
            Item::Static(item) => (Kind::Other, &item.ident),
            Item::Mod(item) => {
                collect_definitions(item.content.as_ref().map_or(&[], |(_, items)| items), found);
                (Kind::Other, &item.ident)
            }
            Item::Impl(item) => {
                let methods = item.items.iter().filter_map(|inner| match inner {
                    ImplItem::Fn(method) => Some((Kind::Function, method.sig.ident.to_string())),
                    ImplItem::Const(constant) => Some((Kind::Other, constant.ident.to_string())),
                    _ => None,
                });
                if item.trait_.is_none() {
                    found.extend(methods.map(|(kind, name)| Definition { kind, name }));
                }
                continue;
            }
            _ => continue,
        };
        found.push(Definition { kind, name: name.to_string() });
    }
}

/// The words that no definition is named by, and those that no type is.
struct BannedWords {
    everywhere: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl BannedWords {
    /// From the glossary's last table and its columns of words not to use, and from the style guide's list of functions' names.
    /// A row with a remark in brackets is about one meaning of a word, which only a reader can tell.
    fn parse(glossary: &str, style: &str) -> Self {
        let mut words = Self { everywhere: BTreeSet::new(), types: BTreeSet::new() };
        for line in glossary.lines().filter(|line| line.starts_with('|')) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            match cells.as_slice() {
                ["", _, _, _, not, ""] if !not.contains('(') => {
                    words.types.extend(not.split(',').map(|word| normalise(word.trim())));
                }
                ["", not, _, ""] if !not.contains('(') => {
                    words.everywhere.extend(not.split('`').skip(1).step_by(2).map(normalise));
                }
                _ => {}
            }
        }
        let list = style.split_once("It is never named by").and_then(|(_, after)| after.split_once(')'));
        let list = list.map_or("", |(list, _)| list);
        words.everywhere.extend(list.split('`').skip(1).step_by(2).map(normalise));
        for headings in ["", "not", "---"] {
            words.types.remove(headings);
        }
        words
    }

    fn is_banned(&self, definition: &Definition) -> bool {
        let name = normalise(&definition.name);
        self.everywhere.contains(&name)
            || (definition.kind == Kind::Type && self.types.contains(&name))
            || (definition.kind == Kind::Function && is_particle(&definition.name))
    }
}

/// `way on`, `way_on` and `WayOn` are one word.
fn normalise(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | ' ' | '-')).flat_map(char::to_lowercase).collect()
}

/// Whether a function's whole name is a preposition, a particle or a participle.
fn is_particle(name: &str) -> bool {
    // Nouns and verbs that end like a participle.
    let is_regular = !name.contains('_')
        && name.len() > 4
        && name.ends_with("ed")
        && !matches!(name, "embed" | "exceed" | "proceed" | "speed");
    (PARTICLES.contains(&name) || PARTICIPLES.contains(&name) || is_regular)
        && !ALLOWED_PARTICIPLES.iter().any(|(allowed, _)| *allowed == name)
}

fn find_banned_names(file: &FileDefinitions, words: &BannedWords) -> Vec<String> {
    let banned = file.definitions.iter().filter(|definition| words.is_banned(definition));
    banned.map(|definition| format!("{}: {}", file.path, definition.name)).collect()
}

/// The names that several types of a crate have, with their files.
fn find_repeated_types(files: &[FileDefinitions]) -> Vec<String> {
    let mut types: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for file in files {
        for definition in file.definitions.iter().filter(|definition| definition.kind == Kind::Type) {
            types.entry((&file.crate_name, &definition.name)).or_default().push(&file.path);
        }
    }
    let is_allowed = |name: &str| SEVERAL_ALLOWED.iter().any(|(allowed, _)| *allowed == name);
    let repeated = types.iter().filter(|((_, name), paths)| paths.len() > 1 && !is_allowed(name));
    repeated.map(|((crate_name, name), paths)| format!("{crate_name}: {name} in {}", paths.join(", "))).collect()
}

fn read_banned_words() -> BannedWords {
    let read = |path: &str| fs::read_to_string(workspace_root().join(path)).expect("the document is there");
    BannedWords::parse(&read("docs/glossary.md"), &read("docs/style.md"))
}

#[test]
fn nothing_is_named_by_a_banned_word() {
    let words = read_banned_words();
    for word in ["told", "kept", "wayon", "answer", "of"] {
        assert!(words.everywhere.contains(word), "{word} is found in the documents");
    }
    assert!(words.types.contains("errand") && words.types.contains("deck"));
    let found: Vec<_> = WORKSPACE.definitions.iter().flat_map(|file| find_banned_names(file, &words)).collect();
    assert!(found.is_empty(), "banned names:\n{}", found.join("\n"));
}

#[test]
fn a_crate_has_one_type_of_a_name() {
    let found = find_repeated_types(&WORKSPACE.definitions);
    assert!(found.is_empty(), "types of one name:\n{}", found.join("\n"));
}

#[test]
fn a_banned_name_is_found() {
    let glossary = "| 手続き | procedure | `ConsentProcedure` | errand, way back |\n\
                    | 予約 | appointment | `Appointment` | visit (of the appointment) |\n\
                    | not | but |\n|---|---|\n| `told`, `way on` | `print_…` |\n| `room` (of crates) | service |\n";
    let style = "It is never named by a bare preposition (`of`,\n  `at`).";
    let words = BannedWords::parse(glossary, style);
    let text = "
        pub struct Errand; struct Visit; enum WayBack {} mod told { const WAY_ON: u8 = 1; } mod room {}
        fn errand() {} fn chosen() {} fn verified() {} fn speed() {} fn selected() {} fn for_institution() {}
        impl Visit { fn of() {} fn find_told() {} }
        impl From<u8> for Visit { fn told() {} }
        trait Role { fn shown(&self); }
        fn outer() { fn at() {} }
        #[cfg(test)] mod tests { fn told() {} }
    ";
    let file = FileDefinitions::collect(&SourceFile::parse("crates/services/planted/src/lib.rs".as_ref(), text));
    let expected = ["Errand", "WayBack", "WAY_ON", "told", "chosen", "verified", "of", "shown"];
    assert_eq!(
        find_banned_names(&file, &words),
        expected.map(|name| format!("crates/services/planted/src/lib.rs: {name}"))
    );
}

#[test]
fn a_second_type_of_a_name_is_found() {
    let parse = |path: &str, text: &str| FileDefinitions::collect(&SourceFile::parse(path.as_ref(), text));
    let files = [
        parse("crates/services/planted/src/lib.rs", "pub struct Slot; struct Query; fn f() { struct Slot; }"),
        parse("crates/services/planted/src/pages.rs", "enum Slot {} struct Query; #[cfg(test)] struct Slot;"),
        parse("crates/services/other/src/lib.rs", "struct Slot;"),
    ];
    let expected = "planted: Slot in crates/services/planted/src/lib.rs, crates/services/planted/src/pages.rs";
    assert_eq!(find_repeated_types(&files), [expected]);
}
