//! 「同意可否を選択する」: departure to the reception, by hand-over or by the institution's fixed URL.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use fast_qr::QRBuilder;
use handover::{Issuer, ReceptionRequest};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Access, ButtonForm, Routes, Visitor};

use crate::{
    appointments::{
        pages::{AppointmentForm, AppointmentPage},
        rules::AppointmentId,
    },
    context::Context,
    directory::rules::institution::{Institution, ProofMethod},
    pages::date_text,
    people::rules::patient::Patient,
    proof::store::departure::{DepartureId, NewDeparture, VisitToProve},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .action("/appointments/{id}/leave", Access::SignedIn, post(submit_departure))
        .page("/appointments/{id}/leave", Access::SignedIn, get(show_fixed_url))
        .action("/appointments/{id}/done", Access::SignedIn, post(report_procedure_done))
}

async fn submit_departure(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, person, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Refusal> {
    let visit = context.store.find_visit_to_prove(person.id, id).await?;
    if !visit.appointment.openness(visitor.now()).can_be_proven() {
        return Err(Refusal::Closed(id));
    }
    match visit.institution.proof_method.clone() {
        _ if visit.proof.is_none() => Err(Refusal::WrongProofMethod(id)),
        ProofMethod::PictureOnly => Err(Refusal::WrongProofMethod(id)),
        ProofMethod::FixedUrl { .. } => {
            context.store.record_fixed_url_departure(person.id, id, visitor.now()).await?;
            Ok(Redirect::to(&format!("/appointments/{id}/leave")).into_response())
        }
        ProofMethod::HandOver { issuer } => start_hand_over(&context, &visitor, &person, &visit, issuer).await,
    }
}

/// Pushes the authorization request (RFC 9126) and records the departure before the browser is redirected.
async fn start_hand_over(
    context: &Context,
    visitor: &Visitor,
    person: &Patient,
    visit: &VisitToProve,
    issuer: Issuer,
) -> Result<Response, Refusal> {
    let appointment = &visit.appointment;
    let departure_id = DepartureId::new(visitor.now(), visitor.site().randomness());
    let request = ReceptionRequest {
        institution: appointment.institution,
        visit_date: appointment.visit_date(),
        reference: appointment.id.to_string().parse().expect("an id is 36 characters that a reference may hold"),
    };
    let departure = context.receptions.new_departure(request);
    let location = context
        .receptions
        .push_request(&issuer, &departure, visitor.now())
        .await
        .map_err(|failure| Refusal::ReceptionUnreachable(appointment.id, failure))?;
    let new = NewDeparture {
        id: departure_id,
        state: departure.state().digest(),
        appointment: appointment.id,
        patient: person.id,
        browser: visitor.browser().digest(),
        issuer,
        visit_date: appointment.visit_date(),
        secret: departure.secret().clone(),
    };
    context.store.insert_departure(new, visitor.now()).await?;
    Ok(Redirect::to(location.reveal()).into_response())
}

pub(crate) struct FixedUrlPage {
    pub(crate) institution: Institution,
    pub(crate) appointment_id: AppointmentId,
    pub(crate) visit_date: Date,
    pub(crate) url: String,
}

async fn show_fixed_url(State(context): State<Arc<Context>>, page: AppointmentPage) -> Result<Response, Refusal> {
    let id = page.id;
    let visit = context.store.find_visit_to_prove(page.person.id, id).await?;
    let open = visit.appointment.openness(page.visitor.now()).can_be_proven() && visit.proof.is_some();
    match visit.institution.proof_method.clone() {
        ProofMethod::FixedUrl { url } if open => {
            let view = FixedUrlPage {
                appointment_id: id,
                visit_date: visit.appointment.visit_date(),
                url,
                institution: visit.institution,
            };
            Ok(render_fixed_url_page(&page.frame(), &view).into_response())
        }
        // No departure from this page is possible: the appointment's own page says what is next.
        _ => Ok(Redirect::to(&format!("/appointments/{id}")).into_response()),
    }
}

pub(crate) fn render_fixed_url_page(frame: &Frame, view: &FixedUrlPage) -> Markup {
    let language = frame.language;
    let date = view.visit_date;
    let displayed_date = date_text::format_date(language, date);
    let copied_date = format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day());
    Document::new(frame, language.t("マイナ在宅受付Webで手続きする", "Register at マイナ在宅受付Web"))
        .above_heading(components::back_link(&format!("/appointments/{}", view.appointment_id), language.t("予約詳細に戻る", "Back to the appointment")))
        .lead(language.t(
            "この医療機関では、手続きの結果がオンライン診療に届きません。終わったら、この画面に戻って「手続きを終えました」を押してください。",
            "We do not hear from this clinic's procedure. When you have finished, come back here and press \"I have finished\".",
        ))
        .main(html! {
            (components::section(language.t("1. 診察日を控える", "1. Note the visit date"), html! {
                (components::key_number(language, language.t("入力する診察日", "The visit date to enter"), &displayed_date, &copied_date))
                p { (language.t("別の日付を入力すると、医療機関で確認できません。", "With another date the clinic finds nothing.")) }
            }))
            (components::section(language.t("2. 手続きする", "2. Register"), html! {
                p { (view.institution.name_in(language)) }
                p { (language.t(
                    "同意の内容を選び、マイナポータルアプリで4桁の暗証番号を入力し、カードを読み取ります。",
                    "Choose what to share, enter the 4-digit PIN in the マイナポータル app, and hold the card to the phone.")) }
            }))
            // The bar is visible from the top of the page.
            (components::bottom_bar(components::primary_link_in_new_tab(language, &view.url, language.t("マイナ在宅受付Webを開く", "Open マイナ在宅受付Web"),
                Some(language.t("終わったら、このタブに戻ってください。", "Come back to this tab when you have finished.")))))
            @if let Some(svg) = render_qr_svg(&view.url) {
                (components::disclosure(language.t("別のスマートフォンで開く（二次元コード）", "Open on another phone (QR code)"),
                    components::qr(&svg, language.t("この医療機関のマイナ在宅受付Webへの二次元コード", "QR code for this clinic's マイナ在宅受付Web"))))
            }
            (components::section(language.t("3. 終わったことを知らせる", "3. Tell us that you finished"), html! {
                (components::form(frame, &format!("/appointments/{}/done", view.appointment_id), html! {
                    (components::secondary_button(language.t("手続きを終えました", "I have finished (手続きを終えました)"), Some(language.t("医療機関が登録を確認します。", "The clinic then checks the registration."))))
                }))
            }))
            (components::notice(Tone::Info, language.t("うまくいかないとき", "If it does not work"), html! {
                p { (language.t("保険証画像のアップロードに切り替えられます。", "You can upload a picture of your insurance document instead.")) }
                (components::quiet_link(&format!("/appointments/{}/picture", view.appointment_id), language.t("保険証画像をアップロードする", "Upload a picture of the insurance document")))
            }))
        })
}

/// The QR code as an SVG with one path; `None` if the address is too long for a code.
fn render_qr_svg(url: &str) -> Option<String> {
    let code = QRBuilder::new(url).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        for x in 0..code.size {
            if code[y][x].value() {
                // Writing to a `String` cannot fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
    }
    // Four modules of quiet zone (ISO/IEC 18004 §9.1).
    let side = code.size + 8;
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {side} {side}" width="232" height="232" shape-rendering="crispEdges"><path fill="#fff" d="M-4 -4h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>"##
    ))
}

async fn report_procedure_done(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, person, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Refusal> {
    context.store.report_procedure_done(person.id, id, visitor.now()).await?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}
