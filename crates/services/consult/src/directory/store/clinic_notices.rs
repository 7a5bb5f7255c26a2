//! The legal notices of clinics.

use base::InstitutionCode;
use database::{Error, Transaction};

use crate::{directory::rules::clinic_notice::ClinicNotice, refusal::Refusal, store::Store};

/// Stores the notice of a clinic, in the transaction that adds the clinic.
pub(crate) fn save_notice(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    notice: &ClinicNotice,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO clinic_notice (institution, manager, manager_english, owner, owner_english, cancellation,
                cancellation_english)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (institution) DO UPDATE SET manager = $2, manager_english = $3, owner = $4, owner_english = $5,
                cancellation = $6, cancellation_english = $7",
            &[
                &institution,
                &notice.manager,
                &notice.manager_english,
                &notice.owner,
                &notice.owner_english,
                &notice.cancellation,
                &notice.cancellation_english,
            ],
        )
        .map(|_| ())
}

impl Store {
    /// The notice of a clinic; empty for a clinic that was added before notices existed.
    pub(crate) async fn find_clinic_notice(&self, code: InstitutionCode) -> Result<ClinicNotice, Refusal> {
        self.database
            .read(move |transaction| {
                let notice = transaction.fetch_optional(
                    "SELECT manager, manager_english, owner, owner_english, cancellation, cancellation_english
                     FROM clinic_notice WHERE institution = $1",
                    &[&code],
                    |row| {
                        Ok(ClinicNotice {
                            manager: row.get(0)?,
                            manager_english: row.get(1)?,
                            owner: row.get(2)?,
                            owner_english: row.get(3)?,
                            cancellation: row.get(4)?,
                            cancellation_english: row.get(5)?,
                        })
                    },
                )?;
                Ok(notice.unwrap_or_default())
            })
            .await
    }
}
