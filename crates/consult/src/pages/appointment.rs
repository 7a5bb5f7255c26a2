//! 予約一覧 and 予約詳細画面.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Frame, Language, Origin, Routes, Visitor,
    parts::{self, BadgeTone, Progress, Stop, Tone},
};

use super::{change, frame, leading_to, notices::telephone_link, patient, specimen, system_fee_row, when};
use crate::{
    room::Room,
    rules::{
        appointment::{AppointmentId, Openness, Status, VisitPhase, booking_number},
        institution::{LeaveBy, Way},
        patient::Person,
        picture::State as PictureState,
        proof::{DeskSide, PatientSide, Proof, Wanted},
        standing::{PatientNext, Standing, Visit, standing},
    },
    store::appointment::Case,
    watch,
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/appointments", Access::Known, get(list)).page("/appointments/{id}", Access::Known, get(show))
}

/// An appointment as its pages show it.
#[derive(Clone)]
pub(super) struct View {
    pub(super) case: Case,
    pub(super) standing: Standing,
    pub(super) openness: Openness,
    pub(super) phase: VisitPhase,
    /// Where 「同意可否を選択する」 ends, if that is another site.
    pub(super) leads_to: Option<Origin>,
    /// From when it was moved a moment ago.
    pub(super) moved_from: Option<base::Timestamp>,
}

impl View {
    pub(super) fn new(mut case: Case, now: base::Timestamp, leads_to: Option<Origin>) -> Self {
        case.appointment = case.appointment.as_shown_to_patient(now);
        let visit = Visit {
            date: case.appointment.visit_date(),
            start: case.appointment.visit_start,
            status: case.appointment.status,
            way: case.institution.leave_by.way(),
        };
        let standing = standing(&visit, case.proof.as_ref(), now);
        let openness = case.appointment.openness(now);
        let phase = case.appointment.phase(now);
        Self { case, standing, openness, phase, leads_to, moved_from: None }
    }

    pub(super) fn id(&self) -> AppointmentId {
        self.case.appointment.id
    }
}

/// The appointment, after the reception was asked whether its registration still stands (at most once a minute). A
/// reception that does not answer changes nothing.
pub(super) async fn load(room: &Room, visitor: &Visitor, person: &Person, id: AppointmentId) -> Result<View, Response> {
    let case = room.store.case(person.id, id).await?;
    let registered = case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::Registered { .. }));
    let case = if registered {
        watch::refresh(room, id, visitor.now()).await;
        room.store.case(person.id, id).await?
    } else {
        case
    };
    let leads_to = match &case.institution.leave_by {
        LeaveBy::HandOver { issuer } => room.receptions.origin(issuer).cloned(),
        _ => None,
    };
    Ok(View::new(case, visitor.now(), leads_to))
}

async fn list(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let cases = room.store.cases(person.id, visitor.now()).await?;
    let views: Vec<_> = cases.into_iter().map(|case| View::new(case, visitor.now(), None)).collect();
    Ok(list_page(&frame(&visitor, Some(&person)), &views).into_response())
}

fn list_page(frame: &Frame, views: &[View]) -> Markup {
    let language = frame.language;
    let (open, over): (Vec<_>, Vec<_>) = views.iter().partition(|view| view.openness != Openness::Closed);
    let cards = |views: &[&View]| -> Vec<Markup> { views.iter().map(|view| card(language, view)).collect() };
    Document::new(frame, language.t("予約一覧", "Appointments")).main(html! {
        @if open.is_empty() {
            (parts::empty_state(language.t("これからの予約はありません", "You have no appointment to come"), html! {
                (parts::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None))
            }))
        } @else {
            (parts::section(language.t("これからの予約", "To come"), parts::card_list(&cards(&open))))
        }
        @if !over.is_empty() {
            (parts::section(language.t("過去の予約", "Over"), parts::card_list(&cards(&over))))
        }
    })
}

fn card(language: Language, view: &View) -> Markup {
    let appointment = &view.case.appointment;
    parts::link_card(
        &format!("/appointments/{}", appointment.id),
        &when::moment(language, appointment.visit_start),
        html! {
            p { (view.case.institution.name_in(language)) (language.t(" ／ ", " · ")) (appointment.menu.name_in(language)) }
            p { (badge(language, view)) }
        },
    )
}

fn badge(language: Language, view: &View) -> Markup {
    let (tone, label) = match (view.case.appointment.status, view.standing.patient_next) {
        (Status::Cancelled, _) => (BadgeTone::Neutral, language.t("キャンセル済み", "Cancelled")),
        (Status::Completed, _) => (BadgeTone::Neutral, language.t("診察が終わりました", "Visit held")),
        (Status::Booked, PatientNext::Nothing) => {
            (BadgeTone::Neutral, language.t("診察日が終わりました", "Visit day over"))
        }
        _ if waits_to_be_sent(view) => {
            (BadgeTone::Attention, language.t("選んだ画像をまだ送っていません", "Picture not sent yet"))
        }
        (_, PatientNext::ChooseConsent | PatientNext::SendPicture) => {
            (BadgeTone::Attention, language.t("保険の手続きが必要です", "Confirm your insurance"))
        }
        (_, PatientNext::GoOnWithConsent) => (BadgeTone::Attention, language.t("手続きの途中です", "Not finished yet")),
        (_, PatientNext::WaitForInstitution | PatientNext::WaitForVisit) if view.phase == VisitPhase::After => {
            (BadgeTone::Neutral, language.t("診察の時間が過ぎました", "Visit time has passed"))
        }
        (_, PatientNext::WaitForInstitution) => {
            (BadgeTone::Accent, language.t("医療機関が確認します", "The clinic is checking"))
        }
        (_, PatientNext::WaitForVisit) if view.phase == VisitPhase::During => {
            (BadgeTone::Accent, language.t("診察の時間です", "It is time for your visit"))
        }
        (_, PatientNext::WaitForVisit) => (BadgeTone::Good, language.t("準備ができています", "Ready")),
    };
    parts::badge(tone, label)
}

/// How one comes to the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Arrival {
    /// Given after moving the appointment.
    moved: Option<String>,
}

async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    arrival: Result<Query<Arrival>, QueryRejection>,
) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let mut view = load(&room, &visitor, &person, patient::appointment_id(&id)?).await?;
    if arrival.unwrap_or_default().moved.is_some() {
        view.moved_from = change::find_recent_move(&room, view.id(), visitor.now()).await?;
    }
    let answer = page(&frame(&visitor, Some(&person)), &view).into_response();
    Ok(leading_to(answer, view.leads_to.as_ref()))
}

/// 予約詳細画面.
fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let id = view.id();
    Document::new(frame, language.t("予約詳細", "Your appointment"))
        .above(parts::breadcrumbs(
            language,
            &[("/appointments", language.t("予約一覧", "Appointments"))],
            language.t("予約詳細", "Your appointment"),
        ))
        .main(html! {
            @if let Some(from) = view.moved_from { (change::moved_notice(language, from, &view.case.appointment)) }
            (next_step(frame, view))
            (timeline(language, view))
            (parts::panel(language.t("予約の内容", "What you booked"), facts(language, view)))
            @if view.openness == Openness::Changeable {
                (parts::buttons(html! {
                    (parts::secondary_link(&format!("/appointments/{id}/move"), language.t("日時を変更する", "Move"), None))
                    (parts::quiet_link(&format!("/appointments/{id}/cancel"), language.t("予約をキャンセルする", "Cancel the appointment")))
                }))
            }
        })
}

/// 予約 → 保険の確認 → 診察 → お会計, as far as each of them is true. Of a cancelled appointment none is; of one whose day ended
/// without a word of the clinic nobody knows.
pub(super) fn timeline(language: Language, view: &View) -> Markup {
    let Case { appointment, proof, .. } = &view.case;
    let over = view.standing.patient_next == PatientNext::Nothing;
    let held = appointment.status == Status::Completed;
    if over && !held {
        return Markup::default();
    }
    let stop = |label, progress, detail| Stop { label, progress, detail };
    let mut stops = vec![stop(language.t("予約", "Booking"), Progress::Done, None)];
    let insurance = language.t("保険の確認", "Insurance");
    let confirmed = proof.as_ref().is_some_and(|proof| matches!(proof.desk, DeskSide::Confirmed { .. }));
    let ready = view.standing.patient_next == PatientNext::WaitForVisit;
    match proof {
        None => {}
        // A visit may have been held without: then it is no step that was taken.
        Some(_) if held && !confirmed => {}
        Some(_) if confirmed => stops.push(stop(insurance, Progress::Done, None)),
        Some(_) if ready => {
            let detail = language
                .t("手続きは済みました。医療機関が確認します。", "Your part is done. The clinic will check it.");
            stops.push(stop(insurance, Progress::Done, Some(detail)));
        }
        Some(_) => stops.push(stop(insurance, Progress::Current, None)),
    }
    let visit = match () {
        () if held => Progress::Done,
        () if ready => Progress::Current,
        () => Progress::Ahead,
    };
    stops.push(stop(language.t("診察", "Visit"), visit, None));
    let payment = if held { Progress::Current } else { Progress::Ahead };
    stops.push(stop(language.t("お会計", "Payment"), payment, None));
    parts::timeline(language, &stops)
}

/// Whether a picture was chosen that nobody but the patient has seen, and that is still of use.
fn waits_to_be_sent(view: &View) -> bool {
    let needed = !matches!(view.standing.patient_next, PatientNext::WaitForVisit | PatientNext::Nothing);
    needed && view.case.pictures.iter().any(|picture| picture.state == PictureState::Draft)
}

/// The one sentence and the one next step, which stays in sight on a phone, with the other way beneath it.
pub(super) fn next_step(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let sentence = view.standing.patient.in_language(language);
    let takes_the_card = view.case.institution.leave_by.way().takes_the_card();
    if waits_to_be_sent(view) {
        let words = language.t("送るまで、医療機関には届きません。", "The clinic does not have it until you send it.");
        return html! {
            (parts::notice(
                Tone::Warning,
                language.t("選んだ画像をまだ送っていません", "You have not sent your picture yet"),
                html! { p { (words) } },
            ))
            (parts::bottom_bar(parts::primary_link(&picture(view), language.t("画像を確認して送る", "Check and send the picture"), None)))
            @if takes_the_card && view.standing.patient_next != PatientNext::WaitForInstitution {
                (consent_beside(frame, view))
            }
            (about_the_visit(language, view))
        };
    }
    match view.standing.patient_next {
        PatientNext::ChooseConsent => {
            let fresh = view.case.proof.as_ref().is_some_and(|proof| *proof == Proof::new());
            let heading = if fresh {
                language.t("次は、保険の確認です", "Next: confirm your insurance")
            } else {
                language.t("保険の確認が必要です", "Confirm your insurance")
            };
            consent_and_picture(frame, view, heading, consent_label(language))
        }
        PatientNext::GoOnWithConsent => {
            let heading = language.t("手続きの途中です", "You have not finished");
            consent_and_picture(frame, view, heading, language.t("手続きの続きへ", "Continue"))
        }
        PatientNext::SendPicture => html! {
            (parts::notice(
                Tone::Warning,
                language.t("保険証画像が必要です", "Send a picture of your insurance document"),
                html! { p { (sentence) } (notes(language, view)) },
            ))
            (parts::bottom_bar(parts::primary_link(&picture(view), upload_label(language), None)))
            p { (upload_next(language)) }
            @if takes_the_card { (consent_beside(frame, view)) }
            (about_the_visit(language, view))
        },
        PatientNext::WaitForInstitution => parts::notice(
            Tone::Info,
            language.t("医療機関が確認します", "The clinic is checking"),
            html! { p { (sentence) } (while_the_clinic_checks(language, view)) },
        ),
        PatientNext::WaitForVisit => {
            let (tone, heading) = match view.phase {
                VisitPhase::Before => (Tone::Success, language.t("準備ができています", "You are ready")),
                VisitPhase::During => (Tone::Info, language.t("診察の時間です", "It is time for your visit")),
                VisitPhase::After => {
                    (Tone::Info, language.t("診察の時間が過ぎました", "The time of your visit has passed"))
                }
            };
            let body = html! { p { (sentence) } (about_the_visit(language, view)) (ready(language, view)) };
            parts::notice(tone, heading, body)
        }
        PatientNext::Nothing => parts::notice(
            Tone::Info,
            sentence,
            html! { (parts::secondary_link("/", language.t("新しく予約する", "Book again"), None)) },
        ),
    }
}

fn while_the_clinic_checks(language: Language, view: &View) -> Markup {
    html! {
        p { (language.t(
            "お待ちいただくだけで大丈夫です。確認が終わるか、追加のお願いがあると、メールでお知らせします。",
            "There is nothing else to do. We email you when it is done, or if something more is needed.",
        )) }
        (about_the_visit(language, view))
        @if said_done(view) {
            (parts::quiet_link(&format!("/appointments/{}/leave", view.id()), language.t("手続きがまだのときは、手続きの画面に戻る", "Not done yet? Back to the procedure")))
            (parts::quiet_link(&picture(view), upload_label(language)))
        } @else {
            (parts::quiet_link(&picture(view), language.t("保険証画像を見る・送り直す", "See or send pictures")))
        }
    }
}

/// What is true of the visit at this time. How it is held, the clinic says; whom to call, the page does.
pub(super) fn about_the_visit(language: Language, view: &View) -> Markup {
    let Case { appointment, institution, .. } = &view.case;
    let phone = telephone_link(&institution.phone);
    html! {
        p {
            @match (view.phase, language) {
                (VisitPhase::Before, Language::Japanese) => {
                    "診察は" (when::short_moment(language, appointment.visit_start)) "からです。受診のしかたが分からないときは、医療機関（" (phone) "）にお問い合わせください。"
                }
                (VisitPhase::Before, Language::English) => {
                    "Your visit starts on " (when::short_moment(language, appointment.visit_start)) ". If you do not know how you will see the doctor, ask the clinic: " (phone)
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

/// What the desk wrote beside the pictures that it asks for again.
fn notes(language: Language, view: &View) -> Markup {
    let refused = view.case.pictures.iter().filter(|picture| picture.state == PictureState::Refused);
    let notes = refused.filter_map(|picture| picture.refusal.as_ref()?.note.as_ref());
    html! {
        @for note in notes {
            p { (language.t("医療機関から：", "From the clinic: ")) "「" (note) "」" }
        }
    }
}

/// Whether all that is known is the patient's own word, which may have been given too early.
fn said_done(view: &View) -> bool {
    view.case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::SaidDone { .. }))
}

fn picture(view: &View) -> String {
    format!("/appointments/{}/picture", view.id())
}

fn upload_label(language: Language) -> &'static str {
    language.t("保険証画像をアップロードする", "Upload a picture of your insurance document")
}

fn upload_next(language: Language) -> &'static str {
    language.t(
        "資格確認書などの画像を、おもて面とうら面に分けて送ります。",
        "You send pictures of your document, front and back.",
    )
}

/// 「同意可否を選択する」 or its continuation, with the picture beside it.
fn consent_and_picture(frame: &Frame, view: &View, heading: &str, label: &str) -> Markup {
    let language = frame.language;
    let way = view.case.institution.leave_by.way();
    html! {
        (parts::notice(
            Tone::Warning,
            heading,
            html! {
                p { (view.standing.patient.in_language(language)) }
                p { (leave_next(language, way)) }
            },
        ))
        (parts::bottom_bar(parts::form(
            frame,
            &format!("/appointments/{}/leave", view.id()),
            parts::primary_button(label, None),
        )))
        (parts::secondary_link(&picture(view), upload_label(language), Some(upload_next(language))))
        (parts::quiet_link("/help/card", language.t("カードを使う前に確認する", "Check before you use your card")))
        (about_the_visit(language, view))
    }
}

/// The guide's own label, with what it means for who does not read it.
fn consent_label(language: Language) -> &'static str {
    language.t("同意可否を選択する", "Choose what to share (同意可否を選択する)")
}

fn consent_beside(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let way = view.case.institution.leave_by.way();
    parts::form(
        frame,
        &format!("/appointments/{}/leave", view.id()),
        parts::secondary_button(consent_label(language), Some(leave_next(language, way))),
    )
}

fn leave_next(language: Language, way: Way) -> &'static str {
    match way {
        Way::HandOver | Way::PictureOnly => language.t(
            "マイナ在宅受付Webに移動し、医療機関に見せてよい情報を選びます。マイナンバーカードと4桁の暗証番号をご用意ください。最後に「手続きを終了する」で戻ってきます。",
            "On マイナ在宅受付Web you choose what the clinic may see. Have your card and its 4-digit PIN ready. At the end, 「手続きを終了する」 (finish) brings you back.",
        ),
        Way::FixedUrl => language.t(
            "次の画面で、入力する診察日と、マイナ在宅受付Webへのリンクを確認できます。",
            "The next page shows the visit date to enter and the link to マイナ在宅受付Web.",
        ),
    }
}

fn ready(language: Language, view: &View) -> Markup {
    let Some(proof) = &view.case.proof else { return Markup::default() };
    html! {
        @if let PatientSide::Registered { reception_number, valid_until } = proof.patient {
            (parts::description_list(&[
                (language.t("同意の有効期限", "Consent is valid"), html! { (when::until(language, valid_until)) }),
                (language.t("受付番号", "Reception number"), html! { (reception_number.grouped()) }),
            ]))
        }
        @if let DeskSide::Confirmed { by, at, .. } = &proof.desk {
            p { (language.t("確認：", "Confirmed: ")) (by)
                (language.bracketed(&when::short_moment(language, *at))) }
        } @else {
            p { (language.t(
                "このあと、医療機関が保険を確認します。同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できます。",
                "The clinic will now check your insurance. We obtain nothing of what you consented to; only the clinic can see it.")) }
        }
    }
}

fn facts(language: Language, view: &View) -> Markup {
    let Case { appointment, institution, proof, .. } = &view.case;
    let menu = &appointment.menu;
    let mut rows = vec![
        (language.t("日時", "Time"), html! { (when::visit(language, appointment.visit_start, menu.minutes)) }),
        (
            language.t("医療機関", "Clinic"),
            html! { a href=(format!("/institutions/{}", institution.code)) { (institution.name_in(language)) } br; (telephone_link(&institution.phone)) },
        ),
        (
            language.t("メニュー", "Menu"),
            html! { (menu.name_in(language)) (language.bracketed(menu.charge.name(language))) },
        ),
    ];
    if let Some(doctor) = &menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    // Nothing is due for what does not take place.
    if appointment.status != Status::Cancelled {
        rows.push((language.t("診療の費用", "Medical fee"), html! { (menu.fee_in(language)) }));
        rows.extend(system_fee_row(language, menu.system_fee));
        if let Some(proof) = proof {
            rows.push((language.t("保険の手続き", "Insurance"), html! { (proof_text(language, proof)) }));
        }
    }
    rows.push((language.t("予約した日", "Booked on"), html! { (when::moment(language, appointment.made_at)) }));
    rows.push((language.t("予約番号", "Booking number"), html! { (booking_number(appointment.id)) }));
    parts::description_list(&rows)
}

/// How far the proof of insurance is, in one line.
fn proof_text(language: Language, proof: &Proof) -> String {
    let since = |japanese: &str, english: &str, at: base::Timestamp| {
        language.t(japanese, english).to_owned() + &language.bracketed(&when::short_moment(language, at))
    };
    match (&proof.desk, &proof.patient) {
        (DeskSide::Requested { what: Wanted::Picture, at, .. }, PatientSide::PictureSent { .. }) => {
            since("送り直しのお願い", "Please send it again", *at)
        }
        (_, PatientSide::NotStarted(_)) => language.t("まだです", "Not done yet").to_owned(),
        (_, PatientSide::Left { at }) => since("手続きの途中です", "Started, not finished", *at),
        (_, PatientSide::Registered { valid_until, .. }) => match language {
            Language::Japanese => format!("同意登録済み。{}", when::until(language, *valid_until)),
            Language::English => format!("Consent registered ({})", when::until(language, *valid_until)),
        },
        (_, PatientSide::SaidDone { at }) => {
            since("手続きを終えたとのご連絡を受け付けました", "You told us that you finished", *at)
        }
        (_, PatientSide::PictureSent { at }) => since("保険証画像を送信済み", "Picture sent", *at),
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/appointments", Some(&person));
    let cases = specimen::cases();
    let views: Vec<_> = cases.iter().map(|(_, view)| view.clone()).collect();
    let mut samples = vec![
        ("appointments/list".to_owned(), list_page(&frame, &views)),
        ("appointments/none".to_owned(), list_page(&frame, &[])),
    ];
    samples.extend(cases.iter().map(|(name, view)| (format!("appointment/{name}"), page(&frame, view))));
    let from = Some(specimen::start().minus(base::Span::from_hours(24)));
    let moved = View { moved_from: from, ..specimen::fresh_cases().remove(0).1 };
    samples.push(("appointment/just-moved".to_owned(), page(&frame, &moved)));
    samples
}
