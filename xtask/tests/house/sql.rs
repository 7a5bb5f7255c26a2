//! SQL stands in stores: files named `store.rs`, `schema.rs` or `migrations.rs`, and all below a folder `store`. The crates
//! `database` and `audit` consist of nothing else. `crates/dev` measures and looks into databases, and is free.

use syn::{Attribute, LitStr, Macro, visit::Visit};

use crate::{findings::WORKSPACE, sources::SourceFile, tokens::string_literals};

/// The crates that are all store.
const STORE_CRATES: [&str; 2] = ["audit", "database"];

/// The modules that may contain SQL, with all below them.
const STORE_MODULES: [&str; 3] = ["store", "schema", "migrations"];

/// The words with which a statement begins; `…` stands for one word.
const STATEMENTS: [&[&str]; 15] = [
    &["SELECT"],
    &["INSERT", "INTO"],
    &["INSERT", "OR"],
    &["REPLACE", "INTO"],
    &["UPDATE", "…", "SET"],
    &["DELETE", "FROM"],
    &["WITH", "…", "AS"],
    &["WITH", "RECURSIVE"],
    &["CREATE", "TABLE"],
    &["CREATE", "INDEX"],
    &["CREATE", "UNIQUE"],
    &["ALTER", "TABLE"],
    &["DROP", "TABLE"],
    &["DROP", "INDEX"],
    &["PRAGMA"],
];

/// The first words of the SQL statements in a file that is no store.
pub(crate) fn find_sql_outside_stores(file: &SourceFile) -> Vec<String> {
    if may_contain_sql(file) {
        return Vec::new();
    }
    let mut literals = Literals::default();
    literals.visit_file(&file.syntax);
    let statements = literals.texts.iter().filter(|text| is_statement(text));
    let shown = |text: &String| text.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
    statements.map(|text| format!("{}: {} …", file.path.display(), shown(text))).collect()
}

fn may_contain_sql(file: &SourceFile) -> bool {
    STORE_CRATES.contains(&file.crate_name.as_str())
        || file.path.starts_with("crates/dev")
        || file.module.iter().any(|module| STORE_MODULES.contains(&module.as_str()))
}

fn is_statement(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    let begins = |statement: &[&str]| {
        words.len() >= statement.len()
            && statement.iter().zip(&words).all(|(expected, word)| *expected == "…" || expected == word)
    };
    // A word alone may be the title of anything.
    text.trim().contains(char::is_whitespace) && STATEMENTS.iter().any(|statement| begins(statement))
}

/// All string literals of a file, those within macros too, without documentation.
#[derive(Default)]
struct Literals {
    texts: Vec<String>,
}

impl Visit<'_> for Literals {
    fn visit_attribute(&mut self, _: &Attribute) {}

    fn visit_lit_str(&mut self, literal: &LitStr) {
        self.texts.push(literal.value());
    }

    fn visit_macro(&mut self, called: &Macro) {
        self.texts.extend(string_literals(called));
    }
}

#[test]
fn only_stores_contain_sql() {
    let found = &WORKSPACE.sql;
    assert!(found.is_empty(), "SQL outside a store:\n{}", found.join("\n"));
}

#[test]
fn sql_outside_a_store_is_found() {
    let text = r##"
        //! SELECT in documentation.
        const TABLE: &str = "
            CREATE TABLE planted (number BIGINT)";
        fn find() { run("SELECT 1 FROM planted"); log("SELECT"); log("UPDATE your browser"); log("Select one"); }
        fn change() { run(&format!(r#"UPDATE planted SET number = {}"#, 1)); run(concat!("WITH one AS (", "SELECT 1)")); }
        #[cfg(test)] mod tests { fn look() { run("SELECT 2 FROM planted"); } }
    "##;
    let found = |path: &str| find_sql_outside_stores(&SourceFile::parse(path.as_ref(), text));
    let expected = [
        "CREATE TABLE planted (number …",
        "SELECT 1 FROM planted …",
        "UPDATE planted SET number …",
        "WITH one AS ( …",
        "SELECT 1) …",
    ];
    let pages = "crates/services/planted/src/pages.rs";
    assert_eq!(found(pages), expected.map(|statement| format!("{pages}: {statement}")));
    for store in [
        "crates/services/planted/src/store.rs",
        "crates/services/planted/src/booking/store/hold.rs",
        "crates/services/planted/src/booking/schema.rs",
        "crates/services/planted/src/migrations.rs",
        "crates/foundation/database/src/migration.rs",
    ] {
        assert_eq!(found(store), Vec::<String>::new(), "{store}");
    }
}
