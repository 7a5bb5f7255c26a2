//! Moving an appointment to another time, and cancelling it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Span, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor,
    parts::{self, Tone},
};

use super::{
    appointment::View,
    booking::{count_refusal, nearby_fields, nearby_notices},
    chosen, frame,
    institution::{ChosenStart, count_hold},
    patient, slots, specimen, when, with_query,
};
use crate::{
    Refusal,
    room::Room,
    rules::{
        appointment::{Appointment, AppointmentId, Openness},
        patient::Person,
        proof::{How, LostByMoving, PatientSide, Proof},
    },
    store::{
        appointment::{AcceptedVisits, Booker, NearbyVisits},
        hold::Holder,
    },
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .page("/appointments/{id}/move", Access::Known, get(choose))
        .action("/appointments/{id}/move", Access::Known, post(move_to))
        .action("/appointments/{id}/move/hold", Access::Known, post(hold))
        .page("/appointments/{id}/move/confirm", Access::Known, get(confirm))
        .page("/appointments/{id}/cancel", Access::Known, get(ask_cancel))
        .action("/appointments/{id}/cancel", Access::Known, post(cancel))
}

/// The appointment, if it can still be changed; else the way to its page.
async fn changeable(room: &Room, visitor: &Visitor, id: &str) -> Result<(Person, View), Response> {
    let person = patient::signed_in(room, visitor).await?;
    let id = patient::appointment_id(id)?;
    let case = room.store.case(person.id, id).await?;
    let view = View::new(case, visitor.now(), None);
    if view.openness != Openness::Changeable {
        // Mostly somebody who went back after cancelling. The appointment's own page says how it stands.
        return Err(Redirect::to(&format!("/appointments/{id}")).into_response());
    }
    Ok((person, view))
}

/// What another day takes away. A self-pay visit has nothing to lose.
fn lost(view: &View) -> LostByMoving {
    view.case.proof.as_ref().map_or(LostByMoving::Nothing, Proof::lost_by_moving)
}

async fn choose(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    week: Result<Query<slots::Week>, QueryRejection>,
) -> Result<Response, Response> {
    let (person, view) = changeable(&room, &visitor, &id).await?;
    let view = load_slots(&room, &visitor, view, &slots::Week::from_query(week)).await?;
    Ok(slots::page(&frame(&visitor, Some(&person)), &view).into_response())
}

/// The times that an appointment can be moved to.
async fn load_slots(room: &Room, visitor: &Visitor, view: View, week: &slots::Week) -> Result<slots::View, Refusal> {
    let lost = lost(&view);
    let appointment = view.case.appointment;
    let offer = room.store.offer(appointment.institution).await?;
    let grid = (&offer.opening, appointment.menu.minutes);
    let asker = (visitor.browser().digest(), visitor.now());
    let times = slots::load_times(&room.store, appointment.institution, grid, week, asker).await?;
    Ok(slots::View {
        institution: offer.institution,
        menu_name: appointment.menu.name_in(visitor.language()).to_owned(),
        times,
        purpose: slots::Purpose::Move { appointment: appointment.id, from: appointment.visit_start, lost },
        now: visitor.now(),
        hold_minutes: room.limits.hold_minutes,
        lost: None,
    })
}

async fn hold(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(chosen): Form<ChosenStart>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    let start = chosen.read()?;
    let holder = Holder { browser: visitor.browser().digest(), patient: Some(person.id), peer: visitor.peer() };
    match room.store.hold_slot_for_move(holder, person.id, id, start, visitor.now()).await {
        Ok(outcome) => {
            count_hold(outcome);
            Ok(Redirect::to(&confirm_path(id, start)).into_response())
        }
        Err(refusal) => Err(answer_refusal(&room, &visitor, &person, (id, start), refusal).await),
    }
}

fn confirm_path(id: AppointmentId, start: Timestamp) -> String {
    with_query(&format!("/appointments/{id}/move/confirm"), &[("start", &start.milliseconds().to_string())])
}

/// The answer to whoever cannot have the new time: the times again where another one can be chosen, else what is refused.
async fn answer_refusal(
    room: &Room,
    visitor: &Visitor,
    person: &Person,
    (id, start): (AppointmentId, Timestamp),
    refusal: Refusal,
) -> Response {
    count_refusal(&refusal);
    let Some(lost) = slots::LostTime::from_refusal(&refusal, start) else { return refusal.into_response() };
    let loaded = async {
        let case = room.store.case(person.id, id).await?;
        load_slots(room, visitor, View::new(case, visitor.now(), None), &slots::Week::around(start)).await
    };
    match loaded.await {
        Ok(view) => {
            let view = slots::View { lost: Some(lost), ..view };
            slots::answer_lost_time(frame(visitor, Some(person)), &view, &refusal)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The form that moves an appointment.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewTime {
    start: String,
    /// The patient's other visit at that time, which the form has told of.
    overlap: String,
    /// The patient's other visit there on that day, which the form has told of.
    same_day: String,
}

/// A new time for an appointment, before it is confirmed.
struct MoveView {
    view: View,
    start: Timestamp,
    held_until: Option<Timestamp>,
    /// What the patient has booked besides, at that time or on that day.
    nearby: NearbyVisits,
}

async fn confirm(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    chosen: Result<Query<ChosenStart>, QueryRejection>,
) -> Result<Response, Response> {
    let (person, view) = changeable(&room, &visitor, &id).await?;
    let start = chosen.unwrap_or_default().read()?;
    let id = view.id();
    if start == view.case.appointment.visit_start {
        return Ok(Redirect::to(&format!("/appointments/{id}")).into_response());
    }
    let booker = Booker::with_browser(person.id, visitor.browser().digest());
    let nearby = match room.store.check_move(booker, id, start, visitor.now()).await {
        Ok(nearby) => nearby,
        Err(refusal) => return Err(answer_refusal(&room, &visitor, &person, (id, start), refusal).await),
    };
    let time = (view.case.appointment.institution, start);
    let held_until = chosen::find_held_until(&room, &visitor, time).await?;
    let view = MoveView { view, start, held_until, nearby };
    Ok(move_page(&frame(&visitor, Some(&person)), &view).into_response())
}

fn move_page(frame: &Frame, moving: &MoveView) -> Markup {
    let language = frame.language;
    let MoveView { view, start, held_until, nearby } = moving;
    let start = *start;
    let appointment = &view.case.appointment;
    let id = appointment.id;
    let minutes = appointment.menu.minutes;
    let another_day = start.japan_date() != appointment.visit_date();
    let lost = lost(view);
    let again = view.case.proof.is_some() && matches!(lost, LostByMoving::Nothing | LostByMoving::Consent);
    let next = if another_day && again {
        language.t(
            "変更すると、保険の手続きをもう一度していただきます。",
            "Your visit is moved. Next, confirm your insurance again for the new day.",
        )
    } else {
        language.t("予約の日時が変わります。", "Your visit is moved.")
    };
    let label = match nearby {
        NearbyVisits { overlap: Some(_), .. } => language.t("重なったまま変更する", "Move and keep both"),
        NearbyVisits { same_day: Some(_), .. } => language.t("両方とも残して変更する", "Move and keep both"),
        _ => language.t("この日時に変更する", "Move to this time"),
    };
    Document::new(frame, language.t("日時の変更を確認", "Check and move"))
        .above(parts::back_link(
            &format!("/appointments/{id}/move"),
            language.t("日時を選び直す", "Choose another time"),
        ))
        .main(html! {
            (parts::form(frame, &format!("/appointments/{id}/move"), html! {
                (parts::hidden("start", &start.milliseconds().to_string()))
                (nearby_fields(nearby))
                (parts::plain_panel(parts::description_list(&[
                    (language.t("医療機関", "Clinic"), html! { (view.case.institution.name_in(language)) }),
                    (language.t("今の日時", "Now"), html! { (when::visit(language, appointment.visit_start, minutes)) }),
                    (language.t("新しい日時", "New"), html! { strong { (when::visit(language, start, minutes)) } }),
                ])))
                (chosen::render_hold(language, *held_until))
                (nearby_notices(language, nearby))
                @if another_day { (what_is_lost(language, lost)) }
                (parts::bottom_bar(parts::primary_button(label, Some(next))))
            }))
        })
}

/// How long after moving an appointment its page says so.
const MOVE_SHOWN: Span = Span::from_mins(10);

/// From when an appointment was moved, if that was its patient's last act and a moment ago.
pub(super) async fn find_recent_move(
    room: &Room,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let last = room.store.find_last_move(id).await?;
    Ok(last.filter(|(_, at)| now < at.plus(MOVE_SHOWN)).map(|(from, _)| from))
}

/// That an appointment was moved, from when to when.
pub(super) fn moved_notice(language: Language, from: Timestamp, appointment: &Appointment) -> Markup {
    let minutes = appointment.menu.minutes;
    parts::notice(
        Tone::Success,
        language.t("日時を変更しました", "Your visit was moved"),
        html! {
            p {
                (language.t("前：", "From: ")) (when::visit(language, from, minutes)) br;
                (language.t("今：", "To: ")) b { (when::visit(language, appointment.visit_start, minutes)) }
            }
        },
    )
}

fn what_is_lost(language: Language, lost: LostByMoving) -> Markup {
    let (tone, heading, words) = match lost {
        LostByMoving::Nothing => return Markup::default(),
        LostByMoving::Consent => (
            Tone::Warning,
            language.t("今の保険の手続きは無効になります", "What you did for your insurance becomes void"),
            language.t(
                "同意登録は診察日ごとに行うものです。変更したら、新しい日付でもう一度手続きをしてください。",
                "Consent is registered for one day. After moving, please do it again.",
            ),
        ),
        LostByMoving::LookAtPicture => (
            Tone::Info,
            language.t("送った画像は、もう一度送る必要はありません", "The picture that you sent stays"),
            language.t(
                "新しい日付で有効な保険かどうかを、医療機関がもう一度確認します。",
                "The clinic checks again whether the insurance is valid on the new day.",
            ),
        ),
        LostByMoving::Confirmation => (
            Tone::Info,
            language.t("医療機関がもう一度保険を確認します", "The clinic checks your insurance again"),
            language.t(
                "新しい日付で有効な保険かどうかを確認するためです。",
                "It checks whether the insurance is valid on the new day.",
            ),
        ),
    };
    parts::notice(tone, heading, html! { p { (words) } })
}

async fn move_to(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(new): Form<NewTime>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    let start = ChosenStart::from_text(new.start).read()?;
    let accepted = AcceptedVisits::parse(&new.overlap, &new.same_day);
    let booker = Booker { accepted, ..Booker::with_browser(person.id, visitor.browser().digest()) };
    match room.store.move_to(booker, id, start, visitor.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("/appointments/{id}?moved=1")).into_response()),
        // The page asks what the form did not know of.
        Err(Refusal::Overlaps(_) | Refusal::SameDay(_)) => Ok(Redirect::to(&confirm_path(id, start)).into_response()),
        Err(refusal) => Err(answer_refusal(&room, &visitor, &person, (id, start), refusal).await),
    }
}

async fn ask_cancel(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let (person, view) = changeable(&room, &visitor, &id).await?;
    Ok(cancel_page(&frame(&visitor, Some(&person)), &view).into_response())
}

fn cancel_page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let appointment = &view.case.appointment;
    let detail = format!("/appointments/{}", appointment.id);
    Document::new(frame, language.t("予約をキャンセルしますか", "Cancel this appointment?")).main(html! {
        (parts::plain_panel(parts::description_list(&[
            (language.t("医療機関", "Clinic"), html! { (view.case.institution.name_in(language)) }),
            (language.t("日時", "Time"), html! { (when::visit(language, appointment.visit_start, appointment.menu.minutes)) }),
        ])))
        p { (language.t("キャンセル料はかかりません。", "There is no fee.")) }
        @match view.case.proof.as_ref().map(|proof| proof.patient) {
            Some(PatientSide::Left { .. } | PatientSide::Registered { .. } | PatientSide::SaidDone { .. }) => p { (language.t(
                "登録した同意は、マイナ在宅受付Webの「すべての同意を取消す」から取り消せます。",
                "Consent that you registered can be taken back at マイナ在宅受付Web with 「すべての同意を取消す」.")) },
            Some(PatientSide::PictureSent { .. }) => p { (language.t(
                "送った画像は、自動で消えます。",
                "The picture that you sent is erased by itself.")) },
            _ => {}
        }
        (parts::form(frame, &format!("{detail}/cancel"), html! {
            (parts::danger_button(language.t("予約をキャンセルする", "Cancel the appointment"), Some(language.t("この時間は、ほかの方が予約できるようになります。", "Somebody else can then book this time."))))
        }))
        (parts::secondary_link(&detail, language.t("キャンセルしない", "Keep it"), None))
    })
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn cancel(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    room.store.cancel(person.id, id, visitor.now()).await.inspect_err(count_refusal)?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/appointments", Some(&person));
    let cases = specimen::cases();
    let find =
        |name: &str| cases.iter().find(|(found, _)| *found == name).map(|(_, view)| view).expect("the case is there");
    let (registered, self_pay) = (find("registered"), find("self-pay"));
    let (fresh, picture) = (find("not-started"), find("confirmed-picture"));
    let seen = View {
        case: crate::store::appointment::Case { proof: Some(shown_on_screen()), ..fresh.case.clone() },
        ..fresh.clone()
    };
    let hour = Span::from_hours(1);
    let moving = |view: &View, by: Span| MoveView {
        view: view.clone(),
        start: view.case.appointment.visit_start.plus(by),
        held_until: Some(specimen::now().plus(Span::from_mins(10))),
        nearby: NearbyVisits::default(),
    };
    let overlapping = NearbyVisits { overlap: Some(specimen::other_visit()), same_day: None };
    let overlapping = MoveView { held_until: None, nearby: overlapping, ..moving(registered, hour) };
    let same_day = NearbyVisits { overlap: None, same_day: Some(specimen::visit_on_the_same_day()) };
    let same_day = MoveView { nearby: same_day, ..moving(self_pay, hour * 24) };
    vec![
        ("move/another-day".to_owned(), move_page(&frame, &moving(registered, hour * 24))),
        ("move/same-day".to_owned(), move_page(&frame, &moving(registered, hour))),
        ("move/self-pay".to_owned(), move_page(&frame, &moving(self_pay, hour * 24))),
        ("move/nothing-done".to_owned(), move_page(&frame, &moving(fresh, hour * 24))),
        ("move/picture".to_owned(), move_page(&frame, &moving(picture, hour * 24))),
        ("move/confirmed".to_owned(), move_page(&frame, &moving(&seen, hour * 24))),
        ("move/overlapping".to_owned(), move_page(&frame, &overlapping)),
        ("move/beside-another".to_owned(), move_page(&frame, &same_day)),
        ("cancel/ask".to_owned(), cancel_page(&frame, registered)),
        ("cancel/ask-picture".to_owned(), cancel_page(&frame, picture)),
        ("cancel/ask-nothing-done".to_owned(), cancel_page(&frame, fresh)),
    ]
}

fn shown_on_screen() -> Proof {
    Proof::new().confirm(How::ShownOnScreen, "受付 見本".to_owned(), specimen::now())
}
