//! What is read from the standard input.

use std::io::{self, BufRead};

use zeroize::Zeroizing;

/// Reads a line with a password or PIN, without its end.
pub(crate) fn read_secret_line() -> io::Result<Zeroizing<String>> {
    // With room for any such line: a string that grows leaves a copy behind.
    let mut line = Zeroizing::new(String::with_capacity(256));
    io::stdin().lock().read_line(&mut line)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line)
}
