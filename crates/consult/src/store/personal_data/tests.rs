use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use base::{Date, Digest, InstitutionCode, Span, digest};
use database::{Database, Location, trial};
use shell::session;

use super::*;
use crate::store::test_store::{add_institution, sign_up};
use crate::{
    MIGRATIONS,
    pages::specimen,
    rules::{
        appointment::{AppointmentId, Status},
        patient::{ClinicInMail, Profile},
        picture::{DocumentKind, Hints, PictureId, Side},
    },
    store::{
        appointment::Wish,
        picture::{Arriving, Intent},
    },
    vault::WrappedKey,
};

const NAME: &str = "山吹しるし　花子";
const KANA: &str = "ヤマブキシルシ　ハナコ";
const PHONE: &str = "09077310001";
const MAIL: &str = "yamabuki-7731@example.jp";
const NOTE: &str = "メモ山吹7731";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn now() -> Timestamp {
    at("2026-11-24T08:00:00+09:00")
}

fn later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

fn birth_date() -> Date {
    base::parse_date("1973-07-31").expect("a date")
}

/// A person with a profile, a session, a visit to come and a picture for it.
struct World {
    engine: &'static str,
    store: Store,
    location: Location,
    patient: PatientId,
    browser: Digest,
    appointment: AppointmentId,
    picture: PictureId,
    _folder: tempfile::TempDir,
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for (engine, location, folder) in trial::locations() {
        let place = location.clone();
        let database = std::thread::spawn(move || Database::open(&place, "consult", MIGRATIONS).expect("it opens"));
        let store = Store::for_tests(database.join().expect("it opens"));
        let clinic = add_institution(&store, specimen::offers().remove(0)).await;
        store
            .add_staff(clinic, &"desk@example.jp".parse().expect("an address"), "受付 見本", "a long password", now())
            .await
            .expect("a desk has an account");
        let (patient, browser) = sign_up(&store, MAIL, now()).await;
        let profile = Profile {
            name: NAME.to_owned(),
            kana: Some(KANA.to_owned()),
            birth_date: birth_date(),
            phone: Some(PHONE.to_owned()),
        };
        store.keep_profile(patient, profile, ClinicInMail::Named, now()).await.expect("a profile is kept");
        let appointment = book(&store, patient, clinic, at("2026-11-25T10:00:00+09:00")).await;
        let picture = send_picture(&store, patient, appointment).await;
        worlds.push(World { engine, store, location, patient, browser, appointment, picture, _folder: folder });
    }
    worlds
}

async fn book(store: &Store, patient: PatientId, institution: InstitutionCode, start: Timestamp) -> AppointmentId {
    let wish = Wish { institution, menu: 1, start };
    store.book(patient, wish, now()).await.expect("it is booked").id()
}

async fn send_picture(store: &Store, patient: PatientId, appointment: AppointmentId) -> PictureId {
    let id = PictureId::new(now(), &store.randomness);
    store.expect_pictures(vec![id], now()).await.expect("it is expected");
    let arriving = Arriving {
        id,
        side: Side::Front,
        hints: Hints::default(),
        size: (1600, 1000),
        original: digest(&[b"original"]),
        key: WrappedKey { master: "first".to_owned(), wrapped: b"wrapped-7731".to_vec() },
    };
    store
        .receive_pictures(patient, appointment, DocumentKind::Certificate, vec![arriving], Intent::SendAnyway, now())
        .await
        .expect("it is received");
    let note = move |transaction: &mut Transaction<'_>| {
        transaction.execute("UPDATE picture SET note = $2 WHERE id = $1", &[&id, &NOTE])
    };
    store.database.write::<_, Error, _>(note).await.expect("a note is written");
    id
}

/// Every table with its columns, as the engine has them.
async fn schema(store: &Store, engine: &str) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match engine {
        "sqlite" => {
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema()"
        }
    };
    let read = move |transaction: &mut Transaction<'_>| {
        transaction.all(sql, &[], |row| Ok((row.at::<String>(0)?, row.at::<String>(1)?)))
    };
    let mut tables: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (table, column) in store.database.read::<_, Error, _>(read).await.expect("the schema is read") {
        tables.entry(table).or_default().insert(column);
    }
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_every_column_about_a_person_is_declared() {
    for World { engine, store, .. } in worlds().await {
        let schema = schema(&store, engine).await;
        let declared: BTreeSet<_> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        let tables: BTreeSet<_> = schema.keys().cloned().collect();
        assert_eq!(declared, tables, "{engine}: TABLES of store/personal_data/tables.rs names every table");
        for table in TABLES {
            let rows = match &table.about {
                About::Person(rows) => rows,
                About::Nobody(why) => {
                    assert!(!why.is_empty(), "{}", table.name);
                    continue;
                }
            };
            if let tables::Closing::Anonymised(why) = &rows.closing {
                assert!(!why.is_empty(), "{}", table.name);
            }
            let exported = rows.columns.split(", ");
            let withheld = rows.withheld.iter().map(|(column, _)| *column);
            let declared: BTreeSet<_> = exported.chain(withheld).map(str::to_owned).collect();
            assert_eq!(
                declared, schema[table.name],
                "{engine}: every column of {} is exported or withheld",
                table.name
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_has_everything_that_the_tables_hold_of_a_person() {
    for World { engine, store, patient, picture, appointment, .. } in worlds().await {
        let (other, _) = sign_up(&store, "taro@example.jp", now()).await;
        let data = store.export_personal_data(patient, later(1)).await.expect("it is exported");
        let text = serde_json::to_string(&data).expect("JSON");
        let (picture, appointment) = (picture.to_string(), appointment.to_string());
        for mark in
            [NAME, KANA, PHONE, MAIL, NOTE, "1973-07-31", "picture.send", "account.export", &picture, &appointment]
        {
            assert!(text.contains(mark), "{engine}: {mark}: {text}");
        }
        assert!(
            data.letters.iter().any(|letter| letter.body.contains("123456")),
            "{engine}: the letters that are kept"
        );
        for absent in [&other.to_string(), "taro@example.jp", "wrapped-7731"] {
            assert!(!text.contains(absent), "{engine}: {absent}");
        }
        for (table, least) in [
            ("patient", 1),
            ("profile", 1),
            ("appointment", 1),
            ("slot", 1),
            ("proof", 1),
            ("session", 1),
            ("accepted_notice", 1),
            ("picture", 1),
            ("audit_entry", 3),
        ] {
            assert!(data.tables[table].len() >= least, "{engine}: {table}");
        }
        assert_eq!(
            data.tables["appointment"][0]["visit_start"],
            "2026-11-25T10:00:00+09:00".parse::<Timestamp>().expect("a time").to_string()
        );
        let overview = store.held_overview(patient).await.expect("an overview");
        let of_appointments = |table: &&tables::HeldTable| matches!(&table.about, About::Person(rows) if rows.category == Category::Appointments);
        let exported = TABLES.iter().filter(of_appointments).map(|table| data.tables[table.name].len()).sum::<usize>();
        assert_eq!(overview.counts[&Category::Appointments], exported);
        assert_eq!(overview.accepted, Some(specimen::notices().privacy_dated));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_account_cancels_only_what_was_agreed_to() {
    for World { engine, store, patient, appointment, .. } in worlds().await {
        let close = |upcoming, now| store.close_account(patient, upcoming, now);
        let other = AppointmentId::new(now(), &store.randomness);
        for upcoming in [Upcoming::Keep, Upcoming::Cancel(Vec::new()), Upcoming::Cancel(vec![other])] {
            assert_eq!(close(upcoming, later(1)).await.expect("an outcome"), CloseOutcome::StillBooked, "{engine}");
        }
        let begun = at("2026-11-25T10:05:00+09:00");
        let agreed = || Upcoming::Cancel(vec![appointment]);
        assert_eq!(close(agreed(), begun).await.expect("an outcome"), CloseOutcome::VisitUnderWay, "{engine}");
        let case = store.case(patient, appointment).await.expect("it is still there");
        assert_eq!(case.appointment.status, Status::Booked, "{engine}");
        assert_eq!(close(agreed(), later(1)).await.expect("an outcome"), CloseOutcome::Closed, "{engine}");
        let case = store.case(patient, appointment).await.expect("it stays for the clinic");
        assert_eq!(case.appointment.status, Status::Cancelled, "{engine}");
        let again = close(agreed(), later(2)).await;
        assert!(matches!(again, Err(Refusal::NotFound)), "{engine}: {again:?}");
        // What a desk is told of is gathered for some minutes.
        store.write_gathered_letters(later(20)).await.expect("letters are written");
        let letters = store.outbox().await.expect("the outbox");
        let told = |to: &str| letters.iter().filter(|kept| kept.letter.to == to).count();
        assert!(told("desk@example.jp") >= 2, "{engine}: the desk is told of the cancellation");
        assert!(letters.iter().all(|kept| !kept.letter.to.contains("closed.invalid")), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_closing_nothing_of_the_person_is_in_the_database() {
    for world in worlds().await {
        let World { engine, store, location, patient, browser, appointment, _folder, .. } = world;
        // What was changed before it was closed was written more than once.
        let profile =
            Profile { name: NAME.to_owned(), kana: None, birth_date: birth_date(), phone: Some(PHONE.to_owned()) };
        store.keep_profile(patient, profile, ClinicInMail::Named, later(1)).await.expect("a profile is kept");
        let before = raw_bytes(&store, &location).await;
        if let Some(before) = &before {
            assert!(holds(before, NAME) && holds(before, MAIL), "{engine}: the control finds what is there");
        }
        let closed = store.close_account(patient, Upcoming::Cancel(vec![appointment]), later(2)).await;
        assert_eq!(closed.expect("an outcome"), CloseOutcome::Closed, "{engine}");
        assert_eq!(store.who(browser, later(3)).await.expect("the store answers"), None, "{engine}: signed out");
        let data = store.export_personal_data(patient, later(3)).await.expect("what is left can be told");
        let text = serde_json::to_string(&data).expect("JSON");
        for mark in [NAME, KANA, PHONE, MAIL, NOTE, "1973-07-31"] {
            assert!(!text.contains(mark), "{engine}: {mark}: {text}");
        }
        for table in TABLES {
            if let About::Person(rows) = &table.about
                && matches!(rows.closing, tables::Closing::Deleted)
            {
                assert_eq!(data.tables[table.name].len(), 0, "{engine}: {}", table.name);
            }
        }
        assert!(store.kept_pictures(patient).await.expect("pictures").is_empty(), "{engine}");
        if let Some(after) = raw_bytes(&store, &location).await {
            for mark in [NAME, KANA, PHONE, MAIL, NOTE, "wrapped-7731"] {
                assert!(!holds(&after, mark), "{engine}: {mark} is still in the file");
            }
        }
        let report = store.verify_audit(None).await.expect("a report");
        assert_eq!(report.fault, None, "{engine}");
        // The same address begins anew.
        let (anew, _) = sign_up(&store, MAIL, later(4)).await;
        assert_ne!(anew, patient, "{engine}");
        assert!(store.cases(anew, later(5)).await.expect("cases").is_empty(), "{engine}");
    }
}

/// Every byte of a database of SQLite. A server's files are not within reach.
async fn raw_bytes(store: &Store, location: &Location) -> Option<Vec<u8>> {
    let Location::Sqlite(path) = location else { return None };
    store.database.clear_log().await.expect("the log is put back");
    let mut bytes = fs::read(path).expect("the file");
    let log = path.with_file_name(format!("{}-wal", path.file_name()?.to_str()?));
    bytes.extend(fs::read(log).unwrap_or_default());
    Some(bytes)
}

fn holds(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn other_browsers_are_signed_out_and_this_one_is_not() {
    for World { engine, store, patient, browser, .. } in worlds().await {
        let (same, lost) = sign_up(&store, MAIL, later(1)).await;
        let (other, others) = sign_up(&store, "taro@example.jp", later(1)).await;
        assert!(same == patient && other != patient, "{engine}");
        let tomorrow = later(24 * 60);
        assert!(store.who(lost, tomorrow).await.expect("the store answers").is_some(), "{engine}");
        let listed = store.sessions(patient, tomorrow).await.expect("sessions");
        let used: Vec<_> =
            listed.iter().map(|session: &session::SessionEntry| (session.browser, session.used_on)).collect();
        let days = [Some(tomorrow.japan_date()), Some(now().japan_date())];
        assert_eq!(used, [(lost, days[0]), (browser, days[1])], "{engine}");
        store.end_other_sessions(patient, browser).await.expect("they end");
        assert!(store.who(browser, tomorrow).await.expect("the store answers").is_some(), "{engine}");
        assert_eq!(store.who(lost, tomorrow).await.expect("the store answers"), None, "{engine}");
        assert!(store.who(others, tomorrow).await.expect("the store answers").is_some(), "{engine}: nobody else's");
    }
}
