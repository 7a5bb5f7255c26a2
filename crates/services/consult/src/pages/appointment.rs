//! 予約一覧 and 予約詳細画面: the list of appointments, and the page of one.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Progress, TimelineEntry, Tone},
};
use web::{Access, Origin, Routes, Visitor};

use super::{
    allow_form_action, appointment_changes, date_text, notices::render_telephone_link, page_frame,
    parse_appointment_id, patient, sample_data, system_fee_row,
};
use crate::{
    context::Context,
    registration_watch,
    rules::{
        appointment::{AppointmentId, AppointmentStatus, Openness, VisitPhase, booking_number},
        institution::{ProofMethod, ProofMethodKind},
        next_steps::{NextSteps, PatientNextStep, Visit, decide_next_steps},
        patient::Patient,
        picture::PictureState,
        proof::{DeskSide, InsuranceProof, PatientSide, RequestedProof},
    },
    store::appointment::AppointmentDetails,
};

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments", Access::SignedIn, get(show_appointment_list)).page(
        "/appointments/{id}",
        Access::SignedIn,
        get(show_appointment),
    )
}

/// An appointment with what follows from it at this time, as its pages show it.
#[derive(Clone)]
pub(super) struct AppointmentView {
    pub(super) case: AppointmentDetails,
    pub(super) standing: NextSteps,
    pub(super) openness: Openness,
    pub(super) phase: VisitPhase,
    /// The origin of the reception that 「同意可否を選択する」 redirects to, by hand-over alone.
    pub(super) reception_origin: Option<Origin>,
    /// The former start, if the patient rescheduled just now.
    pub(super) rescheduled_from: Option<base::Timestamp>,
}

impl AppointmentView {
    pub(super) fn new(mut case: AppointmentDetails, now: base::Timestamp, reception_origin: Option<Origin>) -> Self {
        case.appointment = case.appointment.as_shown_to_patient(now);
        let visit = Visit {
            date: case.appointment.visit_date(),
            start: case.appointment.visit_start,
            status: case.appointment.status,
            proof_method: case.institution.proof_method.kind(),
        };
        let standing = decide_next_steps(&visit, case.proof.as_ref(), now);
        let openness = case.appointment.openness(now);
        let phase = case.appointment.phase(now);
        Self { case, standing, openness, phase, reception_origin, rescheduled_from: None }
    }

    pub(super) fn id(&self) -> AppointmentId {
        self.case.appointment.id
    }
}

/// Loads the appointment after refreshing the status of its registration at the reception (at most once a minute). A
/// reception that does not respond changes nothing.
pub(super) async fn load_appointment_view(
    context: &Context,
    visitor: &Visitor,
    person: &Patient,
    id: AppointmentId,
) -> Result<AppointmentView, Response> {
    let case = context.store.find_appointment_details(person.id, id).await?;
    let registered = case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::Registered { .. }));
    let case = if registered {
        registration_watch::refresh_registration(context, id, visitor.now()).await;
        context.store.find_appointment_details(person.id, id).await?
    } else {
        case
    };
    let reception_origin = match &case.institution.proof_method {
        ProofMethod::HandOver { issuer } => context.receptions.find_origin(issuer).cloned(),
        _ => None,
    };
    Ok(AppointmentView::new(case, visitor.now(), reception_origin))
}

async fn show_appointment_list(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    let cases = context.store.list_appointment_details(person.id, visitor.now()).await?;
    let views: Vec<_> = cases.into_iter().map(|case| AppointmentView::new(case, visitor.now(), None)).collect();
    Ok(render_appointment_list(&page_frame(&visitor, Some(&person)), &views).into_response())
}

fn render_appointment_list(frame: &Frame, views: &[AppointmentView]) -> Markup {
    let language = frame.language;
    let (open, over): (Vec<_>, Vec<_>) = views.iter().partition(|view| view.openness != Openness::Closed);
    let cards = |views: &[&AppointmentView]| -> Vec<Markup> {
        views.iter().map(|view| render_appointment_card(language, view)).collect()
    };
    Document::new(frame, language.t("予約一覧", "Appointments")).main(html! {
        @if open.is_empty() {
            (components::empty_state(language.t("これからの予約はありません", "You have no appointment to come"), html! {
                (components::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None))
            }))
        } @else {
            (components::section(language.t("これからの予約", "To come"), components::card_list(&cards(&open))))
        }
        @if !over.is_empty() {
            (components::section(language.t("過去の予約", "Over"), components::card_list(&cards(&over))))
        }
    })
}

fn render_appointment_card(language: Language, view: &AppointmentView) -> Markup {
    let appointment = &view.case.appointment;
    components::link_card(
        &format!("/appointments/{}", appointment.id),
        &date_text::format_date_time(language, appointment.visit_start),
        html! {
            p { (view.case.institution.name_in(language)) (language.t(" ／ ", " · ")) (appointment.menu.name_in(language)) }
            p { (render_status_badge(language, view)) }
        },
    )
}

fn render_status_badge(language: Language, view: &AppointmentView) -> Markup {
    let (tone, label) = match (view.case.appointment.status, view.standing.patient_step) {
        (AppointmentStatus::Cancelled, _) => (BadgeTone::Neutral, language.t("キャンセル済み", "Cancelled")),
        (AppointmentStatus::Completed, _) => (BadgeTone::Neutral, language.t("診察が終わりました", "Visit held")),
        (AppointmentStatus::Booked, PatientNextStep::Nothing) => {
            (BadgeTone::Neutral, language.t("診察日が終わりました", "Visit day over"))
        }
        _ if has_unsent_picture(view) => {
            (BadgeTone::Attention, language.t("選んだ画像をまだ送っていません", "Picture not sent yet"))
        }
        (_, PatientNextStep::ChooseConsent | PatientNextStep::SendPicture) => {
            (BadgeTone::Attention, language.t("保険の手続きが必要です", "Confirm your insurance"))
        }
        (_, PatientNextStep::ContinueConsent) => {
            (BadgeTone::Attention, language.t("手続きの途中です", "Not finished yet"))
        }
        (_, PatientNextStep::WaitForInstitution | PatientNextStep::WaitForVisit) if view.phase == VisitPhase::After => {
            (BadgeTone::Neutral, language.t("診察の時間が過ぎました", "Visit time has passed"))
        }
        (_, PatientNextStep::WaitForInstitution) => {
            (BadgeTone::Accent, language.t("医療機関が確認します", "The clinic is checking"))
        }
        (_, PatientNextStep::WaitForVisit) if view.phase == VisitPhase::During => {
            (BadgeTone::Accent, language.t("診察の時間です", "It is time for your visit"))
        }
        (_, PatientNextStep::WaitForVisit) => (BadgeTone::Good, language.t("準備ができています", "Ready")),
    };
    components::badge(tone, label)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AppointmentQuery {
    /// Present on the redirect after rescheduling.
    #[serde(rename = "moved")]
    rescheduled: Option<String>,
}

async fn show_appointment(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Result<Query<AppointmentQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    let mut view = load_appointment_view(&context, &visitor, &person, parse_appointment_id(&id)?).await?;
    if query.unwrap_or_default().rescheduled.is_some() {
        view.rescheduled_from = appointment_changes::find_recent_reschedule(&context, view.id(), visitor.now()).await?;
    }
    let response = render_appointment_page(&page_frame(&visitor, Some(&person)), &view).into_response();
    Ok(allow_form_action(response, view.reception_origin.as_ref()))
}

/// 予約詳細画面
fn render_appointment_page(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let id = view.id();
    Document::new(frame, language.t("予約詳細", "Your appointment"))
        .above_heading(components::breadcrumbs(
            language,
            &[("/appointments", language.t("予約一覧", "Appointments"))],
            language.t("予約詳細", "Your appointment"),
        ))
        .main(html! {
            @if let Some(previous_start) = view.rescheduled_from { (appointment_changes::render_rescheduled_notice(language, previous_start, &view.case.appointment)) }
            (render_next_step(frame, view))
            (render_timeline(language, view))
            (components::panel(language.t("予約の内容", "What you booked"), render_appointment_facts(language, view)))
            @if view.openness == Openness::Changeable {
                (components::buttons(html! {
                    (components::secondary_link(&format!("/appointments/{id}/move"), language.t("日時を変更する", "Move"), None))
                    (components::quiet_link(&format!("/appointments/{id}/cancel"), language.t("予約をキャンセルする", "Cancel the appointment")))
                }))
            }
        })
}

/// 予約 → 保険の確認 → 診察 → お会計, with the progress of each. Empty if the appointment was cancelled, or if its day ended
/// and the clinic did not record the visit.
pub(super) fn render_timeline(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, proof, .. } = &view.case;
    let over = view.standing.patient_step == PatientNextStep::Nothing;
    let held = appointment.status == AppointmentStatus::Completed;
    if over && !held {
        return Markup::default();
    }
    let entry = |label, progress, detail| TimelineEntry { label, progress, detail };
    let mut entries = vec![entry(language.t("予約", "Booking"), Progress::Done, None)];
    let insurance = language.t("保険の確認", "Insurance");
    let confirmed = proof.as_ref().is_some_and(|proof| matches!(proof.desk, DeskSide::Confirmed { .. }));
    let ready = view.standing.patient_step == PatientNextStep::WaitForVisit;
    match proof {
        None => {}
        // The visit was held without confirmed insurance: the step is left out.
        Some(_) if held && !confirmed => {}
        Some(_) if confirmed => entries.push(entry(insurance, Progress::Done, None)),
        Some(_) if ready => {
            let detail = language
                .t("手続きは済みました。医療機関が確認します。", "Your part is done. The clinic will check it.");
            entries.push(entry(insurance, Progress::Done, Some(detail)));
        }
        Some(_) => entries.push(entry(insurance, Progress::Current, None)),
    }
    let visit = match () {
        () if held => Progress::Done,
        () if ready => Progress::Current,
        () => Progress::Upcoming,
    };
    entries.push(entry(language.t("診察", "Visit"), visit, None));
    let payment = if held { Progress::Current } else { Progress::Upcoming };
    entries.push(entry(language.t("お会計", "Payment"), payment, None));
    components::timeline(language, &entries)
}

/// Whether the patient chose a picture, has not sent it, and insurance still has to be proven.
fn has_unsent_picture(view: &AppointmentView) -> bool {
    let needed = !matches!(view.standing.patient_step, PatientNextStep::WaitForVisit | PatientNextStep::Nothing);
    needed && view.case.pictures.iter().any(|picture| picture.state == PictureState::Draft)
}

/// The status text and the next step, which stays visible on a phone, with the alternative beneath it.
pub(super) fn render_next_step(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let sentence = view.standing.patient_text.in_language(language);
    let takes_the_card = view.case.institution.proof_method.kind().accepts_card();
    if has_unsent_picture(view) {
        let text = language.t("送るまで、医療機関には届きません。", "The clinic does not have it until you send it.");
        return html! {
            (components::notice(
                Tone::Warning,
                language.t("選んだ画像をまだ送っていません", "You have not sent your picture yet"),
                html! { p { (text) } },
            ))
            (components::bottom_bar(components::primary_link(&picture_path(view), language.t("画像を確認して送る", "Check and send the picture"), None)))
            @if takes_the_card && view.standing.patient_step != PatientNextStep::WaitForInstitution {
                (render_secondary_consent_form(frame, view))
            }
            (render_visit_instructions(language, view))
        };
    }
    match view.standing.patient_step {
        PatientNextStep::ChooseConsent => {
            let fresh = view.case.proof.as_ref().is_some_and(|proof| *proof == InsuranceProof::new());
            let heading = if fresh {
                language.t("次は、保険の確認です", "Next: confirm your insurance")
            } else {
                language.t("保険の確認が必要です", "Confirm your insurance")
            };
            render_consent_and_picture(frame, view, heading, consent_label(language))
        }
        PatientNextStep::ContinueConsent => {
            let heading = language.t("手続きの途中です", "You have not finished");
            render_consent_and_picture(frame, view, heading, language.t("手続きの続きへ", "Continue"))
        }
        PatientNextStep::SendPicture => html! {
            (components::notice(
                Tone::Warning,
                language.t("保険証画像が必要です", "Send a picture of your insurance document"),
                html! { p { (sentence) } (render_desk_notes(language, view)) },
            ))
            (components::bottom_bar(components::primary_link(&picture_path(view), upload_label(language), None)))
            p { (upload_support_text(language)) }
            @if takes_the_card { (render_secondary_consent_form(frame, view)) }
            (render_visit_instructions(language, view))
        },
        PatientNextStep::WaitForInstitution => components::notice(
            Tone::Info,
            language.t("医療機関が確認します", "The clinic is checking"),
            html! { p { (sentence) } (render_waiting_for_clinic(language, view)) },
        ),
        PatientNextStep::WaitForVisit => {
            let (tone, heading) = match view.phase {
                VisitPhase::Before => (Tone::Success, language.t("準備ができています", "You are ready")),
                VisitPhase::During => (Tone::Info, language.t("診察の時間です", "It is time for your visit")),
                VisitPhase::After => {
                    (Tone::Info, language.t("診察の時間が過ぎました", "The time of your visit has passed"))
                }
            };
            let body = html! { p { (sentence) } (render_visit_instructions(language, view)) (render_proof_details(language, view)) };
            components::notice(tone, heading, body)
        }
        PatientNextStep::Nothing => components::notice(
            Tone::Info,
            sentence,
            html! { (components::secondary_link("/", language.t("新しく予約する", "Book again"), None)) },
        ),
    }
}

fn render_waiting_for_clinic(language: Language, view: &AppointmentView) -> Markup {
    html! {
        p { (language.t(
            "お待ちいただくだけで大丈夫です。確認が終わるか、追加のお願いがあると、メールでお知らせします。",
            "There is nothing else to do. We email you when it is done, or if something more is needed.",
        )) }
        (render_visit_instructions(language, view))
        @if is_reported_done(view) {
            (components::quiet_link(&format!("/appointments/{}/leave", view.id()), language.t("手続きがまだのときは、手続きの画面に戻る", "Not done yet? Back to the procedure")))
            (components::quiet_link(&picture_path(view), upload_label(language)))
        } @else {
            (components::quiet_link(&picture_path(view), language.t("保険証画像を見る・送り直す", "See or send pictures")))
        }
    }
}

/// When the visit is, and the telephone number of the clinic, which tells patients how the visit is held.
pub(super) fn render_visit_instructions(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, institution, .. } = &view.case;
    let phone = render_telephone_link(&institution.phone);
    html! {
        p {
            @match (view.phase, language) {
                (VisitPhase::Before, Language::Japanese) => {
                    "診察は" (date_text::format_short_date_time(language, appointment.visit_start)) "からです。受診のしかたが分からないときは、医療機関（" (phone) "）にお問い合わせください。"
                }
                (VisitPhase::Before, Language::English) => {
                    "Your visit starts on " (date_text::format_short_date_time(language, appointment.visit_start)) ". If you do not know how you will see the doctor, ask the clinic: " (phone)
                }
                (VisitPhase::During, Language::Japanese) => {
                    "診察の時間です。まだ呼ばれていないときは、医療機関（" (phone) "）に電話してください。"
                }
                (VisitPhase::During, Language::English) => {
                    "Your visit has started. If nobody has called you, phone the clinic: " (phone)
                }
                (VisitPhase::After, Language::Japanese) => {
                    "診察の時間が過ぎました。まだ診察を受けていないときは、医療機関（" (phone) "）に電話してください。"
                }
                (VisitPhase::After, Language::English) => {
                    "The time of your visit has passed. If you have not been seen, phone the clinic: " (phone)
                }
            }
        }
    }
}

/// The notes of the desk on the pictures that it refused.
fn render_desk_notes(language: Language, view: &AppointmentView) -> Markup {
    let refused = view.case.pictures.iter().filter(|picture| picture.state == PictureState::Refused);
    let notes = refused.filter_map(|picture| picture.refusal.as_ref()?.note.as_ref());
    html! {
        @for note in notes {
            p { (language.t("医療機関から：", "From the clinic: ")) "「" (note) "」" }
        }
    }
}

/// Whether the patient reported that the procedure is done; nothing else confirms it.
fn is_reported_done(view: &AppointmentView) -> bool {
    view.case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::ReportedDone { .. }))
}

fn picture_path(view: &AppointmentView) -> String {
    format!("/appointments/{}/picture", view.id())
}

fn upload_label(language: Language) -> &'static str {
    language.t("保険証画像をアップロードする", "Upload a picture of your insurance document")
}

fn upload_support_text(language: Language) -> &'static str {
    language.t(
        "資格確認書などの画像を、おもて面とうら面に分けて送ります。",
        "You send pictures of your document, front and back.",
    )
}

/// 「同意可否を選択する」 or its continuation, with the upload of a picture as the alternative.
fn render_consent_and_picture(frame: &Frame, view: &AppointmentView, heading: &str, label: &str) -> Markup {
    let language = frame.language;
    let method = view.case.institution.proof_method.kind();
    html! {
        (components::notice(
            Tone::Warning,
            heading,
            html! {
                p { (view.standing.patient_text.in_language(language)) }
                p { (departure_support_text(language, method)) }
            },
        ))
        (components::bottom_bar(components::form(
            frame,
            &format!("/appointments/{}/leave", view.id()),
            components::primary_button(label, None),
        )))
        (components::secondary_link(&picture_path(view), upload_label(language), Some(upload_support_text(language))))
        (components::quiet_link("/help/card", language.t("カードを使う前に確認する", "Check before you use your card")))
        (render_visit_instructions(language, view))
    }
}

/// The label that the guide prescribes; in English with a translation.
fn consent_label(language: Language) -> &'static str {
    language.t("同意可否を選択する", "Choose what to share (同意可否を選択する)")
}

fn render_secondary_consent_form(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let method = view.case.institution.proof_method.kind();
    components::form(
        frame,
        &format!("/appointments/{}/leave", view.id()),
        components::secondary_button(consent_label(language), Some(departure_support_text(language, method))),
    )
}

fn departure_support_text(language: Language, method: ProofMethodKind) -> &'static str {
    match method {
        ProofMethodKind::HandOver | ProofMethodKind::PictureOnly => language.t(
            "マイナ在宅受付Webに移動し、医療機関に見せてよい情報を選びます。マイナンバーカードと4桁の暗証番号をご用意ください。最後に「手続きを終了する」で戻ってきます。",
            "On マイナ在宅受付Web you choose what the clinic may see. Have your card and its 4-digit PIN ready. At the end, 「手続きを終了する」 (finish) brings you back.",
        ),
        ProofMethodKind::FixedUrl => language.t(
            "次の画面で、入力する診察日と、マイナ在宅受付Webへのリンクを確認できます。",
            "The next page shows the visit date to enter and the link to マイナ在宅受付Web.",
        ),
    }
}

fn render_proof_details(language: Language, view: &AppointmentView) -> Markup {
    let Some(proof) = &view.case.proof else { return Markup::default() };
    html! {
        @if let PatientSide::Registered { reception_number, valid_until } = proof.patient {
            (components::description_list(&[
                (language.t("同意の有効期限", "Consent is valid"), html! { (date_text::format_deadline(language, valid_until)) }),
                (language.t("受付番号", "Reception number"), html! { (reception_number.to_grouped_string()) }),
            ]))
        }
        @if let DeskSide::Confirmed { confirmed_by, confirmed_at, .. } = &proof.desk {
            p { (language.t("確認：", "Confirmed: ")) (confirmed_by)
                (language.in_brackets(&date_text::format_short_date_time(language, *confirmed_at))) }
        } @else {
            p { (language.t(
                "このあと、医療機関が保険を確認します。同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できます。",
                "The clinic will now check your insurance. We obtain nothing of what you consented to; only the clinic can see it.")) }
        }
    }
}

fn render_appointment_facts(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, institution, proof, .. } = &view.case;
    let menu = &appointment.menu;
    let mut rows = vec![
        (
            language.t("日時", "Time"),
            html! { (date_text::format_visit_time(language, appointment.visit_start, menu.minutes)) },
        ),
        (
            language.t("医療機関", "Clinic"),
            html! { a href=(format!("/institutions/{}", institution.code)) { (institution.name_in(language)) } br; (render_telephone_link(&institution.phone)) },
        ),
        (
            language.t("メニュー", "Menu"),
            html! { (menu.name_in(language)) (language.in_brackets(menu.charge.name(language))) },
        ),
    ];
    if let Some(doctor) = &menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    // A cancelled visit costs nothing and needs no insurance.
    if appointment.status != AppointmentStatus::Cancelled {
        rows.push((language.t("診療の費用", "Medical fee"), html! { (menu.fee_in(language)) }));
        rows.extend(system_fee_row(language, menu.system_fee));
        if let Some(proof) = proof {
            rows.push((language.t("保険の手続き", "Insurance"), html! { (proof_text(language, proof)) }));
        }
    }
    rows.push((
        language.t("予約した日", "Booked on"),
        html! { (date_text::format_date_time(language, appointment.made_at)) },
    ));
    rows.push((language.t("予約番号", "Booking number"), html! { (booking_number(appointment.id)) }));
    components::description_list(&rows)
}

/// The progress of the proof of insurance, in one line.
fn proof_text(language: Language, proof: &InsuranceProof) -> String {
    let with_time = |japanese: &str, english: &str, time: base::Timestamp| {
        language.t(japanese, english).to_owned()
            + &language.in_brackets(&date_text::format_short_date_time(language, time))
    };
    match (&proof.desk, &proof.patient) {
        (
            DeskSide::Requested { requested_proof: RequestedProof::Picture, requested_at, .. },
            PatientSide::PictureSent { .. },
        ) => with_time("送り直しのお願い", "Please send it again", *requested_at),
        (_, PatientSide::NotStarted(_)) => language.t("まだです", "Not done yet").to_owned(),
        (_, PatientSide::Departed { departed_at }) => {
            with_time("手続きの途中です", "Started, not finished", *departed_at)
        }
        (_, PatientSide::Registered { valid_until, .. }) => match language {
            Language::Japanese => format!("同意登録済み。{}", date_text::format_deadline(language, *valid_until)),
            Language::English => format!("Consent registered ({})", date_text::format_deadline(language, *valid_until)),
        },
        (_, PatientSide::ReportedDone { reported_at }) => {
            with_time("手続きを終えたとのご連絡を受け付けました", "You told us that you finished", *reported_at)
        }
        (_, PatientSide::PictureSent { sent_at }) => with_time("保険証画像を送信済み", "Picture sent", *sent_at),
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = sample_data::person();
    let frame = sample_data::frame(language, "/appointments", Some(&person));
    let cases = sample_data::appointment_views();
    let views: Vec<_> = cases.iter().map(|(_, view)| view.clone()).collect();
    let mut samples = vec![
        ("appointments/list".to_owned(), render_appointment_list(&frame, &views)),
        ("appointments/none".to_owned(), render_appointment_list(&frame, &[])),
    ];
    samples.extend(
        cases.iter().map(|(name, view)| (format!("appointment/{name}"), render_appointment_page(&frame, view))),
    );
    let previous_start = Some(sample_data::visit_start().minus(base::Span::from_hours(24)));
    let moved =
        AppointmentView { rescheduled_from: previous_start, ..sample_data::new_appointment_views().remove(0).1 };
    samples.push(("appointment/just-moved".to_owned(), render_appointment_page(&frame, &moved)));
    samples
}
