//! Messages without a reception, and registrations and settings by institutions.

use base::InstitutionCode;
use oqs::{
    AccessUrlChange, AccessUrlKind, AccessUrlRequest, AccessUrlResponse, CodeImage, ConsentedInformation,
    EnvironmentRequest, EnvironmentSettings, EnvironmentUpdateRequest, Exchange, FileCategory, InquiryNumber,
    InquiryNumberRegistration, InquiryNumberRequest, LimitConsentFlag, MedicalTreatment, Message, Outcome, Period,
    QualificationSearch, QualificationValidity, RequestMessage, RequestedAccessUrl, Use, WithdrawalRequest,
    WithdrawnConsent,
};

use super::{
    messages::{
        MEDICAL, NOW, check_online, check_qualification, header, request_medical_for_care, search, search_bulk,
        send_request,
    },
    world::{World, clinic, coverage, day, new_person, other_clinic, timestamp, worlds},
};
use crate::{CareKind, ConsentChoice, ConsentChoices, FixedUrlTarget, Refusal};

#[tokio::test]
async fn a_document_alone_confirms_the_insurance_and_nothing_of_health() {
    for world in worlds(NOW).await {
        let check = async |search| check_qualification(&world, other_clinic(), Exchange::Qualification, search).await;
        let response = check(search("1234567")).await;
        let [result] = &response.results[..] else { panic!("{response:?}") };
        assert_eq!(response.validity, Some(QualificationValidity::Valid), "{}", world.engine);
        assert_eq!(result.name.as_str(), "●木　花子");
        assert_eq!((result.limit.as_ref(), result.limit_consent, result.medicines), (None, None, None));
        assert!(result.diseases.is_empty() && result.diagnoses.is_none() && result.operations.is_none());
        let with_limit_consent =
            QualificationSearch { limit_consent: Some(LimitConsentFlag::Given), ..search("1234567") };
        assert!(check(with_limit_consent).await.results[0].limit.is_some());
        let code = |response: oqs::QualificationResponse| {
            (response.processing.code, response.validity, response.results.len())
        };
        let nobody = (Some("U104".to_owned()), Some(QualificationValidity::NotFound), 0);
        assert_eq!(code(check(search("7654321")).await), nobody);
        let other_day = QualificationSearch { birthdate: day("1980-06-16"), ..search("1234567") };
        assert_eq!(code(check(other_day).await), nobody);
        let twin = new_person("1234567", "1980-06-15");
        world.eligibility.add_person(twin).await.unwrap();
        let several = (Some("U102".to_owned()), Some(QualificationValidity::Several), 0);
        assert_eq!(code(check(search("1234567")).await), several);
        assert!(world.eligibility.verify_audit(Vec::new()).await.unwrap().rows >= 6);
    }
}

#[tokio::test]
async fn a_number_with_a_wrong_check_digit_is_named_and_given_back() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-25").await;
        let invalid_number = oqs::CheckedNumber::Invalid("33120014".to_owned());
        let with_wrong_insurer = || QualificationSearch { insurer: invalid_number.clone(), ..search("1234567") };
        for exchange in [Exchange::Qualification, Exchange::OnlineQualification, Exchange::HomeVisitQualification] {
            let response = check_qualification(&world, clinic(), exchange, with_wrong_insurer()).await;
            assert_eq!(response.processing.code.as_deref(), Some("U103"), "{} {exchange:?}", world.engine);
            assert_eq!(response.search.unwrap().insurer, Some(invalid_number.clone()));
        }
    }
}

#[tokio::test]
async fn home_visits_are_read_and_listed_apart_until_they_are_given_back() {
    for world in worlds(NOW).await {
        let visits = |exchange| (exchange, MedicalTreatment::HomeVisit);
        world.register_all_agreed("2026-11-25").await;
        world.register_home_visits(ConsentChoices::all(ConsentChoice::Agree)).await;
        world.clock.set(timestamp("2027-06-01T09:00:00+09:00"));
        let response = check_qualification(&world, clinic(), Exchange::HomeVisitQualification, search("1234567")).await;
        assert_eq!(response.results[0].medicines.unwrap().available_until, None, "{}", world.engine);
        let (code, text) =
            request_medical_for_care(&world, clinic(), visits(Exchange::Medicines), FileCategory::Xml).await;
        assert!(code.is_none() && text.contains("MARK-MEDICINE"));
        let withdraw_consents = async |kinds: Vec<ConsentedInformation>| {
            let coverage = coverage("1234567");
            let consent = WithdrawnConsent {
                insurer: coverage.insurer.into(),
                symbol: coverage.symbol,
                number: coverage.number,
                branch: coverage.branch,
                birthdate: day("1980-06-15"),
                kinds,
            };
            let request = RequestMessage { header: header(clinic()), body: WithdrawalRequest { consent } };
            let message = Message::WithdrawalRequest(request);
            match send_request(&world, clinic(), Exchange::HomeVisitWithdrawal, message).await.0 {
                Message::WithdrawalResponse(oqs::ResponseMessage { outcome: Outcome::Normal(body), .. }) => {
                    body.processing.code
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            withdraw_consents(vec![ConsentedInformation::Medicines, ConsentedInformation::SpecificDiseases]).await,
            None
        );
        let response = check_qualification(&world, clinic(), Exchange::HomeVisitQualification, search("1234567")).await;
        let medicines = response.results[0].medicines.unwrap().consent;
        assert_eq!(medicines.flag, oqs::ConsentFlag::Expired);
        assert_eq!(medicines.expiry_reason, Some(oqs::ExpiryReason::WithdrawnByInstitution));
        assert!(response.results[0].diseases.is_empty() && response.results[0].limit.is_some());
        for (exchange, _, mark) in MEDICAL {
            let (code, text) = request_medical_for_care(&world, clinic(), visits(exchange), FileCategory::Xml).await;
            let expected = (exchange == Exchange::Medicines).then_some("U203");
            assert_eq!((code.as_deref(), text.contains(mark)), (expected, expected.is_none()));
        }
        assert_eq!(withdraw_consents(Vec::new()).await, None);
        assert_eq!(withdraw_consents(Vec::new()).await.as_deref(), Some("U203"));
        let response = check_qualification(&world, clinic(), Exchange::HomeVisitQualification, search("1234567")).await;
        assert_eq!((response.processing.code.as_deref(), response.results.len()), (Some("U203"), 0));
        // The online visit has expired.
        assert_eq!(check_online(&world, clinic(), search("1234567")).await.processing.code.as_deref(), Some("U204"));
        let result =
            search_bulk(&world, clinic(), Period::Consent { from: day("2026-11-24"), to: day("2026-11-24") }).await;
        assert_eq!(result.unwrap().units.len(), 1);
    }
}

fn registration(number: &str) -> InquiryNumberRegistration {
    let coverage = coverage("1234567");
    InquiryNumberRegistration {
        inquiry_number: InquiryNumber::new(number).unwrap(),
        insurer: coverage.insurer.into(),
        symbol: coverage.symbol,
        number: coverage.number,
        branch: coverage.branch,
    }
}

async fn register_inquiry_number(
    world: &World,
    caller: InstitutionCode,
    registration: InquiryNumberRegistration,
) -> Option<String> {
    let request = RequestMessage { header: header(caller), body: InquiryNumberRequest { registration } };
    match send_request(world, caller, Exchange::InquiryNumber, Message::InquiryNumberRequest(request)).await.0 {
        Message::InquiryNumberResponse(oqs::ResponseMessage { outcome: Outcome::Normal(body), .. }) => {
            assert!(body.registration.is_some());
            body.processing.code
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_patient_comes_back_under_the_number_that_the_institution_gave() {
    for world in worlds(NOW).await {
        assert_eq!(register_inquiry_number(&world, clinic(), registration("24434")).await, None, "{}", world.engine);
        assert_eq!(register_inquiry_number(&world, clinic(), registration("24435")).await, None);
        let unknown = InquiryNumberRegistration { number: oqs::CardNumber::new("9").unwrap(), ..registration("1") };
        assert_eq!(register_inquiry_number(&world, clinic(), unknown).await.as_deref(), Some("U104"));
        let invalid = oqs::CheckedNumber::Invalid("33120014".to_owned());
        let invalid = InquiryNumberRegistration { insurer: invalid, ..registration("1") };
        assert_eq!(register_inquiry_number(&world, clinic(), invalid).await.as_deref(), Some("U103"));
        world.register_all_agreed("2026-11-25").await;
        let inquiry_number =
            |response: oqs::QualificationResponse| response.results[0].inquiry_number.as_ref().map(ToString::to_string);
        assert_eq!(inquiry_number(check_online(&world, clinic(), search("1234567")).await).as_deref(), Some("24435"));
        // The number is not disclosed to other institutions.
        let other_response =
            check_qualification(&world, other_clinic(), Exchange::Qualification, search("1234567")).await;
        assert_eq!(inquiry_number(other_response), None);
        let result =
            search_bulk(&world, clinic(), Period::Examination { from: day("2026-11-25"), to: day("2026-11-25") }).await;
        assert_eq!(result.unwrap().units[0].inquiry_numbers, [InquiryNumber::new("24435").unwrap()]);
    }
}

pub(super) async fn request_access_url(
    world: &World,
    kind: AccessUrlKind,
    change: AccessUrlChange,
) -> Result<String, String> {
    let requested = RequestedAccessUrl { kind, image: CodeImage::Png, change };
    let request = RequestMessage { header: header(clinic()), body: AccessUrlRequest { requested } };
    let message = Message::AccessUrlRequest(request);
    let AccessUrlResponse { processing, address } =
        match send_request(world, clinic(), Exchange::AccessUrl, message).await.0 {
            Message::AccessUrlResponse(oqs::ResponseMessage { outcome: Outcome::Normal(body), .. }) => body,
            other => panic!("{other:?}"),
        };
    address.map(|address| address.url).ok_or_else(|| processing.code.unwrap_or_default())
}

async fn resolve_url(world: &World, url: &str) -> FixedUrlTarget {
    let token = url.rsplit('/').next().unwrap().parse().unwrap();
    let read = move |tx: &mut database::Transaction<'_>| crate::resolve_fixed_url(tx, &token).map_err(Refusal::from);
    world.database.read(read).await.unwrap()
}

#[tokio::test]
async fn an_address_is_told_as_it_is_and_dies_when_it_is_changed() {
    use AccessUrlChange::{Change, NoChange};
    for world in worlds(NOW).await {
        let first = request_access_url(&world, AccessUrlKind::Online, NoChange).await.unwrap();
        assert!(first.starts_with("http://reception.localhost:8400/i/"), "{} {first}", world.engine);
        assert_eq!(request_access_url(&world, AccessUrlKind::Online, NoChange).await.as_ref(), Ok(&first));
        let second = request_access_url(&world, AccessUrlKind::Online, Change).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(resolve_url(&world, &first).await, FixedUrlTarget::Changed);
        assert!(matches!(resolve_url(&world, &second).await, FixedUrlTarget::Open(_, CareKind::Online)));
        assert_eq!(request_access_url(&world, AccessUrlKind::HomeVisit, NoChange).await, Err("U501".to_owned()));
        world.register_home_visits(ConsentChoices::all(ConsentChoice::Agree)).await;
        let visits = request_access_url(&world, AccessUrlKind::HomeVisit, NoChange).await.unwrap();
        assert!(matches!(resolve_url(&world, &visits).await, FixedUrlTarget::Open(_, CareKind::HomeVisit)));
        assert!(matches!(resolve_url(&world, &second).await, FixedUrlTarget::Open(_, CareKind::Online)));
    }
}

pub(super) const NO_SETTINGS: EnvironmentSettings = EnvironmentSettings {
    viewing_consent: None,
    medical_assistance: None,
    home_visit: None,
    online: None,
    prescription: None,
    prescription_timing: None,
};

pub(super) async fn exchange_settings(world: &World, update: Option<EnvironmentSettings>) -> EnvironmentSettings {
    let (exchange, message) = if let Some(settings) = update {
        let request = RequestMessage { header: header(clinic()), body: EnvironmentUpdateRequest { settings } };
        (Exchange::EnvironmentUpdate, Message::EnvironmentUpdateRequest(request))
    } else {
        let request = RequestMessage { header: header(clinic()), body: EnvironmentRequest {} };
        (Exchange::Environment, Message::EnvironmentRequest(request))
    };
    match send_request(world, clinic(), exchange, message).await.0 {
        Message::EnvironmentResponse(oqs::ResponseMessage { outcome: Outcome::Normal(body), .. }) => {
            body.settings.unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_set_holds_and_the_rest_stays() {
    for world in worlds(NOW).await {
        let first = exchange_settings(&world, None).await;
        assert_eq!((first.online, first.home_visit), (Some(Use::Used), Some(Use::Unused)), "{}", world.engine);
        let off = EnvironmentSettings { online: Some(Use::Unused), ..NO_SETTINGS };
        assert_eq!(
            exchange_settings(&world, Some(off)).await,
            EnvironmentSettings { online: Some(Use::Unused), ..first.clone() }
        );
        let new = world.new_reception("2026-11-25", ConsentChoices::all(ConsentChoice::Agree));
        assert!(matches!(world.register(new).await, Err(Refusal::FunctionOff)));
        exchange_settings(&world, Some(EnvironmentSettings { online: Some(Use::Used), ..NO_SETTINGS })).await;
        assert_eq!(exchange_settings(&world, None).await, first);
        world.register_all_agreed("2026-11-25").await;
        exchange_settings(&world, Some(EnvironmentSettings { viewing_consent: Some(Use::Unused), ..NO_SETTINGS }))
            .await;
        let online = (Exchange::Medicines, MedicalTreatment::Online);
        let (code, text) = request_medical_for_care(&world, clinic(), online, FileCategory::Xml).await;
        assert!(code.as_deref() == Some("U501") && !text.contains("MARK"));
        assert_eq!(check_online(&world, clinic(), search("1234567")).await.results.len(), 1);
    }
}
