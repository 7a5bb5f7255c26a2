//! The end of a parent's access when a child comes of age, and the letters about it.

use base::{Date, Timestamp};
use database::{Error, Transaction};
use jiff::ToSpan;
use text::Language;

use crate::{
    audit::{rules::action::AccountAction, store::record_account_action},
    family::letter::{GuardianshipNotice, render_guardianship_letter},
    mail::{self, rules::address::MailAddress},
    people::rules::{
        account::{AccountId, MAJORITY_WARNING, comes_of_age_at},
        patient::PatientId,
    },
    refusal::Refusal,
    store::Store,
};

/// A parent's account, a child that comes of age soon, and what is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GuardianshipStep {
    account: AccountId,
    patient: PatientId,
    birth_date: Date,
    notice: GuardianshipNotice,
}

/// Whether an account was told that its access to a child ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Warned {
    Yes,
    No,
}

/// What is due at `now` for a child with this birthday.
fn find_due_notice(birth_date: Date, warned: Warned, now: Timestamp) -> Option<GuardianshipNotice> {
    let end = comes_of_age_at(birth_date);
    match warned {
        _ if now >= end => Some(GuardianshipNotice::Ended),
        Warned::No if now >= end.minus(MAJORITY_WARNING) => Some(GuardianshipNotice::EndsSoon),
        Warned::Yes | Warned::No => None,
    }
}

impl Store {
    /// The accesses of parents of which something is due, at most `max`.
    pub(crate) async fn list_due_guardianships(
        &self,
        max: u32,
        now: Timestamp,
    ) -> Result<Vec<GuardianshipStep>, Refusal> {
        // Whoever was born later comes of age after the time of the warning.
        let latest_birth = now.plus(MAJORITY_WARNING).japan_date().saturating_sub(18.years());
        self.database
            .read(move |transaction| {
                let near = transaction.fetch_all(
                    "SELECT l.account, l.patient, p.birth_date, l.warned_at
                     FROM account_patient l JOIN profile p ON p.patient = l.patient
                     WHERE l.relationship = 'child' AND l.ended_at IS NULL AND p.birth_date <= $1
                     ORDER BY p.birth_date, l.account",
                    &[&latest_birth],
                    |row| {
                        let warned_at: Option<Timestamp> = row.get(3)?;
                        let warned = if warned_at.is_some() { Warned::Yes } else { Warned::No };
                        Ok((row.get(0)?, row.get(1)?, row.get::<Date>(2)?, warned))
                    },
                )?;
                let due = near.into_iter().filter_map(|(account, patient, birth_date, warned)| {
                    let notice = find_due_notice(birth_date, warned, now)?;
                    Some(GuardianshipStep { account, patient, birth_date, notice })
                });
                Ok(due.take(usize::try_from(max).unwrap_or(usize::MAX)).collect())
            })
            .await
    }

    /// Warns an account or ends its access, with a letter; once, however many nodes try.
    pub(crate) async fn advance_guardianship(&self, step: GuardianshipStep, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| Ok(advance(transaction, &store, step, now)?)).await
    }
}

fn advance(
    transaction: &mut Transaction<'_>,
    store: &Store,
    step: GuardianshipStep,
    now: Timestamp,
) -> Result<(), Error> {
    let GuardianshipStep { account, patient, birth_date, notice } = step;
    let changed = match notice {
        GuardianshipNotice::EndsSoon => transaction.execute(
            "UPDATE account_patient SET warned_at = $3
             WHERE account = $1 AND patient = $2 AND relationship = 'child' AND ended_at IS NULL AND warned_at IS NULL",
            &[&account, &patient, &now],
        )?,
        GuardianshipNotice::Ended => transaction.execute(
            "UPDATE account_patient SET ended_at = $3
             WHERE account = $1 AND patient = $2 AND relationship = 'child' AND ended_at IS NULL",
            &[&account, &patient, &now],
        )?,
    };
    if changed == 0 {
        return Ok(());
    }
    if notice == GuardianshipNotice::Ended {
        record_account_action(transaction, store, ("service", Some(patient)), AccountAction::EndGuardianship, now)?;
    }
    let (mail, language): (MailAddress, String) =
        transaction.fetch_one("SELECT mail, language FROM account WHERE id = $1", &[&account], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let language = Language::from_tag(&language).unwrap_or_default();
    let page = store.origin.url("/profile/family");
    let letter = render_guardianship_letter(&store.letterhead, (mail.as_str(), language), (notice, birth_date), &page);
    mail::store::enqueue_letter(transaction, store, now, now, &letter).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_told_a_month_before_and_at_the_birthday() {
        let born = base::parse_date("2008-11-25").expect("a date");
        for (now, warned, expected) in [
            ("2026-10-25T23:59:59+09:00", Warned::No, None),
            ("2026-10-26T00:00:00+09:00", Warned::No, Some(GuardianshipNotice::EndsSoon)),
            ("2026-10-26T00:00:00+09:00", Warned::Yes, None),
            ("2026-11-24T23:59:59+09:00", Warned::Yes, None),
            ("2026-11-25T00:00:00+09:00", Warned::Yes, Some(GuardianshipNotice::Ended)),
            ("2026-11-25T00:00:00+09:00", Warned::No, Some(GuardianshipNotice::Ended)),
        ] {
            let now = now.parse().expect("a timestamp");
            assert_eq!(find_due_notice(born, warned, now), expected, "{now:?} {warned:?}");
        }
    }
}
