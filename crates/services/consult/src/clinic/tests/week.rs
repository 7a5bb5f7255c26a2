//! Tests of the week of a desk, on every engine.

use base::Span;
use database::Transaction;
use http::StatusCode;

use crate::{
    clinic::rules::{
        staff_role::StaffRole,
        week::{Week, count_visits},
    },
    clinic_settings::rules::closure_input::ClosureInput,
    directory,
    refusal::Refusal,
    store::Store,
    tests::{
        stores::{
            START, add_manager, book_visit, fill_directory, minutes_later, new_patient, now, parse_timestamp,
            register_consent, stores,
        },
        world::{PatientBrowser, world},
    },
};

async fn count_audit_rows(store: &Store) -> i64 {
    let count = store.database.read(|transaction: &mut Transaction<'_>| {
        let count = transaction.fetch_one("SELECT COUNT(*) FROM audit_entry", &[], |row| row.get(0));
        count.map_err(Refusal::from)
    });
    count.await.expect("a number")
}

#[tokio::test]
async fn a_week_counts_the_visits_and_names_the_closures_of_the_own_clinic_alone() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (own, other) = (add_manager(&store, codes[0]).await, add_manager(&store, codes[1]).await);
        let (first, second) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let visit = book_visit(&store, first, codes[0]).await;
        book_visit(&store, second, codes[1]).await;
        register_consent(&store, first, visit).await;
        for manager in [&own, &other] {
            let closing = ClosureInput { from_date: "2026-11-27".to_owned(), ..ClosureInput::default() };
            let closing = closing.parse(now()).expect("a closure");
            store.add_closure(manager, closing, now()).await.expect("closed");
        }
        let audited = count_audit_rows(&store).await;
        let week = Week::from_day(parse_timestamp(START).japan_date());
        let read = store.load_desk_week(own.staff(), week).await.expect("a week");
        let counts = count_visits(&read.visits, read.proof_method, minutes_later(2));
        assert_eq!((counts.visits, counts.missing_proof, counts.needs_action), (1, 0, 1), "{engine}: to be checked");
        assert_eq!(read.closures.len(), 1, "{engine}");
        assert!(read.closed_on_holidays, "{engine}");
        let next = store.load_desk_week(own.staff(), week.next()).await.expect("a week");
        assert_eq!((next.visits.len(), next.closures.len()), (0, 0), "{engine}");
        assert_eq!(count_audit_rows(&store).await, audited, "{engine}: nobody was named");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_leads_to_the_day_of_each_doctor() {
    let world = world().await;
    let mut patient = world.browser();
    patient.sign_in(&world, "hanako@example.jp").await;
    patient.book(0, "1").await;
    let mut desk = world.sign_in_with_role(0, StaffRole::Desk).await;
    let code = directory::samples::institutions()[0].code;
    let offer = world.consult.context.store.find_offer(code, world.clock.now()).await.expect("an offer");
    let doctor = offer.practitioners[0].id;
    let page = desk.get("/desk/week?date=2026-11-29").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("山田"), "nobody is named");
    let link = format!("/desk/visits?date=2026-11-25&amp;doctor={doctor}");
    assert!(page.body.contains(&link), "{}", page.body);
    let day = desk.get(&link.replace("&amp;", "&")).await;
    assert!(day.body.contains("山田"), "{}", day.body);
    assert!(desk.get("/desk/visits?date=2026-11-25").await.body.contains("/desk/week?date=2026-11-25"));
    // What is no date is this week.
    world.clock.set(world.clock.now().plus(Span::from_mins(1)));
    assert!(desk.get("/desk/week?date=tomorrow").await.body.contains("11月25日"));
}
