//! 登録情報: who the patient is, as the institution will know her.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor,
    parts::{self, Field, Input, Ticked, Width},
};

use super::{frame, onward, patient, specimen, when};
use crate::{
    room::Room,
    rules::patient::{ClinicInMail, MailAddress, Problem, Profile, WrittenProfile},
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
    /// The date of birth as it was read.
    born: Option<Date>,
    today: Date,
    clinic_in_mail: ClinicInMail,
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
        born: person.profile.as_ref().map(|profile| profile.birth_date),
        today: visitor.now().japan_date(),
        clinic_in_mail: person.clinic_in_mail,
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
    birth: String,
    birth_year: String,
    birth_month: String,
    birth_day: String,
    phone: String,
    /// Sent by the form that has the box, ticked or not.
    asks_for_mail: Option<String>,
    clinic_in_mail: Option<String>,
    onward: String,
}

async fn keep(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(form): Form<Written>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let onward = onward(Some(&form.onward));
    let clinic_in_mail = match (&form.asks_for_mail, &form.clinic_in_mail) {
        (None, _) => person.clinic_in_mail,
        (Some(_), Some(_)) => ClinicInMail::Named,
        (Some(_), None) => ClinicInMail::Neutral,
    };
    let Written { name, kana, no_kana, birth, birth_year, birth_month, birth_day, phone, .. } = form;
    let written = WrittenProfile { name, kana, no_kana, birth, birth_year, birth_month, birth_day, phone };
    let today = visitor.now().japan_date();
    match Profile::read(&written, today) {
        Ok(profile) => {
            let kept = room.store.keep_profile(person.id, profile, clinic_in_mail, visitor.now()).await;
            kept?;
            Ok(Redirect::to(&onward).into_response())
        }
        Err(problems) => {
            let view = View {
                mail: person.mail.clone(),
                born: written.birth_date(today),
                written: written.in_one_field(),
                problems,
                today,
                clinic_in_mail,
                onward,
                first: person.profile.is_none(),
            };
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
    let named = if view.clinic_in_mail == ClinicInMail::Named { Ticked::Yes } else { Ticked::No };
    let birth_support = match view.born {
        Some(born) => {
            let said = when::birth_date(language, born, view.today);
            match language {
                Language::Japanese => format!("{said}ですね。"),
                Language::English => format!("We read this as {said}."),
            }
        }
        None => language
            .t(
                "元号でも西暦でも入力できます。例：昭和20年11月3日、S20.11.3、1945/11/3",
                "In any usual form, such as 3 November 1945, 1945-11-03 or 昭和20年11月3日.",
            )
            .to_owned(),
    };
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
            (Field::new(language, Input::Text, "birth", language.t("生年月日", "Date of birth"))
                .support(&birth_support)
                .value(&written.birth).error(told("birth")).autocomplete("bday").width(Width::Middle).longest(60))
            (Field::new(language, Input::Telephone, "phone", language.t("電話番号", "Telephone"))
                .support(language.t("医療機関が急ぎの連絡に使うことがあります。", "The clinic may call you when it is urgent."))
                .value(&written.phone).error(told("phone")).autocomplete("tel").width(Width::Middle).optional().longest(30))
            (parts::description_list(&[(language.t("メールアドレス", "E-mail address"), html! { (view.mail) })]))
            (parts::hidden("asks_for_mail", "1"))
            (parts::checkbox("clinic_in_mail", "1", language.t("メールに医療機関名を入れる", "Name the clinic in emails to me"), named))
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
    let today = specimen::now().japan_date();
    let view = |written: WrittenProfile, problems, first| View {
        mail: person.mail.clone(),
        born: written.birth_date(today),
        written,
        problems,
        today,
        clinic_in_mail: person.clinic_in_mail,
        onward: "/appointments".to_owned(),
        first,
    };
    let empty = WrittenProfile::default();
    let problems = Profile::read(&empty, today).err().unwrap_or_default();
    let odd = WrittenProfile {
        name: "見本 花子".to_owned(),
        kana: "ミホン ハナコ".to_owned(),
        birth: "20.11.3".to_owned(),
        phone: "1234-5678".to_owned(),
        ..WrittenProfile::default()
    };
    let odd_problems = Profile::read(&odd, today).err().unwrap_or_default();
    let written = person.profile.as_ref().map(Profile::written).unwrap_or_default();
    vec![
        ("profile/first".to_owned(), page(&frame, &view(empty.clone(), Vec::new(), true))),
        ("profile/problems".to_owned(), page(&frame, &view(empty, problems, true))),
        ("profile/unclear".to_owned(), page(&frame, &view(odd, odd_problems, true))),
        ("profile/known".to_owned(), page(&frame, &view(written, Vec::new(), false))),
    ]
}
