//! The card's errand, and the way back into the browser that began.

use base::ReceptionNumber;

use super::*;
use crate::rules::{
    errand::{End, Stage as Errand},
    procedure::{Misstep, Why},
    renewal::Renewal,
};

async fn standing_of(world: &World, number: u64) -> usize {
    let asking = browser("a look at what stands");
    world.reviews(number, asking).await;
    world.store.receptions(asking).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_apps_one_claims_a_ticket() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "ticket"), browser("hers")).await;
        let (_, ticket) = world.confirmed(procedure, browser("hers")).await;
        let mut tries = Vec::new();
        for _ in 0..20 {
            let (store, ticket) = (world.store.clone(), ticket.digest());
            tries.push(tokio::spawn(async move {
                store.claim(ticket, Device::Android, Opened::Link, now()).await.map(|_| ()).map_err(|no| no.code_text())
            }));
        }
        let mut outcomes = Vec::new();
        for attempt in tries {
            outcomes.push(attempt.await.unwrap());
        }
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{}", world.engine);
        let others = outcomes.iter().filter(|outcome| **outcome == Err("reception.errand.claimed_before"));
        assert_eq!(others.count(), 19);
        let unknown = world.store.claim(digest("no ticket"), Device::Android, Opened::Link, now()).await;
        assert_eq!(refused(unknown), "reception.errand.ticket");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_or_confirming_again_makes_the_earlier_reading_void() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "superseded"), browser("hers")).await;
        let (first, first_ticket) = world.confirmed(procedure, browser("hers")).await;
        let code = world.answered(&first_ticket, holder(1), now()).await;
        // In another tab she chooses otherwise: what the card answered was for something else.
        world.store.choose(procedure, Choices::all(Choice::Decline), browser("hers")).await.unwrap();
        let errand = world.store.errand(first, browser("hers")).await.unwrap();
        assert!(matches!(errand.stage, Errand::Ended(End::Superseded)), "{}", world.engine);
        let landing = world.come_back(&code, browser("hers")).await.unwrap();
        assert!(matches!(landing, Landing::Ended(id) if id == first));
        assert_eq!(standing_of(&world, 1).await, 0);

        // What was shown before is not what is chosen now.
        let seen = shown_as(Choices::all(Choice::Agree));
        let new = world.new_errand(&world.secret());
        let outcome = world.store.confirm(procedure, seen, new, browser("hers")).await;
        assert!(matches!(outcome, Err(Refusal::Step(Misstep::OtherChoices))));

        let (second, second_ticket) = world.confirmed(procedure, browser("hers")).await;
        let (third, third_ticket) = world.confirmed(procedure, browser("hers")).await;
        let late = world.store.claim(second_ticket.digest(), Device::Android, Opened::Link, now()).await;
        assert_eq!(refused(late), "reception.errand.step");
        assert_ne!(second, third);
        let code = world.answered(&third_ticket, holder(1), now()).await;
        assert!(matches!(world.come_back(&code, browser("hers")).await.unwrap(), Landing::Registered(_)));
        assert_eq!(standing_of(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_another_browser_lets_nobody_in_any_more() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "brought"), browser("hers")).await;
        let (errand, ticket) = world.confirmed(procedure, browser("hers")).await;
        let code = world.answered(&ticket, holder(1), now()).await;
        assert_eq!(refused(world.come_back(&code, browser("another")).await), "reception.return.other_browser");
        let landing = world.come_back(&code, browser("hers")).await.unwrap();
        assert!(matches!(landing, Landing::Ended(id) if id == errand), "{}", world.engine);
        assert!(matches!(world.stage(procedure, browser("hers")).await, Stage::Confirmed(_)));
        assert_eq!(standing_of(&world, 1).await, 0);
        let unknown = world.come_back(&world.secret(), browser("hers")).await;
        assert_eq!(refused(unknown), "reception.return.unknown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_scans_the_code_from_the_screen_earns_no_return_code() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "scanned"), browser("hers")).await;
        let (_, ticket) = world.confirmed(procedure, browser("hers")).await;
        // An app that lies about how it was opened.
        let view = world.store.claim(scanned(&ticket), Device::Android, Opened::Link, now()).await.unwrap();
        assert_eq!(view.stage.return_by(view.return_link), Ok(ReturnBy::Number), "{}", world.engine);
        let again = world.store.claim(ticket.digest(), Device::Android, Opened::Link, now()).await;
        assert_eq!(refused(again), "reception.errand.claimed_before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_opened_by_the_link_is_neither_answered_nor_ended_with_the_scanned_ticket() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "two-tickets"), browser("hers")).await;
        let (_, ticket) = world.confirmed(procedure, browser("hers")).await;
        world.store.claim(ticket.digest(), Device::Android, Opened::Link, now()).await.unwrap();
        let code = world.secret();
        let way = Way::Code { digest: *code.digest().as_bytes(), until: later(CODE_LIFE) };
        assert_eq!(refused(world.store.claimed(scanned(&ticket), now()).await), "reception.errand.ticket");
        let answer = world.store.answer(scanned(&ticket), holder(2), way.clone(), now()).await;
        assert_eq!(refused(answer), "reception.errand.ticket");
        let end = world.store.end_by_ticket(scanned(&ticket), End::TooLate, now()).await;
        assert_eq!(refused(end), "reception.errand.ticket");
        world.store.answer(ticket.digest(), holder(1), way, now()).await.unwrap();
        assert!(matches!(world.come_back(&code, browser("hers")).await.unwrap(), Landing::Registered(_)));
        assert_eq!((standing_of(&world, 1).await, standing_of(&world, 2).await), (1, 0), "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_app_offers_link_and_number_a_code_in_another_browser_leaves_the_number() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "either"), browser("hers")).await;
        let (errand, ticket) = world.confirmed(procedure, browser("hers")).await;
        let view = world.store.claim(ticket.digest(), Device::Iphone, Opened::Link, now()).await.unwrap();
        assert_eq!(view.stage.return_by(view.return_link), Ok(ReturnBy::CodeOrNumber));
        let code = world.secret();
        let way = Way::CodeOrNumber {
            code: *code.digest().as_bytes(),
            until: later(CODE_LIFE),
            number: *super::super::number_digest(errand, "407").as_bytes(),
            tries_left: NUMBER_TRIES,
        };
        world.store.answer(ticket.digest(), holder(1), way, now()).await.unwrap();
        for _ in 0..2 {
            let elsewhere = world.come_back(&code, browser("another")).await;
            assert_eq!(refused(elsewhere), "reception.return.number_left", "{}", world.engine);
        }
        // The code is spent, the number is not.
        let landing = world.come_back(&code, browser("hers")).await.unwrap();
        assert!(matches!(landing, Landing::WrongNumber(id) if id == errand));
        assert_eq!(standing_of(&world, 1).await, 0);
        let landing = world.store.come_back_with_number(errand, "407".to_owned(), browser("hers")).await.unwrap();
        assert!(matches!(landing, Landing::Registered(id) if id == procedure));
        assert_eq!(standing_of(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_card_registered_is_named_and_taken_back_by_the_browser_that_began() {
    for world in worlds().await {
        let departure = world.departure(SERVICE, today(), "disowned");
        let procedure = world.registered(&departure, holder(1), browser("hers")).await;
        let name = world.store.registered_holder(procedure, browser("hers")).await.unwrap().unwrap();
        assert!(name.split(' ').all(|part| part.chars().count() == 2 && part.ends_with('＊')), "{name}");
        let stranger = world.store.disown(procedure, browser("another")).await;
        assert_eq!(refused(stranger), "reception.procedure.none");
        assert_eq!(standing_of(&world, 1).await, 1);
        world.store.disown(procedure, browser("hers")).await.unwrap();
        assert_eq!(world.stage(procedure, browser("hers")).await, Stage::Lapsed(Why::OtherCard));
        assert_eq!(standing_of(&world, 1).await, 0, "{}", world.engine);
        assert_eq!(world.store.registered_holder(procedure, browser("hers")).await.unwrap(), None);
        // The person begins again, with a card of their own.
        let again = world.departure(SERVICE, today(), "disowned");
        let procedure = world.registered(&again, holder(2), browser("hers")).await;
        world.finished(procedure, browser("hers")).await;
        let late = world.store.disown(procedure, browser("hers")).await;
        assert_eq!(refused(late), "reception.procedure.step");
        assert_eq!(standing_of(&world, 2).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_returns_with_one_code_one_registers_and_all_find_it() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "many-returns"), browser("hers")).await;
        let (_, ticket) = world.confirmed(procedure, browser("hers")).await;
        let code = world.answered(&ticket, holder(1), now()).await;
        let mut returns = Vec::new();
        for _ in 0..20 {
            let (store, code) = (world.store.clone(), code.digest());
            returns.push(tokio::spawn(async move {
                let landing = store.come_back_with_code(code, browser("hers")).await.unwrap();
                matches!(landing, Landing::Registered(id) if id == procedure)
            }));
        }
        for back in returns {
            assert!(back.await.unwrap(), "{}", world.engine);
        }
        assert_eq!(standing_of(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_number_that_somebody_has_already_costs_nobody_a_registration() {
    for mut world in worlds().await {
        let mut numbers = Vec::new();
        for (person, hers) in [(1, "hers"), (2, "his"), (1, "hers-later")] {
            // Each draws the same numbers, in the same order.
            world.store.randomness = Randomness::repeatable("numbers");
            let departure = world.departure(SERVICE, today(), hers);
            let procedure = world.registered(&departure, holder(person), browser(hers)).await;
            let Stage::Registered { number, .. } = world.stage(procedure, browser(hers)).await else {
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
        let back = async |errand, digits: &str| {
            world.store.come_back_with_number(errand, digits.to_owned(), browser("hers")).await
        };
        let procedure = world.arrived(&world.departure(SERVICE, today(), "digits"), browser("hers")).await;
        let (errand, ticket) = world.confirmed(procedure, browser("hers")).await;
        world.answered_by_number(errand, &ticket, holder(1), "407").await;
        let stranger = world.store.come_back_with_number(errand, "407".to_owned(), browser("another")).await;
        assert_eq!(refused(stranger), "reception.errand.none");
        assert!(matches!(back(errand, "408").await.unwrap(), Landing::WrongNumber(_)), "{}", world.engine);
        assert!(matches!(back(errand, "409").await.unwrap(), Landing::Ended(_)));
        assert!(matches!(back(errand, "407").await.unwrap(), Landing::Ended(_)), "it is over");

        let (errand, ticket) = world.confirmed(procedure, browser("hers")).await;
        world.answered_by_number(errand, &ticket, holder(1), "511").await;
        assert!(matches!(back(errand, "512").await.unwrap(), Landing::WrongNumber(_)));
        assert!(matches!(back(errand, "511").await.unwrap(), Landing::Registered(id) if id == procedure));
        assert!(matches!(back(errand, "511").await.unwrap(), Landing::Registered(id) if id == procedure));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_nobodys_insured_is_told_on_the_errands_page_and_may_take_another_card() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "unknown"), browser("hers")).await;
        let (errand, ticket) = world.confirmed(procedure, browser("hers")).await;
        let code = world.answered(&ticket, holder(99), now()).await;
        assert!(matches!(world.come_back(&code, browser("hers")).await.unwrap(), Landing::Ended(id) if id == errand));
        let stage = world.store.errand(errand, browser("hers")).await.unwrap().stage;
        assert_eq!(stage, Errand::Ended(End::Refused("eligibility.register.unknown_holder".to_owned())));
        let (_, ticket) = world.confirmed(procedure, browser("hers")).await;
        let code = world.answered(&ticket, holder(1), now()).await;
        assert!(matches!(world.come_back(&code, browser("hers")).await.unwrap(), Landing::Registered(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_comes_too_late_registers_nothing() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "late"), browser("hers")).await;
        let (errand, ticket) = world.confirmed(procedure, browser("hers")).await;
        let five_minutes = later(crate::rules::errand::LIFE);
        let late = world.store.claim(ticket.digest(), Device::Android, Opened::Link, five_minutes).await;
        assert_eq!(refused(late), "reception.errand.step");
        let view = world.store.errand(errand, browser_at("hers", five_minutes)).await.unwrap();
        assert_eq!(view.stage, Errand::Ended(End::TooLate));
        let (_, ticket) = world.confirmed(procedure, browser("hers")).await;
        let code = world.answered(&ticket, holder(1), now()).await;
        let landing = world.come_back(&code, browser_at("hers", later(CODE_LIFE))).await.unwrap();
        assert!(matches!(landing, Landing::Ended(_)), "{}", world.engine);
        assert_eq!(standing_of(&world, 1).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_cannot_be_gone_on_with_and_what_stands_cannot_be_ended() {
    for world in worlds().await {
        let procedure = world.arrived(&world.departure(SERVICE, today(), "ended"), browser("hers")).await;
        let (errand, _) = world.confirmed(procedure, browser("hers")).await;
        let view = world.store.abandon(procedure, browser("hers")).await.unwrap();
        assert_eq!(view.stage, Stage::Lapsed(Why::Abandoned));
        let stage = world.store.errand(errand, browser("hers")).await.unwrap().stage;
        assert_eq!(stage, Errand::Ended(End::Superseded), "{}", world.engine);
        let chosen = world.store.choose(procedure, Choices::all(Choice::Agree), browser("hers")).await;
        assert!(matches!(chosen, Err(Refusal::Step(Misstep::Over))));
        let standing = world.registered(&world.departure(SERVICE, today(), "stands"), holder(1), browser("hers")).await;
        let ended = world.store.abandon(standing, browser("hers")).await;
        assert!(matches!(ended, Err(Refusal::Step(Misstep::AlreadyRegistered))));
        assert_eq!(standing_of(&world, 1).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_card_stood_is_kept_with_what_was_registered() {
    for world in worlds().await {
        let ended: Timestamp = "2026-10-24T23:59:59+09:00".parse().unwrap();
        let card = Holder { certificate: Validity::Grace, ends: Some(ended), ..holder(1) };
        let procedure = world.registered(&world.departure(SERVICE, today(), "grace"), card, browser("hers")).await;
        let expected = Renewal::Overdue { last_day: ended.japan_date() };
        let stage = world.stage(procedure, browser("hers")).await;
        assert!(matches!(stage, Stage::Registered { renewal, .. } if renewal == expected), "{stage:?}");
        world.finished(procedure, browser("hers")).await;
        let stage = world.stage(procedure, browser("hers")).await;
        assert!(matches!(stage, Stage::Handed { renewal, .. } if renewal == expected), "{stage:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_errand_of_a_browser_is_its_own() {
    for world in worlds().await {
        assert_eq!(world.store.newest_errand(browser("hers")).await.unwrap(), None);
        let procedure = world.arrived(&world.departure(SERVICE, today(), "newest"), browser("hers")).await;
        let (first, _) = world.confirmed(procedure, browser("hers")).await;
        assert_eq!(world.store.newest_errand(browser("hers")).await.unwrap(), Some(first), "{}", world.engine);
        let (second, _) = world.confirmed(procedure, browser_at("hers", later(Span::from_secs(1)))).await;
        assert_eq!(world.store.newest_errand(browser("hers")).await.unwrap(), Some(second));
        assert_eq!(world.store.newest_errand(browser("another")).await.unwrap(), None);
    }
}
