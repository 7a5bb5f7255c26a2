//! Whether a reception may be registered.

use base::{Date, Span, Timestamp, end_of_day};

use crate::{Institution, Refusal, rules::reading::Standing};

/// How many days ahead a visit may be. The sources name no number; three months is as far as institutions open slots.
pub const DAYS_AHEAD: i64 = 92;

/// 健康保険証利用登録: whether the person has registered the card as insurance card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InsuranceCard {
    /// Registered.
    Registered,
    /// Not registered.
    NotRegistered,
}

/// オンライン診療等機能: whether an institution takes receptions for online care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnlineFunction {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// Until when a reception for `visit_date` that is registered at `now` will hold, if it may be registered.
pub fn registrable(
    card: InsuranceCard,
    institution: Option<&Institution>,
    visit_date: Date,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    match institution.map(|institution| institution.online) {
        None => return Err(Refusal::UnknownInstitution),
        Some(OnlineFunction::Off) => return Err(Refusal::FunctionOff),
        Some(OnlineFunction::On) => {}
    }
    if card == InsuranceCard::NotRegistered {
        return Err(Refusal::NotInsuranceCard);
    }
    if visit_date < now.japan_date() {
        return Err(Refusal::VisitPast);
    }
    if visit_date > last_visit_date(now) {
        return Err(Refusal::VisitTooFar);
    }
    Ok(end_of_day(visit_date))
}

/// The last day for which a reception may be registered at `now`.
pub fn last_visit_date(now: Timestamp) -> Date {
    now.plus(Span::from_hours(24 * DAYS_AHEAD)).japan_date()
}

/// The choices of a reception may be changed only as long as it holds.
pub fn changeable(standing: Standing) -> Result<(), Refusal> {
    match standing {
        Standing::Registered { .. } => Ok(()),
        Standing::Withdrawn { .. } => Err(Refusal::Withdrawn),
        Standing::Expired { .. } => Err(Refusal::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        card: InsuranceCard,
        online: Option<OnlineFunction>,
        visit: &str,
        now: &str,
        expected: Result<&str, &str>,
    ) {
        let institution = online.map(|online| Institution {
            code: "0110113719".parse().unwrap(),
            name: "ひまわり内科".to_owned(),
            online,
        });
        let visit = base::parse_date(visit).unwrap();
        let answer = registrable(card, institution.as_ref(), visit, now.parse().unwrap());
        let answer = answer.map(|until| until.to_string()).map_err(|refusal| shell::Refuse::code(&refusal).to_owned());
        assert_eq!(answer, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn a_reception_holds_to_the_end_of_the_visit_day_in_japan() {
        use InsuranceCard::{NotRegistered, Registered};
        use OnlineFunction::{Off, On};
        let now = "2026-11-24T23:59:59+09:00";
        check(Registered, Some(On), "2026-11-24", now, Ok("2026-11-25T00:00:00+09:00"));
        check(Registered, Some(On), "2026-11-25", now, Ok("2026-11-26T00:00:00+09:00"));
        check(Registered, Some(On), "2026-11-23", now, Err("eligibility.register.visit_past"));
        check(Registered, Some(On), "2026-11-24", "2026-11-25T00:00:00+09:00", Err("eligibility.register.visit_past"));
        check(Registered, Some(On), "2027-02-24", now, Ok("2027-02-25T00:00:00+09:00"));
        check(Registered, Some(On), "2027-02-25", now, Err("eligibility.register.visit_too_far"));
        check(NotRegistered, Some(On), "2026-11-25", now, Err("eligibility.register.not_insurance_card"));
        check(Registered, Some(Off), "2026-11-25", now, Err("eligibility.register.function_off"));
        check(Registered, None, "2026-11-25", now, Err("eligibility.register.unknown_institution"));
    }
}
