//! Notices of other visits close to the one that is booked.

use maud::{Markup, html};
use text::Language;
use ui::components::{self, Tone};

use crate::{
    booking::rules::{NearbyVisits, UpcomingVisit},
    pages::date_text,
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
                language.t("同じ時間に別の予約があります", "You have another visit at the same time"),
                language.t(
                    "両方を受診できるか、ご確認ください。ご家族の予約など、このままでよい場合は続けられます。",
                    "Please check that you can attend both. If one is for a family member, you can go on."),
                visit,
            ))
        }
        @if let Some(visit) = &nearby.same_day {
            (nearby_notice(
                language,
                language.t("同じ日に、この医療機関の別の予約があります", "You have another visit at this clinic on the same day"),
                language.t(
                    "両方とも必要か、ご確認ください。このままでよい場合は続けられます。",
                    "Please check that you need both. If you do, you can go on."),
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
                b { (date_text::format_visit_time(language, visit.start, visit.minutes)) }
            }
            p { (text) }
            (components::quiet_link(&format!("/appointments/{}", visit.id), language.t("その予約を見る", "See that appointment")))
        },
    )
}
