//! Tests of moving and cancelling visits at the desk, on every engine.

use base::Span;

use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus, booking_number},
    booking::store::slot_choice::WantedSlot,
    clinic::{
        rules::{seen_version::SeenVersion, visit_query::VisitQuery},
        store::staff::StaffMember,
    },
    directory::{self, rules::institution::CancellationTerms},
    people::rules::account::AccountId,
    practitioners::samples::practitioners,
    proof::rules::ledgers::{NotStartedReason, PatientSide, ReschedulingLoss},
    refusal::Refusal,
    sample_data,
    store::Store,
    tests::stores::{
        START, add_manager, booking_request, load_proof, new_institution, new_patient, now, parse_timestamp,
        register_consent, stores,
    },
};

const MAIL: &str = "hanako@example.jp";
const NEXT_DAY: &str = "2026-11-26T10:00:00+09:00";

struct Fixture {
    engine: &'static str,
    store: Store,
    staff: StaffMember,
    /// The staff of another clinic.
    stranger: StaffMember,
    account: AccountId,
    visit: AppointmentId,
    _trial: database::test_database::TestDatabase,
}

async fn fixtures() -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for (engine, store, trial) in stores() {
        let mut offers = directory::samples::offers();
        let other = new_institution(offers.remove(1));
        let mut offer = offers.remove(0);
        offer.practitioners = practitioners(offer.institution.code);
        offer.menus[0].menu.cancellation = CancellationTerms { limit_minutes: 48 * 60, fee: 1_100 };
        let codes = [offer.institution.code, other.institution.code];
        store.add_institution(new_institution(offer), now()).await.expect("added");
        store.add_institution(other, now()).await.expect("added");
        let staff = add_manager(&store, codes[0]).await.staff().clone();
        let stranger = add_manager(&store, codes[1]).await.staff().clone();
        let account = new_patient(&store, MAIL).await;
        let booked = store.book_appointment(account, booking_request(codes[0], 1, START), now()).await;
        let visit = booked.expect("booked").id();
        fixtures.push(Fixture { engine, store, staff, stranger, account, visit, _trial: trial });
    }
    fixtures
}

impl Fixture {
    async fn seen(&self) -> SeenVersion {
        self.store.load_desk_visit(self.staff.clone(), self.visit, now()).await.expect("a visit").seen_version()
    }

    async fn letters(&self, words: &str) -> usize {
        let letters = self.store.list_outbox().await.expect("the outbox");
        letters.iter().filter(|entry| entry.letter.to == MAIL && entry.letter.body.contains(words)).count()
    }

    async fn is_free(&self, start: &str) -> bool {
        let other = new_patient(&self.store, "other@example.jp").await;
        let request = booking_request(self.staff.institution, 1, start);
        self.store.book_appointment(other, request, now()).await.is_ok()
    }
}

#[tokio::test]
async fn a_desk_moves_a_visit_beyond_the_limit_of_patients_and_the_patient_is_told() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, visit, .. } = &fixture;
        register_consent(store, fixture.account, *visit).await;
        let wanted = WantedSlot { start: parse_timestamp(NEXT_DAY), practitioner: None };
        let check = store.check_desk_move(staff, *visit, wanted, now()).await.expect("it can be moved");
        assert_eq!(check.loss, ReschedulingLoss::Consent, "{engine}");
        let seen = fixture.seen().await;
        store.move_desk_visit(staff, (*visit, seen), wanted, now()).await.expect("moved");
        let details = store.find_appointment_details(fixture.account, *visit).await.expect("a visit");
        assert_eq!(details.appointment.visit_start, wanted.start, "{engine}");
        assert_eq!(details.practitioner, check.practitioner, "{engine}");
        let proof = load_proof(store, fixture.account, *visit).await;
        let is_void = matches!(proof.patient, PatientSide::NotStarted(NotStartedReason::Rescheduled { .. }));
        assert!(is_void, "{engine}: {:?}", proof.patient);
        assert_eq!(fixture.letters("予約先の都合により、予約の日付が変わりました").await, 1, "{engine}");
        assert!(fixture.is_free(START).await, "{engine}: the old time is free");
        // A colleague who saw the visit before changes nothing.
        let stale = store.move_desk_visit(staff, (*visit, seen), parse_timestamp(START).into(), now()).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{engine}: {stale:?}");
    }
}

#[tokio::test]
async fn a_desk_moves_a_visit_to_another_doctor_at_the_same_time() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, visit, .. } = &fixture;
        let before = store.find_appointment_details(fixture.account, *visit).await.expect("a visit");
        let offer = store.find_offer(staff.institution, now()).await.expect("an offer");
        let other = offer.practitioners.iter().find(|doctor| doctor.id != before.practitioner.id).expect("another");
        let wanted = WantedSlot { start: before.appointment.visit_start, practitioner: Some(other.id) };
        let seen = fixture.seen().await;
        store.move_desk_visit(staff, (*visit, seen), wanted, now()).await.expect("moved");
        let after = store.find_appointment_details(fixture.account, *visit).await.expect("a visit");
        assert_eq!((after.practitioner.id, after.appointment.visit_start), (other.id, wanted.start), "{engine}");
        assert_eq!(fixture.letters("予約先の都合により、予約の日時が変わりました").await, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_visit_that_the_clinic_cancels_costs_nothing_and_frees_its_time() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, visit, .. } = &fixture;
        let seen = fixture.seen().await;
        store.cancel_desk_visit(staff, (*visit, seen), now()).await.expect("cancelled");
        let details = store.find_appointment_details(fixture.account, *visit).await.expect("a visit");
        let appointment = details.appointment;
        assert_eq!(
            (appointment.status, appointment.cancellation_fee_due),
            (AppointmentStatus::Cancelled, 0),
            "{engine}"
        );
        assert_eq!(fixture.letters("予約先の都合により、予約を取り消しました").await, 1, "{engine}");
        assert!(fixture.is_free(START).await, "{engine}");
        let again = store.cancel_desk_visit(staff, (*visit, seen), now()).await;
        assert!(matches!(again, Err(Refusal::Closed(_))), "{engine}: {again:?}");
        let moved = store.move_desk_visit(staff, (*visit, seen), parse_timestamp(NEXT_DAY).into(), now()).await;
        assert!(matches!(moved, Err(Refusal::Closed(_))), "{engine}: {moved:?}");
        assert_eq!(fixture.letters("予約先の都合により").await, 1, "{engine}: no letter too many");
    }
}

#[tokio::test]
async fn a_desk_finds_its_own_visits_by_what_a_caller_says_and_the_search_is_audited() {
    for fixture in fixtures().await {
        let Fixture { engine, store, staff, stranger, visit, .. } = &fixture;
        let profile = sample_data::profile();
        let find = async |staff: &StaffMember, text: &str| {
            let query = VisitQuery::parse(text).expect("a search");
            let found = store.search_desk_visits(staff.clone(), query, now()).await.expect("searched");
            found.visits.iter().map(|visit| visit.appointment.id).collect::<Vec<_>>()
        };
        let phone = profile.phone.clone().expect("a number");
        let before = store.verify_audit(Vec::new()).await.expect("verified").verified.rows;
        for text in [profile.name.as_str(), "みほん", &phone, &booking_number(*visit)] {
            assert_eq!(find(staff, text).await, [*visit], "{engine}: {text}");
        }
        assert_eq!(find(staff, "佐藤").await, [], "{engine}");
        assert_eq!(find(stranger, &profile.name).await, [], "{engine}: another clinic finds nothing");
        let after = store.verify_audit(Vec::new()).await.expect("verified").verified.rows;
        // Each search has its row; the stranger's is the first of its chain, which has one more.
        assert!(after >= before + 6, "{engine}: {before} {after}");
    }
}

#[tokio::test]
async fn another_clinic_neither_moves_nor_cancels() {
    for fixture in fixtures().await {
        let Fixture { engine, store, stranger, visit, .. } = &fixture;
        let seen = fixture.seen().await;
        let wanted: WantedSlot = parse_timestamp(NEXT_DAY).into();
        let moved = store.move_desk_visit(stranger, (*visit, seen), wanted, now()).await;
        let cancelled = store.cancel_desk_visit(stranger, (*visit, seen), now()).await;
        let checked = store.check_desk_move(stranger, *visit, wanted, now()).await.map(|_| ());
        let listed = store.find_desk_choices(stranger, *visit, now()).await.map(|_| ());
        for refused in [moved, cancelled, checked, listed] {
            assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        }
        let past: WantedSlot = now().minus(Span::from_hours(1)).into();
        let refused = store.move_desk_visit(&fixture.staff, (*visit, seen), past, now()).await;
        assert!(matches!(refused, Err(Refusal::NotASlot(_))), "{engine}: {refused:?}");
    }
}
