//! Limits of use.

use base::Span;
use serde::Deserialize;

/// How much one person, browser or network address may ask of the service: the section `[limits]` of its settings. The
/// defaults fit a service of some dozens of clinics.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// For how many minutes a chosen slot is held while a patient signs in.
    pub hold_minutes: u16,
    /// How many slots visitors from one network address who are not signed in may hold at once. Each signed-in patient holds
    /// one besides.
    pub holds_per_peer: u16,
    /// How many future visits one mailbox may have.
    pub bookings_to_come: u16,
    /// How many visits at one clinic on one day one mailbox may have.
    pub bookings_per_clinic_and_day: u16,
    /// How many visits one mailbox may book on one day.
    pub bookings_per_day: u16,
    /// How often one mailbox may reschedule on one day.
    #[serde(rename = "moves_per_day")]
    pub reschedules_per_day: u16,
    /// How many visits one mailbox may cancel on one day.
    pub cancellations_per_day: u16,
    /// How many megabytes (2^20 bytes) all uploads in progress may fill. One upload takes up to 40.
    pub upload_memory_mb: u32,
    /// How many pictures are normalised at once. Each may take a processor and a gigabyte of memory.
    pub pictures_at_once: u16,
    /// How many sign-in codes one network address may ask for in 15 minutes.
    pub codes_per_peer: u32,
    /// How many sign-in codes are sent in a minute, in all.
    pub codes_per_minute: u32,
    /// For how many hours the link of a staff member's invitation works.
    pub invitation_hours: u16,
    /// How many letters with invitations one clinic may send on one day.
    pub invitations_per_day: u16,
    /// For how many patients, the holder included, one account may act.
    pub patients_per_account: u16,
    /// How many letters that invite others to act for one patient are sent on one day.
    pub family_invitations_per_day: u16,
}

impl Limits {
    /// For how long the link of an invitation works.
    pub(crate) fn invitation_lifetime(&self) -> Span {
        Span::from_hours(i64::from(self.invitation_hours))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hold_minutes: 10,
            holds_per_peer: 8,
            bookings_to_come: 10,
            bookings_per_clinic_and_day: 2,
            bookings_per_day: 6,
            reschedules_per_day: 6,
            cancellations_per_day: 6,
            upload_memory_mb: 128,
            pictures_at_once: 2,
            codes_per_peer: 20,
            codes_per_minute: 120,
            invitation_hours: 72,
            invitations_per_day: 40,
            patients_per_account: 10,
            family_invitations_per_day: 5,
        }
    }
}
