//! ⑦⑧ The reception stands and the person goes back; or it was ended before.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ReceptionNumber, Timestamp, Token};
use maud::{Markup, html};
use shell::{Document, Form, Frame, Language, Visitor, drawing, parts};

use super::{Pressed, ProcedureId, asking, or_where_it_stands, page_of, see, step};
use crate::{
    Inner, Refusal,
    rules::{
        procedure::{Stage, Via, Why},
        renewal::Renewal,
    },
    store::{Finish, ProcedureView, told_abandoned},
};

pub(super) async fn registered(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let view = room.store.procedure(id, asking(&visitor)).await?;
    let Stage::Registered { number, valid_until, renewal } = view.stage else { return Ok(see(&step(&view))) };
    Ok(standing(&room, &visitor, view, (number, valid_until, renewal), page))
}

/// A page about a reception that stands.
fn standing(
    room: &Inner,
    visitor: &Visitor,
    view: ProcedureView,
    (number, valid_until, renewal): (ReceptionNumber, Option<Timestamp>, Renewal),
    page: impl FnOnce(&Frame, &View) -> Markup,
) -> Response {
    let via = way_back(room, &view.asked.via, visitor.language());
    let shown = View { id: view.id, institution: view.institution.name, number, valid_until, renewal, via };
    page_of(room, &view.asked, page(&super::frame(visitor), &shown))
}

pub(super) async fn finish(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    let code = Token::new(visitor.site().randomness());
    let outcome = room.store.finish(id, code.digest(), asking(&visitor)).await;
    let answer = outcome.map(|finish| match finish {
        Finish::HandOver(to) => {
            let location = to.redirect_uri.with_code(&code, to.state.as_ref(), &room.issuer);
            Redirect::to(location.reveal()).into_response()
        }
        Finish::FixedUrl | Finish::Told => see(&format!("/procedures/{id}/finished")),
    });
    or_where_it_stands(answer, id)
}

pub(super) async fn finished(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let view = room.store.procedure(id, asking(&visitor)).await?;
    let Stage::Handed { number, valid_until, renewal } = view.stage else { return Ok(see(&step(&view))) };
    Ok(standing(&room, &visitor, view, (number, valid_until, renewal), finished_page))
}

pub(super) async fn abandon(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    let outcome = room.store.abandon(id, asking(&visitor)).await;
    let answer = outcome.map(|view| match &view.asked.via {
        Via::HandOver(to) => Redirect::to(told_abandoned(to, &room.issuer).reveal()).into_response(),
        Via::FixedUrl => see(&format!("/procedures/{id}/over")),
    });
    or_where_it_stands(answer, id)
}

pub(super) async fn over(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let view = room.store.procedure(id, asking(&visitor)).await?;
    let Stage::Lapsed(why) = view.stage else { return Ok(see(&step(&view))) };
    let back = way_back(&room, &view.asked.via, visitor.language());
    Ok(page_of(&room, &view.asked, over_page(&super::frame(&visitor), id, why, &back)))
}

/// Where the person goes afterwards.
pub(super) enum WayBack {
    Service { name: String, home: String },
    Nobody,
}

fn way_back(room: &Inner, via: &Via, language: Language) -> WayBack {
    match via {
        Via::HandOver(to) => WayBack::Service {
            name: room.service_name(&to.client, language).to_owned(),
            home: room.service(&to.client).map_or_else(|| "/".to_owned(), |service| service.home.at("/")),
        },
        Via::FixedUrl => WayBack::Nobody,
    }
}

pub(super) struct View {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) number: ReceptionNumber,
    /// None where only a withdrawal ends it.
    pub(super) valid_until: Option<Timestamp>,
    pub(super) renewal: Renewal,
    pub(super) via: WayBack,
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("同意登録完了", "Your consent is registered"))
        .above(parts::reception_steps(language, parts::ReceptionStep::Finish))
        .main(html! {
            (drawing::done(language))
            p { (language.t("同意を登録しました。", "Your consent is registered.")) }
            (details(language, view))
            (renewal(language, view.renewal))
            @if let WayBack::Service { name, .. } = &view.via {
                (parts::notice(parts::Tone::Warning, language.t("まだ終わりではありません", "One more step"), html! {
                    p {
                        @match language {
                            Language::Japanese => {
                                "必ず「手続きを終了する」を選択し、" (name) "に戻ってください。選択せずに閉じると、" (name) "では登録が完了したか分かりません。"
                            }
                            Language::English => {
                                "Please press 「手続きを終了する」 and go back to " (name) ". If you close this page instead, " (name) " cannot know that you have registered."
                            }
                        }
                    }
                }))
            }
            (parts::form(frame, &format!("/procedures/{}/finish", view.id), html! {
                @let next = match (&view.via, language) {
                    (WayBack::Service { name, .. }, Language::Japanese) => format!("{name}に戻ります。"),
                    (WayBack::Service { name, .. }, Language::English) => format!("You go back to {name}."),
                    (WayBack::Nobody, _) => language.t("予約したサービスに戻る方法をご案内します。", "You are told how to go back to the service where you booked.").to_owned(),
                };
                (parts::primary_button(language.t("手続きを終了する", "手続きを終了する (finish)"), Some(&next)))
            }))
        })
}

fn details(language: Language, view: &View) -> Markup {
    parts::description_list(&[
        (language.t("医療機関", "Institution"), html! { (view.institution) }),
        (language.t("受付番号", "Reception number"), html! { (view.number.grouped()) }),
        (
            language.t("同意の有効期限", if view.valid_until.is_some() { "Valid to the end of" } else { "Valid" }),
            html! {
                @if let Some(until) = view.valid_until {
                    (super::day(language, super::last_day(until)))
                    (language.t("の終わりまで（日本時間）", " (Japan time)"))
                } @else {
                    (language.t("取り消すまで", "until you withdraw"))
                }
            },
        ),
    ])
}

/// What the card's certificate still does, and where it is renewed.
fn renewal(language: Language, renewal: Renewal) -> Markup {
    match renewal {
        Renewal::NotDue => html! {},
        Renewal::Soon { last_day } => parts::notice(
            parts::Tone::Info,
            language.t("電子証明書の更新のお知らせ", "Your certificate is to be renewed"),
            html! {
                p {
                    (language.t("カードの電子証明書の有効期限は、", "The certificate on your card is valid to "))
                    b { (super::day(language, last_day)) }
                    (language.t("です。今回の登録には影響ありません。", ". This registration is not affected."))
                }
                p { (language.t(
                    "期限が切れる前に、お住まいの市区町村の窓口で更新してください。",
                    "Please renew it at your municipal office before then."
                )) }
            },
        ),
        Renewal::Overdue { last_day } => parts::notice(
            parts::Tone::Warning,
            language.t("電子証明書の有効期限が切れています", "The certificate on your card has expired"),
            html! {
                p {
                    (language.t("有効期限は、", "It was valid to "))
                    b { (super::day(language, last_day)) }
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

pub(super) fn finished_page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("手続きは終了しました", "The procedure is finished"))
        .above(parts::reception_steps(language, parts::ReceptionStep::Done))
        .main(html! {
            p { (language.t("同意は登録されています。もう一度登録する必要はありません。", "Your consent is registered. You need not register again.")) }
            (details(language, view))
            (renewal(language, view.renewal))
            @match &view.via {
                WayBack::Service { name, home } => {
                    @let label = match language {
                        Language::Japanese => format!("{name}へ"),
                        Language::English => format!("To {name}"),
                    };
                    (parts::primary_link(home, &label, Some(language.t("予約の詳細で、手続きの状況を確認できます。", "The details of your booking show how far you are."))))
                }
                WayBack::Nobody => {
                    p { (language.t(
                        "この画面を閉じて、予約したサービスに戻ってください。登録した内容は、医療機関だけが確認できます。",
                        "Close this page and go back to the service where you booked. Only the institution can see what you registered."
                    )) }
                }
            }
        })
}

pub(super) fn over_page(frame: &Frame, id: ProcedureId, why: Why, back: &WayBack) -> Markup {
    let language = frame.language;
    let meaning = match why {
        Why::Abandoned => language
            .t("手続きを中止しました。何も登録されていません。", "You ended the procedure. Nothing was registered."),
        Why::TooLong => language.t(
            "始めてから1時間が過ぎたため、手続きは終わりました。何も登録されていません。",
            "The procedure ended after an hour. Nothing was registered.",
        ),
    };
    Document::new(frame, language.t("登録されていません", "Nothing was registered")).main(html! {
        p { (meaning) }
        @match back {
            WayBack::Service { name, .. } => {
                (parts::form(frame, &format!("/procedures/{id}/abandon"), html! {
                    @let label = match language {
                        Language::Japanese => format!("{name}に戻る"),
                        Language::English => format!("Back to {name}"),
                    };
                    (parts::primary_button(&label, Some(language.t(
                        "「同意可否を選択する」からやり直すか、保険証などの画像を送って受診できます。",
                        "There you can begin again with 「同意可否を選択する」, or send a picture of your insurance document.",
                    ))))
                }))
            }
            WayBack::Nobody => {
                p { (language.t(
                    "もう一度登録するときは、医療機関から案内されたアドレスからお進みください。登録せずに、保険証などの画像を送って受診することもできます。",
                    "To register, begin again with the address that the institution gave you. You can also send a picture of your insurance document instead."
                )) }
                (parts::primary_link("/", language.t("トップへ", "To the first page"), None))
            }
        }
    })
}
