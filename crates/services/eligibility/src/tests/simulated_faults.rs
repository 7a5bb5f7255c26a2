//! Simulated faults: of one person's reports, and of the whole interface.

use axum::body::Body;
use base::Span;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use oqs::{CharacterCode, Exchange, FileName, Message, Period, QualificationValidity};
use tower::ServiceExt;

use super::{
    messages::{NOW, check_online, check_qualification, header as request_header, search, search_bulk},
    world::{World, certificate, clinic, coverage, day, worlds},
};
use crate::{Coverage, InterfaceFault, Refusal, SimulatedFault, api};

#[tokio::test]
async fn a_trouble_shows_in_every_answer_about_the_person_and_ends() {
    use QualificationValidity::{Invalid, InvalidWithNewer, NotFound, Several, Valid};
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-25").await;
        let check = async |fault: Option<&str>,
                           bulk_validity: QualificationValidity,
                           document_validity: QualificationValidity| {
            let fault = fault.map(|text| text.parse::<SimulatedFault>().unwrap());
            world.eligibility.set_simulated_fault(world.person, fault).await.unwrap();
            let days = Period::Examination { from: day("2026-11-25"), to: day("2026-11-25") };
            let units = search_bulk(&world, clinic(), days).await.unwrap().units;
            assert_eq!(units[0].validity, Some(bulk_validity), "{} {fault:?}", world.engine);
            assert_eq!(
                check_online(&world, clinic(), search("1234567")).await.validity,
                Some(document_validity),
                "{fault:?}"
            );
            let by_document = check_qualification(&world, clinic(), Exchange::Qualification, search("1234567")).await;
            assert_eq!(by_document.validity, Some(document_validity), "{fault:?}");
            units.into_iter().flat_map(|unit| unit.results).collect::<Vec<_>>()
        };
        assert!(check(Some("not-insured"), NotFound, NotFound).await.is_empty());
        assert!(check(Some("ended"), Invalid, Invalid).await[0].disqualified_on.is_some());
        // The next coverage begins on the visit day.
        assert_eq!(check(Some("changed-insurer"), Valid, InvalidWithNewer).await[0].number.as_str(), "90000001");
        assert_eq!(check(Some("several-insurers"), Several, Valid).await.len(), 2);
        assert_eq!(check(Some("former-name"), Valid, Valid).await[0].name.as_str(), "旧姓　花子");
        assert_eq!(check(None, Valid, Valid).await[0].name.as_str(), "●木　花子");
        let outcome = world.eligibility.set_simulated_fault(crate::PersonId(99), None).await;
        assert!(matches!(outcome, Err(Refusal::UnknownHolder)));
    }
}

#[tokio::test]
async fn what_comes_late_is_there_when_its_days_are_over() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-12-10").await;
        let old = Coverage { disqualified_on: Some(day("2026-11-20")), ..coverage("1234567") };
        let new = Coverage { qualified_on: day("2026-11-20"), ..coverage("7777777") };
        world.eligibility.replace_coverages(world.person, vec![old, new]).await.unwrap();
        world.eligibility.set_simulated_fault(world.person, Some(SimulatedFault::Late(7))).await.unwrap();
        let code = async |number| {
            let response = check_online(&world, clinic(), search(number)).await;
            (response.validity.unwrap(), response.processing.code)
        };
        // The former coverage still counts, and the new one is not reported yet.
        assert_eq!(code("1234567").await, (QualificationValidity::Valid, None), "{}", world.engine);
        assert_eq!(code("7777777").await, (QualificationValidity::NotFound, Some("U104".to_owned())));
        world.clock.set(super::world::timestamp("2026-11-27T00:00:00+09:00"));
        assert_eq!(code("1234567").await, (QualificationValidity::InvalidWithNewer, None));
        assert_eq!(code("7777777").await, (QualificationValidity::Valid, None));
    }
}

/// The status of a response, its `Content-Length`, and its body as far as received.
async fn request_over_http(world: &World) -> (StatusCode, Option<usize>, Result<Vec<u8>, ()>) {
    let body = oqs::QualificationRequest { search: search("1234567") };
    let message = Message::QualificationRequest(oqs::RequestMessage { header: request_header(clinic()), body });
    let name = FileName::new(Exchange::OnlineQualification.request(), "1").unwrap();
    let request =
        Request::post(format!("/oqs/{name}")).body(Body::from(oqs::write(&message, CharacterCode::Utf8))).unwrap();
    let routes = api::routes(world.eligibility.clone(), certificate(clinic()));
    let response = routes.oneshot(request).await.unwrap();
    let length = response.headers().get(header::CONTENT_LENGTH).map(|length| length.to_str().unwrap().parse().unwrap());
    let status = response.status();
    let has_retry_after = response.headers().contains_key(header::RETRY_AFTER);
    assert_eq!(has_retry_after, status == StatusCode::SERVICE_UNAVAILABLE);
    (status, length, response.into_body().collect().await.map(|body| body.to_bytes().to_vec()).map_err(|_| ()))
}

#[tokio::test]
async fn the_interface_can_be_closed_slow_busy_and_cut_off() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-25").await;
        let days = Period::Examination { from: day("2026-11-25"), to: day("2026-11-25") };
        world.eligibility.set_interface_fault(InterfaceFault::Closed);
        let (status, _, body) = request_over_http(&world).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{}", world.engine);
        let response = oqs::parse(Exchange::OnlineQualification.response(), &body.unwrap()).unwrap().message;
        let Message::QualificationResponse(response) = response else { panic!("{response:?}") };
        let closed = oqs::Outcome::Abnormal(oqs::ResultCode::Closed.fault());
        assert_eq!((response.outcome, response.header.institution.valid()), (closed, Some(&clinic())));
        world.eligibility.set_interface_fault(InterfaceFault::CutOff);
        let (status, length, body) = request_over_http(&world).await;
        assert!(status == StatusCode::OK && length.is_some() && body.is_err());
        world.eligibility.set_interface_fault(InterfaceFault::Slow(Span::from_millis(1)));
        let (status, _, body) = request_over_http(&world).await;
        assert!(status == StatusCode::OK && body.is_ok());
        world.eligibility.set_interface_fault(InterfaceFault::Busy(Span::from_secs(30)));
        assert_eq!(search_bulk(&world, clinic(), days).await, Err("U304".to_owned()));
        world.eligibility.set_interface_fault(InterfaceFault::None);
        assert_eq!(search_bulk(&world, clinic(), days).await.unwrap().units.len(), 1);
        let (status, _, body) = request_over_http(&world).await;
        assert!(status == StatusCode::OK && body.unwrap().starts_with(b"<?xml"));
    }
}
