//! Medical records of persons, packed: one row for each person, a few bytes for each record.
//!
//! Ten million persons have some sixty million records, with the same few thousand texts. So each text that repeats (a
//! medicine, a provider, a procedure, a measurement) is stored once in `phrase`, and a record is its day, its kind and the
//! numbers of its phrases, in the encoding of `postcard`.

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

/// The number of a phrase in `phrase`.
type PhraseNumber = u64;

/// The numbers of phrases, stored ones and new ones.
#[derive(Default)]
pub(crate) struct Phrasebook {
    numbers: HashMap<Phrase, PhraseNumber>,
    new_phrases: Vec<(PhraseNumber, String)>,
}

/// A record as it is stored. The order of the variants and of the fields is the stored form and never changes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum PackedRecord {
    Dispensed(PackedMedicine),
    DispensedOnPrescription(PackedMedicine, PhraseNumber),
    Administered(PackedMedicine),
    Treatment(PackedProcedure),
    InpatientTreatment(PackedProcedure),
    Operation(PackedProcedure),
    InpatientOperation(PackedProcedure),
    CheckUp(Vec<PackedFinding>),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackedMedicine {
    drug: PhraseNumber,
    days: u32,
    provider: PhraseNumber,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackedProcedure {
    name: PhraseNumber,
    times: u32,
    provider: PhraseNumber,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackedFinding {
    measure: PhraseNumber,
    value: String,
}

/// How many phrases are stored; their numbers are from 1 to this.
pub(crate) fn count_phrases(tx: &mut Transaction<'_>) -> Result<u64, Error> {
    tx.fetch_one("SELECT COALESCE(MAX(number), 0) FROM phrase", &[], |row| row.get(0).map(i64::unsigned_abs))
}

/// No rows yet of the table of records.
pub(crate) fn history_rows() -> Rows {
    Rows::new("history", &["person", "records"])
}

/// Adds the row of a person who has records. The new phrases of `book` must be stored as well.
pub(crate) fn push_history(rows: &mut Rows, person: PersonId, records: Vec<Record>, book: &mut Phrasebook) {
    if !records.is_empty() {
        rows.push(&[&person, &pack(records, book)]);
    }
}

/// The records of one item from `first` to `last`, in the order of their days.
pub(super) fn list_records(
    tx: &mut Transaction<'_>,
    person: PersonId,
    item: ConsentItem,
    (first, last): DateRange,
) -> Result<Vec<Record>, Error> {
    read_history(tx, person, |day, packed| packed.item() == item && first <= day && day <= last)
}

/// All records of a person, in the order of their days.
pub(super) fn list_all_records(tx: &mut Transaction<'_>, person: PersonId) -> Result<Vec<Record>, Error> {
    read_history(tx, person, |_, _| true)
}

fn read_history(
    tx: &mut Transaction<'_>,
    person: PersonId,
    is_requested: impl Fn(Date, &PackedRecord) -> bool,
) -> Result<Vec<Record>, Error> {
    let select = "SELECT records FROM history WHERE person = $1";
    let Some(bytes) = tx.fetch_optional(select, &[&person], |row| row.get::<Vec<u8>>(0))? else {
        return Ok(Vec::new());
    };
    let mut packed = unpack(&bytes).ok_or_else(|| column_error(0))?;
    packed.retain(|(day, packed)| is_requested(*day, packed));
    let numbers: BTreeSet<_> = packed.iter().flat_map(|(_, packed)| packed.phrases()).collect();
    let phrases = Phrases::read(tx, &numbers.into_iter().collect::<Vec<_>>())?;
    let to_record = |(day, packed)| Some(Record { day, content: phrases.content(packed)? });
    packed.into_iter().map(|packed| to_record(packed).ok_or_else(|| column_error(0))).collect()
}

/// The records in the order of their days, each with the distance of its day from the day before it.
fn pack(mut records: Vec<Record>, book: &mut Phrasebook) -> Vec<u8> {
    records.sort_by_key(|record| record.day);
    let (mut bytes, mut previous_day) = (Vec::with_capacity(records.len() * 12), 0);
    for record in records {
        let day = day_number(record.day);
        let packed = (day - previous_day, PackedRecord::from_content(record.content, book));
        // Numbers and texts always encode, and a vector takes them.
        bytes = postcard::to_extend(&packed, bytes).expect("a record encodes");
        previous_day = day;
    }
    bytes
}

/// All records of a row; `None` if the row is corrupt.
fn unpack(bytes: &[u8]) -> Option<Vec<(Date, PackedRecord)>> {
    let (mut rest, mut day, mut records) = (bytes, 0_u64, Vec::new());
    while !rest.is_empty() {
        let ((days, packed), remaining) = postcard::take_from_bytes::<(u64, PackedRecord)>(rest).ok()?;
        (rest, day) = (remaining, day.checked_add(days)?);
        records.push((date_from_number(day)?, packed));
    }
    Some(records)
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

    /// How many phrases there are, new ones included.
    pub(crate) fn len(&self) -> u64 {
        self.numbers.len() as u64
    }

    fn intern(&mut self, phrase: Phrase) -> PhraseNumber {
        if let Some(number) = self.numbers.get(&phrase) {
            return *number;
        }
        // Numbers are assigned from 1 on and never reused.
        let number = self.len() + 1;
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

impl PackedRecord {
    fn from_content(content: RecordContent, book: &mut Phrasebook) -> Self {
        match content {
            RecordContent::Medicine(medicine) => Self::from_medicine(medicine, book),
            RecordContent::Treatment(procedure) => match procedure.stay {
                Stay::Outpatient => Self::Treatment(PackedProcedure::new(procedure, book)),
                Stay::Inpatient => Self::InpatientTreatment(PackedProcedure::new(procedure, book)),
            },
            RecordContent::Operation(procedure) => match procedure.stay {
                Stay::Outpatient => Self::Operation(PackedProcedure::new(procedure, book)),
                Stay::Inpatient => Self::InpatientOperation(PackedProcedure::new(procedure, book)),
            },
            RecordContent::CheckUp(check_up) => Self::CheckUp(
                check_up
                    .findings
                    .into_iter()
                    .map(|Finding { code, name, value, unit }| PackedFinding {
                        measure: book.intern(Phrase::Measure { code, name, unit }),
                        value,
                    })
                    .collect(),
            ),
        }
    }

    fn from_medicine(medicine: Medicine, book: &mut Phrasebook) -> Self {
        let Medicine { name, ingredient, dose, unit, usage, days, supply, provider } = medicine;
        let drug = book.intern(Phrase::Drug { name, ingredient, dose, unit, usage });
        let packed = PackedMedicine { drug, days, provider: book.intern(Phrase::Provider(provider)) };
        match supply {
            MedicineSupply::Dispensed { prescriber: None } => Self::Dispensed(packed),
            MedicineSupply::Dispensed { prescriber: Some(prescriber) } => {
                Self::DispensedOnPrescription(packed, book.intern(Phrase::Provider(prescriber)))
            }
            MedicineSupply::Administered => Self::Administered(packed),
        }
    }

    fn item(&self) -> ConsentItem {
        match self {
            Self::Dispensed(_) | Self::DispensedOnPrescription(..) | Self::Administered(_) => ConsentItem::Medicines,
            Self::Treatment(_) | Self::InpatientTreatment(_) => ConsentItem::Treatments,
            Self::Operation(_) | Self::InpatientOperation(_) => ConsentItem::Operations,
            Self::CheckUp(_) => ConsentItem::CheckUps,
        }
    }

    fn phrases(&self) -> Vec<PhraseNumber> {
        match self {
            Self::Dispensed(medicine) | Self::Administered(medicine) => vec![medicine.drug, medicine.provider],
            Self::DispensedOnPrescription(medicine, prescriber) => vec![medicine.drug, medicine.provider, *prescriber],
            Self::Treatment(procedure)
            | Self::InpatientTreatment(procedure)
            | Self::Operation(procedure)
            | Self::InpatientOperation(procedure) => vec![procedure.name, procedure.provider],
            Self::CheckUp(findings) => findings.iter().map(|finding| finding.measure).collect(),
        }
    }
}

impl PackedProcedure {
    fn new(procedure: Procedure, book: &mut Phrasebook) -> Self {
        let name = book.intern(Phrase::Procedure(procedure.name));
        Self { name, times: procedure.times, provider: book.intern(Phrase::Provider(procedure.provider)) }
    }
}

/// The phrases of some records.
struct Phrases(BTreeMap<PhraseNumber, Phrase>);

/// How many phrases one query reads.
const PHRASES_PER_QUERY: usize = 8;

impl Phrases {
    fn read(tx: &mut Transaction<'_>, numbers: &[PhraseNumber]) -> Result<Self, Error> {
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

    fn provider(&self, number: PhraseNumber) -> Option<Provider> {
        if let Phrase::Provider(provider) = self.0.get(&number)? { Some(provider.clone()) } else { None }
    }

    fn medicine(&self, packed: &PackedMedicine, supply: MedicineSupply) -> Option<RecordContent> {
        let Phrase::Drug { name, ingredient, dose, unit, usage } = self.0.get(&packed.drug)?.clone() else {
            return None;
        };
        let (days, provider) = (packed.days, self.provider(packed.provider)?);
        Some(RecordContent::Medicine(Medicine { name, ingredient, dose, unit, usage, days, supply, provider }))
    }

    fn procedure(&self, packed: &PackedProcedure, stay: Stay) -> Option<Procedure> {
        let Phrase::Procedure(name) = self.0.get(&packed.name)?.clone() else { return None };
        Some(Procedure { name, times: packed.times, provider: self.provider(packed.provider)?, stay })
    }

    fn finding(&self, packed: PackedFinding) -> Option<Finding> {
        let Phrase::Measure { code, name, unit } = self.0.get(&packed.measure)?.clone() else { return None };
        Some(Finding { code, name, value: packed.value, unit })
    }

    fn content(&self, packed: PackedRecord) -> Option<RecordContent> {
        match packed {
            PackedRecord::Dispensed(medicine) => {
                self.medicine(&medicine, MedicineSupply::Dispensed { prescriber: None })
            }
            PackedRecord::DispensedOnPrescription(medicine, prescriber) => {
                self.medicine(&medicine, MedicineSupply::Dispensed { prescriber: Some(self.provider(prescriber)?) })
            }
            PackedRecord::Administered(medicine) => self.medicine(&medicine, MedicineSupply::Administered),
            PackedRecord::Treatment(procedure) => {
                self.procedure(&procedure, Stay::Outpatient).map(RecordContent::Treatment)
            }
            PackedRecord::InpatientTreatment(procedure) => {
                self.procedure(&procedure, Stay::Inpatient).map(RecordContent::Treatment)
            }
            PackedRecord::Operation(procedure) => {
                self.procedure(&procedure, Stay::Outpatient).map(RecordContent::Operation)
            }
            PackedRecord::InpatientOperation(procedure) => {
                self.procedure(&procedure, Stay::Inpatient).map(RecordContent::Operation)
            }
            PackedRecord::CheckUp(findings) => {
                let findings = findings.into_iter().map(|finding| self.finding(finding)).collect::<Option<_>>()?;
                Some(RecordContent::CheckUp(CheckUp { findings }))
            }
        }
    }
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

    /// Rows of earlier versions, which wrote these bytes one by one, are read as they were written.
    #[test]
    fn the_stored_form_of_each_record_stays_as_it_is() {
        let check = |packed: PackedRecord, expected: &[u8]| {
            let bytes = postcard::to_extend(&packed, Vec::new()).unwrap();
            assert_eq!(bytes, expected, "{packed:?}");
            assert_eq!(postcard::from_bytes::<PackedRecord>(expected).unwrap(), packed);
        };
        let medicine = || PackedMedicine { drug: 1, days: 300, provider: 128 };
        let procedure = || PackedProcedure { name: 5, times: 1, provider: 16_384 };
        let finding = || PackedFinding { measure: 200, value: "82.5".to_owned() };
        check(PackedRecord::Dispensed(medicine()), &[0, 1, 0xAC, 2, 0x80, 1]);
        check(PackedRecord::DispensedOnPrescription(medicine(), 7), &[1, 1, 0xAC, 2, 0x80, 1, 7]);
        check(PackedRecord::Administered(medicine()), &[2, 1, 0xAC, 2, 0x80, 1]);
        check(PackedRecord::Treatment(procedure()), &[3, 5, 1, 0x80, 0x80, 1]);
        check(PackedRecord::InpatientTreatment(procedure()), &[4, 5, 1, 0x80, 0x80, 1]);
        check(PackedRecord::Operation(procedure()), &[5, 5, 1, 0x80, 0x80, 1]);
        check(PackedRecord::InpatientOperation(procedure()), &[6, 5, 1, 0x80, 0x80, 1]);
        check(PackedRecord::CheckUp(vec![finding()]), b"\x07\x01\xC8\x01\x0482.5");
    }

    proptest! {
        #[test]
        fn broken_rows_are_noticed_and_harm_nobody(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = unpack(&bytes);
            let check_up = vec![PackedFinding { measure: 1, value: "x".repeat(200) }];
            let day = day_number(base::parse_date("2026-11-24").unwrap());
            let mut cut = postcard::to_extend(&(day, PackedRecord::CheckUp(check_up)), Vec::new()).unwrap();
            prop_assert!(unpack(&cut).is_some());
            cut.truncate(cut.len() - 1);
            prop_assert!(unpack(&cut).is_none());
        }
    }
}
