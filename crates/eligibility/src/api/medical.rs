//! 薬剤情報, 診療情報, 手術情報, 特定健診等情報: what the patient agreed to show of his health.

use std::collections::BTreeMap;

use base::Date;
use database::{Error, Transaction};
use oqs::{
    CheckUps, DayRecord, Exchange, FileCategory, MedicalAnswer, MedicalAnswerHeader, MedicalOutcome, MedicalPerson,
    MedicalRefusal, MedicalRequest, MedicalRequestHeader, MedicineRecords, Month, MonthRecord, Request, ResultCode,
};

use super::{answer::Asker, document::registered, wrong};
use crate::{
    CheckUp, Content, Given, Medicine, Person, PersonId, Place, Procedure, Record, Stay,
    rules::{
        item::Item,
        reading::{Subject, Wanted, of_person},
    },
    store::{audit::Entry, institution, person},
};

type Asked = Request<MedicalRequest, MedicalRequestHeader>;

/// YZK, SRJ, SHJ: the records of one item, by institution and month.
pub(super) fn records(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    exchange: Exchange,
    request: &Asked,
    entries: &mut Vec<Entry>,
) -> Result<MedicalAnswer<MedicineRecords>, Error> {
    let item = match exchange {
        Exchange::Operations => Item::Operations,
        Exchange::Diagnoses => Item::Treatments,
        _ => Item::Medicines,
    };
    let id = match permitted(tx, asker, request, item, entries)? {
        Ok(id) => id,
        Err(fault) => return Ok(no(asker, request, fault)),
    };
    let mut found = person::records(tx, id, item, days(&request.body))?;
    // 診療情報 beside the medicines: only where that was agreed to as well, and never a reason to refuse the medicines.
    let beside = item == Item::Medicines && request.body.file == Some(FileCategory::XmlWithTreatments);
    if beside && permitted(tx, asker, request, Item::Treatments, entries)?.is_ok() {
        found.extend(person::records(tx, id, Item::Treatments, days(&request.body))?);
    }
    let person = person::person(tx, id)?;
    let body = MedicineRecords { months: by_month(found) };
    Ok(MedicalAnswer { header: header(asker, request, person), outcome: MedicalOutcome::Normal(body) })
}

/// TKK: all check-ups.
pub(super) fn check_ups(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Asked,
    entries: &mut Vec<Entry>,
) -> Result<MedicalAnswer<CheckUps>, Error> {
    let id = match permitted(tx, asker, request, Item::CheckUps, entries)? {
        Ok(id) => id,
        Err(fault) => return Ok(no(asker, request, fault)),
    };
    let found = person::records(tx, id, Item::CheckUps, days(&request.body))?;
    let person = person::person(tx, id)?;
    let examination = |record: Record| match record.content {
        Content::CheckUp(check_up) => Some(check_up_of(record.day, check_up)),
        _ => None,
    };
    let body = CheckUps { check_ups: found.into_iter().filter_map(examination).collect() };
    Ok(MedicalAnswer { header: header(asker, request, person), outcome: MedicalOutcome::Normal(body) })
}

/// The answer that says no.
fn no<Body>(asker: &Asker, request: &Asked, code: ResultCode) -> MedicalAnswer<Body> {
    let refusal = match code {
        ResultCode::WrongInsurerNumber => wrong::insurer_refusal(&request.header.insurer),
        code => code.refusal(),
    };
    refused(asker, request.header.identifier.clone(), refusal)
}

/// The answer that says no, in these words.
pub(super) fn refused<Body>(
    asker: &Asker,
    identifier: Option<oqs::Identifier>,
    refusal: MedicalRefusal,
) -> MedicalAnswer<Body> {
    let institution = Some(asker.institution.into());
    let header = MedicalAnswerHeader { processed_at: Some(asker.now), institution, identifier, person: None };
    MedicalAnswer { header, outcome: MedicalOutcome::Refused(refusal) }
}

/// Whose records may be read, if they may; the attempt stands in the audit either way.
fn permitted(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Asked,
    item: Item,
    entries: &mut Vec<Entry>,
) -> Result<Result<PersonId, ResultCode>, Error> {
    let subject = Subject::Item(item);
    let mut no = |fault: ResultCode| {
        entries.push(asker.entry(None, subject, fault));
        Ok(Err(fault))
    };
    let wanted = match request.body.treatment {
        oqs::MedicalTreatment::Online => Wanted::Online(request.body.examination_date),
        oqs::MedicalTreatment::HomeVisit => Wanted::HomeVisit,
        oqs::MedicalTreatment::Outpatient | oqs::MedicalTreatment::Emergency => return no(ResultCode::Unsupported),
    };
    if institution::used(tx, asker.institution)?.viewing_consent == oqs::Use::Unused {
        return no(ResultCode::FunctionOff);
    }
    if matches!(request.body.file, Some(FileCategory::Pdf | FileCategory::PdfWithTreatments)) {
        return no(ResultCode::Print);
    }
    let Some(insurer) = request.header.insurer.right() else {
        return no(ResultCode::WrongInsurerNumber);
    };
    let candidates = registered(tx, asker, (*insurer, &request.header), wanted)?;
    if candidates.len() > 1 {
        return no(ResultCode::SeveralPersons);
    }
    let receptions = candidates.first().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, by) = of_person(asker.institution, receptions, wanted, subject, asker.now);
    entries.push(asker.entry(by.map(|by| by.number), subject, access));
    Ok(match (access.result_code(), candidates.first()) {
        (None, Some(candidate)) => Ok(candidate.person),
        (fault, _) => Err(fault.unwrap_or(ResultCode::NotThere)),
    })
}

/// The days asked for; all, where none are said.
fn days(request: &MedicalRequest) -> (Date, Date) {
    let first = request.from.map_or(EARLIEST, Month::first_day);
    let last = request.to.map_or(LATEST, Month::last_day);
    (first, last)
}

const EARLIEST: Date = Date::constant(1, 1, 1);
const LATEST: Date = Date::constant(9999, 12, 31);

fn header(asker: &Asker, request: &Asked, person: Person) -> MedicalAnswerHeader {
    let sex = gender(&person);
    MedicalAnswerHeader {
        processed_at: Some(asker.now),
        institution: Some(asker.institution.into()),
        identifier: request.header.identifier.clone(),
        person: Some(MedicalPerson { name: person.name, kana: Some(person.kana), birthdate: person.birth, sex }),
    }
}

fn gender(person: &Person) -> Option<oqs::AdministrativeGender> {
    match person.sex {
        oqs::Sex::Male => Some(oqs::AdministrativeGender::Male),
        oqs::Sex::Female => Some(oqs::AdministrativeGender::Female),
        oqs::Sex::NotSet => None,
    }
}

/// What stands together in one month of an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sheet {
    month: Month,
    place: Place,
    prescriber: Option<Place>,
    stay: Option<Stay>,
}

fn by_month(records: Vec<Record>) -> Vec<MonthRecord> {
    let mut sheets: BTreeMap<Sheet, BTreeMap<Date, DayRecord>> = BTreeMap::new();
    for record in records {
        let month = Month::of(record.day);
        let empty =
            DayRecord { day: Some(record.day), prescribed_on: None, medicines: Vec::new(), treatments: Vec::new() };
        let mut on_sheet = |place: &Place, prescriber, stay, add: &mut dyn FnMut(&mut DayRecord)| {
            let sheet = Sheet { month, place: place.clone(), prescriber, stay };
            add(sheets.entry(sheet).or_default().entry(record.day).or_insert(empty.clone()));
        };
        match &record.content {
            Content::Medicine(medicine) => {
                let prescriber = match &medicine.given {
                    Given::Dispensed { prescriber } => prescriber.clone(),
                    Given::Administered => None,
                };
                on_sheet(&medicine.place, prescriber, None, &mut |day| day.medicines.push(medicine_of(medicine)));
            }
            Content::Treatment(procedure) | Content::Operation(procedure) => {
                let stay = Some(procedure.stay);
                on_sheet(&procedure.place, None, stay, &mut |day| day.treatments.push(treatment_of(procedure)));
            }
            Content::CheckUp(_) => {}
        }
    }
    sheets.into_iter().map(|(sheet, days)| month_of(sheet, days)).collect()
}

fn month_of(sheet: Sheet, days: BTreeMap<Date, DayRecord>) -> MonthRecord {
    let (prescriber, prescriber_name) = sheet.prescriber.map_or((None, None), |place| (place.code, Some(place.name)));
    MonthRecord {
        dispensing_origin: None,
        institution: sheet.place.code.map(Into::into),
        prescriber: prescriber.map(Into::into),
        institution_name: Some(sheet.place.name),
        month: sheet.month,
        prescriber_name,
        prescriber_origin: None,
        in_out: sheet.stay.map(|stay| match stay {
            Stay::Inpatient => oqs::InOut::Inpatient,
            Stay::Outpatient => oqs::InOut::Outpatient,
        }),
        days: days.into_values().collect(),
    }
}

fn medicine_of(medicine: &Medicine) -> oqs::Medicine {
    oqs::Medicine {
        code: None,
        name: medicine.name.clone(),
        ingredient: medicine.ingredient.clone(),
        quantity: medicine.dose.clone(),
        unit: medicine.unit.clone(),
        usage: medicine.usage.clone(),
        instruction: None,
        times: Some(medicine.days),
        kind: None,
    }
}

fn treatment_of(procedure: &Procedure) -> oqs::Treatment {
    oqs::Treatment {
        code: None,
        name: procedure.name.clone(),
        kind: None,
        quantity: None,
        times: Some(procedure.times),
        unit: None,
    }
}

fn check_up_of(day: Date, check_up: CheckUp) -> oqs::CheckUp {
    let item = |finding: crate::Finding| oqs::CheckUpItem {
        code: finding.code,
        name: Some(finding.name),
        // A measure has a unit (HL7 PQ); all else is text.
        kind: Some(if finding.unit.is_some() { "PQ" } else { "ST" }.to_owned()),
        value: Some(finding.value),
        unit: finding.unit,
        oid: None,
        value_name: None,
    };
    oqs::CheckUp { day, items: check_up.findings.into_iter().map(item).collect() }
}
