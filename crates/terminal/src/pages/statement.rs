//! 被保険者資格申立書: what a patient writes where insurance cannot be confirmed. A form on paper: here it is only laid out,
//! and nothing of it is kept.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base::{Date, Timestamp};
use maud::{Markup, html};
use shell::{Document, Frame, Language, Visitor, parts};

use super::{Stop, appointments, opened, signed_in, words};
use crate::{
    Role, Room,
    rules::{appointment::Beside, finding::Finding},
};

/// What is known before the patient writes.
#[derive(Default)]
pub(super) struct Known {
    pub(super) name: Option<String>,
    pub(super) kana: Option<String>,
    pub(super) born: Option<Date>,
    /// 受診年月日
    pub(super) visit: Option<Date>,
}

pub(super) struct View {
    pub(super) institution: String,
    pub(super) now: Timestamp,
    pub(super) known: Known,
    /// Where the desk came from.
    pub(super) back: String,
}

/// A blank one.
pub(super) async fn blank(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let view = View {
        institution: signed.station.name.clone(),
        now: visitor.now(),
        known: Known { visit: Some(visitor.now().japan_date()), ..Known::default() },
        back: "/receptions".to_owned(),
    };
    Ok(page(&super::frame(&visitor, &signed), &view).into_response())
}

/// With what the list and the appointment tell of a reception. The system is not asked: it may be closed.
pub(super) async fn of_reception(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let brought = appointments::brought(&room, &visitor, &signed).await?;
    let mut known = Known {
        born: listed.documents.first().map(|document| document.birthdate),
        visit: listed.visit.or_else(|| Some(visitor.now().japan_date())),
        ..Known::default()
    };
    // Only the number says whose appointment it is: likeness is for a person to judge.
    if let Beside::ByNumber(one) = Beside::of(brought.as_ref(), listed.visit, listed.number, None) {
        known.name = Some(one.name);
        known.kana = one.kana;
        known.born = known.born.or(one.born);
    }
    let (institution, back) = (signed.station.name.clone(), format!("/receptions/{sealed}"));
    let view = View { institution, now: visitor.now(), known, back };
    Ok(page(&super::frame(&visitor, &signed), &view).into_response())
}

/// Whether a patient may have to write one.
pub(super) fn is_of_use(finding: Finding) -> bool {
    match finding {
        Finding::NotFound | Finding::Invalid | Finding::Unsaid => true,
        Finding::Valid
        | Finding::ValidUnregistered
        | Finding::InvalidWithNewer
        | Finding::Several
        | Finding::Hidden(_) => false,
    }
}

/// The way to a blank one.
pub(super) fn link(language: Language) -> Markup {
    link_to(language, "/statement")
}

/// The way to the one of a reception.
pub(super) fn link_of(language: Language, sealed: &str) -> Markup {
    link_to(language, &format!("/receptions/{sealed}/statement"))
}

fn link_to(language: Language, href: &str) -> Markup {
    html! {
        p { a href=(href) {
            (language.t("被保険者資格申立書の用紙を開く（印刷用）", "Open a 被保険者資格申立書 to print"))
        } }
    }
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = language.t("被保険者資格申立書", "Statement of insurance (被保険者資格申立書)");
    Document::new(frame, title)
        .lead(language.t(
            "印刷して、患者に書いてもらう用紙です。分かっている項目は入れてあります。書かれた内容は、この端末に残りません。",
            "A form to print, for the patient to fill in. What is known is in it already. Nothing of it is kept here.",
        ))
        .main(html! {
            (parts::print_button(language.t("印刷する", "Print")))
            (parts::print_sheet(sheet(language, title, view)))
            (parts::back_link(&view.back, language.t("前の画面に戻る", "Back")))
        })
}

/// What is printed: its heading too, as that of the page is not.
fn sheet(language: Language, title: &str, view: &View) -> Markup {
    let known = &view.known;
    let text = |value: Option<&str>| parts::blank(language, value.unwrap_or_default());
    let day = |value: Option<Date>| {
        let shown = value.map(|day| words::both_calendars(language, day));
        parts::blank(language, shown.as_deref().unwrap_or_default())
    };
    let unknown = language.t("分からない", "Not known");
    html! {
        (parts::section(title, html! {
            p { (language.t(
                "有効な健康保険に加入していますが、いま資格を確認できないため、次のとおり申し立てます。",
                "I have valid health insurance, but it cannot be confirmed now. I state the following."
            )) }
            (parts::description_list(&[
                (language.t("医療機関", "Institution"), html! { (view.institution) }),
                (language.t("受診年月日", "Day of the visit"), day(known.visit)),
            ]))
        }))
        (parts::panel(language.t("患者", "Patient"), parts::description_list(&[
            (language.t("フリガナ", "Kana"), text(known.kana.as_deref())),
            (language.t("氏名", "Name"), text(known.name.as_deref())),
            (language.t("生年月日", "Date of birth"), day(known.born)),
            (language.t("性別", "Sex"), parts::boxes(&[language.t("男", "Male"), language.t("女", "Female")])),
            (language.t("住所", "Address"), text(None)),
            (language.t("電話番号", "Telephone"), text(None)),
        ])))
        (parts::panel(language.t("加入している保険（分かる範囲で）", "Insurance, as far as known"), parts::description_list(&[
            (language.t("保険の種類", "Kind"), parts::boxes(&[
                language.t("社会保険", "Of an employer"),
                language.t("国民健康保険", "国民健康保険"),
                language.t("後期高齢者医療", "後期高齢者医療"),
                language.t("その他", "Other"),
                unknown,
            ])),
            (language.t("保険者名", "Insurer"), text(None)),
            (language.t("事業所名（勤め先）", "Employer"), text(None)),
            (language.t("加入した時期", "Insured since"), text(None)),
            (language.t("一部負担金の割合", "Share"), parts::boxes(&[
                language.t("1割", "10%"),
                language.t("2割", "20%"),
                language.t("3割", "30%"),
                unknown,
            ])),
        ])))
        (parts::panel(language.t("署名", "Signature"), html! {
            p { (language.t(
                "書いた内容に間違いはありません。後日、資格がないと分かったときは、医療費の全額を支払うことがあると説明を受けました。",
                "What I wrote is true. I was told that I may have to pay the whole cost if it turns out later that I was not insured."
            )) }
            (parts::description_list(&[
                (language.t("記入日", "Date"), text(None)),
                (language.t("署名", "Signature"), text(None)),
                (language.t("患者本人でないときは、患者との関係", "Relation to the patient, if not the patient"), text(None)),
            ]))
        }))
        p { (language.t("用紙の作成：", "Made: ")) (words::time(language, view.now)) (language.t(
            "　模擬環境の様式です。公式の様式ではありません。",
            ". A form of this simulation, and no official one."
        )) }
    }
}
