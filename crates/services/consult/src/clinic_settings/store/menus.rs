//! The menus of a clinic.

use base::Timestamp;

use super::record_change;
use crate::{
    audit::rules::action::ClinicChange,
    clinic::store::staff::Manager,
    directory::{
        rules::institution::{Menu, MenuRules},
        store::menus,
    },
    practitioners::{self, rules::practitioner::PractitionerId},
    refusal::Refusal,
    store::Store,
};

/// How many menus a clinic has at most, those that are no longer offered included.
pub(crate) const MAX_MENUS: u32 = 200;

/// Whether a menu can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MenuOffer {
    Offered,
    Withdrawn,
}

impl Store {
    /// The number that the next menu of the manager's clinic gets.
    pub(crate) async fn next_menu_number(&self, manager: &Manager) -> Result<u32, Refusal> {
        let code = manager.staff().institution;
        self.database.read(move |transaction| Ok(menus::next_number(transaction, code)?)).await
    }

    /// Adds a menu to the manager's clinic, or changes it. Booked visits keep what was agreed on.
    ///
    /// # Errors
    /// [`Refusal::Changed`] if the menu was changed since `version`, which is None for a new one.
    pub(crate) async fn save_menu(
        &self,
        manager: &Manager,
        (menu, rules): (Menu, MenuRules),
        doctors: Vec<PractitionerId>,
        version: Option<i64>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                if menu.number > MAX_MENUS {
                    return Err(Refusal::TooManyEntries { max: MAX_MENUS });
                }
                if menus::find_version(transaction, code, menu.number)? != version {
                    return Err(Refusal::Changed);
                }
                let of_clinic = practitioners::store::list_practitioners(transaction, code)?;
                if doctors.iter().any(|doctor| of_clinic.iter().all(|other| other.id != *doctor)) {
                    return Err(Refusal::NotFound);
                }
                menus::save_menu(transaction, code, (&menu, &rules), &doctors)?;
                let entity = format!("{code} {}", menu.number);
                record_change(transaction, &store, &manager, (ClinicChange::MenuSaved, &entity), now)
            })
            .await
    }

    /// Withdraws a menu of the manager's clinic, or offers it again. Booked visits stay. Idempotent.
    pub(crate) async fn offer_menu(
        &self,
        manager: &Manager,
        number: u32,
        offer: MenuOffer,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                let offered = offer == MenuOffer::Offered;
                let changed = transaction.execute(
                    "UPDATE menu SET offered = $3, version = version + 1
                     WHERE institution = $1 AND number = $2 AND offered <> $3",
                    &[&code, &number, &offered],
                )?;
                if changed == 0 {
                    return Ok(());
                }
                let change = if offered { ClinicChange::MenuOffered } else { ClinicChange::MenuWithdrawn };
                record_change(transaction, &store, &manager, (change, &format!("{code} {number}")), now)
            })
            .await
    }
}
