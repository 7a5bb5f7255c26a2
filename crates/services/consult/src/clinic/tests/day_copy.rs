//! Tests of the copies of a day, on every engine.

use database::Transaction;
use http::{StatusCode, header};

use crate::{
    appointments::rules::booking_number,
    audit::rules::action::{AuditAction, DeskView},
    clinic::{
        rules::staff_role::StaffRole,
        store::{day_copy::CopyMedium, staff::Manager},
    },
    refusal::Refusal,
    store::Store,
    tests::{
        stores::{START, add_manager, book_visit, fill_directory, new_patient, now, parse_timestamp, stores},
        world::{PatientBrowser, world},
    },
};

async fn count_views(store: &Store, view: DeskView) -> i64 {
    let count = store.database.read(move |transaction: &mut Transaction<'_>| {
        let action = AuditAction::DeskView(view);
        let count = transaction
            .fetch_one("SELECT COUNT(*) FROM audit_entry WHERE act = $1", &[&action], |row| row.get::<i64>(0));
        count.map_err(Refusal::from)
    });
    count.await.expect("a number")
}

#[tokio::test]
async fn a_copy_has_the_visits_of_the_own_clinic_that_stand_and_is_in_the_audit() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (own, other) = (add_manager(&store, codes[0]).await, add_manager(&store, codes[1]).await);
        let (first, second) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let own_visit = book_visit(&store, first, codes[0]).await;
        let other_visit = book_visit(&store, second, codes[1]).await;
        let date = parse_timestamp(START).japan_date();
        let list = async |manager: &Manager, medium| {
            let copy = store.load_day_copy(manager.staff(), date, medium, now()).await.expect("a copy");
            copy.visits.iter().map(|visit| visit.appointment.id).collect::<Vec<_>>()
        };
        assert_eq!(list(&own, CopyMedium::Paper).await, [own_visit], "{engine}");
        assert_eq!(list(&own, CopyMedium::File).await, [own_visit], "{engine}");
        assert_eq!(list(&other, CopyMedium::File).await, [other_visit], "{engine}");
        assert_eq!(count_views(&store, DeskView::Print).await, 1, "{engine}");
        assert_eq!(count_views(&store, DeskView::Export).await, 2, "{engine}");
        let visit = store.load_desk_visit(own.staff().clone(), own_visit, now()).await.expect("a visit");
        let seen = visit.seen_version();
        store.cancel_desk_visit(own.staff(), (own_visit, seen), now()).await.expect("cancelled");
        assert!(list(&own, CopyMedium::Paper).await.is_empty(), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_printed_and_exported() {
    let world = world().await;
    let mut patient = world.browser();
    patient.sign_in(&world, "hanako@example.jp").await;
    let detail = patient.book(0, "1").await;
    let id = detail.rsplit('/').next().expect("an id").parse().expect("an id");
    for role in StaffRole::ALL {
        let mut desk = world.sign_in_with_role(0, role).await;
        let day = desk.get("/desk/visits?date=2026-11-25").await;
        for path in ["/desk/visits/print?date=2026-11-25", "/desk/visits/export.csv?date=2026-11-25"] {
            assert!(day.body.contains(&format!("href=\"{path}\"")), "{role}: {}", day.body);
        }
        let sheet = desk.get("/desk/visits/print?date=2026-11-25").await;
        assert_eq!(sheet.status, StatusCode::OK);
        for part in ["山田 花子", "ヤマダ ハナコ", "41歳", "090-1234-5678", "個人情報", role.as_str()] {
            assert!(sheet.body.contains(part), "{part}: {}", sheet.body);
        }
        let file = desk.get("/desk/visits/export.csv?date=2026-11-25").await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"visits-2026-11-25.csv\"");
        assert_eq!(file.headers[header::CACHE_CONTROL], "no-store");
        let lines: Vec<_> = file.body.split("\r\n").collect();
        let [head, row, ""] = lines[..] else { panic!("{}", file.body) };
        assert!(head.starts_with("\u{feff}予約時刻,患者氏名,フリガナ,生年月日,受付番号,"), "{head}");
        assert!(row.starts_with("10:00,山田　花子,ヤマダ　ハナコ,1985-04-03,,090-1234-5678,"), "{row}");
        assert!(row.ends_with(&booking_number(id)), "{row}");
        let empty = desk.get("/desk/visits/print?date=2026-11-26&practitioner=x").await;
        assert!(empty.body.contains("この日の予約はありません"), "{}", empty.body);
    }
}
