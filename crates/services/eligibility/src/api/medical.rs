//! 薬剤情報, 診療情報, 手術情報, 特定健診等情報: the health information that the patient agreed to show.

use std::collections::BTreeMap;

use base::Date;
use database::{Error, Transaction};
use oqs::{
    CheckUps, DayRecord, Exchange, FileCategory, MedicalOutcome, MedicalPerson, MedicalRefusal, MedicalRequest,
    MedicalRequestHeader, MedicalResponse, MedicalResponseHeader, MedicineRecords, Month, MonthRecord, RequestMessage,
    ResultCode,
};

use super::{document::find_candidates, number_faults, request_file::Caller};
use crate::{
    CheckUp, Medicine, MedicineSupply, Person, PersonId, Procedure, Provider, Record, RecordContent, Stay,
    rules::{
        item::ConsentItem,
        reading::{ReceptionFilter, Subject, select_reception},
    },
    store::{audit::AuditEntry, history, institution, person},
};

type MedicalFileRequest = RequestMessage<MedicalRequest, MedicalRequestHeader>;

/// YZK, SRJ, SHJ: the records of one item, by institution and month.
pub(super) fn respond_with_records(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    exchange: Exchange,
    request: &MedicalFileRequest,
    entries: &mut Vec<AuditEntry>,
) -> Result<MedicalResponse<MedicineRecords>, Error> {
    let item = match exchange {
        Exchange::Operations => ConsentItem::Operations,
        Exchange::Diagnoses => ConsentItem::Treatments,
        _ => ConsentItem::Medicines,
    };
    let id = match check_permission(tx, caller, request, item, entries)? {
        Ok(id) => id,
        Err(fault) => return Ok(refuse(caller, request, fault)),
    };
    let mut records = history::list_records(tx, id, item, requested_days(&request.body))?;
    // 診療情報 in addition: only if it was agreed to as well, and a refusal of it is no refusal of the medicines.
    let with_treatments = item == ConsentItem::Medicines && request.body.file == Some(FileCategory::XmlWithTreatments);
    if with_treatments && check_permission(tx, caller, request, ConsentItem::Treatments, entries)?.is_ok() {
        records.extend(history::list_records(tx, id, ConsentItem::Treatments, requested_days(&request.body))?);
    }
    let person = person::find_person(tx, id)?;
    let body = MedicineRecords { months: group_by_month(records) };
    Ok(MedicalResponse { header: header(caller, request, person), outcome: MedicalOutcome::Normal(body) })
}

/// TKK: all check-ups.
pub(super) fn respond_with_check_ups(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    request: &MedicalFileRequest,
    entries: &mut Vec<AuditEntry>,
) -> Result<MedicalResponse<CheckUps>, Error> {
    let id = match check_permission(tx, caller, request, ConsentItem::CheckUps, entries)? {
        Ok(id) => id,
        Err(fault) => return Ok(refuse(caller, request, fault)),
    };
    let records = history::list_records(tx, id, ConsentItem::CheckUps, requested_days(&request.body))?;
    let person = person::find_person(tx, id)?;
    let check_up_of = |record: Record| match record.content {
        RecordContent::CheckUp(check_up) => Some(to_check_up(record.day, check_up)),
        _ => None,
    };
    let body = CheckUps { check_ups: records.into_iter().filter_map(check_up_of).collect() };
    Ok(MedicalResponse { header: header(caller, request, person), outcome: MedicalOutcome::Normal(body) })
}

/// A refusal with this code.
fn refuse<Body>(caller: &Caller, request: &MedicalFileRequest, code: ResultCode) -> MedicalResponse<Body> {
    let refusal = match code {
        ResultCode::WrongInsurerNumber => number_faults::insurer_refusal(&request.header.insurer),
        code => code.medical_refusal(),
    };
    refusal_answer(caller, request.header.identifier.clone(), refusal)
}

/// A refusal with this text.
pub(super) fn refusal_answer<Body>(
    caller: &Caller,
    identifier: Option<oqs::Identifier>,
    refusal: MedicalRefusal,
) -> MedicalResponse<Body> {
    let institution = Some(caller.institution.into());
    let header = MedicalResponseHeader { processed_at: Some(caller.now), institution, identifier, person: None };
    MedicalResponse { header, outcome: MedicalOutcome::Refused(refusal) }
}

/// The person whose records may be read, if they may; the attempt is audited in either case.
fn check_permission(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    request: &MedicalFileRequest,
    item: ConsentItem,
    entries: &mut Vec<AuditEntry>,
) -> Result<Result<PersonId, ResultCode>, Error> {
    let subject = Subject::Item(item);
    let mut deny = |fault: ResultCode| {
        entries.push(caller.audit_entry(None, subject, fault));
        Ok(Err(fault))
    };
    let filter = match request.body.treatment {
        oqs::MedicalTreatment::Online => ReceptionFilter::Online(request.body.examination_date),
        oqs::MedicalTreatment::HomeVisit => ReceptionFilter::HomeVisit,
        oqs::MedicalTreatment::Outpatient | oqs::MedicalTreatment::Emergency => return deny(ResultCode::Unsupported),
    };
    if institution::find_used_functions(tx, caller.institution)?.viewing_consent == oqs::Use::Unused {
        return deny(ResultCode::FunctionOff);
    }
    if matches!(request.body.file, Some(FileCategory::Pdf | FileCategory::PdfWithTreatments)) {
        return deny(ResultCode::PrintNotSupported);
    }
    let Some(insurer) = request.header.insurer.valid() else {
        return deny(ResultCode::WrongInsurerNumber);
    };
    let candidates = find_candidates(tx, caller, (*insurer, &request.header), filter)?;
    if candidates.len() > 1 {
        return deny(ResultCode::SeveralPersons);
    }
    let receptions = candidates.first().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, reception) = select_reception(caller.institution, receptions, filter, subject, caller.now);
    entries.push(caller.audit_entry(reception.map(|reception| reception.number), subject, access));
    Ok(match (access.result_code(), candidates.first()) {
        (None, Some(candidate)) => Ok(candidate.person),
        (fault, _) => Err(fault.unwrap_or(ResultCode::ReceptionNotFound)),
    })
}

/// The requested days; all, if none are named.
fn requested_days(request: &MedicalRequest) -> (Date, Date) {
    let first = request.from.map_or(EARLIEST, Month::first_day);
    let last = request.to.map_or(LATEST, Month::last_day);
    (first, last)
}

const EARLIEST: Date = Date::constant(1, 1, 1);
const LATEST: Date = Date::constant(9999, 12, 31);

fn header(caller: &Caller, request: &MedicalFileRequest, person: Person) -> MedicalResponseHeader {
    let sex = to_gender(&person);
    MedicalResponseHeader {
        processed_at: Some(caller.now),
        institution: Some(caller.institution.into()),
        identifier: request.header.identifier.clone(),
        person: Some(MedicalPerson { name: person.name, kana: Some(person.kana), birthdate: person.birth, sex }),
    }
}

fn to_gender(person: &Person) -> Option<oqs::AdministrativeGender> {
    match person.sex {
        oqs::Sex::Male => Some(oqs::AdministrativeGender::Male),
        oqs::Sex::Female => Some(oqs::AdministrativeGender::Female),
        oqs::Sex::NotSet => None,
    }
}

/// What is grouped in one month of a response.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct MonthKey {
    month: Month,
    provider: Provider,
    prescriber: Option<Provider>,
    stay: Option<Stay>,
}

fn group_by_month(records: Vec<Record>) -> Vec<MonthRecord> {
    let mut months: BTreeMap<MonthKey, BTreeMap<Date, DayRecord>> = BTreeMap::new();
    for record in records {
        let month = Month::from_date(record.day);
        let empty =
            DayRecord { day: Some(record.day), prescribed_on: None, medicines: Vec::new(), treatments: Vec::new() };
        let mut add_record = |provider: &Provider, prescriber, stay, add: &mut dyn FnMut(&mut DayRecord)| {
            let key = MonthKey { month, provider: provider.clone(), prescriber, stay };
            add(months.entry(key).or_default().entry(record.day).or_insert(empty.clone()));
        };
        match &record.content {
            RecordContent::Medicine(medicine) => {
                let prescriber = match &medicine.supply {
                    MedicineSupply::Dispensed { prescriber } => prescriber.clone(),
                    MedicineSupply::Administered => None,
                };
                add_record(&medicine.provider, prescriber, None, &mut |day| day.medicines.push(to_medicine(medicine)));
            }
            RecordContent::Treatment(procedure) | RecordContent::Operation(procedure) => {
                let stay = Some(procedure.stay);
                add_record(&procedure.provider, None, stay, &mut |day| day.treatments.push(to_treatment(procedure)));
            }
            RecordContent::CheckUp(_) => {}
        }
    }
    months.into_iter().map(|(key, days)| to_month_record(key, days)).collect()
}

fn to_month_record(key: MonthKey, days: BTreeMap<Date, DayRecord>) -> MonthRecord {
    let (prescriber, prescriber_name) =
        key.prescriber.map_or((None, None), |provider| (provider.code, Some(provider.name)));
    MonthRecord {
        dispensing_origin: None,
        institution: key.provider.code.map(Into::into),
        prescriber: prescriber.map(Into::into),
        institution_name: Some(key.provider.name),
        month: key.month,
        prescriber_name,
        prescriber_origin: None,
        in_out: key.stay.map(|stay| match stay {
            Stay::Inpatient => oqs::InOut::Inpatient,
            Stay::Outpatient => oqs::InOut::Outpatient,
        }),
        days: days.into_values().collect(),
    }
}

fn to_medicine(medicine: &Medicine) -> oqs::Medicine {
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

fn to_treatment(procedure: &Procedure) -> oqs::Treatment {
    oqs::Treatment {
        code: None,
        name: procedure.name.clone(),
        kind: None,
        quantity: None,
        times: Some(procedure.times),
        unit: None,
    }
}

fn to_check_up(day: Date, check_up: CheckUp) -> oqs::CheckUp {
    let item = |finding: crate::Finding| oqs::CheckUpItem {
        code: finding.code,
        name: Some(finding.name),
        // A measurement has a unit (HL7 PQ); everything else is text.
        kind: Some(if finding.unit.is_some() { "PQ" } else { "ST" }.to_owned()),
        value: Some(finding.value),
        unit: finding.unit,
        oid: None,
        value_name: None,
    };
    oqs::CheckUp { day, items: check_up.findings.into_iter().map(item).collect() }
}
