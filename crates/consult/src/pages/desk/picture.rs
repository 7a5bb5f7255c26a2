use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Frame, Language, MenuEntry,
    parts::{self, ButtonLook, Field, Input, Problem, Select, Ticked, Tone},
};

use super::{
    person,
    visit::{choices, next_picture, picture_name, picture_state},
};
use crate::{
    rules::{
        appointment::Status,
        desk_act::DocumentTicks,
        picture::{ABOUT_A_PICTURE, LONGEST_NOTE, Note, Picture, State},
        proof::RequestReason,
    },
    store::desk::VisitFile,
};

/// One picture of a visit, for the desk.
pub(super) struct View {
    pub(super) look: Look,
    pub(super) shown: Picture,
    pub(super) file: VisitFile,
    pub(super) returned: Returned,
}

/// Why a form of the page came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Returned {
    /// It did not.
    Nothing,
    /// Not every part of the document was ticked as compared.
    NotCompared(DocumentTicks),
    /// The note seems to carry a number.
    NumberInNote { reason: RequestReason, note: Note },
}

/// The boxes of the comparison: 氏名, 生年月日, 有効期限.
pub(super) const TICK_NAME: &str = "compared_name";
pub(super) const TICK_BIRTH_DATE: &str = "compared_birth_date";
pub(super) const TICK_EXPIRY: &str = "compared_expiry";

/// How the picture is turned and which part of it is seen. It stands in the address, so that plain links do it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    /// Quarter turns, clockwise.
    turn: u32,
    /// How many times larger: 1, 2 or 4.
    zoom: u32,
    /// Which part across, from 0.
    x: u32,
    /// Which part down, from 0.
    y: u32,
}

impl Look {
    /// A look that exists, whatever the address said. Neighbouring parts overlap by half.
    pub(super) fn within_bounds(self) -> Self {
        let zoom = match self.zoom {
            2 => 2,
            3.. => 4,
            _ => 1,
        };
        Self { turn: self.turn % 4, zoom, x: self.x.min(2 * zoom - 2), y: self.y.min(2 * zoom - 2) }
    }

    /// A look from the middle.
    pub(super) fn sample(turn: u32, zoom: u32) -> Self {
        Self { turn, ..Self::default() }.at_zoom(zoom)
    }

    fn query(self) -> String {
        format!("?turn={}&zoom={}&x={}&y={}", self.turn, self.zoom, self.x, self.y)
    }

    /// The middle of the same picture at another size.
    fn at_zoom(self, zoom: u32) -> Self {
        Self { zoom, x: zoom - 1, y: zoom - 1, ..self }
    }

    fn turned(self) -> Self {
        Self { turn: (self.turn + 1) % 4, ..self }.at_zoom(self.zoom)
    }
}

/// 画像の確認
pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let appointment = &view.file.appointment;
    let visit = format!("/desk/visits/{}", appointment.id);
    let name = picture_name(language, &view.shown);
    let patient = person::short_name(language, &view.file.patient);
    let title = match language {
        Language::Japanese => format!("{name}（{patient}）"),
        Language::English => format!("{name}, {patient}"),
    };
    let list = format!("/desk/visits?date={}", appointment.visit_date());
    let main = html! {
        (problems(language, view))
        (parts::columns(
            html! {
                (sides(language, view))
                (picture(language, view))
                (tools(language, view))
            },
            html! {
                (compared(language, view))
                (judgement(frame, view))
                (hints(language, &view.shown))
                p { (picture_state(language, &view.shown)) " " (language.t("受け取り：", "Received: ")) (super::words::at_words(language, view.shown.made_at)) }
                (parts::buttons(html! {
                    (next_picture(language, &view.file))
                    (parts::quiet_link(&visit, language.t("予約に戻る", "Back to the visit")))
                }))
            },
        ))
    };
    let mut document = Document::new(frame, &title)
        .above(parts::breadcrumbs(language, &[(&list, language.t("予約一覧", "Visits")), (&visit, &patient)], &name))
        .wide();
    if view.returned != Returned::Nothing {
        document = document.with_problems();
    }
    document.main(main)
}

/// With whom the document is compared.
fn compared(language: Language, view: &View) -> Markup {
    let Some(profile) = &view.file.patient.profile else { return Markup::default() };
    parts::panel(
        language.t("予約した方", "The patient"),
        person::identity(language, profile, view.file.appointment.visit_date()),
    )
}

fn problems(language: Language, view: &View) -> Markup {
    match &view.returned {
        Returned::Nothing => html! {},
        Returned::NotCompared(ticks) => {
            let missing: Vec<_> = ticked(language, *ticks)
                .into_iter()
                .filter(|(.., ticked)| *ticked == Ticked::No)
                .map(|(field, label, _)| (field, not_compared(language, label)))
                .collect();
            let problems: Vec<_> = missing.iter().map(|(field, message)| Problem { field, message }).collect();
            parts::error_summary(language, &problems)
        }
        Returned::NumberInNote { .. } => {
            parts::error_summary(language, &[Problem { field: "note", message: number_in_note(language) }])
        }
    }
}

fn not_compared(language: Language, label: &str) -> String {
    match language {
        Language::Japanese => format!("{label}を確かめて、チェックを入れてください。"),
        Language::English => format!("Compare and tick: {label}."),
    }
}

fn number_in_note(language: Language) -> &'static str {
    language.t(
        "ひとことに番号が入っているようです。保険証などの番号は消してください。必要な番号であれば、そのまま送れます。まだ送っていません。",
        "The message seems to contain a number. Please remove numbers of documents. If the number is needed, you can send it as it is. Nothing was sent yet.",
    )
}

/// The boxes with what stands beside them.
fn ticked(language: Language, ticks: DocumentTicks) -> [(&'static str, &'static str, Ticked); 3] {
    let state = |ticked| if ticked { Ticked::Yes } else { Ticked::No };
    [
        (TICK_NAME, language.t("氏名", "Name"), state(ticks.name)),
        (TICK_BIRTH_DATE, language.t("生年月日", "Date of birth"), state(ticks.birth_date)),
        (TICK_EXPIRY, language.t("有効期限", "Valid on the visit day"), state(ticks.expiry)),
    ]
}

fn address(view: &View, picture: &Picture) -> String {
    format!("/desk/visits/{}/pictures/{}", view.file.appointment.id, picture.id)
}

fn sides(language: Language, view: &View) -> Markup {
    let entries: Vec<_> = view
        .file
        .pictures
        .iter()
        .map(|picture| MenuEntry {
            href: address(view, picture),
            label: picture_name(language, picture),
            current: picture.id == view.shown.id,
        })
        .collect();
    parts::tabs(language.t("画像を選ぶ", "Choose the picture"), &entries)
}

/// The picture inside an SVG: its view box is the part that is seen, its transform the turning. No script, no style.
fn picture(language: Language, view: &View) -> Markup {
    let (width, height) = view.shown.size;
    let look = view.look;
    let (across, down) = if look.turn % 2 == 1 { (height, width) } else { (width, height) };
    let (seen_across, seen_down) = (across / look.zoom, down / look.zoom);
    let view_box = format!("{} {} {seen_across} {seen_down}", seen_across / 2 * look.x, seen_down / 2 * look.y);
    let transform = match look.turn {
        1 => format!("translate({height} 0) rotate(90)"),
        2 => format!("translate({width} {height}) rotate(180)"),
        3 => format!("translate(0 {width}) rotate(270)"),
        _ => "translate(0 0)".to_owned(),
    };
    let source = format!("/desk/pictures/{}/whole", view.shown.id);
    html! {
        svg viewBox=(view_box) width="100%" role="img" focusable="false"
            aria-label={ (picture_name(language, &view.shown)) (language.t("の画像", ", picture")) } {
            image href=(source) width=(width) height=(height) transform=(transform) {}
        }
    }
}

fn tools(language: Language, view: &View) -> Markup {
    let here = address(view, &view.shown);
    let look = view.look;
    let link = |to: Look, label: &str| parts::quiet_link(&format!("{here}{}", to.query()), label);
    let last = 2 * look.zoom - 2;
    html! {
        nav aria-label=(language.t("画像の見かた", "How to look")) { (parts::buttons(html! {
            (link(look.turned(), language.t("右に回す", "Turn right")))
            @if look.zoom < 4 { (link(look.at_zoom(look.zoom * 2), language.t("拡大", "Larger"))) }
            @if look.zoom > 1 { (link(look.at_zoom(look.zoom / 2), language.t("縮小", "Smaller"))) }
            @if look.x > 0 { (link(Look { x: look.x - 1, ..look }, language.t("左へ", "Left"))) }
            @if look.x < last { (link(Look { x: look.x + 1, ..look }, language.t("右へ", "Right"))) }
            @if look.y > 0 { (link(Look { y: look.y - 1, ..look }, language.t("上へ", "Up"))) }
            @if look.y < last { (link(Look { y: look.y + 1, ..look }, language.t("下へ", "Down"))) }
        })) }
    }
}

fn hints(language: Language, picture: &Picture) -> Markup {
    if picture.hints.is_empty() {
        return html! {};
    }
    parts::notice(
        Tone::Info,
        language.t("自動の測定では", "By measurement"),
        html! { ul { @for hint in picture.hints.each() { li { (hint.text().in_language(language)) } } } },
    )
}

fn judgement(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let judged =
        view.file.proof.is_some() && view.shown.state == State::Sent && view.file.appointment.status == Status::Booked;
    if !judged {
        return html! {};
    }
    html! {
        @match not_looked_at(view) {
            Some(other) => (parts::primary_link(
                &address(view, other),
                &other_side(language, other),
                Some(language.t(
                    "届いている画像をすべて見てから、確認できます。",
                    "Insurance can be confirmed once every picture was looked at.",
                )),
            )),
            None => (confirmation(frame, view)),
        }
        (again(frame, view))
    }
}

/// A picture that was sent and that nobody of the desk has looked at. The one that is shown is looked at now.
fn not_looked_at(view: &View) -> Option<&Picture> {
    view.file.pictures.iter().find(|picture| {
        picture.state == State::Sent && picture.id != view.shown.id && !view.file.looked_at.contains(&picture.id)
    })
}

fn other_side(language: Language, picture: &Picture) -> String {
    let name = picture_name(language, picture);
    match language {
        Language::Japanese => format!("もう1枚を見る：{name}"),
        Language::English => format!("See the other picture: {name}"),
    }
}

/// The comparison, part by part, and the one button.
fn confirmation(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let action = format!("/desk/visits/{}", view.file.appointment.id);
    let seen: Vec<_> = view
        .file
        .pictures
        .iter()
        .filter(|picture| matches!(picture.state, State::Sent | State::Accepted))
        .map(|picture| picture.id.to_string())
        .collect();
    let (ticks, wrong) = match view.returned {
        Returned::NotCompared(ticks) => (ticks, true),
        _ => (DocumentTicks::default(), false),
    };
    parts::form(
        frame,
        &action,
        html! {
            (parts::hidden("seen", &view.file.seen().to_string()))
            (parts::hidden("picture", &view.shown.id.to_string()))
            (parts::hidden("pictures", &seen.join(",")))
            fieldset.field.wrong[wrong] {
                legend { (language.t("予約した方と同じことを確かめた項目", "The document agrees with the patient in")) }
                @for (name, label, ticked) in ticked(language, ticks) {
                    (parts::checkbox(name, "1", label, ticked))
                }
            }
            (parts::bottom_bar(parts::choice_button(
                ButtonLook::Primary,
                "act",
                "accept",
                language.t("この画像で保険を確認しました", "Insurance confirmed by this"),
                Some(language.t(
                    "届いているすべての画像を確認済みにし、患者さんに知らせます。",
                    "All pictures are marked as checked, and the patient is told.",
                )),
            )))
        },
    )
}

fn again(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let action = format!("/desk/visits/{}", view.file.appointment.id);
    let texts: Vec<_> = ABOUT_A_PICTURE.iter().map(|reason| (reason.word(), reason.text())).collect();
    let reasons = choices(language, &texts);
    let returned = match &view.returned {
        Returned::NumberInNote { reason, note } => Some((reason.word(), note.to_string())),
        _ => None,
    };
    let mut select =
        Select::new(language, "why_again", language.t("患者さんに伝える理由", "What the patient is told"), &reasons);
    let mut field =
        Field::new(language, Input::Lines, "note", language.t("患者さんへのひとこと", "A message to the patient"))
            .support(language.t(
                "患者さんの画面だけに表示されます。メールには載りません。番号は書かないでください。",
                "Shown on the patient's page only, never in a mail. Please write no numbers.",
            ))
            .longest(LONGEST_NOTE)
            .optional();
    if let Some((reason, note)) = &returned {
        select = select.chosen(reason);
        field = field.value(note).error(Some(number_in_note(language)));
    }
    html! {
        details.disclosure open[returned.is_some()] {
            summary { (language.t("送り直しをお願いする", "Ask for it again")) }
            div {
                (parts::form(frame, &action, html! {
                    (parts::hidden("seen", &view.file.seen().to_string()))
                    (parts::hidden("picture", &view.shown.id.to_string()))
                    (select)
                    (field)
                    (parts::choice_button(ButtonLook::Secondary, "act", "ask_again", language.t("送り直しをお願いする", "Ask for it again"),
                        Some(language.t("患者さんにメールで知らせます。この画像だけを送り直せます。", "The patient is told by mail and sends only this picture again."))))
                    @if returned.is_some() {
                        (parts::choice_button(ButtonLook::Secondary, "act", "ask_again_with_number",
                            language.t("番号を含めたまま送る", "Send it with the number"), None))
                    }
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_address_says_a_part_of_the_picture_is_seen() {
        let check = |look: Look, expected: Look| assert_eq!(look.within_bounds(), expected);
        check(Look::default(), Look { turn: 0, zoom: 1, x: 0, y: 0 });
        check(Look { turn: 7, zoom: 9, x: 99, y: 99 }, Look { turn: 3, zoom: 4, x: 6, y: 6 });
        check(Look { turn: 1, zoom: 2, x: 1, y: 2 }, Look { turn: 1, zoom: 2, x: 1, y: 2 });
    }
}
