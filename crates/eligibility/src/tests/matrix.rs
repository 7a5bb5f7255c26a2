//! Every kind of data × every state of a reception: only the right cells give data.

use base::{Randomness, ReceptionNumber, Timestamp};

use super::world::{at, clinic, day, other_clinic};
use crate::{
    Access, Choice, Choices, Item, Items, PersonId, Reception, Subject, Term, Validity, Via, Wanted, Withdrawer,
    may_read, of_person,
};

fn reception() -> Reception {
    Reception {
        number: ReceptionNumber::new(&Randomness::repeatable("matrix")),
        institution: clinic(),
        person: PersonId(1),
        term: Term::Visit(day("2026-11-24")),
        registered: at("2026-11-20T10:00:00+09:00"),
        chosen: at("2026-11-20T10:00:00+09:00"),
        choices: Choices::all(Choice::Agree),
        validity: Validity::Full,
        via: Via::HandOver,
        withdrawn: None,
        given_back: Items::default(),
        superseded_by: None,
    }
}

fn now() -> Timestamp {
    at("2026-11-24T23:59:59+09:00")
}

#[test]
fn only_the_right_cells_give_data() {
    let declined = Reception { choices: Choices::all(Choice::Decline), ..reception() };
    let grace = Reception { validity: Validity::Grace, ..reception() };
    let withdrawn = Reception { withdrawn: Some((now(), Withdrawer::Patient)), ..reception() };
    let by_clinic = Reception { withdrawn: Some((now(), Withdrawer::Institution)), ..reception() };
    let superseded = Reception { superseded_by: Some(reception().number), ..reception() };
    let after = at("2026-11-25T00:00:00+09:00");
    let home = Reception { term: Term::UntilWithdrawn, via: Via::FixedUrl, ..reception() };
    let home_withdrawn = Reception { withdrawn: Some((now(), Withdrawer::Patient)), ..home.clone() };
    let returned = [Item::Medicines, Item::SpecificDiseases].into_iter().collect();
    let given_back = Reception { given_back: returned, ..home.clone() };
    let long_after = at("2036-11-25T00:00:00+09:00");
    let columns = [
        ("consented", Some(reception()), now(), clinic()),
        ("before the day", Some(reception()), at("2026-11-20T10:00:00+09:00"), clinic()),
        ("declined", Some(declined), now(), clinic()),
        ("grace", Some(grace), now(), clinic()),
        ("withdrawn", Some(withdrawn.clone()), now(), clinic()),
        ("withdrawn, later", Some(withdrawn), after, clinic()),
        ("by clinic", Some(by_clinic), now(), clinic()),
        ("next day", Some(reception()), after, clinic()),
        ("other clinic", Some(reception()), now(), other_clinic()),
        ("superseded", Some(superseded), now(), clinic()),
        ("home visit", Some(home.clone()), long_after, clinic()),
        ("home visit withdrawn", Some(home_withdrawn), long_after, clinic()),
        ("home visit given back in part", Some(given_back), long_after, clinic()),
        ("home visit, other clinic", Some(home), now(), other_clinic()),
    ];
    let mut lines = Vec::new();
    for (name, found, now, reader) in &columns {
        let cells: Vec<_> =
            Subject::ALL.iter().map(|subject| may_read(*reader, found.as_ref(), *subject, *now).key()).collect();
        lines.push(format!("{name}: {}", cells.join(" ")));
    }
    let none: Vec<_> = Subject::ALL.iter().map(|subject| may_read(clinic(), None, *subject, now()).key()).collect();
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
        let only = Choices::of(|other| if other == item { Choice::Agree } else { Choice::Decline });
        let found = Reception { choices: only, ..reception() };
        for other in Subject::ALL {
            let expected =
                if other == subject || other == Subject::Eligibility { Access::Readable } else { Access::Declined };
            assert_eq!(may_read(clinic(), Some(&found), other, now()), expected);
        }
    }
}

#[test]
fn a_reading_without_a_day_goes_by_the_reception_that_opens_it() {
    let today = Reception { choices: Choices::all(Choice::Decline), ..reception() };
    let later =
        Reception { term: Term::Visit(day("2026-12-01")), registered: at("2026-11-10T10:00:00+09:00"), ..reception() };
    let both = [today, later];
    let medicines = Subject::Item(crate::Item::Medicines);
    let check = |visit: Option<&str>, expected: Access, found: Option<usize>| {
        let (access, by) = of_person(clinic(), &both, Wanted::Online(visit.map(day)), medicines, now());
        assert_eq!((access, by), (expected, found.map(|place| &both[place])));
    };
    check(None, Access::Readable, Some(1));
    check(Some("2026-12-01"), Access::Readable, Some(1));
    check(Some("2026-11-24"), Access::Declined, Some(0));
    check(Some("2026-11-25"), Access::NotThere, None);
}

#[test]
fn the_flags_of_files_tell_over_from_never() {
    use oqs::{ConsentFlag, ExpiryReason};
    let check = |access: Access, flag: ConsentFlag, reason: Option<ExpiryReason>| {
        assert_eq!((access.flag(), access.expiry_reason()), (flag, reason));
    };
    check(Access::Readable, ConsentFlag::Given, None);
    check(Access::Declined, ConsentFlag::NotGiven, None);
    check(Access::GraceOnly, ConsentFlag::NotGiven, None);
    check(Access::Expired, ConsentFlag::Expired, Some(ExpiryReason::FormOfCare));
    check(Access::Withdrawn(Withdrawer::Patient), ConsentFlag::Expired, Some(ExpiryReason::WithdrawnByPatient));
    let by_clinic = Access::Withdrawn(Withdrawer::Institution);
    check(by_clinic, ConsentFlag::Expired, Some(ExpiryReason::WithdrawnByInstitution));
}
