//! The institutions: fourteen in thirteen prefectures, all fictitious.

mod institution_list;

use base::{InstitutionCode, Prefecture, ScoreTable};
use consult::{Charge, ClinicNotice, Institution, Menu, NewInstitution, ProofMethod, Specialty, SpokenLanguage};
use eligibility::{FixedUrlToken, OnlineFunction};
use text::Language;

use super::{WorldAddresses, hours};
use institution_list::INSTITUTIONS;

/// An institution of the demo: its listing at the service, its data at the national side, and its desk's staff.
pub(crate) struct DemoInstitution {
    pub(crate) listing: NewInstitution,
    /// オンライン診療等機能: on where the directory says マイナ保険証対応.
    pub(crate) online: OnlineFunction,
    /// The random part of its fixed URL, if it has one.
    pub(crate) fixed_url_code: Option<FixedUrlToken>,
    pub(crate) staff: Vec<DemoStaff>,
}

/// An account of a desk. Every one has the same password.
pub(crate) struct DemoStaff {
    /// The mail address for signing in.
    pub(crate) mail: String,
    /// The name that patients see.
    pub(crate) name: &'static str,
}

/// A text in Japanese and in English.
type BilingualText = (&'static str, &'static str);

/// An entry of the list of institutions.
struct InstitutionSketch {
    prefecture: u8,
    serial: u32,
    subdomain: &'static str,
    name: BilingualText,
    kana: &'static str,
    city: BilingualText,
    address: BilingualText,
    phone: &'static str,
    specialties: &'static [Specialty],
    languages: &'static [SpokenLanguage],
    hours: &'static [hours::WeekdayHours],
    closed_on_holidays: bool,
    description: BilingualText,
    departure: DepartureKind,
    menus: &'static [MenuSketch],
    staff_name: &'static str,
}

enum DepartureKind {
    HandOver,
    FixedUrl(&'static str),
    PictureOnly,
}

struct MenuSketch {
    charge: Charge,
    name: BilingualText,
    minutes: u32,
    fee: BilingualText,
    system_fee: u32,
    doctor: Option<&'static str>,
}

impl DemoInstitution {
    pub(crate) fn code(&self) -> InstitutionCode {
        self.listing.institution.code
    }

    /// The name in Japanese.
    pub(crate) fn name(&self) -> &str {
        self.listing.institution.name_in(Language::Japanese)
    }
}

/// All institutions. Codes, fixed URLs and accounts are the same at every start.
pub(crate) fn institutions(addresses: &WorldAddresses) -> Vec<DemoInstitution> {
    INSTITUTIONS.iter().map(|sketch| build_institution(sketch, addresses)).collect()
}

/// The public notice. The first named doctor is the manager (管理者).
fn build_clinic_notice(sketch: &InstitutionSketch) -> ClinicNotice {
    let doctor = sketch.menus.iter().find_map(|menu| menu.doctor);
    let manager = doctor.and_then(|doctor| doctor.split('（').next()).unwrap_or("見本 管理者").to_owned();
    ClinicNotice {
        manager_english: manager.clone(),
        manager,
        owner: None,
        owner_english: None,
        cancellation: "診察の時間までは、予約詳細からキャンセルできます。料金はかかりません。".to_owned(),
        cancellation_english: "Until the time of the visit you can cancel on the appointment's page, free of charge."
            .to_owned(),
    }
}

fn build_institution(sketch: &InstitutionSketch, addresses: &WorldAddresses) -> DemoInstitution {
    // The list has valid prefectures and fixed URL codes; the tests parse all of it.
    let prefecture = Prefecture::from_code(sketch.prefecture).expect("the list has valid prefectures");
    let (proof_method, online, fixed_url_code) = match sketch.departure {
        DepartureKind::HandOver => {
            // An origin is https, or http on this machine, without a path, as an issuer must be.
            let issuer = addresses.reception.as_str().parse().expect("an origin is an issuer");
            (ProofMethod::HandOver { issuer }, OnlineFunction::On, None)
        }
        DepartureKind::FixedUrl(text) => {
            let fixed_url_code: FixedUrlToken = text.parse().expect("the list has valid fixed URL codes");
            let url = addresses.reception.url(&format!("/i/{fixed_url_code}"));
            (ProofMethod::FixedUrl { url }, OnlineFunction::On, Some(fixed_url_code))
        }
        DepartureKind::PictureOnly => (ProofMethod::PictureOnly, OnlineFunction::Off, None),
    };
    let opening = hours::build_opening(sketch.hours, sketch.closed_on_holidays);
    let (opening_text, opening_text_english) = opening.format_hours();
    let institution = Institution {
        code: InstitutionCode::from_parts(prefecture, ScoreTable::Medical, sketch.serial),
        name: sketch.name.0.to_owned(),
        name_kana: sketch.kana.to_owned(),
        name_english: sketch.name.1.to_owned(),
        prefecture,
        city: sketch.city.0.to_owned(),
        city_english: sketch.city.1.to_owned(),
        address: sketch.address.0.to_owned(),
        address_english: sketch.address.1.to_owned(),
        phone: sketch.phone.to_owned(),
        opening_text,
        opening_text_english,
        description: sketch.description.0.to_owned(),
        description_english: sketch.description.1.to_owned(),
        specialties: sketch.specialties.to_vec(),
        languages: sketch.languages.to_vec(),
        proof_method,
    };
    let menus = (1..).zip(sketch.menus).map(|(number, menu)| Menu {
        number,
        charge: menu.charge,
        name: menu.name.0.to_owned(),
        name_english: menu.name.1.to_owned(),
        minutes: menu.minutes,
        fee: menu.fee.0.to_owned(),
        fee_english: menu.fee.1.to_owned(),
        system_fee: menu.system_fee,
        doctor: menu.doctor.map(str::to_owned),
    });
    let notice = build_clinic_notice(sketch);
    DemoInstitution {
        listing: NewInstitution { institution, opening, menus: menus.collect(), notice },
        online,
        fixed_url_code,
        staff: vec![DemoStaff { mail: format!("desk@{}.example.jp", sketch.subdomain), name: sketch.staff_name }],
    }
}
