//! From the pushed request to the redeemed code.

use super::*;
use crate::store::{REQUEST_LIFE, oauth};

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_request_is_opened_by_one_browser_in_its_time() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "visit-1");
        let (client, pushed) = world.pushed(SERVICE, &departure);
        let request = digest("request");
        world.store.push(&client, pushed, request, now()).await.unwrap().unwrap();
        let arrive =
            |client: &str, at| world.store.arrive(request, client.parse().unwrap(), world.id(), browser_at("hers", at));
        assert_eq!(refused(arrive("other", now()).await), "reception.arrive.request_gone");
        assert_eq!(refused(arrive("consult", later(REQUEST_LIFE)).await), "reception.arrive.request_gone");
        let procedure = arrive("consult", now()).await.unwrap();
        // The back button leads the same browser to where it is, later too; another one finds nothing.
        assert_eq!(arrive("consult", later(Span::from_mins(5))).await.unwrap(), procedure);
        let id = client.id().clone();
        let stranger = world.store.arrive(request, id.clone(), world.id(), browser("another")).await;
        assert_eq!(refused(stranger), "reception.return.other_browser");
        let unknown = world.store.arrive(digest("nothing"), id, world.id(), browser("hers")).await;
        assert_eq!(refused(unknown), "reception.arrive.request_gone");
        assert!(matches!(world.stage(procedure, browser("hers")).await, Stage::Asked));
        assert_eq!(refused(world.store.procedure(procedure, browser("another")).await), "reception.procedure.none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_pushes_once_and_no_visit_that_cannot_be_registered_is_pushed() {
    for world in worlds().await {
        let push = async |departure: &Departure, request: &str| {
            let (client, pushed) = world.pushed(SERVICE, departure);
            world.store.push(&client, pushed, digest(request), now()).await.unwrap()
        };
        let (client, pushed) = world.pushed(SERVICE, &world.departure(SERVICE, today(), "once"));
        world.store.push(&client, pushed.clone(), digest("first"), now()).await.unwrap().unwrap();
        assert!(world.store.push(&client, pushed, digest("second"), now()).await.unwrap().is_err());
        let gone = world.store.arrive(digest("second"), client.id().clone(), world.id(), browser("hers")).await;
        assert_eq!(refused(gone), "reception.arrive.request_gone");
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
        let begin = |institution, day| world.store.begin_fixed(world.id(), institution, day, browser("hers"));
        begin(clinic(), Some(tomorrow())).await.unwrap();
        assert_eq!(refused(begin(clinic(), today().yesterday().ok()).await), "reception.begin.visit_date");
        assert_eq!(refused(begin(closed_clinic(), Some(today())).await), "reception.begin.visit_date");
        assert_eq!(refused(begin(clinic(), None).await), "eligibility.register.function_off");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_who_redeem_a_code_at_once_one_wins() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "hundred");
        let procedure = world.registered(&departure, holder(1), browser("hers")).await;
        let code = world.finished(procedure, browser("hers")).await;
        let mut tries = Vec::new();
        for _ in 0..100 {
            let (client, exchange) = world.exchange(SERVICE, &departure, &code, now());
            let (store, token) = (world.store.clone(), world.secret().digest());
            tries
                .push(tokio::spawn(async move { store.redeem(client, exchange, token, now()).await.unwrap().is_ok() }));
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
        let procedure = world.registered(&departure, holder(1), browser("hers")).await;
        let code = world.finished(procedure, browser("hers")).await;
        let token = world.secret().digest();
        let redeem = async |token| {
            let (client, exchange) = world.exchange(SERVICE, &departure, &code, now());
            world.store.redeem(client, exchange, token, now()).await.unwrap()
        };
        let redeemed = redeem(token).await.expect("it is redeemed").reception;
        let Stage::Handed { number, valid_until, .. } = world.stage(procedure, browser("hers")).await else {
            panic!("{}: it was handed", world.engine)
        };
        assert_eq!((redeemed.reception_number, Some(redeemed.valid_until)), (number, valid_until));
        assert_eq!(redeemed.valid_until, base::end_of_day(tomorrow()));
        let status = world.store.status(token, now()).await.unwrap().expect("the token is good");
        assert_eq!(status.status, handover::Standing::Registered);
        let over = world.store.status(token, base::end_of_day(tomorrow())).await.unwrap().expect("still good");
        assert_eq!(over.status, handover::Standing::Expired);
        assert!(redeem(world.secret().digest()).await.is_err());
        assert!(world.store.status(token, now()).await.unwrap().is_none(), "what the first got is taken back");
        // She presses once more: there is nothing to tell it twice.
        let again = world.store.finish(procedure, digest("again"), browser("hers")).await.unwrap();
        assert!(matches!(again, Finish::Told));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_client_neither_redeems_a_code_nor_spends_it_and_nobody_redeems_it_late() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "client");
        let procedure = world.registered(&departure, holder(1), browser("hers")).await;
        let code = world.finished(procedure, browser("hers")).await;
        let redeem = async |service, departure: &Departure, code: &Token, at: Timestamp| {
            let (client, exchange) = world.exchange(service, departure, code, now());
            world.store.redeem(client, exchange, world.secret().digest(), at).await.unwrap().is_ok()
        };
        // The same code, verifier and address under the other's key.
        let theirs = Departure::resumed(
            departure.secret().clone(),
            service_name(OTHER_SERVICE).parse().unwrap(),
            REDIRECT_URI.parse().unwrap(),
            departure.reception().clone(),
        );
        assert!(!redeem(OTHER_SERVICE, &theirs, &code, now()).await);
        assert!(redeem(SERVICE, &departure, &code, now()).await, "{}", world.engine);

        let departure = world.departure(SERVICE, today(), "late");
        let procedure = world.registered(&departure, holder(1), browser("hers")).await;
        let code = world.finished(procedure, browser("hers")).await;
        assert!(!redeem(SERVICE, &departure, &code, later(oauth::CODE_LIFE)).await);
        assert!(!redeem(SERVICE, &departure, &code, now()).await, "a code is not tried out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_twice_the_newer_code_is_the_good_one() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "pressed-twice");
        let procedure = world.registered(&departure, holder(1), browser("hers")).await;
        let first = world.finished(procedure, browser("hers")).await;
        let second = world.finished(procedure, browser("hers")).await;
        let redeem = async |code: &Token| {
            let (client, exchange) = world.exchange(SERVICE, &departure, code, now());
            world.store.redeem(client, exchange, world.secret().digest(), now()).await.unwrap().is_ok()
        };
        assert!(!redeem(&first).await);
        assert!(redeem(&second).await, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_registered_and_left_is_resumed_by_the_same_browser_for_the_same_visit() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, tomorrow(), "left");
        let left = world.registered(&departure, holder(1), browser("hers")).await;
        let newer = world.departure(SERVICE, tomorrow(), "left");
        assert_eq!(world.arrived(&newer, browser("hers")).await, left, "{}", world.engine);
        // Another browser, day or appointment begins anew.
        assert_ne!(world.arrived(&newer, browser("another")).await, left);
        for other in [world.departure(SERVICE, today(), "left"), world.departure(SERVICE, tomorrow(), "other-visit")] {
            let begun = world.arrived(&other, browser("hers")).await;
            assert!(begun != left && matches!(world.stage(begun, browser("hers")).await, Stage::Asked));
        }
        // The code goes with the newer departure's words.
        let code = world.finished(left, browser("hers")).await;
        let redeem = async |departure: &Departure, code: &Token| {
            let (client, exchange) = world.exchange(SERVICE, departure, code, now());
            world.store.redeem(client, exchange, world.secret().digest(), now()).await.unwrap().is_ok()
        };
        assert!(redeem(&newer, &code).await);
        // What was finished, or withdrawn, is not resumed.
        assert_ne!(world.arrived(&newer, browser("hers")).await, left);
        let withdrawn =
            world.registered(&world.departure(SERVICE, today(), "withdrawn"), holder(2), browser("his")).await;
        world.reviews(2, browser("his")).await;
        world.store.withdraw_all(browser("his")).await.unwrap();
        let anew = world.arrived(&world.departure(SERVICE, today(), "withdrawn"), browser("his")).await;
        assert_ne!(anew, withdrawn);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_half_way_is_gone_on_with_where_it_stood_while_there_is_time() {
    for world in worlds().await {
        let departure = || world.departure(SERVICE, tomorrow(), "half-way");
        let left = world.arrived(&departure(), browser("hers")).await;
        assert_eq!(world.arrived(&departure(), browser("hers")).await, left, "{}: nothing chosen yet", world.engine);
        world.store.choose(left, Choices::all(Choice::Agree), browser("hers")).await.unwrap();
        assert_eq!(world.arrived(&departure(), browser("hers")).await, left);
        assert!(matches!(world.stage(left, browser("hers")).await, Stage::Chosen(_)), "what was chosen stands");
        world.confirmed(left, browser("hers")).await;
        assert_eq!(world.arrived(&departure(), browser("hers")).await, left);
        assert!(matches!(world.stage(left, browser("hers")).await, Stage::Confirmed(_)), "the card is awaited");
        assert_ne!(world.arrived(&departure(), browser("another")).await, left);
        // What is registered comes first, and what was ended is over.
        let registered = world.registered(&departure(), holder(1), browser("hers")).await;
        assert_eq!(registered, left);
        let ended = world.arrived(&world.departure(SERVICE, tomorrow(), "ended"), browser("hers")).await;
        world.store.abandon(ended, browser("hers")).await.unwrap();
        assert_ne!(world.arrived(&world.departure(SERVICE, tomorrow(), "ended"), browser("hers")).await, ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_to_lapse_is_begun_anew() {
    for world in worlds().await {
        let departure = || world.departure(SERVICE, tomorrow(), "late");
        let left = world.arrived(&departure(), browser("hers")).await;
        let arrived =
            async |minutes| world.arrived(&departure(), browser_at("hers", later(Span::from_mins(minutes)))).await;
        assert_eq!(arrived(49).await, left, "{}", world.engine);
        assert_ne!(arrived(50).await, left);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_is_forgotten_and_a_registration_is_kept_to_the_end_of_its_day() {
    for world in worlds().await {
        let left = world.arrived(&world.departure(SERVICE, tomorrow(), "left-early"), browser("hers")).await;
        let departure = world.departure(SERVICE, tomorrow(), "kept");
        let kept = world.registered(&departure, holder(1), browser("hers")).await;
        let counts = async |at: Timestamp| {
            world.store.forget(at).await.unwrap();
            let there = async |id| world.store.procedure(id, browser_at("hers", at)).await.is_ok();
            (there(left).await, there(kept).await)
        };
        // What was left is told of as lapsed for a day more.
        assert_eq!(counts(later(Span::from_hours(24))).await, (true, true), "{}", world.engine);
        let lapsed = world.stage(left, browser_at("hers", later(Span::from_hours(24)))).await;
        assert!(matches!(lapsed, Stage::Lapsed(crate::rules::procedure::Why::TooLong)));
        assert_eq!(counts(later(Span::from_hours(26))).await, (false, true));
        let end = base::end_of_day(tomorrow());
        assert_eq!(counts(end).await, (false, true));
        assert_eq!(counts(end.plus(Span::from_hours(24))).await, (false, false));
    }
}
