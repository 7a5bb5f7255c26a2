//! What a process sets for itself before it does anything else.

use rustix::{
    fs::Mode,
    process::{Resource, getrlimit, setrlimit, umask},
};

/// How many files may be open where the system says that there is no limit.
const UNLIMITED_OPEN_FILES: u64 = 1 << 20;

/// Files that the process makes are for its own account alone, and it may open as many as the system lets it.
pub(crate) fn prepare_process() {
    umask(Mode::RWXG | Mode::RWXO);
    let mut files = getrlimit(Resource::Nofile);
    if files.current != files.maximum {
        files.current = files.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, files) {
            tracing::debug!(%error, "the limit of open files could not be raised");
        }
    }
}

/// How many files the process may open.
pub(crate) fn open_file_limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(UNLIMITED_OPEN_FILES)
}
