use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Frame, Language, MenuEntry,
    parts::{self, ButtonLook, Field, Input, Select, Tone},
};

use super::visit::{choices, picture_name, picture_state};
use crate::{
    pages::when,
    rules::{
        appointment::Status,
        picture::{ABOUT_A_PICTURE, LONGEST_NOTE, Picture, State},
    },
    store::desk::VisitFile,
};

/// One picture of a visit, for the desk.
pub(super) struct View {
    pub(super) look: Look,
    pub(super) shown: Picture,
    pub(super) file: VisitFile,
}

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
    let when =
        format!("{} {}", when::short_day(language, appointment.visit_date()), when::time(appointment.visit_start));
    let list = format!("/desk/visits?date={}", appointment.visit_date());
    let main = html! {
        (parts::columns(
            html! {
                (sides(language, view))
                (picture(language, view))
                (tools(language, view))
            },
            html! {
                p { (picture_state(language, &view.shown)) " " (language.t("受取り：", "Received: ")) (super::words::at_words(language, view.shown.made_at)) }
                (hints(language, &view.shown))
                (judgement(frame, view))
                (parts::back_link(&visit, language.t("予約に戻る", "Back to the visit")))
            },
        ))
    };
    Document::new(frame, &name)
        .above(parts::breadcrumbs(language, &[(&list, language.t("予約一覧", "Visits")), (&visit, &when)], &name))
        .wide()
        .main(main)
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
    let seen = view.file.proof.as_ref().map(|(_, version)| version.number().to_string());
    let (Some(seen), State::Sent, Status::Booked) = (seen, view.shown.state, view.file.appointment.status) else {
        return html! {};
    };
    let action = format!("/desk/visits/{}", view.file.appointment.id);
    let texts: Vec<_> = ABOUT_A_PICTURE.iter().map(|reason| (reason.word(), reason.text())).collect();
    let reasons = choices(language, &texts);
    html! {
        (parts::form(frame, &action, html! {
            (parts::hidden("seen", &seen))
            (parts::choice_button(ButtonLook::Primary, "act", "accept", language.t("この画像で保険を確認しました", "Insurance confirmed by this"),
                Some(language.t("届いているすべての面を確認済みにし、患者に知らせます。", "All sides are marked as checked, and the patient is told."))))
        }))
        (parts::disclosure(language.t("送り直しをお願いする", "Ask for it again"), parts::form(frame, &action, html! {
            (parts::hidden("seen", &seen))
            (parts::hidden("picture", &view.shown.id.to_string()))
            (Select::new(language, "why_again", language.t("患者に伝える理由", "What the patient is told"), &reasons))
            (Field::new(language, Input::Lines, "note", language.t("患者へのひとこと", "A word to the patient"))
                .support(language.t(
                    "患者の画面だけに表示されます。メールには載りません。番号は書かないでください。",
                    "Shown on the patient's page only, never in a mail. Please write no numbers.",
                ))
                .longest(LONGEST_NOTE)
                .optional())
            (parts::choice_button(ButtonLook::Secondary, "act", "ask_again", language.t("送り直しをお願いする", "Ask for it again"),
                Some(language.t("患者にメールで知らせます。この面だけを送り直せます。", "The patient is told by mail and sends only this side again."))))
        })))
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
