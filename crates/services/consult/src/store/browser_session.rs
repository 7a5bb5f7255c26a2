//! The two sessions that one browser can have: of a patient, and of a desk.

use base::{Digest, Token, digest};
use database::{Error, Transaction};

/// The desk's session is separate from the patient's, so that both can be signed in with one browser.
pub(crate) fn desk_session_key(browser: Digest) -> Digest {
    digest(&[b"desk", browser.as_bytes()])
}

/// Transfers the sessions of a browser to its new secret, so that signing in or out as a patient does not end the session of
/// the desk, nor the reverse.
pub(crate) fn transfer_sessions(
    transaction: &mut Transaction<'_>,
    previous: &Token,
    next: &Token,
) -> Result<(), Error> {
    for (old, new) in
        [(previous.digest(), next.digest()), (desk_session_key(previous.digest()), desk_session_key(next.digest()))]
    {
        transaction.execute("UPDATE session SET browser = $2 WHERE browser = $1", &[&old, &new])?;
    }
    Ok(())
}
