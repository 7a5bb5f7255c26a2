//! The visit that is being booked, which every page on the way keeps in sight.

use base::Timestamp;
use maud::{Markup, html};
use shell::{Language, Visitor};

use super::{booking::BookingParams, date_text};
use crate::{Refusal, context::Context, rules::institution::Institution};

/// A clinic and a time that somebody has chosen and not booked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChosenVisit {
    pub(super) institution: Institution,
    pub(super) start: Timestamp,
    /// Until when nobody else can take it, where this browser holds it.
    pub(super) held_until: Option<Timestamp>,
}

/// The pages between choosing a time and having booked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BookingStep {
    Address,
    Code,
    Details,
    Check,
}

impl BookingStep {
    fn number(self) -> u8 {
        match self {
            Self::Address => 1,
            Self::Code => 2,
            Self::Details => 3,
            Self::Check => 4,
        }
    }
}

/// The visit that a page leads on to, if it leads on to the booking of one.
pub(super) async fn find_chosen_visit(
    room: &Context,
    visitor: &Visitor,
    onward: &str,
) -> Result<Option<ChosenVisit>, Refusal> {
    let Some(wish) = BookingParams::from_path(onward).and_then(|wished| wished.parse().ok()) else { return Ok(None) };
    let offer = match room.store.find_offer(wish.institution).await {
        Ok(offer) => offer,
        Err(Refusal::NotFound) => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let held_until = find_held_until(room, visitor, (offer.institution.code, wish.start)).await?;
    Ok(Some(ChosenVisit { institution: offer.institution, start: wish.start, held_until }))
}

/// Until when this browser holds that time.
pub(super) async fn find_held_until(
    room: &Context,
    visitor: &Visitor,
    (institution, start): (base::InstitutionCode, Timestamp),
) -> Result<Option<Timestamp>, Refusal> {
    let hold = room.store.find_hold(visitor.browser().digest(), visitor.now()).await?;
    Ok(hold.filter(|hold| (hold.institution, hold.start) == (institution, start)).map(|hold| hold.held_until))
}

/// Which step of the booking this is, of what, and until when the time is held.
pub(super) fn render_chosen_visit(language: Language, chosen: Option<&ChosenVisit>, step: BookingStep) -> Markup {
    let Some(chosen) = chosen else { return Markup::default() };
    html! {
        div.chosen {
            p {
                b { (language.t("予約", "Booking")) " " (step.number()) "/4" } " "
                (chosen.institution.name_in(language)) " "
                b { (date_text::format_short_date_time(language, chosen.start)) }
            }
            (render_hold(language, chosen.held_until))
        }
    }
}

/// Until when a time is held.
pub(super) fn render_hold(language: Language, held_until: Option<Timestamp>) -> Markup {
    let Some(until) = held_until else { return Markup::default() };
    let until = date_text::format_time(until);
    let words = match language {
        Language::Japanese => format!("{until}まで、この時間を確保しています。"),
        Language::English => format!("This time is held for you until {until}."),
    };
    html! { p { (words) } }
}
