//! What is written to the standard output: data. Messages go to the standard error.

use std::io::{self, Write};

use serde::Serialize;

/// Prints one line of JSON to the standard output.
pub(crate) fn print_json_line(value: &impl Serialize) -> io::Result<()> {
    print_text_line(&serde_json::to_string(value)?)
}

/// Prints a line to the standard output, which may be closed or full.
pub(crate) fn print_text_line(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let outcome = writeln!(output, "{line}").and_then(|()| output.flush());
    outcome.map_err(|error| io::Error::new(error.kind(), format!("the standard output cannot be written: {error}")))
}
