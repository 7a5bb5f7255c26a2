//! 予約一覧 and 予約詳細画面.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use shell::{
    Access, Document, Frame, Language, Origin, Routes, Visitor,
    parts::{self, BadgeTone, Tone},
};

use super::{frame, leading_to, patient, specimen, when, yen};
use crate::{
    room::Room,
    rules::{
        appointment::{AppointmentId, Openness, Status},
        institution::{Charge, LeaveBy, Way},
        patient::Person,
        proof::{DeskSide, PatientSide},
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
    /// Where 「同意可否を選択する」 ends, if that is another site.
    pub(super) leads_to: Option<Origin>,
}

impl View {
    pub(super) fn of(mut case: Case, now: base::Timestamp, leads_to: Option<Origin>) -> Self {
        case.appointment = case.appointment.as_shown_to_patient(now);
        let visit = Visit {
            date: case.appointment.visit_date(),
            start: case.appointment.visit_start,
            status: case.appointment.status,
            way: case.institution.leave_by.way(),
        };
        let standing = standing(&visit, case.proof.as_ref(), now);
        let openness = case.appointment.openness(now);
        Self { case, standing, openness, leads_to }
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
    Ok(View::of(case, visitor.now(), leads_to))
}

async fn list(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let cases = room.store.cases(person.id, visitor.now()).await?;
    let views: Vec<_> = cases.into_iter().map(|case| View::of(case, visitor.now(), None)).collect();
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
        (_, PatientNext::ChooseConsent | PatientNext::SendPicture) => {
            (BadgeTone::Attention, language.t("保険の手続きが必要です", "Insurance to be proven"))
        }
        (_, PatientNext::GoOnWithConsent) => {
            (BadgeTone::Attention, language.t("登録状況を確認できません", "Not known whether registered"))
        }
        (_, PatientNext::WaitForInstitution) => {
            (BadgeTone::Accent, language.t("医療機関が確認します", "The clinic is checking"))
        }
        (_, PatientNext::WaitForVisit) => (BadgeTone::Good, language.t("診察を待つだけです", "Ready")),
        (_, PatientNext::Nothing) => (BadgeTone::Neutral, language.t("終了", "Over")),
    };
    parts::badge(tone, label)
}

async fn show(State(room): State<Arc<Room>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let view = load(&room, &visitor, &person, patient::appointment_id(&id)?).await?;
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
            (parts::visit_timeline(language, view.standing.stage, None))
            (next_step(frame, view))
            (parts::panel(language.t("予約の内容", "What you booked"), facts(language, view)))
            @if view.openness == Openness::Changeable {
                (parts::buttons(html! {
                    (parts::secondary_link(&format!("/appointments/{id}/move"), language.t("日時を変更する", "Move"), None))
                    (parts::quiet_link(&format!("/appointments/{id}/cancel"), language.t("予約をキャンセルする", "Cancel the appointment")))
                }))
            }
        })
}

/// The one sentence and the one next step, with the other way beside it.
pub(super) fn next_step(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let sentence = view.standing.patient.in_language(language);
    match view.standing.patient_next {
        PatientNext::ChooseConsent => told(
            Tone::Warning,
            language.t("保険の確認が必要です", "Your insurance is to be proven"),
            sentence,
            &consent_and_picture(frame, view),
        ),
        PatientNext::GoOnWithConsent => told(
            Tone::Warning,
            language.t("登録状況を確認できません", "We cannot tell whether you are registered"),
            sentence,
            &consent_and_picture(frame, view),
        ),
        PatientNext::SendPicture => told(
            Tone::Warning,
            language.t("保険証画像が必要です", "A picture of your insurance document is needed"),
            sentence,
            &html! {
                (parts::primary_link(&picture(view), upload_label(language), Some(upload_next(language))))
                @if view.case.institution.leave_by.way().takes_the_card() { (consent_beside(frame, view)) }
            },
        ),
        PatientNext::WaitForInstitution => told(
            Tone::Info,
            language.t("医療機関が確認します", "The clinic is checking"),
            sentence,
            &html! {
                p { (language.t("確認が終わるか、追加のお願いがあると、メールでお知らせします。", "We mail you when it is done, or if something more is needed.")) }
                @if said_done(view) {
                    (parts::quiet_link(&format!("/appointments/{}/leave", view.id()), language.t("手続きがまだのときは、手続きの画面に戻る", "Not done yet? Back to the procedure")))
                    (parts::quiet_link(&picture(view), upload_label(language)))
                } @else {
                    (parts::quiet_link(&picture(view), language.t("保険証画像を見る・送り直す", "See or send pictures")))
                }
            },
        ),
        PatientNext::WaitForVisit => {
            told(Tone::Success, language.t("準備ができています", "You are ready"), sentence, &ready(language, view))
        }
        PatientNext::Nothing => parts::notice(
            Tone::Info,
            sentence,
            html! { (parts::secondary_link("/", language.t("新しく予約する", "Book again"), None)) },
        ),
    }
}

/// Whether all that is known is her own word, which she may have given too early.
fn said_done(view: &View) -> bool {
    view.case.proof.as_ref().is_some_and(|proof| matches!(proof.patient, PatientSide::SaidDone { .. }))
}

fn told(tone: Tone, heading: &str, sentence: &str, body: &Markup) -> Markup {
    parts::notice(tone, heading, html! { p { (sentence) } (body) })
}

fn picture(view: &View) -> String {
    format!("/appointments/{}/picture", view.id())
}

fn upload_label(language: Language) -> &'static str {
    language.t("保険証画像をアップロードする", "Upload a picture of the insurance document")
}

fn upload_next(language: Language) -> &'static str {
    language.t("資格確認書などの写真を、表と裏に分けて送ります。", "You send photos of your document, front and back.")
}

/// 「同意可否を選択する」 and the picture, side by side.
fn consent_and_picture(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    html! {
        p { (language.t(
            "マイナ保険証を利用する場合は「同意可否を選択する」から、お手続きください。",
            "To use your card, press 「同意可否を選択する」 (choose what you consent to).")) }
        (parts::form(frame, &format!("/appointments/{}/leave", view.id()), html! {
            (parts::primary_button("同意可否を選択する", Some(leave_next(language, view.case.institution.leave_by.way()))))
        }))
        (parts::secondary_link(&picture(view), upload_label(language), Some(upload_next(language))))
        (parts::quiet_link("/help/card", language.t("カードを使う前に確認する", "Check before you use your card")))
    }
}

fn consent_beside(frame: &Frame, view: &View) -> Markup {
    parts::form(
        frame,
        &format!("/appointments/{}/leave", view.id()),
        html! {
            (parts::secondary_button("同意可否を選択する", Some(leave_next(frame.language, view.case.institution.leave_by.way()))))
        },
    )
}

fn leave_next(language: Language, way: Way) -> &'static str {
    match way {
        Way::HandOver | Way::PictureOnly => language.t(
            "マイナ在宅受付Webに移動します。マイナンバーカードと4けたの暗証番号をご用意ください。終わったら「手続きを終了する」で戻ってきます。",
            "You go to マイナ在宅受付Web. Have your card and its 4-digit PIN at hand. At the end 「手続きを終了する」 brings you back.",
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
                (language.bracketed(&when::moment(language, *at))) }
        } @else {
            p { (language.t(
                "このあと、医療機関が保険を確認します。同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できます。",
                "The clinic will now check your insurance. We obtain nothing of what you consented to; only the clinic can see it.")) }
        }
    }
}

fn facts(language: Language, view: &View) -> Markup {
    let Case { appointment, institution, proof } = &view.case;
    let menu = &appointment.menu;
    let mut rows = vec![
        (language.t("日時", "Time"), html! { (when::visit(language, appointment.visit_start, menu.minutes)) }),
        (
            language.t("医療機関", "Clinic"),
            html! { a href=(format!("/institutions/{}", institution.code)) { (institution.name_in(language)) } br; (institution.phone) },
        ),
        (
            language.t("メニュー", "Menu"),
            html! { (menu.name_in(language)) (language.bracketed(menu.charge.name(language))) },
        ),
    ];
    if let Some(doctor) = &menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    rows.push((language.t("診療の費用", "Medical fee"), html! { (menu.fee_in(language)) }));
    rows.push((
        language.t("システム利用料", "System fee"),
        html! { (yen(language, menu.system_fee)) (language.t("（診療の費用とは別）", " (apart from the medical fee)")) },
    ));
    if menu.charge == Charge::Insured {
        let sentence = proof.as_ref().map(|proof| proof_text(language, &proof.patient));
        rows.push((language.t("保険の手続き", "Insurance"), html! { (sentence.unwrap_or_default()) }));
    }
    rows.push((language.t("予約した日", "Booked on"), html! { (when::moment(language, appointment.made_at)) }));
    parts::description_list(&rows)
}

/// What the patient's own side knows.
fn proof_text(language: Language, side: &PatientSide) -> String {
    let since = |japanese: &str, english: &str, at: base::Timestamp| {
        language.t(japanese, english).to_owned() + &language.bracketed(&when::moment(language, at))
    };
    match side {
        PatientSide::NotStarted(_) => language.t("まだです", "Not done yet").to_owned(),
        PatientSide::Left { at } => since(
            "手続きに進みましたが、登録状況を確認できません",
            "You left to register; not known whether it is done",
            *at,
        ),
        PatientSide::Registered { valid_until, .. } => match language {
            Language::Japanese => format!("同意登録済み。{}", when::until(language, *valid_until)),
            Language::English => format!("Consent registered ({})", when::until(language, *valid_until)),
        },
        PatientSide::SaidDone { at } => {
            since("手続きを終えたとのご連絡を受け付けました", "You told us that you finished", *at)
        }
        PatientSide::PictureSent { at } => since("保険証画像を送信済み", "Picture sent", *at),
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
    samples
}
