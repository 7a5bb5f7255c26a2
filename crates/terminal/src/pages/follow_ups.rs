//! 再確認の一覧: what is to be looked at again, what each means in words, and what the desk does next.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, BadgeTone, ButtonLook},
};

use super::{Stop, see, signed_in, words};
use crate::{
    Refusal, Role, Room,
    rules::{
        follow_up::{About, Why},
        listed::{Asked, By},
    },
    store::follow_up::FollowUp,
};

pub(super) async fn show(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let open = room.store.follow_ups(signed.account.institution).await?;
    Ok(page(&super::frame(&visitor, &signed), &open).into_response())
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
pub(super) struct Pressed {}

pub(super) async fn done(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let done = room.store.done(signed.account.institution, id, visitor.now()).await;
    done?;
    Ok(see("/follow-ups"))
}

pub(super) fn page(frame: &Frame, open: &[FollowUp]) -> Markup {
    let language = frame.language;
    let title = language.t("再確認の一覧", "To be asked again");
    Document::new(frame, title)
        .lead(language.t(
            "資格を確認できなかった受付です。確認できるか、完了にするまで残ります。氏名や保険の番号は残していません。",
            "Receptions whose insurance is not proven. They stay until it is, or until you close them. No name or insurance number is kept.",
        ))
        .main(html! {
            @if open.is_empty() {
                (parts::empty_state(language.t("再確認するものはありません", "Nothing is to be asked again"), html! {
                    p { a href="/receptions" { (language.t("受付の一覧へ", "To the receptions")) } }
                }))
            }
            @for one in open { (entry(frame, one)) }
        })
}

fn entry(frame: &Frame, one: &FollowUp) -> Markup {
    let language = frame.language;
    let (label, meaning, steps) = words::why(language, one.why);
    let steps: Vec<Markup> = steps.into_iter().map(|step| html! { (step) }).collect();
    let heading = match one.about {
        About::Reception(number) => match language {
            Language::Japanese => format!("受付 {}", number.grouped()),
            Language::English => format!("Reception {}", number.grouped()),
        },
        About::Day(By::Visit, day) => match language {
            Language::Japanese => format!("受診年月日 {} の一覧", words::day(language, day)),
            Language::English => format!("Visits of {}", words::day(language, day)),
        },
        About::Day(by @ By::HomeVisit, day) => {
            let days = words::listed_days(language, Asked { by, day });
            match language {
                Language::Japanese => format!("訪問診療等の同意年月日 {days} の一覧"),
                Language::English => format!("Consents for home visits, {days}"),
            }
        }
        About::Day(By::Consent, day) => match language {
            Language::Japanese => format!("同意年月日 {} の一覧", words::day(language, day)),
            Language::English => format!("Consents of {}", words::day(language, day)),
        },
    };
    let list = match (one.about, one.visit) {
        (About::Day(by, day), _) => Asked { by, day }.query(),
        (About::Reception(_), Some(day)) => Asked { by: By::Visit, day }.query(),
        // 訪問診療等 have no day of visit.
        (About::Reception(_), None) => Asked { by: By::HomeVisit, day: one.since.japan_date() }.query(),
    };
    let done = match language {
        Language::Japanese => format!("{heading}を完了にする"),
        Language::English => format!("Close: {heading}"),
    };
    let tone = if one.why == Why::Untold { BadgeTone::Attention } else { BadgeTone::Bad };
    parts::panel(
        &heading,
        html! {
            p { (parts::badge(tone, label)) " " (meaning) }
            (parts::description_list(&[
                (language.t("受診年月日", "Day of the visit"), html! {
                    @match one.visit { Some(day) => (words::day(language, day)), None => "—" }
                }),
                (language.t("最初の確認", "First asked"), html! { (words::time(language, one.since)) }),
                (language.t("確認した回数", "Asked"), html! { (one.times) (language.t("回", " times")) }),
            ]))
            p { b { (language.t("次にすること", "What to do next")) } }
            (parts::numbered(&steps))
            (parts::buttons(html! {
                (parts::secondary_link(&format!("/receptions?{list}"), language.t("もう一度照会する", "Ask again"), None))
                (parts::post_button(frame, &format!("/follow-ups/{}/done", one.id), ButtonLook::Quiet, &done))
            }))
        },
    )
}
