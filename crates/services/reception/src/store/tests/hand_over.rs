//! From the pushed request to the redeemed code.

use super::*;
use crate::store::{REQUEST_LIFE, oauth};

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_request_is_opened_by_one_browser_in_its_time() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "visit-1");
        let (client, pushed) = world.parse_pushed_request(SERVICE, &departure);
        let request = digest("request");
        world.store.insert_pushed_request(&client, pushed, request, now()).await.unwrap().unwrap();
        let arrive = |client: &str, time| {
            world.store.begin_or_resume_procedure(
                request,
                client.parse().unwrap(),
                world.id(),
                request_context_at("hers", time),
            )
        };
        assert_eq!(refusal_code(arrive("other", now()).await), "reception.arrive.request_gone");
        assert_eq!(refusal_code(arrive("consult", after_span(REQUEST_LIFE)).await), "reception.arrive.request_gone");
        let procedure = arrive("consult", now()).await.unwrap();
        // The back button leads the same browser to where it is, later too; another one finds nothing.
        assert_eq!(arrive("consult", after_span(Span::from_mins(5))).await.unwrap(), procedure);
        let id = client.id().clone();
        let outcome =
            world.store.begin_or_resume_procedure(request, id.clone(), world.id(), request_context("another")).await;
        assert_eq!(refusal_code(outcome), "reception.arrive.request_used");
        let unknown =
            world.store.begin_or_resume_procedure(digest("nothing"), id, world.id(), request_context("hers")).await;
        assert_eq!(refusal_code(unknown), "reception.arrive.request_gone");
        assert!(matches!(world.find_stage(procedure, request_context("hers")).await, ProcedureStage::Requested));
        assert_eq!(
            refusal_code(world.store.find_procedure(procedure, request_context("another")).await),
            "reception.procedure.none"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_pushes_once_and_no_visit_that_cannot_be_registered_is_pushed() {
    for world in worlds().await {
        let push = async |departure: &Departure, request: &str| {
            let (client, pushed) = world.parse_pushed_request(SERVICE, departure);
            world.store.insert_pushed_request(&client, pushed, digest(request), now()).await.unwrap()
        };
        let (client, pushed) = world.parse_pushed_request(SERVICE, &world.departure(SERVICE, today(), "once"));
        world.store.insert_pushed_request(&client, pushed.clone(), digest("first"), now()).await.unwrap().unwrap();
        assert!(world.store.insert_pushed_request(&client, pushed, digest("second"), now()).await.unwrap().is_err());
        let outcome = world
            .store
            .begin_or_resume_procedure(digest("second"), client.id().clone(), world.id(), request_context("hers"))
            .await;
        assert_eq!(refusal_code(outcome), "reception.arrive.request_gone");
        push(&world.departure(SERVICE, eligibility::last_visit_date(now()), "far"), "far").await.unwrap();
        let past = world.departure(SERVICE, today().yesterday().unwrap(), "past");
        assert!(push(&past, "past").await.is_err());
        let too_far = eligibility::last_visit_date(now()).tomorrow().unwrap();
        assert!(push(&world.departure(SERVICE, too_far, "too-far"), "too-far").await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixed_url_takes_a_day_that_can_be_registered() {
    for world in worlds().await {
        let begin =
            |institution, day| world.store.begin_at_fixed_url(world.id(), institution, day, request_context("hers"));
        begin(clinic(), Some(tomorrow())).await.unwrap();
        assert_eq!(refusal_code(begin(clinic(), today().yesterday().ok()).await), "reception.begin.visit_date");
        assert_eq!(refusal_code(begin(closed_clinic(), Some(today())).await), "reception.begin.visit_date");
        assert_eq!(refusal_code(begin(clinic(), None).await), "eligibility.register.function_off");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_who_redeem_a_code_at_once_one_wins() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "hundred");
        let procedure = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let code = world.complete_procedure(procedure, request_context("hers")).await;
        let mut tries = Vec::new();
        for _ in 0..100 {
            let (client, exchange) = world.exchange(SERVICE, &departure, &code, now());
            let (store, token) = (world.store.clone(), world.secret().digest());
            tries.push(tokio::spawn(async move {
                store.redeem_code(client, exchange, token, now()).await.unwrap().is_ok()
            }));
        }
        let mut won = 0;
        for attempt in tries {
            won += usize::from(attempt.await.unwrap());
        }
        assert_eq!(won, 1, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_redeemed_names_the_reception_and_whoever_comes_second_takes_it_back() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, tomorrow(), "redeemed");
        let procedure = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let code = world.complete_procedure(procedure, request_context("hers")).await;
        let token = world.secret().digest();
        let redeem = async |token| {
            let (client, exchange) = world.exchange(SERVICE, &departure, &code, now());
            world.store.redeem_code(client, exchange, token, now()).await.unwrap()
        };
        let redeemed = redeem(token).await.expect("it is redeemed").reception;
        let ProcedureStage::Completed { number, valid_until, .. } =
            world.find_stage(procedure, request_context("hers")).await
        else {
            panic!("{}: it is completed", world.engine)
        };
        assert_eq!((redeemed.reception_number, Some(redeemed.valid_until)), (number, valid_until));
        assert_eq!(redeemed.valid_until, base::end_of_day(tomorrow()));
        let status = world.store.find_reception_status(token, now()).await.unwrap().expect("the token is good");
        assert_eq!(status.status, handover::RegistrationStatus::Registered);
        let expired =
            world.store.find_reception_status(token, base::end_of_day(tomorrow())).await.unwrap().expect("still good");
        assert_eq!(expired.status, handover::RegistrationStatus::Expired);
        assert!(redeem(world.secret().digest()).await.is_err());
        assert!(
            world.store.find_reception_status(token, now()).await.unwrap().is_none(),
            "the second attempt revokes the first token"
        );
        // Pressed once more: the service is not notified twice.
        let outcome =
            world.store.complete_procedure(procedure, digest("again"), request_context("hers")).await.unwrap();
        assert!(matches!(outcome, CompletionOutcome::AlreadyRedeemed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_client_neither_redeems_a_code_nor_spends_it_and_nobody_redeems_it_late() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "client");
        let procedure = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let code = world.complete_procedure(procedure, request_context("hers")).await;
        let redeem = async |service, departure: &Departure, code: &Token, time: Timestamp| {
            let (client, exchange) = world.exchange(service, departure, code, now());
            world.store.redeem_code(client, exchange, world.secret().digest(), time).await.unwrap().is_ok()
        };
        // The same code, verifier and address with the other service's key.
        let other_departure = Departure::resume(
            departure.secret().clone(),
            service_name(OTHER_SERVICE).parse().unwrap(),
            REDIRECT_URI.parse().unwrap(),
            departure.reception().clone(),
        );
        assert!(!redeem(OTHER_SERVICE, &other_departure, &code, now()).await);
        assert!(redeem(SERVICE, &departure, &code, now()).await, "{}", world.engine);

        let departure = world.departure(SERVICE, today(), "late");
        let procedure = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let code = world.complete_procedure(procedure, request_context("hers")).await;
        assert!(!redeem(SERVICE, &departure, &code, after_span(oauth::AUTHORIZATION_CODE_LIFE)).await);
        assert!(!redeem(SERVICE, &departure, &code, now()).await, "a code is not tried out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_twice_the_newer_code_is_the_good_one() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "pressed-twice");
        let procedure = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let first = world.complete_procedure(procedure, request_context("hers")).await;
        let second = world.complete_procedure(procedure, request_context("hers")).await;
        let redeem = async |code: &Token| {
            let (client, exchange) = world.exchange(SERVICE, &departure, code, now());
            world.store.redeem_code(client, exchange, world.secret().digest(), now()).await.unwrap().is_ok()
        };
        assert!(!redeem(&first).await);
        assert!(redeem(&second).await, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_registered_and_left_is_resumed_by_the_same_browser_for_the_same_visit() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, tomorrow(), "left");
        let unfinished = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let newer = world.departure(SERVICE, tomorrow(), "left");
        assert_eq!(world.begin_procedure(&newer, request_context("hers")).await, unfinished, "{}", world.engine);
        // Another browser, day or appointment begins anew.
        assert_ne!(world.begin_procedure(&newer, request_context("another")).await, unfinished);
        for departure in
            [world.departure(SERVICE, today(), "left"), world.departure(SERVICE, tomorrow(), "other-visit")]
        {
            let begun = world.begin_procedure(&departure, request_context("hers")).await;
            assert!(
                begun != unfinished
                    && matches!(world.find_stage(begun, request_context("hers")).await, ProcedureStage::Requested)
            );
        }
        // The code belongs to the newer request.
        let code = world.complete_procedure(unfinished, request_context("hers")).await;
        let redeem = async |departure: &Departure, code: &Token| {
            let (client, exchange) = world.exchange(SERVICE, departure, code, now());
            world.store.redeem_code(client, exchange, world.secret().digest(), now()).await.unwrap().is_ok()
        };
        assert!(redeem(&newer, &code).await);
        // A completed or withdrawn one is not resumed.
        assert_ne!(world.begin_procedure(&newer, request_context("hers")).await, unfinished);
        let withdrawn = world
            .register_procedure(&world.departure(SERVICE, today(), "withdrawn"), holder(2), request_context("his"))
            .await;
        world.begin_review(2, request_context("his")).await;
        world.store.withdraw_all(request_context("his")).await.unwrap();
        let anew = world.begin_procedure(&world.departure(SERVICE, today(), "withdrawn"), request_context("his")).await;
        assert_ne!(anew, withdrawn);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_half_way_is_gone_on_with_where_it_stood_while_there_is_time() {
    for world in worlds().await {
        let departure = || world.departure(SERVICE, tomorrow(), "half-way");
        let unfinished = world.begin_procedure(&departure(), request_context("hers")).await;
        assert_eq!(
            world.begin_procedure(&departure(), request_context("hers")).await,
            unfinished,
            "{}: nothing chosen yet",
            world.engine
        );
        world
            .store
            .choose(unfinished, ConsentChoices::all(ConsentChoice::Agree), request_context("hers"))
            .await
            .unwrap();
        assert_eq!(world.begin_procedure(&departure(), request_context("hers")).await, unfinished);
        assert!(
            matches!(world.find_stage(unfinished, request_context("hers")).await, ProcedureStage::Chosen(_)),
            "the choices are kept"
        );
        world.confirm_procedure(unfinished, request_context("hers")).await;
        assert_eq!(world.begin_procedure(&departure(), request_context("hers")).await, unfinished);
        assert!(
            matches!(world.find_stage(unfinished, request_context("hers")).await, ProcedureStage::Confirmed(_)),
            "the card is awaited"
        );
        assert_ne!(world.begin_procedure(&departure(), request_context("another")).await, unfinished);
        // A registered procedure is resumed first, and an abandoned one is not.
        let registered = world.register_procedure(&departure(), holder(1), request_context("hers")).await;
        assert_eq!(registered, unfinished);
        let ended =
            world.begin_procedure(&world.departure(SERVICE, tomorrow(), "ended"), request_context("hers")).await;
        world.store.abandon(ended, request_context("hers")).await.unwrap();
        assert_ne!(
            world.begin_procedure(&world.departure(SERVICE, tomorrow(), "ended"), request_context("hers")).await,
            ended
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_to_lapse_is_begun_anew() {
    for world in worlds().await {
        let departure = || world.departure(SERVICE, tomorrow(), "late");
        let unfinished = world.begin_procedure(&departure(), request_context("hers")).await;
        let begin_after_minutes = async |minutes| {
            world.begin_procedure(&departure(), request_context_at("hers", after_span(Span::from_mins(minutes)))).await
        };
        assert_eq!(begin_after_minutes(49).await, unfinished, "{}", world.engine);
        assert_ne!(begin_after_minutes(50).await, unfinished);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_is_forgotten_and_a_registration_is_kept_to_the_end_of_its_day() {
    for world in worlds().await {
        let unfinished =
            world.begin_procedure(&world.departure(SERVICE, tomorrow(), "left-early"), request_context("hers")).await;
        let departure = world.departure(SERVICE, tomorrow(), "kept");
        let registered = world.register_procedure(&departure, holder(1), request_context("hers")).await;
        let counts = async |time: Timestamp| {
            world.store.delete_expired(time).await.unwrap();
            let exists = async |id| world.store.find_procedure(id, request_context_at("hers", time)).await.is_ok();
            (exists(unfinished).await, exists(registered).await)
        };
        // A lapsed procedure is kept for a day more.
        assert_eq!(counts(after_span(Span::from_hours(24))).await, (true, true), "{}", world.engine);
        let lapsed = world.find_stage(unfinished, request_context_at("hers", after_span(Span::from_hours(24)))).await;
        assert!(matches!(lapsed, ProcedureStage::Lapsed(crate::rules::procedure::LapseReason::TooLong)));
        assert_eq!(counts(after_span(Span::from_hours(26))).await, (false, true));
        let end = base::end_of_day(tomorrow());
        assert_eq!(counts(end).await, (false, true));
        assert_eq!(counts(end.plus(Span::from_hours(24))).await, (false, false));
    }
}
