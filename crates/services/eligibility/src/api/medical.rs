//! 薬剤情報, 診療情報, 手術情報, 特定健診等情報: the health information that the patient agreed to show.

use std::collections::BTreeMap;

use base::Date;
use database::Error;
use oqs::{
    CheckUps, DayRecord, Exchange, FileCategory, MedicalOutcome, MedicalPerson, MedicalRequest, MedicalRequestHeader,
    MedicalResponse, MedicalResponseHeader, MedicineRecords, Month, MonthRecord, RequestMessage, ResultCode,
};

use super::{document::find_candidates, number_faults, request_file::Caller};
use crate::{
    CheckUp, Medicine, MedicineSupply, Person, Procedure, Provider, Record, RecordContent, Stay,
    rules::{
        access::Subject,
        reception::{ReceptionFilter, ReceptionRecord},
    },
    store::{
        institution,
        read_permit::{HealthRecords, ReadLedger, ReadPermit, ReadableData, RefusedReading},
    },
};

type MedicalFileRequest = RequestMessage<MedicalRequest, MedicalRequestHeader>;

/// YZK, SRJ, SHJ: the records of one item, by institution and month.
pub(super) fn respond_with_records(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    exchange: Exchange,
    request: &MedicalFileRequest,
) -> Result<MedicalResponse<MedicineRecords>, Error> {
    let item = match exchange {
        Exchange::Operations => HealthRecords::Operations,
        Exchange::Diagnoses => HealthRecords::Treatments,
        _ => HealthRecords::Medicines,
    };
    // 診療情報 in addition: only if it was agreed to as well, and a refusal of it is no refusal of the medicines.
    let with_treatments =
        matches!(item, HealthRecords::Medicines) && request.body.file == Some(FileCategory::XmlWithTreatments);
    let days = requested_days(&request.body);
    let receptions = match find_receptions(ledger, caller, request, item.subject())? {
        Ok(receptions) => receptions,
        Err(fault) => return Ok(refuse(caller, request, fault)),
    };
    let permit = match request_permit(ledger, &receptions, item) {
        Ok(permit) => permit,
        Err(fault) => return Ok(refuse(caller, request, fault)),
    };
    let (person, mut records) = permit.read_with_person(ledger.transaction(), days)?;
    if with_treatments && let Ok(permit) = request_permit(ledger, &receptions, HealthRecords::Treatments) {
        records.extend(permit.read(ledger.transaction(), days)?);
    }
    let body = MedicineRecords { months: group_by_month(records) };
    Ok(MedicalResponse { header: header(caller, request, person), outcome: MedicalOutcome::Normal(body) })
}

/// TKK: all check-ups.
pub(super) fn respond_with_check_ups(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &MedicalFileRequest,
) -> Result<MedicalResponse<CheckUps>, Error> {
    let receptions = find_receptions(ledger, caller, request, HealthRecords::CheckUps.subject())?;
    let permit = match receptions.and_then(|found| request_permit(ledger, &found, HealthRecords::CheckUps)) {
        Ok(permit) => permit,
        Err(fault) => return Ok(refuse(caller, request, fault)),
    };
    let (person, records) = permit.read_with_person(ledger.transaction(), requested_days(&request.body))?;
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
    caller.refused_request(request.header.identifier.clone()).refuse_medical(refusal)
}

/// Receptions of one person, and which of them the request is about.
type RequestedReceptions = (ReceptionFilter, Vec<ReceptionRecord>);

/// The person's receptions, or why the request is refused before one is selected; a refusal is audited.
fn find_receptions(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &MedicalFileRequest,
    subject: Subject,
) -> Result<Result<RequestedReceptions, ResultCode>, Error> {
    let deny = |ledger: &mut ReadLedger<'_, '_>, fault: ResultCode| {
        ledger.record_refusal(subject, fault);
        Ok(Err(fault))
    };
    let filter = match request.body.treatment {
        oqs::MedicalTreatment::Online => ReceptionFilter::Online(request.body.examination_date),
        oqs::MedicalTreatment::HomeVisit => ReceptionFilter::HomeVisit,
        oqs::MedicalTreatment::Outpatient | oqs::MedicalTreatment::Emergency => {
            return deny(ledger, ResultCode::Unsupported);
        }
    };
    let functions = institution::find_used_functions(ledger.transaction(), caller.institution)?;
    if functions.viewing_consent == oqs::Use::Unused {
        return deny(ledger, ResultCode::FunctionOff);
    }
    if matches!(request.body.file, Some(FileCategory::Pdf | FileCategory::PdfWithTreatments)) {
        return deny(ledger, ResultCode::PrintNotSupported);
    }
    let Some(insurer) = request.header.insurer.valid() else {
        return deny(ledger, ResultCode::WrongInsurerNumber);
    };
    let mut candidates =
        find_candidates(ledger.transaction(), caller.institution, (*insurer, &request.header), filter)?;
    if candidates.len() > 1 {
        return deny(ledger, ResultCode::SeveralPersons);
    }
    Ok(Ok((filter, candidates.pop().map_or_else(Vec::new, |candidate| candidate.receptions))))
}

/// The permit to read the records, or why there is none; the attempt is audited in either case.
fn request_permit<'l>(
    ledger: &mut ReadLedger<'l, '_>,
    (filter, receptions): &RequestedReceptions,
    records: HealthRecords,
) -> Result<ReadPermit<'l, HealthRecords>, ResultCode> {
    match ledger.select(receptions, *filter, records) {
        Ok((_, permit)) => Ok(permit),
        Err(RefusedReading { access, .. }) => Err(access.result_code().unwrap_or(ResultCode::ReceptionNotFound)),
    }
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
