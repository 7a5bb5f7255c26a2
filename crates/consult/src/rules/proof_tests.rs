use base::{Randomness, parse_date};
use proptest::prelude::*;

use super::*;

fn at(hour: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + hour * 3600)
}

fn number() -> ReceptionNumber {
    ReceptionNumber::new(&Randomness::repeatable("proof"))
}

fn day() -> Date {
    parse_date("2026-11-24").expect("a date")
}

fn registered() -> Proof {
    Proof::new().leave(at(1)).registered(number(), at(20))
}

fn asked(what: Wanted) -> impl Fn(Proof) -> Proof {
    move |proof| proof.request(what, RequestReason::NothingYet, at(2))
}

#[test]
fn leaving_and_coming_back_registers() {
    assert_eq!(Proof::new().leave(at(1)).patient, PatientSide::Left { at: at(1) });
    let expected = PatientSide::Registered { reception_number: number(), valid_until: at(20) };
    assert_eq!(registered().patient, expected);
}

#[test]
fn leaving_again_loses_nothing() {
    assert_eq!(registered().leave(at(3)), registered());
    assert_eq!(registered().leave(at(3)).ended_without_registering(), registered());
    let picture = Proof::new().picture_sent(at(1));
    assert_eq!(picture.clone().leave(at(2)).ended_without_registering(), picture);
}

#[test]
fn coming_back_without_registering_begins_again() {
    let back = Proof::new().leave(at(1)).ended_without_registering();
    assert_eq!(back.patient, PatientSide::NotStarted(Beginning::Ended));
}

#[test]
fn a_new_proof_answers_a_request_and_a_refusal() {
    let check = |desk: fn(Proof) -> Proof| {
        assert_eq!(desk(Proof::new()).registered(number(), at(20)).desk, DeskSide::Unseen);
        assert_eq!(desk(Proof::new()).picture_sent(at(3)).desk, DeskSide::Unseen);
        assert_eq!(desk(Proof::new()).said_done(at(3)).desk, DeskSide::Unseen);
    };
    check(|proof| asked(Wanted::Picture)(proof));
    check(|proof| asked(Wanted::Consent)(proof));
    check(|proof| proof.refuse(RefusedReason::NotAccepted, "受付".into(), at(2)));
}

#[test]
fn a_confirmation_outlives_a_second_registration() {
    let confirmed = registered().confirm(How::Terminal, "受付".into(), at(2));
    assert_eq!(confirmed.clone().registered(number(), at(20)), confirmed);
}

#[test]
fn a_picture_does_not_hide_a_registration_unless_it_was_asked_for() {
    assert_eq!(registered().picture_sent(at(3)), registered());
    let sent = PatientSide::PictureSent { at: at(3) };
    assert_eq!(asked(Wanted::Picture)(registered()).picture_sent(at(3)).patient, sent);
    let consent = asked(Wanted::Consent)(registered());
    assert_eq!(consent.clone().picture_sent(at(3)), consent);
}

#[test]
fn moving_voids_what_was_tied_to_the_day() {
    let void = PatientSide::NotStarted(Beginning::Moved { from: day() });
    assert_eq!(registered().moved(day()).patient, void);
    assert_eq!(Proof::new().leave(at(1)).moved(day()).patient, void);
    assert_eq!(Proof::new().said_done(at(1)).moved(day()).patient, void);
    let confirmed = registered().confirm(How::Terminal, "受付".into(), at(2));
    assert_eq!(confirmed.moved(day()), Proof { patient: void, desk: DeskSide::Unseen });
}

#[test]
fn moving_keeps_a_picture_and_lets_the_desk_look_again() {
    let picture = Proof::new().picture_sent(at(1)).confirm(How::Picture, "受付".into(), at(2));
    let expected = Proof { patient: PatientSide::PictureSent { at: at(1) }, desk: DeskSide::Unseen };
    assert_eq!(picture.moved(day()), expected);
}

#[test]
fn what_moving_takes_away_is_told_before() {
    let by = || "受付".to_owned();
    let check = |proof: Proof, expected| assert_eq!(proof.lost_by_moving(), expected, "{proof:?}");
    check(Proof::new(), LostByMoving::Nothing);
    check(Proof::new().leave(at(1)), LostByMoving::Consent);
    check(registered(), LostByMoving::Consent);
    check(Proof::new().said_done(at(1)), LostByMoving::Consent);
    check(Proof::new().picture_sent(at(1)), LostByMoving::LookAtPicture);
    check(Proof::new().picture_sent(at(1)).confirm(How::Picture, by(), at(2)), LostByMoving::LookAtPicture);
    check(asked(Wanted::Picture)(Proof::new().picture_sent(at(1))), LostByMoving::Nothing);
    check(Proof::new().confirm(How::ShownOnScreen, by(), at(2)), LostByMoving::Confirmation);
    check(asked(Wanted::Consent)(Proof::new()), LostByMoving::Nothing);
}

#[test]
fn erasing_takes_back_a_picture_and_nothing_else() {
    let erased = PatientSide::NotStarted(Beginning::Erased);
    let picture = Proof::new().picture_sent(at(1));
    assert_eq!(picture.clone().picture_erased(), Proof { patient: erased, desk: DeskSide::Unseen });
    let confirmed = picture.clone().confirm(How::Picture, "受付".into(), at(2)).picture_erased();
    assert!(matches!(confirmed.desk, DeskSide::Confirmed { .. }));
    let asked = asked(Wanted::Picture)(picture).picture_erased();
    assert!(matches!(asked.desk, DeskSide::Requested { .. }));
    assert_eq!(registered().picture_erased(), registered());
    assert_eq!(Proof::new().leave(at(1)).picture_erased(), Proof::new().leave(at(1)));
}

#[test]
fn withdrawing_takes_back_what_the_terminal_showed_and_nothing_else() {
    let withdrawn = PatientSide::NotStarted(Beginning::Withdrawn);
    let by = |how| registered().confirm(how, "受付".into(), at(2)).withdrawn();
    assert_eq!(by(How::Terminal), Proof { patient: withdrawn, desk: DeskSide::Unseen });
    assert!(matches!(by(How::ShownOnScreen).desk, DeskSide::Confirmed { .. }));
    let picture = Proof::new().picture_sent(at(1));
    assert_eq!(picture.clone().withdrawn(), picture);
    assert_eq!(registered().lapsed().patient, PatientSide::NotStarted(Beginning::Lapsed));
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Leave,
    Registered,
    Ended,
    SaidDone,
    Picture,
    Erased,
    Withdrawn,
    Lapsed,
    Moved,
    Request(Wanted),
    Confirm(How),
    Refuse,
}

fn apply(proof: Proof, step: Move, time: Timestamp) -> Proof {
    match step {
        Move::Leave => proof.leave(time),
        Move::Registered => proof.registered(number(), at(1000)),
        Move::Ended => proof.ended_without_registering(),
        Move::SaidDone => proof.said_done(time),
        Move::Picture => proof.picture_sent(time),
        Move::Erased => proof.picture_erased(),
        Move::Withdrawn => proof.withdrawn(),
        Move::Lapsed => proof.lapsed(),
        Move::Moved => proof.moved(day()),
        Move::Request(what) => proof.request(what, RequestReason::Blurred, time),
        Move::Confirm(how) => proof.confirm(how, "受付".into(), time),
        Move::Refuse => proof.refuse(RefusedReason::NotInsured, "受付".into(), time),
    }
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let step = prop_oneof![
        Just(Move::Leave),
        Just(Move::Registered),
        Just(Move::Ended),
        Just(Move::SaidDone),
        Just(Move::Picture),
        Just(Move::Erased),
        Just(Move::Withdrawn),
        Just(Move::Lapsed),
        Just(Move::Moved),
        Just(Move::Request(Wanted::Consent)),
        Just(Move::Request(Wanted::Picture)),
        Just(Move::Confirm(How::Terminal)),
        Just(Move::Confirm(How::Picture)),
        Just(Move::Refuse),
    ];
    proptest::collection::vec(step, 0..30)
}

proptest! {
    #[test]
    fn whatever_happens_the_ledgers_stay_true(moves in moves()) {
        let mut proof = Proof::new();
        for (hour, step) in (1..).zip(moves) {
            let before = proof.clone();
            proof = apply(proof, step, at(hour));
            // A desk's move never changes the patient's ledger.
            if matches!(step, Move::Request(_) | Move::Confirm(_) | Move::Refuse) {
                prop_assert_eq!(before.patient, proof.patient);
            }
            // Only a registration registers, and only the reception or another day takes it back.
            if let PatientSide::Registered { .. } = proof.patient {
                let was = matches!(before.patient, PatientSide::Registered { .. });
                prop_assert!(was || matches!(step, Move::Registered));
            } else if let PatientSide::Registered { .. } = before.patient {
                prop_assert!(matches!(step, Move::Withdrawn | Move::Lapsed | Move::Moved | Move::Picture));
            }
            // What moving changes is told before.
            if matches!(step, Move::Moved) && before.lost_by_moving() == LostByMoving::Nothing {
                let desk = matches!(before.desk, DeskSide::Refused { .. }) || proof.desk == before.desk;
                prop_assert!(proof.patient == before.patient && desk);
            }
            // No consent outlives its day.
            if matches!(step, Move::Moved) {
                let untied = matches!(proof.patient, PatientSide::NotStarted(_) | PatientSide::PictureSent { .. });
                prop_assert!(untied);
                prop_assert!(matches!(proof.desk, DeskSide::Unseen | DeskSide::Requested { .. }), "confirmation not void");
            }
            // The patient's moves never confirm, request or refuse.
            if !matches!(step, Move::Request(_) | Move::Confirm(_) | Move::Refuse) {
                prop_assert!(proof.desk == before.desk || proof.desk == DeskSide::Unseen);
            }
        }
    }
}
