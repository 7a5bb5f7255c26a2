//! Tests of ledgers, departures and registrations, on every engine.

mod journey;

use base::{ReceptionNumber, Span, Token, end_of_day};
use handover::RegistrationStatus;

use super::{
    rules::ledgers::{ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide},
    store::ledgers,
};
use crate::{
    appointments::rules::AppointmentId,
    refusal::Refusal,
    store::Store,
    tests::stores::{
        START, book_visit, fill_directory, load_proof, minutes_later, new_departure, new_patient, now, parse_timestamp,
        register_consent, stores,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_returns_with_one_code_one_redeems() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        let departure = new_departure(&store, account, id, &Token::new(&store.randomness));
        store.insert_departure(departure.new.clone(), now()).await.expect("the departure is recorded");
        assert_eq!(
            load_proof(&store, account, id).await.patient,
            PatientSide::Departed { departed_at: now() },
            "{engine}"
        );
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let store = store.clone();
                let id = departure.new.id;
                tokio::spawn(async move { store.claim_return(id).await.expect("a claim") })
            })
            .collect();
        let mut first = 0;
        for task in tasks {
            first += usize::from(task.await.expect("a return does not panic"));
        }
        assert_eq!(first, 1, "{engine}");
        store.release_return(departure.new.id).await.expect("released");
        assert!(store.claim_return(departure.new.id).await.expect("a claim"), "{engine}");
    }
}

#[tokio::test]
async fn a_departure_is_found_again_with_its_secret_and_only_by_its_state() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        let browser = Token::new(&store.randomness);
        let departure = new_departure(&store, account, id, &browser);
        store.insert_departure(departure.new.clone(), now()).await.expect("the departure is recorded");
        let stored = store.find_departure_by_state(departure.new.state).await.expect("read").expect("found");
        assert!(
            base::constant_time_eq(stored.secret.reveal().as_bytes(), departure.new.secret.reveal().as_bytes()),
            "{engine}"
        );
        assert_eq!((stored.browser, stored.account), (browser.digest(), account), "{engine}");
        assert!(store.find_departure_by_state(base::digest(&[b"another"])).await.expect("read").is_none(), "{engine}");
        store.record_ended_return(&stored).await.expect("the return is recorded");
        let expected = PatientSide::NotStarted(NotStartedReason::Ended);
        assert_eq!(load_proof(&store, account, id).await.patient, expected, "{engine}");
    }
}

#[tokio::test]
async fn a_registration_is_asked_about_once_a_minute_and_a_withdrawal_is_seen() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        let number = register_consent(&store, account, id).await;
        assert!(
            store.claim_status_query(id, minutes_later(1)).await.expect("a question").is_none(),
            "{engine}: just heard"
        );
        let query = store.claim_status_query(id, minutes_later(3)).await.expect("a question").expect("it is time");
        assert_eq!(query.reception_number, number, "{engine}");
        assert!(
            store.claim_status_query(id, minutes_later(3)).await.expect("a question").is_none(),
            "{engine}: somebody asks already"
        );
        store
            .record_registration_status(id, number, RegistrationStatus::Registered, minutes_later(3))
            .await
            .expect("heard");
        assert!(matches!(load_proof(&store, account, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        let older = ReceptionNumber::new(&store.randomness);
        store
            .record_registration_status(id, older, RegistrationStatus::Withdrawn, minutes_later(4))
            .await
            .expect("heard");
        assert!(matches!(load_proof(&store, account, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        store
            .record_registration_status(id, number, RegistrationStatus::Withdrawn, minutes_later(4))
            .await
            .expect("heard");
        let expected = PatientSide::NotStarted(NotStartedReason::Withdrawn);
        assert_eq!(load_proof(&store, account, id).await.patient, expected, "{engine}");
        assert!(
            store.claim_status_query(id, minutes_later(60)).await.expect("a question").is_none(),
            "{engine}: nothing to ask about"
        );
    }
}

/// The bodies of letters about something that has to be done again.
async fn list_repeat_letters(store: &Store) -> Vec<String> {
    let letters = store.list_outbox().await.expect("the outbox").into_iter().map(|entry| entry.letter);
    letters.filter(|letter| letter.body.contains("もう一度手続きをしてください")).map(|letter| letter.body).collect()
}

#[tokio::test]
async fn a_patient_is_written_to_once_about_a_registration_that_has_ended() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        for (status, text) in
            [(RegistrationStatus::Withdrawn, "取り消されました"), (RegistrationStatus::Expired, "期限が切れました")]
        {
            let number = register_consent(&store, account, id).await;
            let before = list_repeat_letters(&store).await.len();
            for _ in 0..2 {
                store.record_registration_status(id, number, status, minutes_later(4)).await.expect("heard");
            }
            let letters = list_repeat_letters(&store).await;
            assert_eq!(letters.len(), before + 1, "{engine}: {text}");
            assert!(letters.iter().any(|body| body.contains(text)), "{engine}: {text}");
        }
        // Once the visit has begun there is nothing to do before it.
        let number = register_consent(&store, account, id).await;
        let begun = parse_timestamp(START);
        store.record_registration_status(id, number, RegistrationStatus::Withdrawn, begun).await.expect("heard");
        assert_eq!(list_repeat_letters(&store).await.len(), 2, "{engine}");
    }
}

#[tokio::test]
async fn a_letter_about_another_day_says_that_the_procedure_is_void_where_there_was_one() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        let move_to = async |start: &str| {
            store.reschedule_appointment(account, id, parse_timestamp(start), minutes_later(5)).await.expect("moved");
        };
        move_to("2026-11-26T10:00:00+09:00").await;
        assert!(list_repeat_letters(&store).await.is_empty(), "{engine}: nothing was void");
        move_to(START).await;
        register_consent(&store, account, id).await;
        move_to("2026-11-25T11:00:00+09:00").await;
        assert!(list_repeat_letters(&store).await.is_empty(), "{engine}: the same day");
        move_to("2026-11-26T10:00:00+09:00").await;
        assert_eq!(list_repeat_letters(&store).await.len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn near_registrations_are_taken_up_by_turns_and_by_one_node() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let near = book_visit(&store, account, code).await;
        let number = register_consent(&store, account, near).await;
        let ids = async |time| -> Vec<AppointmentId> {
            store.claim_status_queries(time, 10).await.expect("questions").into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(ids(minutes_later(10)).await, [], "{engine}: heard nine minutes ago");
        assert_eq!(ids(minutes_later(11)).await, [near], "{engine}");
        assert_eq!(ids(minutes_later(12)).await, [], "{engine}: somebody asks already");
        assert_eq!(ids(minutes_later(21)).await, [near], "{engine}: the next turn");
        // A query from the page of the appointment counts too.
        assert!(store.claim_status_query(near, minutes_later(25)).await.expect("a question").is_some(), "{engine}");
        assert_eq!(ids(minutes_later(32)).await, [], "{engine}");
        // Visits that are not near are not due yet; those that are over or withdrawn never are.
        let four_days_before = parse_timestamp(START).minus(Span::from_hours(96));
        assert_eq!(ids(four_days_before).await, [], "{engine}");
        assert_eq!(ids(end_of_day(parse_timestamp(START).japan_date())).await, [], "{engine}");
        store
            .record_registration_status(near, number, RegistrationStatus::Withdrawn, minutes_later(40))
            .await
            .expect("heard");
        assert_eq!(ids(minutes_later(60)).await, [], "{engine}");
    }
}

#[tokio::test]
async fn her_word_counts_only_at_a_fixed_url() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let account = new_patient(&store, "a@example.jp").await;
        let handed = book_visit(&store, account, codes[0]).await;
        assert!(
            matches!(store.report_procedure_done(account, handed, now()).await, Err(Refusal::WrongProofMethod(_))),
            "{engine}"
        );
        let fixed = book_visit(&store, account, codes[1]).await;
        store.record_fixed_url_departure(account, fixed, now()).await.expect("the departure is recorded");
        store.report_procedure_done(account, fixed, minutes_later(5)).await.expect("the report is recorded");
        store.report_procedure_done(account, fixed, minutes_later(6)).await.expect("a second report is accepted");
        assert_eq!(
            load_proof(&store, account, fixed).await.patient,
            PatientSide::ReportedDone { reported_at: minutes_later(5) },
            "{engine}"
        );
        let picture = book_visit(&store, account, codes[2]).await;
        assert!(
            matches!(
                store.record_fixed_url_departure(account, picture, now()).await,
                Err(Refusal::WrongProofMethod(_))
            ),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn nothing_is_proven_after_the_day() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, codes[1]).await;
        let midnight = end_of_day(parse_timestamp(START).japan_date());
        assert!(
            matches!(store.report_procedure_done(account, id, midnight).await, Err(Refusal::Closed(_))),
            "{engine}"
        );
        store
            .report_procedure_done(account, id, midnight.minus(Span::from_secs(1)))
            .await
            .expect("the last second counts");
    }
}

#[tokio::test]
async fn the_ledgers_are_written_only_over_the_state_that_was_seen() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let account = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, account, code).await;
        let outcome = store
            .database
            .write(move |transaction| {
                let (proof, version) = ledgers::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
                let confirmed = proof.clone().confirm(ConfirmationMethod::ShownOnScreen, "受付".into(), now());
                ledgers::save_proof(transaction, id, &confirmed, version)?;
                let (saved, _) = ledgers::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
                assert_eq!(saved, confirmed);
                assert!(matches!(saved.desk, DeskSide::Confirmed { .. }));
                ledgers::save_proof(transaction, id, &proof, version)
            })
            .await;
        assert!(matches!(outcome, Err(Refusal::Changed)), "{engine}");
        assert_eq!(
            load_proof(&store, account, id).await,
            InsuranceProof::new(),
            "{engine}: the whole write was undone"
        );
    }
}
