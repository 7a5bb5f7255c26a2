//! Every subject × every state of a reception: only the right cells give data.

use base::{Randomness, ReceptionNumber, Timestamp};

use oqs::{Exchange, FileCategory, LimitConsentFlag, MedicalTreatment};

use super::{
    messages::{MEDICAL, NOW, check_qualification, request_medical_for_visit, search},
    world::{World, clinic, day, other_clinic, timestamp, worlds},
};
use crate::{
    Access, ConsentChoice, ConsentChoices, ConsentItem, ConsentItems, PersonId, ReceptionFilter, ReceptionRecord,
    ReceptionTerm, RegistrationRoute, RegistrationValidity, Subject, Withdrawer, may_read, may_read_by_document,
    select_reception,
};

fn reception() -> ReceptionRecord {
    ReceptionRecord {
        number: ReceptionNumber::new(&Randomness::repeatable("matrix")),
        institution: clinic(),
        person: PersonId(1),
        term: ReceptionTerm::Visit(day("2026-11-24")),
        registered_at: timestamp("2026-11-20T10:00:00+09:00"),
        chosen_at: timestamp("2026-11-20T10:00:00+09:00"),
        choices: ConsentChoices::all(ConsentChoice::Agree),
        validity: RegistrationValidity::Full,
        route: RegistrationRoute::HandOver,
        withdrawn: None,
        withdrawn_by_institution: ConsentItems::default(),
        withdrawn_by_patient: ConsentItems::default(),
        superseded_by: None,
    }
}

fn now() -> Timestamp {
    timestamp("2026-11-24T23:59:59+09:00")
}

#[test]
fn only_the_right_cells_give_data() {
    let declined = ReceptionRecord { choices: ConsentChoices::all(ConsentChoice::Decline), ..reception() };
    let grace = ReceptionRecord { validity: RegistrationValidity::Grace, ..reception() };
    let withdrawn = ReceptionRecord { withdrawn: Some((now(), Withdrawer::Patient)), ..reception() };
    let withdrawn_by_clinic = ReceptionRecord { withdrawn: Some((now(), Withdrawer::Institution)), ..reception() };
    let superseded = ReceptionRecord { superseded_by: Some(reception().number), ..reception() };
    let next_day = timestamp("2026-11-25T00:00:00+09:00");
    let home =
        ReceptionRecord { term: ReceptionTerm::UntilWithdrawn, route: RegistrationRoute::FixedUrl, ..reception() };
    let home_withdrawn = ReceptionRecord { withdrawn: Some((now(), Withdrawer::Patient)), ..home.clone() };
    let withdrawn_items = [ConsentItem::Medicines, ConsentItem::SpecificDiseases].into_iter().collect();
    let partly_withdrawn = ReceptionRecord { withdrawn_by_institution: withdrawn_items, ..home.clone() };
    let long_after = timestamp("2036-11-25T00:00:00+09:00");
    let columns = [
        ("consented", Some(reception()), now(), clinic()),
        ("before the day", Some(reception()), timestamp("2026-11-20T10:00:00+09:00"), clinic()),
        ("declined", Some(declined), now(), clinic()),
        ("grace", Some(grace), now(), clinic()),
        ("withdrawn", Some(withdrawn.clone()), now(), clinic()),
        ("withdrawn, later", Some(withdrawn), next_day, clinic()),
        ("by clinic", Some(withdrawn_by_clinic), now(), clinic()),
        ("next day", Some(reception()), next_day, clinic()),
        ("other clinic", Some(reception()), now(), other_clinic()),
        ("superseded", Some(superseded), now(), clinic()),
        ("home visit", Some(home.clone()), long_after, clinic()),
        ("home visit withdrawn", Some(home_withdrawn), long_after, clinic()),
        ("home visit given back in part", Some(partly_withdrawn), long_after, clinic()),
        ("home visit, other clinic", Some(home), now(), other_clinic()),
    ];
    let mut lines = Vec::new();
    for (name, reception, now, reader) in &columns {
        let cells: Vec<_> =
            Subject::ALL.iter().map(|subject| may_read(*reader, reception.as_ref(), *subject, *now).as_str()).collect();
        lines.push(format!("{name}: {}", cells.join(" ")));
    }
    let none: Vec<_> = Subject::ALL.iter().map(|subject| may_read(clinic(), None, *subject, now()).as_str()).collect();
    lines.push(format!("no reception: {}", none.join(" ")));
    // eligibility operations treatments medicines check-ups limits specific-diseases
    let expected = [
        "consented: readable readable readable readable readable readable readable",
        "before the day: readable readable readable readable readable readable readable",
        "declined: readable declined declined declined declined declined declined",
        "grace: readable grace-only grace-only grace-only grace-only readable readable",
        "withdrawn: withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient",
        "withdrawn, later: withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient",
        "by clinic: withdrawn-by-institution withdrawn-by-institution withdrawn-by-institution withdrawn-by-institution withdrawn-by-institution withdrawn-by-institution withdrawn-by-institution",
        "next day: expired expired expired expired expired expired expired",
        "other clinic: not-there not-there not-there not-there not-there not-there not-there",
        "superseded: not-there not-there not-there not-there not-there not-there not-there",
        "home visit: readable readable readable readable readable readable readable",
        "home visit withdrawn: withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient withdrawn-by-patient",
        "home visit given back in part: readable readable readable withdrawn-by-institution readable readable withdrawn-by-institution",
        "home visit, other clinic: not-there not-there not-there not-there not-there not-there not-there",
        "no reception: not-there not-there not-there not-there not-there not-there not-there",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn one_choice_opens_its_own_item_and_no_other() {
    for subject in Subject::ALL {
        let Subject::Item(item) = subject else { continue };
        let choices =
            ConsentChoices::from_fn(
                |candidate| if candidate == item { ConsentChoice::Agree } else { ConsentChoice::Decline },
            );
        let reception = ReceptionRecord { choices, ..reception() };
        for requested in Subject::ALL {
            let expected = if requested == subject || requested == Subject::Eligibility {
                Access::Readable
            } else {
                Access::Declined
            };
            assert_eq!(may_read(clinic(), Some(&reception), requested, now()), expected);
        }
    }
}

#[test]
fn what_was_declined_for_a_visit_is_not_opened_by_the_consent_for_another() {
    let today = ReceptionRecord { choices: ConsentChoices::all(ConsentChoice::Decline), ..reception() };
    let later = ReceptionRecord {
        term: ReceptionTerm::Visit(day("2026-12-01")),
        registered_at: timestamp("2026-11-21T10:00:00+09:00"),
        ..reception()
    };
    let receptions = [today, later];
    let medicines = Subject::Item(ConsentItem::Medicines);
    let check = |visit: Option<&str>, now: &str, expected: Access, expected_index: Option<usize>| {
        let (access, selected) =
            select_reception(clinic(), &receptions, ReceptionFilter::Online(visit.map(day)), medicines, timestamp(now));
        assert_eq!((access, selected), (expected, expected_index.map(|index| &receptions[index])), "{visit:?} {now}");
    };
    let (day_before, visit_day) = ("2026-11-23T09:00:00+09:00", "2026-11-24T09:00:00+09:00");
    let (day_after, week_after) = ("2026-11-25T09:00:00+09:00", "2026-12-02T09:00:00+09:00");
    check(Some("2026-12-01"), visit_day, Access::Readable, Some(1));
    check(Some("2026-11-24"), visit_day, Access::Declined, Some(0));
    check(Some("2026-11-25"), visit_day, Access::NotFound, None);
    check(None, day_before, Access::Declined, Some(0));
    check(None, visit_day, Access::Declined, Some(0));
    check(None, day_after, Access::Readable, Some(1));
    check(None, week_after, Access::Expired, Some(1));
}

#[test]
fn without_a_day_todays_reception_answers_even_if_it_was_withdrawn() {
    let withdrawn = Some((timestamp("2026-11-24T08:00:00+09:00"), Withdrawer::Patient));
    let today = ReceptionRecord { withdrawn, ..reception() };
    let next = ReceptionRecord { term: ReceptionTerm::Visit(day("2026-11-26")), withdrawn, ..reception() };
    let later = ReceptionRecord { term: ReceptionTerm::Visit(day("2026-12-01")), ..reception() };
    let receptions = [today, next, later];
    let check = |receptions: &[ReceptionRecord], expected: Access| {
        let (access, _) =
            select_reception(clinic(), receptions, ReceptionFilter::Online(None), Subject::Eligibility, now());
        assert_eq!(access, expected);
    };
    check(&receptions, Access::Withdrawn(Withdrawer::Patient));
    // Of the future ones, a withdrawn reception does not hide a registered one.
    check(&receptions[1..], Access::Readable);
    check(&receptions[1..2], Access::Withdrawn(Withdrawer::Patient));
}

#[test]
fn the_flags_of_files_tell_over_from_never() {
    use oqs::{ConsentFlag, ExpiryReason};
    let check = |access: Access, flag: ConsentFlag, reason: Option<ExpiryReason>| {
        assert_eq!((access.consent_flag(), access.expiry_reason()), (flag, reason));
    };
    check(Access::Readable, ConsentFlag::Given, None);
    check(Access::Declined, ConsentFlag::NotGiven, None);
    check(Access::GraceOnly, ConsentFlag::NotGiven, None);
    check(Access::Expired, ConsentFlag::Expired, Some(ExpiryReason::FormOfCare));
    check(Access::Withdrawn(Withdrawer::Patient), ConsentFlag::Expired, Some(ExpiryReason::WithdrawnByPatient));
    let by_clinic = Access::Withdrawn(Withdrawer::Institution);
    check(by_clinic, ConsentFlag::Expired, Some(ExpiryReason::WithdrawnByInstitution));
}

/// The result of every subject over the interface: `data`, or the reason.
async fn access_row(
    world: &World,
    caller: base::InstitutionCode,
    treatment: MedicalTreatment,
    visit_date: Option<&str>,
) -> String {
    let exchange = match treatment {
        MedicalTreatment::HomeVisit => Exchange::HomeVisitQualification,
        _ => Exchange::OnlineQualification,
    };
    let search = oqs::QualificationSearch { examination_date: visit_date.map(day), ..search("1234567") };
    let response = check_qualification(world, caller, exchange, search).await;
    let code = response.processing.code.clone().unwrap_or_default();
    let mut cells = match &response.results[..] {
        [] => vec![code.clone(), code.clone(), code],
        [result] => {
            let limit = match (result.limit.is_some(), result.limit_consent.map(|consent| consent.flag)) {
                (true, Some(LimitConsentFlag::Given)) => "data".to_owned(),
                (false, Some(LimitConsentFlag::NotGiven)) => "no".to_owned(),
                other => format!("{other:?}"),
            };
            let flag = result.diseases_consent.map(|consent| consent.flag.code());
            let diseases = match (result.diseases.len(), flag) {
                (1, Some("1")) => "data".to_owned(),
                (0, Some(flag)) => format!("no({flag})"),
                other => format!("{other:?}"),
            };
            vec!["data".to_owned(), limit, diseases]
        }
        several => vec![format!("{} results", several.len())],
    };
    for (exchange, _, mark) in MEDICAL {
        let (code, text) =
            request_medical_for_visit(world, caller, (exchange, treatment, visit_date), FileCategory::Xml).await;
        let other_marks =
            MEDICAL.iter().filter(|(candidate, ..)| *candidate != exchange).any(|(_, _, mark)| text.contains(mark));
        cells.push(match (code, text.contains(mark), other_marks) {
            (None, true, false) => "data".to_owned(),
            (Some(code), false, false) => code,
            other => format!("{other:?}"),
        });
    }
    cells.join(" ")
}

#[tokio::test]
async fn over_the_interface_only_the_right_cells_give_data() {
    use MedicalTreatment::{HomeVisit, Online};
    for world in worlds(NOW).await {
        let mut lines = Vec::new();
        lines.push(format!("no reception: {}", access_row(&world, clinic(), Online, None).await));
        lines.push(format!("no home visit: {}", access_row(&world, clinic(), HomeVisit, None).await));
        let declined = world.new_reception("2026-11-24", ConsentChoices::all(ConsentChoice::Decline));
        world.register(declined).await.unwrap();
        lines.push(format!("declined: {}", access_row(&world, clinic(), Online, None).await));
        world.register_all_agreed("2026-11-24").await;
        lines.push(format!("consented anew: {}", access_row(&world, clinic(), Online, None).await));
        lines.push(format!("that day: {}", access_row(&world, clinic(), Online, Some("2026-11-24")).await));
        lines.push(format!("other day: {}", access_row(&world, clinic(), Online, Some("2026-11-25")).await));
        lines.push(format!("other institution: {}", access_row(&world, other_clinic(), Online, None).await));
        lines.push(format!("as home visit: {}", access_row(&world, clinic(), HomeVisit, None).await));
        world.clock.set(timestamp("2026-11-25T00:00:00+09:00"));
        lines.push(format!("expired: {}", access_row(&world, clinic(), Online, None).await));
        let choices = ConsentChoices::from_fn(|item| {
            if item == ConsentItem::Medicines { ConsentChoice::Agree } else { ConsentChoice::Decline }
        });
        world.register(world.new_reception("2026-11-25", choices)).await.unwrap();
        lines.push(format!("medicines alone: {}", access_row(&world, clinic(), Online, None).await));
        world.withdraw().await;
        lines.push(format!("withdrawn: {}", access_row(&world, clinic(), Online, None).await));
        let grace = world.new_reception("2026-11-25", ConsentChoices::all(ConsentChoice::Agree));
        world.register(crate::NewReception { validity: RegistrationValidity::Grace, ..grace }).await.unwrap();
        lines.push(format!("grace: {}", access_row(&world, clinic(), Online, None).await));
        world.register_home_visits(ConsentChoices::all(ConsentChoice::Agree)).await;
        world.clock.set(timestamp("2027-01-25T00:00:00+09:00"));
        lines.push(format!("home visit: {}", access_row(&world, clinic(), HomeVisit, None).await));
        lines.push(format!("home visit elsewhere: {}", access_row(&world, other_clinic(), HomeVisit, None).await));
        world.withdraw().await;
        lines.push(format!("home visit withdrawn: {}", access_row(&world, clinic(), HomeVisit, None).await));
        let declined = world.new_reception("2027-01-25", ConsentChoices::all(ConsentChoice::Decline));
        world.register(declined).await.unwrap();
        world.register_all_agreed("2027-02-01").await;
        lines.push(format!("declined today, agreed next week: {}", access_row(&world, clinic(), Online, None).await));
        lines.push(format!("today of these: {}", access_row(&world, clinic(), Online, Some("2027-01-25")).await));
        lines.push(format!("next week of these: {}", access_row(&world, clinic(), Online, Some("2027-02-01")).await));
        // eligibility limits specific-diseases medicines treatments operations check-ups
        let expected = [
            "no reception: U101 U101 U101 U101 U101 U101 U101",
            "no home visit: U101 U101 U101 U101 U101 U101 U101",
            "declined: data no no(0) U201 U201 U201 U201",
            "consented anew: data data data data data data data",
            "that day: data data data data data data data",
            "other day: U101 U101 U101 U101 U101 U101 U101",
            "other institution: U101 U101 U101 U101 U101 U101 U101",
            "as home visit: U101 U101 U101 U101 U101 U101 U101",
            "expired: U204 U204 U204 U204 U204 U204 U204",
            "medicines alone: data no no(0) data U201 U201 U201",
            "withdrawn: U202 U202 U202 U202 U202 U202 U202",
            "grace: data data data U205 U205 U205 U205",
            "home visit: data data data data data data data",
            "home visit elsewhere: U101 U101 U101 U101 U101 U101 U101",
            "home visit withdrawn: U202 U202 U202 U202 U202 U202 U202",
            "declined today, agreed next week: data no no(0) U201 U201 U201 U201",
            "today of these: data no no(0) U201 U201 U201 U201",
            "next week of these: data data data data data data data",
        ];
        assert_eq!(lines, expected, "{}", world.engine);
    }
}

#[test]
fn a_document_alone_opens_what_is_printed_on_it_and_nothing_of_health() {
    for limits in [ConsentChoice::Agree, ConsentChoice::Decline] {
        for subject in Subject::ALL {
            let is_open = match subject {
                Subject::Eligibility => true,
                Subject::Item(item) => item == ConsentItem::Limits && limits == ConsentChoice::Agree,
            };
            let access = may_read_by_document(subject, limits);
            assert_eq!(access == Access::Readable, is_open, "{subject:?} {limits:?}");
        }
    }
}
