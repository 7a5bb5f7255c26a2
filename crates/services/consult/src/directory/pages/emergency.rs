//! When to call an ambulance instead of booking, and what online care cannot do.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use base::InstitutionCode;
use maud::{Markup, html};
use text::{Language, Text};
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Access, Routes, Visitor};

use super::load_offer;
use crate::{
    context::Context,
    directory::{
        rules::{emergency::Emergency, institution::Institution},
        texts,
    },
    pages::{frame::page_frame, signed_in, telephone::render_telephone_link},
    practitioners::rules::specialty::Specialty,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(PATH, Access::Anyone, get(show_emergency)).page(
        "/institutions/{code}/emergency",
        Access::Anyone,
        get(show_clinic_emergency),
    )
}

pub(crate) const PATH: &str = "/emergency";
pub(crate) static NAME: Text = texts::WHEN_TO_GET_URGENT_HELP;

async fn show_emergency(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    Ok(render_emergency_page(&page_frame(&visitor, account.as_ref()), &context.notices.emergency, None).into_response())
}

async fn show_clinic_emergency(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    let offer = load_offer(&context, &code, visitor.now()).await?;
    let frame = page_frame(&visitor, account.as_ref());
    Ok(render_emergency_page(&frame, &context.notices.emergency, Some(&offer.institution)).into_response())
}

/// One line above the choice of a slot.
pub(crate) fn render_emergency_line(language: Language, code: InstitutionCode) -> Markup {
    html! {
        p {
            (texts::CHEST_PAIN_CALL_119.in_language(language))
            " "
            a href=(format!("/institutions/{code}/emergency")) { (NAME.in_language(language)) }
        }
    }
}

pub(crate) fn render_emergency_page(frame: &Frame, emergency: &Emergency, clinic: Option<&Institution>) -> Markup {
    let language = frame.language;
    let title = NAME.in_language(language);
    let description = match clinic {
        None => texts::SYMPTOMS_THAT_NEED_AN_AMBULANCE.in_language(language).to_owned(),
        Some(clinic) => texts::before_you_book_at(language, clinic.name_in(language), clinic.specialties_in(language)),
    };
    let mut document = Document::new(frame, title).description(&description);
    if let Some(clinic) = clinic {
        let clinic_path = format!("/institutions/{}", clinic.code);
        document = document.above_heading(components::breadcrumbs(
            language,
            &[("/", texts::FIND_A_CLINIC.in_language(language)), (clinic_path.as_str(), clinic.name_in(language))],
            title,
        ));
    }
    document.main(html! {
        p { strong { (emergency.ambulance.in_language(language)) } }
        (components::primary_link("tel:119", texts::CALL_119.in_language(language), None))
        (render_red_flags(language, &emergency.general))
        (render_specialty_red_flags(language, emergency, clinic))
        (components::section(texts::IF_YOU_ARE_NOT_SURE.in_language(language), html! {
            p { (emergency.advice.in_language(language)) }
            (components::buttons(html! {
                (components::secondary_link("tel:%237119", texts::CALL_7119.in_language(language), None))
                (components::secondary_link("tel:%238000", texts::CALL_8000_CHILDREN.in_language(language), None))
            }))
        }))
        (render_online_care_limits(language))
        @if let Some(clinic) = clinic {
            p {
                (texts::IF_UNSURE_CALL_THE_CLINIC.in_language(language))
                " " (clinic.name_in(language)) " " (render_telephone_link(&clinic.phone))
            }
        }
    })
}

fn render_red_flags(language: Language, flags: &[Text]) -> Markup {
    html! { ul { @for flag in flags { li { (flag.in_language(language)) } } } }
}

/// The red flags of the specialties of the clinic; without a clinic those of all, folded.
fn render_specialty_red_flags(language: Language, emergency: &Emergency, clinic: Option<&Institution>) -> Markup {
    let flags_of = |specialty: &Specialty| emergency.specialties.get(specialty).filter(|flags| !flags.is_empty());
    match clinic {
        Some(clinic) => html! {
            @for specialty in &clinic.specialties {
                @if let Some(flags) = flags_of(specialty) {
                    (components::section(specialty.name(language), render_red_flags(language, flags)))
                }
            }
        },
        None => components::section(
            texts::BY_SPECIALTY.in_language(language),
            html! {
                @for specialty in Specialty::ALL {
                    @if let Some(flags) = flags_of(&specialty) {
                        (components::disclosure(specialty.name(language), render_red_flags(language, flags)))
                    }
                }
            },
        ),
    }
}

fn render_online_care_limits(language: Language) -> Markup {
    components::notice(
        Tone::Info,
        texts::WHAT_ONLINE_CARE_CANNOT_DO.in_language(language),
        html! {
            ul {
                li { (texts::EXAMINATION_BY_HAND_AND_TESTS.in_language(language)) }
                li { (texts::INJECTIONS_DRIPS_STITCHES.in_language(language)) }
                li { (texts::SOME_MEDICINES_AT_A_FIRST_VISIT.in_language(language)) }
            }
            p { (texts::IF_DOCTOR_FINDS_IT_NECESSARY.in_language(language)) }
        },
    )
}
