//! Sample weeks.

use base::{Span, start_of_day};
use maud::Markup;
use text::Text;
use ui::Frame;

use super::{day_line_starting_at, institution_code};
use crate::{
    clinic::{
        pages::week::{DeskWeekPage, render_week_page},
        rules::{
            urgency::VisitTime,
            week::{Week, WeekVisit},
        },
        store::week::DeskWeek,
    },
    directory,
    practitioners::{
        rules::practitioner::{Employment, PractitionerId},
        samples::practitioners,
    },
    sample_data,
    schedule::rules::practitioner_schedule::{Closure, ClosureId, Period},
};

/// A visit of a doctor, this many hours after the sample visits.
fn visit(name: &str, hours: i64, practitioner: PractitionerId) -> WeekVisit {
    let line = day_line_starting_at(name, hours * 60);
    WeekVisit { practitioner, time: VisitTime::from(&line.appointment), proof: line.proof }
}

fn closure(practitioner: Option<PractitionerId>, (from_hour, to_hour): (i64, i64), reason: Option<Text>) -> Closure {
    let monday = start_of_day(Week::from_day(sample_data::visit_start().japan_date()).first_day());
    let (start, end) = (monday.plus(Span::from_hours(from_hour)), monday.plus(Span::from_hours(to_hour)));
    Closure {
        id: ClosureId::new(start, &sample_data::randomness()),
        institution: institution_code(),
        practitioner,
        period: Period::new(start, end).expect("it ends after it begins"),
        reason,
    }
}

pub(super) fn samples(frame: &Frame) -> Vec<(String, Markup)> {
    let doctors = practitioners(institution_code());
    let (first, second) = (doctors[0].id, doctors[1].id);
    let week = Week::from_day(sample_data::visit_start().japan_date());
    let full = DeskWeek {
        proof_method: directory::samples::institutions()[0].proof_method.kind(),
        visits: vec![
            visit("completed", -24, first),
            visit("registered", -23, first),
            visit("not-started", 0, first),
            visit("picture-sent", 1, first),
            visit("confirmed-terminal", 2, second),
            visit("asked-picture", 24, second),
            visit("cancelled", 25, second),
        ],
        practitioners: doctors.clone(),
        closures: vec![
            closure(None, (4 * 24, 5 * 24), Some(Text::from_static("設備の点検", "Maintenance"))),
            closure(Some(second), (24 + 9, 24 + 12), None),
            closure(Some(second), (3 * 24 + 18, 4 * 24), Some(Text::from_static("学会", "Conference"))),
        ],
        closed_on_holidays: true,
    };
    let mut left = doctors;
    left[1].employment = Employment::Left;
    let empty = DeskWeek {
        visits: Vec::new(),
        practitioners: left,
        closures: Vec::new(),
        closed_on_holidays: false,
        ..full.clone()
    };
    [("desk/week", full), ("desk/week-empty", empty)]
        .into_iter()
        .map(|(name, content)| {
            let page = DeskWeekPage { week, now: sample_data::visit_start(), content };
            (name.to_owned(), render_week_page(frame, &page))
        })
        .collect()
}
