//! A desk books for callers, records who is late and who did not come: on every engine, and over HTTP.

use base::{Span, Timestamp, Token};
use test_browser::Browser;

use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus, UNDO_WINDOW},
    booking::rules::BookingObstacle,
    clinic::{
        rules::{
            desk_action::DeskAction, late::Delay, patient_query::PatientQuery, seen_version::SeenVersion,
            staff_role::StaffRole,
        },
        store::{staff::StaffMember, visits::ContactByLetter},
    },
    directory,
    mail::rules::address::MailAddress,
    people::rules::patient::{PatientId, Profile},
    refusal::Refusal,
    sample_data,
    store::Store,
    tests::{
        stores::{
            START, add_institution, add_manager, book_visit, booking_request, new_patient, now, parse_timestamp, stores,
        },
        world::{PatientBrowser, World, world},
    },
};

const MAIL: &str = "hanako@example.jp";
const CALLER: &str = "caller@example.jp";

struct Fixture {
    engine: &'static str,
    store: Store,
    staff: StaffMember,
    /// The staff of another clinic.
    stranger: StaffMember,
    _trial: database::test_database::TestDatabase,
}

async fn fixtures() -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for (engine, store, trial) in stores() {
        let mut offers = directory::samples::offers();
        let other = add_institution(&store, offers.remove(1)).await;
        let own = add_institution(&store, offers.remove(0)).await;
        let staff = add_manager(&store, own).await.staff().clone();
        let stranger = add_manager(&store, other).await.staff().clone();
        fixtures.push(Fixture { engine, store, staff, stranger, _trial: trial });
    }
    fixtures
}

fn caller() -> Profile {
    Profile {
        name: "電話　太郎".to_owned(), kana: Some("デンワ　タロウ".to_owned()), ..sample_data::profile()
    }
}

impl Fixture {
    async fn enter_caller(&self) -> PatientId {
        self.store.add_clinic_patient(&self.staff, caller(), now()).await.expect("entered")
    }

    async fn book(&self, patient: PatientId, mail: Option<MailAddress>) -> Result<AppointmentId, Refusal> {
        let token = Token::new(&self.store.randomness);
        let request = booking_request(self.staff.institution, 1, START);
        self.store.book_for_patient(&self.staff, patient, request, (mail, &token), now()).await
    }

    async fn letters(&self, address: &str) -> usize {
        let letters = self.store.list_outbox().await.expect("the outbox");
        letters.iter().filter(|outbox| outbox.letter.to == address).count()
    }

    async fn seen(&self, visit: AppointmentId, at: Timestamp) -> SeenVersion {
        self.store.load_desk_visit(self.staff.clone(), visit, at).await.expect("a visit").seen_version()
    }

    async fn find(&self, staff: &StaffMember, text: &str) -> Vec<PatientId> {
        let query = PatientQuery::parse(text, now().japan_date()).expect("a search");
        let found = self.store.search_clinic_patients(staff, query, now()).await.expect("patients");
        found.into_iter().map(|found| found.patient.id).collect()
    }
}

#[tokio::test]
async fn a_caller_is_entered_found_and_booked_for_by_the_own_clinic_alone() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, stranger, .. } = &fixture;
        let patient = fixture.enter_caller().await;
        for text in ["電話", "でんわ", "0900000", "1985-04-03"] {
            assert_eq!(fixture.find(staff, text).await, [patient], "{engine}: {text}");
        }
        assert!(fixture.find(stranger, "電話").await.is_empty(), "{engine}: no other clinic knows them");
        let found = store.find_clinic_patient(stranger, patient, now()).await;
        assert!(matches!(found, Err(Refusal::NotFound)), "{engine}");
        let visit = fixture.book(patient, None).await.expect("booked");
        assert_eq!(fixture.book(patient, None).await.expect("booked before"), visit, "{engine}: sent twice");
        let booked = store.load_desk_visit(staff.clone(), visit, now()).await.expect("a visit");
        assert_eq!(booked.patient.id, patient, "{engine}");
        assert_eq!((booked.booked_by, booked.patient_contact), (None, ContactByLetter::Missing), "{engine}");
        assert!(booked.proof.is_some(), "{engine}: insurance is to be proven");
        let elsewhere = booking_request(stranger.institution, 1, START);
        let token = Token::new(&store.randomness);
        let refused = store.book_for_patient(stranger, patient, elsewhere, (None, &token), now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
    }
}

#[tokio::test]
async fn a_desk_books_what_is_free_and_tells_whoever_has_an_account() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, .. } = &fixture;
        let account = new_patient(store, MAIL).await;
        let first = book_visit(store, account, staff.institution).await;
        let patient = store.find_appointment_details(account, first).await.expect("a visit").patient.id;
        let same = fixture.book(patient, None).await;
        assert_eq!(same.expect("the patient's own visit"), first, "{engine}: nothing is booked twice");
        let caller = fixture.enter_caller().await;
        let refused = fixture.book(caller, None).await;
        assert!(matches!(refused, Err(Refusal::SlotTaken)), "{engine}: {refused:?}");
        let before = fixture.letters(MAIL).await;
        let secret = Token::new(&store.randomness);
        let later = booking_request(staff.institution, 1, "2026-11-25T11:00:00+09:00");
        let second = store.book_for_patient(staff, patient, later, (None, &secret), now()).await.expect("booked");
        assert_eq!(fixture.letters(MAIL).await, before + 1, "{engine}");
        assert!(store.find_appointment_details(account, second).await.is_ok(), "{engine}: it is in their list");
        let overlapping = booking_request(staff.institution, 2, "2026-11-25T11:00:00+09:00");
        let refused = store.book_for_patient(staff, patient, overlapping, (None, &secret), now()).await;
        let is_same_time = matches!(
            refused,
            Err(Refusal::SlotTaken | Refusal::Booking(BookingObstacle::SameTime(_)) | Refusal::NotASlot(_))
        );
        assert!(is_same_time, "{engine}: {refused:?}");
    }
}

#[tokio::test]
async fn a_delay_is_recorded_by_compare_and_set_and_ends_with_a_move() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, .. } = &fixture;
        let caller = fixture.enter_caller().await;
        let visit = fixture.book(caller, None).await.expect("booked");
        let seen = fixture.seen(visit, now()).await;
        let late = Delay::parse("15").expect("a delay");
        store.record_delay(staff, (visit, seen), late, now()).await.expect("recorded");
        let load = || async { store.load_desk_visit(staff.clone(), visit, now()).await.expect("a visit").appointment };
        assert_eq!(load().await.expected_at, Some(parse_timestamp("2026-11-25T10:15:00+09:00")), "{engine}");
        let stale = store.record_delay(staff, (visit, seen), late, now()).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{engine}: {stale:?}");
        let seen = fixture.seen(visit, now()).await;
        let wanted = parse_timestamp("2026-11-26T10:00:00+09:00");
        store.move_desk_visit(staff, (visit, seen), wanted.into(), now()).await.expect("moved");
        assert_eq!(load().await.expected_at, None, "{engine}");
    }
}

#[tokio::test]
async fn a_no_show_is_told_only_once_it_can_no_longer_be_undone() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, .. } = &fixture;
        let account = new_patient(store, MAIL).await;
        let visit = book_visit(store, account, staff.institution).await;
        let start = parse_timestamp(START);
        let act = |seen, at| store.perform_desk_action(staff.clone(), visit, seen, DeskAction::NoShow, at);
        let early = act(fixture.seen(visit, now()).await, now()).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{engine}: {early:?}");
        let at = start.plus(Span::from_mins(5));
        act(fixture.seen(visit, at).await, at).await.expect("recorded");
        let status = |at| async move {
            let details = store.find_appointment_details(account, visit).await.expect("a visit");
            details.appointment.as_shown_to_patient(at).status
        };
        assert_eq!(status(at).await, AppointmentStatus::Booked, "{engine}: nobody is told of what may be a mistake");
        let last = store.load_desk_visit(staff.clone(), visit, at).await.expect("a visit").last_action;
        let number = last.expect("the action").number;
        store.undo_desk_action(staff.clone(), visit, number, at).await.expect("undone");
        let letters = store.list_outbox().await.expect("the outbox");
        let missed = letters.iter().filter(|outbox| outbox.letter.subject.contains("お会いできませんでした")).count();
        assert_eq!(missed, 0, "{engine}: its letter is withdrawn");
        act(fixture.seen(visit, at).await, at).await.expect("recorded again");
        assert_eq!(status(at.plus(UNDO_WINDOW)).await, AppointmentStatus::NoShow, "{engine}");
        let letters = store.list_outbox().await.expect("the outbox");
        let missed = letters.iter().filter(|outbox| outbox.letter.subject.contains("お会いできませんでした")).count();
        assert_eq!(missed, 1, "{engine}");
    }
}

const CALLER_FIELDS: [(&str, &str); 4] =
    [("name", "電話 太郎"), ("kana", "でんわ たろう"), ("birth", "昭和20年11月3日"), ("phone", "03-1234-5678")];

/// Books the earliest slot for a new caller, and returns the path of the visit.
async fn book_by_telephone(desk: &mut Browser, mail: &str) -> String {
    desk.get("/desk/visits").await.link("/desk/book");
    let menus = desk.open_and_submit("/desk/book/new", "/desk/book/new", &CALLER_FIELDS).await;
    let menus = menus.redirect_target().to_owned();
    let menu = desk.get(&menus).await.assert_contains("メールのお知らせが届きません").link(&format!("{menus}/menus/"));
    let start = parse_timestamp(START).milliseconds().to_string();
    let confirm = desk.open_and_submit(&menu, &format!("{menu}/hold"), &[("start", &start)]).await;
    let confirm = confirm.assert_contains("電話 太郎").assert_contains("10:00");
    let wrong = desk.submit_form(&confirm, &menu, &[("mail", "no address")]).await;
    let booked = desk.submit_form(&wrong, &menu, &[("mail", mail)]).await;
    booked.redirect_target().split('?').next().expect("a path").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_booked_at_the_desk_and_goes_on_by_the_invitation() {
    let world: World = world().await;
    let mut desk = world.sign_in_with_role(0, StaffRole::Desk).await;
    let visit = book_by_telephone(&mut desk, CALLER).await;
    desk.get(&visit).await.assert_contains("医療機関（お電話など）").assert_contains("電話 太郎");
    let letters = world.consult.list_outbox().await.expect("the outbox");
    let letter = letters.into_iter().find(|outbox| outbox.letter.to == CALLER).expect("an invitation");
    let start = letter.letter.body.find("/family-invitations/").expect("a link");
    let link = letter.letter.body[start..].lines().next().expect("a line").to_owned();
    let mut caller = world.browser();
    caller.sign_in(&world, CALLER).await;
    caller.open_and_submit(&link, &link, &[]).await;
    caller.get("/appointments").await.assert_contains("11月25日（水） 10:00");
    // The desk finds the patient again.
    let found = desk.get("/desk/book?q=%E9%9B%BB%E8%A9%B1").await.assert_contains("電話 太郎");
    assert_eq!(found.find_links("/desk/book/0").len(), 1);
}
