//! A database from before there were doctors keeps its appointments, their slots and their doctors.

use base::{InstitutionCode, Timestamp};
use database::{Database, test_database};

use crate::{
    people::rules::account::ReminderChoice,
    refusal::Refusal,
    store::{Store, schema::MIGRATIONS},
};

const NAMED: &str = "1319900013";
const UNNAMED: &str = "4019900051";

/// The rows of a program without doctors: two institutions, one with doctors as texts of its menus, and three visits.
const OLD_ROWS: &str = "
INSERT INTO institution VALUES ('1319900013', '見本', 'ミホン', 'Mihon', 13, '千代田区', 'Chiyoda', '1', '1', '03-0000-0001',
    '月', 'Mon', '', '', 1, 'picture_only', NULL, '');
INSERT INTO institution VALUES ('4019900051', '見本二', 'ミホンニ', 'Mihon 2', 40, '千代田区', 'Chiyoda', '1', '1',
    '03-0000-0002', '月', 'Mon', '', '', 1, 'picture_only', NULL, '');
INSERT INTO opening_hours VALUES ('1319900013', 3, 540, 720);
INSERT INTO opening_hours VALUES ('4019900051', 3, 540, 720);
INSERT INTO menu VALUES ('1319900013', 1, 'insured', '初診', 'First', 15, '', '', 0, '見本 一郎', 1);
INSERT INTO menu VALUES ('1319900013', 2, 'insured', '再診', 'Repeat', 15, '', '', 0, '見本 桜', 1);
INSERT INTO menu VALUES ('1319900013', 3, 'insured', '相談', 'Advice', 30, '', '', 0, NULL, 1);
INSERT INTO menu VALUES ('4019900051', 1, 'insured', '初診', 'First', 15, '', '', 0, NULL, 1);
INSERT INTO patient (id, mail, language, made_at)
    VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.jp', 'ja', 0);
INSERT INTO appointment (id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee, fee_english,
        system_fee, doctor, visit_start, visit_date, status, made_at, version)
    VALUES ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-000000000001', '1319900013', 2, 'insured', '再診',
        'Repeat', 15, '', '', 0, '見本 桜', 1795568400000, '2026-11-25', 'booked', 0, 1);
INSERT INTO appointment (id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee, fee_english,
        system_fee, doctor, visit_start, visit_date, status, made_at, version)
    VALUES ('00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-000000000001', '1319900013', 9, 'insured', '昔',
        'Old', 15, '', '', 0, '見本 昔', 1795572000000, '2026-11-25', 'booked', 0, 1);
INSERT INTO appointment (id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee, fee_english,
        system_fee, doctor, visit_start, visit_date, status, made_at, version)
    VALUES ('00000000-0000-7000-8000-00000000000c', '00000000-0000-7000-8000-000000000001', '4019900051', 1, 'insured', '初診',
        'First', 15, '', '', 0, NULL, 1795568400000, '2026-11-25', 'booked', 0, 1);
INSERT INTO slot (institution, begins, appointment)
    VALUES ('1319900013', 1795568400000, '00000000-0000-7000-8000-00000000000a');
INSERT INTO slot (institution, begins, appointment)
    VALUES ('1319900013', 1795572000000, '00000000-0000-7000-8000-00000000000b');
INSERT INTO slot (institution, begins, appointment)
    VALUES ('4019900051', 1795568400000, '00000000-0000-7000-8000-00000000000c')";

async fn execute_sql(database: &Database, sql: &'static str) {
    for statement in sql.split(';') {
        let write = database.write(move |transaction| transaction.execute(statement, &[]).map_err(Refusal::from));
        write.await.expect("changed");
    }
}

#[tokio::test]
async fn appointments_from_before_there_were_doctors_keep_their_times_and_get_their_doctors() {
    let before = MIGRATIONS.iter().position(|migration| migration.name == "practitioners").expect("the migration");
    for trial in test_database::open_on_each_engine("consult", &MIGRATIONS[..before]) {
        execute_sql(&trial.database, OLD_ROWS).await;
        // A hold, which is not kept.
        let hold = trial.database.write(|transaction| {
            transaction.execute(
                "INSERT INTO slot (institution, begins, holder, held_for, held_until)
                 VALUES ('4019900051', 1795572000000, $1, $1, 1795572000000)",
                &[&base::digest(&[b"browser"])],
            )
        });
        hold.await.unwrap_or_else(|error: database::Error| panic!("{error}"));
        let engine = trial.engine;
        let database = Database::open(&trial.location, "consult", MIGRATIONS).expect("brought up to date");
        let store = Store::for_tests(database);
        let now: Timestamp = "2026-11-24T08:00:00+09:00".parse().expect("a timestamp");
        let code = |text: &str| text.parse::<InstitutionCode>().expect("a code");
        let offer = store.find_offer(code(NAMED), now).await.expect("an offer");
        let names: Vec<_> = offer.practitioners.iter().map(|doctor| doctor.details.name.as_str()).collect();
        assert_eq!(names, ["見本 一郎", "見本 桜"], "{engine}: a doctor of a past menu has left");
        let doctors_of = |number| {
            let menu = offer.menu(number).expect("a menu");
            offer.practitioners_of(menu).map(|doctor| doctor.details.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(doctors_of(1), ["見本 一郎"], "{engine}");
        assert_eq!(doctors_of(2), ["見本 桜"], "{engine}");
        assert_eq!(doctors_of(3), ["見本 一郎", "見本 桜"], "{engine}: a menu without a name is for all");
        let other = store.find_offer(code(UNNAMED), now).await.expect("an offer");
        assert_eq!(other.practitioners[0].details.name, "担当医", "{engine}");
        let account = "00000000-0000-7000-8000-000000000001".parse().expect("an id");
        let visits = store.list_appointment_details(account, now).await.expect("visits");
        let mut doctors: Vec<_> = visits
            .iter()
            .map(|visit| (visit.appointment.menu.name.as_str(), visit.practitioner.details.name.as_str()))
            .collect();
        doctors.sort_unstable();
        assert_eq!(doctors, [("再診", "見本 桜"), ("初診", "担当医"), ("昔", "見本 昔")], "{engine}");
        // Their times are taken, of their doctors and of no other.
        let period = (now, "2026-11-26T00:00:00+09:00".parse().expect("a timestamp"));
        let browser = base::digest(&[b"browser"]);
        let taken = store.find_taken_time(code(NAMED), period, browser, now).await.expect("read");
        let start: Timestamp = "2026-11-25T10:00:00+09:00".parse().expect("a timestamp");
        let is_free = |number| {
            let menu = offer.menu(number).expect("a menu");
            offer.availability(menu, None, &taken, now).free_slots_of_day(start.japan_date()).contains(&start)
        };
        assert!(is_free(1) && !is_free(2), "{engine}");
    }
}

#[tokio::test]
async fn accounts_from_before_they_were_apart_from_patients_act_for_their_one_patient() {
    let before = MIGRATIONS.iter().position(|migration| migration.name == "people").expect("the migration");
    for trial in test_database::open_on_each_engine("consult", &MIGRATIONS[..before]) {
        let engine = trial.engine;
        execute_sql(&trial.database, ROWS_BEFORE_PEOPLE).await;
        let session = trial.database.write(|transaction| {
            let browser = base::digest(&[b"browser"]);
            transaction.execute(
                "INSERT INTO session (browser, subject, began, ends, used_on) VALUES ($1, $2, 0, 4102444800000, NULL)",
                &[&browser, &format!("patient:{OPEN}")],
            )?;
            transaction.execute(
                "INSERT INTO accepted_notice (patient, digest, dated, at) VALUES ($1, $2, '2026-01-01', 0)",
                &[&OPEN, &browser],
            )
        });
        session.await.unwrap_or_else(|error: database::Error| panic!("{engine}: {error}"));
        let database = Database::open(&trial.location, "consult", MIGRATIONS).expect("brought up to date");
        let store = Store::for_tests(database);
        let now: Timestamp = "2026-11-24T08:00:00+09:00".parse().expect("a timestamp");
        let account = store
            .find_signed_in_account(base::digest(&[b"browser"]), now)
            .await
            .expect("read")
            .expect("the session goes on");
        assert_eq!(account.mail.to_string(), "a@example.jp", "{engine}");
        assert_eq!(account.own_profile().map(|profile| profile.name.as_str()), Some("見本　花子"), "{engine}");
        assert_eq!(account.letters.reminders, ReminderChoice::Off, "{engine}");
        let visits = store.list_appointment_details(account.id, now).await.expect("visits");
        assert_eq!(visits.len(), 1, "{engine}");
        assert_eq!(visits[0].appointment.account, Some(account.id), "{engine}");
        assert_eq!(visits[0].patient.profile, account.own_profile().cloned(), "{engine}");
        let closed = store.database.read(|transaction| {
            crate::people::store::find_patient(transaction, CLOSED.parse().expect("an id")).map_err(Refusal::from)
        });
        let closed = closed.await.expect("read").expect("its visits refer to it");
        assert!(closed.erased_at.is_some() && closed.profile.is_none(), "{engine}");
    }
}

const OPEN: &str = "00000000-0000-7000-8000-000000000001";
const CLOSED: &str = "00000000-0000-7000-8000-000000000002";

/// The rows of a program whose accounts were patients: one that is open, with a visit, and one that was closed.
const ROWS_BEFORE_PEOPLE: &str = "
INSERT INTO institution (code, name, name_kana, name_english, prefecture, city, city_english, address, address_english,
        phone, opening_text, opening_text_english, description, description_english, closed_on_holidays, leave_by,
        leave_address, search_key)
    VALUES ('1319900013', '見本', 'ミホン', 'Mihon', 13, '千代田区', 'Chiyoda', '1', '1', '03-0000-0001', '月', 'Mon', '', '', 1,
        'picture_only', NULL, '');
INSERT INTO practitioner (id, institution, number, name, employment, own_hours, version)
    VALUES ('00000000-0000-7000-8000-00000000000d', '1319900013', 1, '見本 一郎', 'active', 0, 1);
INSERT INTO patient (id, mail, language, made_at, reminders)
    VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.jp', 'ja', 0, 'off');
INSERT INTO patient (id, mail, language, made_at, closed_at)
    VALUES ('00000000-0000-7000-8000-000000000002', '2@closed.invalid', 'ja', 0, 1);
INSERT INTO profile (patient, name, kana, birth_date, phone, changed_at)
    VALUES ('00000000-0000-7000-8000-000000000001', '見本　花子', NULL, '1985-04-03', '09000000000', 0);
INSERT INTO appointment (id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee, fee_english,
        system_fee, practitioner, visit_start, visit_date, status, made_at, version)
    VALUES ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-000000000001', '1319900013', 1, 'self_pay', '相談',
        'Advice', 15, '', '', 0, '00000000-0000-7000-8000-00000000000d', 1795568400000, '2026-11-25', 'booked', 0, 1)";
