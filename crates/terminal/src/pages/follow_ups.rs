//! 再確認の一覧: what is to be looked at again, what each means in words, and what the desk does next.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    ButtonForm, Document, Form, Frame, Language, Visitor,
    components::{self, BadgeTone, ButtonStyle, Tone},
};

use super::{
    HandlerError,
    appointments::{self, ServiceAccess},
    redirect, require_role, texts,
};
use crate::{
    Refusal, Role, TerminalState,
    rules::{
        finding::NextAction,
        follow_up::{FollowUpReason, FollowUpSubject, LookupFailure},
        reception_list::{DateCriterion, ListQuery},
    },
    service::ProofConfirmation,
    store::follow_up::{FollowUp, FollowUpId},
};

pub(super) struct FollowUpsPage {
    pub(super) open_follow_ups: Vec<FollowUp>,
    /// Whether there is a service to tell.
    pub(super) service_access: ServiceAccess,
    pub(super) notice: FollowUpNotice,
}

/// What became of the button before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUpNotice {
    None,
    ServiceInformed,
    /// The service's desk could not be told this time either.
    ServiceNotInformed,
}

#[derive(Deserialize)]
pub(super) struct FollowUpsQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(super) async fn show(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(wanted): Query<FollowUpsQuery>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let open = room.store.list_open_follow_ups(signed.account.institution).await?;
    let said = match wanted.notice.as_deref() {
        Some("told") => FollowUpNotice::ServiceInformed,
        Some("untold") => FollowUpNotice::ServiceNotInformed,
        _ => FollowUpNotice::None,
    };
    let view =
        FollowUpsPage { open_follow_ups: open, service_access: appointments::service_access(&signed), notice: said };
    Ok(render_page(&super::session_frame(&visitor, &signed), &view).into_response())
}

pub(super) async fn complete_follow_up(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let done = room.store.complete_follow_up(signed.account.institution, id, visitor.now()).await;
    done?;
    Ok(redirect("/follow-ups"))
}

/// Tells the service's desk what it has not been told yet. It hears the same again as the same.
pub(super) async fn inform_service(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let institution = signed.account.institution;
    let id: FollowUpId = id.parse().map_err(|_| Refusal::NotFound)?;
    let open = room.store.find_open_follow_up(institution, id).await?.ok_or(Refusal::NotFound)?;
    let (Some(desk), FollowUpReason::ServiceNotInformed, Some(appointment)) =
        (&signed.station.desk_client, open.note.reason, open.note.unreported_appointment.clone())
    else {
        return Err(Refusal::NotFound.into());
    };
    match desk.confirm_insurance(&appointment, ProofConfirmation::AT_TERMINAL).await {
        Ok(()) => {
            let told = room.store.mark_service_informed(institution, open.note.subject, visitor.now()).await;
            told?;
            Ok(redirect("/follow-ups?said=told"))
        }
        Err(failure) => {
            tracing::warn!(error = &failure as &dyn std::error::Error, "the service's desk could not be told");
            let followed =
                room.store.upsert_follow_up(institution, open.note, visitor.site().randomness(), visitor.now()).await;
            followed?;
            Ok(redirect("/follow-ups?said=untold"))
        }
    }
}

pub(super) fn render_page(frame: &Frame, view: &FollowUpsPage) -> Markup {
    let language = frame.language;
    let title = language.t("再確認の一覧", "To be asked again");
    Document::new(frame, title)
        .lead(language.t(
            "資格を確認できなかった受付です。確認できるか、完了にするまで残ります。氏名や保険の番号は残していません。",
            "Receptions whose insurance is not proven. They stay until it is, or until you close them. No name or insurance number is kept.",
        ))
        .main(html! {
            (render_notice(language, view.notice))
            @if view.open_follow_ups.is_empty() {
                (components::empty_state(language.t("再確認するものはありません", "Nothing is to be asked again"), html! {
                    p { a href="/receptions" { (language.t("受付の一覧へ", "To the receptions")) } }
                }))
            }
            @for one in &view.open_follow_ups { (render_entry(frame, one, view.service_access)) }
        })
}

fn render_notice(language: Language, said: FollowUpNotice) -> Markup {
    match said {
        FollowUpNotice::None => html! {},
        FollowUpNotice::ServiceInformed => components::notice(
            Tone::Success,
            language.t("受付デスクに知らせました", "The desk was told"),
            html! {
                p { (language.t("「保険を確認済み」とだけ知らせました。", "It was told that insurance is proven, and nothing else.")) }
            },
        ),
        FollowUpNotice::ServiceNotInformed => components::notice(
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

fn render_entry(frame: &Frame, one: &FollowUp, service: ServiceAccess) -> Markup {
    let language = frame.language;
    let FollowUp { id, note: what, since, attempts: times } = one;
    let (label, meaning, steps) = texts::follow_up_reason_texts(language, what.reason);
    let steps: Vec<Markup> = steps.into_iter().map(|step| html! { (step) }).collect();
    let heading = match what.subject {
        FollowUpSubject::Reception(number) => match language {
            Language::Japanese => format!("受付 {}", number.to_grouped_string()),
            Language::English => format!("Reception {}", number.to_grouped_string()),
        },
        FollowUpSubject::Day(DateCriterion::Visit, day) => match language {
            Language::Japanese => format!("受診年月日 {} の一覧", texts::format_day(language, day)),
            Language::English => format!("Visits of {}", texts::format_day(language, day)),
        },
        FollowUpSubject::Day(by @ DateCriterion::HomeVisit, day) => {
            let days = texts::format_list_days(language, ListQuery { criterion: by, day });
            match language {
                Language::Japanese => format!("訪問診療等の同意年月日 {days} の一覧"),
                Language::English => format!("Consents for home visits, {days}"),
            }
        }
        FollowUpSubject::Day(DateCriterion::Consent, day) => match language {
            Language::Japanese => format!("同意年月日 {} の一覧", texts::format_day(language, day)),
            Language::English => format!("Consents of {}", texts::format_day(language, day)),
        },
    };
    let done = match language {
        Language::Japanese => format!("{heading}を完了にする"),
        Language::English => format!("Close: {heading}"),
    };
    let tone = match what.reason {
        FollowUpReason::ServiceNotInformed | FollowUpReason::LookupFailure(LookupFailure::InProgress) => {
            BadgeTone::Attention
        }
        _ => BadgeTone::Bad,
    };
    let mut facts = vec![
        (
            language.t("受診年月日", "Day of the visit"),
            html! {
                @match what.visit { Some(day) => (texts::format_day(language, day)), None => "—" }
            },
        ),
        (language.t("最初の確認", "First asked"), html! { (texts::format_time(language, *since)) }),
        (language.t("確認した回数", "Asked"), html! { (times) (language.t("回", " times")) }),
    ];
    if let Some(at) = what.retry_at {
        facts.push((
            language.t("再開の見込み", "Opens again"),
            html! { (texts::format_approximate_time(language, at)) },
        ));
    }
    components::panel(
        &heading,
        html! {
            p { (components::badge(tone, label)) " " (meaning) }
            (components::description_list(&facts))
            p { b { (language.t("次にすること", "What to do next")) } }
            (components::numbered_list(&steps))
            (components::buttons(html! {
                @if let Some((href, label)) = follow_up_link(language, one) { (components::secondary_link(&href, label, None)) }
                @if what.unreported_appointment.is_some() && service == ServiceAccess::Configured {
                    (components::post_button(
                        frame,
                        &format!("/follow-ups/{id}/tell"),
                        ButtonStyle::Secondary,
                        language.t("もう一度知らせる", "Tell it again"),
                    ))
                }
                (components::post_button(frame, &format!("/follow-ups/{id}/done"), ButtonStyle::Quiet, &done))
            }))
        },
    )
}

/// Where the desk asks again or looks again; nothing where that does not help.
fn follow_up_link(language: Language, one: &FollowUp) -> Option<(String, &'static str)> {
    let open = language.t("この受付を開く", "Open the reception");
    let label = match one.note.reason {
        // Nothing comes back by asking.
        FollowUpReason::Finding(finding) if finding.next_action() == NextAction::RegisterAgain => return None,
        FollowUpReason::OtherName | FollowUpReason::ServiceNotInformed => open,
        FollowUpReason::Finding(_) | FollowUpReason::LookupFailure(_) => language.t("もう一度照会する", "Ask again"),
    };
    Some(match one.note.list_position() {
        Some((list, None)) => (format!("/receptions?{}", list.to_query_string()), label),
        Some((list, Some(number))) => (format!("/receptions?{}&reception={number}", list.to_query_string()), label),
        None => ("/receptions".to_owned(), language.t("受付の一覧で探す", "Look for it in the list")),
    })
}
