//! Whether a reception may be registered.

use base::{Date, Span, Timestamp};

use crate::{
    Refusal,
    rules::reception::{ReceptionState, ReceptionTerm},
};

/// How many days ahead a visit may be. The sources give no number; institutions open slots at most three months ahead.
pub const DAYS_AHEAD: i64 = 92;

/// 健康保険証利用登録: whether the person has registered the card as insurance card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InsuranceCard {
    Registered,
    NotRegistered,
}

/// オンライン診療等機能, 訪問診療等機能: whether an institution takes receptions for a kind of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnlineFunction {
    On,
    Off,
}

/// Whether a reception for `term` may be registered at `now`, with an institution whose function for its kind of care is
/// `function` (none: the institution is unknown).
pub fn check_registrable(
    card: InsuranceCard,
    function: Option<OnlineFunction>,
    term: ReceptionTerm,
    now: Timestamp,
) -> Result<(), Refusal> {
    match function {
        None => return Err(Refusal::UnknownInstitution),
        Some(OnlineFunction::Off) => return Err(Refusal::FunctionOff),
        Some(OnlineFunction::On) => {}
    }
    if card == InsuranceCard::NotRegistered {
        return Err(Refusal::NotInsuranceCard);
    }
    match term {
        ReceptionTerm::Visit(day) if day < now.japan_date() => Err(Refusal::VisitPast),
        ReceptionTerm::Visit(day) if day > last_visit_date(now) => Err(Refusal::VisitTooFar),
        ReceptionTerm::Visit(_) | ReceptionTerm::UntilWithdrawn => Ok(()),
    }
}

/// The last visit day that can be registered at `now`.
pub fn last_visit_date(now: Timestamp) -> Date {
    now.plus(Span::from_hours(24 * DAYS_AHEAD)).japan_date()
}

/// The choices of a reception may be changed only while it is registered.
pub fn check_changeable(state: ReceptionState) -> Result<(), Refusal> {
    match state {
        ReceptionState::Registered { .. } => Ok(()),
        ReceptionState::Withdrawn { .. } => Err(Refusal::Withdrawn),
        ReceptionState::Expired { .. } => Err(Refusal::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(card: InsuranceCard, function: Option<OnlineFunction>, term: ReceptionTerm, expected: Result<(), &str>) {
        let now = "2026-11-24T23:59:59+09:00".parse().unwrap();
        let outcome = check_registrable(card, function, term, now).map_err(|refusal| web::Refuse::code(&refusal));
        assert_eq!(outcome, expected, "{term:?}");
    }

    fn visit(text: &str) -> ReceptionTerm {
        ReceptionTerm::Visit(base::parse_date(text).unwrap())
    }

    #[test]
    fn a_visit_is_from_today_to_three_months_ahead() {
        use InsuranceCard::{NotRegistered, Registered};
        use OnlineFunction::{Off, On};
        check(Registered, Some(On), visit("2026-11-24"), Ok(()));
        check(Registered, Some(On), visit("2026-11-23"), Err("eligibility.register.visit_past"));
        check(Registered, Some(On), visit("2027-02-24"), Ok(()));
        check(Registered, Some(On), visit("2027-02-25"), Err("eligibility.register.visit_too_far"));
        check(NotRegistered, Some(On), visit("2026-11-25"), Err("eligibility.register.not_insurance_card"));
        check(Registered, Some(Off), visit("2026-11-25"), Err("eligibility.register.function_off"));
        check(Registered, None, visit("2026-11-25"), Err("eligibility.register.unknown_institution"));
        check(Registered, Some(On), ReceptionTerm::UntilWithdrawn, Ok(()));
        check(Registered, Some(Off), ReceptionTerm::UntilWithdrawn, Err("eligibility.register.function_off"));
        check(NotRegistered, Some(On), ReceptionTerm::UntilWithdrawn, Err("eligibility.register.not_insurance_card"));
    }

    #[test]
    fn a_visit_ends_with_its_day_in_japan_and_a_home_visit_only_by_withdrawal() {
        let end = visit("2026-11-24").end().map(|end| end.to_string());
        assert_eq!(end.as_deref(), Some("2026-11-25T00:00:00+09:00"));
        assert_eq!(ReceptionTerm::UntilWithdrawn.end(), None);
    }
}
