//! ⑦⑧ The consent is registered and the person returns to the service; or the procedure ended before.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ReceptionNumber, Timestamp, Token};
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components};
use web::{ButtonForm, Form, Visitor};

use super::{ProcedureId, or_redirect_to_step, procedure_response, redirect, request_context, step_path};
use crate::{
    Inner, Refusal,
    rules::{
        procedure::{EntryRoute, LapseReason, ProcedureStage},
        renewal::Renewal,
    },
    store::{CompletionOutcome, ConsentProcedure, abandoned_redirect},
};

pub(super) async fn show_registered(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let ProcedureStage::Registered { number, valid_until, renewal } = procedure.stage else {
        return Ok(redirect(&step_path(&procedure)));
    };
    let holder = inner.store.find_masked_holder_name(id, request_context(&visitor)).await?;
    Ok(page_response(&inner, &visitor, procedure, (number, valid_until, renewal, holder), registered_page))
}

/// A page about a registered reception.
fn page_response(
    inner: &Inner,
    visitor: &Visitor,
    procedure: ConsentProcedure,
    (number, valid_until, renewal, holder): (ReceptionNumber, Option<Timestamp>, Renewal, Option<String>),
    page: impl FnOnce(&Frame, &ReceptionPage) -> Markup,
) -> Response {
    let destination = return_destination(inner, &procedure.request.route, visitor.language());
    let view = ReceptionPage {
        id: procedure.id,
        institution: procedure.institution.name,
        number,
        valid_until,
        renewal,
        holder,
        destination,
    };
    procedure_response(inner, &procedure.request, page(&super::step_frame(visitor), &view))
}

pub(super) async fn complete(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let code = Token::new(visitor.site().randomness());
    let outcome = inner.store.complete_procedure(id, code.digest(), request_context(&visitor)).await;
    let response = outcome.map(|completion| match completion {
        CompletionOutcome::HandOver(hand_over) => {
            let location = hand_over.redirect_uri.with_code(&code, hand_over.state.as_ref(), &inner.issuer);
            Redirect::to(location.reveal()).into_response()
        }
        CompletionOutcome::FixedUrl | CompletionOutcome::AlreadyRedeemed => {
            redirect(&format!("/procedures/{id}/finished"))
        }
    });
    or_redirect_to_step(response, id)
}

pub(super) async fn show_completed(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let ProcedureStage::Completed { number, valid_until, renewal } = procedure.stage else {
        return Ok(redirect(&step_path(&procedure)));
    };
    Ok(page_response(&inner, &visitor, procedure, (number, valid_until, renewal, None), completed_page))
}

/// The person reports that the card was another's: the registration is cancelled.
pub(super) async fn cancel_registration(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let outcome = inner.store.cancel_registration(id, request_context(&visitor)).await;
    or_redirect_to_step(outcome.map(|()| redirect(&format!("/procedures/{id}/over"))), id)
}

pub(super) async fn abandon(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let outcome = inner.store.abandon(id, request_context(&visitor)).await;
    let response = outcome.map(|procedure| match &procedure.request.route {
        EntryRoute::HandOver(hand_over) => {
            Redirect::to(abandoned_redirect(hand_over, &inner.issuer).reveal()).into_response()
        }
        EntryRoute::FixedUrl => redirect(&format!("/procedures/{id}/over")),
    });
    or_redirect_to_step(response, id)
}

pub(super) async fn show_lapsed(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let ProcedureStage::Lapsed(reason) = procedure.stage else { return Ok(redirect(&step_path(&procedure))) };
    let destination = return_destination(&inner, &procedure.request.route, visitor.language());
    Ok(procedure_response(
        &inner,
        &procedure.request,
        lapsed_page(&super::step_frame(&visitor), id, reason, &destination),
    ))
}

/// Where the person goes afterwards.
pub(super) enum ReturnDestination {
    Service { name: String, home: String },
    NoService,
}

fn return_destination(inner: &Inner, route: &EntryRoute, language: Language) -> ReturnDestination {
    match route {
        EntryRoute::HandOver(hand_over) => ReturnDestination::Service {
            name: inner.service_name(&hand_over.client, language).to_owned(),
            home: inner.service(&hand_over.client).map_or_else(|| "/".to_owned(), |service| service.home.url("/")),
        },
        EntryRoute::FixedUrl => ReturnDestination::NoService,
    }
}

pub(super) struct ReceptionPage {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) number: ReceptionNumber,
    /// None if only a withdrawal ends it.
    pub(super) valid_until: Option<Timestamp>,
    pub(super) renewal: Renewal,
    /// The masked name of the card's holder, as long as the registration can be cancelled here.
    pub(super) holder: Option<String>,
    pub(super) destination: ReturnDestination,
}

/// The remaining step comes first, with its button; the details are below. Nothing here says that everything is done:
/// a person who reads that closes the page, and the service never learns that the consent is registered.
pub(super) fn registered_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("あと1つ：手続きを終了する", "One more step: finish and go back"))
        .above_heading(components::reception_steps(language, components::ReceptionStep::Finish))
        .main(html! {
            p {
                @match (&view.holder, language) {
                    (Some(holder), Language::Japanese) => { b { (holder) "さん" } "のカードで同意を登録しました。" }
                    (Some(holder), Language::English) => { "Your consent is registered with the card of " b { (holder) } ". " }
                    (None, _) => (language.t("同意を登録しました。", "Your consent is registered. ")),
                }
                (language.t("あと1つ、大切な操作が残っています。", "One important step is left."))
            }
            (components::form(frame, &format!("/procedures/{}/finish", view.id), html! {
                @let next = match (&view.destination, language) {
                    (ReturnDestination::Service { name, .. }, Language::Japanese) => format!("{name}に戻ります。"),
                    (ReturnDestination::Service { name, .. }, Language::English) => format!("Takes you back to {name}."),
                    (ReturnDestination::NoService, _) => language.t("予約したサービスに戻る方法をご案内します。", "Next, see how to go back to the service where you booked.").to_owned(),
                };
                (components::bottom_bar(components::primary_button(
                    language.t("手続きを終了する", "Finish and go back (手続きを終了する)"),
                    Some(&next),
                )))
            }))
            @if let ReturnDestination::Service { .. } = &view.destination {
                p { (language.t(
                    "押さずに閉じると、医療機関から確認のご連絡をすることがあります。",
                    "If you close this page without pressing it, the clinic may contact you to check."
                )) }
            }
            (details(language, view))
            (renewal_notice(language, view.renewal))
            @if view.holder.is_some() { (other_card_section(frame, view)) }
        })
}

/// For a person who sees another name: somebody else's card was read for this procedure.
fn other_card_section(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    components::disclosure(
        language.t("ご自身のカードではないとき", "If this is not your card"),
        html! {
            p { (language.t(
                "別の人のカードが読み取られています。登録を取り消して、はじめからやり直せます。",
                "Somebody else's card was scanned. You can cancel this registration and start again."
            )) }
            (components::post_button(
                frame,
                &format!("/procedures/{}/disown", view.id),
                components::ButtonStyle::Secondary,
                language.t("このカードでの登録を取り消す", "Cancel the registration with this card"),
            ))
        },
    )
}

fn details(language: Language, view: &ReceptionPage) -> Markup {
    components::description_list(&[
        (language.t("医療機関", "Institution"), html! { (view.institution) }),
        (language.t("受付番号", "Reception number"), html! { (view.number.to_grouped_string()) }),
        (
            language.t("同意の有効期限", "Valid until"),
            html! {
                @if let Some(end) = view.valid_until {
                    (super::format_deadline(language, end))
                } @else {
                    (language.t("取り消すまで", "you withdraw it"))
                }
            },
        ),
    ])
}

/// What the card's certificate is still valid for, and where it is renewed.
fn renewal_notice(language: Language, renewal: Renewal) -> Markup {
    match renewal {
        Renewal::NotDue => html! {},
        Renewal::Soon { last_day } => components::notice(
            components::Tone::Info,
            language.t("電子証明書の更新のお知らせ", "Renew your certificate soon"),
            html! {
                p {
                    (language.t("カードの電子証明書の有効期限は、", "The certificate on your card is valid to "))
                    b { (super::format_day(language, last_day)) }
                    (language.t("です。今回の登録には影響ありません。", ". This registration is not affected."))
                }
                p { (language.t(
                    "期限が切れる前に、お住まいの市区町村の窓口で更新してください。",
                    "Please renew it at your municipal office before then."
                )) }
            },
        ),
        Renewal::Overdue { last_day } => components::notice(
            components::Tone::Warning,
            language.t("電子証明書の有効期限が切れています", "The certificate on your card has expired"),
            html! {
                p {
                    (language.t("有効期限は、", "It was valid to "))
                    b { (super::format_day(language, last_day)) }
                    (language.t(
                        "まででした。医療保険の資格は確認できますが、診療情報や薬剤情報などは、同意しても医療機関に表示されません。",
                        ". Your insurance is confirmed, but medical information is not shown to the institution, even where you agreed.",
                    ))
                }
                p { (language.t(
                    "期限から3か月を過ぎると、カードで資格を確認できなくなります。お住まいの市区町村の窓口で更新してください。",
                    "Three months after that day the card no longer confirms your insurance. Please renew the certificate at your municipal office."
                )) }
            },
        ),
    }
}

pub(super) fn completed_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("手続きは終了しました", "All done"))
        .above_heading(components::reception_steps(language, components::ReceptionStep::Done))
        .main(html! {
            p { (language.t("同意は登録されています。もう一度登録する必要はありません。", "Your consent is registered. You do not need to register again.")) }
            (details(language, view))
            (renewal_notice(language, view.renewal))
            @match &view.destination {
                ReturnDestination::Service { name, home } => {
                    @let label = match language {
                        Language::Japanese => format!("{name}へ"),
                        Language::English => format!("Back to {name}"),
                    };
                    (components::bottom_bar(components::primary_link(home, &label, Some(language.t("予約の詳細で、手続きの状況を確認できます。", "Your booking details show what is done.")))))
                }
                ReturnDestination::NoService => {
                    p { (language.t(
                        "この画面を閉じて、予約したサービスに戻ってください。登録した内容は、医療機関だけが確認できます。",
                        "Close this page and go back to the service where you booked. Only the institution can see what you registered."
                    )) }
                }
            }
        })
}

pub(super) fn lapsed_page(
    frame: &Frame,
    id: ProcedureId,
    reason: LapseReason,
    destination: &ReturnDestination,
) -> Markup {
    let language = frame.language;
    let meaning = match reason {
        LapseReason::Abandoned => language
            .t("手続きを中止しました。何も登録されていません。", "You ended the procedure. Nothing was registered."),
        LapseReason::OtherCard => language.t(
            "読み取ったカードでの登録を取り消しました。同意は登録されていません。",
            "The registration with that card was cancelled. No consent is registered.",
        ),
        LapseReason::TooLong => language.t(
            "始めてから1時間が過ぎたため、手続きは終わりました。何も登録されていません。",
            "The procedure ended after an hour. Nothing was registered.",
        ),
    };
    Document::new(frame, language.t("登録されていません", "Nothing was registered")).main(html! {
        p { (meaning) }
        @match destination {
            ReturnDestination::Service { name, .. } => {
                (components::form(frame, &format!("/procedures/{id}/abandon"), html! {
                    @let label = match language {
                        Language::Japanese => format!("{name}に戻る"),
                        Language::English => format!("Back to {name}"),
                    };
                    (components::bottom_bar(components::primary_button(&label, Some(language.t(
                        "「同意可否を選択する」からやり直すか、資格確認書などの画像を送って受診できます。",
                        "There you can start again with “Choose what to share (同意可否を選択する)”, or send a picture of your insurance document.",
                    )))))
                }))
            }
            ReturnDestination::NoService => {
                p { (language.t(
                    "もう一度登録するときは、医療機関から案内されたアドレスからお進みください。登録せずに、資格確認書などの画像を送って受診することもできます。",
                    "To register, start again with the address that the institution gave you. You can also send a picture of your insurance document instead."
                )) }
                (components::primary_link("/", language.t("トップへ", "To the first page"), None))
            }
        }
    })
}
