use base::WrongInsurerNumber;
use oqs::{ProcessingResult, QualificationValidity};
use text::{Language, WrongBirthDate};

use super::{
    pages::{DocumentCheckContent, DocumentCheckPage, render_page},
    rules::{DocumentFieldError, DocumentForm},
};
use crate::{
    Role,
    pages::SystemResponse,
    samples::{
        fixtures::{self, eligibility_check, error_processing, now, unreachable_system},
        frames::{Pages, STATION_NAME, frame},
    },
};

fn sample_document_form() -> DocumentForm {
    DocumentForm {
        insurer: "33120015".to_owned(),
        symbol: "見本１２".to_owned(),
        number: "1234567".to_owned(),
        branch: "01".to_owned(),
        birth_date: "昭和59年5月2日".to_owned(),
        limit_consent: Some("1".to_owned()),
        ..DocumentForm::default()
    }
}

pub(crate) fn add_pages(language: Language, pages: &mut Pages) {
    use QualificationValidity as V;
    let frame = frame(language, Role::Staff, "/by-document");
    let usual = fixtures::unregistered_person;
    let checked = |processing, validity, results| {
        DocumentCheckContent::Checked(Box::new(SystemResponse::Received(eligibility_check(
            processing,
            Some(validity),
            results,
        ))))
    };
    let nobody = error_processing("U104", "該当する資格がありません。");
    let several = error_processing("U102", "複数の方が該当します。枝番を確認してください。");
    let wrong_numbers = [
        WrongInsurerNumber::Form,
        WrongInsurerNumber::Kind,
        WrongInsurerNumber::Prefecture,
        WrongInsurerNumber::CheckDigit,
    ];
    let everything = |(insurer, birth_date)| {
        DocumentCheckContent::InvalidForm(vec![
            DocumentFieldError::Insurer(insurer),
            DocumentFieldError::Symbol,
            DocumentFieldError::Number,
            DocumentFieldError::Branch,
            DocumentFieldError::BirthDate(birth_date),
        ])
    };
    let wrong_birthdays = [
        WrongBirthDate::Unreadable,
        WrongBirthDate::NoEra,
        WrongBirthDate::EraYear,
        WrongBirthDate::NoSuchDay,
        WrongBirthDate::Future,
        WrongBirthDate::TooLongAgo,
    ];
    let mut states = vec![
        ("first".to_owned(), DocumentForm::default(), DocumentCheckContent::EmptyForm),
        ("valid".to_owned(), sample_document_form(), checked(ProcessingResult::normal(), V::Valid, vec![usual()])),
        ("invalid".to_owned(), sample_document_form(), checked(ProcessingResult::normal(), V::Invalid, vec![usual()])),
        (
            "invalid-with-newer".to_owned(),
            sample_document_form(),
            checked(ProcessingResult::normal(), V::InvalidWithNewer, vec![usual()]),
        ),
        ("not-found".to_owned(), sample_document_form(), checked(nobody, V::NotFound, Vec::new())),
        ("several-persons".to_owned(), sample_document_form(), checked(several, V::Several, Vec::new())),
        (
            "trouble".to_owned(),
            sample_document_form(),
            DocumentCheckContent::Checked(Box::new(SystemResponse::Failed(unreachable_system()))),
        ),
    ];
    for (number, errors) in (1..).zip(wrong_numbers.into_iter().cycle().zip(wrong_birthdays)) {
        states.push((format!("wrong-{number}"), sample_document_form(), everything(errors)));
    }
    for (name, form, content) in states {
        let view = DocumentCheckPage { institution: STATION_NAME.to_owned(), now: now(), form, content };
        pages.push((format!("by-document/{name}"), render_page(&frame, &view)));
    }
}
