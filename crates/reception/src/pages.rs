//! What patients see.

mod arrive;
mod authenticate;
mod choose;
mod confirm;
mod end;
mod home;
mod review;
mod samples;

use std::sync::Arc;

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Id, Span, Timestamp};
use maud::{Markup, html};
use shell::{Access, Frame, Language, LeadsTo, Origin, Routes, Visitor, parts};

pub use samples::samples;

use crate::{
    Inner, ProcedureKind, Refusal,
    rules::procedure::{Asked, Stage, Via},
    store::{Asking, ProcedureView},
};

/// Where browsers arrive (RFC 6749 §3.1).
pub(crate) const AUTHORIZE: &str = "/oauth/authorize";

pub(crate) fn routes() -> Routes<Arc<Inner>> {
    use Access::{Anyone, Holder};
    Routes::new()
        .page("/", Anyone, get(home::show))
        .page(AUTHORIZE, Holder, get(arrive::by_service))
        .page("/i/{entrance}", Anyone, get(arrive::by_institution))
        .action("/i/{entrance}", Anyone, post(arrive::begin))
        .page("/procedures/{id}", Holder, get(where_it_stands))
        .page("/procedures/{id}/choose", Holder, get(choose::show))
        .action("/procedures/{id}/choose", Holder, post(choose::done))
        .page("/procedures/{id}/confirm", Holder, get(confirm::show))
        .action("/procedures/{id}/confirm", Holder, post(confirm::done))
        .page("/procedures/{id}/registered", Holder, get(end::registered))
        .action("/procedures/{id}/finish", Holder, post(end::finish))
        .action("/procedures/{id}/disown", Holder, post(end::disown))
        .page("/procedures/{id}/finished", Holder, get(end::finished))
        .action("/procedures/{id}/abandon", Holder, post(end::abandon))
        .page("/procedures/{id}/over", Holder, get(end::over))
        .page("/authenticate/{id}", Holder, get(authenticate::show))
        .page("/authenticate/{id}/code.svg", Holder, get(authenticate::code_to_scan))
        .page("/authenticate/{id}/progress", Holder, get(authenticate::progress))
        .action("/authenticate/{id}/number", Holder, post(authenticate::number))
        .action("/authenticate/{id}/again", Holder, post(authenticate::again))
        .page(errand::RETURN_PATH, Holder, get(authenticate::come_back))
        .page("/review", Anyone, get(review::start))
        .action("/review", Anyone, post(review::begin))
        .page("/review/list", Holder, get(review::list))
        .action("/review/end", Holder, post(review::end))
        .page("/review/withdraw", Holder, get(review::withdraw))
        .action("/review/withdraw", Holder, post(review::withdrawn))
        .page("/review/receptions/{number}", Holder, get(review::edit))
        .action("/review/receptions/{number}", Holder, post(review::change))
}

/// Which browser asks, and when.
fn asking(visitor: &Visitor) -> Asking {
    Asking { browser: visitor.browser().digest(), now: visitor.now() }
}

/// A form of one button: it carries its token and nothing else.
#[derive(serde::Deserialize)]
struct Pressed {}

type ProcedureId = Id<ProcedureKind>;

/// The page of the step at which a procedure stands. Every wrong turn leads here.
fn step(view: &ProcedureView) -> String {
    let id = view.id;
    match (&view.stage, view.errand) {
        (Stage::Asked, _) => format!("/procedures/{id}/choose"),
        (Stage::Confirmed(_), Some(errand)) => format!("/authenticate/{errand}"),
        (Stage::Chosen(_) | Stage::Confirmed(_), _) => format!("/procedures/{id}/confirm"),
        (Stage::Registered { .. }, _) => format!("/procedures/{id}/registered"),
        (Stage::Handed { .. }, _) => format!("/procedures/{id}/finished"),
        (Stage::Lapsed(_), _) => format!("/procedures/{id}/over"),
    }
}

async fn where_it_stands(
    axum::extract::State(room): axum::extract::State<Arc<Inner>>,
    visitor: Visitor,
    axum::extract::Path(id): axum::extract::Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let view = room.store.procedure(id, asking(&visitor)).await?;
    Ok(see(&step(&view)))
}

/// On to another page, by GET (RFC 9110 §15.4.4).
fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// What a step answers that was taken out of turn: the page where the procedure stands.
fn or_where_it_stands(outcome: Result<Response, Refusal>, id: ProcedureId) -> Result<Response, Refusal> {
    match outcome {
        Err(Refusal::Step(_)) => Ok(see(&format!("/procedures/{id}"))),
        outcome => outcome,
    }
}

/// A page whose forms may end at the service that handed over.
fn page_of(room: &Inner, asked: &Asked, markup: Markup) -> Response {
    let mut response = markup.into_response();
    if let Some(origin) = origin_of(room, asked) {
        response.extensions_mut().insert(LeadsTo(vec![origin]));
    }
    response
}

/// Where the service waits that handed over.
fn origin_of(room: &Inner, asked: &Asked) -> Option<Origin> {
    let Via::HandOver(hand_over) = &asked.via else { return None };
    let origin = hand_over.redirect_uri.origin().parse().ok();
    origin.or_else(|| room.service(&hand_over.client).map(|service| service.home.clone()))
}

/// The frame of a step of a procedure: the name and nothing to go astray by. 「登録せずに手続きを中止する」 is the way out.
fn step_frame(visitor: &Visitor) -> Frame {
    visitor.frame()
}

/// The frame of the pages outside of a procedure, with the menu.
fn frame(visitor: &Visitor) -> Frame {
    let mut frame = visitor.frame();
    let language = frame.language;
    frame.menu = vec![
        shell::MenuEntry {
            href: "/".to_owned(),
            label: language.t("トップ", "Top").to_owned(),
            current: visitor.here() == "/",
        },
        shell::MenuEntry {
            href: "/review".to_owned(),
            label: language.t("同意照会・更新", "See and change consents").to_owned(),
            current: visitor.here() == "/review",
        },
        shell::MenuEntry {
            href: "/review/withdraw".to_owned(),
            label: language.t("すべての同意を取消す", "Withdraw all consents").to_owned(),
            current: visitor.here() == "/review/withdraw",
        },
    ];
    frame
}

/// Institution and visit day, read-only, above every step.
fn about(language: Language, institution: &str, visit_date: Option<Date>) -> Markup {
    html! {
        (parts::description_list(&[
            (language.t("医療機関", "Institution"), html! { (institution) }),
            (when(language, visit_date), care(language, visit_date)),
        ]))
    }
}

/// What stands beside [`care`].
fn when(language: Language, visit_date: Option<Date>) -> &'static str {
    match visit_date {
        Some(_) => language.t("診察日", "Visit day"),
        None => language.t("診療の区分", "Kind of care"),
    }
}

/// The day of a visit; for home visits, that there is none.
fn care(language: Language, visit_date: Option<Date>) -> Markup {
    html! {
        @if let Some(date) = visit_date {
            (day(language, date))
        } @else {
            (language.t("訪問診療等（取り消すまで有効）", "Home visits (valid until you withdraw)"))
        }
    }
}

/// A day with its weekday: 2026年11月24日（火）.
fn day(language: Language, date: Date) -> String {
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    match language {
        Language::Japanese => {
            let names = ["月", "火", "水", "木", "金", "土", "日"];
            format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), names[weekday])
        }
        Language::English => date.strftime("%a, %-d %B %Y").to_string(),
    }
}

/// Until when something holds that ends with the day of `until` in Japan: 11月24日（火）の夜12時まで.
fn deadline(language: Language, until: Timestamp) -> String {
    let date = last_day(until);
    match language {
        Language::Japanese => {
            let whole = day(language, date);
            let without_year = whole.split_once('年').map_or(whole.as_str(), |(_, rest)| rest);
            format!("{without_year}の夜12時まで")
        }
        Language::English => format!("midnight at the end of {}", date.strftime("%A %-d %B")),
    }
}

/// The last day of a consent that ends with the instant `until`.
fn last_day(until: Timestamp) -> Date {
    until.minus(Span::from_millis(1)).japan_date()
}

/// The way out that stands beneath every step before the registration.
fn way_out(frame: &Frame, id: ProcedureId) -> Markup {
    let language = frame.language;
    html! {
        (parts::post_button(
            frame,
            &format!("/procedures/{id}/abandon"),
            parts::ButtonLook::Quiet,
            language.t("登録せずに手続きを中止する", "End without registering"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_told_as_people_say_it() {
        let until = base::end_of_day(base::parse_date("2026-11-24").unwrap());
        assert_eq!(deadline(Language::Japanese, until), "11月24日（火）の夜12時まで");
        assert_eq!(deadline(Language::English, until), "midnight at the end of Tuesday 24 November");
    }
}
