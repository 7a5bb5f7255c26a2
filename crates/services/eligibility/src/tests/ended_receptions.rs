//! Consents that have ended, element by element: withdrawn and expired are distinguished, and nothing about the person is
//! shown.

use oqs::{
    EnvironmentSettings, Exchange, MedicalTreatment, Message, Period, QualificationRequest, RequestMessage, Use,
};

use super::{
    administration::{NO_SETTINGS, exchange_settings},
    messages::{NOW, header, request_medical_for_care, search, search_bulk, send_request},
    world::{World, clinic, day, timestamp, worlds},
};
use crate::{ConsentChoice, ConsentChoices, ConsentItem, Refusal};

/// The whole response file about the person of the world.
async fn response_text(world: &World, exchange: Exchange) -> String {
    let body = QualificationRequest { search: search("1234567") };
    let message = Message::QualificationRequest(RequestMessage { header: header(clinic()), body });
    send_request(world, clinic(), exchange, message).await.1
}

/// The text of the first element of this name.
fn element_text<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(content, _)| content)
}

/// Flag and reason of each consent, in the order of the file.
fn consent_flags(text: &str) -> String {
    // The echo of the search comes before it, with a flag of its own.
    let text = text.split_once("</QualificationConfirmSearchInfo>").map_or(text, |(_, results)| results);
    let consent = |name: &str| {
        let flag = element_text(text, &format!("{name}ConsFlg")).unwrap_or("none");
        match element_text(text, &format!("{name}ConsExpiryReason")) {
            None => flag.to_owned(),
            Some(reason) => format!("{flag}({reason})"),
        }
    };
    let names = [
        "LimitApplicationCertificateRelated",
        "SpecificDiseasesCertificateRelated",
        "SpecificHealthCheckupsInfo",
        "PharmacistsInfo",
        "DiagnosisInfo",
        "OperationInfo",
    ];
    names.map(consent).join(" ")
}

/// The response has nothing about the person beyond the request.
fn shows_nobody(text: &str) -> bool {
    let personal_data =
        ["<ResultOfQualificationConfirmation>", "<Name>", "花子", "ﾊﾅｺ", "<Address>", "<InsurerName>", "<Sex1>"];
    !personal_data.iter().any(|item| text.contains(item)) && element_text(text, "QualificationValidity").is_none()
}

fn agree_to_all_but(declined: ConsentItem) -> ConsentChoices {
    ConsentChoices::from_fn(|item| if item == declined { ConsentChoice::Decline } else { ConsentChoice::Agree })
}

#[tokio::test]
async fn a_withdrawn_reception_says_by_whom_and_shows_nobody() {
    for world in worlds(NOW).await {
        let new = world.new_reception("2026-11-24", agree_to_all_but(ConsentItem::Operations));
        world.register(new).await.unwrap();
        world.withdraw().await;
        let text = response_text(&world, Exchange::OnlineQualification).await;
        assert_eq!(element_text(&text, "ProcessingResultCode"), Some("U202"), "{}", world.engine);
        // An item that was never agreed to did not end.
        assert_eq!(consent_flags(&text), "0(2) 2(2) 2(2) 2(2) 2(2) 0");
        assert!(shows_nobody(&text), "{text}");
        assert_eq!(element_text(&text, "QualificationConfirmationDate"), Some("20261124"));
    }
}

#[tokio::test]
async fn an_expired_reception_is_told_from_a_withdrawn_one_in_answers_and_lists() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-24").await;
        world.withdraw().await;
        world.clock.set(timestamp("2026-11-24T09:01:00+09:00"));
        world.register_all_agreed("2026-11-25").await;
        world.clock.set(timestamp("2026-11-26T00:00:00+09:00"));
        let text = response_text(&world, Exchange::OnlineQualification).await;
        assert_eq!(element_text(&text, "ProcessingResultCode"), Some("U204"), "{}", world.engine);
        assert_eq!(consent_flags(&text), "0(0) 2(0) 2(0) 2(0) 2(0) 2(0)");
        assert!(shows_nobody(&text), "{text}");
        let days = Period::Examination { from: day("2026-11-24"), to: day("2026-11-25") };
        let units = search_bulk(&world, clinic(), days).await.unwrap().units;
        let medicines: Vec<_> =
            units.iter().map(|unit| unit.ended_consents.as_ref().unwrap().medicines.unwrap()).collect();
        let reasons = [oqs::ExpiryReason::WithdrawnByPatient, oqs::ExpiryReason::FormOfCare];
        assert_eq!(medicines.len(), 2);
        for (medicines, reason) in medicines.iter().zip(reasons) {
            let consent = medicines.consent;
            assert_eq!((consent.flag, consent.expiry_reason), (oqs::ConsentFlag::Expired, Some(reason)));
            assert_eq!((consent.changed_at, medicines.available_until), (None, None));
        }
    }
}

#[tokio::test]
async fn an_item_that_the_patient_took_back_is_over_and_not_merely_declined() {
    for world in worlds(NOW).await {
        let registered =
            world.register(world.new_reception("2026-11-24", agree_to_all_but(ConsentItem::Operations))).await.unwrap();
        let change = async |choices: ConsentChoices| {
            let (person, number, now) = (world.person, registered.number, world.clock.now());
            let write = move |tx: &mut database::Transaction<'_>| -> Result<(), Refusal> {
                crate::change_choices(tx, person, number, choices, now).map(|_| ())
            };
            world.database.write(write).await.unwrap();
        };
        let medicines = async || {
            let care = (Exchange::Medicines, MedicalTreatment::Online);
            request_medical_for_care(&world, clinic(), care, oqs::FileCategory::Xml).await.0
        };
        assert_eq!(
            consent_flags(&response_text(&world, Exchange::OnlineQualification).await),
            "1 1 1 1 1 0",
            "{}",
            world.engine
        );
        assert_eq!(medicines().await, None);
        change(ConsentChoices::from_fn(|item| {
            if item == ConsentItem::Treatments { ConsentChoice::Agree } else { ConsentChoice::Decline }
        }))
        .await;
        let text = response_text(&world, Exchange::OnlineQualification).await;
        assert_eq!(consent_flags(&text), "0(2) 2(2) 2(2) 2(2) 1 0");
        assert!(text.contains("花子"));
        assert_eq!(medicines().await.as_deref(), Some("U202"));
        change(agree_to_all_but(ConsentItem::CheckUps)).await;
        assert_eq!(consent_flags(&response_text(&world, Exchange::OnlineQualification).await), "1 1 2(2) 1 1 1");
        assert_eq!(medicines().await, None);
        world.clock.set(timestamp("2026-11-25T00:00:00+09:00"));
        // An item that was withdrawn before the end of the day did not end with it.
        assert_eq!(
            consent_flags(&response_text(&world, Exchange::OnlineQualification).await),
            "0(0) 2(0) 2(2) 2(0) 2(0) 2(0)"
        );
    }
}

#[tokio::test]
async fn what_the_institution_gave_back_has_its_own_reason() {
    for world in worlds(NOW).await {
        let registered = world.register_home_visits(ConsentChoices::all(ConsentChoice::Agree)).await;
        let withdraw_items = async |items: Option<crate::ConsentItems>| {
            let now = world.clock.now();
            let write = move |tx: &mut database::Transaction<'_>| -> Result<(), Refusal> {
                let reception = crate::find_reception(tx, registered.number)?.unwrap();
                crate::store::reception::withdraw_by_institution(tx, &reception, items, now).map_err(Refusal::from)
            };
            world.database.write(write).await.unwrap();
        };
        withdraw_items(Some([ConsentItem::Medicines].into_iter().collect())).await;
        let text = response_text(&world, Exchange::HomeVisitQualification).await;
        assert_eq!(consent_flags(&text), "1 1 1 2(1) 1 1", "{}", world.engine);
        withdraw_items(None).await;
        let text = response_text(&world, Exchange::HomeVisitQualification).await;
        assert_eq!(element_text(&text, "ProcessingResultCode"), Some("U203"));
        assert_eq!(consent_flags(&text), "0(1) 2(1) 2(1) 2(1) 2(1) 2(1)");
        assert!(shows_nobody(&text), "{text}");
    }
}

#[tokio::test]
async fn an_institution_that_uses_no_consents_is_told_of_none() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-24").await;
        exchange_settings(&world, Some(EnvironmentSettings { viewing_consent: Some(Use::Unused), ..NO_SETTINGS }))
            .await;
        // The limit is no health information.
        assert_eq!(
            consent_flags(&response_text(&world, Exchange::OnlineQualification).await),
            "1 1 0 0 0 0",
            "{}",
            world.engine
        );
        let days = Period::Examination { from: day("2026-11-24"), to: day("2026-11-24") };
        let unit = search_bulk(&world, clinic(), days).await.unwrap().units.remove(0);
        let medicines = unit.results[0].medicines.unwrap();
        assert_eq!((medicines.consent.flag, medicines.available_until), (oqs::ConsentFlag::NotGiven, None));
    }
}
