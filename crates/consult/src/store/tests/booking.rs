//! Holds, and what one patient may book: on every engine.

use base::{Digest, InstitutionCode, Span, Timestamp, Token};
use shell::{Language, Peer};

use super::{
    START, booking_request, fill_directory, minutes_later, new_account, new_patient, now, parse_timestamp, stores,
};
use crate::store::test_store::new_institution;
use crate::{
    Limits, Refusal,
    rules::{appointment::PatientAction, patient::PatientId},
    store::{
        Store, account,
        account::{CodeRequester, PatientSignIn},
        appointment::{AcceptedVisits, Booker, BookingCheck, BookingOutcome, NearbyVisits},
        directory::{InstitutionOffer, InstitutionSearch, SortOrder},
        hold::{HoldOutcome, SlotHolder},
    },
};

fn browser(store: &Store) -> Digest {
    Token::new(&store.randomness).digest()
}

/// A stranger with a browser of their own, at an address of their own.
fn anonymous_holder(store: &Store, last_octet: u8) -> SlotHolder {
    let peer = Peer([192, 0, 2, last_octet].into());
    SlotHolder { browser: browser(store), patient: None, peer: Some(peer) }
}

async fn create_account(store: &Store, mail: &str) -> PatientId {
    let (inner, address) = (store.clone(), mail.parse().expect("an address"));
    let made = store
        .database
        .write(move |transaction| account::create_account_for_tests(transaction, &inner, &address, now()))
        .await;
    made.expect("an account")
}

async fn is_slot_free_for(store: &Store, code: InstitutionCode, start: &str, browser: Digest, now: Timestamp) -> bool {
    let range = (parse_timestamp(start), parse_timestamp(start).plus(Span::from_mins(15)));
    store.find_taken_units(code, range, browser, now).await.expect("times are read").is_empty()
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
        let mut held = 0;
        for task in tasks {
            match task.await.expect("nobody panics") {
                Ok(HoldOutcome::Held { .. }) => held += 1,
                Err(Refusal::SlotTaken) => {}
                other => panic!("{engine}: {other:?}"),
            }
        }
        assert_eq!(held, 1, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_time_is_booked_by_its_browser_alone_until_the_hold_ends() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (one, other) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let holder = anonymous_holder(&store, 1);
        let held = store.hold_slot(holder, booking_request(code, 1, START), now()).await.expect("held");
        assert_eq!(held, HoldOutcome::Held { held_until: minutes_later(10) }, "{engine}");
        assert!(
            is_slot_free_for(&store, code, START, holder.browser, minutes_later(9)).await,
            "{engine}: its own hold is no bar"
        );
        assert!(!is_slot_free_for(&store, code, START, browser(&store), minutes_later(9)).await, "{engine}");
        assert!(
            is_slot_free_for(&store, code, START, browser(&store), minutes_later(10)).await,
            "{engine}: an ended hold is none"
        );

        let foreign = Booker::with_browser(other, browser(&store));
        let refused = store.book_appointment(foreign, booking_request(code, 1, START), minutes_later(9)).await;
        assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine}: {refused:?}");
        let longer = store.book_appointment(foreign, booking_request(code, 2, START), minutes_later(9)).await;
        assert!(matches!(longer, Err(Refusal::SlotTaken)), "{engine}: a longer visit needs the held quarter too");
        let own = Booker::with_browser(one, holder.browser);
        assert_eq!(
            store.check_booking(own, booking_request(code, 1, START), minutes_later(9)).await.expect("checked"),
            BookingCheck::Free
        );
        store
            .book_appointment(own, booking_request(code, 1, START), minutes_later(9))
            .await
            .expect("booked by the browser that holds it");
        assert!(
            store.find_hold(holder.browser, minutes_later(9)).await.expect("read").is_none(),
            "{engine}: it is a visit now"
        );

        // Another hold, which ends: whoever comes then books over it.
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
        let again = store.hold_slot(holder, booking_request(codes[0], 1, START), minutes_later(5)).await.expect("held");
        assert_eq!(again, HoldOutcome::Held { held_until: minutes_later(10) }, "{engine}");
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
        // A time that another has is refused, and what one has stays.
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
        let most = Limits::default().holds_per_peer;
        let start =
            |number: u16| parse_timestamp("2026-11-25T09:00:00+09:00").plus(Span::from_mins(i64::from(number) * 15));
        let choose = |holder: SlotHolder, number| {
            let wish = crate::store::appointment::BookingRequest { institution: code, menu: 1, start: start(number) };
            store.hold_slot(holder, wish, now())
        };
        for number in 0..most {
            let held = choose(anonymous_holder(&store, 1), number).await.expect("held");
            assert!(matches!(held, HoldOutcome::Held { .. }), "{engine} {number}");
        }
        let more = choose(anonymous_holder(&store, 1), most).await.expect("it can be booked all the same");
        assert_eq!(more, HoldOutcome::NotHeld, "{engine}");
        let taken = choose(anonymous_holder(&store, 1), 0).await;
        assert!(matches!(taken, Err(Refusal::SlotTaken)), "{engine}");
        let elsewhere = choose(anonymous_holder(&store, 2), most).await.expect("held");
        assert!(matches!(elsewhere, HoldOutcome::Held { .. }), "{engine}: another address");
        let signed_in =
            SlotHolder { patient: Some(create_account(&store, "a@example.jp").await), ..anonymous_holder(&store, 1) };
        let held = choose(signed_in, most + 1).await.expect("held");
        assert!(matches!(held, HoldOutcome::Held { .. }), "{engine}");
        let other_browser = SlotHolder { browser: browser(&store), ..signed_in };
        choose(other_browser, most + 2).await.expect("held");
        assert!(
            store.find_hold(signed_in.browser, now()).await.expect("read").is_none(),
            "{engine}: one for a patient"
        );
        // When holds have ended, others may hold.
        let wish = crate::store::appointment::BookingRequest { institution: code, menu: 1, start: start(0) };
        let held = store.hold_slot(anonymous_holder(&store, 1), wish, minutes_later(10)).await.expect("held");
        assert!(matches!(held, HoldOutcome::Held { .. }), "{engine}");
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
        let (address, code_typed) = ("a@example.jp".parse().expect("an address"), "123456".to_owned());
        let sent = store
            .send_code(
                token.clone(),
                address,
                code_typed.clone(),
                "/".into(),
                Language::Japanese,
                now(),
                CodeRequester::default(),
            )
            .await;
        sent.expect("a code is sent");
        let tried = store
            .try_code(token, next.clone(), Some(code_typed), new_account(Language::Japanese), minutes_later(2))
            .await;
        assert!(matches!(tried, Ok(PatientSignIn::Done { .. })), "{engine}");
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
        let (one, other) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let id = store.book_appointment(one, booking_request(code, 1, START), now()).await.expect("booked").id();
        let new = "2026-11-25T11:00:00+09:00";
        let holder = SlotHolder { patient: Some(one), ..anonymous_holder(&store, 1) };
        store.hold_slot_for_reschedule(holder, one, id, parse_timestamp(new), now()).await.expect("held");
        let foreign = store.hold_slot_for_reschedule(holder, other, id, parse_timestamp(new), now()).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)), "{engine}");
        for start in [START, new] {
            let refused = store.book_appointment(other, booking_request(code, 1, start), now()).await;
            assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine} {start}");
        }
        let booker = Booker::with_browser(one, holder.browser);
        let nearby = store.check_reschedule(booker, id, parse_timestamp(new), now()).await.expect("checked");
        assert_eq!(nearby, NearbyVisits::default(), "{engine}");
        store.reschedule_appointment(booker, id, parse_timestamp(new), now()).await.expect("moved");
        assert_eq!(
            store.find_last_reschedule(id).await.expect("read"),
            Some((parse_timestamp(START), now())),
            "{engine}"
        );
        store.book_appointment(other, booking_request(code, 1, START), now()).await.expect("the old time is free");
        store.cancel_appointment(one, id, minutes_later(1)).await.expect("cancelled");
        assert_eq!(store.find_last_reschedule(id).await.expect("read"), None, "{engine}: moving was not the last act");
    }
}

#[tokio::test]
async fn a_patient_is_not_in_two_places_unless_both_are_wanted() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let one = new_patient(&store, "a@example.jp").await;
        let first = store
            .book_appointment(one, booking_request(codes[0], 2, START), now())
            .await
            .expect("half an hour is booked")
            .id();
        let within = "2026-11-25T10:15:00+09:00";
        let same = store.book_appointment(one, booking_request(codes[0], 1, within), now()).await;
        assert!(matches!(same, Err(Refusal::SameTime(id)) if id == first), "{engine}: {same:?}");
        let asked = store.book_appointment(one, booking_request(codes[1], 1, within), now()).await;
        assert!(matches!(asked, Err(Refusal::Overlaps(id)) if id == first), "{engine}: {asked:?}");
        let told = store.check_booking(one.into(), booking_request(codes[1], 1, within), now()).await.expect("checked");
        assert!(
            matches!(&told, BookingCheck::Besides(NearbyVisits { overlap: Some(visit), same_day: None }) if visit.id == first),
            "{engine}: {told:?}"
        );
        let accepted =
            Booker { accepted_overlap: AcceptedVisits { overlap: Some(first), same_day: None }, ..one.into() };
        let both = store
            .book_appointment(accepted, booking_request(codes[1], 1, within), now())
            .await
            .expect("both are wanted")
            .id();
        // The next quarter of an hour has nothing in common with either.
        let accepted =
            Booker { accepted_overlap: AcceptedVisits { overlap: None, same_day: Some(both) }, ..one.into() };
        let after = store
            .book_appointment(accepted, booking_request(codes[1], 1, "2026-11-25T10:30:00+09:00"), now())
            .await
            .expect("booked")
            .id();
        let moved = store.reschedule_appointment(one, after, parse_timestamp("2026-11-25T10:00:00+09:00"), now()).await;
        assert!(matches!(moved, Err(Refusal::Overlaps(id)) if id == first), "{engine}: {moved:?}");
        let moved = store.reschedule_appointment(one, both, parse_timestamp("2026-11-25T10:45:00+09:00"), now()).await;
        moved.expect("a visit does not stand in its own way");
    }
}

#[tokio::test]
async fn a_second_visit_at_a_clinic_on_a_day_is_asked_about_first() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (one, child) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+child@example.jp").await);
        let first = store.book_appointment(one, booking_request(codes[0], 1, START), now()).await.expect("booked").id();
        let hour_later = "2026-11-25T11:00:00+09:00";
        let asked = store.book_appointment(one, booking_request(codes[0], 1, hour_later), now()).await;
        assert!(matches!(asked, Err(Refusal::SameDay(id)) if id == first), "{engine}: {asked:?}");
        let told =
            store.check_booking(one.into(), booking_request(codes[0], 1, hour_later), now()).await.expect("checked");
        assert!(
            matches!(&told, BookingCheck::Besides(NearbyVisits { overlap: None, same_day: Some(visit) }) if visit.id == first),
            "{engine}: {told:?}"
        );
        // Nothing is asked of another person of the mailbox, elsewhere, or on another day.
        let free = [(child, 0, hour_later), (one, 1, hour_later), (one, 0, "2026-11-26T10:00:00+09:00")];
        for (patient, place, start) in free {
            let state = store
                .check_booking(patient.into(), booking_request(codes[place], 1, start), now())
                .await
                .expect("checked");
            assert_eq!(state, BookingCheck::Free, "{engine}: {start}");
        }
        let accepted =
            Booker { accepted_overlap: AcceptedVisits { overlap: None, same_day: Some(first) }, ..one.into() };
        let second = store
            .book_appointment(accepted, booking_request(codes[0], 1, hour_later), now())
            .await
            .expect("both are wanted")
            .id();
        // Within the day a visit is moved without a question; from another day it comes beside the others again.
        store
            .reschedule_appointment(one, second, parse_timestamp("2026-11-25T09:00:00+09:00"), now())
            .await
            .expect("moved within the day");
        store.cancel_appointment(one, second, now()).await.expect("cancelled");
        let other = store
            .book_appointment(one, booking_request(codes[0], 1, "2026-11-26T10:00:00+09:00"), now())
            .await
            .expect("booked")
            .id();
        let asked = store.reschedule_appointment(one, other, parse_timestamp(hour_later), now()).await;
        assert!(matches!(asked, Err(Refusal::SameDay(id)) if id == first), "{engine}: {asked:?}");
        store
            .reschedule_appointment(accepted, other, parse_timestamp(hour_later), now())
            .await
            .expect("both are wanted");
    }
}

/// Times of 25 November on the grid of the first menu: a quarter of an hour each.
fn quarter_hour(number: i64) -> Timestamp {
    parse_timestamp("2026-11-25T09:00:00+09:00").plus(Span::from_mins(15 * number))
}

#[tokio::test]
async fn one_mailbox_has_two_visits_at_a_clinic_on_a_day_under_all_its_names() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (one, other) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+child@example.jp").await);
        let book = |patient: PatientId, place: usize, number| {
            let wish = crate::store::appointment::BookingRequest {
                institution: codes[place],
                menu: 1,
                start: quarter_hour(number),
            };
            store.book_appointment(patient, wish, now())
        };
        let first = book(one, 0, 0).await.expect("booked").id();
        book(other, 0, 1).await.expect("booked");
        for patient in [one, other] {
            let refused = book(patient, 0, 2).await;
            assert!(matches!(refused, Err(Refusal::ClinicDayFull { max: 2 })), "{engine}: {refused:?}");
        }
        book(one, 1, 2).await.expect("another clinic");
        let stranger = create_account(&store, "b@example.jp").await;
        book(stranger, 0, 2).await.expect("another mailbox");
        store
            .reschedule_appointment(one, first, quarter_hour(3), now())
            .await
            .expect("moving within the day is no visit more");
        store.cancel_appointment(one, first, now()).await.expect("cancelled");
        book(one, 0, 4).await.expect("a cancelled visit counts no more");
    }
}

#[tokio::test]
async fn one_mailbox_books_moves_and_cancels_only_so_often_a_day() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (one, other) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+x@example.jp").await);
        let wish = |number| crate::store::appointment::BookingRequest {
            institution: code,
            menu: 1,
            start: quarter_hour(number),
        };
        for round in 0..6 {
            let booked = store.book_appointment(one, wish(round), now()).await.expect("booked");
            assert!(matches!(booked, BookingOutcome::New(_)), "{engine}");
            store.cancel_appointment(one, booked.id(), now()).await.expect("cancelled");
        }
        for patient in [one, other] {
            let refused = store.book_appointment(patient, wish(0), now()).await;
            assert!(
                matches!(refused, Err(Refusal::TooManyActionsToday { action: PatientAction::Booked, max: 6 })),
                "{engine}: {refused:?}"
            );
        }
        let tomorrow = minutes_later(24 * 60);
        let id = store.book_appointment(one, wish(8), tomorrow).await.expect("the next day").id();
        for round in 0..6 {
            store.reschedule_appointment(one, id, quarter_hour(9 + round % 2), tomorrow).await.expect("moved");
        }
        let refused = store.reschedule_appointment(one, id, quarter_hour(9), tomorrow).await;
        assert!(
            matches!(refused, Err(Refusal::TooManyActionsToday { action: PatientAction::Rescheduled, max: 6 })),
            "{engine}: {refused:?}"
        );
        assert_eq!(
            store.find_appointment_details(one, id).await.expect("read").appointment.visit_start,
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
        let one = create_account(&store, "a@example.jp").await;
        let wish = |number| crate::store::appointment::BookingRequest {
            institution: code,
            menu: 1,
            start: quarter_hour(number),
        };
        let first = store.book_appointment(one, wish(0), now()).await.expect("booked").id();
        let accepted =
            Booker { accepted_overlap: AcceptedVisits { overlap: None, same_day: Some(first) }, ..one.into() };
        let second = store.book_appointment(accepted, wish(1), now()).await.expect("booked").id();
        store.cancel_appointment(one, first, now()).await.expect("cancelled");
        store.cancel_appointment(one, first, now()).await.expect("cancelling twice is the same as once");
        let refused = store.cancel_appointment(one, second, now()).await;
        assert!(
            matches!(refused, Err(Refusal::TooManyActionsToday { action: PatientAction::Cancelled, max: 1 })),
            "{engine}"
        );
        let case = store.find_appointment_details(one, second).await.expect("read");
        assert_eq!(case.appointment.status, crate::rules::appointment::AppointmentStatus::Booked, "{engine}");
    }
}

#[tokio::test]
async fn one_mailbox_has_ten_visits_to_come() {
    for (engine, mut store, _trial) in stores() {
        store.limits = Limits { bookings_to_come: 2, ..Limits::default() };
        let codes = fill_directory(&store).await;
        let (one, other) =
            (create_account(&store, "a@example.jp").await, create_account(&store, "a+x@example.jp").await);
        let wish = |place: usize, number| crate::store::appointment::BookingRequest {
            institution: codes[place],
            menu: 1,
            start: quarter_hour(number),
        };
        store.book_appointment(one, wish(0, 0), now()).await.expect("booked");
        store.book_appointment(other, wish(1, 1), now()).await.expect("booked");
        let refused = store.book_appointment(one, wish(2, 2), now()).await;
        assert!(matches!(refused, Err(Refusal::TooManyAppointments { max: 2 })), "{engine}: {refused:?}");
    }
}

#[tokio::test]
async fn clinics_stand_in_the_order_of_their_next_free_times() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let found = async |order, now| {
            let found = store
                .search_institutions(InstitutionSearch { order, ..InstitutionSearch::default() }, now)
                .await
                .expect("a search");
            let times = found.institutions.into_iter().map(|listed| (listed.institution.code, listed.next_free));
            times.collect::<Vec<_>>()
        };
        let nine = Some(parse_timestamp("2026-11-24T09:00:00+09:00"));
        let by_area = found(SortOrder::Area, now()).await;
        assert!(by_area.iter().all(|(_, next)| *next == nine), "{engine}: {by_area:?}");
        // Where the first half hour is taken, whether by a visit or by somebody's hold, the clinic stands last.
        let first = by_area[0].0;
        let holder = anonymous_holder(&store, 1);
        let early = crate::store::appointment::BookingRequest {
            institution: first,
            menu: 2,
            start: parse_timestamp("2026-11-24T09:00:00+09:00"),
        };
        store.hold_slot(holder, early, now()).await.expect("held");
        let by_time = found(SortOrder::NextFree, now()).await;
        assert_eq!(
            by_time.last().expect("a clinic"),
            &(first, Some(parse_timestamp("2026-11-24T09:30:00+09:00"))),
            "{engine}"
        );
        let later_on = found(SortOrder::NextFree, minutes_later(11)).await;
        assert!(later_on.iter().all(|(_, next)| *next == nine), "{engine}: an ended hold is free");
        // A clinic that opens no more has no time, and stands last all the same.
        let offer = store.find_offer(codes[1]).await.expect("an offer");
        let closed = crate::rules::slot::OpeningSchedule { hours: Vec::new(), closed_on_holidays: true };
        store
            .add_institution(new_institution(InstitutionOffer { opening: closed, ..offer }))
            .await
            .expect("brought up to date");
        assert_eq!(found(SortOrder::NextFree, now()).await.last(), Some(&(codes[1], None)), "{engine}");
    }
}
