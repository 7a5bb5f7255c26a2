//! A picture beside the patient whose insurance it shows.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame, MenuEntry,
    components::{self, ButtonStyle, CheckState, Field, Input, Problem, Select, Tone},
};
use web::{Access, Routes, Visitor};

use super::{
    action_form::build_choices,
    frame::{desk_frame, require_staff},
    patient_identity,
    visit::{picture_name, render_next_picture_link, render_picture_state},
};
use crate::{
    appointments::{
        pages::parse_appointment_id,
        rules::{AppointmentId, AppointmentStatus},
    },
    clinic::{
        rules::desk_action::DocumentTicks,
        store::{staff::StaffMember, visits::DeskVisit},
        texts,
    },
    context::Context,
    pictures::{
        self,
        rules::{
            note::{MAX_NOTE_CHARACTERS, Note},
            picture::{InsurancePicture, PICTURE_REASONS, PictureState},
        },
        store::PictureViewer,
    },
    proof::rules::ledgers::RequestReason,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/visits/{id}/pictures/{picture}", Access::SignedIn, get(show_picture_page)).page(
        "/desk/pictures/{picture}/{part}",
        Access::SignedIn,
        get(show_picture_bytes),
    )
}

async fn show_picture_page(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
    Query(viewport): Query<PictureViewport>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    respond_with_picture_page(&context, &visitor, &staff, id, &picture, viewport, PictureFormError::NoError).await
}

pub(crate) async fn respond_with_picture_page(
    context: &Context,
    visitor: &Visitor,
    staff: &StaffMember,
    id: AppointmentId,
    picture: &str,
    viewport: PictureViewport,
    form_error: PictureFormError,
) -> Result<Response, Response> {
    let visit = context.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    let picture = visit.pictures.iter().find(|candidate| candidate.id.to_string() == picture).cloned();
    let Some(picture) = picture else {
        // The picture was replaced or erased: the page of the visit shows the current ones.
        return Ok(Redirect::to(&format!("/desk/visits/{id}?said=changed")).into_response());
    };
    let view = DeskPicturePage { viewport: viewport.clamped(), picture, visit, form_error };
    Ok(render_picture_page(&desk_frame(visitor.frame(), Some(staff)), &view).into_response())
}

async fn show_picture_bytes(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((picture, part)): Path<(String, String)>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let viewer = PictureViewer::Desk { institution: staff.institution, actor: staff.audit_actor() };
    pictures::pages::respond_with_picture_bytes(&context, &visitor, viewer, &picture, &part)
        .await
        .map_err(IntoResponse::into_response)
}

pub(crate) struct DeskPicturePage {
    pub(crate) viewport: PictureViewport,
    pub(crate) picture: InsurancePicture,
    pub(crate) visit: DeskVisit,
    pub(crate) form_error: PictureFormError,
}

/// Why a form of the page was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PictureFormError {
    NoError,
    /// Not every box of the comparison was ticked.
    NotCompared(DocumentTicks),
    /// The note seems to contain a number of a document.
    NumberInNote {
        reason: RequestReason,
        note: Note,
    },
}

/// The fields of the checkboxes: 氏名, 生年月日, 有効期限.
pub(crate) const TICK_NAME: &str = "compared_name";
pub(crate) const TICK_BIRTH_DATE: &str = "compared_birth_date";
pub(crate) const TICK_EXPIRY: &str = "compared_expiry";

/// How the picture is turned and which part of it is visible. It is a query, so that plain links change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PictureViewport {
    /// Quarter turns, clockwise.
    turn: u32,
    /// Magnification: 1, 2 or 4.
    zoom: u32,
    /// Column of the visible part, from 0.
    x: u32,
    /// Row of the visible part, from 0.
    y: u32,
}

impl PictureViewport {
    /// A valid viewport for any query. Neighbouring parts overlap by half.
    pub(crate) fn clamped(self) -> Self {
        let zoom = match self.zoom {
            2 => 2,
            3.. => 4,
            _ => 1,
        };
        Self { turn: self.turn % 4, zoom, x: self.x.min(2 * zoom - 2), y: self.y.min(2 * zoom - 2) }
    }

    #[cfg(any(test, feature = "samples"))]
    pub(crate) fn sample(turn: u32, zoom: u32) -> Self {
        Self { turn, ..Self::default() }.with_zoom(zoom)
    }

    fn to_query(self) -> String {
        format!("?turn={}&zoom={}&x={}&y={}", self.turn, self.zoom, self.x, self.y)
    }

    /// The middle of the picture at this magnification.
    fn with_zoom(self, zoom: u32) -> Self {
        Self { zoom, x: zoom - 1, y: zoom - 1, ..self }
    }

    fn rotated_clockwise(self) -> Self {
        Self { turn: (self.turn + 1) % 4, ..self }.with_zoom(self.zoom)
    }
}

/// 画像の確認
pub(crate) fn render_picture_page(frame: &Frame, view: &DeskPicturePage) -> Markup {
    let language = frame.language;
    let appointment = &view.visit.appointment;
    let visit = format!("/desk/visits/{}", appointment.id);
    let name = picture_name(language, &view.picture);
    let patient = patient_identity::short_name(language, &view.visit.patient);
    let title = texts::picture_and_patient(language, &name, &patient);
    let list = format!("/desk/visits?date={}", appointment.visit_date());
    let main = html! {
        (render_problems(language, view))
        (components::columns(
            html! {
                (render_picture_tabs(language, view))
                (render_picture(language, view))
                (render_viewport_links(language, view))
            },
            html! {
                (render_patient_to_compare(language, view))
                (render_decision(frame, view))
                (render_hints(language, &view.picture))
                p { (render_picture_state(language, &view.picture)) " " (texts::RECEIVED.in_language(language)) (dates::format_short_date_time(language, view.picture.made_at)) }
                (components::buttons(html! {
                    (render_next_picture_link(language, &view.visit))
                    (components::quiet_link(&visit, texts::BACK_TO_THE_VISIT.in_language(language)))
                }))
            },
        ))
    };
    let mut document = Document::new(frame, &title)
        .above_heading(components::breadcrumbs(
            language,
            &[(&list, texts::VISITS.in_language(language)), (&visit, &patient)],
            &name,
        ))
        .wide();
    if view.form_error != PictureFormError::NoError {
        document = document.with_problems();
    }
    document.main(main)
}

/// The profile that the desk compares with the document.
fn render_patient_to_compare(language: Language, view: &DeskPicturePage) -> Markup {
    let Some(profile) = &view.visit.patient.profile else { return Markup::default() };
    components::panel(
        texts::THE_PATIENT.in_language(language),
        patient_identity::render_identity(language, profile, view.visit.appointment.visit_date()),
    )
}

fn render_problems(language: Language, view: &DeskPicturePage) -> Markup {
    match &view.form_error {
        PictureFormError::NoError => html! {},
        PictureFormError::NotCompared(ticks) => {
            let missing: Vec<_> = comparison_boxes(language, *ticks)
                .into_iter()
                .filter(|(.., ticked)| *ticked == CheckState::Unchecked)
                .map(|(field, label, _)| (field, texts::compare_and_tick(language, label)))
                .collect();
            let problems: Vec<_> = missing.iter().map(|(field, message)| Problem { field, message }).collect();
            components::error_summary(language, &problems)
        }
        PictureFormError::NumberInNote { .. } => {
            components::error_summary(language, &[Problem { field: "note", message: number_in_note_text(language) }])
        }
    }
}

fn number_in_note_text(language: Language) -> &'static str {
    texts::MESSAGE_SEEMS_TO_CONTAIN_NUMBER.in_language(language)
}

/// The checkboxes of the comparison: field, label and state.
fn comparison_boxes(language: Language, ticks: DocumentTicks) -> [(&'static str, &'static str, CheckState); 3] {
    let state = |ticked| if ticked { CheckState::Checked } else { CheckState::Unchecked };
    [
        (TICK_NAME, texts::NAME.in_language(language), state(ticks.name)),
        (TICK_BIRTH_DATE, texts::DATE_OF_BIRTH.in_language(language), state(ticks.birth_date)),
        (TICK_EXPIRY, texts::VALID_ON_THE_VISIT_DAY.in_language(language), state(ticks.expiry)),
    ]
}

fn picture_path(view: &DeskPicturePage, picture: &InsurancePicture) -> String {
    format!("/desk/visits/{}/pictures/{}", view.visit.appointment.id, picture.id)
}

fn render_picture_tabs(language: Language, view: &DeskPicturePage) -> Markup {
    let entries: Vec<_> = view
        .visit
        .pictures
        .iter()
        .map(|picture| MenuEntry {
            href: picture_path(view, picture),
            label: picture_name(language, picture),
            current: picture.id == view.picture.id,
        })
        .collect();
    components::tabs(texts::CHOOSE_THE_PICTURE.in_language(language), &entries)
}

/// The picture inside an SVG: the view box selects the visible part and the transform turns it, without script or style.
fn render_picture(language: Language, view: &DeskPicturePage) -> Markup {
    let (width, height) = view.picture.size;
    let viewport = view.viewport;
    let (turned_width, turned_height) = if viewport.turn % 2 == 1 { (height, width) } else { (width, height) };
    let (visible_width, visible_height) = (turned_width / viewport.zoom, turned_height / viewport.zoom);
    let view_box = format!(
        "{} {} {visible_width} {visible_height}",
        visible_width / 2 * viewport.x,
        visible_height / 2 * viewport.y
    );
    let transform = match viewport.turn {
        1 => format!("translate({height} 0) rotate(90)"),
        2 => format!("translate({width} {height}) rotate(180)"),
        3 => format!("translate(0 {width}) rotate(270)"),
        _ => "translate(0 0)".to_owned(),
    };
    let source = format!("/desk/pictures/{}/whole", view.picture.id);
    html! {
        svg viewBox=(view_box) width="100%" role="img" focusable="false"
            aria-label=(texts::picture_of_side(language, picture_name(language, &view.picture))) {
            image href=(source) width=(width) height=(height) transform=(transform) {}
        }
    }
}

fn render_viewport_links(language: Language, view: &DeskPicturePage) -> Markup {
    let path = picture_path(view, &view.picture);
    let viewport = view.viewport;
    let link =
        |target: PictureViewport, label: &str| components::quiet_link(&format!("{path}{}", target.to_query()), label);
    let last_part = 2 * viewport.zoom - 2;
    html! {
        nav aria-label=(texts::HOW_TO_LOOK.in_language(language)) { (components::buttons(html! {
            (link(viewport.rotated_clockwise(), texts::TURN_RIGHT.in_language(language)))
            @if viewport.zoom < 4 { (link(viewport.with_zoom(viewport.zoom * 2), texts::LARGER.in_language(language))) }
            @if viewport.zoom > 1 { (link(viewport.with_zoom(viewport.zoom / 2), texts::SMALLER.in_language(language))) }
            @if viewport.x > 0 { (link(PictureViewport { x: viewport.x - 1, ..viewport }, texts::LEFT.in_language(language))) }
            @if viewport.x < last_part { (link(PictureViewport { x: viewport.x + 1, ..viewport }, texts::RIGHT.in_language(language))) }
            @if viewport.y > 0 { (link(PictureViewport { y: viewport.y - 1, ..viewport }, texts::UP.in_language(language))) }
            @if viewport.y < last_part { (link(PictureViewport { y: viewport.y + 1, ..viewport }, texts::DOWN.in_language(language))) }
        })) }
    }
}

fn render_hints(language: Language, picture: &InsurancePicture) -> Markup {
    if picture.hints.is_empty() {
        return html! {};
    }
    components::notice(
        Tone::Info,
        texts::BY_MEASUREMENT.in_language(language),
        html! { ul { @for hint in picture.hints.iter() { li { (hint.text().in_language(language)) } } } },
    )
}

fn render_decision(frame: &Frame, view: &DeskPicturePage) -> Markup {
    let language = frame.language;
    let can_decide = view.visit.proof.is_some()
        && view.picture.state == PictureState::Sent
        && view.visit.appointment.status == AppointmentStatus::Booked;
    if !can_decide {
        return html! {};
    }
    html! {
        @match find_unviewed_picture(view) {
            Some(unviewed) => (components::primary_link(
                &picture_path(view, unviewed),
                &texts::see_the_other_picture(language, picture_name(language, unviewed)),
                Some(texts::LOOK_AT_EVERY_PICTURE_FIRST.in_language(language)),
            )),
            None => (render_confirmation_form(frame, view)),
        }
        (render_repeat_request_form(frame, view))
    }
}

/// A sent picture that the desk has not viewed, other than the one of this page.
fn find_unviewed_picture(view: &DeskPicturePage) -> Option<&InsurancePicture> {
    view.visit.pictures.iter().find(|picture| {
        picture.state == PictureState::Sent
            && picture.id != view.picture.id
            && !view.visit.viewed_pictures.contains(&picture.id)
    })
}

/// The checkboxes of the comparison, and the button that confirms.
fn render_confirmation_form(frame: &Frame, view: &DeskPicturePage) -> Markup {
    let language = frame.language;
    let action = format!("/desk/visits/{}", view.visit.appointment.id);
    let listed_pictures: Vec<_> = view
        .visit
        .pictures
        .iter()
        .filter(|picture| matches!(picture.state, PictureState::Sent | PictureState::Accepted))
        .map(|picture| picture.id.to_string())
        .collect();
    let (ticks, wrong) = match view.form_error {
        PictureFormError::NotCompared(ticks) => (ticks, true),
        _ => (DocumentTicks::default(), false),
    };
    components::form(
        frame,
        &action,
        html! {
            (components::hidden_field("seen", &view.visit.seen_version().to_string()))
            (components::hidden_field("picture", &view.picture.id.to_string()))
            (components::hidden_field("pictures", &listed_pictures.join(",")))
            fieldset.field.wrong[wrong] {
                legend { (texts::DOCUMENT_AGREES_WITH_PATIENT_IN.in_language(language)) }
                @for (name, label, ticked) in comparison_boxes(language, ticks) {
                    (components::checkbox(name, "1", label, ticked))
                }
            }
            (components::bottom_bar(components::choice_button(
                ButtonStyle::Primary,
                "act",
                "accept",
                texts::INSURANCE_CONFIRMED_BY_THIS.in_language(language),
                Some(texts::ALL_PICTURES_ARE_MARKED_AS_CHECKED.in_language(language)),
            )))
        },
    )
}

fn render_repeat_request_form(frame: &Frame, view: &DeskPicturePage) -> Markup {
    let language = frame.language;
    let action = format!("/desk/visits/{}", view.visit.appointment.id);
    let texts: Vec<_> = PICTURE_REASONS.iter().map(|reason| (reason.as_str(), reason.text())).collect();
    let reasons = build_choices(language, &texts);
    let number_in_note = match &view.form_error {
        PictureFormError::NumberInNote { reason, note } => Some((reason.as_str(), note.to_string())),
        _ => None,
    };
    let mut select =
        Select::new(language, "why_again", texts::WHAT_THE_PATIENT_IS_TOLD.in_language(language), &reasons);
    let mut field = Field::new(language, Input::Lines, "note", texts::A_MESSAGE_TO_THE_PATIENT.in_language(language))
        .support(texts::SHOWN_ON_PATIENTS_PAGE_ONLY.in_language(language))
        .max_length(MAX_NOTE_CHARACTERS)
        .optional();
    if let Some((reason, note)) = &number_in_note {
        select = select.selected(reason);
        field = field.value(note).error(Some(number_in_note_text(language)));
    }
    html! {
        details.disclosure open[number_in_note.is_some()] {
            summary { (texts::ASK_FOR_IT_AGAIN.in_language(language)) }
            div {
                (components::form(frame, &action, html! {
                    (components::hidden_field("seen", &view.visit.seen_version().to_string()))
                    (components::hidden_field("picture", &view.picture.id.to_string()))
                    (select)
                    (field)
                    (components::choice_button(ButtonStyle::Secondary, "act", "ask_again", texts::ASK_FOR_IT_AGAIN.in_language(language),
                        Some(texts::PATIENT_SENDS_ONLY_THIS_PICTURE_AGAIN.in_language(language))))
                    @if number_in_note.is_some() {
                        (components::choice_button(ButtonStyle::Secondary, "act", "ask_again_with_number",
                            texts::SEND_IT_WITH_THE_NUMBER.in_language(language), None))
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
        let check = |look: PictureViewport, expected: PictureViewport| assert_eq!(look.clamped(), expected);
        check(PictureViewport::default(), PictureViewport { turn: 0, zoom: 1, x: 0, y: 0 });
        check(PictureViewport { turn: 7, zoom: 9, x: 99, y: 99 }, PictureViewport { turn: 3, zoom: 4, x: 6, y: 6 });
        check(PictureViewport { turn: 1, zoom: 2, x: 1, y: 2 }, PictureViewport { turn: 1, zoom: 2, x: 1, y: 2 });
    }
}
