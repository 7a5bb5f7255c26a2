//! Medical records in the store, and those of stores of earlier versions.

use base::{Clock, Date, Key, Randomness};
use database::{Database, Transaction, test_database};

use super::world::{day, find_stored_person, new_person, other_clinic, provider, timestamp, worlds};
use crate::{
    CheckUp, ConsentItem, Eligibility, Finding, MIGRATIONS, Medicine, MedicineSupply, PersonId, Procedure, Provider,
    Record, RecordContent, Refusal, Settings, Stay, store::reading,
};

const NOW: &str = "2026-11-24T09:00:00+09:00";

fn medicine(name: &str, supply: MedicineSupply) -> RecordContent {
    RecordContent::Medicine(Medicine {
        name: name.to_owned(),
        ingredient: None,
        dose: Some("3".to_owned()),
        unit: Some("錠".to_owned()),
        usage: None,
        days: 7,
        supply,
        provider: provider(),
    })
}

fn procedure(name: &str, stay: Stay) -> Procedure {
    Procedure {
        name: name.to_owned(), times: 2, provider: Provider { code: None, name: "見本医院".to_owned() }, stay
    }
}

fn check_up(value: &str, unit: Option<&str>) -> RecordContent {
    let finding = Finding {
        code: "9N501000000000011".to_owned(),
        name: "腹囲".to_owned(),
        value: value.to_owned(),
        unit: unit.map(str::to_owned),
    };
    RecordContent::CheckUp(CheckUp { findings: vec![finding] })
}

/// Of every kind, and two of some kinds on one day.
fn all_kinds() -> Vec<Record> {
    let record = |text: &str, content| Record { day: day(text), content };
    let prescriber = Some(Provider { code: None, name: "見本医院".to_owned() });
    vec![
        record("1926-02-28", RecordContent::Operation(procedure("胆嚢摘出", Stay::Inpatient))),
        record("2024-02-29", RecordContent::Operation(procedure("抜釘", Stay::Outpatient))),
        record("2026-06-01", check_up("82.5", Some("cm"))),
        record("2026-06-01", check_up("", None)),
        record("2026-09-03", medicine("薬A", MedicineSupply::Dispensed { prescriber })),
        record("2026-09-03", RecordContent::Treatment(procedure("初診", Stay::Outpatient))),
        record("2026-09-03", medicine("薬B", MedicineSupply::Administered)),
        record("2026-09-03", medicine("薬C", MedicineSupply::Dispensed { prescriber: None })),
        record("2026-11-24", RecordContent::Treatment(procedure("処置", Stay::Inpatient))),
    ]
}

#[tokio::test]
async fn a_record_of_any_kind_is_read_as_it_was_added() {
    for world in worlds(NOW).await {
        let mut new = new_person("42", "1925-01-01");
        // As a source may give them: in any order of days.
        new.records = all_kinds();
        new.records.rotate_right(3);
        let id = world.eligibility.add_person(new.clone()).await.unwrap();
        new.records.sort_by_key(|record| record.day);
        assert_eq!(find_stored_person(&world, id).await, new, "{}", world.engine);
        let mut without = new_person("43", "1925-01-01");
        without.records.clear();
        let id = world.eligibility.add_person(without.clone()).await.unwrap();
        assert_eq!(find_stored_person(&world, id).await, without, "{}", world.engine);
    }
}

#[tokio::test]
async fn records_of_an_item_are_read_for_some_days() {
    for world in worlds(NOW).await {
        let mut new = new_person("42", "1925-01-01");
        new.records = all_kinds();
        let id = world.eligibility.add_person(new).await.unwrap();
        let count = async |item, first: &str, last: &str| {
            let days: (Date, Date) = (day(first), day(last));
            let read =
                move |tx: &mut Transaction<'_>| reading::list_stored_records(tx, id, item, days).map_err(Refusal::from);
            world.database.read(read).await.unwrap().len()
        };
        assert_eq!(count(ConsentItem::Medicines, "0001-01-01", "9999-12-31").await, 3, "{}", world.engine);
        assert_eq!(count(ConsentItem::Medicines, "2026-09-03", "2026-09-03").await, 3);
        assert_eq!(count(ConsentItem::Medicines, "2026-09-04", "9999-12-31").await, 0);
        assert_eq!(count(ConsentItem::Treatments, "2026-09-03", "2026-11-24").await, 2);
        assert_eq!(count(ConsentItem::Treatments, "2026-09-03", "2026-11-23").await, 1);
        assert_eq!(count(ConsentItem::Operations, "2020-01-01", "9999-12-31").await, 1);
        assert_eq!(count(ConsentItem::CheckUps, "0001-01-01", "9999-12-31").await, 2);
        assert_eq!(count(ConsentItem::Limits, "0001-01-01", "9999-12-31").await, 0);
    }
}

/// What an earlier version stored: person, item, day, place and JSON of each record.
const EARLIER_RECORDS: [(i64, i64, &str, i64, &str); 6] = [
    (
        1,
        2,
        "2026-09-03",
        0,
        r#"{"name":"薬A","dose":"3","unit":"錠","days":7,"given":{"dispensed":{"prescriber":{"code":null,"name":"見本医院"}}},"place":{"code":"PHARMACY","name":"みなと薬局"}}"#,
    ),
    (1, 1, "2026-09-03", 1, r#"{"name":"初診","times":2,"place":{"code":null,"name":"見本医院"},"stay":"outpatient"}"#),
    (
        1,
        2,
        "2026-09-03",
        2,
        r#"{"name":"薬B","dose":"3","unit":"錠","days":7,"given":"administered","place":{"code":"PHARMACY","name":"みなと薬局"}}"#,
    ),
    (1, 0, "2024-02-29", 3, r#"{"name":"抜釘","times":2,"place":{"code":null,"name":"見本医院"},"stay":"outpatient"}"#),
    (1, 3, "2026-06-01", 4, r#"{"findings":[{"code":"9N501000000000011","name":"腹囲","value":"82.5","unit":"cm"}]}"#),
    // Somebody who was loaded, and to whom a record was added later.
    (
        1_000_000_000,
        1,
        "2026-06-01",
        0,
        r#"{"name":"初診","times":2,"place":{"code":null,"name":"見本医院"},"stay":"outpatient"}"#,
    ),
];

/// Texts that an earlier version stored once.
const EARLIER_PHRASES: [(i64, &str); 3] = [
    (1, r#"{"measure":{"code":"9N501000000000011","name":"腹囲","unit":null}}"#),
    (2, r#"{"procedure":"初診"}"#),
    (3, r#"{"place":{"code":null,"name":"見本医院"}}"#),
];

/// A check-up on 2026-06-01 and a treatment on 2026-09-03, as an earlier version packed them.
const EARLIER_HISTORY: &[u8] = &[0xE3, 0x87, 0x91, 0x02, 7, 1, 1, 0, 95, 3, 2, 2, 3];

fn fill_earlier_store(tx: &mut Transaction<'_>) -> Result<(), Refusal> {
    for id in [1, 1_000_000_000_i64] {
        tx.execute(
            "INSERT INTO person (id, name, kana, sex, birth, postcode, address, insurance_card)
             VALUES ($1, 'A', 'A', '1', '1925-01-01', '', '', $2)",
            &[&id, &true],
        )?;
    }
    for (person, item, day, place, content) in EARLIER_RECORDS {
        let content = content.replace("PHARMACY", &other_clinic().to_string());
        tx.execute(
            "INSERT INTO record (person, item, day, place, content) VALUES ($1, $2, $3, $4, $5)",
            &[&person, &item, &day, &place, &content],
        )?;
    }
    for (number, content) in EARLIER_PHRASES {
        tx.execute("INSERT INTO phrase (number, content) VALUES ($1, $2)", &[&number, &content])?;
    }
    tx.execute("INSERT INTO history (person, records) VALUES (1000000000, $1)", &[&EARLIER_HISTORY])?;
    Ok(())
}

#[tokio::test]
async fn a_store_of_an_earlier_version_has_all_its_records_in_the_one_form() {
    let index = MIGRATIONS.iter().position(|migration| migration.name == "packed records").unwrap();
    for (engine, location, _folder) in test_database::locations() {
        let old = Database::open(&location, "eligibility", &MIGRATIONS[..index]).unwrap();
        old.write(fill_earlier_store).await.unwrap();
        drop(old);
        // The second time nothing is left to be done.
        for _ in 0..2 {
            let new = Database::open(&location, "eligibility", MIGRATIONS).unwrap();
            let settings = Settings {
                clock: Clock::stopped_at(timestamp(NOW)),
                randomness: Randomness::system(),
                audit_key: Key::from_bytes([9; 32]),
                reception: "http://reception.localhost:8400".parse().unwrap(),
            };
            Eligibility::from_database(new.clone(), settings).await.unwrap();
            let records = async |id| {
                let read =
                    move |tx: &mut Transaction<'_>| reading::list_all_stored_records(tx, id).map_err(Refusal::from);
                new.read(read).await.unwrap()
            };
            let added: Vec<_> = [1, 2, 4, 5, 6].map(|index| all_kinds().swap_remove(index)).into();
            assert_eq!(records(PersonId(1)).await, added, "{engine}");
            let first_visit = |text| {
                let content = RecordContent::Treatment(procedure("初診", Stay::Outpatient));
                Record { day: day(text), content }
            };
            let of_one_day = Record { day: day("2026-06-01"), content: check_up("", None) };
            let loaded = [of_one_day, first_visit("2026-06-01"), first_visit("2026-09-03")];
            assert_eq!(records(PersonId::from_load(0)).await, loaded, "{engine}");
            let count = |tx: &mut Transaction<'_>| -> Result<(i64, i64), Refusal> {
                Ok((
                    tx.fetch_one("SELECT COUNT(*) FROM earlier_record", &[], |row| row.get(0))?,
                    tx.fetch_one("SELECT COUNT(*) FROM phrase", &[], |row| row.get(0))?,
                ))
            };
            // Of the texts of the six records, three were stored before.
            assert_eq!(new.read(count).await.unwrap(), (0, 3 + 5), "{engine}");
        }
    }
}
