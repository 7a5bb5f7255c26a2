use text::Language;

use super::pages::{StatementPage, StatementPrefill, render_page};
use crate::{
    Role,
    samples::{
        fixtures::{VISIT_DATE, day, now},
        frames::{Pages, STATION_NAME, frame},
    },
};

/// 被保険者資格申立書, blank and prefilled.
pub(crate) fn add_pages(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, "/statement");
    let prefill = StatementPrefill {
        name: Some("見本 花子".to_owned()),
        kana: Some("ミホン ハナコ".to_owned()),
        birth_date: Some(day("1984-05-02")),
        visit: Some(day(VISIT_DATE)),
    };
    for (name, prefill) in [("blank", StatementPrefill::default()), ("known", prefill)] {
        let back_path = "/receptions".to_owned();
        let view = StatementPage { institution: STATION_NAME.to_owned(), now: now(), prefill, back_path };
        pages.push((format!("statement/{name}"), render_page(&frame, &view)));
    }
}
