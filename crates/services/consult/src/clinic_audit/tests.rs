//! Tests of a clinic's audit, on every engine.

use std::collections::BTreeSet;

use base::{Span, Timestamp};
use database::Transaction;
use http::StatusCode;

use super::{
    rules::{ActorFilter, AuditFilter, FilterInput, VerificationResult},
    store::{ClinicAuditRow, PAGE_ROWS, VerificationStep},
};
use crate::{
    appointments::rules::{AppointmentId, booking_number},
    audit::{
        rules::{
            AuditActor,
            action::{AuditAccess, AuditAction, DeskView},
        },
        store::institution_chain,
    },
    clinic::{rules::staff_role::StaffRole, store::staff::Manager},
    refusal::Refusal,
    store::Store,
    tests::{
        stores::{add_manager, book_visit, fill_directory, minutes_later, new_patient, now, stores},
        world::{PatientBrowser, world},
    },
};

fn filter() -> AuditFilter {
    FilterInput::default().parse(now().japan_date()).expect("a filter")
}

fn visit_filter(text: &str) -> AuditFilter {
    FilterInput { visit: text.to_owned(), ..FilterInput::default() }.parse(now().japan_date()).expect("a filter")
}

async fn export(store: &Store, manager: &Manager, filter: AuditFilter) -> Vec<ClinicAuditRow> {
    store.export_clinic_audit(manager, filter, now()).await.expect("rows")
}

fn count_of_visit(rows: &[ClinicAuditRow], visit: AppointmentId) -> usize {
    rows.iter().filter(|row| row.visit.is_some_and(|(id, _)| id == visit)).count()
}

struct Clinics {
    engine: &'static str,
    store: Store,
    own: Manager,
    own_visit: AppointmentId,
    other: Manager,
    other_visit: AppointmentId,
    _trial: database::test_database::TestDatabase,
}

/// Two clinics, each with a visit that its manager has opened.
async fn clinics() -> Vec<Clinics> {
    let mut clinics = Vec::new();
    for (engine, store, trial) in stores() {
        let codes = fill_directory(&store).await;
        let (own, other) = (add_manager(&store, codes[0]).await, add_manager(&store, codes[1]).await);
        let (first, second) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let own_visit = book_visit(&store, first, codes[0]).await;
        let other_visit = book_visit(&store, second, codes[1]).await;
        for (manager, visit) in [(&own, own_visit), (&other, other_visit)] {
            store.load_desk_visit(manager.staff().clone(), visit, now()).await.expect("a visit");
        }
        clinics.push(Clinics { engine, store, own, own_visit, other, other_visit, _trial: trial });
    }
    clinics
}

#[tokio::test]
async fn nobody_sees_a_row_of_another_clinic() {
    for Clinics { engine, store, own, own_visit, other, other_visit, .. } in clinics().await {
        let rows = export(&store, &own, filter()).await;
        assert_eq!((count_of_visit(&rows, own_visit), count_of_visit(&rows, other_visit)), (1, 0), "{engine}");
        let of_others = [
            visit_filter(&other_visit.to_string()),
            AuditFilter { actor: ActorFilter::parse(&other.staff().id.to_string()), ..filter() },
            AuditFilter { actor: ActorFilter::Patients, ..filter() },
        ];
        for filter in of_others {
            let read = store.read_clinic_audit(&own, filter.clone(), None, now()).await.expect("rows");
            assert_eq!((read.rows, read.last_verification), (Vec::new(), None), "{engine} {filter:?}");
        }
        // Both booking numbers may be the same.
        let rows = export(&store, &own, visit_filter(&booking_number(other_visit))).await;
        assert_eq!(count_of_visit(&rows, other_visit), 0, "{engine}");
        let verified = VerificationResult::Whole { rows: 1 };
        store.record_clinic_audit_verification(&other, verified, now()).await.expect("recorded");
        let read = store.read_clinic_audit(&own, filter(), None, now()).await.expect("rows");
        assert_eq!(read.last_verification, None, "{engine}");
    }
}

#[tokio::test]
async fn rows_are_found_by_day_action_member_and_visit() {
    for Clinics { engine, store, own, own_visit, .. } in clinics().await {
        let opened = |rows: &[ClinicAuditRow]| {
            rows.iter().filter(|row| row.action == AuditAction::DeskView(DeskView::Visit)).count()
        };
        let check = async |filter: AuditFilter, expected: usize| {
            assert_eq!(opened(&export(&store, &own, filter.clone()).await), expected, "{engine} {filter:?}");
        };
        let today = now().japan_date();
        let yesterday = today.yesterday().expect("a day");
        check(filter(), 1).await;
        check(AuditFilter { first_day: yesterday, last_day: yesterday, ..filter() }, 0).await;
        check(AuditFilter { action: Some(AuditAction::DeskView(DeskView::Visit)), ..filter() }, 1).await;
        check(AuditFilter { action: Some(AuditAction::DeskView(DeskView::Day)), ..filter() }, 0).await;
        check(AuditFilter { actor: ActorFilter::parse(&own.staff().id.to_string()), ..filter() }, 1).await;
        check(AuditFilter { actor: ActorFilter::Service, ..filter() }, 0).await;
        check(visit_filter(&own_visit.to_string()), 1).await;
        check(visit_filter(&booking_number(own_visit)), 1).await;
        let other_number = format!("{:03}", (booking_number(own_visit).parse::<u16>().expect("digits") + 1) % 1000);
        check(visit_filter(&other_number), 0).await;
        let rows = export(&store, &own, visit_filter(&own_visit.to_string())).await;
        assert_eq!(rows[0].patient_name.as_deref(), Some("見本　花子"), "{engine}");
        assert_eq!(rows[0].actor, AuditActor::Desk(own.staff().name.clone()), "{engine}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap_and_reading_is_in_the_audit() {
    for Clinics { engine, store, own, own_visit, .. } in clinics().await {
        let count = usize::try_from(PAGE_ROWS).expect("a small number") + 5;
        for minute in 0..i64::try_from(count).expect("a small number") {
            let opened = store.load_desk_visit(own.staff().clone(), own_visit, minutes_later(minute)).await;
            opened.expect("a visit");
        }
        let after = minutes_later(600);
        let first = store.read_clinic_audit(&own, filter(), None, after).await.expect("rows");
        assert_eq!(first.rows.len(), usize::try_from(PAGE_ROWS).expect("a small number"), "{engine}");
        assert_eq!(first.rows[0].action, AuditAction::Audit(AuditAccess::View), "{engine}: the reading itself");
        let second = store.read_clinic_audit(&own, filter(), first.next, after).await.expect("rows");
        assert_eq!(second.next, None, "{engine}");
        let cursors: Vec<_> = first.rows.iter().chain(&second.rows).map(|row| row.cursor).collect();
        assert!(cursors.windows(2).all(|pair| pair[1] < pair[0]), "{engine}: newest first");
        let numbers: BTreeSet<_> = cursors.iter().map(|cursor| cursor.number).collect();
        assert_eq!(numbers.len(), cursors.len(), "{engine}: no row twice");
        let last = *numbers.last().expect("rows");
        assert_eq!(numbers, (1..=last).collect(), "{engine}: no row missing");
        export(&store, &own, filter()).await;
        let exports = AuditFilter { action: Some(AuditAction::Audit(AuditAccess::Export)), ..filter() };
        let read = store.read_clinic_audit(&own, exports, None, after).await.expect("rows");
        assert_eq!(read.rows.len(), 1, "{engine}");
    }
}

/// Verifies the whole chain; what was found, and by how many requests.
async fn verify(store: &Store, manager: &Manager) -> (VerificationResult, usize) {
    let mut progress = String::new();
    for requests in 1.. {
        match store.verify_clinic_audit(manager, progress).await.expect("a step") {
            VerificationStep::MoreRows(step) => progress = step.as_str().to_owned(),
            VerificationStep::Finished(result) => return (result, requests),
        }
    }
    unreachable!("a chain ends")
}

#[tokio::test]
async fn a_changed_row_is_found_and_the_result_stands_in_the_audit() {
    for Clinics { engine, store, own, own_visit, .. } in clinics().await {
        store.load_desk_visit(own.staff().clone(), own_visit, now()).await.expect("a visit");
        let (result, requests) = verify(&store, &own).await;
        let VerificationResult::Whole { rows } = result else { panic!("{engine}: {result:?}") };
        assert_eq!((rows, requests), (2, 1), "{engine}");
        store.record_clinic_audit_verification(&own, result, minutes_later(1)).await.expect("recorded");
        let read = store.read_clinic_audit(&own, filter(), None, minutes_later(2)).await.expect("rows");
        let last = read.last_verification.expect("it was verified");
        assert_eq!((last.result, last.verified_at), (result, minutes_later(1)), "{engine}");
        // What a form claims is not believed: the chain is verified from its beginning.
        let forged = store.verify_clinic_audit(&own, format!("2-{}", "0".repeat(64))).await.expect("a step");
        assert_eq!(forged, VerificationStep::Finished(VerificationResult::Whole { rows: 4 }), "{engine}");
        let chain = institution_chain(own.staff().institution);
        let change = store.database.write(move |transaction: &mut Transaction<'_>| {
            let changed = transaction
                .execute("UPDATE audit_entry SET actor = 'staff:x' WHERE chain = $1 AND number = 2", &[&chain]);
            changed.map(drop).map_err(Refusal::from)
        });
        change.await.expect("a row is changed");
        assert_eq!(verify(&store, &own).await.0, VerificationResult::Faulty { position: 2 }, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_reads_exports_and_verifies_the_audit() {
    let world = world().await;
    let mut patient = world.browser();
    patient.sign_in(&world, "hanako@example.jp").await;
    patient.book(0, "1").await;
    let mut manager = world.sign_in_with_role(0, StaffRole::Manager).await;
    manager.get("/desk/visits?date=2026-11-25").await;
    let visit = manager.get("/desk/visits?date=2026-11-25").await;
    let visit = visit.body.split('"').find(|part| part.starts_with("/desk/visits/0")).expect("a visit").to_owned();
    manager.get(&visit).await;
    let page = manager.get("/desk/clinic/audit").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("予約を開いた") && page.body.contains("山田 花子"), "{}", page.body);
    let file = manager.get("/desk/clinic/audit.csv").await;
    assert_eq!(file.headers[http::header::CACHE_CONTROL], "no-store");
    let today = Timestamp::from_milliseconds(world.clock.now().milliseconds()).japan_date();
    let disposition = file.headers[http::header::CONTENT_DISPOSITION].to_str().expect("text");
    assert!(disposition.starts_with("attachment") && disposition.contains(&format!("{today}.csv")), "{disposition}");
    assert!(file.body.contains("山＊ 花＊") && !file.body.contains("山田"), "{}", file.body);
    let verified = manager.post_with_token(&page, "/desk/clinic/audit/verify", &[]).await;
    assert!(verified.body.contains("記録は書き換えられていません"), "{}", verified.body);
    let page = manager.get("/desk/clinic/audit?from=yesterday").await;
    assert!(page.body.contains("年月日を入力してください"), "{}", page.body);
    let after = manager.get("/desk/clinic/audit").await;
    assert!(after.body.contains("書き換えはありませんでした"), "{}", after.body);
    world.clock.set(world.clock.now().plus(Span::from_mins(1)));
    let mut stranger = world.sign_in_with_role(1, StaffRole::Manager).await;
    let page = stranger.get("/desk/clinic/audit").await;
    assert!(!page.body.contains("山田"), "{}", page.body);
}
