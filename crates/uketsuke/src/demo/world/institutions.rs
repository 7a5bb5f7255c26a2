//! The institutions: fourteen in thirteen prefectures, none of which exists.

mod listed;

use base::{InstitutionCode, Prefecture, ScoreTable};
use consult::{Charge, ClinicNotice, Institution, LeaveBy, Menu, NewInstitution, Specialty, SpokenLanguage};
use eligibility::{Entrance, OnlineFunction};
use shell::Language;

use super::{Addresses, hours};
use listed::LISTED;

/// An institution of the demo: as the service lists it, as the national side knows it, and who works at its desk.
pub(crate) struct DemoInstitution {
    /// As the service lists it.
    pub(crate) new: NewInstitution,
    /// オンライン診療等機能: on where the directory says マイナ保険証対応.
    pub(crate) online: OnlineFunction,
    /// The word of its fixed URL, if that is how patients leave for it.
    pub(crate) entrance: Option<Entrance>,
    /// Who works at its desk.
    pub(crate) staff: Vec<DemoStaff>,
}

/// An account of a desk. Every one has the same password.
pub(crate) struct DemoStaff {
    /// With what it signs in.
    pub(crate) mail: String,
    /// The name that patients see.
    pub(crate) name: &'static str,
}

/// A text in Japanese and in English.
type Pair = (&'static str, &'static str);

/// An institution as it is written down.
struct Sketch {
    prefecture: u8,
    serial: u32,
    word: &'static str,
    name: Pair,
    kana: &'static str,
    city: Pair,
    address: Pair,
    phone: &'static str,
    specialties: &'static [Specialty],
    languages: &'static [SpokenLanguage],
    hours: &'static [hours::Hours],
    closed_on_holidays: bool,
    about: Pair,
    leaves: Leaves,
    menus: &'static [MenuSketch],
    desk: &'static str,
}

enum Leaves {
    HandOver,
    FixedUrl(&'static str),
    PictureOnly,
}

struct MenuSketch {
    charge: Charge,
    name: Pair,
    minutes: u32,
    fee: Pair,
    system_fee: u32,
    doctor: Option<&'static str>,
}

impl DemoInstitution {
    /// Its code.
    pub(crate) fn code(&self) -> InstitutionCode {
        self.new.institution.code
    }

    /// Its name in Japanese.
    pub(crate) fn name(&self) -> &str {
        self.new.institution.name_in(Language::Japanese)
    }
}

/// All of them. Codes, fixed URLs and accounts are the same on every start.
pub(crate) fn institutions(addresses: &Addresses) -> Vec<DemoInstitution> {
    LISTED.iter().map(|sketch| institution(sketch, addresses)).collect()
}

/// What it tells the public of itself. The first doctor who is named answers for the clinic.
fn clinic_notice(sketch: &Sketch) -> ClinicNotice {
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

fn institution(sketch: &Sketch, addresses: &Addresses) -> DemoInstitution {
    // The list names prefectures by their numbers, and entrances by words of their alphabet; the tests read it all.
    let prefecture = Prefecture::from_code(sketch.prefecture).expect("the list names prefectures");
    let (leave_by, online, entrance) = match sketch.leaves {
        Leaves::HandOver => {
            // An origin is https, or http on this machine, without a path: what a reception may be known by.
            let issuer = addresses.reception.as_str().parse().expect("an origin is an issuer");
            (LeaveBy::HandOver { issuer }, OnlineFunction::On, None)
        }
        Leaves::FixedUrl(word) => {
            let entrance: Entrance = word.parse().expect("the list has entrances of the right alphabet");
            let url = addresses.reception.at(&format!("/i/{entrance}"));
            (LeaveBy::FixedUrl { url }, OnlineFunction::On, Some(entrance))
        }
        Leaves::PictureOnly => (LeaveBy::PictureOnly, OnlineFunction::Off, None),
    };
    let opening = hours::opening(sketch.hours, sketch.closed_on_holidays);
    let (opening_text, opening_text_english) = opening.words();
    let institution = Institution {
        code: InstitutionCode::of(prefecture, ScoreTable::Medical, sketch.serial),
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
        description: sketch.about.0.to_owned(),
        description_english: sketch.about.1.to_owned(),
        specialties: sketch.specialties.to_vec(),
        languages: sketch.languages.to_vec(),
        leave_by,
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
    let notice = clinic_notice(sketch);
    DemoInstitution {
        new: NewInstitution { institution, opening, menus: menus.collect(), notice },
        online,
        entrance,
        staff: vec![DemoStaff { mail: format!("desk@{}.example.jp", sketch.word), name: sketch.desk }],
    }
}
