//! Everything that a clinic offers, as its managers see it.

use base::Timestamp;

use crate::{
    clinic::store::staff::Manager,
    directory::{
        rules::institution::{Institution, OfferedMenu},
        store::{institutions::find_institution, menus},
    },
    practitioners::{
        self,
        rules::practitioner::{Employment, Practitioner, PractitionerId},
    },
    refusal::Refusal,
    schedule::{
        rules::{
            opening::OpeningSchedule,
            practitioner_schedule::{Closure, PractitionerSchedule},
        },
        store::schedule::{list_closures, load_opening, load_schedules_of_institution},
    },
    store::Store,
};

/// What a clinic offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClinicSettings {
    pub(crate) institution: Institution,
    /// The version of the hours.
    pub(crate) version: i64,
    pub(crate) opening: OpeningSchedule,
    /// Those who have left included.
    pub(crate) practitioners: Vec<Practitioner>,
    /// Of the doctors who receive patients.
    pub(crate) schedules: Vec<PractitionerSchedule>,
    pub(crate) menus: Vec<OfferedMenu>,
    /// The numbers and names of the menus that are no longer offered.
    pub(crate) withdrawn_menus: Vec<(u32, String)>,
    /// Those that are not over.
    pub(crate) closures: Vec<Closure>,
}

/// What is still missing before a patient can book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingSetting {
    Doctor,
    Hours,
    Menu,
}

impl ClinicSettings {
    /// The doctor with this id.
    pub(crate) fn practitioner(&self, id: PractitionerId) -> Option<&Practitioner> {
        self.practitioners.iter().find(|practitioner| practitioner.id == id)
    }

    /// The doctors who receive patients.
    pub(crate) fn active_practitioners(&self) -> impl Iterator<Item = &Practitioner> {
        self.practitioners.iter().filter(|practitioner| practitioner.employment == Employment::Active)
    }

    /// The schedule of a doctor who receives patients.
    pub(crate) fn schedule(&self, id: PractitionerId) -> Option<&PractitionerSchedule> {
        self.schedules.iter().find(|schedule| schedule.practitioner == id)
    }

    /// What is still missing before a patient can book, in the order in which it is entered.
    pub(crate) fn missing_settings(&self) -> Vec<MissingSetting> {
        let has_hours =
            |schedule: &PractitionerSchedule| !schedule.opening.hours.is_empty() || !schedule.sessions.is_empty();
        let mut missing = Vec::new();
        if self.active_practitioners().next().is_none() {
            missing.push(MissingSetting::Doctor);
        }
        if self.opening.hours.is_empty() && !self.schedules.iter().any(has_hours) {
            missing.push(MissingSetting::Hours);
        }
        if self.menus.is_empty() {
            missing.push(MissingSetting::Menu);
        }
        missing
    }
}

impl Store {
    /// What the manager's clinic offers.
    pub(crate) async fn load_clinic_settings(
        &self,
        manager: &Manager,
        now: Timestamp,
    ) -> Result<ClinicSettings, Refusal> {
        let code = manager.staff().institution;
        self.database
            .read(move |transaction| {
                let institution = find_institution(transaction, code)?.ok_or(Refusal::NotFound)?;
                let version =
                    transaction
                        .fetch_one("SELECT version FROM institution WHERE code = $1", &[&code], |row| row.get(0))?;
                Ok(ClinicSettings {
                    institution,
                    version,
                    opening: load_opening(transaction, code)?,
                    practitioners: practitioners::store::list_practitioners(transaction, code)?,
                    schedules: load_schedules_of_institution(transaction, code, now)?,
                    menus: menus::load_menus(transaction, code)?,
                    withdrawn_menus: menus::list_withdrawn_menus(transaction, code)?,
                    closures: list_closures(transaction, code, now)?,
                })
            })
            .await
    }
}
