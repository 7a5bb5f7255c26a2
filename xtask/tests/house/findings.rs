//! What the rules find in the sources of the workspace, which are read and parsed once for all of them.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    cycles::find_cycles, documented::find_undocumented_items, environment::find_environment_reads,
    names::FileDefinitions, rules::find_effects, sources::read_production_sources, sql::find_sql_outside_stores,
};

/// The findings of each rule over the sources.
pub(crate) struct Findings {
    pub(crate) cycles: BTreeMap<String, Vec<String>>,
    pub(crate) definitions: Vec<FileDefinitions>,
    pub(crate) effects: Vec<String>,
    pub(crate) environment_reads: Vec<String>,
    pub(crate) sql: Vec<String>,
    pub(crate) undocumented_items: Vec<String>,
}

/// Those of the workspace. They are kept instead of the parsed sources, which threads cannot share.
pub(crate) static WORKSPACE: LazyLock<Findings> = LazyLock::new(|| {
    let files = read_production_sources();
    Findings {
        cycles: find_cycles(&files),
        definitions: files.iter().map(FileDefinitions::collect).collect(),
        effects: files.iter().flat_map(find_effects).collect(),
        environment_reads: files.iter().flat_map(find_environment_reads).collect(),
        sql: files.iter().flat_map(find_sql_outside_stores).collect(),
        undocumented_items: files.iter().flat_map(find_undocumented_items).collect(),
    }
});
