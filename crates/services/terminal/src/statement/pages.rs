//! 被保険者資格申立書: the statement that a patient writes if insurance cannot be confirmed. A form to print; nothing of it is
//! stored.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Date, Timestamp};
use maud::{Markup, html};
use text::{Language, dates};
use ui::{Document, Frame, components};
use web::Visitor;

use crate::{
    Role, TerminalState,
    pages::HandlerError,
    sign_in::session::{require_role, session_frame},
    statement::texts,
};

/// The items that are filled in before printing.
#[derive(Default)]
pub(crate) struct StatementPrefill {
    pub(crate) name: Option<String>,
    pub(crate) kana: Option<String>,
    pub(crate) birth_date: Option<Date>,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
}

pub(crate) struct StatementPage {
    pub(crate) institution: String,
    pub(crate) now: Timestamp,
    pub(crate) prefill: StatementPrefill,
    /// The page to go back to.
    pub(crate) back_path: String,
}

pub(crate) async fn show_blank(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let view = StatementPage {
        institution: session.station.name.clone(),
        now: visitor.now(),
        prefill: StatementPrefill { visit: Some(visitor.now().japan_date()), ..StatementPrefill::default() },
        back_path: "/receptions".to_owned(),
    };
    Ok(render_page(&session_frame(&visitor, &session), &view).into_response())
}

/// A link to a blank form.
pub(crate) fn render_blank_link(language: Language) -> Markup {
    render_link(language, "/statement")
}

/// A link to a form.
pub(crate) fn render_link(language: Language, href: &str) -> Markup {
    html! {
        p { a href=(href) {
            (texts::OPEN_STATEMENT_TO_PRINT.in_language(language))
        } }
    }
}

pub(crate) fn render_page(frame: &Frame, view: &StatementPage) -> Markup {
    let language = frame.language;
    let title = texts::STATEMENT_OF_INSURANCE.in_language(language);
    Document::new(frame, title).lead(texts::WHAT_THE_FORM_IS_FOR.in_language(language)).main(html! {
        (components::print_button(texts::PRINT.in_language(language)))
        (components::print_sheet(render_form(language, title, view)))
        (components::back_link(&view.back_path, texts::BACK.in_language(language)))
    })
}

/// The printed part, with a heading of its own: that of the page is not printed.
fn render_form(language: Language, title: &str, view: &StatementPage) -> Markup {
    let prefill = &view.prefill;
    let text = |value: Option<&str>| components::blank_line(language, value.unwrap_or_default());
    let day = |value: Option<Date>| {
        let formatted = value.map(|day| dates::format_in_both_calendars(language, day));
        components::blank_line(language, formatted.as_deref().unwrap_or_default())
    };
    let unknown = texts::NOT_KNOWN.in_language(language);
    html! {
        (components::section(title, html! {
            p { (texts::I_HAVE_VALID_HEALTH_INSURANCE.in_language(language)) }
            (components::description_list(&[
                (texts::INSTITUTION.in_language(language), html! { (view.institution) }),
                (texts::DAY_OF_THE_VISIT.in_language(language), day(prefill.visit)),
            ]))
        }))
        (components::panel(texts::PATIENT.in_language(language), components::description_list(&[
            (texts::KANA.in_language(language), text(prefill.kana.as_deref())),
            (texts::NAME.in_language(language), text(prefill.name.as_deref())),
            (texts::DATE_OF_BIRTH.in_language(language), day(prefill.birth_date)),
            (texts::SEX.in_language(language), components::paper_checkboxes(&[texts::MALE.in_language(language), texts::FEMALE.in_language(language)])),
            (texts::ADDRESS.in_language(language), text(None)),
            (texts::TELEPHONE.in_language(language), text(None)),
        ])))
        (components::panel(texts::INSURANCE_AS_FAR_AS_KNOWN.in_language(language), components::description_list(&[
            (texts::KIND_OF_INSURANCE.in_language(language), components::paper_checkboxes(&[
                texts::INSURANCE_OF_EMPLOYER.in_language(language),
                texts::NATIONAL_HEALTH_INSURANCE.in_language(language),
                texts::ELDERLY_MEDICAL_CARE.in_language(language),
                texts::OTHER_INSURANCE.in_language(language),
                unknown,
            ])),
            (texts::INSURER.in_language(language), text(None)),
            (texts::EMPLOYER.in_language(language), text(None)),
            (texts::INSURED_SINCE.in_language(language), text(None)),
            (texts::SHARE.in_language(language), components::paper_checkboxes(&[
                texts::TEN_PERCENT.in_language(language),
                texts::TWENTY_PERCENT.in_language(language),
                texts::THIRTY_PERCENT.in_language(language),
                unknown,
            ])),
        ])))
        (components::panel(texts::SIGNATURE.in_language(language), html! {
            p { (texts::WHAT_I_WROTE_IS_TRUE.in_language(language)) }
            (components::description_list(&[
                (texts::DATE.in_language(language), text(None)),
                (texts::SIGNATURE.in_language(language), text(None)),
                (texts::RELATION_TO_PATIENT.in_language(language), text(None)),
            ]))
        }))
        p { (texts::FORM_MADE_AT.in_language(language)) (dates::format_date_time(language, view.now)) (texts::NO_OFFICIAL_FORM.in_language(language)) }
    }
}
