//! ⑦⑧ The reception stands and the person goes back; or it was ended before.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ReceptionNumber, Timestamp, Token};
use maud::{Markup, html};
use shell::{Document, Form, Frame, Language, Visitor, parts};

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
    let holder = room.store.registered_holder(id, asking(&visitor)).await?;
    Ok(standing(&room, &visitor, view, (number, valid_until, renewal, holder), page))
}

/// A page about a reception that stands.
fn standing(
    room: &Inner,
    visitor: &Visitor,
    view: ProcedureView,
    (number, valid_until, renewal, holder): (ReceptionNumber, Option<Timestamp>, Renewal, Option<String>),
    page: impl FnOnce(&Frame, &View) -> Markup,
) -> Response {
    let via = way_back(room, &view.asked.via, visitor.language());
    let shown = View { id: view.id, institution: view.institution.name, number, valid_until, renewal, holder, via };
    page_of(room, &view.asked, page(&super::step_frame(visitor), &shown))
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
    Ok(standing(&room, &visitor, view, (number, valid_until, renewal, None), finished_page))
}

/// The person says that the card was another's: what it registered is withdrawn.
pub(super) async fn disown(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    let outcome = room.store.disown(id, asking(&visitor)).await;
    or_where_it_stands(outcome.map(|()| see(&format!("/procedures/{id}/over"))), id)
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
    Ok(page_of(&room, &view.asked, over_page(&super::step_frame(&visitor), id, why, &back)))
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
    /// The masked name of the card's holder, as long as the registration can be taken back here.
    pub(super) holder: Option<String>,
    pub(super) via: WayBack,
}

/// What is left to do comes first, and the button that does it; the details stand below. Nothing here says that all is done:
/// whoever reads that closes the page, and the service never learns that the consent is registered.
pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("あと1つ：手続きを終了する", "One more step: finish and go back"))
        .above(parts::reception_steps(language, parts::ReceptionStep::Finish))
        .main(html! {
            p {
                @match (&view.holder, language) {
                    (Some(holder), Language::Japanese) => { b { (holder) "さん" } "のカードで同意を登録しました。" }
                    (Some(holder), Language::English) => { "Your consent is registered with the card of " b { (holder) } ". " }
                    (None, _) => (language.t("同意を登録しました。", "Your consent is registered. ")),
                }
                (language.t("あと1つ、大切な操作が残っています。", "One important step is left."))
            }
            (parts::form(frame, &format!("/procedures/{}/finish", view.id), html! {
                @let next = match (&view.via, language) {
                    (WayBack::Service { name, .. }, Language::Japanese) => format!("{name}に戻ります。"),
                    (WayBack::Service { name, .. }, Language::English) => format!("Takes you back to {name}."),
                    (WayBack::Nobody, _) => language.t("予約したサービスに戻る方法をご案内します。", "Next, see how to go back to the service where you booked.").to_owned(),
                };
                (parts::bottom_bar(parts::primary_button(
                    language.t("手続きを終了する", "Finish and go back (手続きを終了する)"),
                    Some(&next),
                )))
            }))
            @if let WayBack::Service { .. } = &view.via {
                p { (language.t(
                    "押さずに閉じると、医療機関から確認のご連絡をすることがあります。",
                    "If you close this page without pressing it, the clinic may contact you to check."
                )) }
            }
            (details(language, view))
            (renewal(language, view.renewal))
            @if view.holder.is_some() { (other_card(frame, view)) }
        })
}

/// For whoever sees another person's name: somebody else's card was read for this procedure.
fn other_card(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    parts::disclosure(
        language.t("ご自身のカードではないとき", "If this is not your card"),
        html! {
            p { (language.t(
                "別の人のカードが読み取られています。登録を取り消して、はじめからやり直せます。",
                "Somebody else's card was scanned. You can cancel this registration and start again."
            )) }
            (parts::post_button(
                frame,
                &format!("/procedures/{}/disown", view.id),
                parts::ButtonLook::Secondary,
                language.t("このカードでの登録を取り消す", "Cancel the registration with this card"),
            ))
        },
    )
}

fn details(language: Language, view: &View) -> Markup {
    parts::description_list(&[
        (language.t("医療機関", "Institution"), html! { (view.institution) }),
        (language.t("受付番号", "Reception number"), html! { (view.number.grouped()) }),
        (
            language.t("同意の有効期限", "Valid until"),
            html! {
                @if let Some(until) = view.valid_until {
                    (super::deadline(language, until))
                } @else {
                    (language.t("取り消すまで", "you withdraw it"))
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
            language.t("電子証明書の更新のお知らせ", "Renew your certificate soon"),
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
    Document::new(frame, language.t("手続きは終了しました", "All done"))
        .above(parts::reception_steps(language, parts::ReceptionStep::Done))
        .main(html! {
            p { (language.t("同意は登録されています。もう一度登録する必要はありません。", "Your consent is registered. You do not need to register again.")) }
            (details(language, view))
            (renewal(language, view.renewal))
            @match &view.via {
                WayBack::Service { name, home } => {
                    @let label = match language {
                        Language::Japanese => format!("{name}へ"),
                        Language::English => format!("Back to {name}"),
                    };
                    (parts::bottom_bar(parts::primary_link(home, &label, Some(language.t("予約の詳細で、手続きの状況を確認できます。", "Your booking details show what is done.")))))
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
        Why::OtherCard => language.t(
            "読み取ったカードでの登録を取り消しました。同意は登録されていません。",
            "The registration with that card was cancelled. No consent is registered.",
        ),
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
                    (parts::bottom_bar(parts::primary_button(&label, Some(language.t(
                        "「同意可否を選択する」からやり直すか、資格確認書などの画像を送って受診できます。",
                        "There you can start again with “Choose what to share (同意可否を選択する)”, or send a picture of your insurance document.",
                    )))))
                }))
            }
            WayBack::Nobody => {
                p { (language.t(
                    "もう一度登録するときは、医療機関から案内されたアドレスからお進みください。登録せずに、資格確認書などの画像を送って受診することもできます。",
                    "To register, start again with the address that the institution gave you. You can also send a picture of your insurance document instead."
                )) }
                (parts::primary_link("/", language.t("トップへ", "To the first page"), None))
            }
        }
    })
}
