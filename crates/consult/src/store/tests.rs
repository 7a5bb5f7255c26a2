//! The store's contract, on every engine.

mod booking;

use base::{InstitutionCode, ReceptionNumber, Span, Timestamp, Token, end_of_day};
use database::test_database;
use handover::{AccessToken, RegisteredReception, RegistrationStatus};
use shell::{Language, Peer};

use super::{
    Store, account,
    account::{CodeRequester, NewAccount, PatientSignIn},
    appointment::{AcceptedVisits, Booker, BookingOutcome, BookingRequest},
    departure::{DepartureId, DepartureStage, NewDeparture, ReturnClaim},
    directory::{CardFilter, InstitutionSearch},
};
use crate::store::test_store::{add_institution, add_patient, new_institution};
use crate::{
    Limits, MIGRATIONS, Refusal,
    pages::sample_data,
    rules::{
        appointment::{AppointmentId, AppointmentStatus, booking_number},
        institution::ProofMethod,
        patient::{ClinicInMail, PatientId},
        proof::{ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide},
        sign_in::{LIMIT_PER_ADDRESS, MAX_CODE_TRIES},
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

/// The code that was mailed, out of the outbox.
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
    let wish = booking_request(institution, 1, START);
    let booked = match store.book_appointment(patient, wish, now()).await {
        // These tests book at several institutions at once.
        Err(Refusal::Overlaps(other)) => {
            store
                .book_appointment(
                    Booker {
                        accepted_overlap: AcceptedVisits { overlap: Some(other), same_day: None },
                        ..patient.into()
                    },
                    wish,
                    now(),
                )
                .await
        }
        booked => booked,
    };
    booked.expect("a time is booked").id()
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
    let trip = new_departure(store, patient, id, &Token::new(&store.randomness));
    store.insert_departure(trip.new.clone(), now()).await.expect("she leaves");
    assert_eq!(store.claim_return(trip.new.id).await.expect("a claim"), ReturnClaim::First);
    let departed = store.find_departure_by_state(trip.new.state).await.expect("read").expect("the departure is there");
    let number = ReceptionNumber::new(&store.randomness);
    let reception = RegisteredReception {
        request: handover::ReceptionRequest {
            institution: departed.institution,
            visit_date: departed.visit_date,
            reference: departed.appointment.to_string().parse().expect("a reference"),
        },
        reception_number: number,
        valid_until: end_of_day(departed.visit_date),
    };
    let token = AccessToken::from_token(&Token::new(&store.randomness));
    let stage =
        store.record_registered_return(&departed, reception, token, minutes_later(1)).await.expect("she is registered");
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
                other => panic!("{engine}: {other:?}"),
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
        let check = async |mail: &str, wanted: ClinicInMail, start: &str| {
            let patient = new_patient(&store, mail).await;
            let profile = sample_data::person().profile.expect("a profile");
            store.save_profile(patient, profile, wanted, now()).await.expect("kept");
            let id =
                store.book_appointment(patient, booking_request(code, 1, start), now()).await.expect("booked").id();
            let letters = store.list_outbox().await.expect("the outbox");
            let mut bodies = letters.into_iter().filter(|kept| kept.letter.to == mail).map(|kept| kept.letter.body);
            // The letter with the code is of the same instant.
            let body = bodies.find(|body| body.contains("予約番号")).expect("a letter about the appointment");
            assert_eq!(body.contains(&name), wanted == ClinicInMail::Named, "{engine}: {body}");
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
        let (one, other) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        store.book_appointment(one, booking_request(code, 2, START), now()).await.expect("half an hour is booked");
        let second = store.book_appointment(other, booking_request(code, 1, "2026-11-25T10:15:00+09:00"), now()).await;
        assert!(matches!(second, Err(Refusal::SlotTaken)), "{engine}");
        let case = store.list_appointment_details(one, now()).await.expect("cases").remove(0);
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
        let (hers, other) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let id = book_visit(&store, hers, code).await;
        assert!(matches!(store.find_appointment_details(other, id).await, Err(Refusal::NotFound)), "{engine}");
        assert!(matches!(store.cancel_appointment(other, id, now()).await, Err(Refusal::NotFound)), "{engine}");
        assert!(
            matches!(
                store.reschedule_appointment(other, id, parse_timestamp(START), now()).await,
                Err(Refusal::NotFound)
            ),
            "{engine}"
        );
        assert!(matches!(store.report_procedure_done(other, id, now()).await, Err(Refusal::NotFound)), "{engine}");
    }
}

#[tokio::test]
async fn a_cancelled_time_can_be_booked_again() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let (one, other) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let id = book_visit(&store, one, code).await;
        store.cancel_appointment(one, id, now()).await.expect("cancelled");
        store.cancel_appointment(one, id, now()).await.expect("cancelling twice is the same as once");
        assert_eq!(
            store.find_appointment_details(one, id).await.expect("a case").appointment.status,
            AppointmentStatus::Cancelled,
            "{engine}"
        );
        book_visit(&store, other, code).await;
        assert!(
            matches!(store.reschedule_appointment(one, id, minutes_later(600), now()).await, Err(Refusal::Closed(_))),
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
        let away = new_departure(&store, patient, id, &Token::new(&store.randomness));
        store.insert_departure(away.new.clone(), now()).await.expect("she leaves again");
        // The same day keeps it.
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
            store.claim_return(away.new.id).await.expect("a claim"),
            ReturnClaim::Later(DepartureStage::Void),
            "{engine}"
        );
        // The old time is free again.
        book_visit(&store, self::new_patient(&store, "b@example.jp").await, code).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_returns_with_one_code_one_redeems() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        let trip = new_departure(&store, patient, id, &Token::new(&store.randomness));
        store.insert_departure(trip.new.clone(), now()).await.expect("she leaves");
        assert_eq!(
            load_proof(&store, patient, id).await.patient,
            PatientSide::Departed { departed_at: now() },
            "{engine}"
        );
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let store = store.clone();
                let id = trip.new.id;
                tokio::spawn(async move { store.claim_return(id).await.expect("a claim") })
            })
            .collect();
        let mut first = 0;
        for task in tasks {
            first += usize::from(task.await.expect("a return does not panic") == ReturnClaim::First);
        }
        assert_eq!(first, 1, "{engine}");
        store.release_return(trip.new.id).await.expect("given back");
        assert_eq!(store.claim_return(trip.new.id).await.expect("a claim"), ReturnClaim::First, "{engine}");
    }
}

#[tokio::test]
async fn a_departure_is_found_again_with_its_secret_and_only_by_its_state() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let patient = new_patient(&store, "a@example.jp").await;
        let id = book_visit(&store, patient, code).await;
        let browser = Token::new(&store.randomness);
        let trip = new_departure(&store, patient, id, &browser);
        store.insert_departure(trip.new.clone(), now()).await.expect("she leaves");
        let found = store.find_departure_by_state(trip.new.state).await.expect("read").expect("found");
        assert!(
            base::constant_time_eq(found.secret.reveal().as_bytes(), trip.new.secret.reveal().as_bytes()),
            "{engine}"
        );
        assert_eq!((found.browser, found.patient), (browser.digest(), patient), "{engine}");
        assert!(store.find_departure_by_state(base::digest(&[b"another"])).await.expect("read").is_none(), "{engine}");
        store.record_ended_return(&found).await.expect("she came back");
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
        let question = store.claim_status_query(id, minutes_later(3)).await.expect("a question").expect("it is time");
        assert_eq!(question.reception_number, number, "{engine}");
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
        // Whoever opened it asked as well.
        assert!(store.claim_status_query(near, minutes_later(25)).await.expect("a question").is_some(), "{engine}");
        assert_eq!(ids(minutes_later(32)).await, [], "{engine}");
        // A visit that is not near is nobody's to prepare, one that is over or withdrawn is nobody's at all.
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
        store.record_fixed_url_departure(patient, fixed, now()).await.expect("she leaves");
        store.report_procedure_done(patient, fixed, minutes_later(5)).await.expect("she says so");
        store.report_procedure_done(patient, fixed, minutes_later(6)).await.expect("she says so twice");
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
                let (proof, seen) = super::proof::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
                let confirmed = proof.clone().confirm(ConfirmationMethod::ShownOnScreen, "受付".into(), now());
                super::proof::save_proof(transaction, id, &confirmed, seen)?;
                let (read, _) = super::proof::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
                assert_eq!(read, confirmed);
                assert!(matches!(read.desk, DeskSide::Confirmed { .. }));
                super::proof::save_proof(transaction, id, &proof, seen)
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
        let address: crate::rules::patient::MailAddress = "a@example.jp".parse().expect("an address");
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
        let done = attempt(&browser, "012345").await.expect("tried");
        assert!(matches!(&done, PatientSignIn::Done { onward, .. } if onward == "/x"), "{engine}: {done:?}");
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
        let address: crate::rules::patient::MailAddress = "a@example.jp".parse().expect("an address");
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
        let mut last = None;
        for _ in 0..MAX_CODE_TRIES {
            let tried = store.try_code(
                browser.clone(),
                next.clone(),
                Some("999999".into()),
                new_account(Language::English),
                now(),
            );
            last = Some(tried.await.expect("tried"));
        }
        assert_eq!(last, Some(PatientSignIn::CodeUnusable), "{engine}");
        let right =
            store.try_code(browser.clone(), next.clone(), Some("012345".into()), new_account(Language::English), now());
        assert_eq!(right.await.expect("tried"), PatientSignIn::CodeUnusable, "{engine}");
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
            let found = store.search_institutions(search.clone(), now()).await.expect("a search");
            let names: Vec<_> = found.institutions.iter().map(|found| found.institution.name.as_str()).collect();
            assert_eq!(names.len(), usize::try_from(found.total).expect("small"), "{engine}");
            let mut sorted = names.clone();
            sorted.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(sorted, expected, "{engine} {search:?}");
        };
        let (sakura, minato, kodomo) = ("見本さくら内科", "見本みなと皮膚科", "見本こども診療所");
        let words = |words: &str| InstitutionSearch { keywords: words.into(), ..InstitutionSearch::default() };
        check(InstitutionSearch::default(), &[sakura, minato, kodomo]).await;
        check(words("サクラ"), &[sakura]).await;
        check(words("ｻｸﾗ 千代田"), &[sakura]).await;
        check(words("sakura"), &[sakura]).await;
        check(words("皮膚科"), &[minato]).await;
        check(words("%"), &[sakura, minato, kodomo]).await;
        check(words("どこにもない"), &[]).await;
        check(words("チヨダ"), &[sakura, minato, kodomo]).await;
        check(words("ちよだく みなと"), &[minato]).await;
        check(words("トウキョウ"), &[sakura, minato, kodomo]).await;
        for spoken in ["英語", "英語対応", "English", "中国語"] {
            check(words(spoken), &[sakura]).await;
        }
        check(words("韓国語"), &[]).await;
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
        let left = listed.remove(0);
        store.replace_institutions(listed.clone()).await.expect("they are listed");
        let found = store
            .search_institutions(InstitutionSearch { page: 1, ..InstitutionSearch::default() }, now())
            .await
            .expect("a search");
        let found: Vec<_> = found.institutions.iter().map(|found| found.institution.code).collect();
        assert!(!found.contains(&codes[0]) && found.len() == codes.len() - 1, "{engine}: {found:?}");
        assert!(store.find_offer(codes[0]).await.expect("its page stays").menus.is_empty(), "{engine}");
        store.find_appointment_details(patient, appointment).await.expect("the visit stands");
        // It comes back with what it offers then.
        listed.push(left.clone());
        store.replace_institutions(listed).await.expect("they are listed");
        assert_eq!(store.find_offer(codes[0]).await.expect("an offer").menus, left.menus, "{engine}");
        store.check_ready().await.expect("the database answers");
    }
}

/// The promise of the guide, as far as tables can keep it.
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
        for word in forbidden {
            assert!(!sql.contains(word), "{}: {word}", migration.name);
        }
    }
}

/// Asks for a code for `address`, with a new browser, from the network address 192.0.2.`peer`.
async fn request_code(
    store: &Store,
    address: &str,
    peer: u8,
    device: Option<&Token>,
    limits: &Limits,
) -> Result<Token, Refusal> {
    let browser = Token::new(&store.randomness);
    let asker = CodeRequester {
        device: device.map(Token::digest),
        peer: Some(Peer::new([192, 0, 2, peer].into())),
        limits: limits.clone(),
    };
    let address = address.parse().expect("an address");
    let sent = store.send_code(browser.clone(), address, "012345".into(), "/".into(), Language::Japanese, now(), asker);
    sent.await.map(|()| browser)
}

#[tokio::test]
async fn one_network_address_asks_for_its_share_of_codes() {
    for (engine, store, _trial) in stores() {
        let limits = Limits { codes_per_peer: 3, ..Limits::default() };
        let ask = |who: u8, peer| {
            let (store, limits) = (&store, &limits);
            async move { request_code(store, &format!("a{who}@example.jp"), peer, None, limits).await }
        };
        for who in 0..3 {
            ask(who, 1).await.expect("sent");
        }
        assert!(matches!(ask(3, 1).await, Err(Refusal::TooManyCodes)), "{engine}");
        ask(3, 2).await.expect("others go on");
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
        let tried =
            store.try_code(browser, next.clone(), Some("012345".into()), new_account(Language::Japanese), now()).await;
        assert!(matches!(tried, Ok(PatientSignIn::Done { .. })), "{engine}");
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
