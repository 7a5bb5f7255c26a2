//! Rules decide over values: plain functions and enums in `rules.rs` or below a folder `rules`.
//!
//! They import no page, store or client, no library of HTTP, databases or the runtime, no clock and no randomness, and nothing
//! in them is async. An enum and its text in a column are one derive beside the enum, so the names of columns are allowed.

use syn::{
    ExprAsync, ExprAwait, Signature,
    visit::{self, Visit},
};

use crate::{findings::WORKSPACE, sources::SourceFile};

/// Crates that rules do not name.
const FORBIDDEN_CRATES: [&str; 12] =
    ["axum", "database", "http_client", "hyper", "jobs", "maud", "metrics", "reqwest", "tokio", "tracing", "ui", "web"];

/// Of `database`, the text of an enum in a column.
const COLUMN_NAMES: [&str; 5] = ["text_column", "FromColumn", "ToColumn", "Value", "WrongValue"];

/// Modules of the same crate that rules do not name, in any folder.
const FORBIDDEN_MODULES: [&str; 5] = ["api", "client", "pages", "samples", "store"];

/// Types that rules do not name: they get the time, and what was drawn, as values.
const FORBIDDEN_TYPES: [&str; 2] = ["Clock", "Randomness"];

/// What is older than this rule: a file, and the crate that it names. The list only gets shorter.
const KNOWN: [(&str, &str); 1] = [("crates/services/consult/src/notices/rules.rs", "maud")];

/// What a file of rules names that is none of their business.
pub(crate) fn find_effects(file: &SourceFile) -> Vec<String> {
    if !file.module.iter().any(|module| module == "rules") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let is_known = |path: &[String]| {
        KNOWN.iter().any(|(known, name)| file.path.ends_with(known) && path.first().is_some_and(|first| first == name))
    };
    for (_, path) in file.paths().all() {
        if is_forbidden(path) && !is_known(path) {
            found.push(path.join("::"));
        }
    }
    let mut asyncs = Asyncs::default();
    asyncs.visit_file(&file.syntax);
    found.extend(asyncs.names);
    found.into_iter().map(|effect| format!("{}: {effect}", file.path.display())).collect()
}

fn is_forbidden(path: &[String]) -> bool {
    let Some(first) = path.first() else { return false };
    let inner = path.get(1).map(String::as_str).unwrap_or_default();
    let is_own = matches!(first.as_str(), "crate" | "super" | "self");
    let is_column = first == "database" && COLUMN_NAMES.contains(&inner);
    (FORBIDDEN_CRATES.contains(&first.as_str()) && !is_column)
        || (is_own && path.iter().any(|part| FORBIDDEN_MODULES.contains(&part.as_str())))
        || path.iter().any(|part| FORBIDDEN_TYPES.contains(&part.as_str()))
        || (first == "std" && matches!(inner, "fs" | "net" | "process" | "env" | "thread"))
}

/// The async functions and blocks of a file.
#[derive(Default)]
struct Asyncs {
    names: Vec<String>,
}

impl Visit<'_> for Asyncs {
    fn visit_signature(&mut self, signature: &Signature) {
        if signature.asyncness.is_some() {
            self.names.push(format!("async fn {}", signature.ident));
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &ExprAsync) {
        self.names.push("async block".to_owned());
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_await(&mut self, expression: &ExprAwait) {
        self.names.push(".await".to_owned());
        visit::visit_expr_await(self, expression);
    }
}

#[test]
fn rules_get_values_and_have_no_effects() {
    let found = &WORKSPACE.effects;
    assert!(found.is_empty(), "rules with effects:\n{}", found.join("\n"));
}

#[test]
fn an_effect_in_rules_is_found() {
    let text = "
        use base::{Clock, Date, Randomness};
        use database::{Transaction, WrongValue};
        use crate::{client::EligibilityError, rules::slot::Slot};
        use super::store::Store;
        database::text_column!(Slot);
        async fn load(slot: &crate::pages::Page) { tokio::task::yield_now().await }
        fn now() -> Date { std::fs::read(path) }
        #[cfg(test)] mod tests { use base::Randomness; }
    ";
    let found = |path: &str| find_effects(&SourceFile::parse(path.as_ref(), text));
    let expected = [
        "base::Clock",
        "base::Randomness",
        "database::Transaction",
        "crate::client::EligibilityError",
        "super::store::Store",
        "crate::pages::Page",
        "tokio::task::yield_now",
        "std::fs::read",
        "async fn load",
        ".await",
    ];
    for path in ["crates/services/planted/src/booking/rules.rs", "crates/services/planted/src/rules/slot.rs"] {
        assert_eq!(found(path), expected.map(|effect| format!("{path}: {effect}")));
    }
    assert_eq!(found("crates/services/planted/src/store.rs"), Vec::<String>::new());
}
