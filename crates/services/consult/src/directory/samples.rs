//! Invented clinics, and the sample pages of the directory.

use std::collections::BTreeMap;

use base::{InstitutionCode, Prefecture, ScoreTable, Span};
use jiff::civil::Weekday;
use maud::Markup;
use text::Language;

use super::{
    pages::{
        chosen_visit::ChosenVisit,
        clinic_notice::render_clinic_notice_page,
        emergency::{PATH, render_emergency_page},
        institution::{InstitutionPage, NEXT_SLOT_COUNT, render_institution_page},
        search::{ClinicSearchPage, ClinicSearchQuery, render_clinic_search_page},
    },
    rules::{
        clinic_notice::ClinicNotice,
        emergency::Emergency,
        institution::{
            CancellationTerms, Charge, Institution, InsuranceOffer, Menu, MenuRules, OfferedMenu, ProofMethod,
            VisitMedium,
        },
    },
    store::{
        institutions::InstitutionOffer,
        search::{ListedInstitution, SearchResults},
    },
};
use crate::{
    practitioners::{
        rules::{specialty::Specialty, spoken_language::SpokenLanguage},
        samples::practitioners,
    },
    sample_data::{self, now, visit_start},
    schedule::rules::{
        availability::TakenTime,
        opening::{OpeningHours, OpeningSchedule},
        practitioner_schedule::{HoursSource, PractitionerSchedule},
    },
};

/// The legal notice of an invented clinic.
pub(crate) fn clinic_notice() -> ClinicNotice {
    ClinicNotice {
        manager: "見本 太郎".to_owned(),
        manager_english: "Taro Mihon".to_owned(),
        owner: None,
        owner_english: None,
        cancellation: "診察の時間までは、予約詳細からキャンセルできます。料金はかかりません。".to_owned(),
        cancellation_english: "Until the time of the visit you can cancel on the appointment's page, free of charge."
            .to_owned(),
    }
}

/// One institution for each method of proof.
pub(crate) fn institutions() -> Vec<Institution> {
    let methods = [
        ProofMethod::HandOver { issuer: "https://reception.example".parse().expect("a sample's issuer is one") },
        ProofMethod::FixedUrl { url: "https://reception.example/institutions/1310000001".to_owned() },
        ProofMethod::PictureOnly,
    ];
    let names = [
        ("見本さくら内科", "ミホンサクラナイカ", "Mihon Sakura Clinic", Specialty::InternalMedicine),
        ("見本みなと皮膚科", "ミホンミナトヒフカ", "Mihon Minato Dermatology", Specialty::Dermatology),
        ("見本こども診療所", "ミホンコドモシンリョウジョ", "Mihon Children's Clinic", Specialty::Paediatrics),
    ];
    let tokyo = Prefecture::from_code(13).expect("Tokyo is a prefecture");
    (1..)
        .zip(methods)
        .zip(names)
        .map(|((serial, proof_method), (name, kana, english, specialty))| Institution {
            code: InstitutionCode::from_parts(tokyo, ScoreTable::Medical, serial),
            name: name.to_owned(),
            name_kana: kana.to_owned(),
            name_english: english.to_owned(),
            prefecture: tokyo,
            city: "千代田区".to_owned(),
            city_english: "Chiyoda".to_owned(),
            address: "見本町1-2-3".to_owned(),
            address_english: "1-2-3 Mihon-cho".to_owned(),
            phone: "03-0000-0000".to_owned(),
            opening_text: "月〜金 9:00〜12:00、14:00〜17:00（祝日休診）".to_owned(),
            opening_text_english: "Mon to Fri 9:00-12:00, 14:00-17:00 (closed on holidays)".to_owned(),
            description: "かかりつけとして、オンライン診療にも対応しています。".to_owned(),
            description_english: "A family clinic that also sees patients online.".to_owned(),
            specialties: vec![specialty, Specialty::Allergology],
            languages: match serial {
                1 => vec![SpokenLanguage::English, SpokenLanguage::Chinese],
                _ => Vec::new(),
            },
            proof_method,
        })
        .collect()
}

/// A visit that is being booked.
pub(crate) fn chosen_visit() -> ChosenVisit {
    ChosenVisit {
        institution: institutions().swap_remove(0),
        start: visit_start(),
        held_until: Some(now().plus(Span::from_mins(10))),
    }
}

pub(crate) fn menus() -> Vec<Menu> {
    let menu = |number, charge, name: &str, english: &str, minutes, fee: &str, fee_english: &str| Menu {
        number,
        charge,
        name: name.to_owned(),
        name_english: english.to_owned(),
        minutes,
        buffer_minutes: 0,
        fee: fee.to_owned(),
        fee_english: fee_english.to_owned(),
        system_fee: 550,
        cancellation: CancellationTerms::default(),
        medium: VisitMedium::Browser,
    };
    vec![
        menu(
            1,
            Charge::Insured,
            "オンライン診療",
            "Online visit",
            15,
            "保険の自己負担分（1〜3割）",
            "Your share under the insurance (10 to 30 %)",
        ),
        menu(2, Charge::SelfPay, "予防接種の相談", "Advice on vaccination", 30, "3,300円", "¥3,300"),
    ]
}

pub(crate) fn offers() -> Vec<InstitutionOffer> {
    let hours = |weekday| {
        [(9 * 60, 12 * 60), (14 * 60, 17 * 60)].map(|(from_minute, to_minute)| OpeningHours {
            weekday,
            from_minute,
            to_minute,
        })
    };
    let week = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let opening = OpeningSchedule { hours: week.into_iter().flat_map(hours).collect(), closed_on_holidays: true };
    institutions().into_iter().map(|institution| offer(institution, &opening)).collect()
}

/// What an invented institution offers: the first doctor takes all menus.
fn offer(institution: Institution, opening: &OpeningSchedule) -> InstitutionOffer {
    let mut practitioners = practitioners(institution.code);
    practitioners.truncate(1);
    let schedule = |practitioner| PractitionerSchedule {
        practitioner,
        opening: opening.clone(),
        hours_source: HoursSource::Institution,
        sessions: Vec::new(),
        closures: Vec::new(),
    };
    let schedules = practitioners.iter().map(|practitioner| schedule(practitioner.id)).collect();
    let offered = |menu| OfferedMenu { menu, rules: MenuRules::default(), practitioners: Vec::new(), version: 1 };
    let menus = menus().into_iter().map(offered).collect();
    InstitutionOffer { institution, opening: opening.clone(), menus, practitioners, schedules }
}

pub(crate) fn search_samples(language: Language) -> Vec<(String, Markup)> {
    let institutions = institutions();
    let areas: BTreeMap<_, Vec<_>> = institutions.iter().fold(BTreeMap::new(), |mut areas, institution| {
        let cities: &mut Vec<_> = areas.entry(institution.prefecture).or_default();
        cities.push((institution.city.clone(), institution.city_english.clone()));
        areas
    });
    let now = sample_data::now();
    let listed = |institutions: Vec<Institution>| {
        let next_free = [Some(now.plus(Span::from_mins(15))), Some(sample_data::visit_start()), None];
        let covers = [InsuranceOffer::WithInsurance, InsuranceOffer::WithInsurance, InsuranceOffer::SelfPayOnly];
        let with_times = institutions.into_iter().zip(next_free).zip(covers);
        with_times
            .map(|((institution, next_free), cover)| ListedInstitution {
                institution,
                insurance_offer: cover,
                next_free,
            })
            .collect()
    };
    let view = |institutions: Vec<Institution>, total, query: ClinicSearchQuery| ClinicSearchPage {
        page_number: 1,
        areas: areas.clone(),
        results: SearchResults { institutions: listed(institutions), total, order: query.to_search().order },
        query,
        operator: "サンプル運営".to_owned(),
        now,
    };
    let narrowed =
        ClinicSearchQuery {
            q: "さくら".into(), area: "13".into(), card: "1".into(), ..ClinicSearchQuery::default()
        };
    let by_area = ClinicSearchQuery { sort: "area".into(), ..ClinicSearchQuery::default() };
    let no_clinic_in_area = ClinicSearchQuery { area: "13".into(), ..ClinicSearchQuery::default() };
    let anonymous = sample_data::frame(language, "/", None);
    let account = sample_data::account();
    let signed_in = sample_data::frame(language, "/", Some(&account));
    let own_name = ui::Frame { name: Some(sample_data::custom_service_name()), ..signed_in.clone() };
    vec![
        (
            "home/own-name".to_owned(),
            render_clinic_search_page(&own_name, &view(institutions.clone(), 3, ClinicSearchQuery::default())),
        ),
        (
            "home/all".to_owned(),
            render_clinic_search_page(&anonymous, &view(institutions.clone(), 3, ClinicSearchQuery::default())),
        ),
        (
            "home/signed-in".to_owned(),
            render_clinic_search_page(&signed_in, &view(institutions.clone(), 45, ClinicSearchQuery::default())),
        ),
        (
            "home/narrowed".to_owned(),
            render_clinic_search_page(&anonymous, &view(institutions[..1].to_vec(), 1, narrowed.clone())),
        ),
        ("home/by-area".to_owned(), render_clinic_search_page(&anonymous, &view(institutions.clone(), 3, by_area))),
        ("home/nothing".to_owned(), render_clinic_search_page(&anonymous, &view(Vec::new(), 0, narrowed))),
        (
            "home/nothing-there".to_owned(),
            render_clinic_search_page(&anonymous, &view(Vec::new(), 0, no_clinic_in_area)),
        ),
    ]
}

pub(crate) fn institution_samples(language: Language) -> Vec<(String, Markup)> {
    let mut offers = offers();
    let nothing = InstitutionOffer { menus: Vec::new(), ..offers[0].clone() };
    let mut self_pay = offers[2].clone();
    self_pay.menus.retain(|offered| offered.menu.charge == Charge::SelfPay);
    self_pay.menus[0].menu.system_fee = 0;
    offers.extend([nothing, self_pay]);
    let now = sample_data::now();
    offers
        .into_iter()
        .zip(["hand-over", "fixed-url", "picture-only", "no-menus", "self-pay-only"])
        .map(|(offer, name)| {
            let frame = sample_data::frame(language, &format!("/institutions/{}", offer.institution.code), None);
            let taken = TakenTime::default();
            let find_next_slots = |offered: &OfferedMenu| {
                offer.availability(offered, None, &taken, now).free_slots().take(NEXT_SLOT_COUNT).collect()
            };
            let next_slots = offer.menus.iter().map(find_next_slots).collect();
            (
                format!("institution/{name}"),
                render_institution_page(&frame, &InstitutionPage { offer, next_slots, now }),
            )
        })
        .collect()
}

pub(crate) fn emergency_samples(language: Language) -> Vec<(String, Markup)> {
    let emergency = Emergency::default();
    let institution = institutions().remove(0);
    let path = format!("/institutions/{}/emergency", institution.code);
    vec![
        (
            "emergency/all".to_owned(),
            render_emergency_page(&sample_data::frame(language, PATH, None), &emergency, None),
        ),
        (
            "emergency/clinic".to_owned(),
            render_emergency_page(&sample_data::frame(language, &path, None), &emergency, Some(&institution)),
        ),
    ]
}

pub(crate) fn clinic_notice_samples(language: Language) -> Vec<(String, Markup)> {
    let offer = offers().remove(0);
    let owned = ClinicNotice {
        owner: Some("医療法人見本会".to_owned()),
        owner_english: Some("Mihon Medical Corporation".to_owned()),
        ..clinic_notice()
    };
    let clinic = format!("/institutions/{}/legal", offer.institution.code);
    let frame = sample_data::frame(language, &clinic, None);
    vec![("notices/clinic".to_owned(), render_clinic_notice_page(&frame, &offer, &owned))]
}

/// The pages in each of their states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    [
        search_samples(language),
        institution_samples(language),
        clinic_notice_samples(language),
        emergency_samples(language),
    ]
    .concat()
}
