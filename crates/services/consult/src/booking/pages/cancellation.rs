//! Cancelling an appointment.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use ui::{Document, Frame, components};
use web::{Access, ButtonForm, Routes};

use super::{
    slot_choice::count_refusal,
    view::{AppointmentView, load_changeable_appointment},
};
use crate::{
    appointments::pages::{AppointmentForm, AppointmentPage},
    context::Context,
    pages::date_text,
    proof::rules::ledgers::PatientSide,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments/{id}/cancel", Access::SignedIn, get(show_cancellation)).action(
        "/appointments/{id}/cancel",
        Access::SignedIn,
        post(submit_cancellation),
    )
}

async fn show_cancellation(State(context): State<Arc<Context>>, page: AppointmentPage) -> Result<Response, Response> {
    let view = load_changeable_appointment(&context, &page).await?;
    Ok(render_cancellation_page(&page.frame(), &view).into_response())
}

pub(crate) fn render_cancellation_page(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let appointment = &view.case.appointment;
    let detail = format!("/appointments/{}", appointment.id);
    Document::new(frame, language.t("予約をキャンセルしますか", "Cancel this appointment?")).main(html! {
        (components::plain_panel(components::description_list(&[
            (language.t("医療機関", "Clinic"), html! { (view.case.institution.name_in(language)) }),
            (language.t("日時", "Time"), html! { (date_text::format_visit_time(language, appointment.visit_start, appointment.menu.minutes)) }),
        ])))
        p { (language.t("キャンセル料はかかりません。", "There is no fee.")) }
        @match view.case.proof.as_ref().map(|proof| proof.patient) {
            Some(PatientSide::Departed { .. } | PatientSide::Registered { .. } | PatientSide::ReportedDone { .. }) => p { (language.t(
                "登録した同意は、マイナ在宅受付Webの「すべての同意を取消す」から取り消せます。",
                "Consent that you registered can be taken back at マイナ在宅受付Web with 「すべての同意を取消す」.")) },
            Some(PatientSide::PictureSent { .. }) => p { (language.t(
                "送った画像は、自動で消えます。",
                "The picture that you sent is erased by itself.")) },
            _ => {}
        }
        (components::form(frame, &format!("{detail}/cancel"), html! {
            (components::danger_button(language.t("予約をキャンセルする", "Cancel the appointment"), Some(language.t("この時間は、ほかの方が予約できるようになります。", "Somebody else can then book this time."))))
        }))
        (components::secondary_link(&detail, language.t("キャンセルしない", "Keep it"), None))
    })
}

async fn submit_cancellation(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, person, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Response> {
    context.store.cancel_appointment(person.id, id, visitor.now()).await.inspect_err(count_refusal)?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}
