use base::{Date, Randomness, ReceptionNumber, Timestamp, parse_date};
use proptest::prelude::*;

use super::{
    ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RefusedReason, RequestReason,
    RequestedProof, ReschedulingLoss,
};

fn at_hour(hour: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + hour * 3600)
}

fn reception_number() -> ReceptionNumber {
    ReceptionNumber::new(&Randomness::repeatable("proof"))
}

fn previous_date() -> Date {
    parse_date("2026-11-24").expect("a date")
}

fn registered_proof() -> InsuranceProof {
    InsuranceProof::new().depart(at_hour(1)).register_consent(reception_number(), at_hour(20))
}

fn requesting(requested: RequestedProof) -> impl Fn(InsuranceProof) -> InsuranceProof {
    move |proof| proof.request_proof(requested, RequestReason::NothingYet, at_hour(2))
}

#[test]
fn leaving_and_coming_back_registers() {
    assert_eq!(InsuranceProof::new().depart(at_hour(1)).patient, PatientSide::Departed { departed_at: at_hour(1) });
    let expected = PatientSide::Registered { reception_number: reception_number(), valid_until: at_hour(20) };
    assert_eq!(registered_proof().patient, expected);
}

#[test]
fn leaving_again_loses_nothing() {
    assert_eq!(registered_proof().depart(at_hour(3)), registered_proof());
    assert_eq!(registered_proof().depart(at_hour(3)).end_without_registering(), registered_proof());
    let picture = InsuranceProof::new().receive_picture(at_hour(1));
    assert_eq!(picture.clone().depart(at_hour(2)).end_without_registering(), picture);
}

#[test]
fn coming_back_without_registering_begins_again() {
    let returned = InsuranceProof::new().depart(at_hour(1)).end_without_registering();
    assert_eq!(returned.patient, PatientSide::NotStarted(NotStartedReason::Ended));
}

#[test]
fn a_new_proof_answers_a_request_and_a_refusal() {
    let check = |desk: fn(InsuranceProof) -> InsuranceProof| {
        assert_eq!(
            desk(InsuranceProof::new()).register_consent(reception_number(), at_hour(20)).desk,
            DeskSide::Unseen
        );
        assert_eq!(desk(InsuranceProof::new()).receive_picture(at_hour(3)).desk, DeskSide::Unseen);
        assert_eq!(desk(InsuranceProof::new()).report_done(at_hour(3)).desk, DeskSide::Unseen);
    };
    check(|proof| requesting(RequestedProof::Picture)(proof));
    check(|proof| requesting(RequestedProof::Consent)(proof));
    check(|proof| proof.refuse(RefusedReason::NotAccepted, "受付".into(), at_hour(2)));
}

#[test]
fn a_confirmation_outlives_a_second_registration() {
    let confirmed = registered_proof().confirm(ConfirmationMethod::Terminal, "受付".into(), at_hour(2));
    assert_eq!(confirmed.clone().register_consent(reception_number(), at_hour(20)), confirmed);
}

#[test]
fn a_picture_does_not_hide_a_registration_unless_it_was_asked_for() {
    assert_eq!(registered_proof().receive_picture(at_hour(3)), registered_proof());
    let sent = PatientSide::PictureSent { sent_at: at_hour(3) };
    assert_eq!(requesting(RequestedProof::Picture)(registered_proof()).receive_picture(at_hour(3)).patient, sent);
    let consent = requesting(RequestedProof::Consent)(registered_proof());
    assert_eq!(consent.clone().receive_picture(at_hour(3)), consent);
}

#[test]
fn moving_voids_what_was_tied_to_the_day() {
    let void = PatientSide::NotStarted(NotStartedReason::Rescheduled { previous_date: previous_date() });
    assert_eq!(registered_proof().reschedule(previous_date()).patient, void);
    assert_eq!(InsuranceProof::new().depart(at_hour(1)).reschedule(previous_date()).patient, void);
    assert_eq!(InsuranceProof::new().report_done(at_hour(1)).reschedule(previous_date()).patient, void);
    let confirmed = registered_proof().confirm(ConfirmationMethod::Terminal, "受付".into(), at_hour(2));
    assert_eq!(confirmed.reschedule(previous_date()), InsuranceProof { patient: void, desk: DeskSide::Unseen });
}

#[test]
fn moving_keeps_a_picture_and_lets_the_desk_look_again() {
    let picture = InsuranceProof::new().receive_picture(at_hour(1)).confirm(
        ConfirmationMethod::Picture,
        "受付".into(),
        at_hour(2),
    );
    let expected = InsuranceProof { patient: PatientSide::PictureSent { sent_at: at_hour(1) }, desk: DeskSide::Unseen };
    assert_eq!(picture.reschedule(previous_date()), expected);
}

#[test]
fn what_moving_takes_away_is_told_before() {
    let staff = || "受付".to_owned();
    let check = |proof: InsuranceProof, expected| assert_eq!(proof.rescheduling_loss(), expected, "{proof:?}");
    check(InsuranceProof::new(), ReschedulingLoss::Nothing);
    check(InsuranceProof::new().depart(at_hour(1)), ReschedulingLoss::Consent);
    check(registered_proof(), ReschedulingLoss::Consent);
    check(InsuranceProof::new().report_done(at_hour(1)), ReschedulingLoss::Consent);
    check(InsuranceProof::new().receive_picture(at_hour(1)), ReschedulingLoss::PictureReview);
    check(
        InsuranceProof::new().receive_picture(at_hour(1)).confirm(ConfirmationMethod::Picture, staff(), at_hour(2)),
        ReschedulingLoss::PictureReview,
    );
    check(
        requesting(RequestedProof::Picture)(InsuranceProof::new().receive_picture(at_hour(1))),
        ReschedulingLoss::Nothing,
    );
    check(
        InsuranceProof::new().confirm(ConfirmationMethod::ShownOnScreen, staff(), at_hour(2)),
        ReschedulingLoss::Confirmation,
    );
    check(requesting(RequestedProof::Consent)(InsuranceProof::new()), ReschedulingLoss::Nothing);
}

#[test]
fn erasing_takes_back_a_picture_and_nothing_else() {
    let erased = PatientSide::NotStarted(NotStartedReason::Erased);
    let picture = InsuranceProof::new().receive_picture(at_hour(1));
    assert_eq!(picture.clone().erase_picture(), InsuranceProof { patient: erased, desk: DeskSide::Unseen });
    let confirmed = picture.clone().confirm(ConfirmationMethod::Picture, "受付".into(), at_hour(2)).erase_picture();
    assert!(matches!(confirmed.desk, DeskSide::Confirmed { .. }));
    let requested = requesting(RequestedProof::Picture)(picture).erase_picture();
    assert!(matches!(requested.desk, DeskSide::Requested { .. }));
    assert_eq!(registered_proof().erase_picture(), registered_proof());
    assert_eq!(InsuranceProof::new().depart(at_hour(1)).erase_picture(), InsuranceProof::new().depart(at_hour(1)));
}

#[test]
fn withdrawing_takes_back_what_the_terminal_showed_and_nothing_else() {
    let withdrawn = PatientSide::NotStarted(NotStartedReason::Withdrawn);
    let withdraw_after = |method| registered_proof().confirm(method, "受付".into(), at_hour(2)).withdraw_consent();
    assert_eq!(
        withdraw_after(ConfirmationMethod::Terminal),
        InsuranceProof { patient: withdrawn, desk: DeskSide::Unseen }
    );
    assert!(matches!(withdraw_after(ConfirmationMethod::ShownOnScreen).desk, DeskSide::Confirmed { .. }));
    let picture = InsuranceProof::new().receive_picture(at_hour(1));
    assert_eq!(picture.clone().withdraw_consent(), picture);
    assert_eq!(registered_proof().expire_consent().patient, PatientSide::NotStarted(NotStartedReason::Expired));
}

#[derive(Debug, Clone, Copy)]
enum ProofTransition {
    Depart,
    RegisterConsent,
    EndWithoutRegistering,
    ReportDone,
    ReceivePicture,
    ErasePicture,
    WithdrawConsent,
    ExpireConsent,
    Reschedule,
    Request(RequestedProof),
    Confirm(ConfirmationMethod),
    Refuse,
}

fn apply(proof: InsuranceProof, step: ProofTransition, time: Timestamp) -> InsuranceProof {
    match step {
        ProofTransition::Depart => proof.depart(time),
        ProofTransition::RegisterConsent => proof.register_consent(reception_number(), at_hour(1000)),
        ProofTransition::EndWithoutRegistering => proof.end_without_registering(),
        ProofTransition::ReportDone => proof.report_done(time),
        ProofTransition::ReceivePicture => proof.receive_picture(time),
        ProofTransition::ErasePicture => proof.erase_picture(),
        ProofTransition::WithdrawConsent => proof.withdraw_consent(),
        ProofTransition::ExpireConsent => proof.expire_consent(),
        ProofTransition::Reschedule => proof.reschedule(previous_date()),
        ProofTransition::Request(requested) => proof.request_proof(requested, RequestReason::Blurred, time),
        ProofTransition::Confirm(method) => proof.confirm(method, "受付".into(), time),
        ProofTransition::Refuse => proof.refuse(RefusedReason::NotInsured, "受付".into(), time),
    }
}

fn transitions() -> impl Strategy<Value = Vec<ProofTransition>> {
    let step = prop_oneof![
        Just(ProofTransition::Depart),
        Just(ProofTransition::RegisterConsent),
        Just(ProofTransition::EndWithoutRegistering),
        Just(ProofTransition::ReportDone),
        Just(ProofTransition::ReceivePicture),
        Just(ProofTransition::ErasePicture),
        Just(ProofTransition::WithdrawConsent),
        Just(ProofTransition::ExpireConsent),
        Just(ProofTransition::Reschedule),
        Just(ProofTransition::Request(RequestedProof::Consent)),
        Just(ProofTransition::Request(RequestedProof::Picture)),
        Just(ProofTransition::Confirm(ConfirmationMethod::Terminal)),
        Just(ProofTransition::Confirm(ConfirmationMethod::Picture)),
        Just(ProofTransition::Refuse),
    ];
    proptest::collection::vec(step, 0..30)
}

proptest! {
    #[test]
    fn whatever_happens_the_ledgers_stay_true(moves in transitions()) {
        let mut proof = InsuranceProof::new();
        for (hour, step) in (1..).zip(moves) {
            let before = proof.clone();
            proof = apply(proof, step, at_hour(hour));
            // A transition by the desk never changes the patient's ledger.
            if matches!(step, ProofTransition::Request(_) | ProofTransition::Confirm(_) | ProofTransition::Refuse) {
                prop_assert_eq!(before.patient, proof.patient);
            }
            // Only a registration registers, and only the reception, another day or a requested picture ends it.
            if let PatientSide::Registered { .. } = proof.patient {
                let was = matches!(before.patient, PatientSide::Registered { .. });
                prop_assert!(was || matches!(step, ProofTransition::RegisterConsent));
            } else if let PatientSide::Registered { .. } = before.patient {
                prop_assert!(matches!(step, ProofTransition::WithdrawConsent | ProofTransition::ExpireConsent | ProofTransition::Reschedule | ProofTransition::ReceivePicture));
            }
            // Rescheduling voids nothing that was not announced.
            if matches!(step, ProofTransition::Reschedule) && before.rescheduling_loss() == ReschedulingLoss::Nothing {
                let desk = matches!(before.desk, DeskSide::Refused { .. }) || proof.desk == before.desk;
                prop_assert!(proof.patient == before.patient && desk);
            }
            // Consent is void on another day.
            if matches!(step, ProofTransition::Reschedule) {
                let untied = matches!(proof.patient, PatientSide::NotStarted(_) | PatientSide::PictureSent { .. });
                prop_assert!(untied);
                prop_assert!(matches!(proof.desk, DeskSide::Unseen | DeskSide::Requested { .. }), "confirmation not void");
            }
            // Transitions by the patient never confirm, request or refuse.
            if !matches!(step, ProofTransition::Request(_) | ProofTransition::Confirm(_) | ProofTransition::Refuse) {
                prop_assert!(proof.desk == before.desk || proof.desk == DeskSide::Unseen);
            }
        }
    }
}
