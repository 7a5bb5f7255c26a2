//! The hours of a clinic.

use base::Timestamp;

use super::record_change;
use crate::{
    audit::rules::action::ClinicChange,
    clinic::store::staff::Manager,
    refusal::Refusal,
    schedule::{rules::opening::OpeningSchedule, store::schedule::save_opening_hours},
    store::Store,
};

impl Store {
    /// Replaces the hours of the manager's clinic.
    ///
    /// # Errors
    /// [`Refusal::Changed`] if somebody changed them since `version`.
    pub(crate) async fn save_clinic_hours(
        &self,
        manager: &Manager,
        version: i64,
        opening: OpeningSchedule,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                let (japanese, english) = opening.format_hours();
                let changed = transaction.execute(
                    "UPDATE institution SET closed_on_holidays = $3, opening_text = $4, opening_text_english = $5,
                        version = version + 1
                     WHERE code = $1 AND version = $2",
                    &[&code, &version, &opening.closed_on_holidays, &japanese, &english],
                )?;
                if changed == 0 {
                    return Err(Refusal::Changed);
                }
                save_opening_hours(transaction, code, &opening.hours)?;
                record_change(transaction, &store, &manager, (ClinicChange::Hours, &code.to_string()), now)
            })
            .await
    }
}
