//! Booking: what will be booked, and 予約完了画面.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, InstitutionCode, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Refuse, Routes, Visitor, drawing,
    parts::{self, Tone},
};

use super::{
    appointment::{self, View},
    chosen::{self, BookingStep, ChosenVisit},
    frame, institution, leading_to, patient, slots, specimen, system_fee_row, when, with_query,
};
use crate::{
    Refusal,
    room::Room,
    rules::{
        institution::{Charge, Menu},
        patient::{Person, Profile, format_phone},
        standing::PatientNext,
    },
    store::appointment::{AcceptedVisits, Booker, NearbyVisits, OwnVisit, Wish, WishState},
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/book", Access::Known, get(confirm)).action("/book", Access::Known, post(book)).page(
        "/appointments/{id}/booked",
        Access::Known,
        get(booked),
    )
}

/// What is to be booked, as it stands in the address and in the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wished {
    institution: String,
    menu: String,
    start: String,
    /// The patient's other visit at that time, which the form has told of.
    overlap: String,
    /// The patient's other visit there on that day, which the form has told of.
    same_day: String,
}

impl Wished {
    /// What a path with a query leads on to book.
    pub(super) fn from_path(path: &str) -> Option<Self> {
        serde_urlencoded::from_str(path.strip_prefix("/book?")?).ok()
    }

    pub(super) fn read(&self) -> Result<Wish, Refusal> {
        let institution: InstitutionCode = self.institution.parse().map_err(|_| Refusal::NotFound)?;
        let menu = self.menu.parse().map_err(|_| Refusal::NotFound)?;
        let start = self.start.parse::<i64>().map_err(|_| Refusal::NotFound)?;
        Ok(Wish { institution, menu, start: Timestamp::from_milliseconds(start) })
    }
}

/// Where a wish is confirmed.
pub(super) fn path(wish: Wish) -> String {
    let (institution, menu) = (wish.institution.to_string(), wish.menu.to_string());
    let start = wish.start.milliseconds().to_string();
    with_query("/book", &[("institution", &institution), ("menu", &menu), ("start", &start)])
}

struct ConfirmView {
    chosen: ChosenVisit,
    menu: Menu,
    profile: Profile,
    /// What the patient has booked besides, at that time or on that day.
    nearby: NearbyVisits,
    today: Date,
}

async fn confirm(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    wished: Result<Query<Wished>, QueryRejection>,
) -> Result<Response, Response> {
    let (person, profile) = patient::known(&room, &visitor).await?;
    let wish = wished.unwrap_or_default().read()?;
    if profile.phone.is_none() {
        return Err(Redirect::to(&with_query("/profile", &[("onward", visitor.here())])).into_response());
    }
    let booker = Booker::with_browser(person.id, visitor.browser().digest());
    let state = match room.store.check_wish(booker, wish, visitor.now()).await {
        Ok(state) => state,
        Err(refusal) => return Err(answer_refusal(&room, &visitor, Some(&person), wish, refusal).await),
    };
    let nearby = match state {
        WishState::Booked(id) => return Ok(Redirect::to(&format!("/appointments/{id}/booked")).into_response()),
        WishState::Free => NearbyVisits::default(),
        WishState::Besides(nearby) => nearby,
    };
    let offer = room.store.offer(wish.institution).await?;
    let menu = offer.menu(wish.menu).cloned().ok_or(Refusal::NotFound)?;
    let held_until = chosen::find_held_until(&room, &visitor, (wish.institution, wish.start)).await?;
    let chosen = ChosenVisit { institution: offer.institution, start: wish.start, held_until };
    let view = ConfirmView { chosen, menu, profile, nearby, today: visitor.now().japan_date() };
    Ok(confirm_page(&frame(&visitor, Some(&person)), &view).into_response())
}

async fn book(State(room): State<Arc<Room>>, visitor: Visitor, Form(form): Form<Wished>) -> Result<Response, Response> {
    let Some(person) = patient::visiting(&room, &visitor).await? else {
        let onward = form.read().map_or_else(|_| "/appointments".to_owned(), path);
        return Err(Redirect::to(&with_query("/sign-in", &[("onward", &onward)])).into_response());
    };
    let wish = form.read()?;
    if person.profile.as_ref().is_none_or(|profile| profile.phone.is_none()) {
        return Err(Redirect::to(&with_query("/profile", &[("onward", &path(wish))])).into_response());
    }
    let accepted = AcceptedVisits::parse(&form.overlap, &form.same_day);
    let booker = Booker { accepted, ..Booker::with_browser(person.id, visitor.browser().digest()) };
    match room.store.book(booker, wish, visitor.now()).await {
        Ok(outcome) => Ok(Redirect::to(&format!("/appointments/{}/booked", outcome.id())).into_response()),
        // The page asks what the form did not know of.
        Err(Refusal::Overlaps(_) | Refusal::SameDay(_)) => Ok(Redirect::to(&path(wish)).into_response()),
        Err(refusal) => Err(answer_refusal(&room, &visitor, Some(&person), wish, refusal).await),
    }
}

/// The answer to whoever cannot have the time: the same menu's times where another time can be chosen, else what is
/// refused.
pub(super) async fn answer_refusal(
    room: &Room,
    visitor: &Visitor,
    person: Option<&Person>,
    wish: Wish,
    refusal: Refusal,
) -> Response {
    count_refusal(&refusal);
    let Some(lost) = slots::LostTime::from_refusal(&refusal, wish.start) else { return refusal.into_response() };
    let offer = match room.store.offer(wish.institution).await {
        Ok(offer) => offer,
        Err(refusal) => return refusal.into_response(),
    };
    match institution::load_slots(room, visitor, offer, wish.menu, &slots::Week::around(wish.start)).await {
        Ok(view) => {
            let view = slots::View { lost: Some(lost), ..view };
            slots::answer_lost_time(frame(visitor, person), &view, &refusal)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Counts what a patient was refused by a rule of booking.
pub(super) fn count_refusal(refusal: &Refusal) {
    if refusal.limits_bookings() {
        metrics::counter!("uketsuke_bookings_refused_total", "code" => refusal.code()).increment(1);
    }
}

fn confirm_page(frame: &Frame, view: &ConfirmView) -> Markup {
    let language = frame.language;
    let ConfirmView { chosen, menu, profile, nearby, today } = view;
    let institution = &chosen.institution;
    let here = path(Wish { institution: institution.code, menu: menu.number, start: chosen.start });
    let mut rows = vec![
        (language.t("受診する方", "Patient"), patient_details(language, profile, *today, &here)),
        (language.t("医療機関", "Clinic"), html! { (institution.name_in(language)) }),
        (language.t("日時", "Time"), html! { (when::visit(language, chosen.start, menu.minutes)) }),
        (
            language.t("メニュー", "Menu"),
            html! {
                (menu.name_in(language)) (language.bracketed(menu.charge.name(language)))
                @if let Some(doctor) = &menu.doctor { br; (language.t("医師：", "Doctor: ")) (doctor) }
            },
        ),
        (
            language.t("診察の費用のめやす", "Medical fee"),
            html! {
                (menu.fee_in(language)) br;
                (language.t("処方箋の費用などが別にかかります。", "Prescriptions and the like are charged separately."))
            },
        ),
    ];
    rows.extend(system_fee_row(language, menu.system_fee));
    let next = match (menu.charge, institution.leave_by.way().takes_the_card()) {
        (Charge::SelfPay, _) => language.t(
            "予約が確定します。保険の手続きはありません。",
            "Your visit is booked. There is no insurance to confirm.",
        ),
        (Charge::Insured, true) => language.t(
            "予約が確定します。次は、保険の確認です。",
            "Your visit is booked. Next, confirm your insurance, by card or by picture.",
        ),
        (Charge::Insured, false) => language.t(
            "予約が確定します。次は、資格確認書などの画像を送ります。",
            "Your visit is booked. Next, upload a picture of your insurance document.",
        ),
    };
    let label = match nearby {
        NearbyVisits { overlap: Some(_), .. } => language.t("重なったまま予約する", "Book both"),
        NearbyVisits { same_day: Some(_), .. } => language.t("両方とも予約する", "Book both"),
        _ => language.t("この内容で予約する", "Confirm booking"),
    };
    let back = format!("/institutions/{}/menus/{}", institution.code, menu.number);
    Document::new(frame, language.t("予約内容の確認", "Check and book"))
        .above(chosen::render_chosen_visit(language, Some(chosen), BookingStep::Check))
        .main(html! {
            (nearby_notices(language, nearby))
            (parts::form(frame, "/book", html! {
                (parts::hidden("institution", &institution.code.to_string()))
                (parts::hidden("menu", &menu.number.to_string()))
                (parts::hidden("start", &chosen.start.milliseconds().to_string()))
                (nearby_fields(nearby))
                (parts::plain_panel(parts::description_list(&rows)))
                p { (language.t(
                    "診察の開始時刻までは、予約詳細から変更・キャンセルができます。キャンセル料はかかりません。",
                    "Until the visit begins you can move or cancel it on its page, free of charge.")) }
                (parts::quiet_link(&back, language.t("日時を選び直す", "Choose another time")))
                (parts::bottom_bar(parts::primary_button(label, Some(next))))
            }))
        })
}

/// Who the clinic is told that the patient is: what was typed wrong is noticed here, before anything is booked.
fn patient_details(language: Language, profile: &Profile, today: Date, here: &str) -> Markup {
    html! {
        (profile.name)
        @if let Some(kana) = &profile.kana { (language.bracketed(kana)) }
        br; (when::birth_date(language, profile.birth_date, today))
        @if let Some(phone) = &profile.phone { br; (language.t("電話：", "Telephone: ")) (format_phone(phone)) }
        " " a href=(with_query("/profile", &[("onward", here)])) { (language.t("変更する", "Change")) }
    }
}

/// What the patient has booked besides, and that it is wanted where the form is sent.
pub(super) fn nearby_fields(nearby: &NearbyVisits) -> Markup {
    html! {
        @if let Some(visit) = &nearby.overlap { (parts::hidden("overlap", &visit.id.to_string())) }
        @if let Some(visit) = &nearby.same_day { (parts::hidden("same_day", &visit.id.to_string())) }
    }
}

/// That the patient has another visit at the same time, or at the same clinic on the same day.
pub(super) fn nearby_notices(language: Language, nearby: &NearbyVisits) -> Markup {
    html! {
        @if let Some(visit) = &nearby.overlap {
            (nearby_notice(
                language,
                language.t("同じ時間に別の予約があります", "You have another visit at the same time"),
                language.t(
                    "両方を受診できるか、ご確認ください。ご家族の予約など、このままでよい場合は続けられます。",
                    "Please check that you can attend both. If one is for a family member, you can go on."),
                visit,
            ))
        }
        @if let Some(visit) = &nearby.same_day {
            (nearby_notice(
                language,
                language.t("同じ日に、この医療機関の別の予約があります", "You have another visit at this clinic on the same day"),
                language.t(
                    "両方とも必要か、ご確認ください。このままでよい場合は続けられます。",
                    "Please check that you need both. If you do, you can go on."),
                visit,
            ))
        }
    }
}

fn nearby_notice(language: Language, heading: &str, words: &str, visit: &OwnVisit) -> Markup {
    parts::notice(
        Tone::Warning,
        heading,
        html! {
            p {
                (visit.institution_name(language)) " "
                b { (when::visit(language, visit.start, visit.minutes)) }
            }
            p { (words) }
            (parts::quiet_link(&format!("/appointments/{}", visit.id), language.t("その予約を見る", "See that appointment")))
        },
    )
}

async fn booked(State(room): State<Arc<Room>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let view = appointment::load(&room, &visitor, &person, patient::appointment_id(&id)?).await?;
    let answer = booked_page(&frame(&visitor, Some(&person)), &view).into_response();
    Ok(leading_to(answer, view.leads_to.as_ref()))
}

/// 予約完了画面.
fn booked_page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    // Only where nothing is left to do is anything complete: who sees a tick closes the page.
    let complete = view.standing.patient_next == PatientNext::WaitForVisit;
    let title = if complete {
        language.t("予約が完了しました", "Your visit is booked")
    } else {
        language.t("予約できました", "Your visit is booked")
    };
    Document::new(frame, title).main(html! {
        @if complete { (drawing::done(language)) }
        p { (view.case.institution.name_in(language)) br; strong { (when::visit(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) } }
        (appointment::next_step(frame, view))
        (appointment::timeline(language, view))
        (parts::quiet_link(&format!("/appointments/{}", view.case.appointment.id), language.t("予約詳細を見る", "See the appointment")))
    })
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let profile = person.profile.clone().expect("the specimen has told who she is");
    let frame = specimen::frame(language, "/book", Some(&person));
    let view = |place: usize, menu: usize| {
        let mut offer = specimen::offers().swap_remove(place);
        ConfirmView {
            menu: offer.menus.swap_remove(menu),
            chosen: ChosenVisit { institution: offer.institution, ..specimen::chosen_visit() },
            profile: profile.clone(),
            nearby: NearbyVisits::default(),
            today: specimen::now().japan_date(),
        }
    };
    let unheld = view(0, 0);
    let unheld = ConfirmView { chosen: ChosenVisit { held_until: None, ..unheld.chosen.clone() }, ..unheld };
    let besides = |nearby| ConfirmView { nearby, ..view(0, 0) };
    let overlapping = NearbyVisits { overlap: Some(specimen::other_visit()), same_day: None };
    let same_day = NearbyVisits { overlap: None, same_day: Some(specimen::visit_on_the_same_day()) };
    let both = NearbyVisits { overlap: overlapping.overlap.clone(), ..same_day.clone() };
    let mut samples: Vec<_> = [
        ("insured", view(0, 0)),
        ("self-pay", view(1, 1)),
        ("picture-only", view(2, 0)),
        ("not-held", unheld),
        ("overlapping", besides(overlapping)),
        ("same-day", besides(same_day)),
        ("overlapping-and-same-day", besides(both)),
    ]
    .into_iter()
    .map(|(name, view)| (format!("booking/confirm-{name}"), confirm_page(&frame, &view)))
    .collect();
    samples.extend(
        specimen::fresh_cases()
            .into_iter()
            .map(|(name, view)| (format!("booking/done-{name}"), booked_page(&frame, &view))),
    );
    samples
}
