//! 医療券: what 医療扶助 pays at the calling institution.

use base::Date;
use database::{Error, Transaction};
use oqs::{InsuredCardClassification, LateElderlyCare, SingleOrCombined, SocialInsurance};

use super::request_file::Caller;
use crate::{
    Coverage,
    rules::assistance,
    store::institution::{self, UsedFunctions},
};

/// Issues tickets for the calling institution.
pub(super) struct TicketIssuer {
    institution_name: Option<String>,
}

impl TicketIssuer {
    /// None if the institution does not use 医療扶助.
    pub(super) fn for_caller(
        tx: &mut Transaction<'_>,
        caller: &Caller,
        functions: UsedFunctions,
    ) -> Result<Option<Self>, Error> {
        Ok(match functions.medical_assistance {
            oqs::Use::Unused => None,
            oqs::Use::Used => Some(Self {
                institution_name: institution::find_institution(tx, caller.institution)?
                    .map(|institution| institution.name),
            }),
        })
    }

    /// The ticket for a visit on `day` by one of these coverages, if there is one. It names no illness.
    pub(super) fn issue(
        &self,
        caller: &Caller,
        (coverage, coverages): (&Coverage, &[Coverage]),
        day: Date,
    ) -> Option<oqs::MedicalTicket> {
        let month = assistance::ticket_month(coverage, day, caller.now.japan_date())?;
        let assisted = |coverage: &&Coverage| coverage.classification == InsuredCardClassification::MedicalAssistance;
        let insured = coverages.iter().filter(|coverage| !assisted(coverage)).any(|coverage| coverage.holds_on(day));
        let last_day = coverage
            .disqualified_on
            .map_or(month.last_day(), |lost| month.last_day().min(lost.yesterday().unwrap_or(lost)));
        Some(oqs::MedicalTicket {
            kind: Some(oqs::TicketType::Medical),
            valid_from: Some(month.first_day()),
            valid_to: Some(last_day),
            issue_number: Some(issue_number(coverage, month)),
            month: Some(month),
            institution: Some(caller.institution.into()),
            institution_matches: Some(oqs::DesignatedInstitution::Same),
            institution_name: self.institution_name.clone(),
            prescriber: None,
            prescriber_name: None,
            injuries: Vec::new(),
            treatment: Some(oqs::MedicalTreatmentType::Outpatient),
            self_pay: Some(0),
            district_contact: None,
            handling_contact: None,
            single_or_combined: Some(if insured { SingleOrCombined::Combined } else { SingleOrCombined::Single }),
            social_insurance: Some(if insured { SocialInsurance::Yes } else { SocialInsurance::No }),
            consistency: None,
            infection_law: Some(oqs::InfectionLaw::No),
            // A person on assistance leaves 後期高齢者医療 (高齢者の医療の確保に関する法律 第51条).
            late_elderly_care: Some(LateElderlyCare::No),
            prefectural_expenses: Some(oqs::PrefecturalExpenses::No),
            remarks: Vec::new(),
        })
    }
}

/// 交付番号: seven digits, the same for every ticket of a recipient's month.
fn issue_number(coverage: &Coverage, month: oqs::Month) -> String {
    let insurer = coverage.insurer.to_string();
    let digest = base::digest(&[insurer.as_bytes(), coverage.number.as_str().as_bytes(), month.to_string().as_bytes()]);
    let number = digest.as_bytes().iter().take(4).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    format!("{:07}", number % 10_000_000)
}
