//! Tests of booking with several doctors, on every engine.

use base::{InstitutionCode, Timestamp};
use jiff::civil::Weekday;

use crate::{
    appointments::rules::Appointment,
    booking::{
        rules::BookingObstacle,
        store::{booking::BookingOutcome, slot_choice::WantedSlot},
    },
    clinic_settings::{rules::closure_input::ClosureInput, store::doctors::DoctorChange},
    directory::{self, rules::institution::CancellationTerms, store::institutions::NewInstitution},
    people::{self, rules::account::AccountId},
    practitioners::{rules::practitioner::PractitionerId, samples::practitioners},
    refusal::Refusal,
    schedule::rules::{
        opening::OpeningHours,
        practitioner_schedule::Session,
        slot::{BookingRequest, BookingWindow, NotASlot},
    },
    store::Store,
    tests::stores::{
        START, add_manager, booking_request, minutes_later, new_institution, new_patient, now, parse_timestamp, stores,
    },
};

/// The first sample institution with two doctors.
fn clinic_with_two_doctors() -> NewInstitution {
    let mut offer = directory::samples::offers().remove(0);
    offer.practitioners = practitioners(offer.institution.code);
    new_institution(offer)
}

async fn add(store: &Store, new: NewInstitution) -> (InstitutionCode, Vec<PractitionerId>) {
    let code = new.institution.code;
    store.add_institution(new, now()).await.expect("an institution is added");
    let offer = store.find_offer(code, now()).await.expect("an offer");
    (code, offer.practitioners.iter().map(|practitioner| practitioner.id).collect())
}

async fn add_accounts(store: &Store, count: u32) -> Vec<AccountId> {
    let mut patients = Vec::new();
    for number in 0..count {
        let address = format!("p{number}@example.jp").parse().expect("an address");
        let inner = store.clone();
        let write = store
            .database
            .write(move |transaction| people::store::create_account_for_tests(transaction, &inner, &address, now()));
        patients.push(write.await.expect("an account"));
    }
    patients
}

async fn find(store: &Store, account: AccountId, outcome: BookingOutcome) -> Appointment {
    store.find_appointment_details(account, outcome.id()).await.expect("an appointment").appointment
}

fn with_doctor(request: BookingRequest, practitioner: PractitionerId) -> BookingRequest {
    BookingRequest { practitioner: Some(practitioner), ..request }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_bookers_of_one_time_each_doctor_gets_one() {
    for (engine, store, _trial) in stores() {
        let (code, doctors) = add(&store, clinic_with_two_doctors()).await;
        let tasks: Vec<_> = add_accounts(&store, 200)
            .await
            .into_iter()
            .map(|account| {
                let store = store.clone();
                tokio::spawn(async move {
                    let outcome = store.book_appointment(account, booking_request(code, 1, START), now()).await;
                    (account, outcome)
                })
            })
            .collect();
        let mut taken = Vec::new();
        for task in tasks {
            match task.await.expect("a booker does not panic") {
                (account, Ok(outcome)) => taken.push(find(&store, account, outcome).await.practitioner),
                (_, Err(Refusal::SlotTaken)) => {}
                (_, outcome) => panic!("{engine}: {outcome:?}"),
            }
        }
        taken.sort();
        let mut expected = doctors;
        expected.sort();
        assert_eq!(taken, expected, "{engine}");
    }
}

#[tokio::test]
async fn the_doctor_whom_a_patient_wants_takes_the_visit_or_nobody() {
    for (engine, store, _trial) in stores() {
        let (code, doctors) = add(&store, clinic_with_two_doctors()).await;
        let patients = add_accounts(&store, 3).await;
        let request = booking_request(code, 1, START);
        let outcome =
            store.book_appointment(patients[0], with_doctor(request, doctors[1]), now()).await.expect("booked");
        assert_eq!(find(&store, patients[0], outcome).await.practitioner, doctors[1], "{engine}");
        let refused = store.book_appointment(patients[1], with_doctor(request, doctors[1]), now()).await;
        assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine}: {refused:?}");
        let outcome = store.book_appointment(patients[1], request, now()).await.expect("the other doctor is free");
        assert_eq!(find(&store, patients[1], outcome).await.practitioner, doctors[0], "{engine}");
        let stranger = practitioners(code)[0].id;
        let refused = store.book_appointment(patients[2], with_doctor(request, stranger), now()).await;
        assert!(matches!(refused, Err(Refusal::NotASlot(NotASlot::Closed))), "{engine}: {refused:?}");
    }
}

#[tokio::test]
async fn a_visit_keeps_its_doctor_when_it_moves_unless_that_doctor_is_taken() {
    for (engine, store, _trial) in stores() {
        let (code, doctors) = add(&store, clinic_with_two_doctors()).await;
        let patients = add_accounts(&store, 2).await;
        let later = parse_timestamp("2026-11-25T11:00:00+09:00");
        let request = with_doctor(booking_request(code, 1, START), doctors[1]);
        let outcome = store.book_appointment(patients[0], request, now()).await.expect("booked");
        let id = outcome.id();
        store.reschedule_appointment(patients[0], id, later, now()).await.expect("moved");
        assert_eq!(find(&store, patients[0], outcome).await.practitioner, doctors[1], "{engine}");
        // Somebody else takes the doctor at the next time.
        let busy = BookingRequest { start: parse_timestamp("2026-11-25T11:30:00+09:00"), ..request };
        store.book_appointment(patients[1], busy, now()).await.expect("booked");
        store.reschedule_appointment(patients[0], id, busy.start, now()).await.expect("moved to the other doctor");
        assert_eq!(find(&store, patients[0], outcome).await.practitioner, doctors[0], "{engine}");
        let wanted = WantedSlot { start: busy.start.plus(base::Span::from_mins(15)), practitioner: Some(doctors[1]) };
        store.reschedule_appointment(patients[0], id, wanted, now()).await.expect("moved back");
        assert_eq!(find(&store, patients[0], outcome).await.practitioner, doctors[1], "{engine}");
    }
}

#[tokio::test]
async fn a_menu_of_one_doctor_has_the_hours_of_that_doctor_and_the_time_after_each_visit() {
    for (engine, store, _trial) in stores() {
        let mut new = clinic_with_two_doctors();
        new.practitioners[1].hours =
            Some(vec![OpeningHours { weekday: Weekday::Wednesday, from_minute: 18 * 60, to_minute: 19 * 60 }]);
        new.menus[0].practitioners = vec![2];
        new.menus[0].menu.buffer_minutes = 5;
        let (code, doctors) = add(&store, new).await;
        let patients = add_accounts(&store, 3).await;
        let book =
            async |account, start: &str| store.book_appointment(account, booking_request(code, 1, start), now()).await;
        let refused = book(patients[0], START).await;
        assert!(matches!(refused, Err(Refusal::NotASlot(NotASlot::Closed))), "{engine}: {refused:?}");
        let outcome = book(patients[0], "2026-11-25T18:00:00+09:00").await.expect("booked");
        assert_eq!(find(&store, patients[0], outcome).await.practitioner, doctors[1], "{engine}");
        let within_buffer = book(patients[1], "2026-11-25T18:15:00+09:00").await;
        assert!(matches!(within_buffer, Err(Refusal::NotASlot(NotASlot::Closed))), "{engine}: {within_buffer:?}");
        book(patients[1], "2026-11-25T18:30:00+09:00").await.expect("the next slot");
    }
}

#[tokio::test]
async fn a_menu_is_booked_within_its_window_and_its_capacity() {
    for (engine, store, _trial) in stores() {
        let mut new = clinic_with_two_doctors();
        new.menus[0].rules.window = BookingWindow { notice_minutes: 24 * 60, horizon_days: 8 };
        new.menus[0].rules.daily_capacity = Some(1);
        let (code, _) = add(&store, new).await;
        let patients = add_accounts(&store, 2).await;
        let book =
            async |account, start: &str| store.book_appointment(account, booking_request(code, 1, start), now()).await;
        let check = |outcome: Result<BookingOutcome, Refusal>, expected: NotASlot| {
            assert!(matches!(&outcome, Err(Refusal::NotASlot(reason)) if *reason == expected), "{engine}: {outcome:?}");
        };
        check(book(patients[0], "2026-11-24T10:00:00+09:00").await, NotASlot::TooLate);
        check(book(patients[0], "2026-12-02T10:00:00+09:00").await, NotASlot::TooFar);
        let outcome = book(patients[0], START).await.expect("booked");
        check(book(patients[1], "2026-11-25T11:00:00+09:00").await, NotASlot::DayFull);
        // A visit may move within its day, and a cancelled one counts no more.
        let later = parse_timestamp("2026-11-25T11:00:00+09:00");
        store.reschedule_appointment(patients[0], outcome.id(), later, now()).await.expect("moved within the day");
        store.cancel_appointment(patients[0], outcome.id(), 0, now()).await.expect("cancelled");
        book(patients[1], START).await.expect("there is room again");
    }
}

#[tokio::test]
async fn after_the_limit_a_visit_is_only_cancelled_and_for_the_fee_that_was_told() {
    for (engine, store, _trial) in stores() {
        let mut new = clinic_with_two_doctors();
        new.menus[0].menu.cancellation = CancellationTerms { limit_minutes: 24 * 60, fee: 1_100 };
        let (code, _) = add(&store, new).await;
        let account = new_patient(&store, "a@example.jp").await;
        let outcome = store.book_appointment(account, booking_request(code, 1, START), now()).await.expect("booked");
        let (id, late) = (outcome.id(), minutes_later(3 * 60));
        let moved = store.reschedule_appointment(account, id, parse_timestamp("2026-11-25T11:00:00+09:00"), late).await;
        assert!(matches!(moved, Err(Refusal::Booking(BookingObstacle::AfterLimit(_)))), "{engine}: {moved:?}");
        let unaware = store.cancel_appointment(account, id, 0, late).await;
        let expected_fee = |refusal: &Refusal| {
            matches!(refusal, Refusal::Booking(BookingObstacle::CancellationFee { fee: 1_100, .. }))
        };
        assert!(unaware.as_ref().is_err_and(expected_fee), "{engine}: {unaware:?}");
        store.cancel_appointment(account, id, 1_100, late).await.expect("cancelled");
        assert_eq!(find(&store, account, outcome).await.cancellation_fee_due, 1_100, "{engine}");
        let second = store.book_appointment(account, booking_request(code, 1, START), now()).await.expect("booked");
        store.cancel_appointment(account, second.id(), 0, now()).await.expect("free before the limit");
        assert_eq!(find(&store, account, second).await.cancellation_fee_due, 0, "{engine}");
    }
}

async fn is_bookable(store: &Store, code: InstitutionCode, start: Timestamp) -> bool {
    let offer = store.find_offer(code, now()).await.expect("an offer");
    let menu = offer.menu(1).expect("the first menu");
    let taken = crate::schedule::rules::availability::TakenTime::default();
    offer.availability(menu, None, &taken, now()).find_slot(start).is_ok()
}

#[tokio::test]
async fn closures_sessions_and_leaving_change_what_can_be_booked_at_once() {
    for (engine, store, _trial) in stores() {
        let (code, doctors) = add(&store, clinic_with_two_doctors()).await;
        let manager = add_manager(&store, code).await;
        let start = parse_timestamp(START);
        let close = async |doctor: Option<PractitionerId>| {
            let input = ClosureInput {
                doctor: doctor.map_or_else(String::new, |doctor| doctor.to_string()),
                from_date: "2026-11-25".to_owned(),
                ..ClosureInput::default()
            };
            store.add_closure(&manager, input.parse(now()).expect("a closure"), now()).await.expect("closed")
        };
        let first = close(Some(doctors[0])).await;
        assert!(is_bookable(&store, code, start).await, "{engine}: the other doctor is there");
        let all = close(None).await;
        assert!(!is_bookable(&store, code, start).await, "{engine}: the clinic is closed");
        store.lift_closure(&manager, all, now()).await.expect("lifted");
        store.lift_closure(&manager, all, now()).await.expect("lifting twice is lifting once");
        assert!(is_bookable(&store, code, start).await, "{engine}");
        let version = async |doctor| {
            let settings = store.load_clinic_settings(&manager, now()).await.expect("settings");
            settings.practitioner(doctor).expect("a doctor").version
        };
        let seen = version(doctors[1]).await;
        store.change_doctor(&manager, (doctors[1], seen), DoctorChange::Leave, now()).await.expect("left");
        assert!(!is_bookable(&store, code, start).await, "{engine}: nobody is left");
        let stale = store.change_doctor(&manager, (doctors[1], seen), DoctorChange::Return, now()).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{engine}: {stale:?}");
        let seen = version(doctors[1]).await;
        store.change_doctor(&manager, (doctors[1], seen), DoctorChange::Return, now()).await.expect("back");
        store.lift_closure(&manager, first, now()).await.expect("lifted");
        // A session on a Saturday, when the clinic has no hours.
        let saturday = parse_timestamp("2026-11-28T20:00:00+09:00");
        assert!(!is_bookable(&store, code, saturday).await, "{engine}");
        let session = Session { date: saturday.japan_date(), from_minute: 20 * 60, to_minute: 21 * 60 };
        let seen = version(doctors[0]).await;
        let add = DoctorChange::AddSession(session);
        store.change_doctor(&manager, (doctors[0], seen), add, now()).await.expect("added");
        assert!(is_bookable(&store, code, saturday).await, "{engine}");
        let remove = DoctorChange::RemoveSession(session.date, session.from_minute);
        store.change_doctor(&manager, (doctors[0], seen + 1), remove, now()).await.expect("removed");
        assert!(!is_bookable(&store, code, saturday).await, "{engine}");
    }
}
