//! 再確認の一覧: what is to be looked at again, what each means in words, and what the desk does next.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, BadgeTone, ButtonLook, Tone},
};

use super::{
    Stop,
    appointments::{self, Service},
    see, signed_in, words,
};
use crate::{
    Refusal, Role, Room,
    rules::{
        finding::Settled,
        follow_up::{About, Trouble, Why},
        listed::{Asked, By},
    },
    service::Proven,
    store::follow_up::{FollowUp, FollowUpId},
};

pub(super) struct View {
    pub(super) open: Vec<FollowUp>,
    /// Whether there is a service to tell.
    pub(super) service: Service,
    pub(super) said: Said,
}

/// What became of the button before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Told,
    /// The service's desk could not be told this time either.
    Untold,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    said: Option<String>,
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let open = room.store.follow_ups(signed.account.institution).await?;
    let said = match wanted.said.as_deref() {
        Some("told") => Said::Told,
        Some("untold") => Said::Untold,
        _ => Said::Nothing,
    };
    let view = View { open, service: appointments::service(&signed), said };
    Ok(page(&super::frame(&visitor, &signed), &view).into_response())
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

/// Tells the service's desk what it has not been told yet. It hears the same again as the same.
pub(super) async fn tell(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let institution = signed.account.institution;
    let id: FollowUpId = id.parse().map_err(|_| Refusal::NotFound)?;
    let open = room.store.open_follow_up(institution, id).await?.ok_or(Refusal::NotFound)?;
    let (Some(desk), Why::Untold, Some(appointment)) =
        (&signed.station.service, open.what.why, open.what.untold.clone())
    else {
        return Err(Refusal::NotFound.into());
    };
    match desk.tell(&appointment, Proven::HERE).await {
        Ok(()) => {
            let told = room.store.told(institution, open.what.about, visitor.now()).await;
            told?;
            Ok(see("/follow-ups?said=told"))
        }
        Err(failure) => {
            tracing::warn!(error = &failure as &dyn std::error::Error, "the service's desk could not be told");
            let followed =
                room.store.follow_up(institution, open.what, visitor.site().randomness(), visitor.now()).await;
            followed?;
            Ok(see("/follow-ups?said=untold"))
        }
    }
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = language.t("再確認の一覧", "To be asked again");
    Document::new(frame, title)
        .lead(language.t(
            "資格を確認できなかった受付です。確認できるか、完了にするまで残ります。氏名や保険の番号は残していません。",
            "Receptions whose insurance is not proven. They stay until it is, or until you close them. No name or insurance number is kept.",
        ))
        .main(html! {
            (said(language, view.said))
            @if view.open.is_empty() {
                (parts::empty_state(language.t("再確認するものはありません", "Nothing is to be asked again"), html! {
                    p { a href="/receptions" { (language.t("受付の一覧へ", "To the receptions")) } }
                }))
            }
            @for one in &view.open { (entry(frame, one, view.service)) }
        })
}

fn said(language: Language, said: Said) -> Markup {
    match said {
        Said::Nothing => html! {},
        Said::Told => parts::notice(
            Tone::Success,
            language.t("受付デスクに知らせました", "The desk was told"),
            html! {
                p { (language.t("「保険を確認済み」とだけ知らせました。", "It was told that insurance is proven, and nothing else.")) }
            },
        ),
        Said::Untold => parts::notice(
            Tone::Error,
            language.t("受付デスクに知らせられませんでした", "The desk could not be told"),
            html! {
                p { (language.t(
                    "確認の記録は失われていません。少し待ってもう一度知らせるか、受付デスクで直接記録してください。",
                    "What was confirmed is not lost. Wait a little and tell it again, or record it at the desk of the service."
                )) }
            },
        ),
    }
}

fn entry(frame: &Frame, one: &FollowUp, service: Service) -> Markup {
    let language = frame.language;
    let FollowUp { id, what, since, times } = one;
    let (label, meaning, steps) = words::why(language, what.why);
    let steps: Vec<Markup> = steps.into_iter().map(|step| html! { (step) }).collect();
    let heading = match what.about {
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
    let done = match language {
        Language::Japanese => format!("{heading}を完了にする"),
        Language::English => format!("Close: {heading}"),
    };
    let tone = match what.why {
        Why::Untold | Why::Trouble(Trouble::Working) => BadgeTone::Attention,
        _ => BadgeTone::Bad,
    };
    let mut facts = vec![
        (
            language.t("受診年月日", "Day of the visit"),
            html! {
                @match what.visit { Some(day) => (words::day(language, day)), None => "—" }
            },
        ),
        (language.t("最初の確認", "First asked"), html! { (words::time(language, *since)) }),
        (language.t("確認した回数", "Asked"), html! { (times) (language.t("回", " times")) }),
    ];
    if let Some(at) = what.again_at {
        facts.push((language.t("再開の見込み", "Opens again"), html! { (words::around(language, at)) }));
    }
    parts::panel(
        &heading,
        html! {
            p { (parts::badge(tone, label)) " " (meaning) }
            (parts::description_list(&facts))
            p { b { (language.t("次にすること", "What to do next")) } }
            (parts::numbered(&steps))
            (parts::buttons(html! {
                @if let Some((href, label)) = way_on(language, one) { (parts::secondary_link(&href, label, None)) }
                @if what.untold.is_some() && service == Service::Known {
                    (parts::post_button(
                        frame,
                        &format!("/follow-ups/{id}/tell"),
                        ButtonLook::Secondary,
                        language.t("もう一度知らせる", "Tell it again"),
                    ))
                }
                (parts::post_button(frame, &format!("/follow-ups/{id}/done"), ButtonLook::Quiet, &done))
            }))
        },
    )
}

/// Where the desk asks again or looks again; nothing where that does not help.
fn way_on(language: Language, one: &FollowUp) -> Option<(String, &'static str)> {
    let open = language.t("この受付を開く", "Open the reception");
    let label = match one.what.why {
        // Nothing comes back by asking.
        Why::Finding(finding) if finding.settles() == Settled::RegisterAgain => return None,
        Why::OtherName | Why::Untold => open,
        Why::Finding(_) | Why::Trouble(_) => language.t("もう一度照会する", "Ask again"),
    };
    Some(match one.what.leads_to() {
        Some((list, None)) => (format!("/receptions?{}", list.query()), label),
        Some((list, Some(number))) => (format!("/receptions?{}&reception={number}", list.query()), label),
        None => ("/receptions".to_owned(), language.t("受付の一覧で探す", "Look for it in the list")),
    })
}
