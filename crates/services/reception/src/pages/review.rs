//! 同意照会・更新 and すべての同意を取消す: after the card was read.

use std::{collections::HashMap, sync::Arc};

use app_auth::Purpose;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::ReceptionNumber;
use eligibility::{ConsentChoice, ConsentChoices, ConsentItem};
use http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{Document, Frame, components};
use web::{ButtonForm, Form, Visitor};

use super::{
    choose::{choice_pairs, item_index, parse_choices},
    confirm::{choice_list, new_authentication},
    redirect, request_context,
};
use crate::{Inner, Refusal, store::ReceptionSummary};

base::text_enum! {
    /// The purpose of the card reading, by its text in the form.
    #[derive(Default)]
    pub(super) enum ReviewPurpose {
        /// 同意照会・更新
        #[default]
        Review = "review",
        /// すべての同意を取消す
        Withdraw = "withdraw",
    }
}

base::text_serde!(ReviewPurpose);

impl ReviewPurpose {
    fn purpose(self) -> Purpose {
        match self {
            Self::Review => Purpose::Review,
            Self::Withdraw => Purpose::Withdraw,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ReviewForm {
    #[serde(rename = "for", default)]
    purpose: ReviewPurpose,
}

pub(super) async fn show_start(State(inner): State<Arc<Inner>>, visitor: Visitor) -> Result<Response, Refusal> {
    match inner.store.list_receptions(request_context(&visitor)).await {
        Ok(_) => Ok(redirect("/review/list")),
        Err(Refusal::ReviewExpired) => {
            Ok(start_page(&super::menu_frame(&visitor), ReviewPurpose::Review).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn submit_start(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<ReviewForm>,
) -> Result<Response, Refusal> {
    let new = new_authentication(&visitor, &headers);
    let authentication = new.id;
    inner.store.begin_review_authentication(new, form.purpose.purpose(), request_context(&visitor)).await?;
    Ok(redirect(&format!("/authenticate/{authentication}")))
}

/// What was just done, from the query of the page's address.
#[derive(Deserialize)]
pub(super) struct ListQuery {
    withdrawn: Option<String>,
    changed: Option<String>,
}

/// A notice above the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListNotice {
    Nothing,
    Withdrawn,
    Changed,
}

impl ListQuery {
    /// Shown only if it is true: anyone can make up an address.
    fn notice(&self, receptions: &[ReceptionSummary]) -> ListNotice {
        let changed = self.changed.as_ref().and_then(|number| number.parse::<ReceptionNumber>().ok());
        match changed {
            Some(number) if receptions.iter().any(|reception| reception.number == number) => ListNotice::Changed,
            _ if self.withdrawn.is_some() && receptions.is_empty() => ListNotice::Withdrawn,
            _ => ListNotice::Nothing,
        }
    }
}

pub(super) async fn show_list(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    match inner.store.list_receptions(request_context(&visitor)).await {
        Ok(receptions) => {
            let notice = query.notice(&receptions);
            Ok(list_page(&super::menu_frame(&visitor), &receptions, notice).into_response())
        }
        Err(Refusal::ReviewExpired) => Ok(redirect("/review")),
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn show_edit(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(number): Path<ReceptionNumber>,
) -> Result<Markup, Refusal> {
    let reception = find_reception(&inner, &visitor, number).await?;
    let choices = ConsentItem::ALL.map(|item| Some(reception.choices.choice_for(item)));
    Ok(edit_page(&super::menu_frame(&visitor), &reception, choices))
}

pub(super) async fn submit_edit(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(number): Path<ReceptionNumber>,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let choices_by_item = parse_choices(&fields);
    if let Ok(choices) = ConsentChoices::try_from_fn(|item| choices_by_item[item_index(item)]) {
        inner.store.change_choices(number, choices, request_context(&visitor)).await?;
        return Ok(redirect(&format!("/review/list?changed={number}")));
    }
    let reception = find_reception(&inner, &visitor, number).await?;
    let page = edit_page(&super::menu_frame(&visitor), &reception, choices_by_item);
    Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn find_reception(
    inner: &Inner,
    visitor: &Visitor,
    number: ReceptionNumber,
) -> Result<ReceptionSummary, Refusal> {
    let receptions = inner.store.list_receptions(request_context(visitor)).await?;
    let reception = receptions.into_iter().find(|reception| reception.number == number);
    reception.ok_or(Refusal::Eligibility(eligibility::Refusal::UnknownReception))
}

pub(super) async fn show_withdraw(State(inner): State<Arc<Inner>>, visitor: Visitor) -> Result<Response, Refusal> {
    match inner.store.list_receptions(request_context(&visitor)).await {
        Ok(receptions) => Ok(withdraw_page(&super::menu_frame(&visitor), &receptions).into_response()),
        Err(Refusal::ReviewExpired) => {
            Ok(start_page(&super::menu_frame(&visitor), ReviewPurpose::Withdraw).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn submit_withdraw(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    inner.store.withdraw_all(request_context(&visitor)).await?;
    Ok(redirect("/review/list?withdrawn=all"))
}

pub(super) async fn end_review(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    inner.store.end_review(request_context(&visitor)).await?;
    Ok(redirect("/"))
}

pub(super) fn start_page(frame: &Frame, purpose: ReviewPurpose) -> Markup {
    let language = frame.language;
    let (title, introduction) = match purpose {
        ReviewPurpose::Review => (
            language.t("同意照会・更新", "See and change consents"),
            language.t(
                "登録した同意を見る、変える、取り消すには、はじめにマイナンバーカードを読み取ります。",
                "To see, change or withdraw your consents, scan your card first.",
            ),
        ),
        ReviewPurpose::Withdraw => (
            language.t("すべての同意を取消す", "Withdraw all consents"),
            language.t(
                "はじめにマイナンバーカードを読み取ります。そのあと、登録した同意を画面で確かめてから取り消します。まだ何も取り消されていません。",
                "Scan your card first. Then check your consents before you withdraw them. Nothing is withdrawn yet.",
            ),
        ),
    };
    Document::new(frame, title).description(introduction).main(html! {
        p { (introduction) }
        (components::form(frame, "/review", html! {
            (components::hidden_field("for", purpose.as_str()))
            (components::bottom_bar(components::primary_button(
                language.t("カードの読み取りに進む", "Continue to scan your card"),
                Some(language.t(
                    "暗証番号（利用者証明用電子証明書のパスワード、数字4桁）が必要です。3回続けて間違えるとロックされます。",
                    "You need the PIN of the certificate for user authentication (four digits). After three wrong attempts it locks.",
                )),
            )))
        }))
        (components::quiet_link("/", language.t("トップに戻る", "Back to the first page")))
    })
}

pub(super) fn list_page(frame: &Frame, receptions: &[ReceptionSummary], notice: ListNotice) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("登録されている同意", "Your registered consents")).main(html! {
        (render_notice(language, notice))
        @if receptions.is_empty() {
            (components::empty_state(language.t("有効な同意はありません", "No consent is in force"), html! {
                p { (language.t(
                    "診察日を過ぎた同意と、取り消した同意は表示されません。",
                    "Consents whose day is over, or that were withdrawn, are not shown."
                )) }
            }))
        } @else {
            p { (language.t(
                "診察日は、ここでは変更できません。変更するときは、予約したサービスで予約を変更し、もう一度登録してください。",
                "The visit day cannot be changed here. Move your appointment at the service where you booked, and register again."
            )) }
        }
        @for reception in receptions {
            (components::panel(&reception.institution, html! {
                (components::description_list(&[
                    (super::visit_label(language, reception.visit_date), super::visit_text(language, reception.visit_date)),
                    (language.t("受付番号", "Reception number"), html! { (reception.number.to_grouped_string()) }),
                    (language.t("登録日", "Registered on"), html! { (super::format_day(language, reception.registered.japan_date())) }),
                ]))
                (choice_list(language, reception.choices))
                (components::secondary_link(
                    &format!("/review/receptions/{}", reception.number),
                    language.t("同意内容を変更する", "Change what you agreed to"),
                    None,
                ))
            }))
        }
        @if !receptions.is_empty() {
            (components::secondary_link("/review/withdraw", language.t("すべての同意を取消す", "Withdraw all consents"), Some(language.t(
                "次の画面で確かめてから取り消します。", "Next, check before you withdraw."
            ))))
        }
        (components::form(frame, "/review/end", html! {
            (components::bottom_bar(components::primary_button(language.t("終了する", "Done"), Some(language.t(
                "この画面を閉じます。もう一度見るには、カードの読み取りが必要です。",
                "Closes this view. To see it again, scan your card again."
            )))))
        }))
    })
}

fn render_notice(language: Language, notice: ListNotice) -> Markup {
    match notice {
        ListNotice::Nothing => html! {},
        ListNotice::Withdrawn => components::notice(
            components::Tone::Success,
            language.t("取り消しました", "Your consents are withdrawn"),
            html! { p { (language.t(
                "すべての同意を取り消しました。医療機関は、これ以降あなたの情報を見られません。診察には、資格確認書などの画像を送るか、もう一度登録してください。",
                "All consents are withdrawn. From now on no institution can see your information. For a visit, register again or send a picture of your insurance document."
            )) } },
        ),
        ListNotice::Changed => components::notice(
            components::Tone::Success,
            language.t("変更しました", "Your change is registered"),
            html! { p { (language.t(
                "変更した内容が登録され、医療機関に反映されました。",
                "What you changed is registered, and the institution sees it so."
            )) } },
        ),
    }
}

pub(super) fn edit_page(frame: &Frame, reception: &ReceptionSummary, choices: [Option<ConsentChoice>; 6]) -> Markup {
    let language = frame.language;
    let message = language.t("同意する・同意しないのどちらかを選んでください", "Choose “Agree” or “Do not agree”");
    let missing = |item: ConsentItem| choices[item_index(item)].is_none();
    Document::new(frame, language.t("同意内容の変更", "Change what you agreed to")).main(html! {
        (super::visit_summary(language, &reception.institution, reception.visit_date))
        (components::form(frame, &format!("/review/receptions/{}", reception.number), html! {
            (choice_pairs(language, choices, missing, message))
            (components::bottom_bar(components::primary_button(language.t("変更を登録する", "Register the change"), Some(language.t(
                "すぐに医療機関に反映されます。", "The institution sees the change at once."
            )))))
        }))
        (components::secondary_link("/review/list", language.t("変更せずに戻る", "Back without changing"), None))
    })
}

pub(super) fn withdraw_page(frame: &Frame, receptions: &[ReceptionSummary]) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("すべての同意を取消す", "Withdraw all consents")).main(html! {
        @if receptions.is_empty() {
            (components::empty_state(language.t("取り消す同意はありません", "There is nothing to withdraw"), html! {
                (components::primary_link("/review/list", language.t("戻る", "Back"), None))
            }))
        } @else {
            p { (language.t(
                "次の医療機関への同意をすべて取り消します。医療機関は、これ以降あなたの情報を見られなくなります。",
                "All consents for these institutions are withdrawn. From then on they can no longer see your information."
            )) }
            ul {
                @for reception in receptions {
                    li { (reception.institution) " — " (super::visit_text(language, reception.visit_date)) }
                }
            }
            p { (language.t(
                "取り消したあとも、必要なときはもう一度登録できます。",
                "You can register again later if you need to."
            )) }
            (components::form(frame, "/review/withdraw", html! {
                (components::danger_button(language.t("すべての同意を取消す", "Withdraw all consents"), None))
            }))
            (components::secondary_link("/review/list", language.t("取り消さずに戻る", "Back without withdrawing"), None))
        }
    })
}
