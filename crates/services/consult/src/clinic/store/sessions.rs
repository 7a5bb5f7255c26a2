//! The sessions of a clinic's account: browsers and programs that are signed in.

use base::{Digest, Timestamp, digest};
use database::Error;
use web::session::{self, SessionEntry};

use super::staff::StaffMember;
use crate::{
    refusal::Refusal,
    store::{Store, browser_session::desk_session_key},
};

/// A session of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StaffSession {
    /// Names the session in an address. Nobody can sign in with it.
    pub(crate) name: String,
    pub(crate) entry: SessionEntry,
    pub(crate) owner: SessionOwner,
}

/// Who is signed in by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionOwner {
    /// The browser that shows the list.
    ThisBrowser,
    Another,
}

/// The name of a session, derived from its key so that the key is in no page.
fn session_name(key: Digest) -> String {
    hex::encode(digest(&[b"name of session", key.as_bytes()]).as_bytes())
}

impl Store {
    /// The sessions of an account, the newest first.
    pub(crate) async fn list_staff_sessions(
        &self,
        staff: &StaffMember,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Vec<StaffSession>, Refusal> {
        let subject = staff.audit_actor();
        let entries: Result<Vec<SessionEntry>, Error> =
            self.database.read(move |transaction| session::list_sessions(transaction, &subject, now)).await;
        let own_key = desk_session_key(browser);
        let to_session = |entry: SessionEntry| StaffSession {
            name: session_name(entry.browser),
            owner: if entry.browser == own_key { SessionOwner::ThisBrowser } else { SessionOwner::Another },
            entry,
        };
        Ok(entries?.into_iter().map(to_session).collect())
    }

    /// Ends the session of this name, if it is one of the account.
    pub(crate) async fn end_staff_session(
        &self,
        staff: &StaffMember,
        name: String,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let subject = staff.audit_actor();
        self.database
            .write(move |transaction| {
                let sessions = session::list_sessions(transaction, &subject, now)?;
                if let Some(entry) = sessions.into_iter().find(|entry| session_name(entry.browser) == name) {
                    session::end(transaction, entry.browser)?;
                }
                Ok(())
            })
            .await
    }
}
