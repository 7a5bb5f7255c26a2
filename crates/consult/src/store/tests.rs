//! The store's contract, on every engine.

mod booking;

use base::{InstitutionCode, ReceptionNumber, Span, Timestamp, Token, end_of_day};
use database::trial;
use handover::{AccessToken, RegisteredReception, Standing};
use shell::{Language, Peer};

use super::{
    Store, account,
    account::{CodeAsker, NewAccount, SignIn},
    appointment::{AcceptedVisits, Booked, Booker, Wish},
    departure::{Claim, DepartureId, NewDeparture, Stage},
    directory::{CardFilter, Search},
};
use crate::store::test_store::{add_institution, add_patient, new_institution};
use crate::{
    Limits, MIGRATIONS, Refusal,
    pages::specimen,
    rules::{
        appointment::{AppointmentId, Status, booking_number},
        institution::LeaveBy,
        patient::{ClinicInMail, PatientId},
        proof::{Beginning, DeskSide, How, PatientSide, Proof},
        sign_in::{MOST_TRIES, PER_ADDRESS},
    },
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn now() -> Timestamp {
    at("2026-11-24T08:00:00+09:00")
}

fn later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

fn stores() -> Vec<(&'static str, Store, trial::Trial)> {
    trial::each("consult", MIGRATIONS)
        .into_iter()
        .map(|trial| {
            let store = Store::for_tests(trial.database.clone());
            (trial.engine, store, trial)
        })
        .collect()
}

fn new_account(language: Language) -> NewAccount {
    NewAccount { language, accepted: specimen::notices().privacy_version() }
}

async fn with_directory(store: &Store) -> Vec<InstitutionCode> {
    let mut codes = Vec::new();
    for offer in specimen::offers() {
        codes.push(add_institution(store, offer).await);
    }
    codes
}

/// The code that was mailed, out of the outbox.
async fn mailed_code(store: &Store) -> String {
    let letters = store.outbox().await.expect("the outbox can be read");
    let text = format!("{:?}", serde_json::to_string(&letters[0].letter).expect("a letter is JSON"));
    let digits: Vec<_> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    digits[0].to_owned()
}

async fn patient(store: &Store, mail: &str) -> PatientId {
    add_patient(store, mail, now()).await
}

fn wish(institution: InstitutionCode, menu: u32, start: &str) -> Wish {
    Wish { institution, menu, start: at(start) }
}

const START: &str = "2026-11-25T10:00:00+09:00";

async fn booked(store: &Store, patient: PatientId, institution: InstitutionCode) -> AppointmentId {
    let wish = wish(institution, 1, START);
    let booked = match store.book(patient, wish, now()).await {
        // These tests book at several institutions at once.
        Err(Refusal::Overlaps(other)) => {
            store
                .book(
                    Booker { accepted: AcceptedVisits { overlap: Some(other), same_day: None }, ..patient.into() },
                    wish,
                    now(),
                )
                .await
        }
        booked => booked,
    };
    booked.expect("a time is booked").id()
}

async fn proof_of(store: &Store, patient: PatientId, id: AppointmentId) -> Proof {
    store.case(patient, id).await.expect("the case is there").proof.expect("an insured visit has ledgers")
}

struct Trip {
    new: NewDeparture,
}

fn trip(store: &Store, patient: PatientId, appointment: AppointmentId, browser: &Token) -> Trip {
    let secret = Token::new(&store.randomness);
    Trip {
        new: NewDeparture {
            id: DepartureId::new(now(), &store.randomness),
            state: base::digest(&[secret.derive("state").as_bytes()]),
            appointment,
            patient,
            browser: browser.digest(),
            issuer: "https://reception.example".parse().expect("an issuer"),
            visit_date: at(START).japan_date(),
            secret,
        },
    }
}

async fn registered(store: &Store, patient: PatientId, id: AppointmentId) -> ReceptionNumber {
    let trip = trip(store, patient, id, &Token::new(&store.randomness));
    store.depart(trip.new.clone(), now()).await.expect("she leaves");
    assert_eq!(store.claim_return(trip.new.id).await.expect("a claim"), Claim::First);
    let departed = store.departure_by_state(trip.new.state).await.expect("read").expect("the departure is there");
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
    let token = AccessToken::of(&Token::new(&store.randomness));
    let stage = store.return_registered(&departed, reception, token, later(1)).await.expect("she is registered");
    assert_eq!(stage, Stage::Registered);
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_bookers_one_wins() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let mut patients = Vec::new();
        for number in 0..100 {
            let address = format!("p{number}@example.jp").parse().expect("an address");
            let id = store
                .database
                .write({
                    let store = store.clone();
                    move |transaction| account::for_tests(transaction, &store, &address, now())
                })
                .await
                .expect("an account");
            patients.push(id);
        }
        let tasks: Vec<_> = patients
            .into_iter()
            .map(|patient| {
                let store = store.clone();
                tokio::spawn(async move { store.book(patient, wish(code, 1, START), now()).await })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.expect("a booker does not panic") {
                Ok(Booked::New(_)) => won += 1,
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
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let first = store.book(patient, wish(code, 1, START), now()).await.expect("booked");
        let second = store.book(patient, wish(code, 1, START), now()).await.expect("booked");
        assert_eq!(second, Booked::Already(first.id()), "{engine}");
        assert_eq!(store.cases(patient, now()).await.expect("cases").len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn a_letter_names_the_clinic_unless_the_patient_does_not_want_it() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let name = specimen::institutions()[0].name.clone();
        let check = async |mail: &str, wanted: ClinicInMail, start: &str| {
            let patient = patient(&store, mail).await;
            let profile = specimen::person().profile.expect("a profile");
            store.keep_profile(patient, profile, wanted, now()).await.expect("kept");
            let id = store.book(patient, wish(code, 1, start), now()).await.expect("booked").id();
            let letters = store.outbox().await.expect("the outbox");
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
        let code = with_directory(&store).await[0];
        let (one, other) = (patient(&store, "a@example.jp").await, patient(&store, "b@example.jp").await);
        store.book(one, wish(code, 2, START), now()).await.expect("half an hour is booked");
        let second = store.book(other, wish(code, 1, "2026-11-25T10:15:00+09:00"), now()).await;
        assert!(matches!(second, Err(Refusal::SlotTaken)), "{engine}");
        let case = store.cases(one, now()).await.expect("cases").remove(0);
        assert_eq!(case.proof, None, "{engine}: self-pay needs no proof");
    }
}

#[tokio::test]
async fn no_time_is_booked_that_is_none() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        for start in [
            "2026-11-24T07:45:00+09:00",
            "2026-11-25T12:00:00+09:00",
            "2027-03-01T10:00:00+09:00",
            "2026-11-28T10:00:00+09:00",
        ] {
            let refused = store.book(patient, wish(code, 1, start), now()).await;
            assert!(matches!(refused, Err(Refusal::NotASlot(_))), "{engine} {start}");
        }
        assert!(matches!(store.book(patient, wish(code, 9, START), now()).await, Err(Refusal::NotFound)), "{engine}");
    }
}

#[tokio::test]
async fn a_foreign_appointment_does_not_exist() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let (hers, other) = (patient(&store, "a@example.jp").await, patient(&store, "b@example.jp").await);
        let id = booked(&store, hers, code).await;
        assert!(matches!(store.case(other, id).await, Err(Refusal::NotFound)), "{engine}");
        assert!(matches!(store.cancel(other, id, now()).await, Err(Refusal::NotFound)), "{engine}");
        assert!(matches!(store.move_to(other, id, at(START), now()).await, Err(Refusal::NotFound)), "{engine}");
        assert!(matches!(store.say_done(other, id, now()).await, Err(Refusal::NotFound)), "{engine}");
    }
}

#[tokio::test]
async fn a_cancelled_time_can_be_booked_again() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let (one, other) = (patient(&store, "a@example.jp").await, patient(&store, "b@example.jp").await);
        let id = booked(&store, one, code).await;
        store.cancel(one, id, now()).await.expect("cancelled");
        store.cancel(one, id, now()).await.expect("cancelling twice is the same as once");
        assert_eq!(store.case(one, id).await.expect("a case").appointment.status, Status::Cancelled, "{engine}");
        booked(&store, other, code).await;
        assert!(matches!(store.move_to(one, id, later(600), now()).await, Err(Refusal::Closed(_))), "{engine}");
    }
}

#[tokio::test]
async fn moving_to_another_day_voids_the_proof_and_who_is_still_away() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let id = booked(&store, patient, code).await;
        registered(&store, patient, id).await;
        let away = trip(&store, patient, id, &Token::new(&store.randomness));
        store.depart(away.new.clone(), now()).await.expect("she leaves again");
        // The same day keeps it.
        store.move_to(patient, id, at("2026-11-25T11:00:00+09:00"), now()).await.expect("moved");
        assert!(matches!(proof_of(&store, patient, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        store.move_to(patient, id, at("2026-11-26T10:00:00+09:00"), now()).await.expect("moved");
        let expected = Beginning::Moved { from: at(START).japan_date() };
        assert_eq!(proof_of(&store, patient, id).await.patient, PatientSide::NotStarted(expected), "{engine}");
        assert_eq!(store.claim_return(away.new.id).await.expect("a claim"), Claim::Later(Stage::Void), "{engine}");
        // The old time is free again.
        booked(&store, self::patient(&store, "b@example.jp").await, code).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_returns_with_one_code_one_redeems() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let id = booked(&store, patient, code).await;
        let trip = trip(&store, patient, id, &Token::new(&store.randomness));
        store.depart(trip.new.clone(), now()).await.expect("she leaves");
        assert_eq!(proof_of(&store, patient, id).await.patient, PatientSide::Left { at: now() }, "{engine}");
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let store = store.clone();
                let id = trip.new.id;
                tokio::spawn(async move { store.claim_return(id).await.expect("a claim") })
            })
            .collect();
        let mut first = 0;
        for task in tasks {
            first += usize::from(task.await.expect("a return does not panic") == Claim::First);
        }
        assert_eq!(first, 1, "{engine}");
        store.release_return(trip.new.id).await.expect("given back");
        assert_eq!(store.claim_return(trip.new.id).await.expect("a claim"), Claim::First, "{engine}");
    }
}

#[tokio::test]
async fn a_departure_is_found_again_with_its_secret_and_only_by_its_state() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let id = booked(&store, patient, code).await;
        let browser = Token::new(&store.randomness);
        let trip = trip(&store, patient, id, &browser);
        store.depart(trip.new.clone(), now()).await.expect("she leaves");
        let found = store.departure_by_state(trip.new.state).await.expect("read").expect("found");
        assert!(base::same(found.secret.reveal().as_bytes(), trip.new.secret.reveal().as_bytes()), "{engine}");
        assert_eq!((found.browser, found.patient), (browser.digest(), patient), "{engine}");
        assert!(store.departure_by_state(base::digest(&[b"another"])).await.expect("read").is_none(), "{engine}");
        store.return_ended(&found).await.expect("she came back");
        let expected = PatientSide::NotStarted(Beginning::Ended);
        assert_eq!(proof_of(&store, patient, id).await.patient, expected, "{engine}");
    }
}

#[tokio::test]
async fn a_registration_is_asked_about_once_a_minute_and_a_withdrawal_is_seen() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let id = booked(&store, patient, code).await;
        let number = registered(&store, patient, id).await;
        assert!(store.question(id, later(1)).await.expect("a question").is_none(), "{engine}: just heard");
        let question = store.question(id, later(3)).await.expect("a question").expect("it is time");
        assert_eq!(question.reception_number, number, "{engine}");
        assert!(store.question(id, later(3)).await.expect("a question").is_none(), "{engine}: somebody asks already");
        store.answered(id, number, Standing::Registered, later(3)).await.expect("heard");
        assert!(matches!(proof_of(&store, patient, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        let older = ReceptionNumber::new(&store.randomness);
        store.answered(id, older, Standing::Withdrawn, later(4)).await.expect("heard");
        assert!(matches!(proof_of(&store, patient, id).await.patient, PatientSide::Registered { .. }), "{engine}");
        store.answered(id, number, Standing::Withdrawn, later(4)).await.expect("heard");
        let expected = PatientSide::NotStarted(Beginning::Withdrawn);
        assert_eq!(proof_of(&store, patient, id).await.patient, expected, "{engine}");
        assert!(store.question(id, later(60)).await.expect("a question").is_none(), "{engine}: nothing to ask about");
    }
}

#[tokio::test]
async fn near_registrations_are_taken_up_by_turns_and_by_one_node() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let near = booked(&store, patient, code).await;
        let number = registered(&store, patient, near).await;
        let ids = async |time| -> Vec<AppointmentId> {
            store.questions(time, 10).await.expect("questions").into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(ids(later(10)).await, [], "{engine}: heard nine minutes ago");
        assert_eq!(ids(later(11)).await, [near], "{engine}");
        assert_eq!(ids(later(12)).await, [], "{engine}: somebody asks already");
        assert_eq!(ids(later(21)).await, [near], "{engine}: the next turn");
        // Whoever opened it asked as well.
        assert!(store.question(near, later(25)).await.expect("a question").is_some(), "{engine}");
        assert_eq!(ids(later(32)).await, [], "{engine}");
        // A visit that is not near is nobody's to prepare, one that is over or withdrawn is nobody's at all.
        let four_days_before = at(START).minus(Span::from_hours(96));
        assert_eq!(ids(four_days_before).await, [], "{engine}");
        assert_eq!(ids(end_of_day(at(START).japan_date())).await, [], "{engine}");
        store.answered(near, number, Standing::Withdrawn, later(40)).await.expect("heard");
        assert_eq!(ids(later(60)).await, [], "{engine}");
    }
}

#[tokio::test]
async fn her_word_counts_only_at_a_fixed_url() {
    for (engine, store, _trial) in stores() {
        let codes = with_directory(&store).await;
        let patient = patient(&store, "a@example.jp").await;
        let handed = booked(&store, patient, codes[0]).await;
        assert!(matches!(store.say_done(patient, handed, now()).await, Err(Refusal::WrongWay(_))), "{engine}");
        let fixed = booked(&store, patient, codes[1]).await;
        store.leave_by_url(patient, fixed, now()).await.expect("she leaves");
        store.say_done(patient, fixed, later(5)).await.expect("she says so");
        store.say_done(patient, fixed, later(6)).await.expect("she says so twice");
        assert_eq!(proof_of(&store, patient, fixed).await.patient, PatientSide::SaidDone { at: later(5) }, "{engine}");
        let picture = booked(&store, patient, codes[2]).await;
        assert!(matches!(store.leave_by_url(patient, picture, now()).await, Err(Refusal::WrongWay(_))), "{engine}");
    }
}

#[tokio::test]
async fn nothing_is_proven_after_the_day() {
    for (engine, store, _trial) in stores() {
        let codes = with_directory(&store).await;
        let patient = patient(&store, "a@example.jp").await;
        let id = booked(&store, patient, codes[1]).await;
        let midnight = end_of_day(at(START).japan_date());
        assert!(matches!(store.say_done(patient, id, midnight).await, Err(Refusal::Closed(_))), "{engine}");
        store.say_done(patient, id, midnight.minus(Span::from_secs(1))).await.expect("the last second counts");
    }
}

#[tokio::test]
async fn the_ledgers_are_written_only_over_the_state_that_was_seen() {
    for (engine, store, _trial) in stores() {
        let code = with_directory(&store).await[0];
        let patient = patient(&store, "a@example.jp").await;
        let id = booked(&store, patient, code).await;
        let outcome = store
            .database
            .write(move |transaction| {
                let (proof, seen) = super::proof::load(transaction, id)?.ok_or(Refusal::NotFound)?;
                let confirmed = proof.clone().confirm(How::ShownOnScreen, "受付".into(), now());
                super::proof::save(transaction, id, &confirmed, seen)?;
                let (read, _) = super::proof::load(transaction, id)?.ok_or(Refusal::NotFound)?;
                assert_eq!(read, confirmed);
                assert!(matches!(read.desk, DeskSide::Confirmed { .. }));
                super::proof::save(transaction, id, &proof, seen)
            })
            .await;
        assert!(matches!(outcome, Err(Refusal::Changed)), "{engine}");
        assert_eq!(proof_of(&store, patient, id).await, Proof::new(), "{engine}: the whole write was undone");
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
                CodeAsker::default(),
            )
        };
        let attempt = |token: &Token, code: &str| {
            store.try_code(token.clone(), next.clone(), Some(code.into()), new_account(Language::Japanese), later(1))
        };
        send("012345").await.expect("sent");
        assert_eq!(mailed_code(&store).await, "012345", "{engine}");
        assert_eq!(attempt(&Token::new(&store.randomness), "012345").await.expect("tried"), SignIn::Spent, "{engine}");
        assert_eq!(
            attempt(&browser, "999999").await.expect("tried"),
            SignIn::Wrong { left: MOST_TRIES - 1 },
            "{engine}"
        );
        let done = attempt(&browser, "012345").await.expect("tried");
        assert!(matches!(&done, SignIn::Done { onward, .. } if onward == "/x"), "{engine}: {done:?}");
        assert_eq!(attempt(&browser, "012345").await.expect("tried"), SignIn::Spent, "{engine}: once only");
        assert!(
            store.who(browser.digest(), now()).await.expect("read").is_none(),
            "{engine}: the old secret is nobody"
        );
        assert!(store.who(next.digest(), now()).await.expect("read").is_some(), "{engine}");
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
                CodeAsker::default(),
            )
        };
        send(now()).await.expect("sent");
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let tried = store.try_code(
                browser.clone(),
                next.clone(),
                Some("999999".into()),
                new_account(Language::English),
                now(),
            );
            last = Some(tried.await.expect("tried"));
        }
        assert_eq!(last, Some(SignIn::Spent), "{engine}");
        let right =
            store.try_code(browser.clone(), next.clone(), Some("012345".into()), new_account(Language::English), now());
        assert_eq!(right.await.expect("tried"), SignIn::Spent, "{engine}");
        for _ in 1..PER_ADDRESS.most {
            send(now()).await.expect("sent");
        }
        assert!(matches!(send(now()).await, Err(Refusal::TooOften)), "{engine}");
        send(later(16)).await.expect("later it is possible again");
    }
}

#[tokio::test]
async fn the_directory_is_searched_by_name_area_specialty_and_card() {
    for (engine, store, _trial) in stores() {
        with_directory(&store).await;
        with_directory(&store).await;
        let check = async |search: Search, expected: &[&str]| {
            let found = store.search(search.clone(), now()).await.expect("a search");
            let names: Vec<_> = found.institutions.iter().map(|found| found.institution.name.as_str()).collect();
            assert_eq!(names.len(), usize::try_from(found.total).expect("small"), "{engine}");
            let mut sorted = names.clone();
            sorted.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(sorted, expected, "{engine} {search:?}");
        };
        let (sakura, minato, kodomo) = ("見本さくら内科", "見本みなと皮膚科", "見本こども診療所");
        let words = |words: &str| Search { words: words.into(), ..Search::default() };
        check(Search::default(), &[sakura, minato, kodomo]).await;
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
        check(Search { card: CardFilter::OnlyWithCard, ..Search::default() }, &[sakura, minato]).await;
        check(Search { specialty: "paediatrics".parse().ok(), ..Search::default() }, &[kodomo]).await;
        check(Search { city: "千代田区".parse().ok(), ..Search::default() }, &[sakura, minato, kodomo]).await;
        check(Search { prefecture: base::Prefecture::from_code(1).ok(), ..Search::default() }, &[]).await;
    }
}

#[tokio::test]
async fn an_institution_reads_back_as_it_was_added() {
    for (engine, store, _trial) in stores() {
        let codes = with_directory(&store).await;
        for (code, offer) in codes.into_iter().zip(specimen::offers()) {
            assert_eq!(store.offer(code).await.expect("an offer"), offer, "{engine}");
        }
        let mut changed = specimen::offers().remove(0);
        changed.menus.remove(1);
        changed.institution.leave_by = LeaveBy::PictureOnly;
        changed.institution.languages.remove(0);
        let code = changed.institution.code;
        store.add_institution(new_institution(changed.clone())).await.expect("brought up to date");
        assert_eq!(store.offer(code).await.expect("an offer"), changed, "{engine}");
    }
}

#[tokio::test]
async fn an_institution_that_is_listed_no_more_offers_nothing_and_keeps_its_appointments() {
    for (engine, store, _trial) in stores() {
        let codes = with_directory(&store).await;
        let patient = patient(&store, "hanako@example.jp").await;
        let appointment = booked(&store, patient, codes[0]).await;
        let mut listed: Vec<_> = specimen::offers().into_iter().map(new_institution).collect();
        let left = listed.remove(0);
        store.list_institutions(listed.clone()).await.expect("they are listed");
        let found = store.search(Search { page: 1, ..Search::default() }, now()).await.expect("a search");
        let found: Vec<_> = found.institutions.iter().map(|found| found.institution.code).collect();
        assert!(!found.contains(&codes[0]) && found.len() == codes.len() - 1, "{engine}: {found:?}");
        assert!(store.offer(codes[0]).await.expect("its page stays").menus.is_empty(), "{engine}");
        store.case(patient, appointment).await.expect("the visit stands");
        // It comes back with what it offers then.
        listed.push(left.clone());
        store.list_institutions(listed).await.expect("they are listed");
        assert_eq!(store.offer(codes[0]).await.expect("an offer").menus, left.menus, "{engine}");
        store.ready().await.expect("the database answers");
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
async fn ask_for_code(
    store: &Store,
    address: &str,
    peer: u8,
    device: Option<&Token>,
    limits: &Limits,
) -> Result<Token, Refusal> {
    let browser = Token::new(&store.randomness);
    let asker = CodeAsker {
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
            async move { ask_for_code(store, &format!("a{who}@example.jp"), peer, None, limits).await }
        };
        for who in 0..3 {
            ask(who, 1).await.expect("sent");
        }
        assert!(matches!(ask(3, 1).await, Err(Refusal::TooOften)), "{engine}");
        ask(3, 2).await.expect("others go on");
    }
}

#[tokio::test]
async fn one_mailbox_is_one_however_it_is_written() {
    for (engine, store, _trial) in stores() {
        let limits = Limits::default();
        for peer in 0..u8::try_from(PER_ADDRESS.most).unwrap() {
            ask_for_code(&store, &format!("flood+{peer}@example.jp"), peer, None, &limits).await.expect("sent");
        }
        let more = ask_for_code(&store, "flood+more@example.jp", 100, None, &limits).await;
        assert!(matches!(more, Err(Refusal::TooOften)), "{engine}");
    }
}

#[tokio::test]
async fn codes_are_braked_in_all() {
    for (engine, store, _trial) in stores() {
        let limits = Limits { codes_per_minute: 2, ..Limits::default() };
        for peer in 0..2 {
            ask_for_code(&store, &format!("a{peer}@example.jp"), peer, None, &limits).await.expect("sent");
        }
        let more = ask_for_code(&store, "b@example.jp", 9, None, &limits).await;
        assert!(matches!(more, Err(Refusal::CodesBusy)), "{engine}");
    }
}

#[tokio::test]
async fn a_stranger_does_not_use_up_the_codes_of_a_browser_that_was_signed_in() {
    for (engine, store, _trial) in stores() {
        let (limits, device, next) = (Limits::default(), Token::new(&store.randomness), Token::new(&store.randomness));
        let browser = ask_for_code(&store, "a@example.jp", 1, None, &limits).await.expect("sent");
        let tried =
            store.try_code(browser, next.clone(), Some("012345".into()), new_account(Language::Japanese), now()).await;
        assert!(matches!(tried, Ok(SignIn::Done { .. })), "{engine}");
        store.remember_patient_device(next.digest(), device.digest(), now()).await.expect("remembered");
        for peer in 10..20 {
            let _ = ask_for_code(&store, "a@example.jp", peer, None, &limits).await;
        }
        assert!(ask_for_code(&store, "a@example.jp", 30, None, &limits).await.is_err(), "{engine}");
        for _ in 0..PER_ADDRESS.most {
            ask_for_code(&store, "a@example.jp", 1, Some(&device), &limits).await.expect("sent");
        }
        assert!(
            ask_for_code(&store, "a@example.jp", 1, Some(&device), &limits).await.is_err(),
            "{engine}: it has a limit too"
        );
        let elsewhere = ask_for_code(&store, "b@example.jp", 1, Some(&device), &limits).await;
        elsewhere.expect("for another address it is one like others");
    }
}
