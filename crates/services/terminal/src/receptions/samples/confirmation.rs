use base::Id;
use text::Language;

use crate::{
    Role,
    eligibility::rules::Finding,
    receptions::{
        pages::confirmations::{ConfirmationsPage, render_page},
        store::{Confirmation, ConfirmationRecord},
    },
    samples::{
        fixtures::{VISIT_DATE, day, now, reception_number},
        frames::{Pages, frame},
    },
};

pub(crate) fn sample_confirmation(finding: Finding) -> ConfirmationRecord {
    let id = Id::new(now(), &base::Randomness::repeatable("terminal/confirmation"));
    let confirmation = Confirmation { id, reception: reception_number(), visit: Some(day(VISIT_DATE)), finding };
    ConfirmationRecord { confirmation, role: Role::Staff, confirmed_at: now() }
}

pub(crate) fn add_confirmation_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Staff, "/confirmed");
    let mut add = |name: &str, day: &str, confirmations| {
        let view = ConfirmationsPage { day: day.to_owned(), confirmations };
        samples.push((format!("confirmed/{name}"), render_page(&frame, &view)));
    };
    let confirmations = Finding::ALL.map(sample_confirmation).into();
    add("listed", VISIT_DATE, Some((day(VISIT_DATE), confirmations)));
    add("empty", VISIT_DATE, Some((day(VISIT_DATE), Vec::new())));
    add("wrong-day", "soon", None);
}
