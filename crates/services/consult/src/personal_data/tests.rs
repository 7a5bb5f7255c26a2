//! Tests of export and closing, on every engine.

mod journey;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use base::{Date, Digest, InstitutionCode, Span, Timestamp, digest};
use database::{Database, Error, Location, Transaction, test_database};
use web::session;

use super::{
    rules::{CloseOutcome, UpcomingVisitChoice},
    store::tables::{self, DataCategory, TABLES, TableSubject},
};
use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus},
    clinic::{rules::staff_role::StaffRole, store::staff::NewStaffMember},
    directory,
    mail::{self, letter::Letter},
    people::rules::{
        account::{AccountId, ClinicInMail},
        patient::Profile,
    },
    pictures::{
        rules::picture::{DocumentKind, DocumentSide, PictureHints, PictureId},
        store::{SendIntent, UploadedPicture},
        vault::master::WrappedKey,
    },
    refusal::Refusal,
    sample_data,
    schedule::rules::slot::BookingRequest,
    store::{Store, schema::MIGRATIONS},
    tests::stores::{add_institution, letter_choices, sign_up},
};

const NAME: &str = "山吹しるし　花子";
const KANA: &str = "ヤマブキシルシ　ハナコ";
const PHONE: &str = "09077310001";
const MAIL: &str = "yamabuki-7731@example.jp";
const NOTE: &str = "メモ山吹7731";

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn now() -> Timestamp {
    parse_timestamp("2026-11-24T08:00:00+09:00")
}

fn minutes_later(minutes: i64) -> Timestamp {
    now().plus(Span::from_mins(minutes))
}

fn birth_date() -> Date {
    base::parse_date("1973-07-31").expect("a date")
}

/// A patient with a profile, a session, a future visit and a picture for it.
struct PersonalDataFixture {
    engine: &'static str,
    store: Store,
    location: Location,
    account: AccountId,
    browser: Digest,
    appointment: AppointmentId,
    picture: PictureId,
    _folder: tempfile::TempDir,
}

async fn personal_data_fixtures() -> Vec<PersonalDataFixture> {
    let mut fixtures = Vec::new();
    for (engine, location, folder) in test_database::locations() {
        let opened = location.clone();
        let database = std::thread::spawn(move || Database::open(&opened, "consult", MIGRATIONS).expect("it opens"));
        let store = Store::for_tests(database.join().expect("it opens"));
        let clinic = add_institution(&store, directory::samples::offers().remove(0)).await;
        store
            .add_staff(
                NewStaffMember {
                    institution: clinic,
                    mail: "desk@example.jp",
                    name: "受付 見本",
                    role: StaffRole::Desk,
                },
                "a long password",
                now(),
            )
            .await
            .expect("a desk has an account");
        let (account, browser) = sign_up(&store, MAIL, now()).await;
        let profile = Profile {
            name: NAME.to_owned(),
            kana: Some(KANA.to_owned()),
            birth_date: birth_date(),
            phone: Some(PHONE.to_owned()),
        };
        store
            .save_profile(account, profile, letter_choices(ClinicInMail::Named), now())
            .await
            .expect("a profile is kept");
        let appointment = book_visit(&store, account, clinic, parse_timestamp("2026-11-25T10:00:00+09:00")).await;
        let picture = send_picture(&store, account, appointment).await;
        fixtures.push(PersonalDataFixture {
            engine,
            store,
            location,
            account,
            browser,
            appointment,
            picture,
            _folder: folder,
        });
    }
    fixtures
}

async fn book_visit(
    store: &Store,
    account: AccountId,
    institution: InstitutionCode,
    start: Timestamp,
) -> AppointmentId {
    let request = BookingRequest { institution, menu: 1, practitioner: None, start };
    store.book_appointment(account, request, now()).await.expect("it is booked").id()
}

async fn send_picture(store: &Store, account: AccountId, appointment: AppointmentId) -> PictureId {
    let id = PictureId::new(now(), &store.randomness);
    store.reserve_pictures(vec![id], now()).await.expect("it is expected");
    let upload = UploadedPicture {
        id,
        side: DocumentSide::Front,
        hints: PictureHints::default(),
        size: (1600, 1000),
        original_digest: digest(&[b"original"]),
        key: WrappedKey { master_key_id: "first".to_owned(), wrapped: b"wrapped-7731".to_vec() },
    };
    store
        .receive_pictures(account, appointment, DocumentKind::Certificate, vec![upload], SendIntent::SendAnyway, now())
        .await
        .expect("it is received");
    let note = move |transaction: &mut Transaction<'_>| {
        transaction.execute("UPDATE picture SET note = $2 WHERE id = $1", &[&id, &NOTE])
    };
    store.database.write::<_, Error, _>(note).await.expect("a note is written");
    id
}

/// All tables with their columns, as the engine reports them.
async fn list_table_columns(store: &Store, engine: &str) -> BTreeMap<String, BTreeSet<String>> {
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
        transaction.fetch_all(sql, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))
    };
    let mut tables: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (table, column) in store.database.read::<_, Error, _>(read).await.expect("the schema is read") {
        tables.entry(table).or_default().insert(column);
    }
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_every_column_about_a_person_is_declared() {
    for PersonalDataFixture { engine, store, .. } in personal_data_fixtures().await {
        let schema = list_table_columns(&store, engine).await;
        let declared: BTreeSet<_> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        let tables: BTreeSet<_> = schema.keys().cloned().collect();
        assert_eq!(declared, tables, "{engine}: TABLES of store/personal_data/tables.rs names every table");
        for table in TABLES {
            let rows = match &table.subject {
                TableSubject::Patient(rows) | TableSubject::Account(rows) => rows,
                TableSubject::Nobody(reason) => {
                    assert!(!reason.is_empty(), "{}", table.name);
                    continue;
                }
            };
            if let tables::ClosingEffect::Anonymised(reason) = &rows.on_closing {
                assert!(!reason.is_empty(), "{}", table.name);
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
    for PersonalDataFixture { engine, store, account, picture, appointment, .. } in personal_data_fixtures().await {
        let (other_patient, _) = sign_up(&store, "taro@example.jp", now()).await;
        let data = store.export_personal_data(account, minutes_later(1)).await.expect("it is exported");
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
        for absent in [&other_patient.to_string(), "taro@example.jp", "wrapped-7731"] {
            assert!(!text.contains(absent), "{engine}: {absent}");
        }
        for (table, min) in [
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
            assert!(data.tables[table].len() >= min, "{engine}: {table}");
        }
        assert_eq!(
            data.tables["appointment"][0]["visit_start"],
            "2026-11-25T10:00:00+09:00".parse::<Timestamp>().expect("a time").to_string()
        );
        let overview = store.load_held_overview(account).await.expect("an overview");
        let of_appointments = |table: &&tables::HeldTable| matches!(&table.subject, TableSubject::Patient(rows) if rows.category == DataCategory::Appointments);
        let exported = TABLES.iter().filter(of_appointments).map(|table| data.tables[table.name].len()).sum::<usize>();
        assert_eq!(usize::try_from(overview.counts[&DataCategory::Appointments]), Ok(exported));
        assert_eq!(overview.accepted_notice_date, Some(sample_data::notices().privacy_effective_date));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_has_a_letter_that_more_letters_follow_than_the_outbox_shows() {
    for PersonalDataFixture { engine, store, account, .. } in personal_data_fixtures().await {
        let sender = store.clone();
        let write_letters = move |transaction: &mut Transaction<'_>| {
            for number in 0..201 {
                let letter = Letter {
                    to: format!("other-{number}@example.jp"),
                    subject: "Later".to_owned(),
                    body: "later-7731".to_owned(),
                    calendar: None,
                };
                let later = minutes_later(1);
                mail::store::enqueue_letter(transaction, &sender, later, later, &letter)?;
            }
            Ok(())
        };
        store.database.write::<_, Error, _>(write_letters).await.expect("letters are written");
        let data = store.export_personal_data(account, minutes_later(2)).await.expect("it is exported");
        assert!(data.letters.iter().any(|letter| letter.body.contains("123456")), "{engine}");
        assert!(data.letters.iter().all(|letter| letter.body != "later-7731"), "{engine}: of nobody else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_account_cancels_only_what_was_agreed_to() {
    for PersonalDataFixture { engine, store, account, appointment, .. } in personal_data_fixtures().await {
        let close = |upcoming, now| store.close_account(account, upcoming, now);
        let unknown = AppointmentId::new(now(), &store.randomness);
        for upcoming in [
            UpcomingVisitChoice::Keep,
            UpcomingVisitChoice::Cancel(Vec::new()),
            UpcomingVisitChoice::Cancel(vec![unknown]),
        ] {
            assert_eq!(
                close(upcoming, minutes_later(1)).await.expect("an outcome"),
                CloseOutcome::StillBooked,
                "{engine}"
            );
        }
        let begun = parse_timestamp("2026-11-25T10:05:00+09:00");
        let agreed = || UpcomingVisitChoice::Cancel(vec![appointment]);
        assert_eq!(close(agreed(), begun).await.expect("an outcome"), CloseOutcome::VisitUnderWay, "{engine}");
        let case = store.find_appointment_details(account, appointment).await.expect("it is still there");
        assert_eq!(case.appointment.status, AppointmentStatus::Booked, "{engine}");
        assert_eq!(close(agreed(), minutes_later(1)).await.expect("an outcome"), CloseOutcome::Closed, "{engine}");
        let stays = store.database.read(move |transaction| -> Result<_, Error> {
            transaction.fetch_one::<AppointmentStatus>(
                "SELECT status FROM appointment WHERE id = $1",
                &[&appointment],
                |row| row.get(0),
            )
        });
        assert_eq!(stays.await.expect("read"), AppointmentStatus::Cancelled, "{engine}: it stays for the clinic");
        assert!(store.find_appointment_details(account, appointment).await.is_err(), "{engine}");
        let second = close(agreed(), minutes_later(2)).await;
        assert!(matches!(second, Err(Refusal::NotFound)), "{engine}: {second:?}");
        // Events for a desk are gathered for some minutes.
        store.enqueue_gathered_letters(minutes_later(20)).await.expect("letters are written");
        let letters = store.list_outbox().await.expect("the outbox");
        let count_letters =
            |address: &str| letters.iter().filter(|outbox_letter| outbox_letter.letter.to == address).count();
        assert!(count_letters("desk@example.jp") >= 2, "{engine}: the desk is told of the cancellation");
        assert!(letters.iter().all(|outbox_letter| !outbox_letter.letter.to.contains("closed.invalid")), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_closing_nothing_of_the_person_is_in_the_database() {
    for fixture in personal_data_fixtures().await {
        let PersonalDataFixture { engine, store, location, account, browser, appointment, _folder, .. } = fixture;
        // A profile that was changed has been written more than once.
        let profile =
            Profile { name: NAME.to_owned(), kana: None, birth_date: birth_date(), phone: Some(PHONE.to_owned()) };
        store
            .save_profile(account, profile, letter_choices(ClinicInMail::Named), minutes_later(1))
            .await
            .expect("a profile is kept");
        let before = read_database_bytes(&store, &location).await;
        if let Some(before) = &before {
            assert!(
                contains_bytes(before, NAME) && contains_bytes(before, MAIL),
                "{engine}: the control finds what is there"
            );
        }
        let patient = store
            .find_signed_in_account(browser, minutes_later(1))
            .await
            .expect("read")
            .and_then(|signed_in| Some(signed_in.own_patient()?.id))
            .expect("the holder is a patient");
        let closed =
            store.close_account(account, UpcomingVisitChoice::Cancel(vec![appointment]), minutes_later(2)).await;
        assert_eq!(closed.expect("an outcome"), CloseOutcome::Closed, "{engine}");
        assert_eq!(
            store.find_signed_in_account(browser, minutes_later(3)).await.expect("the store answers"),
            None,
            "{engine}: signed out"
        );
        let data = store.export_personal_data(account, minutes_later(3)).await.expect("what is left can be told");
        let text = serde_json::to_string(&data).expect("JSON");
        for mark in [NAME, KANA, PHONE, MAIL, NOTE, "1973-07-31"] {
            assert!(!text.contains(mark), "{engine}: {mark}: {text}");
        }
        for table in TABLES {
            let (rows, subject) = match &table.subject {
                TableSubject::Patient(rows) => (rows, patient.to_string()),
                TableSubject::Account(rows) => (rows, account.to_string()),
                TableSubject::Nobody(_) => continue,
            };
            if matches!(rows.on_closing, tables::ClosingEffect::Deleted) {
                let count = store
                    .database
                    .read(move |transaction| transaction.fetch_one::<u32>(rows.count, &[&subject], |row| row.get(0)));
                assert_eq!(count.await.expect("read"), 0, "{engine}: {}", table.name);
            }
        }
        assert!(store.list_pictures(account).await.expect("pictures").is_empty(), "{engine}");
        if let Some(after) = read_database_bytes(&store, &location).await {
            for mark in [NAME, KANA, PHONE, MAIL, NOTE, "wrapped-7731"] {
                assert!(!contains_bytes(&after, mark), "{engine}: {mark} is still in the file");
            }
        }
        let report = store.verify_audit(Vec::new()).await.expect("a report");
        assert_eq!(report.verified.faults, [], "{engine}");
        // The same address gets a new account.
        let (new_account, _) = sign_up(&store, MAIL, minutes_later(4)).await;
        assert_ne!(new_account, account, "{engine}");
        assert!(
            store.list_appointment_details(new_account, minutes_later(5)).await.expect("cases").is_empty(),
            "{engine}"
        );
    }
}

/// All bytes of an SQLite database. The files of a server cannot be read.
async fn read_database_bytes(store: &Store, location: &Location) -> Option<Vec<u8>> {
    let Location::Sqlite(path) = location else { return None };
    store.database.clear_log().await.expect("the log is put back");
    let mut bytes = fs::read(path).expect("the file");
    let log = path.with_file_name(format!("{}-wal", path.file_name()?.to_str()?));
    bytes.extend(fs::read(log).unwrap_or_default());
    Some(bytes)
}

fn contains_bytes(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn other_browsers_are_signed_out_and_this_one_is_not() {
    for PersonalDataFixture { engine, store, account, browser, .. } in personal_data_fixtures().await {
        let (same, other_browser) = sign_up(&store, MAIL, minutes_later(1)).await;
        let (stranger, strangers_browser) = sign_up(&store, "taro@example.jp", minutes_later(1)).await;
        assert!(same == account && stranger != account, "{engine}");
        let tomorrow = minutes_later(24 * 60);
        assert!(
            store.find_signed_in_account(other_browser, tomorrow).await.expect("the store answers").is_some(),
            "{engine}"
        );
        let listed = store.list_sessions(account, tomorrow).await.expect("sessions");
        let used: Vec<_> =
            listed.iter().map(|session: &session::SessionEntry| (session.browser, session.used_on)).collect();
        let days = [Some(tomorrow.japan_date()), Some(now().japan_date())];
        assert_eq!(used, [(other_browser, days[0]), (browser, days[1])], "{engine}");
        store.end_other_sessions(account, browser).await.expect("they end");
        assert!(
            store.find_signed_in_account(browser, tomorrow).await.expect("the store answers").is_some(),
            "{engine}"
        );
        assert_eq!(
            store.find_signed_in_account(other_browser, tomorrow).await.expect("the store answers"),
            None,
            "{engine}"
        );
        assert!(
            store.find_signed_in_account(strangers_browser, tomorrow).await.expect("the store answers").is_some(),
            "{engine}: nobody else's"
        );
    }
}
