//! Settings of the process: file mode mask and limit of open files.

use rustix::{
    fs::Mode,
    process::{Resource, getrlimit, setrlimit, umask},
};

/// The limit of open files that is assumed where the system has none.
const UNLIMITED_OPEN_FILES: u64 = 1 << 20;

/// Makes new files accessible to this account alone, and raises the limit of open files to the maximum.
pub(crate) fn prepare_process() {
    umask(Mode::RWXG | Mode::RWXO);
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "the limit of open files could not be raised");
        }
    }
}

/// How many files the process may open.
pub(crate) fn open_file_limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(UNLIMITED_OPEN_FILES)
}
