use oqs::{MedicalRefusal, ProcessingResult, QualificationValidity};
use text::Language;

use super::{
    client::MedicalInformation,
    pages,
    rules::{MedicalKind, MonthRange},
};
use crate::{
    Role,
    pages::SystemResponse,
    receptions::rules::ListedReception,
    samples::{
        fixtures::{
            self, SampleConsents, VISIT_DATE, day, eligibility_check, error_processing, now, person, sample_list_query,
            unit, unreachable_system,
        },
        frames::{Pages, SEALED_LINK, STATION_NAME, frame},
    },
};

pub(crate) fn add_overview_pages(language: Language, samples: &mut Pages) {
    use QualificationValidity as V;
    let frame = frame(language, Role::MedicalViewer, &format!("/patients/{SEALED_LINK}"));
    let listed =
        |processing, validity| ListedReception::from_unit(&unit(processing, validity, Vec::new()), sample_list_query());
    let valid = |result| {
        Some(SystemResponse::Received(eligibility_check(ProcessingResult::normal(), Some(V::Valid), vec![result])))
    };
    let usual = || listed(ProcessingResult::normal(), Some(V::Valid));
    let two = vec![person("見本　花子", "ミホン　ハナコ", SampleConsents::All), fixtures::former_member()];
    let several =
        ListedReception::from_unit(&unit(ProcessingResult::normal(), Some(V::Several), two), sample_list_query());
    let expired = || error_processing("U204", "同意の有効期限（診察日当日）が過ぎています。");
    for (name, listed, content) in [
        ("all-consented", usual(), valid(fixtures::person_with_everything())),
        ("some-consented", usual(), valid(person("見本　花子", "ミホン　ハナコ", SampleConsents::MedicinesOnly))),
        ("nothing-consented", usual(), valid(person("見本　花子", "ミホン　ハナコ", SampleConsents::None))),
        ("several", several, valid(person("見本　花子", "ミホン　ハナコ", SampleConsents::All))),
        ("expired-meanwhile", usual(), Some(SystemResponse::Received(eligibility_check(expired(), None, Vec::new())))),
        ("withdrawn", listed(error_processing("U202", "患者が同意を取り消しました。"), None), None),
        ("trouble", usual(), Some(SystemResponse::Failed(unreachable_system()))),
    ] {
        let view = pages::PatientOverview {
            reception: listed,
            sealed: SEALED_LINK.to_owned(),
            today: day(VISIT_DATE),
            content,
        };
        samples.push((format!("patient/{name}"), pages::render_overview_page(&frame, &view)));
    }
}

pub(crate) fn add_medical_pages(language: Language, samples: &mut Pages) {
    let result = person("見本　花子", "ミホン　ハナコ", SampleConsents::All);
    let someone =
        ListedReception::from_unit(&unit(ProcessingResult::normal(), None, vec![result]), sample_list_query());
    let nobody = ListedReception::from_unit(
        &unit(error_processing("U202", "患者が同意を取り消しました。"), None, Vec::new()),
        sample_list_query(),
    );
    let mut add = |name: &str, kind: MedicalKind, months: Option<MonthRange>, content| {
        let frame = frame(language, Role::MedicalViewer, &format!("/patients/{SEALED_LINK}/{}", kind.as_str()));
        let listed = if name == "no-document" { nobody.clone() } else { someone.clone() };
        let (sealed, institution) = (SEALED_LINK.to_owned(), STATION_NAME.to_owned());
        let (now, today) = (now(), day(VISIT_DATE));
        let view =
            pages::MedicalInformationPage { reception: listed, sealed, institution, kind, now, today, months, content };
        samples.push((format!("medical/{name}"), pages::render_page(&frame, &view)));
    };
    let months = Some(MonthRange::default_range(day(VISIT_DATE)));
    let records = |outcome| {
        let information = MedicalInformation { person: fixtures::medical_person(), outcome, doubts: Vec::new() };
        pages::MedicalContent::Records(SystemResponse::Received(information))
    };
    let empty = oqs::MedicineRecords { months: Vec::new() };
    add("medicines", MedicalKind::Medicines, months, records(Ok(fixtures::medicines())));
    add("medicines-none", MedicalKind::Medicines, months, records(Ok(empty)));
    add("diagnoses", MedicalKind::Diagnoses, months, records(Ok(fixtures::treatments("再診料"))));
    add("operations", MedicalKind::Operations, months, records(Ok(fixtures::treatments("内視鏡的大腸ポリープ切除術"))));
    let information = MedicalInformation {
        person: fixtures::medical_person(),
        outcome: Ok(fixtures::check_ups()),
        doubts: Vec::new(),
    };
    add(
        "check-ups",
        MedicalKind::CheckUps,
        months,
        pages::MedicalContent::CheckUps(SystemResponse::Received(information)),
    );
    for (name, code, message) in [
        ("declined", "U201", "患者の同意がありません。"),
        ("withdrawn", "U202", "患者が同意を取り消しました。"),
        ("withdrawn-by-institution", "U203", "医療機関が同意を取り消しました。"),
        ("expired", "U204", "同意の有効期限（診察日当日）が過ぎています。"),
        ("grace", "U205", "電子証明書の有効期限が切れているため、医療情報は提供できません。"),
        ("not-there", "U101", "該当する受付がありません。"),
        ("several-persons", "U102", "複数の方が該当します。枝番を確認してください。"),
        ("function-off", "U501", "医療機関の環境設定で、この機能を利用しないことになっています。"),
        ("other", "9999", "しばらくお待ちください。"),
    ] {
        if let Some(refusal) = MedicalRefusal::new(code, Some(message.to_owned())) {
            let information = MedicalInformation { person: None, outcome: Err(refusal), doubts: Vec::new() };
            add(
                name,
                MedicalKind::Medicines,
                months,
                pages::MedicalContent::Records(SystemResponse::Received(information)),
            );
        }
    }
    add("wrong-months", MedicalKind::Medicines, None, pages::MedicalContent::NotRequested);
    add("no-document", MedicalKind::Medicines, months, pages::MedicalContent::NotRequested);
    add(
        "trouble",
        MedicalKind::Medicines,
        months,
        pages::MedicalContent::Records(SystemResponse::Failed(unreachable_system())),
    );
}
