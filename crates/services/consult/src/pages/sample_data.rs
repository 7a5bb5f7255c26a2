//! Invented people, clinics and appointments, for samples.

use base::{InstitutionCode, Prefecture, Randomness, ReceptionNumber, ScoreTable, Span, Timestamp, end_of_day};
use jiff::civil::Weekday;
use text::{Language, Text};
use ui::{Frame, Theme};

use super::{appointment::AppointmentView, chosen_visit::ChosenVisit, footer, frame_with_menu, upload::sample_picture};
use crate::{
    ClinicNotice, Contact, ContactMethod, Emergency, Notice, NoticeSource, Notices,
    rules::{
        appointment::{Appointment, AppointmentId, AppointmentStatus, BookedMenu},
        booking::UpcomingVisit,
        institution::{Charge, Institution, Menu, ProofMethod, Specialty, SpokenLanguage},
        patient::{ClinicInMail, Patient, PatientId, Profile},
        picture::{DocumentSide, PictureHint, PictureState},
        proof::{ConfirmationMethod, InsuranceProof, RefusedReason, RequestReason, RequestedProof},
        slot::{OpeningHours, OpeningSchedule},
    },
    store::{appointment::AppointmentDetails, directory::InstitutionOffer},
};

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a sample's time is RFC 3339")
}

/// The time at which samples are rendered.
pub(super) fn now() -> Timestamp {
    parse_timestamp("2026-11-23T09:00:00+09:00")
}

pub(super) fn visit_start() -> Timestamp {
    parse_timestamp("2026-11-25T10:00:00+09:00")
}

pub(super) fn frame(language: Language, path: &str, person: Option<&Patient>) -> Frame {
    let frame = Frame {
        theme: Theme::Service,
        name: None,
        language,
        csrf: "sample".to_owned(),
        path_and_query: path.to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: footer(&notices()),
    };
    frame_with_menu(frame, person)
}

/// The notices of an invented operator.
pub(crate) fn notices() -> Notices {
    let text = |markdown: &str| NoticeSource::Text(markdown.parse().expect("a sample's notice is one"));
    let notice = |japanese, english| Notice { japanese: text(japanese), english: Some(text(english)) };
    Notices {
        privacy: notice(
            "# 取得する情報\n\n- メールアドレス\n- 氏名、生年月日\n\n# お問い合わせ\n\n[窓口](/contact)へご連絡ください。",
            "# What we collect\n\n- Email address\n- Name, date of birth\n\n# Contact\n\nPlease [write to us](/contact).",
        ),
        privacy_effective_date: base::parse_date("2026-11-01").expect("a sample's date is one"),
        terms: notice("# この規約について\n\n見本の規約です。", "# About these terms\n\nSample terms."),
        legal: notice("# 販売事業者\n\n見本運営", "# Seller\n\nSample operator"),
        contact: Contact {
            name: Text::from_static("見本運営 お客さま窓口", "Sample operator, customer service"),
            address: Text::from_static("東京都千代田区見本町1-2-3", "1-2-3 Mihon-cho, Chiyoda, Tokyo"),
            method: ContactMethod::Both {
                telephone: "03-0000-0001".to_owned(),
                mail: "help@example.jp".parse().expect("a sample's address is one"),
            },
            hours: Text::from_static("平日 9:00〜17:00", "Weekdays 9:00-17:00"),
        },
        emergency: Emergency::default(),
    }
}

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

/// The longest name that an operator may give the service.
pub(super) fn custom_service_name() -> Text {
    Text::from_static("二十四の文字でできた見本のとても長い名前の診療所", "Twenty-Four Letters Long")
}

fn randomness() -> Randomness {
    Randomness::repeatable("specimen")
}

pub(crate) fn appointment_id() -> AppointmentId {
    AppointmentId::new(now(), &randomness())
}

pub(crate) fn person() -> Patient {
    Patient {
        id: PatientId::new(now(), &randomness()),
        mail: "hanako@example.jp".parse().expect("a sample's address is one"),
        language: Language::Japanese,
        clinic_in_mail: ClinicInMail::Named,
        profile: Some(Profile {
            name: "見本　花子".to_owned(),
            kana: Some("ミホン　ハナコ".to_owned()),
            birth_date: base::parse_date("1985-04-03").expect("a sample's date is one"),
            phone: Some("09000000000".to_owned()),
        }),
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
pub(super) fn chosen_visit() -> ChosenVisit {
    ChosenVisit {
        institution: institutions().swap_remove(0),
        start: visit_start(),
        held_until: Some(now().plus(Span::from_mins(10))),
    }
}

/// A visit at another institution at the time of the sample visits.
pub(super) fn overlapping_visit() -> UpcomingVisit {
    let institution = institutions().swap_remove(1);
    UpcomingVisit {
        id: appointment_id(),
        institution: institution.code,
        name: institution.name,
        name_english: institution.name_english,
        start: visit_start(),
        minutes: 15,
    }
}

/// A visit of the same patient at the same institution, two hours after the sample visits.
pub(super) fn visit_on_the_same_day() -> UpcomingVisit {
    let institution = institutions().swap_remove(0);
    UpcomingVisit {
        institution: institution.code,
        name: institution.name,
        name_english: institution.name_english,
        start: visit_start().plus(Span::from_hours(2)),
        ..overlapping_visit()
    }
}

fn menus() -> Vec<Menu> {
    let menu = |number, charge, name: &str, english: &str, minutes, fee: &str, fee_english: &str| Menu {
        number,
        charge,
        name: name.to_owned(),
        name_english: english.to_owned(),
        minutes,
        fee: fee.to_owned(),
        fee_english: fee_english.to_owned(),
        system_fee: 550,
        doctor: Some("見本 太郎".to_owned()),
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
    institutions()
        .into_iter()
        .map(|institution| InstitutionOffer { institution, opening: opening.clone(), menus: menus() })
        .collect()
}

/// An appointment at the first institution.
pub(super) fn appointment(charge: Charge, status: AppointmentStatus) -> Appointment {
    let menu = menus().into_iter().find(|menu| menu.charge == charge).expect("both kinds are on the menu");
    Appointment {
        id: appointment_id(),
        patient: person().id,
        institution: institutions().remove(0).code,
        menu: BookedMenu {
            number: menu.number,
            charge: menu.charge,
            name: menu.name,
            name_english: menu.name_english,
            minutes: menu.minutes,
            fee: menu.fee,
            fee_english: menu.fee_english,
            system_fee: menu.system_fee,
            doctor: menu.doctor,
        },
        visit_start: visit_start(),
        status,
        made_at: now(),
        version: 1,
        completed_at: None,
    }
}

fn appointment_view(
    institution_index: usize,
    charge: Charge,
    status: AppointmentStatus,
    proof: Option<InsuranceProof>,
    shown_at: Timestamp,
) -> AppointmentView {
    let institution = institutions().remove(institution_index);
    let appointment = Appointment { institution: institution.code, ..appointment(charge, status) };
    AppointmentView::new(AppointmentDetails { appointment, institution, proof, pictures: Vec::new() }, shown_at, None)
}

/// New appointments, for 予約完了画面.
pub(super) fn new_appointment_views() -> Vec<(&'static str, AppointmentView)> {
    let insured =
        |index| appointment_view(index, Charge::Insured, AppointmentStatus::Booked, Some(InsuranceProof::new()), now());
    vec![
        ("hand-over", insured(0)),
        ("fixed-url", insured(1)),
        ("picture-only", insured(2)),
        ("self-pay", appointment_view(0, Charge::SelfPay, AppointmentStatus::Booked, None, now())),
    ]
}

/// An appointment in every state that differs for the patient.
pub(super) fn appointment_views() -> Vec<(&'static str, AppointmentView)> {
    let booked_at = |institution, proof| {
        appointment_view(institution, Charge::Insured, AppointmentStatus::Booked, Some(proof), now())
    };
    let booked = |proof| booked_at(0, proof);
    let staff_name = || "受付 見本".to_owned();
    let number = ReceptionNumber::new(&randomness());
    let departed = || InsuranceProof::new().depart(now());
    let registered = || departed().register_consent(number, end_of_day(visit_start().japan_date()));
    let requested =
        |proof: InsuranceProof, requested_proof, reason| proof.request_proof(requested_proof, reason, now());
    let picture_sent = || InsuranceProof::new().receive_picture(now());
    let previous_date = visit_start().minus(Span::from_hours(48)).japan_date();
    let minutes_after_start = |minutes, proof| {
        appointment_view(
            0,
            Charge::Insured,
            AppointmentStatus::Booked,
            Some(proof),
            visit_start().plus(Span::from_mins(minutes)),
        )
    };
    let with_picture = |state, hints: &[_], mut view: AppointmentView| {
        view.case.pictures = vec![sample_picture(DocumentSide::Front, state, hints)];
        view
    };
    let confirmed = || registered().confirm(ConfirmationMethod::Terminal, staff_name(), now());
    let requested_again = || requested(picture_sent(), RequestedProof::Picture, RequestReason::Blurred);
    let midnight = end_of_day(visit_start().japan_date());
    vec![
        ("not-sent", with_picture(PictureState::Draft, &[PictureHint::Blurred], booked(InsuranceProof::new()))),
        ("not-sent-again", with_picture(PictureState::Draft, &[], booked(picture_sent()))),
        ("asked-picture-with-note", with_picture(PictureState::Refused, &[], booked(requested_again()))),
        ("at-the-hour", minutes_after_start(5, confirmed())),
        ("after-the-hour", minutes_after_start(20, confirmed())),
        ("after-the-hour-sent", minutes_after_start(20, picture_sent())),
        (
            "self-pay-after-the-hour",
            appointment_view(
                0,
                Charge::SelfPay,
                AppointmentStatus::Booked,
                None,
                visit_start().plus(Span::from_mins(40)),
            ),
        ),
        ("over-unproven", appointment_view(0, Charge::Insured, AppointmentStatus::Booked, Some(departed()), midnight)),
        (
            "completed-confirmed",
            appointment_view(0, Charge::Insured, AppointmentStatus::Completed, Some(confirmed()), midnight),
        ),
        ("not-started", booked(InsuranceProof::new())),
        ("left", booked(departed())),
        ("registered", booked(registered())),
        ("ended", booked(departed().end_without_registering())),
        ("erased", booked(picture_sent().erase_picture())),
        ("erased-picture-only", booked_at(2, picture_sent().erase_picture())),
        ("withdrawn", booked(registered().withdraw_consent())),
        ("lapsed", booked(registered().expire_consent())),
        ("moved", booked(registered().reschedule(previous_date))),
        ("said-done", booked_at(1, departed().report_done(now()))),
        ("picture-sent", booked(picture_sent())),
        ("asked-consent", booked(requested(InsuranceProof::new(), RequestedProof::Consent, RequestReason::NothingYet))),
        (
            "asked-consent-left",
            booked(requested(departed(), RequestedProof::Consent, RequestReason::NothingAtTerminal)),
        ),
        ("asked-picture", booked(requested(picture_sent(), RequestedProof::Picture, RequestReason::Blurred))),
        ("confirmed-terminal", booked(registered().confirm(ConfirmationMethod::Terminal, staff_name(), now()))),
        ("confirmed-picture", booked(picture_sent().confirm(ConfirmationMethod::Picture, staff_name(), now()))),
        ("refused", booked(picture_sent().refuse(RefusedReason::NotAccepted, staff_name(), now()))),
        ("refused-consent", booked(registered().refuse(RefusedReason::NotInsured, staff_name(), now()))),
        ("picture-only", booked_at(2, InsuranceProof::new())),
        ("self-pay", appointment_view(0, Charge::SelfPay, AppointmentStatus::Booked, None, now())),
        (
            "begun",
            appointment_view(
                0,
                Charge::Insured,
                AppointmentStatus::Booked,
                Some(departed()),
                visit_start().plus(Span::from_mins(5)),
            ),
        ),
        ("completed", appointment_view(0, Charge::Insured, AppointmentStatus::Completed, Some(registered()), now())),
        (
            "cancelled",
            appointment_view(0, Charge::Insured, AppointmentStatus::Cancelled, Some(InsuranceProof::new()), now()),
        ),
        ("over", appointment_view(0, Charge::Insured, AppointmentStatus::Booked, Some(registered()), midnight)),
    ]
}
