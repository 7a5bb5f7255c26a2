//! Tests of holds, nearby visits and limits, on every engine.

use base::{Digest, InstitutionCode, Span, Timestamp, Token};
use text::Language;

use crate::{
    appointments::rules::AppointmentStatus,
    booking::{
        rules::{AcceptedVisits, Booker, BookingObstacle, NearbyVisits, PatientAction},
        store::{
            booking::{BookingCheck, BookingOutcome},
            hold::{HoldOutcome, SlotHolder},
        },
    },
    limits::Limits,
    people::{
        self,
        rules::account::AccountId,
        store::{CodeRequester, PatientSignIn},
    },
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
    store::Store,
    tests::stores::{
        START, anonymous_holder, booking_request, browser, fill_directory, minutes_later, new_account, new_patient,
        now, parse_timestamp, quarter_hour, stores,
    },
};

async fn create_account(store: &Store, mail: &str) -> AccountId {
    let (inner, address) = (store.clone(), mail.parse().expect("an address"));
    let result = store
        .database
        .write(move |transaction| people::store::create_account_for_tests(transaction, &inner, &address, now()))
        .await;
    result.expect("an account")
}

/// Whether the slot can be booked without accepting another visit.
fn is_free(check: &BookingCheck) -> bool {
    matches!(check, BookingCheck::Open { nearby, .. } if *nearby == NearbyVisits::default())
}

async fn is_slot_free_for(store: &Store, code: InstitutionCode, start: &str, browser: Digest, now: Timestamp) -> bool {
    let start = parse_timestamp(start);
    let offer = store.find_offer(code, now).await.expect("an offer");
    let period = (start, start.plus(Span::from_mins(15)));
    let taken = store.find_taken_time(code, period, browser, now).await.expect("times are read");
    let menu = offer.menu(1).expect("the first menu");
    offer.availability(menu, None, &taken, now).free_slots_of_day(start.japan_date()).contains(&start)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_browsers_that_choose_a_time_one_holds_it() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let tasks: Vec<_> = (0..100)
            .map(|number| {
                let (store, holder) = (store.clone(), anonymous_holder(&store, number));
                tokio::spawn(async move { store.hold_slot(holder, booking_request(code, 1, START), now()).await })
            })
            .collect();
        let mut held_count = 0;
        for task in tasks {
            match task.await.expect("nobody panics") {
                Ok(HoldOutcome::Held { .. }) => held_count += 1,
                Err(Refusal::SlotTaken) => {}
                result => panic!("{engine}: {result:?}"),
            }
        }
        assert_eq!(held_count, 1, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_time_is_booked_by_its_browser_alone_until_the_hold_ends() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (account, other_patient) =
            (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let holder = anonymous_holder(&store, 1);
        let outcome = store.hold_slot(holder, booking_request(code, 1, START), now()).await.expect("held");
        assert_eq!(outcome, HoldOutcome::Held { held_until: minutes_later(10) }, "{engine}");
        assert!(
            is_slot_free_for(&store, code, START, holder.browser, minutes_later(9)).await,
            "{engine}: its own hold is no bar"
        );
        assert!(!is_slot_free_for(&store, code, START, browser(&store), minutes_later(9)).await, "{engine}");
        assert!(
            is_slot_free_for(&store, code, START, browser(&store), minutes_later(10)).await,
            "{engine}: an ended hold is none"
        );

        let foreign = Booker::with_browser(other_patient, browser(&store));
        let refused = store.book_appointment(foreign, booking_request(code, 1, START), minutes_later(9)).await;
        assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine}: {refused:?}");
        let longer = store.book_appointment(foreign, booking_request(code, 2, START), minutes_later(9)).await;
        assert!(matches!(longer, Err(Refusal::SlotTaken)), "{engine}: a longer visit needs the held quarter too");
        let own = Booker::with_browser(account, holder.browser);
        let check = store.check_booking(own, booking_request(code, 1, START), minutes_later(9)).await.expect("checked");
        assert!(is_free(&check), "{engine}: {check:?}");
        store
            .book_appointment(own, booking_request(code, 1, START), minutes_later(9))
            .await
            .expect("booked by the browser that holds it");
        assert!(
            store.find_hold(holder.browser, minutes_later(9)).await.expect("read").is_none(),
            "{engine}: it is a visit now"
        );

        // After another hold has ended, anybody can book the slot.
        let elsewhere = "2026-11-25T11:00:00+09:00";
        store.hold_slot(anonymous_holder(&store, 2), booking_request(code, 1, elsewhere), now()).await.expect("held");
        store
            .book_appointment(foreign, booking_request(code, 1, elsewhere), minutes_later(10))
            .await
            .expect("an ended hold is free");
    }
}

#[tokio::test]
async fn a_browser_holds_one_time_and_choosing_it_again_does_not_lengthen_it() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let holder = anonymous_holder(&store, 1);
        store.hold_slot(holder, booking_request(codes[0], 1, START), now()).await.expect("held");
        let outcome =
            store.hold_slot(holder, booking_request(codes[0], 1, START), minutes_later(5)).await.expect("held");
        assert_eq!(outcome, HoldOutcome::Held { held_until: minutes_later(10) }, "{engine}");
        store.hold_slot(holder, booking_request(codes[1], 1, START), minutes_later(6)).await.expect("held");
        assert!(
            is_slot_free_for(&store, codes[0], START, browser(&store), minutes_later(6)).await,
            "{engine}: the first is released"
        );
        let hold = store.find_hold(holder.browser, minutes_later(6)).await.expect("read").expect("a hold");
        assert_eq!(
            (hold.institution, hold.start, hold.held_until),
            (codes[1], parse_timestamp(START), minutes_later(16)),
            "{engine}"
        );
        // A slot held by another is refused, and the own hold is kept.
        store
            .hold_slot(anonymous_holder(&store, 2), booking_request(codes[0], 1, START), minutes_later(6))
            .await
            .expect("held");
        let refused = store.hold_slot(holder, booking_request(codes[0], 1, START), minutes_later(7)).await;
        assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine}");
        assert!(store.find_hold(holder.browser, minutes_later(7)).await.expect("read").is_some(), "{engine}");
        // A hold never lasts into the visit.
        let soon = "2026-11-24T09:00:00+09:00";
        let outcome =
            store.hold_slot(holder, booking_request(codes[1], 1, soon), minutes_later(55)).await.expect("held");
        assert_eq!(outcome, HoldOutcome::Held { held_until: parse_timestamp(soon) }, "{engine}");
    }
}

#[tokio::test]
async fn strangers_from_one_address_hold_few_times_and_a_signed_in_patient_one_besides() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let max = Limits::default().holds_per_peer;
        let start =
            |number: u16| parse_timestamp("2026-11-25T09:00:00+09:00").plus(Span::from_mins(i64::from(number) * 15));
        let choose = |holder: SlotHolder, number| {
            let request = BookingRequest { institution: code, menu: 1, practitioner: None, start: start(number) };
            store.hold_slot(holder, request, now())
        };
        for number in 0..max {
            let outcome = choose(anonymous_holder(&store, 1), number).await.expect("held");
            assert!(matches!(outcome, HoldOutcome::Held { .. }), "{engine} {number}");
        }
        let more = choose(anonymous_holder(&store, 1), max).await.expect("it can be booked all the same");
        assert_eq!(more, HoldOutcome::NotHeld, "{engine}");
        let result = choose(anonymous_holder(&store, 1), 0).await;
        assert!(matches!(result, Err(Refusal::SlotTaken)), "{engine}");
        let elsewhere = choose(anonymous_holder(&store, 2), max).await.expect("held");
        assert!(matches!(elsewhere, HoldOutcome::Held { .. }), "{engine}: another address");
        let signed_in =
            SlotHolder { account: Some(create_account(&store, "a@example.jp").await), ..anonymous_holder(&store, 1) };
        let outcome = choose(signed_in, max + 1).await.expect("held");
        assert!(matches!(outcome, HoldOutcome::Held { .. }), "{engine}");
        let other_browser = SlotHolder { browser: browser(&store), ..signed_in };
        choose(other_browser, max + 2).await.expect("held");
        assert!(
            store.find_hold(signed_in.browser, now()).await.expect("read").is_none(),
            "{engine}: one for a patient"
        );
        // After holds have ended, the address can hold again.
        let request = BookingRequest { institution: code, menu: 1, practitioner: None, start: start(0) };
        let outcome = store.hold_slot(anonymous_holder(&store, 1), request, minutes_later(10)).await.expect("held");
        assert!(matches!(outcome, HoldOutcome::Held { .. }), "{engine}");
    }
}

#[tokio::test]
async fn a_hold_goes_with_whoever_signs_in_and_ends_with_signing_out() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (token, next, last) =
            (Token::new(&store.randomness), Token::new(&store.randomness), Token::new(&store.randomness));
        let holder = SlotHolder { browser: token.digest(), ..anonymous_holder(&store, 1) };
        store.hold_slot(holder, booking_request(code, 1, START), now()).await.expect("held");
        let (address, sign_in_code) = ("a@example.jp".parse().expect("an address"), "123456".to_owned());
        let result = store
            .send_code(
                token.clone(),
                address,
                sign_in_code.clone(),
                "/".into(),
                Language::Japanese,
                now(),
                CodeRequester::default(),
            )
            .await;
        result.expect("a code is sent");
        let outcome =
            store.try_code(token, next.clone(), sign_in_code, new_account(Language::Japanese), minutes_later(2)).await;
        assert!(matches!(outcome, Ok(PatientSignIn::Done { .. })), "{engine}");
        let hold = store.find_hold(next.digest(), minutes_later(2)).await.expect("read").expect("a hold");
        assert_eq!(hold.held_until, minutes_later(10), "{engine}");
        store.sign_out(next, last).await.expect("signed out");
        assert!(is_slot_free_for(&store, code, START, browser(&store), minutes_later(3)).await, "{engine}");
    }
}

#[tokio::test]
async fn a_new_time_is_held_while_moving_and_the_old_one_stays_until_then() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (account, other_patient) =
            (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let id = store.book_appointment(account, booking_request(code, 1, START), now()).await.expect("booked").id();
        let new_start = "2026-11-25T11:00:00+09:00";
        let holder = SlotHolder { account: Some(account), ..anonymous_holder(&store, 1) };
        store.hold_slot_for_reschedule(holder, account, id, parse_timestamp(new_start), now()).await.expect("held");
        let result = store.hold_slot_for_reschedule(holder, other_patient, id, parse_timestamp(new_start), now()).await;
        assert!(matches!(result, Err(Refusal::NotFound)), "{engine}");
        for start in [START, new_start] {
            let refused = store.book_appointment(other_patient, booking_request(code, 1, start), now()).await;
            assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine} {start}");
        }
        let booker = Booker::with_browser(account, holder.browser);
        let check = store.check_reschedule(booker, id, parse_timestamp(new_start), now()).await.expect("checked");
        assert_eq!(check.nearby, NearbyVisits::default(), "{engine}");
        store.reschedule_appointment(booker, id, parse_timestamp(new_start), now()).await.expect("moved");
        assert_eq!(
            store.find_last_reschedule(id).await.expect("read"),
            Some((parse_timestamp(START), now())),
            "{engine}"
        );
        store
            .book_appointment(other_patient, booking_request(code, 1, START), now())
            .await
            .expect("the old time is free");
        store.cancel_appointment(account, id, 0, minutes_later(1)).await.expect("cancelled");
        assert_eq!(store.find_last_reschedule(id).await.expect("read"), None, "{engine}: moving was not the last act");
    }
}

#[tokio::test]
async fn a_patient_is_not_in_two_places_unless_both_are_wanted() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let account = new_patient(&store, "a@example.jp").await;
        let first = store
            .book_appointment(account, booking_request(codes[0], 2, START), now())
            .await
            .expect("half an hour is booked")
            .id();
        let within = "2026-11-25T10:15:00+09:00";
        let same = store.book_appointment(account, booking_request(codes[0], 1, within), now()).await;
        assert!(
            matches!(same, Err(Refusal::Booking(BookingObstacle::SameTime(id))) if id == first),
            "{engine}: {same:?}"
        );
        let refused = store.book_appointment(account, booking_request(codes[1], 1, within), now()).await;
        assert!(
            matches!(refused, Err(Refusal::Booking(BookingObstacle::Overlaps(id))) if id == first),
            "{engine}: {refused:?}"
        );
        let check =
            store.check_booking(account.into(), booking_request(codes[1], 1, within), now()).await.expect("checked");
        assert!(
            matches!(&check, BookingCheck::Open { nearby: NearbyVisits { overlap: Some(visit), same_day: None }, .. } if visit.id == first),
            "{engine}: {check:?}"
        );
        let accepted =
            Booker { accepted_visits: AcceptedVisits { overlap: Some(first), same_day: None }, ..account.into() };
        let second = store
            .book_appointment(accepted, booking_request(codes[1], 1, within), now())
            .await
            .expect("both are wanted")
            .id();
        // The next quarter of an hour overlaps neither.
        let accepted =
            Booker { accepted_visits: AcceptedVisits { overlap: None, same_day: Some(second) }, ..account.into() };
        let after = store
            .book_appointment(accepted, booking_request(codes[1], 1, "2026-11-25T10:30:00+09:00"), now())
            .await
            .expect("booked")
            .id();
        let moved =
            store.reschedule_appointment(account, after, parse_timestamp("2026-11-25T10:00:00+09:00"), now()).await;
        assert!(
            matches!(moved, Err(Refusal::Booking(BookingObstacle::Overlaps(id))) if id == first),
            "{engine}: {moved:?}"
        );
        let moved =
            store.reschedule_appointment(account, second, parse_timestamp("2026-11-25T10:45:00+09:00"), now()).await;
        moved.expect("a visit does not stand in its own way");
    }
}

#[tokio::test]
async fn a_second_visit_at_a_clinic_on_a_day_is_asked_about_first() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (account, child) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+child@example.jp").await);
        let first =
            store.book_appointment(account, booking_request(codes[0], 1, START), now()).await.expect("booked").id();
        let hour_later = "2026-11-25T11:00:00+09:00";
        let refused = store.book_appointment(account, booking_request(codes[0], 1, hour_later), now()).await;
        assert!(
            matches!(refused, Err(Refusal::Booking(BookingObstacle::SameDay(id))) if id == first),
            "{engine}: {refused:?}"
        );
        let check = store
            .check_booking(account.into(), booking_request(codes[0], 1, hour_later), now())
            .await
            .expect("checked");
        assert!(
            matches!(&check, BookingCheck::Open { nearby: NearbyVisits { overlap: None, same_day: Some(visit) }, .. } if visit.id == first),
            "{engine}: {check:?}"
        );
        // No acceptance is needed for another person of the mailbox, elsewhere, or on another day.
        let free = [(child, 0, hour_later), (account, 1, hour_later), (account, 0, "2026-11-26T10:00:00+09:00")];
        for (booker, clinic, start) in free {
            let state = store
                .check_booking(booker.into(), booking_request(codes[clinic], 1, start), now())
                .await
                .expect("checked");
            assert!(is_free(&state), "{engine}: {start}: {state:?}");
        }
        let accepted =
            Booker { accepted_visits: AcceptedVisits { overlap: None, same_day: Some(first) }, ..account.into() };
        let second = store
            .book_appointment(accepted, booking_request(codes[0], 1, hour_later), now())
            .await
            .expect("both are wanted")
            .id();
        // Rescheduling within the day needs no acceptance; from another day it does.
        store
            .reschedule_appointment(account, second, parse_timestamp("2026-11-25T09:00:00+09:00"), now())
            .await
            .expect("moved within the day");
        store.cancel_appointment(account, second, 0, now()).await.expect("cancelled");
        let next_day = store
            .book_appointment(account, booking_request(codes[0], 1, "2026-11-26T10:00:00+09:00"), now())
            .await
            .expect("booked")
            .id();
        let refused = store.reschedule_appointment(account, next_day, parse_timestamp(hour_later), now()).await;
        assert!(
            matches!(refused, Err(Refusal::Booking(BookingObstacle::SameDay(id))) if id == first),
            "{engine}: {refused:?}"
        );
        store
            .reschedule_appointment(accepted, next_day, parse_timestamp(hour_later), now())
            .await
            .expect("both are wanted");
    }
}

#[tokio::test]
async fn one_mailbox_has_two_visits_at_a_clinic_on_a_day_under_all_its_names() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (first_account, second_account) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+child@example.jp").await);
        let book = |account: AccountId, clinic: usize, number| {
            let request =
                BookingRequest { institution: codes[clinic], menu: 1, practitioner: None, start: quarter_hour(number) };
            store.book_appointment(account, request, now())
        };
        let first = book(first_account, 0, 0).await.expect("booked").id();
        book(second_account, 0, 1).await.expect("booked");
        for account in [first_account, second_account] {
            let refused = book(account, 0, 2).await;
            assert!(
                matches!(refused, Err(Refusal::Booking(BookingObstacle::ClinicDayFull { max: 2 }))),
                "{engine}: {refused:?}"
            );
        }
        book(first_account, 1, 2).await.expect("another clinic");
        let stranger = create_account(&store, "b@example.jp").await;
        book(stranger, 0, 2).await.expect("another mailbox");
        store
            .reschedule_appointment(first_account, first, quarter_hour(3), now())
            .await
            .expect("moving within the day is no visit more");
        store.cancel_appointment(first_account, first, 0, now()).await.expect("cancelled");
        book(first_account, 0, 4).await.expect("a cancelled visit counts no more");
    }
}

#[tokio::test]
async fn one_mailbox_books_moves_and_cancels_only_so_often_a_day() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (first_account, second_account) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+x@example.jp").await);
        let request =
            |number| BookingRequest { institution: code, menu: 1, practitioner: None, start: quarter_hour(number) };
        for round in 0..6 {
            let booked = store.book_appointment(first_account, request(round), now()).await.expect("booked");
            assert!(matches!(booked, BookingOutcome::New(_)), "{engine}");
            store.cancel_appointment(first_account, booked.id(), 0, now()).await.expect("cancelled");
        }
        for account in [first_account, second_account] {
            let refused = store.book_appointment(account, request(0), now()).await;
            assert!(
                matches!(
                    refused,
                    Err(Refusal::Booking(BookingObstacle::TooManyActionsToday {
                        action: PatientAction::Booked,
                        max: 6
                    }))
                ),
                "{engine}: {refused:?}"
            );
        }
        let tomorrow = minutes_later(24 * 60);
        let id = store.book_appointment(first_account, request(8), tomorrow).await.expect("the next day").id();
        for round in 0..6 {
            store
                .reschedule_appointment(first_account, id, quarter_hour(9 + round % 2), tomorrow)
                .await
                .expect("moved");
        }
        let refused = store.reschedule_appointment(first_account, id, quarter_hour(9), tomorrow).await;
        assert!(
            matches!(
                refused,
                Err(Refusal::Booking(BookingObstacle::TooManyActionsToday {
                    action: PatientAction::Rescheduled,
                    max: 6
                }))
            ),
            "{engine}: {refused:?}"
        );
        assert_eq!(
            store.find_appointment_details(first_account, id).await.expect("read").appointment.visit_start,
            quarter_hour(10),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn a_cancellation_too_many_is_refused_and_the_visit_stands() {
    for (engine, mut store, _trial) in stores() {
        store.limits = Limits { cancellations_per_day: 1, ..Limits::default() };
        let code = fill_directory(&store).await[0];
        let account = create_account(&store, "a@example.jp").await;
        let request =
            |number| BookingRequest { institution: code, menu: 1, practitioner: None, start: quarter_hour(number) };
        let first = store.book_appointment(account, request(0), now()).await.expect("booked").id();
        let accepted =
            Booker { accepted_visits: AcceptedVisits { overlap: None, same_day: Some(first) }, ..account.into() };
        let second = store.book_appointment(accepted, request(1), now()).await.expect("booked").id();
        store.cancel_appointment(account, first, 0, now()).await.expect("cancelled");
        store.cancel_appointment(account, first, 0, now()).await.expect("cancelling twice is the same as once");
        let refused = store.cancel_appointment(account, second, 0, now()).await;
        assert!(
            matches!(
                refused,
                Err(Refusal::Booking(BookingObstacle::TooManyActionsToday {
                    action: PatientAction::Cancelled,
                    max: 1
                }))
            ),
            "{engine}"
        );
        let case = store.find_appointment_details(account, second).await.expect("read");
        assert_eq!(case.appointment.status, AppointmentStatus::Booked, "{engine}");
    }
}

#[tokio::test]
async fn one_mailbox_has_ten_visits_to_come() {
    for (engine, mut store, _trial) in stores() {
        store.limits = Limits { bookings_to_come: 2, ..Limits::default() };
        let codes = fill_directory(&store).await;
        let (first_account, second_account) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+x@example.jp").await);
        let request = |clinic: usize, number| BookingRequest {
            institution: codes[clinic],
            menu: 1,
            practitioner: None,
            start: quarter_hour(number),
        };
        store.book_appointment(first_account, request(0, 0), now()).await.expect("booked");
        store.book_appointment(second_account, request(1, 1), now()).await.expect("booked");
        let refused = store.book_appointment(first_account, request(2, 2), now()).await;
        assert!(
            matches!(refused, Err(Refusal::Booking(BookingObstacle::TooManyAppointments { max: 2 }))),
            "{engine}: {refused:?}"
        );
    }
}
