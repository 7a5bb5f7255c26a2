//! The visits of a week at a desk's own institution. Nobody is named, so that reading them is not audited.

use base::{Timestamp, start_of_day};
use database::Transaction;

use super::staff::StaffMember;
use crate::{
    appointments::rules::AppointmentId,
    clinic::rules::{
        urgency::VisitTime,
        week::{Week, WeekVisit},
    },
    directory::{rules::institution::ProofMethodKind, store::institutions},
    practitioners::{self, rules::practitioner::Practitioner},
    proof::store::ledgers,
    refusal::Refusal,
    schedule::{
        rules::practitioner_schedule::Closure,
        store::schedule::{list_closures, load_opening},
    },
    store::Store,
};

/// A week at an institution.
#[derive(Debug, Clone)]
pub(crate) struct DeskWeek {
    pub(crate) proof_method: ProofMethodKind,
    pub(crate) visits: Vec<WeekVisit>,
    /// The doctors of the institution, those who have left included.
    pub(crate) practitioners: Vec<Practitioner>,
    /// Those that are not over when the week begins, of the institution and of its doctors.
    pub(crate) closures: Vec<Closure>,
    pub(crate) closed_on_holidays: bool,
}

impl Store {
    /// A week at the institution where `staff` works.
    pub(crate) async fn load_desk_week(&self, staff: &StaffMember, week: Week) -> Result<DeskWeek, Refusal> {
        let institution = staff.institution;
        let staff = staff.clone();
        self.database
            .read(move |transaction| {
                Ok(DeskWeek {
                    proof_method: institutions::find_proof_method_kind(transaction, institution)?,
                    visits: list_visits_of_week(transaction, &staff, week)?,
                    practitioners: practitioners::store::list_practitioners(transaction, institution)?,
                    closures: list_closures(transaction, institution, start_of_day(week.first_day()))?,
                    closed_on_holidays: load_opening(transaction, institution)?.closed_on_holidays,
                })
            })
            .await
    }
}

fn list_visits_of_week(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    week: Week,
) -> Result<Vec<WeekVisit>, Refusal> {
    let days = (week.first_day(), week.last_day());
    let mut proofs = ledgers::list_proofs_of_days(transaction, staff.institution, days)?;
    let visits = transaction.fetch_all(
        "SELECT id, practitioner, visit_start, minutes, status, made_at FROM appointment
         WHERE institution = $1 AND visit_date >= $2 AND visit_date <= $3",
        &[&staff.institution, &days.0, &days.1],
        |row| {
            let (start, minutes, status): (Timestamp, _, _) = (row.get(2)?, row.get(3)?, row.get(4)?);
            let time = VisitTime { start, minutes, status, booked_at: row.get(5)? };
            Ok((row.get::<AppointmentId>(0)?, row.get(1)?, time))
        },
    )?;
    let to_visit = |(id, practitioner, time)| WeekVisit { practitioner, time, proof: proofs.remove(&id) };
    Ok(visits.into_iter().map(to_visit).collect())
}
