//! The institutions: fourteen in thirteen prefectures, all fictitious.

mod institution_list;
mod sketch;

use base::{InstitutionCode, Prefecture, ScoreTable};
use consult::{
    CancellationTerms, ClinicNotice, Institution, Menu, MenuRules, NewInstitution, NewMenu, NewPractitioner,
    PractitionerDetails, ProofMethod, VisitMedium,
};
use eligibility::{FixedUrlToken, OnlineFunction};
use text::Language;
use web::Origin;

use crate::hours;
use institution_list::INSTITUTIONS;
use sketch::{DepartureKind, DoctorSketch, InstitutionSketch, MenuSketch};

/// The password of every desk account, which the demo's page shows.
pub const DESK_PASSWORD: &str = "demo-desk-2026";

/// The password of every account of every terminal, which the demo's page shows.
pub const TERMINAL_PASSWORD: &str = "demo-terminal-2026";

/// An institution of the demo: its listing at the service, its data at the national side, and its desk's staff.
pub struct DemoInstitution {
    pub listing: NewInstitution,
    /// オンライン診療等機能: on where the directory says マイナ保険証対応.
    pub online: OnlineFunction,
    /// The random part of its fixed URL, if it has one.
    pub fixed_url_code: Option<FixedUrlToken>,
    pub staff: Vec<DemoStaff>,
}

/// An account of a desk. Every one has the same password.
pub struct DemoStaff {
    /// The mail address for signing in.
    pub mail: String,
    /// The name that patients see.
    pub name: &'static str,
}

impl DemoInstitution {
    /// 医療機関コード
    pub fn code(&self) -> InstitutionCode {
        self.listing.institution.code
    }

    /// The name in Japanese.
    pub fn name(&self) -> &str {
        self.listing.institution.name_in(Language::Japanese)
    }
}

/// All institutions, which refer to this マイナ在宅受付Web. Codes, fixed URLs and accounts are the same at every start.
pub fn institutions(reception: &Origin) -> Vec<DemoInstitution> {
    INSTITUTIONS.iter().map(|sketch| build_institution(sketch, reception)).collect()
}

/// The codes of the institutions that accept a hand-over.
pub fn online_institutions(reception: &Origin) -> Vec<InstitutionCode> {
    let accepts_hand_over = |institution: &DemoInstitution| {
        matches!(institution.listing.institution.proof_method, ProofMethod::HandOver { .. })
    };
    institutions(reception)
        .iter()
        .filter(|institution| accepts_hand_over(institution))
        .map(DemoInstitution::code)
        .collect()
}

/// The public notice. The first doctor is the manager (管理者).
fn build_clinic_notice(sketch: &InstitutionSketch) -> ClinicNotice {
    let (manager, manager_english) =
        sketch.doctors.first().map_or(("見本 管理者", "Mihon Kanrisha"), |doctor| doctor.name);
    ClinicNotice {
        manager_english: manager_english.to_owned(),
        manager: manager.to_owned(),
        owner: None,
        owner_english: None,
        cancellation: "診察の時間までは、予約詳細からキャンセルできます。料金はかかりません。".to_owned(),
        cancellation_english: "Until the time of the visit you can cancel on the appointment's page, free of charge."
            .to_owned(),
    }
}

fn build_practitioner(number: u32, doctor: &DoctorSketch, institution: &InstitutionSketch) -> NewPractitioner {
    let details = PractitionerDetails {
        name: doctor.name.0.to_owned(),
        kana: Some(doctor.kana.to_owned()),
        name_english: Some(doctor.name.1.to_owned()),
        registration_year: Some(doctor.registration_year),
        specialties: institution.specialties.to_vec(),
        languages: institution.languages.to_vec(),
    };
    NewPractitioner { number, details, hours: None }
}

fn build_menu(number: u32, sketch: &MenuSketch) -> NewMenu {
    let menu = Menu {
        number,
        charge: sketch.charge,
        name: sketch.name.0.to_owned(),
        name_english: sketch.name.1.to_owned(),
        minutes: sketch.minutes,
        buffer_minutes: 0,
        fee: sketch.fee.0.to_owned(),
        fee_english: sketch.fee.1.to_owned(),
        system_fee: sketch.system_fee,
        cancellation: CancellationTerms::default(),
        medium: VisitMedium::Browser,
    };
    NewMenu { menu, rules: MenuRules::default(), practitioners: sketch.doctors.to_vec() }
}

fn build_institution(sketch: &InstitutionSketch, reception: &Origin) -> DemoInstitution {
    // The list has valid prefectures and fixed URL codes; the tests parse all of it.
    let prefecture = Prefecture::from_code(sketch.prefecture).expect("the list has valid prefectures");
    let (proof_method, online, fixed_url_code) = match sketch.departure {
        DepartureKind::HandOver => {
            // An origin is https, or http on this machine, without a path, as an issuer must be.
            let issuer = reception.as_str().parse().expect("an origin is an issuer");
            (ProofMethod::HandOver { issuer }, OnlineFunction::On, None)
        }
        DepartureKind::FixedUrl(text) => {
            let fixed_url_code: FixedUrlToken = text.parse().expect("the list has valid fixed URL codes");
            let url = reception.url(&format!("/i/{fixed_url_code}"));
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
    let mut practitioners: Vec<_> =
        (1..).zip(sketch.doctors).map(|(number, doctor)| build_practitioner(number, doctor, sketch)).collect();
    if practitioners.is_empty() {
        practitioners.push(NewPractitioner::generic());
    }
    let menus = (1..).zip(sketch.menus).map(|(number, menu)| build_menu(number, menu)).collect();
    let notice = build_clinic_notice(sketch);
    DemoInstitution {
        listing: NewInstitution { institution, opening, practitioners, menus, notice },
        online,
        fixed_url_code,
        staff: vec![DemoStaff { mail: format!("desk@{}.example.jp", sketch.subdomain), name: sketch.staff_name }],
    }
}
