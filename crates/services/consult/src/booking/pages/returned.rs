//! The page after the return from a reception.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, Tone},
    drawing,
};
use web::{Access, Routes};

use super::{
    next_step,
    view::{AppointmentView, load_appointment_view},
};
use crate::{
    appointments::pages::AppointmentPage,
    context::Context,
    pages::{date_text, frame::allow_form_action},
    proof::{
        rules::ledgers::PatientSide,
        store::departure::{DepartureId, DepartureStage},
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments/{id}/returned/{departure}", Access::SignedIn, get(show_reception_return))
}

pub(crate) struct ReceptionReturnPage {
    pub(crate) stage: DepartureStage,
    pub(crate) appointment: AppointmentView,
}

async fn show_reception_return(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    Path((_, departure)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let departure: DepartureId = departure.parse().map_err(|_| Refusal::NotFound)?;
    let stage = context.store.find_departure_stage(page.person.id, page.id, departure).await?;
    let view = load_appointment_view(&context, &page).await?;
    let reception_origin = view.reception_origin.clone();
    let response =
        render_reception_return(&page.frame(), &ReceptionReturnPage { stage, appointment: view }).into_response();
    Ok(allow_form_action(response, reception_origin.as_ref()))
}

pub(crate) fn render_reception_return(frame: &Frame, page: &ReceptionReturnPage) -> Markup {
    let language = frame.language;
    let view = &page.appointment;
    let registered = match view.case.proof.as_ref().map(|proof| proof.patient) {
        Some(PatientSide::Registered { reception_number, valid_until }) => Some((reception_number, valid_until)),
        _ => None,
    };
    let detail = format!("/appointments/{}", view.id());
    match (page.stage, registered) {
        (DepartureStage::Registered, Some((reception_number, valid_until))) => {
            Document::new(frame, language.t("手続きが終わりました", "All done")).main(html! {
                (drawing::done(language))
                p { (language.t(
                    "以上で、マイナ保険証の利用のための手続きは完了です。",
                    "Your card is set up for this visit.")) }
                (components::bottom_bar(components::primary_link(&detail, language.t("予約詳細を見る", "See the appointment"), None)))
                (components::description_list(&[
                    (language.t("同意の有効期限", "Consent is valid"), html! { (date_text::format_deadline(language, valid_until)) }),
                    (language.t("受付番号", "Reception number"), html! { (reception_number.to_grouped_string()) }),
                    (language.t("診察", "Visit"), html! { (date_text::format_visit_time(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) }),
                ]))
                (components::section(language.t("このあと", "What happens next"), html! {
                    p { (language.t("医療機関が保険を確認します。お待ちいただくだけで大丈夫です。", "The clinic checks your insurance. There is nothing else to do.")) }
                    (next_step::render_visit_instructions(language, view))
                    p { (language.t(
                        "同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できる情報です。",
                        "We obtain nothing of what you consented to. Only the clinic can see it.")) }
                }))
            })
        }
        (DepartureStage::Ended, None) => Document::new(frame, language.t("同意は登録されていません", "No consent was registered")).main(html! {
            p { (language.t(
                "マイナ在宅受付Webで登録せずに戻りました。予約はそのまま残っています。",
                "You came back without registering. Your appointment is still there.")) }
            (next_step::render_next_step(frame, view))
            (components::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
        (DepartureStage::Void, _) => Document::new(frame, language.t("予約の日付が変わっています", "The visit was moved")).main(html! {
            (components::notice(Tone::Warning, language.t("この手続きは、前の日付のものです", "This was for the old day"), html! {
                p { (language.t("新しい日付で、もう一度手続きをしてください。", "Please do it again for the new day.")) }
            }))
            (next_step::render_next_step(frame, view))
            (components::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
        // In all other cases the ledgers decide the next step.
        _ => Document::new(frame, language.t("手続きの状況", "Where you stand")).main(html! {
            (next_step::render_next_step(frame, view))
            (components::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
    }
}
