//! The two entries: handed over by a service, or by an institution's fixed URL.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
};
use base::{Date, Id};
use eligibility::{CareKind, FixedUrlToken, Institution, OnlineFunction};
use handover::AuthorizationRequest;
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use text::{half_width_digits, parse_written_date};
use ui::{Document, Frame, components};
use web::{Form, Visitor};

use super::{redirect, request_context};
use crate::{Inner, Refusal, refusal::ServiceHome};

/// RFC 6749 §4.1.1, RFC 9126 §4. Errors are shown here and never redirected to an address from the request.
pub(super) async fn authorize(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let request = AuthorizationRequest::parse(&query.unwrap_or_default()).map_err(Refusal::MalformedRequest)?;
    let Some(service) = inner.service(&request.client_id) else { return Err(Refusal::RequestGone(None)) };
    let new = Id::new(visitor.now(), visitor.site().randomness());
    let outcome = inner
        .store
        .begin_or_resume_procedure(request.request.digest(), request.client_id, new, request_context(&visitor))
        .await;
    let id = outcome.map_err(|refusal| {
        let home = ServiceHome { name: service.name.clone(), address: service.home.url("/") };
        refusal.with_service_home(home)
    })?;
    // A new procedure is at its first step; a resumed one may be at any step.
    Ok(redirect(&if id == new { format!("/procedures/{id}/choose") } else { format!("/procedures/{id}") }))
}

pub(super) async fn show_fixed_url(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(entrance): Path<String>,
) -> Result<Markup, Refusal> {
    let (institution, kind, function) = find_institution(&inner, &entrance).await?;
    let today = visitor.now().japan_date();
    Ok(page(
        &super::menu_frame(&visitor),
        &FixedUrlPage { institution, kind, function, entrance, today, submitted: None },
    ))
}

/// The visit date as typed. Home visits have none.
#[derive(Deserialize)]
pub(super) struct VisitDateForm {
    #[serde(rename = "visit_year", default)]
    year: String,
    #[serde(rename = "visit_month", default)]
    month: String,
    #[serde(rename = "visit_day", default)]
    day: String,
}

pub(super) async fn submit_fixed_url(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(entrance): Path<String>,
    Form(form): Form<VisitDateForm>,
) -> Result<Response, Refusal> {
    let (institution, kind, function) = find_institution(&inner, &entrance).await?;
    let id = Id::new(visitor.now(), visitor.site().randomness());
    let outcome = match (kind, form.date()) {
        (CareKind::HomeVisit, _) => {
            inner.store.begin_at_fixed_url(id, institution.code, None, request_context(&visitor)).await
        }
        (CareKind::Online, Some(date)) => {
            inner.store.begin_at_fixed_url(id, institution.code, Some(date), request_context(&visitor)).await
        }
        (CareKind::Online, None) => Err(Refusal::VisitDate),
    };
    match outcome {
        Ok(()) => Ok(redirect(&format!("/procedures/{id}"))),
        Err(Refusal::VisitDate) => {
            let today = visitor.now().japan_date();
            let view = FixedUrlPage { institution, kind, function, entrance, today, submitted: Some(form) };
            Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page(&super::menu_frame(&visitor), &view)).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

async fn find_institution(inner: &Inner, entrance: &str) -> Result<(Institution, CareKind, OnlineFunction), Refusal> {
    let entrance: FixedUrlToken =
        entrance.parse().map_err(|_| Refusal::Eligibility(eligibility::Refusal::UnknownInstitution))?;
    inner.store.find_institution_by_fixed_url(entrance).await
}

impl VisitDateForm {
    /// The date as typed in three fields, or pasted as a whole into the first. [`parse_written_date`] reads any width, with or
    /// without an era.
    fn date(&self) -> Option<Date> {
        let [year, month, day] = [&self.year, &self.month, &self.day].map(|part| part.trim());
        if month.is_empty() && day.is_empty() {
            read_whole_date(year)
        } else {
            parse_written_date(&format!("{year}/{month}/{day}")).ok()
        }
    }
}

/// A whole date as pages and letters write it: `2026/11/26`, `2026年11月26日（木） 9:45`, `令和8年11月26日`, `20261126`.
/// The year prefilled in the field may precede it directly, and text may surround it.
fn read_whole_date(text: &str) -> Option<Date> {
    let text = half_width_digits(text.trim());
    let without_year = text.split_at_checked(4).filter(|(year, _)| year.bytes().all(|byte| byte.is_ascii_digit()));
    let candidates = [Some(text.as_str()), without_year.map(|(_, rest)| rest)];
    let date = candidates.into_iter().flatten().find_map(|text| parse_written_date(text).ok());
    date.or_else(|| find_date_among_words(&text))
}

/// The first three numbers of a text, if they are a Western date.
fn find_date_among_words(text: &str) -> Option<Date> {
    let mut numbers = text.split(|character: char| !character.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let (first, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
    // The prefilled year may precede it directly. Digits are ASCII, so every byte position is a character boundary.
    let year = first.get(first.len().checked_sub(4)?..)?;
    parse_written_date(&format!("{year}/{month}/{day}")).ok()
}

pub(super) struct FixedUrlPage {
    pub(super) institution: Institution,
    pub(super) kind: CareKind,
    pub(super) function: OnlineFunction,
    pub(super) entrance: String,
    pub(super) today: Date,
    /// What was typed, if it is no visit date.
    pub(super) submitted: Option<VisitDateForm>,
}

impl FixedUrlPage {
    /// The page after this was submitted.
    #[cfg(any(test, feature = "samples"))]
    pub(super) fn with_submitted(mut self, year: &str, month: &str, day: &str) -> Self {
        self.submitted = Some(VisitDateForm { year: year.into(), month: month.into(), day: day.into() });
        self
    }
}

pub(super) fn page(frame: &Frame, view: &FixedUrlPage) -> Markup {
    let language = frame.language;
    let takes_receptions = view.function == OnlineFunction::On;
    let problem = view.submitted.as_ref().map(|_| {
        language.t(
            "今日から92日先までの診察日を入力してください。予約の確認画面やメールに書かれています。",
            "Enter a visit day from today to 92 days ahead. You find it in the confirmation of your booking.",
        )
    });
    let (year, month, day) = view.submitted.as_ref().map_or_else(
        || (view.today.year().to_string(), String::new(), String::new()),
        |form| (form.year.clone(), form.month.clone(), form.day.clone()),
    );
    let description = match language {
        Language::Japanese => {
            format!("{}での診療のために、医療保険などの情報を提供する同意を登録します。", view.institution.name)
        }
        Language::English => {
            format!("Register your consent to share insurance information with {}.", view.institution.name)
        }
    };
    let document = Document::new(frame, language.t("同意登録をする", "Register a consent")).description(&description);
    let document = if problem.is_some() { document.with_problems() } else { document };
    document.main(html! {
        @if let Some(message) = problem {
            (components::error_summary(language, &[components::Problem { field: "visit", message }]))
        }
        (components::description_list(&[(language.t("医療機関", "Institution"), html! { (view.institution.name) })]))
        @if takes_receptions {
            (components::form(frame, &format!("/i/{}", view.entrance), html! {
                @if view.kind == CareKind::HomeVisit {
                    p { (language.t(
                        "訪問診療等の同意登録です。同意は、取り消すまで有効です。次の訪問からは、この手続きは要りません。",
                        "This registers your consent for home visits. It is valid until you withdraw it; for the next visit you need not do this again."
                    )) }
                } @else {
                (components::DateField::new(language, "visit", language.t("予約した診察日", "The day of your appointment"))
                    .value(&year, &month, &day)
                    .accept_whole_date()
                    .support(language.t(
                        "予約の確認画面やメールに書かれている日付です。「2026/11/26」や「令和8年11月26日」のような日付は、「年」にまとめて貼り付けられます。",
                        "You find it in the confirmation of your booking. You can paste a whole date such as 2026/11/26 or 令和8年11月26日 into “Year”."
                    ))
                    .error(problem))
                }
                (components::bottom_bar(components::primary_button(
                    language.t("同意登録をする", "Register a consent"),
                    Some(language.t("次の画面で、項目ごとに同意するかどうかを選びます。", "Next, choose item by item what to share.")),
                )))
            }))
        } @else {
            (components::notice(
                components::Tone::Info,
                language.t("この医療機関では利用できません", "This institution does not take receptions"),
                html! { p { (language.t(
                    "この医療機関は、この方法での資格確認を受け付けていません。予約したサービスから、資格確認書などの画像を送って受診してください。",
                    "This institution does not confirm insurance online. Please send a picture of your insurance document through the service where you booked."
                )) } },
            ))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check((year, month, day): (&str, &str, &str), expected: Option<&str>) {
        let form = VisitDateForm { year: year.into(), month: month.into(), day: day.into() };
        assert_eq!(form.date().map(|date| date.to_string()).as_deref(), expected, "{year:?} {month:?} {day:?}");
    }

    #[test]
    fn a_visit_day_is_typed_in_three_fields_or_pasted_whole_into_the_first() {
        check(("2026", "11", "26"), Some("2026-11-26"));
        check(("２０２６", " １１ ", "２６"), Some("2026-11-26"));
        for whole in [
            "2026/11/26",
            "2026-11-26",
            "2026.11.26",
            "2026年11月26日",
            "2026年11月26日（木）",
            " ２０２６／１１／２６ ",
            "２０２６年１１月２６日",
            "20261126",
            "20262026/11/26",
            "202620261126",
            "2026年11月26日（木） 9:45",
            "2026年11月26日（木） 9:45〜10:00",
            "診察日：2026年11月26日（木） 9:45",
            "令和8年11月26日",
            "令和８年１１月２６日（木） 9:45",
            "R8.11.26",
            "2026令和8年11月26日",
            "\u{200b}2026/11/26\u{feff}",
            "2026–11–26",
            "26 November 2026",
        ] {
            check((whole, "", ""), Some("2026-11-26"));
        }
        check(("2026/2/3", "", ""), Some("2026-02-03"));
        for year in ["令和8", "令和８年", "R8", "R 8", "\u{200b}2026", "2026年"] {
            check((year, "11", "26"), Some("2026-11-26"));
        }
        check(("2026", "11月", "26日"), Some("2026-11-26"));
        check(("2026", "\u{200b}11", "２６"), Some("2026-11-26"));
        check(("平成38", "11", "26"), None);
        check(("8", "11", "26"), None);
        for wrong in ["", "2026", "2026/11", "26/11/26", "2026/13/1", "2026/02/30", "いつか", "8年11月26日"] {
            check((wrong, "", ""), None);
        }
        check(("2026", "", "26"), None);
        check(("2026", "2", "30"), None);
    }
}
