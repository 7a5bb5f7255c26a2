//! What an operator, or the demo's seeding, does without a browser.

use base::InstitutionCode;

use crate::{
    Consult, OutboxLetter, Refusal,
    store::staff::{NotAdded, StaffId},
};

impl Consult {
    /// Makes an account for the desk of an institution. `mail` is what she signs in with and where letters to the desk go.
    pub async fn add_staff(
        &self,
        institution: InstitutionCode,
        mail: &str,
        name: &str,
        password: &str,
    ) -> Result<StaffId, NotAdded> {
        let mail = mail.parse().map_err(|_| NotAdded::WrongAddress)?;
        self.room.store.add_staff(institution, &mail, name, password, self.site.clock().now()).await
    }

    /// Ends an account of a desk; tells whether there was one.
    pub async fn end_staff(&self, mail: &str) -> Result<bool, Refusal> {
        let Ok(mail) = mail.parse() else { return Ok(false) };
        Ok(self.room.store.end_staff(&mail).await?)
    }

    /// The letters that can still be read, newest first: with [`crate::Carrier::Outbox`] all of them, otherwise those that wait.
    pub async fn outbox(&self) -> Result<Vec<OutboxLetter>, Refusal> {
        Ok(self.room.store.outbox().await?)
    }
}
