//! The runtime of a command that serves.

use std::io;

use tokio::runtime::Runtime;

/// Runs `work` on a new runtime, and abandons what is still open at its end: answered requests are durable.
pub(crate) fn block_on<T, E: From<io::Error>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_background();
    outcome
}
