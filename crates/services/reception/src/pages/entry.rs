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
use text::{half_width_digits, parse_written_date};
use ui::{Document, Frame, components};
use web::{Form, Visitor};

use super::{redirect, request_context};
use crate::{Inner, Refusal, pages::texts, refusal::ServiceHome};

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
    let problem = view.submitted.as_ref().map(|_| texts::ENTER_VISIT_DAY_FROM_TODAY.in_language(language));
    let (year, month, day) = view.submitted.as_ref().map_or_else(
        || (view.today.year().to_string(), String::new(), String::new()),
        |form| (form.year.clone(), form.month.clone(), form.day.clone()),
    );
    let description = texts::register_consent_for(language, &view.institution.name);
    let document = Document::new(frame, texts::REGISTER_A_CONSENT.in_language(language)).description(&description);
    let document = if problem.is_some() { document.with_problems() } else { document };
    document.main(html! {
        @if let Some(message) = problem {
            (components::error_summary(language, &[components::Problem { field: "visit", message }]))
        }
        (components::description_list(&[(texts::INSTITUTION.in_language(language), html! { (view.institution.name) })]))
        @if takes_receptions {
            (components::form(frame, &format!("/i/{}", view.entrance), html! {
                @if view.kind == CareKind::HomeVisit {
                    p { (texts::REGISTERS_CONSENT_FOR_HOME_VISITS.in_language(language)) }
                } @else {
                (components::DateField::new(language, "visit", texts::THE_DAY_OF_YOUR_APPOINTMENT.in_language(language))
                    .value(&year, &month, &day)
                    .accept_whole_date()
                    .support(texts::WHERE_TO_FIND_VISIT_DAY.in_language(language))
                    .error(problem))
                }
                (components::bottom_bar(components::primary_button(
                    texts::REGISTER_A_CONSENT.in_language(language),
                    Some(texts::NEXT_CHOOSE_WHAT_TO_SHARE.in_language(language)),
                )))
            }))
        } @else {
            (components::notice(
                components::Tone::Info,
                texts::INSTITUTION_DOES_NOT_TAKE_RECEPTIONS.in_language(language),
                html! { p { (texts::INSTITUTION_DOES_NOT_CONFIRM_ONLINE.in_language(language)) } },
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
