//! An institution, its menus, and how it takes proof of insurance.

use base::{InstitutionCode, Prefecture, Span, Timestamp};
use handover::Issuer;
use text::{Language, Text};

use crate::{
    directory::texts,
    practitioners::rules::{practitioner::PractitionerId, specialty::Specialty, spoken_language::SpokenLanguage},
    schedule::rules::slot::{BookingWindow, DailyCapacity, SlotTerms},
};

/// 市区町村 in a search. It need not have an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City(String);

/// A text that is not the name of a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a city")]
pub struct NotACity;

impl std::fmt::Display for City {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for City {
    type Err = NotACity;

    fn from_str(text: &str) -> Result<Self, NotACity> {
        let valid = !text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control);
        if valid { Ok(Self(text.to_owned())) } else { Err(NotACity) }
    }
}

base::text_enum! {
    /// Who pays.
    pub enum Charge {
        /// 保険診療
        Insured = "insured",
        /// 自費診療
        SelfPay = "self_pay",
    }
}

impl Charge {
    /// Whether the patient has to prove insurance: then the appointment has the two ledgers of the proof.
    pub fn needs_proof(self) -> bool {
        self == Self::Insured
    }

    /// The name in that language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Insured => texts::INSURED.in_language(language),
            Self::SelfPay => texts::SELF_PAY.in_language(language),
        }
    }
}

/// Whether an institution offers visits under the insurance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsuranceOffer {
    /// At least one insured menu, or no menu at present.
    WithInsurance,
    /// All menus are paid by the patient.
    SelfPayOnly,
}

impl InsuranceOffer {
    /// Derives the offer from the charges of the menus.
    pub fn from_charges(charges: impl IntoIterator<Item = Charge>) -> Self {
        let mut charges = charges.into_iter().peekable();
        if charges.peek().is_some() && charges.all(|charge| charge == Charge::SelfPay) {
            Self::SelfPayOnly
        } else {
            Self::WithInsurance
        }
    }
}

/// How a patient proves insurance to an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofMethod {
    /// By hand-over to a reception that reports the result. マイナ保険証対応.
    HandOver { issuer: Issuer },
    /// The fixed URL that the institution's own 資格確認端末 issued. No result is reported. マイナ保険証対応.
    FixedUrl {
        /// https, or an address of this machine.
        url: String,
    },
    /// Only a picture of the insurance document. Not マイナ保険証対応.
    PictureOnly,
}

/// [`ProofMethod`] without addresses, for the decisions on texts and next steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMethodKind {
    HandOver,
    FixedUrl,
    PictureOnly,
}

impl ProofMethod {
    /// The method without its address.
    pub fn kind(&self) -> ProofMethodKind {
        match self {
            Self::HandOver { .. } => ProofMethodKind::HandOver,
            Self::FixedUrl { .. } => ProofMethodKind::FixedUrl,
            Self::PictureOnly => ProofMethodKind::PictureOnly,
        }
    }
}

impl ProofMethodKind {
    /// マイナ保険証対応: whether consent can be registered.
    pub fn accepts_card(self) -> bool {
        !matches!(self, Self::PictureOnly)
    }
}

/// 医療機関, as the directory shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    pub code: InstitutionCode,
    pub name: String,
    pub name_kana: String,
    pub name_english: String,
    pub prefecture: Prefecture,
    /// 市区町村
    pub city: String,
    /// In Latin letters.
    pub city_english: String,
    /// The rest of the address.
    pub address: String,
    /// In Latin letters.
    pub address_english: String,
    pub phone: String,
    /// The opening hours in words.
    pub opening_text: String,
    pub opening_text_english: String,
    /// The institution's description of itself.
    pub description: String,
    pub description_english: String,
    pub specialties: Vec<Specialty>,
    /// Languages besides Japanese that patients can speak.
    pub languages: Vec<SpokenLanguage>,
    pub proof_method: ProofMethod,
}

impl Institution {
    /// The name in that language.
    pub fn name_in(&self, language: Language) -> &str {
        language.t(&self.name, &self.name_english)
    }

    /// Prefecture and city, in that language.
    pub fn area_in(&self, language: Language) -> String {
        match language {
            Language::Japanese => format!("{}{}", self.prefecture.japanese(), self.city),
            Language::English => format!("{}, {}", self.city_english, self.prefecture.latin()),
        }
    }

    /// The whole address, in that language.
    pub fn address_in(&self, language: Language) -> String {
        match language {
            Language::Japanese => format!("{}{}", self.area_in(language), self.address),
            Language::English => format!("{}, {}", self.address_english, self.area_in(language)),
        }
    }

    /// The specialties in one line.
    pub fn specialties_in(&self, language: Language) -> String {
        let names: Vec<_> = self.specialties.iter().map(|specialty| specialty.name(language)).collect();
        names.join(texts::MIDDLE_DOT.in_language(language))
    }

    /// Japanese and the other languages in one line; None if there are no others.
    pub fn languages_in(&self, language: Language) -> Option<String> {
        let others = self.languages.iter().map(|spoken| spoken.name(language));
        let all: Vec<_> = std::iter::once(texts::JAPANESE.in_language(language)).chain(others).collect();
        (all.len() > 1).then(|| all.join(texts::COMMA.in_language(language)))
    }
}

/// What a patient is told of a menu before booking. It stays with the appointment as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// Unique within the institution.
    pub number: u32,
    pub charge: Charge,
    pub name: String,
    pub name_english: String,
    pub minutes: u32,
    /// The doctor's time after the visit, of which patients are told nothing.
    pub buffer_minutes: u32,
    pub fee: String,
    pub fee_english: String,
    /// 情報通信機器の運用に要する費用: the service's fee in yen, shown before the booking and apart from the rest.
    pub system_fee: u32,
    pub cancellation: CancellationTerms,
    pub medium: VisitMedium,
}

/// Until when a patient can move or cancel a visit, and what it costs later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CancellationTerms {
    /// How many minutes before the start the limit is. Until then moving and cancelling are free; later a visit can only be
    /// cancelled.
    pub limit_minutes: u32,
    /// In yen, for cancelling after the limit.
    pub fee: u32,
}

impl CancellationTerms {
    /// The first instant after the limit.
    pub fn limit(self, start: Timestamp) -> Timestamp {
        start.minus(Span::from_mins(i64::from(self.limit_minutes)))
    }

    /// What cancelling costs at `now`, in yen.
    pub fn fee_at(self, start: Timestamp, now: Timestamp) -> u32 {
        if now < self.limit(start) { 0 } else { self.fee }
    }
}

/// How a visit is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitMedium {
    /// By a call in the browser.
    Browser,
    /// By telephone, with the clinic's words.
    Telephone(Text),
    /// By another program, with the clinic's words.
    OtherProgram(Text),
}

base::text_enum! {
    /// [`VisitMedium`] without words.
    pub enum VisitMediumKind {
        Browser = "browser",
        Telephone = "telephone",
        OtherProgram = "other_program",
    }
}

impl VisitMedium {
    /// The medium of a kind. A call in the browser needs no words.
    pub fn from_parts(kind: VisitMediumKind, words: Text) -> Self {
        match kind {
            VisitMediumKind::Browser => Self::Browser,
            VisitMediumKind::Telephone => Self::Telephone(words),
            VisitMediumKind::OtherProgram => Self::OtherProgram(words),
        }
    }

    /// The kind of the medium.
    pub fn kind(&self) -> VisitMediumKind {
        match self {
            Self::Browser => VisitMediumKind::Browser,
            Self::Telephone(_) => VisitMediumKind::Telephone,
            Self::OtherProgram(_) => VisitMediumKind::OtherProgram,
        }
    }

    /// The clinic's words on how the visit is held.
    pub fn description(&self) -> Option<&Text> {
        match self {
            Self::Browser => None,
            Self::Telephone(words) | Self::OtherProgram(words) => Some(words),
        }
    }
}

base::text_enum! {
    /// Who can book a menu.
    pub enum MenuAudience {
        /// Patients and the desk.
        Patients = "patients",
        /// Only the desk, such as for patients whom the doctor has asked to come again.
        DeskOnly = "desk_only",
    }
}

/// Who can book a menu, when, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MenuRules {
    pub audience: MenuAudience,
    pub window: BookingWindow,
    /// How many visits of the menu the institution takes on one day; None if only its doctors' time limits them.
    pub daily_capacity: Option<u32>,
}

impl Default for MenuRules {
    fn default() -> Self {
        Self { audience: MenuAudience::Patients, window: BookingWindow::default(), daily_capacity: None }
    }
}

/// A menu that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfferedMenu {
    pub(crate) menu: Menu,
    pub(crate) rules: MenuRules,
    /// The doctors who take its visits; empty if all of the institution do.
    pub(crate) practitioners: Vec<PractitionerId>,
    /// Increases with every change.
    pub(crate) version: i64,
}

impl OfferedMenu {
    /// What a visit of the menu needs of a slot when a patient books it.
    pub(crate) fn slot_terms(&self, institution: InstitutionCode) -> SlotTerms {
        let Menu { number: menu, minutes, buffer_minutes, .. } = self.menu;
        let capacity = self.rules.daily_capacity.map(|visits| DailyCapacity { institution, menu, visits });
        SlotTerms { minutes, buffer_minutes, window: self.rules.window, capacity }
    }

    /// Whether a doctor takes visits of the menu.
    pub(crate) fn is_taken_by(&self, practitioner: PractitionerId) -> bool {
        self.practitioners.is_empty() || self.practitioners.contains(&practitioner)
    }
}

impl Menu {
    /// The name in that language.
    pub fn name_in(&self, language: Language) -> &str {
        language.t(&self.name, &self.name_english)
    }

    /// The fee in words, in that language.
    pub fn fee_in(&self, language: Language) -> &str {
        language.t(&self.fee, &self.fee_english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_institution_is_self_pay_only_where_all_its_menus_are() {
        let check = |charges: &[Charge], expected| {
            assert_eq!(InsuranceOffer::from_charges(charges.iter().copied()), expected, "{charges:?}");
        };
        check(&[Charge::SelfPay, Charge::SelfPay], InsuranceOffer::SelfPayOnly);
        check(&[Charge::SelfPay, Charge::Insured], InsuranceOffer::WithInsurance);
        check(&[], InsuranceOffer::WithInsurance);
    }

    #[test]
    fn cancelling_costs_nothing_until_the_limit() {
        let terms = CancellationTerms { limit_minutes: 120, fee: 1_100 };
        let start: Timestamp = "2026-11-30T10:00:00+09:00".parse().expect("a timestamp");
        let check = |now: &str, expected| {
            assert_eq!(terms.fee_at(start, now.parse().expect("a timestamp")), expected, "{now}");
        };
        check("2026-11-30T07:59:59+09:00", 0);
        check("2026-11-30T08:00:00+09:00", 1_100);
        check("2026-11-30T09:59:00+09:00", 1_100);
    }

    #[test]
    fn a_city_is_a_name() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<City>().is_ok(), expected, "{text:?}");
        check("千代田区", true);
        check("Chiyoda", true);
        check("", false);
        check("\0", false);
        check("千代田区\n", false);
        check(&"区".repeat(101), false);
    }
}
