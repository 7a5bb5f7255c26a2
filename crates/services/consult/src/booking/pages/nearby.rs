//! Notices of other visits close to the one that is booked.

use maud::{Markup, html};
use text::{Language, dates};
use ui::components::{self, Tone};

use crate::booking::{
    rules::{NearbyVisits, UpcomingVisit},
    texts,
};

/// Hidden fields with the other visits that the page shows: sending the form accepts them.
pub(crate) fn nearby_fields(nearby: &NearbyVisits) -> Markup {
    html! {
        @if let Some(visit) = &nearby.overlap { (components::hidden_field("overlap", &visit.id.to_string())) }
        @if let Some(visit) = &nearby.same_day { (components::hidden_field("same_day", &visit.id.to_string())) }
    }
}

/// Notices of another visit at the same time, or at the same clinic on the same day.
pub(crate) fn nearby_notices(language: Language, nearby: &NearbyVisits) -> Markup {
    html! {
        @if let Some(visit) = &nearby.overlap {
            (nearby_notice(
                language,
                texts::ANOTHER_VISIT_AT_THE_SAME_TIME.in_language(language),
                texts::CHECK_THAT_YOU_CAN_ATTEND_BOTH.in_language(language),
                visit,
            ))
        }
        @if let Some(visit) = &nearby.same_day {
            (nearby_notice(
                language,
                texts::ANOTHER_VISIT_ON_THE_SAME_DAY.in_language(language),
                texts::CHECK_THAT_YOU_NEED_BOTH.in_language(language),
                visit,
            ))
        }
    }
}

fn nearby_notice(language: Language, heading: &str, text: &str, visit: &UpcomingVisit) -> Markup {
    components::notice(
        Tone::Warning,
        heading,
        html! {
            p {
                (visit.institution_name(language)) " "
                b { (dates::format_visit_time(language, visit.start, visit.minutes)) }
            }
            p { (text) }
            (components::quiet_link(&format!("/appointments/{}", visit.id), texts::SEE_THAT_APPOINTMENT.in_language(language)))
        },
    )
}
