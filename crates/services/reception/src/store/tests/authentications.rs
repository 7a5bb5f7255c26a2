//! App authentication, and the return into the browser that began.

use base::ReceptionNumber;

use super::*;
use crate::{
    rules::{
        authentication::{AuthenticationEnd, AuthenticationStage},
        procedure::{LapseReason, ProcedureTransitionError},
        refusal_reason::{ReceptionRefusal, RegistrationRefusal},
        renewal::Renewal,
    },
    test_card::verified_holder_until,
};

async fn count_receptions(world: &World, number: u64) -> usize {
    let context = request_context("a look at what stands");
    world.begin_review(number, context).await;
    world.store.list_receptions(context).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_apps_one_claims_a_ticket() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "ticket"), request_context("hers")).await;
        let (_, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let mut tries = Vec::new();
        for _ in 0..20 {
            let (store, ticket) = (world.store.clone(), ticket.digest());
            tries.push(tokio::spawn(async move {
                store
                    .claim_ticket(ticket, Device::Android, OpenMethod::Link, now())
                    .await
                    .map(|_| ())
                    .map_err(|refusal| refusal.code_text())
            }));
        }
        let mut outcomes = Vec::new();
        for attempt in tries {
            outcomes.push(attempt.await.unwrap());
        }
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{}", world.engine);
        let refused = outcomes.iter().filter(|outcome| **outcome == Err("reception.authentication.claimed_before"));
        assert_eq!(refused.count(), 19);
        let unknown = world.store.claim_ticket(digest("no ticket"), Device::Android, OpenMethod::Link, now()).await;
        assert_eq!(refusal_code(unknown), "reception.authentication.ticket");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_or_confirming_again_makes_the_earlier_reading_void() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "superseded"), request_context("hers")).await;
        let (first, first_ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let code = world.verify_with_code(&first_ticket, holder(1), now()).await;
        // In another tab other choices are made: the card's response was for the earlier ones.
        world
            .store
            .choose(procedure, ConsentChoices::all(ConsentChoice::Decline), request_context("hers"))
            .await
            .unwrap();
        let authentication = world.store.find_authentication(first, request_context("hers")).await.unwrap();
        assert!(
            matches!(authentication.stage, AuthenticationStage::Ended(AuthenticationEnd::Superseded)),
            "{}",
            world.engine
        );
        let outcome = world.return_with_code(&code, request_context("hers")).await.unwrap();
        assert!(matches!(outcome, ReturnOutcome::Ended(id) if id == first));
        assert_eq!(count_receptions(&world, 1).await, 0);

        // The displayed choices are not the current ones.
        let seen = format_choices(ConsentChoices::all(ConsentChoice::Agree));
        let new = world.new_authentication(&world.secret());
        let outcome = world.store.confirm(procedure, seen, new, request_context("hers")).await;
        assert!(matches!(outcome, Err(Refusal::ProcedureStep(ProcedureTransitionError::OtherChoices))));

        let (second, second_ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let (third, third_ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let late = world.store.claim_ticket(second_ticket.digest(), Device::Android, OpenMethod::Link, now()).await;
        assert_eq!(refusal_code(late), "reception.authentication.step");
        assert_ne!(second, third);
        let code = world.verify_with_code(&third_ticket, holder(1), now()).await;
        assert!(matches!(
            world.return_with_code(&code, request_context("hers")).await.unwrap(),
            ReturnOutcome::Registered(_)
        ));
        assert_eq!(count_receptions(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_another_browser_lets_nobody_in_any_more() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "brought"), request_context("hers")).await;
        let (authentication, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let code = world.verify_with_code(&ticket, holder(1), now()).await;
        assert_eq!(
            refusal_code(world.return_with_code(&code, request_context("another")).await),
            "reception.return.other_browser"
        );
        let outcome = world.return_with_code(&code, request_context("hers")).await.unwrap();
        assert!(matches!(outcome, ReturnOutcome::Ended(id) if id == authentication), "{}", world.engine);
        assert!(matches!(world.find_stage(procedure, request_context("hers")).await, ProcedureStage::Confirmed(_)));
        assert_eq!(count_receptions(&world, 1).await, 0);
        let unknown = world.return_with_code(&world.secret(), request_context("hers")).await;
        assert_eq!(refusal_code(unknown), "reception.return.unknown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_scans_the_code_from_the_screen_earns_no_return_code() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "scanned"), request_context("hers")).await;
        let (_, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        // An app that reports the wrong open method.
        let authentication = world
            .store
            .claim_ticket(scan_ticket_digest(&ticket), Device::Android, OpenMethod::Link, now())
            .await
            .unwrap();
        assert_eq!(
            authentication.stage.return_method(authentication.return_link),
            Ok(ReturnMethod::Number),
            "{}",
            world.engine
        );
        let claim = world.store.claim_ticket(ticket.digest(), Device::Android, OpenMethod::Link, now()).await;
        assert_eq!(refusal_code(claim), "reception.authentication.claimed_before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_opened_by_the_link_is_neither_answered_nor_ended_with_the_scanned_ticket() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "two-tickets"), request_context("hers")).await;
        let (_, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        world.store.claim_ticket(ticket.digest(), Device::Android, OpenMethod::Link, now()).await.unwrap();
        let code = world.secret();
        let credential =
            ReturnCredential::Code { digest: *code.digest().as_bytes(), valid_until: after_span(RETURN_CODE_LIFE) };
        assert_eq!(
            refusal_code(world.store.find_claimed(scan_ticket_digest(&ticket), now()).await),
            "reception.authentication.ticket"
        );
        let outcome =
            world.store.mark_verified(scan_ticket_digest(&ticket), holder(2), credential.clone(), now()).await;
        assert_eq!(refusal_code(outcome), "reception.authentication.ticket");
        let outcome = world.store.end_by_ticket(scan_ticket_digest(&ticket), AuthenticationEnd::TooLate, now()).await;
        assert_eq!(refusal_code(outcome), "reception.authentication.ticket");
        world.store.mark_verified(ticket.digest(), holder(1), credential, now()).await.unwrap();
        assert!(matches!(
            world.return_with_code(&code, request_context("hers")).await.unwrap(),
            ReturnOutcome::Registered(_)
        ));
        assert_eq!((count_receptions(&world, 1).await, count_receptions(&world, 2).await), (1, 0), "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_app_offers_link_and_number_a_code_in_another_browser_leaves_the_number() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "either"), request_context("hers")).await;
        let (authentication, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let claimed = world.store.claim_ticket(ticket.digest(), Device::Iphone, OpenMethod::Link, now()).await.unwrap();
        assert_eq!(claimed.stage.return_method(claimed.return_link), Ok(ReturnMethod::CodeOrNumber));
        let code = world.secret();
        let credential = ReturnCredential::CodeOrNumber {
            code: *code.digest().as_bytes(),
            code_valid_until: after_span(RETURN_CODE_LIFE),
            number: *super::super::number_digest(authentication, "407").as_bytes(),
            tries_left: NUMBER_TRIES,
        };
        world.store.mark_verified(ticket.digest(), holder(1), credential, now()).await.unwrap();
        for _ in 0..2 {
            let outcome = world.return_with_code(&code, request_context("another")).await;
            assert_eq!(refusal_code(outcome), "reception.return.number_left", "{}", world.engine);
        }
        // The code is spent, the digits are not.
        let outcome = world.return_with_code(&code, request_context("hers")).await.unwrap();
        assert!(matches!(outcome, ReturnOutcome::WrongNumber(id) if id == authentication));
        assert_eq!(count_receptions(&world, 1).await, 0);
        let outcome =
            world.store.return_with_number(authentication, "407".to_owned(), request_context("hers")).await.unwrap();
        assert!(matches!(outcome, ReturnOutcome::Registered(id) if id == procedure));
        assert_eq!(count_receptions(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_card_registered_is_named_and_taken_back_by_the_browser_that_began() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "disowned");
        let procedure = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let find_holder_name = async || match world.find_stage(procedure, request_context("hers")).await {
            ProcedureStage::Registered { number, .. } => world.store.find_masked_holder_name(number).await.unwrap(),
            _ => None,
        };
        let name = find_holder_name().await.unwrap();
        assert!(name.split(' ').all(|part| part.chars().count() == 2 && part.ends_with('＊')), "{name}");
        let outcome = world.store.cancel_registration(procedure, request_context("another")).await;
        assert_eq!(refusal_code(outcome), "reception.procedure.none");
        assert_eq!(count_receptions(&world, 1).await, 1);
        world.store.cancel_registration(procedure, request_context("hers")).await.unwrap();
        assert_eq!(
            world.find_stage(procedure, request_context("hers")).await,
            ProcedureStage::Lapsed(LapseReason::OtherCard)
        );
        assert_eq!(count_receptions(&world, 1).await, 0, "{}", world.engine);
        assert_eq!(find_holder_name().await, None);
        // The person begins again, with their own card.
        let departure = world.departure(SERVICE, today(), "disowned");
        let procedure = world.register_procedure(&departure, holder(2), request_context("hers")).await;
        world.complete_procedure(procedure, request_context("hers")).await;
        let outcome = world.store.cancel_registration(procedure, request_context("hers")).await;
        assert_eq!(refusal_code(outcome), "reception.procedure.step");
        assert_eq!(count_receptions(&world, 2).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_returns_with_one_code_one_registers_and_all_find_it() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "many-returns"), request_context("hers")).await;
        let (_, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let code = world.verify_with_code(&ticket, holder(1), now()).await;
        let mut attempts = Vec::new();
        for _ in 0..20 {
            let (store, code) = (world.store.clone(), code.digest());
            attempts.push(tokio::spawn(async move {
                let outcome = store.return_with_code(code, request_context("hers")).await.unwrap();
                matches!(outcome, ReturnOutcome::Registered(id) if id == procedure)
            }));
        }
        for attempt in attempts {
            assert!(attempt.await.unwrap(), "{}", world.engine);
        }
        assert_eq!(count_receptions(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_number_that_somebody_has_already_costs_nobody_a_registration() {
    for mut world in worlds().await {
        let mut numbers = Vec::new();
        for (person, browser) in [(1, "hers"), (2, "his"), (1, "hers-later")] {
            // Each draws the same numbers, in the same order.
            world.store.randomness = Randomness::repeatable("numbers");
            let departure = world.departure(SERVICE, today(), browser);
            let procedure = world.register_procedure(&departure, holder(person), request_context(browser)).await;
            let ProcedureStage::Registered { number, .. } = world.find_stage(procedure, request_context(browser)).await
            else {
                panic!("{}: it is registered", world.engine)
            };
            numbers.push(number);
        }
        let drawn = Randomness::repeatable("numbers");
        let expected: Vec<_> = (0..3).map(|_| ReceptionNumber::new(&drawn)).collect();
        assert_eq!(numbers, expected, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_costs_a_try_that_is_kept() {
    for world in worlds().await {
        let return_with_number = async |authentication, digits: &str| {
            world.store.return_with_number(authentication, digits.to_owned(), request_context("hers")).await
        };
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "digits"), request_context("hers")).await;
        let (authentication, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        world.verify_with_number(authentication, &ticket, holder(1), "407").await;
        let outcome =
            world.store.return_with_number(authentication, "407".to_owned(), request_context("another")).await;
        assert_eq!(refusal_code(outcome), "reception.authentication.none");
        assert!(
            matches!(return_with_number(authentication, "408").await.unwrap(), ReturnOutcome::WrongNumber(_)),
            "{}",
            world.engine
        );
        assert!(matches!(return_with_number(authentication, "409").await.unwrap(), ReturnOutcome::Ended(_)));
        assert!(
            matches!(return_with_number(authentication, "407").await.unwrap(), ReturnOutcome::Ended(_)),
            "it has ended"
        );

        let (authentication, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        world.verify_with_number(authentication, &ticket, holder(1), "511").await;
        assert!(matches!(return_with_number(authentication, "512").await.unwrap(), ReturnOutcome::WrongNumber(_)));
        assert!(
            matches!(return_with_number(authentication, "511").await.unwrap(), ReturnOutcome::Registered(id) if id == procedure)
        );
        assert!(
            matches!(return_with_number(authentication, "511").await.unwrap(), ReturnOutcome::Registered(id) if id == procedure)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_of_nobody_insured_is_told_on_the_page_and_another_may_be_used() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "unknown"), request_context("hers")).await;
        let (authentication, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let code = world.verify_with_code(&ticket, holder(99), now()).await;
        assert!(
            matches!(world.return_with_code(&code, request_context("hers")).await.unwrap(), ReturnOutcome::Ended(id) if id == authentication)
        );
        let stage = world.store.find_authentication(authentication, request_context("hers")).await.unwrap().stage;
        assert_eq!(
            stage,
            AuthenticationStage::Ended(AuthenticationEnd::Refused(RegistrationRefusal::UnknownHolder.into()))
        );
        let (_, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let code = world.verify_with_code(&ticket, holder(1), now()).await;
        assert!(matches!(
            world.return_with_code(&code, request_context("hers")).await.unwrap(),
            ReturnOutcome::Registered(_)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_comes_too_late_registers_nothing() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "late"), request_context("hers")).await;
        let (authentication, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let five_minutes = after_span(crate::rules::authentication::TICKET_LIFE);
        let late = world.store.claim_ticket(ticket.digest(), Device::Android, OpenMethod::Link, five_minutes).await;
        assert_eq!(refusal_code(late), "reception.authentication.step");
        let late =
            world.store.find_authentication(authentication, request_context_at("hers", five_minutes)).await.unwrap();
        assert_eq!(late.stage, AuthenticationStage::Ended(AuthenticationEnd::TooLate));
        let (_, ticket) = world.confirm_procedure(procedure, request_context("hers")).await;
        let code = world.verify_with_code(&ticket, holder(1), now()).await;
        let outcome =
            world.return_with_code(&code, request_context_at("hers", after_span(RETURN_CODE_LIFE))).await.unwrap();
        assert!(matches!(outcome, ReturnOutcome::Ended(_)), "{}", world.engine);
        assert_eq!(count_receptions(&world, 1).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_cannot_be_gone_on_with_and_what_stands_cannot_be_ended() {
    for world in worlds().await {
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "ended"), request_context("hers")).await;
        let (authentication, _) = world.confirm_procedure(procedure, request_context("hers")).await;
        let abandoned = world.store.abandon(procedure, request_context("hers")).await.unwrap();
        assert_eq!(abandoned.stage, ProcedureStage::Lapsed(LapseReason::Abandoned));
        let stage = world.store.find_authentication(authentication, request_context("hers")).await.unwrap().stage;
        assert_eq!(stage, AuthenticationStage::Ended(AuthenticationEnd::Superseded), "{}", world.engine);
        let chosen =
            world.store.choose(procedure, ConsentChoices::all(ConsentChoice::Agree), request_context("hers")).await;
        assert!(matches!(chosen, Err(Refusal::ProcedureStep(ProcedureTransitionError::Ended))));
        let registered = world
            .register_procedure(&world.departure(SERVICE, today(), "stands"), holder(1), request_context("hers"))
            .await;
        let outcome = world.store.abandon(registered, request_context("hers")).await;
        assert!(matches!(outcome, Err(Refusal::ProcedureStep(ProcedureTransitionError::AlreadyRegistered))));
        assert_eq!(count_receptions(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_card_stood_is_kept_with_what_was_registered() {
    for world in worlds().await {
        let ended: Timestamp = "2026-10-24T23:59:59+09:00".parse().unwrap();
        let card = verified_holder_until(1, ended);
        let procedure =
            world.register_procedure(&world.departure(SERVICE, today(), "grace"), card, request_context("hers")).await;
        let expected = Renewal::Overdue { last_day: ended.japan_date() };
        let stage = world.find_stage(procedure, request_context("hers")).await;
        assert!(matches!(stage, ProcedureStage::Registered { renewal, .. } if renewal == expected), "{stage:?}");
        world.complete_procedure(procedure, request_context("hers")).await;
        let stage = world.find_stage(procedure, request_context("hers")).await;
        assert!(matches!(stage, ProcedureStage::Completed { renewal, .. } if renewal == expected), "{stage:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_authentication_of_a_browser_is_its_own() {
    for world in worlds().await {
        assert_eq!(world.store.find_newest_authentication(request_context("hers")).await.unwrap(), None);
        let procedure =
            world.begin_procedure(&world.departure(SERVICE, today(), "newest"), request_context("hers")).await;
        let (first, _) = world.confirm_procedure(procedure, request_context("hers")).await;
        assert_eq!(
            world.store.find_newest_authentication(request_context("hers")).await.unwrap(),
            Some(first),
            "{}",
            world.engine
        );
        let (second, _) =
            world.confirm_procedure(procedure, request_context_at("hers", after_span(Span::from_secs(1)))).await;
        assert_eq!(world.store.find_newest_authentication(request_context("hers")).await.unwrap(), Some(second));
        assert_eq!(world.store.find_newest_authentication(request_context("another")).await.unwrap(), None);
    }
}

#[test]
fn a_refused_stage_of_former_versions_reads_and_one_with_an_unknown_code_is_an_error_of_the_store() {
    let stored = |code: &str| format!(r#"{{"ended":{{"refused":"{code}"}}}}"#);
    for (code, reason) in [
        ("jpki.validity.expired", jpki::RefusalKind::ValidityExpired.into()),
        ("eligibility.register.unknown_holder", RegistrationRefusal::UnknownHolder.into()),
        ("reception.return.other_browser", ReceptionRefusal::OtherBrowser.into()),
    ] {
        let stage = AuthenticationStage::Ended(AuthenticationEnd::Refused(reason));
        assert_eq!(super::super::from_json::<AuthenticationStage>(&stored(code), "a stage").unwrap(), stage);
        assert_eq!(super::super::to_json(&stage).unwrap(), stored(code));
    }
    let unknown = super::super::from_json::<AuthenticationStage>(&stored("jpki.certificate.other"), "a stage");
    let refusal = Refusal::from(unknown.unwrap_err());
    assert_eq!(
        (refusal.code_text(), web::Refuse::fault(&refusal)),
        ("reception.store.failed", web::Fault::ThisService)
    );
}
