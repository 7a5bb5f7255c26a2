//! Tests of booking and its changes, on every engine.

mod doctors;
mod history;
mod holds;
mod journey;
mod pages;

use base::Token;

use super::store::booking::BookingOutcome;
use crate::{
    appointments::rules::{AppointmentStatus, booking_number},
    directory,
    people::{self, rules::account::ClinicInMail},
    proof::{
        rules::ledgers::{NotStartedReason, PatientSide},
        store::departure::DepartureStage,
    },
    refusal::Refusal,
    sample_data,
    tests::stores::{
        self, START, book_visit, booking_request, fill_directory, load_proof, minutes_later, new_departure,
        new_patient, now, parse_timestamp, register_consent, stores,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_bookers_one_wins() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let mut patients = Vec::new();
        for number in 0..100 {
            let address = format!("p{number}@example.jp").parse().expect("an address");
            let id = store
                .database
                .write({
                    let store = store.clone();
                    move |transaction| people::store::create_account_for_tests(transaction, &store, &address, now())
                })
                .await
                .expect("an account");
            patients.push(id);
        }
        let tasks: Vec<_> = patients
            .into_iter()
            .map(|account| {
                let store = store.clone();
                tokio::spawn(
                    async move { store.book_appointment(account, booking_request(code, 1, START), now()).await },
                )
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.expect("a booker does not panic") {
                Ok(BookingOutcome::New(_)) => won += 1,
                Err(Refusal::SlotTaken) => {}
                result => panic!("{engine}: {result:?}"),
            }
        }
        assert_eq!(won, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_booking_sent_twice_is_one() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let first = store.book_appointment(account, booking_request(code, 1, START), now()).await.expect("booked");
        let second = store.book_appointment(account, booking_request(code, 1, START), now()).await.expect("booked");
        assert_eq!(second, BookingOutcome::AlreadyBooked(first.id()), "{engine}");
        assert_eq!(store.list_appointment_details(account, now()).await.expect("cases").len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn a_letter_names_the_clinic_unless_the_patient_does_not_want_it() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let name = directory::samples::institutions()[0].name.clone();
        let check = async |mail: &str, choice: ClinicInMail, start: &str| {
            let account = new_patient(&store, mail).await;
            let profile = sample_data::profile();
            store.save_profile(account, profile, stores::letter_choices(choice), now()).await.expect("kept");
            let id =
                store.book_appointment(account, booking_request(code, 1, start), now()).await.expect("booked").id();
            let letters = store.list_outbox().await.expect("the outbox");
            let mut bodies = letters
                .into_iter()
                .filter(|outbox_letter| outbox_letter.letter.to == mail)
                .map(|outbox_letter| outbox_letter.letter.body);
            // The letter with the code is of the same instant.
            let body = bodies.find(|body| body.contains("予約番号")).expect("a letter about the appointment");
            assert_eq!(body.contains(&name), choice == ClinicInMail::Named, "{engine}: {body}");
            assert!(body.contains(&format!("予約番号：{}", booking_number(id))), "{engine}: {body}");
        };
        check("a@example.jp", ClinicInMail::Named, START).await;
        check("b@example.jp", ClinicInMail::Neutral, "2026-11-25T11:00:00+09:00").await;
    }
}

#[tokio::test]
async fn a_longer_visit_takes_all_its_quarter_hours() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (first_patient, second_patient) =
            (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        store
            .book_appointment(first_patient, booking_request(code, 2, START), now())
            .await
            .expect("half an hour is booked");
        let second =
            store.book_appointment(second_patient, booking_request(code, 1, "2026-11-25T10:15:00+09:00"), now()).await;
        assert!(matches!(second, Err(Refusal::SlotTaken)), "{engine}");
        let case = store.list_appointment_details(first_patient, now()).await.expect("cases").remove(0);
        assert_eq!(case.proof, None, "{engine}: self-pay needs no proof");
    }
}

#[tokio::test]
async fn no_time_is_booked_that_is_none() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        for start in [
            "2026-11-24T07:45:00+09:00",
            "2026-11-25T12:00:00+09:00",
            "2027-03-01T10:00:00+09:00",
            "2026-11-28T10:00:00+09:00",
        ] {
            let refused = store.book_appointment(account, booking_request(code, 1, start), now()).await;
            assert!(matches!(refused, Err(Refusal::NotASlot(_))), "{engine} {start}");
        }
        assert!(
            matches!(
                store.book_appointment(account, booking_request(code, 9, START), now()).await,
                Err(Refusal::NotFound)
            ),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn a_foreign_appointment_does_not_exist() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (owner, stranger) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let id = book_visit(&store, owner, code).await;
        assert!(matches!(store.find_appointment_details(stranger, id).await, Err(Refusal::NotFound)), "{engine}");
        assert!(matches!(store.cancel_appointment(stranger, id, 0, now()).await, Err(Refusal::NotFound)), "{engine}");
        assert!(
            matches!(
                store.reschedule_appointment(stranger, id, parse_timestamp(START), now()).await,
                Err(Refusal::NotFound)
            ),
            "{engine}"
        );
        assert!(matches!(store.report_procedure_done(stranger, id, now()).await, Err(Refusal::NotFound)), "{engine}");
    }
}

#[tokio::test]
async fn a_cancelled_time_can_be_booked_again() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (first_patient, second_patient) =
            (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let id = book_visit(&store, first_patient, code).await;
        store.cancel_appointment(first_patient, id, 0, now()).await.expect("cancelled");
        store.cancel_appointment(first_patient, id, 0, now()).await.expect("cancelling twice is the same as once");
        assert_eq!(
            store.find_appointment_details(first_patient, id).await.expect("a case").appointment.status,
            AppointmentStatus::Cancelled,
            "{engine}"
        );
        book_visit(&store, second_patient, code).await;
        assert!(
            matches!(
                store.reschedule_appointment(first_patient, id, minutes_later(600), now()).await,
                Err(Refusal::Closed(_))
            ),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn moving_to_another_day_voids_the_proof_and_who_is_still_away() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        register_consent(&store, account, id).await;
        let pending = new_departure(&store, account, id, &Token::new(&store.randomness));
        store.insert_departure(pending.new.clone(), now()).await.expect("the departure is recorded");
        // On the same day the registration is kept.
        store
            .reschedule_appointment(account, id, parse_timestamp("2026-11-25T11:00:00+09:00"), now())
            .await
            .expect("moved");
        assert!(matches!(load_proof(&store, account, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        store
            .reschedule_appointment(account, id, parse_timestamp("2026-11-26T10:00:00+09:00"), now())
            .await
            .expect("moved");
        let expected = NotStartedReason::Rescheduled { previous_date: parse_timestamp(START).japan_date() };
        assert_eq!(load_proof(&store, account, id).await.patient, PatientSide::NotStarted(expected), "{engine}");
        assert!(!store.claim_return(pending.new.id).await.expect("a claim"), "{engine}");
        let stage = store.find_departure_stage(account, id, pending.new.id).await.expect("a stage");
        assert_eq!(stage, DepartureStage::Void, "{engine}");
        // The old slot is free again.
        book_visit(&store, stores::new_patient(&store, "b@example.jp").await, code).await;
    }
}
