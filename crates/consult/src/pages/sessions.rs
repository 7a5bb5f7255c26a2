//! ログイン中の端末: where the person is signed in, and how to end it from here.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Digest;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor,
    parts::{self, BadgeTone},
    session::SessionEntry,
};

use super::{frame, patient, specimen, when};
use crate::room::Room;

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/profile/sessions", Access::Known, get(show)).action(
        "/profile/sessions",
        Access::Known,
        post(end_others),
    )
}

async fn show(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let sessions = room.store.sessions(person.id, visitor.now()).await?;
    Ok(page(&frame(&visitor, Some(&person)), &sessions, visitor.browser().digest()).into_response())
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn end_others(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    room.store.end_other_sessions(person.id, visitor.browser().digest()).await?;
    Ok(Redirect::to("/profile/sessions").into_response())
}

fn page(frame: &Frame, sessions: &[SessionEntry], own: Digest) -> Markup {
    let language = frame.language;
    let others = sessions.iter().filter(|session| session.browser != own).count();
    Document::new(frame, language.t("ログイン中の端末", "Signed-in devices"))
        .above(parts::back_link("/profile", language.t("登録情報に戻る", "Back to your details")))
        .lead(language.t(
            "スマートフォンをなくしたときや、心当たりのない端末があるときは、ここからログアウトできます。",
            "If you lost a phone, or see a device that you do not know, sign it out here.",
        ))
        .main(html! {
            @if others > 0 {
                (parts::form(frame, "/profile/sessions", parts::primary_button(
                    language.t("ほかの端末からログアウト", "Sign out other devices"),
                    Some(language.t("この端末では、ログインしたままです。", "You stay signed in on this device.")))))
            } @else {
                p { (language.t("ほかにログイン中の端末はありません。", "You are not signed in anywhere else.")) }
            }
            @for session in sessions { (device(language, session, own)) }
        })
}

fn device(language: Language, session: &SessionEntry, own: Digest) -> Markup {
    let name = if session.browser == own {
        language.t("この端末", "This device")
    } else {
        language.t("ほかの端末", "Another device")
    };
    let used = session.used_on.unwrap_or_else(|| session.began.japan_date());
    parts::panel(
        name,
        html! {
            @if session.browser == own { p { (parts::badge(BadgeTone::Good, language.t("使用中", "In use"))) } }
            (parts::description_list(&[
                (language.t("ログインした日時", "Signed in"), html! { (when::moment(language, session.began)) }),
                (language.t("最後に使った日", "Last used"), html! { (when::day(language, used)) }),
            ]))
        },
    )
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/profile/sessions", Some(&person));
    let session =
        |name: &[u8], used_on| SessionEntry { browser: base::digest(&[name]), began: specimen::now(), used_on };
    let sessions =
        [session(b"own", Some(specimen::start().japan_date())), session(b"a phone", None), session(b"a tablet", None)];
    let own = base::digest(&[b"own"]);
    vec![
        ("sessions/several".to_owned(), page(&frame, &sessions, own)),
        ("sessions/one".to_owned(), page(&frame, &sessions[..1], own)),
    ]
}
