//! The modules that stand directly under a crate's `src`, each with all below it, need one another in one direction only: there
//! is no cycle among the features of a crate.
//!
//! One needs another where a path in it (`crate::…`, `super::…`, `self::…`, imported or named in full, in macros too) leads to an
//! item there. A name that a module re-exports leads to the module that it comes from. What stands in the declaring module itself
//! belongs to no sibling: the crate's root may use its modules, and they what it defines. Files within one of these modules may
//! need one another in a circle, as a type and the parts of its `impl` do; the function below finds those too. What samples need
//! does not count: they show every feature, and every feature has some.

use std::collections::{BTreeMap, BTreeSet};

use crate::{findings::WORKSPACE, paths::PathParts, sources::SourceFile};

/// Modules of made-up data, in any folder.
const SAMPLES: [&str; 2] = ["sample_data", "samples"];

/// How many re-exports may lead from one to the next.
const MAX_REEXPORTS: u32 = 8;

/// Modules of a crate with features that gather something of every feature, and that every feature uses: its resources, every
/// way it can refuse, the tables and what pages share. They stand in no direction, so only the features themselves are checked.
const GATHERING: [(&str, &str); 4] =
    [("consult", "context"), ("consult", "pages"), ("consult", "refusal"), ("consult", "store")];

/// What is older than this rule. The list only gets shorter.
const KNOWN: [&str; 8] = [
    "card: data, fault",
    "database: job, postgres, sqlite, transaction",
    "eligibility: person, rules",
    "oqs: characters, code_list, layout, unreadable, xml",
    "oqs: medical, message",
    "testkit: service, world",
    "ui: drawing, upload",
    "web: browser_cookie, form, frame_maker, guard, refusal, visitor",
];

type Module = Vec<String>;

/// What the modules of a crate are, and what they import and name.
#[derive(Default)]
struct CrateModules {
    modules: BTreeSet<Module>,
    imports: BTreeMap<(Module, String), PathParts>,
    paths: Vec<(Module, PathParts)>,
}

impl CrateModules {
    fn add_file(&mut self, file: &SourceFile) {
        self.modules.insert(file.module.clone());
        for (module, path) in file.paths().all() {
            self.modules.insert(module.to_vec());
            self.paths.push((module.to_vec(), path.clone()));
        }
        for import in file.paths().imports.clone() {
            self.imports.insert((import.module, import.name), import.path);
        }
    }

    /// The module in which the item stands that a path in `module` names; `None` if it is of another crate.
    fn resolve(&self, module: &[String], path: &[String], reexports_left: u32) -> Option<Module> {
        let mut reached = module.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                reached.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    reached.pop()?;
                    rest = &rest[1..];
                }
            }
            first if !self.has_child(module, first) => return None,
            _ => {}
        }
        for (index, name) in rest.iter().enumerate() {
            if self.has_child(&reached, name) {
                reached.push(name.clone());
            } else if let Some(import) = self.imports.get(&(reached.clone(), name.clone()))
                && reexports_left > 0
            {
                let path: PathParts = import.iter().chain(&rest[index + 1..]).cloned().collect();
                return self.resolve(&reached, &path, reexports_left - 1);
            } else {
                break;
            }
        }
        Some(reached)
    }

    fn has_child(&self, module: &[String], name: &str) -> bool {
        self.modules.contains(&module.iter().cloned().chain([name.to_owned()]).collect::<Module>())
    }

    /// For each module, which of its children needs which other, with the first path that says so.
    fn sibling_uses(&self) -> BTreeMap<Module, Uses> {
        let mut uses: BTreeMap<Module, Uses> = BTreeMap::new();
        let is_sample = |module: &Module| module.iter().any(|part| SAMPLES.contains(&part.as_str()));
        for (module, path) in self.paths.iter().filter(|(module, _)| !is_sample(module)) {
            let Some(target) = self.resolve(module, path, MAX_REEXPORTS) else { continue };
            let shared = module.iter().zip(&target).take_while(|(own, other)| own == other).count();
            if let (Some(own), Some(other)) = (module.get(shared), target.get(shared)) {
                let siblings = uses.entry(module[..shared].to_vec()).or_default();
                let example = || format!("{} names {}", module.join("::"), path.join("::"));
                siblings.entry((own.clone(), other.clone())).or_insert_with(example);
            }
        }
        uses
    }
}

/// Which sibling needs which, with an example.
type Uses = BTreeMap<(String, String), String>;

/// The groups of siblings that need one another in a circle, each sorted.
fn find_circles(uses: &Uses) -> BTreeSet<Vec<&str>> {
    let reachable = |start: &str| {
        let mut reached = BTreeSet::new();
        let mut pending = vec![start];
        while let Some(name) = pending.pop() {
            for (_, next) in uses.keys().filter(|(own, _)| own == name) {
                if reached.insert(next.as_str()) {
                    pending.push(next);
                }
            }
        }
        reached
    };
    let names: BTreeSet<&str> = uses.keys().map(|(own, _)| own.as_str()).collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> = names.iter().map(|name| (*name, reachable(name))).collect();
    let is_mutual = |one: &str, other: &str| {
        reached[one].contains(other) && reached.get(other).is_some_and(|names| names.contains(one))
    };
    let circles = names.iter().filter(|name| reached[*name].contains(*name));
    circles.map(|name| names.iter().filter(|other| is_mutual(name, other)).copied().collect()).collect()
}

/// The circles of every crate, as `crate::module: one, other`, each with the uses that close it.
pub(crate) fn find_cycles(files: &[SourceFile]) -> BTreeMap<String, Vec<String>> {
    let mut crates: BTreeMap<&str, CrateModules> = BTreeMap::new();
    for file in files {
        crates.entry(&file.crate_name).or_default().add_file(file);
    }
    let mut cycles = BTreeMap::new();
    for (crate_name, modules) in crates {
        for (parent, mut uses) in modules.sibling_uses() {
            let is_gathering = |module: &str| parent.is_empty() && GATHERING.contains(&(crate_name, module));
            uses.retain(|(own, other), _| !is_gathering(own) && !is_gathering(other));
            let place: Vec<&str> = [crate_name].into_iter().chain(parent.iter().map(String::as_str)).collect();
            for circle in find_circles(&uses) {
                let is_inside = |(own, other): &&(String, String)| {
                    circle.contains(&own.as_str()) && circle.contains(&other.as_str())
                };
                let examples = uses.keys().filter(is_inside).map(|pair| uses[pair].clone());
                cycles.insert(format!("{}: {}", place.join("::"), circle.join(", ")), examples.collect());
            }
        }
    }
    cycles
}

#[test]
fn features_need_one_another_in_one_direction_only() {
    let mut cycles = WORKSPACE.cycles.clone();
    cycles.retain(|circle, _| !circle.contains("::"));
    let mended: Vec<_> = KNOWN.into_iter().filter(|known| cycles.remove(*known).is_none()).collect();
    let lines = cycles.iter().map(|(circle, uses)| format!("{circle}\n    {}", uses.join("\n    ")));
    let lines = lines.collect::<Vec<_>>().join("\n");
    // Both at once: a circle that has changed is one that is known no more and one that is new.
    assert!(
        cycles.is_empty() && mended.is_empty(),
        "modules in a circle:\n{lines}\nno circle any more, take it off the list:\n{}",
        mended.join("\n")
    );
}

#[test]
fn a_circle_of_siblings_is_found() {
    let parse = |path: &str, text: &str| SourceFile::parse(format!("crates/services/{path}").as_ref(), text);
    let files = [
        parse(
            "planted/src/lib.rs",
            "mod booking; mod mail; mod rules; mod store; pub use store::Store; pub struct Settings;",
        ),
        // The crate's root, other crates and one direction are no circle.
        parse("planted/src/rules.rs", "use base::Date; use crate::Settings;"),
        parse("planted/src/store.rs", "use crate::rules::Slot; pub struct Store;"),
        // Through the re-export of the root, and in a macro.
        parse(
            "planted/src/booking.rs",
            "mod hold; mod pages; use crate::Store; fn f() { html!((crate::mail::send())) }",
        ),
        parse("planted/src/mail.rs", "fn send() -> super::booking::Slot {}"),
        parse("planted/src/rules/samples.rs", "use crate::store::Store;"),
        // A parent and its children may use each other; two children may not.
        parse("planted/src/booking/hold.rs", "use super::pages::Page; use super::Slot;"),
        parse("planted/src/booking/pages.rs", "use crate::booking::hold; use super::Slot;"),
        parse("other/src/lib.rs", "mod mail; mod booking;"),
        parse("other/src/mail.rs", "use crate::booking::Slot;"),
        parse("other/src/booking.rs", "pub struct Slot;"),
    ];
    let cycles = find_cycles(&files);
    let circles: Vec<&str> = cycles.keys().map(String::as_str).collect();
    assert_eq!(circles, ["planted: booking, mail", "planted::booking: hold, pages"]);
    let examples = ["booking names crate::mail::send", "mail names super::booking::Slot"];
    assert_eq!(cycles["planted: booking, mail"], examples);
}

#[test]
fn what_gathers_all_features_hides_no_circle_of_two() {
    let parse =
        |path: &str, text: &str| SourceFile::parse(format!("crates/services/consult/src/{path}").as_ref(), text);
    let find = |mail: &str| {
        let files = [
            parse("lib.rs", "mod booking; mod context; mod mail;"),
            parse("context.rs", "use crate::{booking::Slots, mail::Letters}; pub struct Context;"),
            parse("booking.rs", "use crate::{context::Context, mail::Letter};"),
            parse("mail.rs", mail),
        ];
        find_cycles(&files).into_keys().collect::<Vec<_>>()
    };
    assert!(find("use crate::context::Context;").is_empty());
    assert_eq!(find("use crate::booking::Slot;"), ["consult: booking, mail"]);
}
