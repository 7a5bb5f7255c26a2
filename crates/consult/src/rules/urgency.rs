//! How urgent a visit is for the desk: in which band of the list it stands.

use base::{Span, Timestamp};

use super::{
    appointment::Status,
    proof::{DeskSide, PatientSide, Proof, is_under_way},
    standing::DeskNext,
};

/// How long before a visit it counts as near.
pub const NEAR: Span = Span::from_mins(30);
/// How long after its end a visit still stands among those of now, as visits run late.
const RUNS_LATE: Span = Span::from_mins(15);

/// A band of the list, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// The visit is near or has begun, and nothing has come by which insurance could be confirmed.
    Telephone,
    /// The visit has begun.
    Now,
    /// The visit is near.
    Soon,
    /// The visit is to come.
    Later,
    /// The visit was held, was cancelled, or its time is over.
    Over,
}

/// When a visit is, and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitTime {
    /// When it begins.
    pub start: Timestamp,
    /// How many minutes it takes.
    pub minutes: u32,
    /// How far the appointment has come.
    pub status: Status,
}

/// The band of a visit at `now`. A self-pay visit has no ledgers.
pub fn band(visit: VisitTime, proof: Option<&Proof>, now: Timestamp) -> Band {
    let end = visit.start.plus(Span::from_mins(i64::from(visit.minutes)));
    if visit.status != Status::Booked || now >= end.plus(RUNS_LATE) {
        return Band::Over;
    }
    let begun = now >= visit.start;
    let near = visit.start.since(now) <= NEAR;
    if near && proof.is_some_and(|proof| needs_telephone(proof, begun, now)) {
        Band::Telephone
    } else if begun {
        Band::Now
    } else if near {
        Band::Soon
    } else {
        Band::Later
    }
}

/// Whether nothing has come that the desk could look at, and nothing is about to.
fn needs_telephone(proof: &Proof, begun: bool, now: Timestamp) -> bool {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { .. }, _) => false,
        (_, PatientSide::NotStarted(_)) => true,
        (_, PatientSide::Left { at }) => begun || !is_under_way(*at, now),
        (DeskSide::Unseen, _) => false,
        // What the desk asked for has not come.
        (DeskSide::Requested { .. } | DeskSide::Refused { .. }, _) => true,
    }
}

/// Whole minutes until a visit begins, rounded up; `None` once it has begun.
pub fn minutes_until(start: Timestamp, now: Timestamp) -> Option<u64> {
    let left = u64::try_from(start.since(now).as_millis()).ok().filter(|left| *left > 0)?;
    Some(left.div_ceil(60_000))
}

/// Whether the desk has something to do about a visit.
pub fn needs_action(band: Band, status: Status, next: DeskNext) -> bool {
    match band {
        Band::Telephone => true,
        // Its time is over and nobody has said that it was held.
        Band::Over => status == Status::Booked,
        Band::Now | Band::Soon | Band::Later => {
            matches!(next, DeskNext::AskPatient | DeskNext::CheckTerminal | DeskNext::LookAtPicture)
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Randomness, ReceptionNumber};

    use super::*;
    use crate::rules::proof::{How, RefusedReason, RequestReason, Wanted};

    fn start() -> Timestamp {
        "2026-11-24T10:30:00+09:00".parse().expect("a timestamp")
    }

    /// So many minutes after the visit begins.
    fn at(minutes: i64) -> Timestamp {
        start().plus(Span::from_mins(minutes))
    }

    fn visit(status: Status) -> VisitTime {
        VisitTime { start: start(), minutes: 15, status }
    }

    fn registered() -> Proof {
        Proof::new().registered(ReceptionNumber::new(&Randomness::repeatable("urgency")), at(1000))
    }

    fn asked(proof: Proof) -> Proof {
        proof.request(Wanted::Picture, RequestReason::NothingYet, at(-120))
    }

    fn refused(proof: Proof) -> Proof {
        proof.refuse(RefusedReason::NotInsured, "受付".to_owned(), at(-120))
    }

    #[test]
    fn the_bands_by_time() {
        let check = |minutes, expected| {
            let confirmed = registered().confirm(How::Terminal, "受付".to_owned(), at(-100));
            assert_eq!(band(visit(Status::Booked), Some(&confirmed), at(minutes)), expected, "{minutes}");
            assert_eq!(band(visit(Status::Booked), None, at(minutes)), expected, "self-pay, {minutes}");
        };
        check(-24 * 60, Band::Later);
        check(-31, Band::Later);
        check(-30, Band::Soon);
        check(-1, Band::Soon);
        check(0, Band::Now);
        check(15, Band::Now);
        check(29, Band::Now);
        check(30, Band::Over);
        for closed in [Status::Cancelled, Status::Completed] {
            assert_eq!(band(visit(closed), Some(&Proof::new()), at(-5)), Band::Over);
        }
    }

    #[test]
    fn who_must_be_telephoned() {
        let check = |proof: Proof, minutes, expected| {
            assert_eq!(band(visit(Status::Booked), Some(&proof), at(minutes)), expected, "{proof:?} {minutes}");
        };
        // Nothing has come.
        check(Proof::new(), -31, Band::Later);
        check(Proof::new(), -30, Band::Telephone);
        check(Proof::new(), 1, Band::Telephone);
        check(Proof::new(), 30, Band::Over);
        // Asked, and nothing has come: the case that stood as "waiting" six minutes before its visit.
        check(asked(Proof::new()), -6, Band::Telephone);
        check(asked(Proof::new()), 1, Band::Telephone);
        // At the reception now, or since long; once the visit begins nobody waits for it.
        check(Proof::new().leave(at(-20)), -10, Band::Soon);
        check(Proof::new().leave(at(-25)), -10, Band::Telephone);
        check(Proof::new().leave(at(-2)), 0, Band::Telephone);
        check(Proof::new().leave(at(-20)).ended_without_registering(), -10, Band::Telephone);
        // There is something to look at.
        check(registered(), -10, Band::Soon);
        check(registered(), 1, Band::Now);
        check(Proof::new().picture_sent(at(-60)), -10, Band::Soon);
        check(Proof::new().said_done(at(-60)), -10, Band::Soon);
        // It was looked at and was not enough.
        check(asked(registered()), -10, Band::Telephone);
        check(refused(Proof::new().picture_sent(at(-130))), -10, Band::Telephone);
        check(registered().confirm(How::Terminal, "受付".to_owned(), at(-100)), -10, Band::Soon);
    }

    #[test]
    fn minutes_left_are_rounded_up() {
        let check = |now: Timestamp, expected| assert_eq!(minutes_until(start(), now), expected);
        check(at(-12), Some(12));
        check(at(-12).plus(Span::from_secs(1)), Some(12));
        check(at(0).minus(Span::from_millis(1)), Some(1));
        check(at(0), None);
        check(at(5), None);
    }

    #[test]
    fn what_the_desk_has_to_do() {
        let check = |band, status, next, expected| {
            assert_eq!(needs_action(band, status, next), expected, "{band:?} {status:?} {next:?}");
        };
        check(Band::Telephone, Status::Booked, DeskNext::WaitForPatient, true);
        check(Band::Later, Status::Booked, DeskNext::WaitForPatient, false);
        check(Band::Later, Status::Booked, DeskNext::AskPatient, true);
        check(Band::Soon, Status::Booked, DeskNext::CheckTerminal, true);
        check(Band::Now, Status::Booked, DeskNext::LookAtPicture, true);
        check(Band::Now, Status::Booked, DeskNext::SeePatient, false);
        check(Band::Over, Status::Booked, DeskNext::Nothing, true);
        check(Band::Over, Status::Completed, DeskNext::Nothing, false);
        check(Band::Over, Status::Cancelled, DeskNext::Nothing, false);
    }
}
