//! What an operator and the demonstration's seeding do without a browser.

use base::Token;

use crate::{
    Consult,
    clinic::store::staff::{AddStaffError, NewStaffMember, StaffId},
    mail::store::OutboxLetter,
    refusal::Refusal,
};

impl Consult {
    /// Makes an account for an institution.
    pub async fn add_staff(&self, new: NewStaffMember<'_>, password: &str) -> Result<StaffId, AddStaffError> {
        self.context.store.add_staff(new, password, self.site.clock().now()).await
    }

    /// Gives an account of a desk a password for programs, unless it has one: a terminal signs in with it.
    pub async fn add_program_password(&self, mail: &str, password: &Token) -> Result<(), Refusal> {
        let Ok(mail) = mail.parse() else { return Ok(()) };
        Ok(self.context.store.add_program_password(&mail, password, self.site.clock().now()).await?)
    }

    /// Ends an account of a desk; returns whether there was one.
    pub async fn deactivate_staff(&self, mail: &str) -> Result<bool, Refusal> {
        let Ok(mail) = mail.parse() else { return Ok(false) };
        Ok(self.context.store.deactivate_staff(&mail).await?)
    }

    /// The letters that can still be read, newest first: with [`crate::MailTransport::Outbox`] all of
    /// them, otherwise those that wait.
    pub async fn list_outbox(&self) -> Result<Vec<OutboxLetter>, Refusal> {
        Ok(self.context.store.list_outbox().await?)
    }
}
