use std::collections::HashSet;

use text::Language;

use super::*;
use crate::proof::rules::ledgers::{RefusedReason, RequestReason, UNDER_WAY_WINDOW};

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().expect("a timestamp")
}

fn visit(method: ProofMethodKind) -> Visit {
    Visit {
        date: base::parse_date("2026-11-24").expect("a date"),
        status: AppointmentStatus::Booked,
        proof_method: method,
    }
}

fn all_patient_sides() -> Vec<PatientSide> {
    let previous_date = base::parse_date("2026-11-20").expect("a date");
    let reception_number = base::ReceptionNumber::new(&base::Randomness::repeatable("standing"));
    let mut sides: Vec<_> = [
        NotStartedReason::Booked,
        NotStartedReason::Rescheduled { previous_date },
        NotStartedReason::Ended,
        NotStartedReason::Erased,
        NotStartedReason::Withdrawn,
        NotStartedReason::Expired,
    ]
    .map(PatientSide::NotStarted)
    .into();
    sides.extend([
        PatientSide::Departed { departed_at: now() },
        PatientSide::Registered { reception_number, valid_until: base::end_of_day(previous_date) },
        PatientSide::ReportedDone { reported_at: now() },
        PatientSide::PictureSent { sent_at: now() },
    ]);
    sides
}

fn all_desk_sides() -> Vec<DeskSide> {
    let staff = || "受付".to_owned();
    let mut sides = vec![DeskSide::Unseen];
    for proof in RequestedProof::ALL {
        for reason in RequestReason::ALL {
            sides.push(DeskSide::Requested { requested_proof: proof, reason, requested_at: now() });
        }
    }
    sides.extend(ConfirmationMethod::ALL.iter().map(|method| DeskSide::Confirmed {
        method: *method,
        confirmed_by: staff(),
        confirmed_at: now(),
    }));
    sides.extend(RefusedReason::ALL.iter().map(|reason| DeskSide::Refused {
        reason: *reason,
        refused_by: staff(),
        refused_at: now(),
    }));
    sides
}

#[test]
fn every_pair_has_a_sentence_for_each_side_and_the_pictured_way_is_never_asked_for_a_card() {
    for method in [ProofMethodKind::HandOver, ProofMethodKind::FixedUrl, ProofMethodKind::PictureOnly] {
        for patient in all_patient_sides() {
            for desk in all_desk_sides() {
                let proof = InsuranceProof { patient, desk: desk.clone() };
                let steps = decide_next_steps(visit(method), Some(&proof), now());
                for language in [Language::Japanese, Language::English] {
                    assert!(steps.patient_text.in_language(language).len() > 10, "{proof:?}");
                    assert!(steps.desk_text.in_language(language).len() > 5, "{proof:?}");
                }
                assert_ne!(steps.patient_step, PatientNextStep::Nothing, "{proof:?}");
                assert_ne!(steps.desk_step, DeskNextStep::Nothing, "{proof:?}");
                let asks_for_card =
                    matches!(steps.patient_step, PatientNextStep::ChooseConsent | PatientNextStep::ContinueConsent);
                assert!(!(method == ProofMethodKind::PictureOnly && asks_for_card), "{proof:?}");
                // The two sides do not wait for each other.
                let patient_waits = steps.patient_step == PatientNextStep::WaitForInstitution;
                assert!(!(patient_waits && steps.desk_step == DeskNextStep::WaitForPatient), "{proof:?}");
                // After a confirmation nobody has to act.
                if matches!(desk, DeskSide::Confirmed { .. }) {
                    let next = (steps.patient_step, steps.desk_step);
                    assert_eq!(next, (PatientNextStep::WaitForVisit, DeskNextStep::SeePatient), "{proof:?}");
                }
                // After a request or refusal the patient has a step.
                if matches!(desk, DeskSide::Requested { .. } | DeskSide::Refused { .. }) {
                    let has_step = matches!(steps.patient_step, PatientNextStep::SendPicture) || asks_for_card;
                    assert!(has_step, "{proof:?}");
                }
            }
        }
    }
}

#[test]
fn the_drawing_of_next_steps() {
    use DeskNextStep as D;
    use PatientNextStep as P;
    let staff = || "受付".to_owned();
    let sides = all_patient_sides();
    let (nothing, departed, registered, reported, picture) = (sides[0], sides[6], sides[7], sides[8], sides[9]);
    let requested =
        |proof| DeskSide::Requested { requested_proof: proof, reason: RequestReason::NothingYet, requested_at: now() };
    let refused = DeskSide::Refused { reason: RefusedReason::NotInsured, refused_by: staff(), refused_at: now() };
    let check = |patient, desk: &DeskSide, expected| {
        let steps = decide_next_steps(
            visit(ProofMethodKind::HandOver),
            Some(&InsuranceProof { patient, desk: desk.clone() }),
            now(),
        );
        assert_eq!((steps.patient_step, steps.desk_step), expected, "{patient:?} {desk:?}");
    };
    check(nothing, &DeskSide::Unseen, (P::ChooseConsent, D::AskPatient));
    check(departed, &DeskSide::Unseen, (P::ContinueConsent, D::WaitForPatient));
    check(registered, &DeskSide::Unseen, (P::WaitForVisit, D::CheckTerminal));
    check(reported, &DeskSide::Unseen, (P::WaitForInstitution, D::CheckTerminal));
    check(picture, &DeskSide::Unseen, (P::WaitForInstitution, D::ReviewPicture));
    check(nothing, &requested(RequestedProof::Consent), (P::ChooseConsent, D::WaitForPatient));
    check(nothing, &requested(RequestedProof::Picture), (P::SendPicture, D::WaitForPatient));
    check(departed, &requested(RequestedProof::Consent), (P::ContinueConsent, D::WaitForPatient));
    let departed_long_ago = PatientSide::Departed { departed_at: now().minus(UNDER_WAY_WINDOW) };
    check(departed_long_ago, &DeskSide::Unseen, (P::ContinueConsent, D::CheckTerminal));
    check(departed_long_ago, &requested(RequestedProof::Consent), (P::ContinueConsent, D::CheckTerminal));
    check(picture, &requested(RequestedProof::Picture), (P::SendPicture, D::WaitForPatient));
    check(registered, &refused, (P::SendPicture, D::WaitForPatient));
    check(picture, &refused, (P::ChooseConsent, D::WaitForPatient));
}

#[test]
fn the_day_ends_at_midnight_in_japan() {
    let proof = InsuranceProof::new();
    let visit = visit(ProofMethodKind::HandOver);
    let midnight = base::end_of_day(visit.date);
    let patient_step = |now| decide_next_steps(visit, Some(&proof), now).patient_step;
    assert_eq!(patient_step(midnight.minus(base::Span::from_millis(1))), PatientNextStep::ChooseConsent);
    assert_eq!(patient_step(midnight), PatientNextStep::Nothing);
}

#[test]
fn a_closed_appointment_asks_nothing_of_anybody() {
    for status in [AppointmentStatus::Cancelled, AppointmentStatus::Completed] {
        let steps = decide_next_steps(
            Visit { status, ..visit(ProofMethodKind::HandOver) },
            Some(&InsuranceProof::new()),
            now(),
        );
        assert_eq!((steps.patient_step, steps.desk_step), (PatientNextStep::Nothing, DeskNextStep::Nothing));
    }
}

#[test]
fn self_pay_needs_no_proof() {
    let steps = decide_next_steps(visit(ProofMethodKind::HandOver), None, now());
    assert_eq!((steps.patient_step, steps.desk_step), (PatientNextStep::WaitForVisit, DeskNextStep::SeePatient));
}

#[test]
fn each_beginning_has_its_own_sentence() {
    let sentences: HashSet<_> = all_patient_sides()[..6]
        .iter()
        .map(|patient| {
            let proof = InsuranceProof { patient: *patient, desk: DeskSide::Unseen };
            decide_next_steps(visit(ProofMethodKind::HandOver), Some(&proof), now())
                .patient_text
                .in_language(Language::Japanese)
                .to_owned()
        })
        .collect();
    assert_eq!(sentences.len(), 6);
}
