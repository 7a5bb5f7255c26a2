//! Only programs read the environment: services and what lies below them get their settings as arguments.

use crate::{findings::WORKSPACE, sources::SourceFile};

/// Where programs and tools are.
const PROGRAMS: [&str; 3] = ["crates/apps", "crates/dev", "xtask"];

/// The file that tells tests of several crates where their database server is.
const TEST_SETTINGS: &str = "crates/foundation/database/src/test_database.rs";

/// The functions of `std::env` that read variables, arguments or the working folder.
const READERS: [&str; 7] = ["args", "args_os", "current_dir", "var", "var_os", "vars", "vars_os"];

/// The paths by which a file that is of no program reads the environment.
pub(crate) fn find_environment_reads(file: &SourceFile) -> Vec<String> {
    if PROGRAMS.iter().any(|folder| file.path.starts_with(folder)) || file.path.ends_with(TEST_SETTINGS) {
        return Vec::new();
    }
    let reads = |path: &&Vec<String>| match path.as_slice() {
        [.., module, name] => module == "env" && READERS.contains(&name.as_str()),
        _ => false,
    };
    let found = file.paths().all().map(|(_, path)| path).filter(reads);
    found.map(|path| format!("{}: {}", file.path.display(), path.join("::"))).collect()
}

#[test]
fn only_programs_read_the_environment() {
    let found = &WORKSPACE.environment_reads;
    assert!(found.is_empty(), "not a program:\n{}", found.join("\n"));
}

#[test]
fn a_service_that_reads_the_environment_is_found() {
    let text = "
        use std::env::{self, args};
        fn f() { env::var(NAME); std::env::var_os(NAME); std::env::consts::OS; env::temp_dir(); }
        #[cfg(test)] mod tests { fn f() { std::env::var(NAME); } }
    ";
    let found = |path: &str| find_environment_reads(&SourceFile::parse(path.as_ref(), text));
    let service = "crates/services/planted/src/lib.rs";
    let expected = ["std::env::args", "env::var", "std::env::var_os"];
    assert_eq!(found(service), expected.map(|path| format!("{service}: {path}")));
    assert_eq!(found("crates/apps/planted/src/main.rs"), Vec::<String>::new());
}
