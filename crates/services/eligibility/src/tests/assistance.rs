//! 医療扶助: tickets, and recipients without one.

use base::{InsurerNumber, Prefecture};
use oqs::{EnvironmentSettings, Exchange, InsuredCardClassification, QualificationSearch, QualificationValidity, Use};

use super::{
    administration::{NO_SETTINGS, exchange_settings},
    messages::{NOW, check_online, check_qualification, search, search_bulk},
    world::{World, clinic, coverage, day, worlds},
};
use crate::Coverage;

fn insurer() -> InsurerNumber {
    InsurerNumber::from_parts(Some(12), Prefecture::from_code(13).unwrap(), 1).unwrap()
}

async fn set_assistance(world: &World, qualified_on: &str) {
    let assistance = Coverage {
        insurer: insurer(),
        insurer_name: "見本市福祉事務所".to_owned(),
        classification: InsuredCardClassification::MedicalAssistance,
        symbol: None,
        number: oqs::CardNumber::new("1234560").unwrap(),
        branch: None,
        relation: None,
        qualified_on: day(qualified_on),
        issued: None,
        ..coverage("1234560")
    };
    world.eligibility.replace_coverages(world.person, vec![assistance]).await.unwrap();
}

fn document_search() -> QualificationSearch {
    let number = oqs::CardNumber::new("1234560").unwrap();
    QualificationSearch { insurer: insurer().into(), symbol: None, number, branch: None, ..search("1234560") }
}

async fn use_assistance(world: &World) {
    exchange_settings(world, Some(EnvironmentSettings { medical_assistance: Some(Use::Used), ..NO_SETTINGS })).await;
}

#[tokio::test]
async fn the_ticket_of_the_month_is_shown_to_an_institution_that_uses_it() {
    for world in worlds(NOW).await {
        set_assistance(&world, "2020-04-01").await;
        world.register_all_agreed("2026-11-24").await;
        let response = check_online(&world, clinic(), document_search()).await;
        assert_eq!((response.validity, response.results[0].tickets.len()), (Some(QualificationValidity::Valid), 0));
        use_assistance(&world).await;
        let response = check_online(&world, clinic(), document_search()).await;
        let [ticket] = &response.results[0].tickets[..] else { panic!("{response:?}") };
        assert_eq!(response.validity, Some(QualificationValidity::Valid), "{}", world.engine);
        assert_eq!((ticket.valid_from, ticket.valid_to), (Some(day("2026-11-01")), Some(day("2026-11-30"))));
        assert_eq!(ticket.institution.as_ref().unwrap().valid(), Some(&clinic()));
        assert_eq!(ticket.institution_name.as_deref(), Some("ひまわり内科"));
        assert!(ticket.issue_number.as_ref().is_some_and(|number| number.len() == 7) && ticket.injuries.is_empty());
        let by_document = check_qualification(&world, clinic(), Exchange::Qualification, document_search()).await;
        assert_eq!(by_document.results[0].tickets, response.results[0].tickets);
        let days = oqs::Period::Examination { from: day("2026-11-24"), to: day("2026-11-24") };
        let result = search_bulk(&world, clinic(), days).await.unwrap();
        assert_eq!(result.units[0].results[0].tickets, response.results[0].tickets);
    }
}

#[tokio::test]
async fn who_has_no_ticket_yet_is_valid_and_not_registered() {
    for world in worlds(NOW).await {
        set_assistance(&world, "2026-11-10").await;
        world.register_all_agreed("2026-11-24").await;
        let check = async || {
            let response = check_online(&world, clinic(), document_search()).await;
            (response.validity.unwrap(), response.results.len(), response.results[0].tickets.len())
        };
        assert_eq!(check().await, (QualificationValidity::Valid, 1, 0), "{}", world.engine);
        use_assistance(&world).await;
        assert_eq!(check().await, (QualificationValidity::ValidUnregistered, 1, 0));
        // A person with other coverage has no ticket and needs none.
        world.eligibility.replace_coverages(world.person, vec![coverage("1234567")]).await.unwrap();
        let response = check_online(&world, clinic(), search("1234567")).await;
        assert_eq!((response.validity, response.results[0].tickets.len()), (Some(QualificationValidity::Valid), 0));
    }
}
