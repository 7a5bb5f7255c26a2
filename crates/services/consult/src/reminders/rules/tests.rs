use base::{Randomness, ReceptionNumber};
use proptest::prelude::*;

use super::*;
use crate::proof::rules::ledgers::{ConfirmationMethod, RefusedReason, RequestReason};

fn timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn start() -> Timestamp {
    timestamp("2026-11-26T10:30:00+09:00")
}

fn facts(visit_start: Timestamp, last_letter_at: Timestamp) -> RungFacts {
    RungFacts {
        status: AppointmentStatus::Booked,
        visit_start,
        choice: ReminderChoice::On,
        missing: MissingStep::NotBegun,
        last_letter_at,
    }
}

#[test]
fn rungs_are_due_two_days_before_on_the_evening_before_and_two_hours_before() {
    let check = |visit: &str, expected: [&str; 3]| {
        assert_eq!(ReminderRung::ALL.map(|rung| rung.due_at(timestamp(visit))), expected.map(timestamp), "{visit}");
    };
    check(
        "2026-11-26T10:30:00+09:00",
        ["2026-11-24T10:30:00+09:00", "2026-11-25T18:00:00+09:00", "2026-11-26T08:30:00+09:00"],
    );
    check(
        "2026-11-26T00:00:00+09:00",
        ["2026-11-24T00:00:00+09:00", "2026-11-25T18:00:00+09:00", "2026-11-25T22:00:00+09:00"],
    );
    check(
        "2026-11-26T23:45:00+09:00",
        ["2026-11-24T23:45:00+09:00", "2026-11-25T18:00:00+09:00", "2026-11-26T21:45:00+09:00"],
    );
}

#[test]
fn a_rung_is_decided_from_its_time_on_for_three_hours_and_never_after_the_visit_has_begun() {
    let long_ago = timestamp("2026-11-01T09:00:00+09:00");
    let check = |rung: ReminderRung, now: &str, expected: bool| {
        let decision = decide_rung(rung, facts(start(), long_ago), timestamp(now));
        assert_eq!(decision != RungDecision::Obsolete, expected, "{rung} {now}");
    };
    check(ReminderRung::TwoDays, "2026-11-24T10:29:59+09:00", false);
    check(ReminderRung::TwoDays, "2026-11-24T10:30:00+09:00", true);
    check(ReminderRung::TwoDays, "2026-11-24T13:29:59+09:00", true);
    check(ReminderRung::TwoDays, "2026-11-24T13:30:00+09:00", false);
    check(ReminderRung::DayBefore, "2026-11-25T17:59:59+09:00", false);
    check(ReminderRung::DayBefore, "2026-11-25T18:00:00+09:00", true);
    check(ReminderRung::DayBefore, "2026-11-25T20:59:59+09:00", true);
    check(ReminderRung::DayBefore, "2026-11-25T21:00:00+09:00", false);
    check(ReminderRung::DayBefore, "2026-11-24T19:00:00+09:00", false);
    check(ReminderRung::TwoHours, "2026-11-26T08:29:59+09:00", false);
    check(ReminderRung::TwoHours, "2026-11-26T08:30:00+09:00", true);
    check(ReminderRung::TwoHours, "2026-11-26T10:29:59+09:00", true);
    check(ReminderRung::TwoHours, "2026-11-26T10:30:00+09:00", false);
}

#[test]
fn a_closed_visit_has_no_rung() {
    for status in [AppointmentStatus::Cancelled, AppointmentStatus::Completed] {
        let facts = RungFacts { status, ..facts(start(), timestamp("2026-11-01T09:00:00+09:00")) };
        for rung in ReminderRung::ALL {
            assert_eq!(decide_rung(rung, facts, rung.due_at(start())), RungDecision::Obsolete);
        }
    }
}

#[test]
fn whether_a_letter_is_sent_follows_from_the_choice_and_the_letters_before_and_after() {
    let check = |rung: ReminderRung, facts: RungFacts, late: Span, expected: LetterDecision| {
        let now = rung.due_at(facts.visit_start).plus(late);
        let RungDecision::Decided { letter, call } = decide_rung(rung, facts, now) else { panic!("{facts:?}") };
        assert_eq!(letter, expected, "{rung} {facts:?}");
        // The desk is told whatever the patient wants of letters.
        assert_eq!(call, rung == ReminderRung::TwoHours);
    };
    let booked = |rung: ReminderRung, before: Span| facts(start(), rung.due_at(start()).minus(before));
    for rung in ReminderRung::ALL {
        check(rung, booked(rung, Span::from_hours(3)), Span::ZERO, LetterDecision::Sent);
        check(rung, booked(rung, Span::from_mins(179)), Span::ZERO, LetterDecision::TooSoon);
        // Booked after its time.
        check(rung, booked(rung, -Span::from_mins(1)), Span::from_mins(2), LetterDecision::TooSoon);
        let unwanted = RungFacts { choice: ReminderChoice::Off, ..booked(rung, Span::from_hours(9)) };
        check(rung, unwanted, Span::ZERO, LetterDecision::Unwanted);
    }
    // A visit at midnight: what is late on the evening before leaves its place to the reminder two hours before.
    let at_midnight = facts(timestamp("2026-11-26T00:00:00+09:00"), timestamp("2026-11-01T09:00:00+09:00"));
    check(ReminderRung::DayBefore, at_midnight, Span::ZERO, LetterDecision::Sent);
    check(ReminderRung::DayBefore, at_midnight, Span::from_mins(61), LetterDecision::Superseded);
}

#[test]
fn a_desk_calls_about_what_the_patient_must_do() {
    for missing in MissingStep::ALL {
        let facts = RungFacts { missing, ..facts(start(), timestamp("2026-11-01T09:00:00+09:00")) };
        let decision = decide_rung(ReminderRung::TwoHours, facts, ReminderRung::TwoHours.due_at(start()));
        assert_eq!(decision, RungDecision::Decided { letter: LetterDecision::Sent, call: missing.needs_call() });
    }
    assert!(!MissingStep::Nothing.needs_call() && !MissingStep::UnderWay.needs_call());
}

#[test]
fn what_is_missing_follows_from_both_ledgers() {
    let now = start();
    let earlier = now.minus(Span::from_hours(5));
    let staff = || "受付".to_owned();
    let new = InsuranceProof::new;
    let registered = || {
        new().register_consent(ReceptionNumber::new(&Randomness::repeatable("reminders")), end_of_day(now.japan_date()))
    };
    let check = |proof: InsuranceProof, expected: MissingStep| {
        assert_eq!(MissingStep::find(ProofMethodKind::HandOver, Some(&proof), now), expected, "{proof:?}");
    };
    check(new(), MissingStep::NotBegun);
    check(new().depart(earlier), MissingStep::NotReturned);
    check(new().depart(now.minus(Span::from_mins(14))), MissingStep::UnderWay);
    check(new().depart(earlier).end_without_registering(), MissingStep::NotBegun);
    check(registered(), MissingStep::Nothing);
    check(registered().withdraw_consent(), MissingStep::NotBegun);
    check(registered().expire_consent(), MissingStep::NotBegun);
    check(registered().reschedule(earlier.japan_date()), MissingStep::NotBegun);
    check(new().report_done(earlier), MissingStep::Nothing);
    check(new().receive_picture(earlier), MissingStep::Nothing);
    check(new().confirm(ConfirmationMethod::ShownOnScreen, staff(), earlier), MissingStep::Nothing);
    let picture_requested =
        |proof: InsuranceProof| proof.request_proof(RequestedProof::Picture, RequestReason::Blurred, earlier);
    check(picture_requested(new().receive_picture(earlier)), MissingStep::PictureRequested);
    check(picture_requested(new()).receive_picture(earlier), MissingStep::Nothing);
    let consent_requested =
        |proof: InsuranceProof| proof.request_proof(RequestedProof::Consent, RequestReason::NothingYet, earlier);
    check(consent_requested(new()), MissingStep::ProcedureRequested);
    check(consent_requested(new()).depart(now), MissingStep::UnderWay);
    check(new().receive_picture(earlier).refuse(RefusedReason::NotInsured, staff(), earlier), MissingStep::Refused);
    // A clinic without the card can only be sent a picture; a self-pay visit needs nothing.
    let picture_only = MissingStep::find(ProofMethodKind::PictureOnly, Some(&consent_requested(new())), now);
    assert_eq!(picture_only, MissingStep::PictureRequested);
    assert_eq!(MissingStep::find(ProofMethodKind::HandOver, None, now), MissingStep::Nothing);
}

proptest! {
    /// A plain run of the ladder, minute by minute with outages, against the promises.
    #[test]
    fn no_two_letters_are_within_three_hours_and_each_rung_is_decided_once(
        quarter in 0_i64..(4 * 24),
        booked_before_minutes in 1_i64..(72 * 60),
        step_minutes in 1_i64..400,
    ) {
        let visit_start = timestamp("2026-11-26T00:00:00+09:00").plus(Span::from_mins(15 * quarter));
        let booked_at = visit_start.minus(Span::from_mins(booked_before_minutes));
        let mut letters = vec![booked_at];
        let mut decided = Vec::new();
        let mut now = booked_at;
        while now < visit_start.plus(Span::from_hours(5)) {
            for rung in ReminderRung::ALL {
                if decided.contains(&rung) {
                    continue;
                }
                let last_letter_at = *letters.last().expect("the letter of the booking");
                match decide_rung(rung, facts(visit_start, last_letter_at), now) {
                    RungDecision::Obsolete => {}
                    RungDecision::Decided { letter, .. } => {
                        decided.push(rung);
                        prop_assert!(now < visit_start && now >= rung.due_at(visit_start));
                        if letter == LetterDecision::Sent {
                            prop_assert!(booked_at <= rung.due_at(visit_start), "a rung before the booking");
                            letters.push(now);
                        }
                    }
                }
            }
            now = now.plus(Span::from_mins(step_minutes));
        }
        for pair in letters.windows(2) {
            prop_assert!(pair[1].duration_since(pair[0]) >= MIN_PAUSE);
        }
        // A service that runs without an outage decides every rung whose time comes after the booking.
        if step_minutes < 60 {
            let expected = ReminderRung::ALL.iter().filter(|rung| rung.due_at(visit_start) >= booked_at).count();
            prop_assert!(decided.len() >= expected);
        }
    }
}
