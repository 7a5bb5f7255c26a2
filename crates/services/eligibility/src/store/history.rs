//! Records that were loaded with a person, packed: one row for each person, a few bytes for each record.
//!
//! Ten million persons have some sixty million records, with the same few thousand texts. So each text that repeats (a
//! medicine, a provider, a procedure, a measurement) is stored once in `phrase`, and a record is its day, its kind and the
//! numbers of its phrases. Records that are added later are in `record`; both are read together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::Date;
use database::{Error, Rows, Transaction};
use serde::{Deserialize, Serialize};

use super::coded::{DateRange, column_error};
use crate::{
    CheckUp, Finding, Medicine, MedicineSupply, PersonId, Procedure, Provider, Record, RecordContent, Stay,
    rules::item::ConsentItem,
};

/// A text that repeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phrase {
    Drug {
        name: String,
        ingredient: Option<String>,
        dose: Option<String>,
        unit: Option<String>,
        usage: Option<String>,
    },
    #[serde(rename = "place")]
    Provider(Provider),
    Procedure(String),
    Measure {
        code: String,
        name: String,
        unit: Option<String>,
    },
}

/// The numbers of phrases, stored ones and new ones.
#[derive(Default)]
pub(crate) struct Phrasebook {
    numbers: HashMap<Phrase, u64>,
    new_phrases: Vec<(u64, String)>,
}

/// Tags of records. The numbers never change.
const DISPENSED: u8 = 0;
const DISPENSED_ON_PRESCRIPTION: u8 = 1;
const ADMINISTERED: u8 = 2;
const TREATMENT: u8 = 3;
const TREATMENT_INPATIENT: u8 = 4;
const OPERATION: u8 = 5;
const OPERATION_INPATIENT: u8 = 6;
const CHECK_UP: u8 = 7;

/// A record with the numbers of its phrases.
enum PackedRecord {
    Medicine { drug: u64, days: u32, provider: u64, supply: PackedSupply },
    Procedure { name: u64, times: u32, provider: u64, stay: Stay, operation: bool },
    CheckUp(Vec<(u64, String)>),
}

enum PackedSupply {
    Dispensed(Option<u64>),
    Administered,
}

impl Phrasebook {
    /// Reads all stored phrases.
    pub(crate) fn read(tx: &mut Transaction<'_>) -> Result<Self, Error> {
        let stored = tx.fetch_all("SELECT number, content FROM phrase ORDER BY number", &[], |row| {
            let (number, content): (i64, String) = (row.get(0)?, row.get(1)?);
            let phrase = serde_json::from_str(&content).map_err(|_| column_error(1))?;
            Ok((phrase, number.unsigned_abs()))
        })?;
        Ok(Self { numbers: stored.into_iter().collect(), new_phrases: Vec::new() })
    }

    fn intern(&mut self, phrase: Phrase) -> u64 {
        if let Some(number) = self.numbers.get(&phrase) {
            return *number;
        }
        // Numbers are assigned from 1 on and never reused.
        let number = self.numbers.len() as u64 + 1;
        // A struct of texts always encodes.
        self.new_phrases.push((number, serde_json::to_string(&phrase).expect("a phrase encodes as JSON")));
        self.numbers.insert(phrase, number);
        number
    }

    /// The rows of the new phrases, which are treated as stored from now on.
    pub(crate) fn take_new_rows(&mut self) -> Rows {
        let mut rows = Rows::new("phrase", &["number", "content"]);
        for (number, content) in self.new_phrases.drain(..) {
            rows.push(&[&number.cast_signed(), &content]);
        }
        rows
    }
}

/// Packs records; `None` if there are none.
pub(crate) fn pack(mut records: Vec<Record>, book: &mut Phrasebook) -> Option<Vec<u8>> {
    if records.is_empty() {
        return None;
    }
    records.sort_by_key(|record| record.day);
    let mut bytes = Vec::with_capacity(records.len() * 12);
    let mut previous_day = 0;
    for record in records {
        let day = day_number(record.day);
        write_varint(&mut bytes, day - previous_day);
        previous_day = day;
        match record.content {
            RecordContent::Medicine(medicine) => pack_medicine(&mut bytes, medicine, book),
            RecordContent::Treatment(procedure) => {
                pack_procedure(&mut bytes, procedure, [TREATMENT, TREATMENT_INPATIENT], book);
            }
            RecordContent::Operation(procedure) => {
                pack_procedure(&mut bytes, procedure, [OPERATION, OPERATION_INPATIENT], book);
            }
            RecordContent::CheckUp(check_up) => pack_check_up(&mut bytes, check_up, book),
        }
    }
    Some(bytes)
}

fn pack_medicine(bytes: &mut Vec<u8>, medicine: Medicine, book: &mut Phrasebook) {
    let Medicine { name, ingredient, dose, unit, usage, days, supply, provider } = medicine;
    let (tag, prescriber) = match supply {
        MedicineSupply::Dispensed { prescriber: None } => (DISPENSED, None),
        MedicineSupply::Dispensed { prescriber } => (DISPENSED_ON_PRESCRIPTION, prescriber),
        MedicineSupply::Administered => (ADMINISTERED, None),
    };
    bytes.push(tag);
    write_varint(bytes, book.intern(Phrase::Drug { name, ingredient, dose, unit, usage }));
    write_varint(bytes, days.into());
    write_varint(bytes, book.intern(Phrase::Provider(provider)));
    if let Some(prescriber) = prescriber {
        write_varint(bytes, book.intern(Phrase::Provider(prescriber)));
    }
}

fn pack_procedure(bytes: &mut Vec<u8>, procedure: Procedure, tags: [u8; 2], book: &mut Phrasebook) {
    bytes.push(tags[usize::from(procedure.stay == Stay::Inpatient)]);
    write_varint(bytes, book.intern(Phrase::Procedure(procedure.name)));
    write_varint(bytes, procedure.times.into());
    write_varint(bytes, book.intern(Phrase::Provider(procedure.provider)));
}

fn pack_check_up(bytes: &mut Vec<u8>, check_up: CheckUp, book: &mut Phrasebook) {
    bytes.push(CHECK_UP);
    write_varint(bytes, check_up.findings.len() as u64);
    for Finding { code, name, value, unit } in check_up.findings {
        write_varint(bytes, book.intern(Phrase::Measure { code, name, unit }));
        write_varint(bytes, value.len() as u64);
        bytes.extend(value.as_bytes());
    }
}

/// The packed records of one item from `first` to `last`, in the order of their days.
pub(crate) fn list_packed_records(
    tx: &mut Transaction<'_>,
    person: PersonId,
    item: ConsentItem,
    (first, last): DateRange,
) -> Result<Vec<Record>, Error> {
    let select = "SELECT records FROM history WHERE person = $1";
    let Some(bytes) = tx.fetch_optional(select, &[&person], |row| row.get::<Vec<u8>>(0))? else {
        return Ok(Vec::new());
    };
    let mut packed = unpack(&bytes).ok_or_else(|| column_error(0))?;
    packed.retain(|(day, packed)| packed.item() == item && first <= *day && *day <= last);
    let numbers: BTreeSet<u64> = packed.iter().flat_map(|(_, packed)| packed.phrases()).collect();
    let phrases = Phrases::read(tx, &numbers.into_iter().collect::<Vec<_>>())?;
    let to_record = |(day, packed)| Some(Record { day, content: phrases.content(packed)? });
    packed.into_iter().map(|packed| to_record(packed).ok_or_else(|| column_error(0))).collect()
}

impl PackedRecord {
    fn item(&self) -> ConsentItem {
        match self {
            Self::Medicine { .. } => ConsentItem::Medicines,
            Self::Procedure { operation: false, .. } => ConsentItem::Treatments,
            Self::Procedure { operation: true, .. } => ConsentItem::Operations,
            Self::CheckUp(_) => ConsentItem::CheckUps,
        }
    }

    fn phrases(&self) -> Vec<u64> {
        match self {
            Self::Medicine { drug, provider, supply: PackedSupply::Dispensed(Some(prescriber)), .. } => {
                vec![*drug, *provider, *prescriber]
            }
            Self::Medicine { drug, provider, .. } => vec![*drug, *provider],
            Self::Procedure { name, provider, .. } => vec![*name, *provider],
            Self::CheckUp(findings) => findings.iter().map(|(measure, _)| *measure).collect(),
        }
    }
}

/// The phrases of some records.
struct Phrases(BTreeMap<u64, Phrase>);

/// How many phrases one query reads.
const PHRASES_PER_QUERY: usize = 8;

impl Phrases {
    fn read(tx: &mut Transaction<'_>, numbers: &[u64]) -> Result<Self, Error> {
        let mut phrases = BTreeMap::new();
        for chunk in numbers.chunks(PHRASES_PER_QUERY) {
            // The last chunk is filled up with its last number.
            let number = |index: usize| chunk.get(index).or(chunk.last()).map_or(0, |number| number.cast_signed());
            let rows = tx.fetch_all(
                "SELECT number, content FROM phrase WHERE number IN ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[&number(0), &number(1), &number(2), &number(3), &number(4), &number(5), &number(6), &number(7)],
                |row| {
                    let (number, content): (i64, String) = (row.get(0)?, row.get(1)?);
                    Ok((number.unsigned_abs(), serde_json::from_str(&content).map_err(|_| column_error(1))?))
                },
            )?;
            phrases.extend(rows);
        }
        Ok(Self(phrases))
    }

    fn provider(&self, number: u64) -> Option<Provider> {
        if let Phrase::Provider(provider) = self.0.get(&number)? { Some(provider.clone()) } else { None }
    }

    fn content(&self, packed: PackedRecord) -> Option<RecordContent> {
        Some(match packed {
            PackedRecord::Medicine { drug, days, provider, supply } => {
                let Phrase::Drug { name, ingredient, dose, unit, usage } = self.0.get(&drug)?.clone() else {
                    return None;
                };
                let supply = match supply {
                    PackedSupply::Administered => MedicineSupply::Administered,
                    PackedSupply::Dispensed(None) => MedicineSupply::Dispensed { prescriber: None },
                    PackedSupply::Dispensed(Some(provider)) => {
                        MedicineSupply::Dispensed { prescriber: Some(self.provider(provider)?) }
                    }
                };
                RecordContent::Medicine(Medicine {
                    name,
                    ingredient,
                    dose,
                    unit,
                    usage,
                    days,
                    supply,
                    provider: self.provider(provider)?,
                })
            }
            PackedRecord::Procedure { name, times, provider, stay, operation } => {
                let Phrase::Procedure(name) = self.0.get(&name)?.clone() else { return None };
                let procedure = Procedure { name, times, provider: self.provider(provider)?, stay };
                if operation { RecordContent::Operation(procedure) } else { RecordContent::Treatment(procedure) }
            }
            PackedRecord::CheckUp(findings) => {
                let finding = |(measure, value)| match self.0.get(&measure)?.clone() {
                    Phrase::Measure { code, name, unit } => Some(Finding { code, name, value, unit }),
                    _ => None,
                };
                RecordContent::CheckUp(CheckUp { findings: findings.into_iter().map(finding).collect::<Option<_>>()? })
            }
        })
    }
}

/// All records of a row; `None` if the row is corrupt.
fn unpack(bytes: &[u8]) -> Option<Vec<(Date, PackedRecord)>> {
    let mut rest = bytes;
    let mut day = 0_u64;
    let mut records = Vec::new();
    while !rest.is_empty() {
        day = day.checked_add(read_varint(&mut rest)?)?;
        records.push((date_from_number(day)?, unpack_record(&mut rest)?));
    }
    Some(records)
}

fn unpack_record(rest: &mut &[u8]) -> Option<PackedRecord> {
    let (tag, remaining) = rest.split_first()?;
    *rest = remaining;
    Some(match *tag {
        DISPENSED | DISPENSED_ON_PRESCRIPTION | ADMINISTERED => PackedRecord::Medicine {
            drug: read_varint(rest)?,
            days: read_varint(rest)?.try_into().ok()?,
            provider: read_varint(rest)?,
            supply: match *tag {
                DISPENSED => PackedSupply::Dispensed(None),
                DISPENSED_ON_PRESCRIPTION => PackedSupply::Dispensed(Some(read_varint(rest)?)),
                _ => PackedSupply::Administered,
            },
        },
        TREATMENT | TREATMENT_INPATIENT | OPERATION | OPERATION_INPATIENT => PackedRecord::Procedure {
            name: read_varint(rest)?,
            times: read_varint(rest)?.try_into().ok()?,
            provider: read_varint(rest)?,
            stay: if matches!(*tag, TREATMENT | OPERATION) { Stay::Outpatient } else { Stay::Inpatient },
            operation: matches!(*tag, OPERATION | OPERATION_INPATIENT),
        },
        CHECK_UP => {
            let count = read_varint(rest)?;
            let mut findings = Vec::new();
            for _ in 0..count {
                let measure = read_varint(rest)?;
                let length = read_varint(rest)?.try_into().ok()?;
                let (value, remaining) = rest.split_at_checked(length)?;
                *rest = remaining;
                findings.push((measure, String::from_utf8(value.to_vec()).ok()?));
            }
            PackedRecord::CheckUp(findings)
        }
        _ => return None,
    })
}

/// A number that grows with the days, and that converts back without a calendar.
fn day_number(day: Date) -> u64 {
    let part = |part: i8| u64::from(part.unsigned_abs()) - 1;
    // The calendar does not reach the year −10 000.
    let year = u64::from((i32::from(day.year()) + 10_000).unsigned_abs());
    (year * 12 + part(day.month())) * 31 + part(day.day())
}

fn date_from_number(number: u64) -> Option<Date> {
    let part = |part: u64| i8::try_from(part + 1).ok();
    let year = i16::try_from(i64::try_from(number / 372).ok()? - 10_000).ok()?;
    Date::new(year, part(number / 31 % 12)?, part(number % 31)?).ok()
}

/// LEB128: seven bits a byte, the lowest first.
fn write_varint(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7F;
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

fn read_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, remaining) = rest.split_first()?;
        *rest = remaining;
        number |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_come_back_from_their_numbers_and_stay_in_order() {
        let mut previous = None;
        for text in ["0001-01-01", "1899-12-31", "2024-02-29", "2024-03-01", "2026-11-24", "9999-12-31"] {
            let day = base::parse_date(text).unwrap();
            assert_eq!(date_from_number(day_number(day)), Some(day));
            assert!(previous.is_none_or(|previous| previous < day_number(day)));
            previous = Some(day_number(day));
        }
        assert_eq!(date_from_number(day_number(base::parse_date("2026-02-28").unwrap()) + 2), None);
    }

    proptest! {
        #[test]
        fn numbers_come_back(number in any::<u64>(), suffix in any::<u8>()) {
            let mut bytes = Vec::new();
            write_varint(&mut bytes, number);
            bytes.push(suffix);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(read_varint(&mut rest), Some(number));
            prop_assert_eq!(rest, &[suffix]);
        }

        #[test]
        fn broken_rows_are_noticed_and_harm_nobody(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = unpack(&bytes);
            let mut cut = Vec::new();
            write_varint(&mut cut, day_number(base::parse_date("2026-11-24").unwrap()));
            cut.extend([CHECK_UP, 1, 1, 200]);
            prop_assert!(unpack(&cut).is_none());
        }
    }
}
