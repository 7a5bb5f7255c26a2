//! Refused requests and changes are audited too.

use base::InstitutionCode;
use oqs::{
    AccessUrlChange, AccessUrlKind, BulkNumber, CharacterCode, ConsentedInformation, EnvironmentSettings, Exchange,
    FileCategory, FileName, MedicalTreatment, Message, Period, QualificationRequest, QualificationSearch,
    RequestMessage, Use, WithdrawalRequest, WithdrawnConsent,
};

use super::{
    administration::{NO_SETTINGS, exchange_settings, request_access_url},
    messages::{
        NOW, check_qualification, fetch_bulk, header, request_medical_for_care, search, search_bulk, send_request,
    },
    world::{World, certificate, clinic, coverage, day, other_clinic, worlds},
};
use crate::{ConsentChoice, ConsentChoices, Refusal, RequestFileError};

/// The audit rows of an institution after the first `after`: message, subject, outcome, and whether a reception is named.
async fn audit_rows(world: &World, institution: InstitutionCode, after: usize) -> Vec<String> {
    let read = move |tx: &mut database::Transaction<'_>| {
        tx.fetch_all(
            "SELECT message, subject, access, reception FROM audit WHERE institution = $1 ORDER BY place",
            &[&institution],
            |row| {
                let reception: Option<String> = row.get(3)?;
                let suffix = if reception.is_some() { " by reception" } else { "" };
                Ok(format!("{} {} {}{suffix}", row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
            },
        )
        .map_err(Refusal::from)
    };
    world.database.read(read).await.unwrap().split_off(after)
}

async fn send_raw(world: &World, exchange: Exchange, bytes: Vec<u8>) {
    let name = FileName::new(exchange.request(), "1").unwrap();
    world.eligibility.respond_to_file(certificate(clinic()), name, bytes).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_refused_as_a_whole_leaves_a_row() {
    for world in worlds(NOW).await {
        let request = |institution: InstitutionCode| {
            let body = QualificationRequest { search: search("1234567") };
            let message = Message::QualificationRequest(RequestMessage { header: header(institution), body });
            String::from_utf8(oqs::write(&message, CharacterCode::Utf8)).unwrap()
        };
        send_raw(&world, Exchange::OnlineQualification, b"<not xml".to_vec()).await;
        send_raw(&world, Exchange::OnlineQualification, request(other_clinic()).into_bytes()).await;
        let damaged = request(clinic()).replace("0110113719", "0110113710");
        send_raw(&world, Exchange::Qualification, damaged.into_bytes()).await;
        let expected = ["OQSsionq01 file U001", "OQSsionq01 file U002", "OQSsiquc01 file U004"];
        assert_eq!(audit_rows(&world, clinic(), 0).await, expected, "{}", world.engine);
        // The row is in the chain of the caller, not of the institution that was named.
        assert_eq!(audit_rows(&world, other_clinic(), 0).await, [""; 0]);
        assert!(world.eligibility.verify_audit(Vec::new()).await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_question_about_health_that_is_refused_leaves_a_row() {
    use MedicalTreatment::{HomeVisit, Online, Outpatient};
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-24").await;
        let request = async |exchange, treatment, file| {
            request_medical_for_care(&world, clinic(), (exchange, treatment), file).await.0.unwrap_or_default()
        };
        assert_eq!(request(Exchange::Medicines, Online, FileCategory::Pdf).await, "U401", "{}", world.engine);
        assert_eq!(request(Exchange::CheckUps, Outpatient, FileCategory::Xml).await, "U003");
        assert_eq!(request(Exchange::Operations, HomeVisit, FileCategory::Xml).await, "U101");
        exchange_settings(&world, Some(EnvironmentSettings { viewing_consent: Some(Use::Unused), ..NO_SETTINGS }))
            .await;
        assert_eq!(request(Exchange::Diagnoses, Online, FileCategory::Xml).await, "U501");
        let expected = [
            "YZKsiquc01 medicines U401",
            "TKKsiquc01 check-ups U003",
            "SHJsiquc01 operations not-there",
            "OQSsiupd01 settings changed",
            "SRJsiquc01 treatments U501",
        ];
        assert_eq!(audit_rows(&world, clinic(), 0).await, expected);
    }
}

#[tokio::test]
async fn a_list_that_is_refused_or_empty_leaves_a_row() {
    for world in worlds(NOW).await {
        let visits = |from, to| Period::Examination { from: day(from), to: day(to) };
        let unknown = BulkNumber::new("20261124000000000000").unwrap();
        assert_eq!(fetch_bulk(&world, clinic(), unknown).await, Err("U301".to_owned()), "{}", world.engine);
        assert_eq!(search_bulk(&world, clinic(), visits("2026-11-26", "2026-11-25")).await, Err("U302".to_owned()));
        assert!(search_bulk(&world, clinic(), visits("2026-11-24", "2026-11-25")).await.unwrap().units.is_empty());
        let expected = ["OQSmuonq02 list U301", "OQSmuonq01 list U302", "OQSmuonq02 list not-there"];
        assert_eq!(audit_rows(&world, clinic(), 0).await, expected);
    }
}

#[tokio::test]
async fn what_an_institution_changes_leaves_a_row() {
    for world in worlds(NOW).await {
        request_access_url(&world, AccessUrlKind::Online, AccessUrlChange::NoChange).await.unwrap();
        request_access_url(&world, AccessUrlKind::Online, AccessUrlChange::NoChange).await.unwrap();
        request_access_url(&world, AccessUrlKind::Online, AccessUrlChange::Change).await.unwrap();
        request_access_url(&world, AccessUrlKind::HomeVisit, AccessUrlChange::NoChange).await.unwrap_err();
        exchange_settings(&world, None).await;
        exchange_settings(&world, Some(EnvironmentSettings { home_visit: Some(Use::Used), ..NO_SETTINGS })).await;
        // The first address is made when it is requested; reading it again changes nothing.
        let expected = [
            "OQSsiurl01 fixed-url changed",
            "OQSsiurl01 fixed-url changed",
            "OQSsiurl01 fixed-url U501",
            "OQSsiupd01 settings changed",
        ];
        assert_eq!(audit_rows(&world, clinic(), 0).await, expected, "{}", world.engine);

        world.register_home_visits(ConsentChoices::all(ConsentChoice::Agree)).await;
        let withdraw_consents = async |insurer: oqs::CheckedNumber<base::InsurerNumber>,
                                       kinds: Vec<ConsentedInformation>| {
            let coverage = coverage("1234567");
            let consent = WithdrawnConsent {
                insurer,
                symbol: coverage.symbol,
                number: coverage.number,
                branch: coverage.branch,
                birthdate: day("1980-06-15"),
                kinds,
            };
            let request = RequestMessage { header: header(clinic()), body: WithdrawalRequest { consent } };
            send_request(&world, clinic(), Exchange::HomeVisitWithdrawal, Message::WithdrawalRequest(request)).await;
        };
        let insurer = || coverage("1234567").insurer.into();
        withdraw_consents(oqs::CheckedNumber::Invalid("33120014".to_owned()), Vec::new()).await;
        withdraw_consents(insurer(), vec![ConsentedInformation::Medicines]).await;
        withdraw_consents(insurer(), Vec::new()).await;
        withdraw_consents(insurer(), Vec::new()).await;
        let expected = [
            "OQSsihvd01 consents U103",
            "OQSsihvd01 consents changed by reception",
            "OQSsihvd01 consents changed by reception",
            "OQSsihvd01 consents withdrawn-by-institution by reception",
        ];
        assert_eq!(audit_rows(&world, clinic(), 4).await, expected);
        assert!(world.eligibility.verify_audit(Vec::new()).await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_number_is_said_in_words() {
    for world in worlds(NOW).await {
        let message = async |number: &str| {
            let insurer = oqs::CheckedNumber::Invalid(number.to_owned());
            let search = QualificationSearch { insurer, ..search("1234567") };
            let response = check_qualification(&world, clinic(), Exchange::Qualification, search).await;
            assert_eq!(response.processing.code.as_deref(), Some("U103"), "{}", world.engine);
            response.processing.message.unwrap()
        };
        assert!(message("33120014").await.contains("検証番号"));
        assert!(message("99120015").await.contains("法別番号"));
        assert!(message("33990015").await.contains("都道府県"));
        assert!(message("3312").await.contains("8桁"));
    }
}

#[tokio::test]
async fn empty_lists_are_no_misses() {
    for mut world in worlds(NOW).await {
        world.eligibility = world.eligibility.clone().with_misses_a_minute(2);
        let period = Period::Consent { from: day("2026-11-23"), to: day("2026-11-24") };
        for _ in 0..5 {
            assert!(search_bulk(&world, clinic(), period).await.unwrap().units.is_empty(), "{}", world.engine);
        }
        let response = check_qualification(&world, clinic(), Exchange::Qualification, search("1234567")).await;
        assert_eq!(response.results.len(), 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn an_institution_that_tries_documents_is_braked_and_others_are_not() {
    for world in worlds(NOW).await {
        let eligibility = world.eligibility.clone().with_misses_a_minute(2);
        let request = async |institution: InstitutionCode, number: &str| {
            let body = QualificationRequest { search: search(number) };
            let message = Message::QualificationRequest(RequestMessage { header: header(institution), body });
            let name = FileName::new(Exchange::Qualification.request(), "1").unwrap();
            eligibility.respond_to_file(certificate(institution), name, oqs::write(&message, CharacterCode::Utf8)).await
        };
        for _ in 0..5 {
            assert!(request(clinic(), "1234567").await.is_ok(), "a known document is no miss");
        }
        for number in ["7654321", "7654322", "7654323"] {
            assert!(request(clinic(), number).await.is_ok(), "{}", world.engine);
        }
        let limited = request(clinic(), "1234567").await;
        assert!(matches!(limited, Err(RequestFileError::TooManyMisses { .. })), "{}", world.engine);
        assert!(request(other_clinic(), "1234567").await.is_ok());
        // Each miss is audited.
        let misses = audit_rows(&world, clinic(), 0).await.into_iter().filter(|row| row.contains("not-there")).count();
        assert_eq!(misses, 3, "{}", world.engine);
    }
}
