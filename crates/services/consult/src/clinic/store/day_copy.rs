//! Copies of a day that leave the screen, on paper or as a file. Making one is audited.

use base::{Date, Timestamp};

use super::{
    staff::StaffMember,
    visits::{DayVisit, audit_day_view, list_visits},
};
use crate::{
    appointments::rules::AppointmentStatus,
    audit::rules::action::DeskView,
    practitioners::{self, rules::practitioner::Practitioner},
    refusal::Refusal,
    store::Store,
};

/// What a copy is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyMedium {
    Paper,
    File,
}

impl CopyMedium {
    fn desk_view(self) -> DeskView {
        match self {
            Self::Paper => DeskView::Print,
            Self::File => DeskView::Export,
        }
    }
}

/// The visits of a day, for a copy.
#[derive(Debug, Clone)]
pub(crate) struct DayCopy {
    /// Those that were not cancelled, by start.
    pub(crate) visits: Vec<DayVisit>,
    /// The doctors of the institution, those who have left included.
    pub(crate) practitioners: Vec<Practitioner>,
}

impl DayCopy {
    /// The doctor who takes a visit.
    pub(crate) fn find_practitioner(&self, visit: &DayVisit) -> Option<&Practitioner> {
        self.practitioners.iter().find(|doctor| doctor.id == visit.appointment.practitioner)
    }
}

impl Store {
    /// The visits of a day at the institution where `staff` works, for a copy. The access is audited.
    pub(crate) async fn load_day_copy(
        &self,
        staff: &StaffMember,
        date: Date,
        medium: CopyMedium,
        now: Timestamp,
    ) -> Result<DayCopy, Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                audit_day_view(transaction, &store, &staff, (date, medium.desk_view()), now)?;
                let mut visits = list_visits(transaction, &staff, date)?;
                visits.retain(|visit| visit.appointment.status != AppointmentStatus::Cancelled);
                let practitioners = practitioners::store::list_practitioners(transaction, staff.institution)?;
                Ok(DayCopy { visits, practitioners })
            })
            .await
    }
}
