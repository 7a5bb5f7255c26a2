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
    parts::{self, DateField, Field, Input, Ticked, Width},
};

use super::{frame, onward, patient, specimen};
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
    /// Whether she tells for the first time.
    first: bool,
}

async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let view = View {
        mail: person.mail.clone(),
        written: person.profile.as_ref().map(Profile::written).unwrap_or_default(),
        problems: Vec::new(),
        onward: onward(asked.unwrap_or_default().onward.as_deref()),
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
            let view = View { mail: person.mail.clone(), written, problems, onward, first: person.profile.is_none() };
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
    let mut document = Document::new(frame, language.t("登録情報", "Your details")).lead(language.t(
        "医療機関がご本人を確認するために使います。保険の書類に書かれているとおりに入力してください。",
        "The clinic knows you by these. Enter them as they stand on your insurance document.",
    ));
    if !all.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (parts::error_summary(language, &all))
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
                .support(language.t("医療機関が急ぎの連絡に使うことがあります。", "The clinic may call you when it is urgent."))
                .value(&written.phone).error(told("phone")).autocomplete("tel").width(Width::Middle).optional().longest(30))
            (parts::description_list(&[(language.t("メールアドレス", "E-mail address"), html! { (view.mail) })]))
            @if view.first {
                (parts::primary_button(language.t("登録する", "Register"), Some(language.t("このあと、元の画面に戻ります。", "You go on where you were."))))
            } @else {
                (parts::primary_button(language.t("変更を保存する", "Save"), None))
            }
        }))
        @if !view.first { (own_data(language)) }
    })
}

/// What can be done about what is kept.
fn own_data(language: Language) -> Markup {
    parts::section(
        language.t("あなたの情報", "Your data"),
        parts::buttons(html! {
            (parts::secondary_link("/profile/data", language.t("保存している情報を見る", "See what is kept about you"), None))
            (parts::secondary_link("/profile/sessions", language.t("ログイン中の端末", "Signed-in devices"), None))
            (parts::secondary_link("/profile/close", language.t("退会する", "Close your account"), None))
        }),
    )
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/profile", Some(&person));
    let view = |written: WrittenProfile, problems, first| View {
        mail: person.mail.clone(),
        written,
        problems,
        onward: "/appointments".to_owned(),
        first,
    };
    let empty = WrittenProfile::default();
    let problems = Profile::read(&empty, specimen::now().japan_date()).err().unwrap_or_default();
    let written = person.profile.as_ref().map(Profile::written).unwrap_or_default();
    vec![
        ("profile/first".to_owned(), page(&frame, &view(empty.clone(), Vec::new(), true))),
        ("profile/problems".to_owned(), page(&frame, &view(empty, problems, true))),
        ("profile/known".to_owned(), page(&frame, &view(written, Vec::new(), false))),
    ]
}
