//! 登録情報: who the patient is, as the institution will know her.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor,
    parts::{self, DateField, Field, Input, Ticked, Tone, Width},
};

use super::{
    chosen::{self, BookingStep, ChosenVisit},
    frame, onward, patient, specimen,
};
use crate::{
    room::Room,
    rules::patient::{MailAddress, Problem, Profile, WrittenProfile},
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/profile", Access::Known, get(show)).action("/profile", Access::Known, post(keep))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    onward: Option<String>,
}

struct View {
    mail: MailAddress,
    written: WrittenProfile,
    problems: Vec<Problem>,
    onward: String,
    /// The visit that is booked afterwards.
    chosen: Option<ChosenVisit>,
    /// Whether she tells for the first time.
    first: bool,
    /// Whether the details are there but for a telephone number, which a visit needs.
    lacks_phone: bool,
}

async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let onward = onward(asked.unwrap_or_default().onward.as_deref());
    let chosen = chosen::find_chosen_visit(&room, &visitor, &onward).await?;
    let view = View {
        mail: person.mail.clone(),
        written: person.profile.as_ref().map(Profile::written).unwrap_or_default(),
        problems: Vec::new(),
        onward,
        lacks_phone: chosen.is_some() && person.profile.as_ref().is_some_and(|profile| profile.phone.is_none()),
        chosen,
        first: person.profile.is_none(),
    };
    Ok(page(&frame(&visitor, Some(&person)), &view).into_response())
}

/// The fields of the form. Texts one by one: a form's flat pairs do not nest.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    name: String,
    kana: String,
    no_kana: Option<String>,
    birth_year: String,
    birth_month: String,
    birth_day: String,
    phone: String,
    onward: String,
}

async fn keep(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(form): Form<Written>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let onward = onward(Some(&form.onward));
    let Written { name, kana, no_kana, birth_year, birth_month, birth_day, phone, .. } = form;
    let written = WrittenProfile { name, kana, no_kana, birth_year, birth_month, birth_day, phone };
    match Profile::read(&written, visitor.now().japan_date()) {
        Ok(profile) => {
            let kept = room.store.keep_profile(person.id, profile, visitor.now()).await;
            kept?;
            Ok(Redirect::to(&onward).into_response())
        }
        Err(problems) => {
            let chosen = chosen::find_chosen_visit(&room, &visitor, &onward).await?;
            let first = person.profile.is_none();
            let view = View { mail: person.mail.clone(), written, problems, onward, chosen, first, lacks_phone: false };
            Ok(page(&frame(&visitor, Some(&person)), &view).into_response())
        }
    }
}

fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let told = |field: &str| {
        view.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.in_language(language))
    };
    let all: Vec<_> = view
        .problems
        .iter()
        .map(|problem| parts::Problem { field: problem.field, message: problem.message.in_language(language) })
        .collect();
    let written = &view.written;
    let ticked = if written.no_kana.is_some() { Ticked::Yes } else { Ticked::No };
    let mut document = Document::new(frame, language.t("登録情報", "Your details"))
        .above(chosen::render_chosen_visit(language, view.chosen.as_ref(), BookingStep::Details))
        .lead(language.t(
            "医療機関がご本人を確認するために使います。保険の書類に書かれているとおりに入力してください。",
            "The clinic uses these details to identify you. Enter them as they stand on your insurance document.",
        ));
    if !all.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (parts::error_summary(language, &all))
        @if view.lacks_phone {
            (parts::notice(Tone::Info, language.t("電話番号を入力してください", "Please add your telephone number"), html! {
                p { (language.t(
                    "ビデオでの診察には電話番号が必要になりました。ほかの内容はそのまま残っています。",
                    "Visits by video now need a telephone number. Your other details are kept as they are.")) }
            }))
        }
        (parts::form(frame, "/profile", html! {
            (parts::hidden("onward", &view.onward))
            (Field::new(language, Input::Text, "name", language.t("お名前", "Name"))
                .support(language.t("例：山田 花子。在留カードなどのアルファベット表記でもかまいません。", "In kanji, or in Latin letters as on your residence card."))
                .value(&written.name).error(told("name")).autocomplete("name").width(Width::Long).longest(100))
            (Field::new(language, Input::Text, "kana", language.t("お名前のよみ（カナ）", "Name in kana"))
                .support(language.t("例：ヤマダ ハナコ。ひらがなや半角カナでもかまいません。", "Any kana will do: hiragana, full or half width."))
                .value(&written.kana).error(told("kana")).width(Width::Long).longest(200))
            (parts::checkbox("no_kana", "1", language.t("カナの名前がない（よみの入力は不要です）", "I have no name in kana (leave the field above empty)"), ticked))
            (DateField::new(language, "birth", language.t("生年月日", "Date of birth"))
                .support(language.t("西暦で入力してください。例：1985年4月3日", "Year, month, day: such as 1985, 4, 3"))
                .value(&written.birth_year, &written.birth_month, &written.birth_day)
                .error(told("birth")).era_help().birthday())
            (Field::new(language, Input::Telephone, "phone", language.t("電話番号", "Telephone"))
                .support(language.t("通信が切れたとき、医療機関からお電話します。", "If the connection breaks, the clinic calls you."))
                .value(&written.phone).error(told("phone")).autocomplete("tel").width(Width::Middle).longest(30))
            (parts::description_list(&[(language.t("メールアドレス", "E-mail address"), html! { (view.mail) })]))
            @if view.first {
                (parts::bottom_bar(parts::primary_button(language.t("登録する", "Register"), Some(language.t("次は、元の画面に戻ります。", "Next: back to where you were.")))))
            } @else {
                (parts::bottom_bar(parts::primary_button(language.t("変更を保存する", "Save"), None)))
            }
        }))
    })
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/profile", Some(&person));
    let view = |written: WrittenProfile, problems, first: bool| View {
        mail: person.mail.clone(),
        written,
        problems,
        onward: "/appointments".to_owned(),
        chosen: first.then(specimen::chosen_visit),
        first,
        lacks_phone: false,
    };
    let empty = WrittenProfile::default();
    let problems = Profile::read(&empty, specimen::now().japan_date()).err().unwrap_or_default();
    let written = person.profile.as_ref().map(Profile::written).unwrap_or_default();
    let no_phone = View {
        chosen: Some(specimen::chosen_visit()),
        lacks_phone: true,
        ..view(WrittenProfile { phone: String::new(), ..written.clone() }, Vec::new(), false)
    };
    vec![
        ("profile/first".to_owned(), page(&frame, &view(empty.clone(), Vec::new(), true))),
        ("profile/problems".to_owned(), page(&frame, &view(empty, problems, true))),
        ("profile/no-phone".to_owned(), page(&frame, &no_phone)),
        ("profile/known".to_owned(), page(&frame, &view(written, Vec::new(), false))),
    ]
}
