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

use crate::{
    context::Context,
    directory::rules::{
        emergency::Emergency,
        institution::{Institution, Specialty},
    },
    pages::{frame::page_frame, signed_in, telephone::render_telephone_link},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(PATH, Access::Anyone, get(show_emergency)).page(
        "/institutions/{code}/emergency",
        Access::Anyone,
        get(show_clinic_emergency),
    )
}

pub(crate) const PATH: &str = "/emergency";
pub(crate) static NAME: Text = Text::from_static("急いで受診が必要な症状", "When to get urgent help");

async fn show_emergency(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    Ok(render_emergency_page(&page_frame(&visitor, person.as_ref()), &context.notices.emergency, None).into_response())
}

async fn show_clinic_emergency(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Response> {
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    let code: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    let offer = context.store.find_offer(code).await?;
    let frame = page_frame(&visitor, person.as_ref());
    Ok(render_emergency_page(&frame, &context.notices.emergency, Some(&offer.institution)).into_response())
}

/// One line above the choice of a slot.
pub(crate) fn render_emergency_line(language: Language, code: InstitutionCode) -> Markup {
    html! {
        p {
            (language.t(
                "胸の痛み、急なまひ、息苦しさなどがあるときは、予約せずに119番へ。",
                "Chest pain, sudden weakness on one side or trouble breathing? Do not book: call 119."))
            " "
            a href=(format!("/institutions/{code}/emergency")) { (NAME.in_language(language)) }
        }
    }
}

pub(crate) fn render_emergency_page(frame: &Frame, emergency: &Emergency, clinic: Option<&Institution>) -> Markup {
    let language = frame.language;
    let title = NAME.in_language(language);
    let description = match (clinic, language) {
        (None, Language::Japanese) => {
            "すぐに119番に電話する症状、迷ったときの相談先（#7119）、オンライン診療ではできないことをまとめています。"
                .to_owned()
        }
        (None, Language::English) => {
            "Symptoms that need an ambulance (119), whom to ask when in doubt (#7119), and what online care cannot do."
                .to_owned()
        }
        (Some(clinic), Language::Japanese) => format!(
            "{}を受診する前に：{}で、すぐに119番に電話する症状と、迷ったときの相談先です。",
            clinic.name_in(language),
            clinic.specialties_in(language)
        ),
        (Some(clinic), Language::English) => format!(
            "Before you book at {}: symptoms of {} that need an ambulance (119), and whom to ask when in doubt.",
            clinic.name_in(language),
            clinic.specialties_in(language)
        ),
    };
    let mut document = Document::new(frame, title).description(&description);
    if let Some(clinic) = clinic {
        let clinic_path = format!("/institutions/{}", clinic.code);
        document = document.above_heading(components::breadcrumbs(
            language,
            &[("/", language.t("医療機関をさがす", "Find a clinic")), (clinic_path.as_str(), clinic.name_in(language))],
            title,
        ));
    }
    document.main(html! {
        p { strong { (emergency.ambulance.in_language(language)) } }
        (components::primary_link("tel:119", language.t("119番に電話する", "Call 119"), None))
        (render_red_flags(language, &emergency.general))
        (render_specialty_red_flags(language, emergency, clinic))
        (components::section(language.t("迷ったときの相談先", "If you are not sure"), html! {
            p { (emergency.advice.in_language(language)) }
            (components::buttons(html! {
                (components::secondary_link("tel:%237119", language.t("#7119に電話する", "Call #7119"), None))
                (components::secondary_link("tel:%238000", language.t("#8000に電話する（こども）", "Call #8000 (children)"), None))
            }))
        }))
        (render_online_care_limits(language))
        @if let Some(clinic) = clinic {
            p {
                (language.t("今の症状がオンライン診療に向いているか分からないときは、医療機関に電話でご相談ください。", "If you do not know whether online care suits your symptoms, call the clinic."))
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
            language.t("診療科ごとの症状", "By specialty"),
            html! {
                @for specialty in Specialty::ALL {
                    @if let Some(flags) = flags_of(specialty) {
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
        language.t("オンライン診療ではできないこと", "What online care cannot do"),
        html! {
            ul {
                li { (language.t("聴診や触診、血液検査やレントゲンなどの検査", "Listening to the chest, examination by hand, blood tests and X-rays")) }
                li { (language.t("注射、点滴、縫合など、その場での処置", "Injections, drips, stitches and other treatment on the spot")) }
                li { (language.t(
                    "はじめての診察では処方できない薬や、日数の制限がある薬があります",
                    "At a first visit some medicines cannot be prescribed, or only for a few days")) }
            }
            p { (language.t(
                "医師が必要と判断したときは、医療機関での診察をおすすめします。その場合、オンラインでの診察は途中で終わることがあります。",
                "If the doctor finds it necessary, you are asked to come to a clinic, and the online visit may end early.")) }
        },
    )
}
