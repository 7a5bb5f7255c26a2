//! What needs no reception, and what an institution says and sets.

use base::InstitutionCode;
use oqs::{
    AccessUrlAnswer, AccessUrlChange, AccessUrlKind, AccessUrlRequest, CodeImage, ConsentedInformation,
    EnvironmentRequest, EnvironmentSettings, EnvironmentUpdateRequest, Exchange, FileCategory, LimitConsentFlag,
    MedicalTreatment, Message, Outcome, Period, QualificationSearch, QualificationValidity, ReferenceNumber,
    ReferenceNumberRegistration, ReferenceNumberRequest, Request, Use, WantedAccessUrl, WithdrawalRequest,
    WithdrawnConsent,
};

use super::{
    messages::{MEDICAL, NOW, answer, header, many, medical_by, one, qualified, search},
    world::{World, at, clinic, coverage, day, new_person, other_clinic, worlds},
};
use crate::{AtEntrance, Choice, Choices, Kind, Refusal};

#[tokio::test]
async fn a_document_alone_confirms_the_insurance_and_nothing_of_health() {
    for world in worlds(NOW).await {
        let asked = async |search| qualified(&world, other_clinic(), Exchange::Qualification, search).await;
        let found = asked(search("1234567")).await;
        let [result] = &found.results[..] else { panic!("{found:?}") };
        assert_eq!(found.validity, Some(QualificationValidity::Valid), "{}", world.engine);
        assert_eq!(result.name.as_str(), "●木　花子");
        assert_eq!((result.limit.as_ref(), result.limit_consent, result.medicines), (None, None, None));
        assert!(result.diseases.is_empty() && result.diagnoses.is_none() && result.operations.is_none());
        let agrees = QualificationSearch { limit_consent: Some(LimitConsentFlag::Given), ..search("1234567") };
        assert!(asked(agrees).await.results[0].limit.is_some());
        let code = |found: oqs::QualificationAnswer| (found.processing.code, found.validity, found.results.len());
        let nobody = (Some("U104".to_owned()), Some(QualificationValidity::NotFound), 0);
        assert_eq!(code(asked(search("7654321")).await), nobody);
        let other_day = QualificationSearch { birthdate: day("1980-06-16"), ..search("1234567") };
        assert_eq!(code(asked(other_day).await), nobody);
        let twin = new_person("1234567", "1980-06-15");
        world.eligibility.add_person(twin).await.unwrap();
        let several = (Some("U102".to_owned()), Some(QualificationValidity::Several), 0);
        assert_eq!(code(asked(search("1234567")).await), several);
        assert!(world.eligibility.verify_audit(Vec::new()).await.unwrap().rows >= 6);
    }
}

#[tokio::test]
async fn a_number_with_a_wrong_check_digit_is_named_and_given_back() {
    for world in worlds(NOW).await {
        world.agreed("2026-11-25").await;
        let wrong = oqs::Claimed::Doubtful("33120014".to_owned());
        let doubtful = || QualificationSearch { insurer: wrong.clone(), ..search("1234567") };
        for exchange in [Exchange::Qualification, Exchange::OnlineQualification, Exchange::HomeVisitQualification] {
            let found = qualified(&world, clinic(), exchange, doubtful()).await;
            assert_eq!(found.processing.code.as_deref(), Some("U103"), "{} {exchange:?}", world.engine);
            assert_eq!(found.search.unwrap().insurer, Some(wrong.clone()));
        }
    }
}

#[tokio::test]
async fn home_visits_are_read_and_listed_apart_until_they_are_given_back() {
    for world in worlds(NOW).await {
        let visits = |exchange| (exchange, MedicalTreatment::HomeVisit);
        world.agreed("2026-11-25").await;
        world.agreed_to_home_visits(Choices::all(Choice::Agree)).await;
        world.clock.set(at("2027-06-01T09:00:00+09:00"));
        let found = qualified(&world, clinic(), Exchange::HomeVisitQualification, search("1234567")).await;
        assert_eq!(found.results[0].medicines.unwrap().available_until, None, "{}", world.engine);
        let (code, text) = medical_by(&world, clinic(), visits(Exchange::Medicines), FileCategory::Xml).await;
        assert!(code.is_none() && text.contains("MARK-MEDICINE"));
        let back = async |kinds: Vec<ConsentedInformation>| {
            let coverage = coverage("1234567");
            let consent = WithdrawnConsent {
                insurer: coverage.insurer.into(),
                symbol: coverage.symbol,
                number: coverage.number,
                branch: coverage.branch,
                birthdate: day("1980-06-15"),
                kinds,
            };
            let request = Request { header: header(clinic()), body: WithdrawalRequest { consent } };
            let message = Message::WithdrawalRequest(request);
            match answer(&world, clinic(), Exchange::HomeVisitWithdrawal, message).await.0 {
                Message::WithdrawalAnswer(oqs::Answer { outcome: Outcome::Normal(body), .. }) => body.processing.code,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(back(vec![ConsentedInformation::Medicines, ConsentedInformation::SpecificDiseases]).await, None);
        let found = qualified(&world, clinic(), Exchange::HomeVisitQualification, search("1234567")).await;
        let medicines = found.results[0].medicines.unwrap().consent;
        assert_eq!(medicines.flag, oqs::ConsentFlag::Expired);
        assert_eq!(medicines.expired_because, Some(oqs::ExpiryReason::WithdrawnByInstitution));
        assert!(found.results[0].diseases.is_empty() && found.results[0].limit.is_some());
        for (exchange, _, mark) in MEDICAL {
            let (code, text) = medical_by(&world, clinic(), visits(exchange), FileCategory::Xml).await;
            let expected = (exchange == Exchange::Medicines).then_some("U203");
            assert_eq!((code.as_deref(), text.contains(mark)), (expected, expected.is_none()));
        }
        assert_eq!(back(Vec::new()).await, None);
        assert_eq!(back(Vec::new()).await.as_deref(), Some("U203"));
        let found = qualified(&world, clinic(), Exchange::HomeVisitQualification, search("1234567")).await;
        assert_eq!((found.processing.code.as_deref(), found.results.len()), (Some("U203"), 0));
        // The visit of the other kind has only expired.
        assert_eq!(one(&world, clinic(), search("1234567")).await.processing.code.as_deref(), Some("U204"));
        let listed = many(&world, clinic(), Period::Consent { from: day("2026-11-24"), to: day("2026-11-24") }).await;
        assert_eq!(listed.unwrap().units.len(), 1);
    }
}

fn registration(number: &str) -> ReferenceNumberRegistration {
    let coverage = coverage("1234567");
    ReferenceNumberRegistration {
        reference: ReferenceNumber::new(number).unwrap(),
        insurer: coverage.insurer.into(),
        symbol: coverage.symbol,
        number: coverage.number,
        branch: coverage.branch,
    }
}

async fn called(world: &World, caller: InstitutionCode, registration: ReferenceNumberRegistration) -> Option<String> {
    let request = Request { header: header(caller), body: ReferenceNumberRequest { registration } };
    match answer(world, caller, Exchange::ReferenceNumber, Message::ReferenceNumberRequest(request)).await.0 {
        Message::ReferenceNumberAnswer(oqs::Answer { outcome: Outcome::Normal(body), .. }) => {
            assert!(body.registration.is_some());
            body.processing.code
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_patient_comes_back_under_the_number_that_the_institution_gave() {
    for world in worlds(NOW).await {
        assert_eq!(called(&world, clinic(), registration("24434")).await, None, "{}", world.engine);
        assert_eq!(called(&world, clinic(), registration("24435")).await, None);
        let unknown = ReferenceNumberRegistration { number: oqs::CardNumber::new("9").unwrap(), ..registration("1") };
        assert_eq!(called(&world, clinic(), unknown).await.as_deref(), Some("U104"));
        let wrong = oqs::Claimed::Doubtful("33120014".to_owned());
        let wrong = ReferenceNumberRegistration { insurer: wrong, ..registration("1") };
        assert_eq!(called(&world, clinic(), wrong).await.as_deref(), Some("U103"));
        world.agreed("2026-11-25").await;
        let reference = |found: oqs::QualificationAnswer| found.results[0].reference.as_ref().map(ToString::to_string);
        assert_eq!(reference(one(&world, clinic(), search("1234567")).await).as_deref(), Some("24435"));
        // What one institution calls a patient, no other learns.
        let elsewhere = qualified(&world, other_clinic(), Exchange::Qualification, search("1234567")).await;
        assert_eq!(reference(elsewhere), None);
        let listed =
            many(&world, clinic(), Period::Examination { from: day("2026-11-25"), to: day("2026-11-25") }).await;
        assert_eq!(listed.unwrap().units[0].references, [ReferenceNumber::new("24435").unwrap()]);
    }
}

pub(super) async fn address(world: &World, kind: AccessUrlKind, change: AccessUrlChange) -> Result<String, String> {
    let wanted = WantedAccessUrl { kind, image: CodeImage::Png, change };
    let request = Request { header: header(clinic()), body: AccessUrlRequest { wanted } };
    let message = Message::AccessUrlRequest(request);
    let AccessUrlAnswer { processing, address } = match answer(world, clinic(), Exchange::AccessUrl, message).await.0 {
        Message::AccessUrlAnswer(oqs::Answer { outcome: Outcome::Normal(body), .. }) => body,
        other => panic!("{other:?}"),
    };
    address.map(|address| address.url).ok_or_else(|| processing.code.unwrap_or_default())
}

async fn leads(world: &World, url: &str) -> AtEntrance {
    let entrance = url.rsplit('/').next().unwrap().parse().unwrap();
    let read = move |tx: &mut database::Transaction<'_>| crate::at_entrance(tx, &entrance).map_err(Refusal::from);
    world.database.read(read).await.unwrap()
}

#[tokio::test]
async fn an_address_is_told_as_it_is_and_dies_when_it_is_changed() {
    use AccessUrlChange::{Change, Keep};
    for world in worlds(NOW).await {
        let first = address(&world, AccessUrlKind::Online, Keep).await.unwrap();
        assert!(first.starts_with("http://reception.localhost:8400/i/"), "{} {first}", world.engine);
        assert_eq!(address(&world, AccessUrlKind::Online, Keep).await.as_ref(), Ok(&first));
        let second = address(&world, AccessUrlKind::Online, Change).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(leads(&world, &first).await, AtEntrance::Changed);
        assert!(matches!(leads(&world, &second).await, AtEntrance::Open(_, Kind::Online)));
        assert_eq!(address(&world, AccessUrlKind::HomeVisit, Keep).await, Err("U501".to_owned()));
        world.agreed_to_home_visits(Choices::all(Choice::Agree)).await;
        let visits = address(&world, AccessUrlKind::HomeVisit, Keep).await.unwrap();
        assert!(matches!(leads(&world, &visits).await, AtEntrance::Open(_, Kind::HomeVisit)));
        assert!(matches!(leads(&world, &second).await, AtEntrance::Open(_, Kind::Online)));
    }
}

pub(super) const NOTHING: EnvironmentSettings = EnvironmentSettings {
    viewing_consent: None,
    medical_assistance: None,
    home_visit: None,
    online: None,
    prescription: None,
    prescription_timing: None,
};

pub(super) async fn settings(world: &World, wanted: Option<EnvironmentSettings>) -> EnvironmentSettings {
    let (exchange, message) = if let Some(settings) = wanted {
        let request = Request { header: header(clinic()), body: EnvironmentUpdateRequest { settings } };
        (Exchange::EnvironmentUpdate, Message::EnvironmentUpdateRequest(request))
    } else {
        let request = Request { header: header(clinic()), body: EnvironmentRequest {} };
        (Exchange::Environment, Message::EnvironmentRequest(request))
    };
    match answer(world, clinic(), exchange, message).await.0 {
        Message::EnvironmentAnswer(oqs::Answer { outcome: Outcome::Normal(body), .. }) => body.settings.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_set_holds_and_the_rest_stays() {
    for world in worlds(NOW).await {
        let first = settings(&world, None).await;
        assert_eq!((first.online, first.home_visit), (Some(Use::Used), Some(Use::Unused)), "{}", world.engine);
        let off = EnvironmentSettings { online: Some(Use::Unused), ..NOTHING };
        assert_eq!(
            settings(&world, Some(off)).await,
            EnvironmentSettings { online: Some(Use::Unused), ..first.clone() }
        );
        let new = world.new_reception("2026-11-25", Choices::all(Choice::Agree));
        assert!(matches!(world.register(new).await, Err(Refusal::FunctionOff)));
        settings(&world, Some(EnvironmentSettings { online: Some(Use::Used), ..NOTHING })).await;
        assert_eq!(settings(&world, None).await, first);
        world.agreed("2026-11-25").await;
        settings(&world, Some(EnvironmentSettings { viewing_consent: Some(Use::Unused), ..NOTHING })).await;
        let online = (Exchange::Medicines, MedicalTreatment::Online);
        let (code, text) = medical_by(&world, clinic(), online, FileCategory::Xml).await;
        assert!(code.as_deref() == Some("U501") && !text.contains("MARK"));
        assert_eq!(one(&world, clinic(), search("1234567")).await.results.len(), 1);
    }
}
