//! Finding visits of the desk's own institution. Each search is audited.

use base::{Span, Timestamp};
use database::Transaction;

use super::{
    desk_audit::{AuditSubject, record_desk_audit},
    staff::StaffMember,
    visits::DayVisit,
};
use crate::{
    appointments,
    audit::rules::action::{AuditAction, DeskView},
    clinic::rules::visit_query::VisitQuery,
    people,
    practitioners::{self, rules::practitioner::Practitioner},
    proof::store::ledgers,
    refusal::Refusal,
    store::Store,
};

/// How far back visits are found.
const SEARCHED_BACK: Span = Span::from_hours(24 * 90);

/// How far ahead visits are found: as far as a desk can move one.
const SEARCHED_AHEAD: Span = Span::from_hours(24 * 180);

/// How many visits are shown.
pub(crate) const MAX_FOUND: usize = 50;

/// The visits that a search found, the next ones first, then the past ones.
#[derive(Debug, Clone)]
pub(crate) struct FoundVisits {
    pub(crate) visits: Vec<DayVisit>,
    pub(crate) practitioners: Vec<Practitioner>,
}

impl Store {
    /// The visits at the institution where `staff` works that match.
    pub(crate) async fn search_desk_visits(
        &self,
        staff: StaffMember,
        query: VisitQuery,
        now: Timestamp,
    ) -> Result<FoundVisits, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                // What was searched for may be a name, and stays out of the audit.
                let action = AuditAction::DeskView(DeskView::Search);
                record_desk_audit(transaction, &store, now, &staff, action, AuditSubject::default())?;
                find_visits(transaction, &staff, &query, now)
            })
            .await
    }
}

fn find_visits(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    query: &VisitQuery,
    now: Timestamp,
) -> Result<FoundVisits, Refusal> {
    let today = now.japan_date();
    let period = (now.minus(SEARCHED_BACK).japan_date(), now.plus(SEARCHED_AHEAD).japan_date());
    let ids = appointments::store::list_with_profiles(transaction, staff.institution, period)?;
    let matching = ids.into_iter().filter(|(id, _, profile)| query.matches(*id, profile));
    let (mut next, mut past): (Vec<_>, Vec<_>) =
        matching.map(|(id, start, _)| (start, id)).partition(|(start, _)| start.japan_date() >= today);
    next.sort_unstable();
    past.sort_unstable_by(|earlier, later| later.cmp(earlier));
    let mut visits = Vec::new();
    for (_, id) in next.into_iter().chain(past).take(MAX_FOUND) {
        let Some(appointment) = appointments::store::find_for_institution(transaction, staff.institution, id)? else {
            continue;
        };
        let Some(patient) = people::store::find_patient(transaction, appointment.patient)? else { continue };
        let (proof, ledger_version) = ledgers::load_proof(transaction, id)?.unzip();
        visits.push(DayVisit { appointment, patient, proof, ledger_version });
    }
    let practitioners = practitioners::store::list_practitioners(transaction, staff.institution)?;
    Ok(FoundVisits { visits, practitioners })
}
