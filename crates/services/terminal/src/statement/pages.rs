//! 被保険者資格申立書: the statement that a patient writes if insurance cannot be confirmed. A form to print; nothing of it is
//! stored.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Date, Timestamp};
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components};
use web::Visitor;

use crate::{
    Role, TerminalState,
    pages::HandlerError,
    sign_in::session::{require_role, session_frame},
    wording::{format_both_calendars, format_time},
};

/// The items that are filled in before printing.
#[derive(Default)]
pub(crate) struct StatementPrefill {
    pub(crate) name: Option<String>,
    pub(crate) kana: Option<String>,
    pub(crate) birth_date: Option<Date>,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
}

pub(crate) struct StatementPage {
    pub(crate) institution: String,
    pub(crate) now: Timestamp,
    pub(crate) prefill: StatementPrefill,
    /// The page to go back to.
    pub(crate) back_path: String,
}

pub(crate) async fn show_blank(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let view = StatementPage {
        institution: session.station.name.clone(),
        now: visitor.now(),
        prefill: StatementPrefill { visit: Some(visitor.now().japan_date()), ..StatementPrefill::default() },
        back_path: "/receptions".to_owned(),
    };
    Ok(render_page(&session_frame(&visitor, &session), &view).into_response())
}

/// A link to a blank form.
pub(crate) fn render_blank_link(language: Language) -> Markup {
    render_link(language, "/statement")
}

/// A link to a form.
pub(crate) fn render_link(language: Language, href: &str) -> Markup {
    html! {
        p { a href=(href) {
            (language.t("被保険者資格申立書の用紙を開く（印刷用）", "Open a 被保険者資格申立書 to print"))
        } }
    }
}

pub(crate) fn render_page(frame: &Frame, view: &StatementPage) -> Markup {
    let language = frame.language;
    let title = language.t("被保険者資格申立書", "Statement of insurance (被保険者資格申立書)");
    Document::new(frame, title)
        .lead(language.t(
            "印刷して、患者に書いてもらう用紙です。分かっている項目は入れてあります。書かれた内容は、この端末に残りません。",
            "A form to print, for the patient to fill in. What is known is in it already. Nothing of it is kept here.",
        ))
        .main(html! {
            (components::print_button(language.t("印刷する", "Print")))
            (components::print_sheet(render_form(language, title, view)))
            (components::back_link(&view.back_path, language.t("前の画面に戻る", "Back")))
        })
}

/// The printed part, with a heading of its own: that of the page is not printed.
fn render_form(language: Language, title: &str, view: &StatementPage) -> Markup {
    let prefill = &view.prefill;
    let text = |value: Option<&str>| components::blank_line(language, value.unwrap_or_default());
    let day = |value: Option<Date>| {
        let formatted = value.map(|day| format_both_calendars(language, day));
        components::blank_line(language, formatted.as_deref().unwrap_or_default())
    };
    let unknown = language.t("分からない", "Not known");
    html! {
        (components::section(title, html! {
            p { (language.t(
                "有効な健康保険に加入していますが、いま資格を確認できないため、次のとおり申し立てます。",
                "I have valid health insurance, but it cannot be confirmed now. I state the following."
            )) }
            (components::description_list(&[
                (language.t("医療機関", "Institution"), html! { (view.institution) }),
                (language.t("受診年月日", "Day of the visit"), day(prefill.visit)),
            ]))
        }))
        (components::panel(language.t("患者", "Patient"), components::description_list(&[
            (language.t("フリガナ", "Kana"), text(prefill.kana.as_deref())),
            (language.t("氏名", "Name"), text(prefill.name.as_deref())),
            (language.t("生年月日", "Date of birth"), day(prefill.birth_date)),
            (language.t("性別", "Sex"), components::paper_checkboxes(&[language.t("男", "Male"), language.t("女", "Female")])),
            (language.t("住所", "Address"), text(None)),
            (language.t("電話番号", "Telephone"), text(None)),
        ])))
        (components::panel(language.t("加入している保険（分かる範囲で）", "Insurance, as far as known"), components::description_list(&[
            (language.t("保険の種類", "Kind"), components::paper_checkboxes(&[
                language.t("社会保険", "Of an employer"),
                language.t("国民健康保険", "国民健康保険"),
                language.t("後期高齢者医療", "後期高齢者医療"),
                language.t("その他", "Other"),
                unknown,
            ])),
            (language.t("保険者名", "Insurer"), text(None)),
            (language.t("事業所名（勤め先）", "Employer"), text(None)),
            (language.t("加入した時期", "Insured since"), text(None)),
            (language.t("一部負担金の割合", "Share"), components::paper_checkboxes(&[
                language.t("1割", "10%"),
                language.t("2割", "20%"),
                language.t("3割", "30%"),
                unknown,
            ])),
        ])))
        (components::panel(language.t("署名", "Signature"), html! {
            p { (language.t(
                "書いた内容に間違いはありません。後日、資格がないと分かったときは、医療費の全額を支払うことがあると説明を受けました。",
                "What I wrote is true. I was told that I may have to pay the whole cost if it turns out later that I was not insured."
            )) }
            (components::description_list(&[
                (language.t("記入日", "Date"), text(None)),
                (language.t("署名", "Signature"), text(None)),
                (language.t("患者本人でないときは、患者との関係", "Relation to the patient, if not the patient"), text(None)),
            ]))
        }))
        p { (language.t("用紙の作成：", "Made: ")) (format_time(language, view.now)) (language.t(
            "　模擬環境の様式です。公式の様式ではありません。",
            ". A form of this simulation, and no official one."
        )) }
    }
}
