//! Tests of the store, on every engine.

mod booking;

use base::{InstitutionCode, ReceptionNumber, Span, Timestamp, Token, end_of_day};
use database::test_database;
use handover::{AccessToken, RegisteredReception, RegistrationStatus};
use text::Language;
use web::Peer;

use super::{
    Store, account,
    account::{CodeRequester, NewAccount, PatientSignIn},
    appointment::BookingOutcome,
    departure::{DepartureId, DepartureStage, NewDeparture, ReturnClaim},
    directory::{CardFilter, InstitutionSearch},
};
use crate::store::test_store::{add_institution, add_patient, new_institution};
use crate::{
    Limits, MIGRATIONS, Refusal,
    pages::sample_data,
    rules::{
        appointment::{AppointmentId, AppointmentStatus, booking_number},
        booking::{AcceptedVisits, Booker},
        institution::ProofMethod,
        patient::{ClinicInMail, PatientId},
        proof::{ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide},
        sign_in::{LIMIT_PER_ADDRESS, MAX_CODE_TRIES},
        slot::BookingRequest,
    },
};

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn now() -> Timestamp {
    parse_timestamp("2026-11-24T08:00:00+09:00")
}

fn minutes_later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

fn stores() -> Vec<(&'static str, Store, test_database::TestDatabase)> {
    test_database::open_on_each_engine("consult", MIGRATIONS)
        .into_iter()
        .map(|trial| {
            let store = Store::for_tests(trial.database.clone());
            (trial.engine, store, trial)
        })
        .collect()
}

fn new_account(language: Language) -> NewAccount {
    NewAccount { language, accepted_notice: sample_data::notices().privacy_version() }
}

async fn fill_directory(store: &Store) -> Vec<InstitutionCode> {
    let mut codes = Vec::new();
    for offer in sample_data::offers() {
        codes.push(add_institution(store, offer).await);
    }
    codes
}

/// The code in the newest letter of the outbox.
async fn read_mailed_code(store: &Store) -> String {
    let letters = store.list_outbox().await.expect("the outbox can be read");
    let text = format!("{:?}", serde_json::to_string(&letters[0].letter).expect("a letter is JSON"));
    let digits: Vec<_> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    digits[0].to_owned()
}

async fn new_patient(store: &Store, mail: &str) -> PatientId {
    add_patient(store, mail, now()).await
}

fn booking_request(institution: InstitutionCode, menu: u32, start: &str) -> BookingRequest {
    BookingRequest { institution, menu, start: parse_timestamp(start) }
}

const START: &str = "2026-11-25T10:00:00+09:00";

async fn book_visit(store: &Store, patient: PatientId, institution: InstitutionCode) -> AppointmentId {
    let request = booking_request(institution, 1, START);
    let result = match store.book_appointment(patient, request, now()).await {
        // These tests book at several institutions at once.
        Err(Refusal::Overlaps(overlapped)) => {
            store
                .book_appointment(
                    Booker {
                        accepted_visits: AcceptedVisits { overlap: Some(overlapped), same_day: None },
                        ..patient.into()
                    },
                    request,
                    now(),
                )
                .await
        }
        result => result,
    };
    result.expect("a time is booked").id()
}

async fn load_proof(store: &Store, patient: PatientId, id: AppointmentId) -> InsuranceProof {
    store
        .find_appointment_details(patient, id)
        .await
        .expect("the case is there")
        .proof
        .expect("an insured visit has ledgers")
}

struct TestDeparture {
    new: NewDeparture,
}

fn new_departure(store: &Store, patient: PatientId, appointment: AppointmentId, browser: &Token) -> TestDeparture {
    let secret = Token::new(&store.randomness);
    TestDeparture {
        new: NewDeparture {
            id: DepartureId::new(now(), &store.randomness),
            state: base::digest(&[secret.derive("state").as_bytes()]),
            appointment,
            patient,
            browser: browser.digest(),
            issuer: "https://reception.example".parse().expect("an issuer"),
            visit_date: parse_timestamp(START).japan_date(),
            secret,
        },
    }
}

async fn register_consent(store: &Store, patient: PatientId, id: AppointmentId) -> ReceptionNumber {
    let departure = new_departure(store, patient, id, &Token::new(&store.randomness));
    store.insert_departure(departure.new.clone(), now()).await.expect("the departure is recorded");
    assert_eq!(store.claim_return(departure.new.id).await.expect("a claim"), ReturnClaim::First);
    let stored =
        store.find_departure_by_state(departure.new.state).await.expect("read").expect("the departure is there");
    let number = ReceptionNumber::new(&store.randomness);
    let reception = RegisteredReception {
        request: handover::ReceptionRequest {
            institution: stored.institution,
            visit_date: stored.visit_date,
            reference: stored.appointment.to_string().parse().expect("a reference"),
        },
        reception_number: number,
        valid_until: end_of_day(stored.visit_date),
    };
    let token = AccessToken::from_token(&Token::new(&store.randomness));
    let stage = store
        .record_registered_return(&stored, reception, token, minutes_later(1))
        .await
        .expect("the registration is recorded");
    assert_eq!(stage, DepartureStage::Registered);
    number
}

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
                    move |transaction| account::create_account_for_tests(transaction, &store, &address, now())
                })
                .await
                .expect("an account");
            patients.push(id);
        }
        let tasks: Vec<_> = patients
            .into_iter()
            .map(|patient| {
                let store = store.clone();
                tokio::spawn(
                    async move { store.book_appointment(patient, booking_request(code, 1, START), now()).await },
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
        let patient = new_patient(&store, "a@example.jp").await;
        let first = store.book_appointment(patient, booking_request(code, 1, START), now()).await.expect("booked");
        let second = store.book_appointment(patient, booking_request(code, 1, START), now()).await.expect("booked");
        assert_eq!(second, BookingOutcome::AlreadyBooked(first.id()), "{engine}");
        assert_eq!(store.list_appointment_details(patient, now()).await.expect("cases").len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn a_letter_names_the_clinic_unless_the_patient_does_not_want_it() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let name = sample_data::institutions()[0].name.clone();
        let check = async |mail: &str, choice: ClinicInMail, start: &str| {
            let patient = new_patient(&store, mail).await;
            let profile = sample_data::person().profile.expect("a profile");
            store.save_profile(patient, profile, choice, now()).await.expect("kept");
            let id =
                store.book_appointment(patient, booking_request(code, 1, start), now()).await.expect("booked").id();
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
        let patient = new_patient(&store, "a@example.jp").await;
        for start in [
            "2026-11-24T07:45:00+09:00",
            "2026-11-25T12:00:00+09:00",
            "2027-03-01T10:00:00+09:00",
            "2026-11-28T10:00:00+09:00",
        ] {
            let refused = store.book_appointment(patient, booking_request(code, 1, start), now()).await;
            assert!(matches!(refused, Err(Refusal::NotASlot(_))), "{engine} {start}");
        }
        assert!(
            matches!(
                store.book_appointment(patient, booking_request(code, 9, START), now()).await,
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
        assert!(matches!(store.cancel_appointment(stranger, id, now()).await, Err(Refusal::NotFound)), "{engine}");
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
        store.cancel_appointment(first_patient, id, now()).await.expect("cancelled");
        store.cancel_appointment(first_patient, id, now()).await.expect("cancelling twice is the same as once");
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
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        register_consent(&store, patient, id).await;
        let pending = new_departure(&store, patient, id, &Token::new(&store.randomness));
        store.insert_departure(pending.new.clone(), now()).await.expect("the departure is recorded");
        // On the same day the registration is kept.
        store
            .reschedule_appointment(patient, id, parse_timestamp("2026-11-25T11:00:00+09:00"), now())
            .await
            .expect("moved");
        assert!(matches!(load_proof(&store, patient, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        store
            .reschedule_appointment(patient, id, parse_timestamp("2026-11-26T10:00:00+09:00"), now())
            .await
            .expect("moved");
        let expected = NotStartedReason::Rescheduled { previous_date: parse_timestamp(START).japan_date() };
        assert_eq!(load_proof(&store, patient, id).await.patient, PatientSide::NotStarted(expected), "{engine}");
        assert_eq!(
            store.claim_return(pending.new.id).await.expect("a claim"),
            ReturnClaim::Later(DepartureStage::Void),
            "{engine}"
        );
        // The old slot is free again.
        book_visit(&store, self::new_patient(&store, "b@example.jp").await, code).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_returns_with_one_code_one_redeems() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        let departure = new_departure(&store, patient, id, &Token::new(&store.randomness));
        store.insert_departure(departure.new.clone(), now()).await.expect("the departure is recorded");
        assert_eq!(
            load_proof(&store, patient, id).await.patient,
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
            first += usize::from(task.await.expect("a return does not panic") == ReturnClaim::First);
        }
        assert_eq!(first, 1, "{engine}");
        store.release_return(departure.new.id).await.expect("released");
        assert_eq!(store.claim_return(departure.new.id).await.expect("a claim"), ReturnClaim::First, "{engine}");
    }
}

#[tokio::test]
async fn a_departure_is_found_again_with_its_secret_and_only_by_its_state() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        let browser = Token::new(&store.randomness);
        let departure = new_departure(&store, patient, id, &browser);
        store.insert_departure(departure.new.clone(), now()).await.expect("the departure is recorded");
        let stored = store.find_departure_by_state(departure.new.state).await.expect("read").expect("found");
        assert!(
            base::constant_time_eq(stored.secret.reveal().as_bytes(), departure.new.secret.reveal().as_bytes()),
            "{engine}"
        );
        assert_eq!((stored.browser, stored.patient), (browser.digest(), patient), "{engine}");
        assert!(store.find_departure_by_state(base::digest(&[b"another"])).await.expect("read").is_none(), "{engine}");
        store.record_ended_return(&stored).await.expect("the return is recorded");
        let expected = PatientSide::NotStarted(NotStartedReason::Ended);
        assert_eq!(load_proof(&store, patient, id).await.patient, expected, "{engine}");
    }
}

#[tokio::test]
async fn a_registration_is_asked_about_once_a_minute_and_a_withdrawal_is_seen() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        let number = register_consent(&store, patient, id).await;
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
        assert!(matches!(load_proof(&store, patient, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        let older = ReceptionNumber::new(&store.randomness);
        store
            .record_registration_status(id, older, RegistrationStatus::Withdrawn, minutes_later(4))
            .await
            .expect("heard");
        assert!(matches!(load_proof(&store, patient, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        store
            .record_registration_status(id, number, RegistrationStatus::Withdrawn, minutes_later(4))
            .await
            .expect("heard");
        let expected = PatientSide::NotStarted(NotStartedReason::Withdrawn);
        assert_eq!(load_proof(&store, patient, id).await.patient, expected, "{engine}");
        assert!(
            store.claim_status_query(id, minutes_later(60)).await.expect("a question").is_none(),
            "{engine}: nothing to ask about"
        );
    }
}

#[tokio::test]
async fn near_registrations_are_taken_up_by_turns_and_by_one_node() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let near = book_visit(&store, patient, code).await;
        let number = register_consent(&store, patient, near).await;
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
        let patient = new_patient(&store, "a@example.jp").await;
        let handed = book_visit(&store, patient, codes[0]).await;
        assert!(
            matches!(store.report_procedure_done(patient, handed, now()).await, Err(Refusal::WrongProofMethod(_))),
            "{engine}"
        );
        let fixed = book_visit(&store, patient, codes[1]).await;
        store.record_fixed_url_departure(patient, fixed, now()).await.expect("the departure is recorded");
        store.report_procedure_done(patient, fixed, minutes_later(5)).await.expect("the report is recorded");
        store.report_procedure_done(patient, fixed, minutes_later(6)).await.expect("a second report is accepted");
        assert_eq!(
            load_proof(&store, patient, fixed).await.patient,
            PatientSide::ReportedDone { reported_at: minutes_later(5) },
            "{engine}"
        );
        let picture = book_visit(&store, patient, codes[2]).await;
        assert!(
            matches!(
                store.record_fixed_url_departure(patient, picture, now()).await,
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
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, codes[1]).await;
        let midnight = end_of_day(parse_timestamp(START).japan_date());
        assert!(
            matches!(store.report_procedure_done(patient, id, midnight).await, Err(Refusal::Closed(_))),
            "{engine}"
        );
        store
            .report_procedure_done(patient, id, midnight.minus(Span::from_secs(1)))
            .await
            .expect("the last second counts");
    }
}

#[tokio::test]
async fn the_ledgers_are_written_only_over_the_state_that_was_seen() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        let outcome = store
            .database
            .write(move |transaction| {
                let (proof, version) = super::proof::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
                let confirmed = proof.clone().confirm(ConfirmationMethod::ShownOnScreen, "受付".into(), now());
                super::proof::save_proof(transaction, id, &confirmed, version)?;
                let (saved, _) = super::proof::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
                assert_eq!(saved, confirmed);
                assert!(matches!(saved.desk, DeskSide::Confirmed { .. }));
                super::proof::save_proof(transaction, id, &proof, version)
            })
            .await;
        assert!(matches!(outcome, Err(Refusal::Changed)), "{engine}");
        assert_eq!(
            load_proof(&store, patient, id).await,
            InsuranceProof::new(),
            "{engine}: the whole write was undone"
        );
    }
}

#[tokio::test]
async fn a_code_signs_in_once_in_its_own_browser() {
    for (engine, store, _trial) in stores() {
        let (browser, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let address: crate::rules::mail_address::MailAddress = "a@example.jp".parse().expect("an address");
        let send = |code: &str| {
            store.send_code(
                browser.clone(),
                address.clone(),
                code.into(),
                "/x".into(),
                Language::Japanese,
                now(),
                CodeRequester::default(),
            )
        };
        let attempt = |token: &Token, code: &str| {
            store.try_code(
                token.clone(),
                next.clone(),
                Some(code.into()),
                new_account(Language::Japanese),
                minutes_later(1),
            )
        };
        send("012345").await.expect("sent");
        assert_eq!(read_mailed_code(&store).await, "012345", "{engine}");
        assert_eq!(
            attempt(&Token::new(&store.randomness), "012345").await.expect("tried"),
            PatientSignIn::CodeUnusable,
            "{engine}"
        );
        assert_eq!(
            attempt(&browser, "999999").await.expect("tried"),
            PatientSignIn::WrongCode { tries_left: MAX_CODE_TRIES - 1 },
            "{engine}"
        );
        let outcome = attempt(&browser, "012345").await.expect("tried");
        assert!(matches!(&outcome, PatientSignIn::Done { onward, .. } if onward == "/x"), "{engine}: {outcome:?}");
        assert_eq!(
            attempt(&browser, "012345").await.expect("tried"),
            PatientSignIn::CodeUnusable,
            "{engine}: once only"
        );
        assert!(
            store.find_signed_in_patient(browser.digest(), now()).await.expect("read").is_none(),
            "{engine}: the old secret is nobody"
        );
        assert!(store.find_signed_in_patient(next.digest(), now()).await.expect("read").is_some(), "{engine}");
    }
}

#[tokio::test]
async fn a_code_is_tried_five_times_and_asked_for_five_times() {
    for (engine, store, _trial) in stores() {
        let (browser, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let address: crate::rules::mail_address::MailAddress = "a@example.jp".parse().expect("an address");
        let send = |time| {
            store.send_code(
                browser.clone(),
                address.clone(),
                "012345".into(),
                "/".into(),
                Language::English,
                time,
                CodeRequester::default(),
            )
        };
        send(now()).await.expect("sent");
        let mut last_outcome = None;
        for _ in 0..MAX_CODE_TRIES {
            let attempt = store.try_code(
                browser.clone(),
                next.clone(),
                Some("999999".into()),
                new_account(Language::English),
                now(),
            );
            last_outcome = Some(attempt.await.expect("tried"));
        }
        assert_eq!(last_outcome, Some(PatientSignIn::CodeUnusable), "{engine}");
        let correct =
            store.try_code(browser.clone(), next.clone(), Some("012345".into()), new_account(Language::English), now());
        assert_eq!(correct.await.expect("tried"), PatientSignIn::CodeUnusable, "{engine}");
        for _ in 1..LIMIT_PER_ADDRESS.max {
            send(now()).await.expect("sent");
        }
        assert!(matches!(send(now()).await, Err(Refusal::TooManyCodes)), "{engine}");
        send(minutes_later(16)).await.expect("later it is possible again");
    }
}

#[tokio::test]
async fn the_directory_is_searched_by_name_area_specialty_and_card() {
    for (engine, store, _trial) in stores() {
        fill_directory(&store).await;
        fill_directory(&store).await;
        let check = async |search: InstitutionSearch, expected: &[&str]| {
            let results = store.search_institutions(search.clone(), now()).await.expect("a search");
            let names: Vec<_> = results.institutions.iter().map(|listed| listed.institution.name.as_str()).collect();
            assert_eq!(names.len(), usize::try_from(results.total).expect("small"), "{engine}");
            let mut sorted = names.clone();
            sorted.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(sorted, expected, "{engine} {search:?}");
        };
        let (sakura, minato, kodomo) = ("見本さくら内科", "見本みなと皮膚科", "見本こども診療所");
        let search = |search: &str| InstitutionSearch { keywords: search.into(), ..InstitutionSearch::default() };
        check(InstitutionSearch::default(), &[sakura, minato, kodomo]).await;
        check(search("サクラ"), &[sakura]).await;
        check(search("ｻｸﾗ 千代田"), &[sakura]).await;
        check(search("sakura"), &[sakura]).await;
        check(search("皮膚科"), &[minato]).await;
        check(search("%"), &[sakura, minato, kodomo]).await;
        check(search("どこにもない"), &[]).await;
        check(search("チヨダ"), &[sakura, minato, kodomo]).await;
        check(search("ちよだく みなと"), &[minato]).await;
        check(search("トウキョウ"), &[sakura, minato, kodomo]).await;
        for spoken in ["英語", "英語対応", "English", "中国語"] {
            check(search(spoken), &[sakura]).await;
        }
        check(search("韓国語"), &[]).await;
        check(InstitutionSearch { card: CardFilter::OnlyWithCard, ..InstitutionSearch::default() }, &[sakura, minato])
            .await;
        check(InstitutionSearch { specialty: "paediatrics".parse().ok(), ..InstitutionSearch::default() }, &[kodomo])
            .await;
        check(
            InstitutionSearch { city: "千代田区".parse().ok(), ..InstitutionSearch::default() },
            &[sakura, minato, kodomo],
        )
        .await;
        check(
            InstitutionSearch { prefecture: base::Prefecture::from_code(1).ok(), ..InstitutionSearch::default() },
            &[],
        )
        .await;
    }
}

#[tokio::test]
async fn an_institution_reads_back_as_it_was_added() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        for (code, offer) in codes.into_iter().zip(sample_data::offers()) {
            assert_eq!(store.find_offer(code).await.expect("an offer"), offer, "{engine}");
        }
        let mut changed = sample_data::offers().remove(0);
        changed.menus.remove(1);
        changed.institution.proof_method = ProofMethod::PictureOnly;
        changed.institution.languages.remove(0);
        let code = changed.institution.code;
        store.add_institution(new_institution(changed.clone())).await.expect("brought up to date");
        assert_eq!(store.find_offer(code).await.expect("an offer"), changed, "{engine}");
    }
}

#[tokio::test]
async fn an_institution_that_is_listed_no_more_offers_nothing_and_keeps_its_appointments() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let patient = new_patient(&store, "hanako@example.jp").await;
        let appointment = book_visit(&store, patient, codes[0]).await;
        let mut listed: Vec<_> = sample_data::offers().into_iter().map(new_institution).collect();
        let withdrawn = listed.remove(0);
        store.replace_institutions(listed.clone()).await.expect("they are listed");
        let results = store
            .search_institutions(InstitutionSearch { page: 1, ..InstitutionSearch::default() }, now())
            .await
            .expect("a search");
        let codes_found: Vec<_> = results.institutions.iter().map(|listed| listed.institution.code).collect();
        assert!(!codes_found.contains(&codes[0]) && codes_found.len() == codes.len() - 1, "{engine}: {codes_found:?}");
        assert!(store.find_offer(codes[0]).await.expect("its page stays").menus.is_empty(), "{engine}");
        store.find_appointment_details(patient, appointment).await.expect("the visit stands");
        // Listed again, it offers its new menus.
        listed.push(withdrawn.clone());
        store.replace_institutions(listed).await.expect("they are listed");
        assert_eq!(store.find_offer(codes[0]).await.expect("an offer").menus, withdrawn.menus, "{engine}");
        store.check_ready().await.expect("the database answers");
    }
}

/// The guide promises that the service does not store such data.
#[tokio::test]
async fn no_column_has_a_name_for_what_was_consented_to() {
    let forbidden = [
        "consent",
        "choice",
        "item",
        "subject_of",
        "insurer",
        "insured_number",
        "symbol",
        "eligibility",
        "limit",
        "checkup",
        "medicine",
        "surgery",
        "diagnosis",
        "qualification",
    ];
    for migration in MIGRATIONS {
        let sql = migration.sql.to_lowercase();
        for name in forbidden {
            assert!(!sql.contains(name), "{}: {name}", migration.name);
        }
    }
}

/// Requests a code for `address`, with a new browser, from the network address 192.0.2.`peer`.
async fn request_code(
    store: &Store,
    address: &str,
    peer: u8,
    device: Option<&Token>,
    limits: &Limits,
) -> Result<Token, Refusal> {
    let browser = Token::new(&store.randomness);
    let requester = CodeRequester {
        device: device.map(Token::digest),
        peer: Some(Peer::new([192, 0, 2, peer].into())),
        limits: limits.clone(),
    };
    let address = address.parse().expect("an address");
    let result =
        store.send_code(browser.clone(), address, "012345".into(), "/".into(), Language::Japanese, now(), requester);
    result.await.map(|()| browser)
}

#[tokio::test]
async fn one_network_address_asks_for_its_share_of_codes() {
    for (engine, store, _trial) in stores() {
        let limits = Limits { codes_per_peer: 3, ..Limits::default() };
        let request = |number: u8, peer| {
            let (store, limits) = (&store, &limits);
            async move { request_code(store, &format!("a{number}@example.jp"), peer, None, limits).await }
        };
        for number in 0..3 {
            request(number, 1).await.expect("sent");
        }
        assert!(matches!(request(3, 1).await, Err(Refusal::TooManyCodes)), "{engine}");
        request(3, 2).await.expect("others go on");
    }
}

#[tokio::test]
async fn one_mailbox_is_one_however_it_is_written() {
    for (engine, store, _trial) in stores() {
        let limits = Limits::default();
        for peer in 0..u8::try_from(LIMIT_PER_ADDRESS.max).unwrap() {
            request_code(&store, &format!("flood+{peer}@example.jp"), peer, None, &limits).await.expect("sent");
        }
        let more = request_code(&store, "flood+more@example.jp", 100, None, &limits).await;
        assert!(matches!(more, Err(Refusal::TooManyCodes)), "{engine}");
    }
}

#[tokio::test]
async fn codes_are_braked_in_all() {
    for (engine, store, _trial) in stores() {
        let limits = Limits { codes_per_minute: 2, ..Limits::default() };
        for peer in 0..2 {
            request_code(&store, &format!("a{peer}@example.jp"), peer, None, &limits).await.expect("sent");
        }
        let more = request_code(&store, "b@example.jp", 9, None, &limits).await;
        assert!(matches!(more, Err(Refusal::CodesBusy)), "{engine}");
    }
}

#[tokio::test]
async fn a_stranger_does_not_use_up_the_codes_of_a_browser_that_was_signed_in() {
    for (engine, store, _trial) in stores() {
        let (limits, device, next) = (Limits::default(), Token::new(&store.randomness), Token::new(&store.randomness));
        let browser = request_code(&store, "a@example.jp", 1, None, &limits).await.expect("sent");
        let outcome =
            store.try_code(browser, next.clone(), Some("012345".into()), new_account(Language::Japanese), now()).await;
        assert!(matches!(outcome, Ok(PatientSignIn::Done { .. })), "{engine}");
        store.remember_patient_device(next.digest(), device.digest(), now()).await.expect("remembered");
        for peer in 10..20 {
            let _ = request_code(&store, "a@example.jp", peer, None, &limits).await;
        }
        assert!(request_code(&store, "a@example.jp", 30, None, &limits).await.is_err(), "{engine}");
        for _ in 0..LIMIT_PER_ADDRESS.max {
            request_code(&store, "a@example.jp", 1, Some(&device), &limits).await.expect("sent");
        }
        assert!(
            request_code(&store, "a@example.jp", 1, Some(&device), &limits).await.is_err(),
            "{engine}: it has a limit too"
        );
        let elsewhere = request_code(&store, "b@example.jp", 1, Some(&device), &limits).await;
        elsewhere.expect("for another address it is one like others");
    }
}
