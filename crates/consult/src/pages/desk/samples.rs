use base::{InstitutionCode, Randomness};
use maud::Markup;
use shell::{Frame, Language};

use super::{day, frame, picture, sign_in, visit};
use crate::{
    pages::{
        specimen,
        upload::{sample_deeds, sample_picture},
    },
    rules::picture::{Hint, Side, State},
    store::{
        appointment::Case,
        desk::{Day, Line, VisitFile},
        proof::Version,
        staff::{Staff, StaffId},
    },
};

/// Every page of the desk in every state.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let nobody = frame(specimen::frame(language, "/desk/sign-in", None), None);
    let mut all = vec![
        ("desk/sign-in".to_owned(), sign_in::page(&nobody, sign_in::Said::Nothing)),
        ("desk/sign-in-wrong".to_owned(), sign_in::page(&nobody, sign_in::Said::Wrong)),
        ("desk/sign-in-too-many".to_owned(), sign_in::page(&nobody, sign_in::Said::TooMany)),
    ];
    let cases: Vec<(&'static str, Case)> =
        specimen::cases().into_iter().map(|(name, view)| (name, view.case)).collect();
    all.extend(days(&at_the_desk(language, "/desk/visits"), &cases));
    let here = at_the_desk(language, "/desk/visits/sample");
    for (name, case) in cases {
        let page = visit::page(&here, &seen(case, visit::Said::Nothing));
        all.push((format!("desk/visit-{name}"), page));
    }
    let own_name = Frame { name: Some(specimen::own_name()), ..at_the_desk(language, "/desk/visits") };
    all.push(("desk/own-name".to_owned(), sign_in::page(&own_name, sign_in::Said::Nothing)));
    all.extend(after_a_press(&here));
    all.extend(pictures(&here));
    all
}

fn at_the_desk(language: Language, here: &str) -> Frame {
    let staff = Staff {
        id: StaffId::new(specimen::now(), &Randomness::repeatable("staff")),
        institution: institution(),
        institution_name: "見本さくら内科".to_owned(),
        name: "受付 見本".to_owned(),
    };
    frame(specimen::frame(language, here, None), Some(&staff))
}

fn institution() -> InstitutionCode {
    specimen::institutions()[0].code
}

fn days(frame: &Frame, cases: &[(&'static str, Case)]) -> Vec<(String, Markup)> {
    let lines: Vec<_> = cases
        .iter()
        .map(|(_, case)| Line {
            appointment: case.appointment.clone(),
            patient: specimen::person(),
            proof: case.proof.clone(),
        })
        .collect();
    let date = specimen::start().japan_date();
    let way = specimen::institutions()[0].leave_by.way();
    let view = |shown, lines: Vec<Line>, now: base::Timestamp| day::View {
        date,
        today: now.japan_date(),
        now,
        shown,
        day: Day { way, lines },
    };
    vec![
        ("desk/day".to_owned(), day::page(frame, &view(day::Shown::All, lines.clone(), specimen::start()))),
        ("desk/day-to-do".to_owned(), day::page(frame, &view(day::Shown::ToDo, lines, specimen::now()))),
        ("desk/day-empty".to_owned(), day::page(frame, &view(day::Shown::All, Vec::new(), specimen::now()))),
        ("desk/day-nothing-to-do".to_owned(), day::page(frame, &view(day::Shown::ToDo, Vec::new(), specimen::now()))),
    ]
}

fn seen(case: Case, said: visit::Said) -> visit::View {
    visit::View { now: specimen::now(), said, file: file(case) }
}

fn file(case: Case) -> VisitFile {
    let by_picture = case
        .proof
        .as_ref()
        .is_some_and(|proof| matches!(proof.patient, crate::rules::proof::PatientSide::PictureSent { .. }));
    let pictures =
        vec![sample_picture(Side::Front, State::Sent, &[Hint::Blurred]), sample_picture(Side::Back, State::Sent, &[])];
    VisitFile {
        way: case.institution.leave_by.way(),
        appointment: case.appointment,
        patient: specimen::person(),
        proof: case.proof.map(|proof| (proof, Version::from_number(1))),
        pictures: if by_picture { pictures } else { Vec::new() },
        deeds: if by_picture { sample_deeds() } else { Vec::new() },
    }
}

fn case(name: &str) -> Case {
    let found = specimen::cases().into_iter().find(|(other, _)| *other == name);
    found.expect("the specimens have this case").1.case
}

fn after_a_press(frame: &Frame) -> Vec<(String, Markup)> {
    vec![
        ("desk/visit-done".to_owned(), visit::page(frame, &seen(case("confirmed-picture"), visit::Said::Done))),
        ("desk/visit-changed".to_owned(), visit::page(frame, &seen(case("picture-sent"), visit::Said::Changed))),
    ]
}

fn pictures(frame: &Frame) -> Vec<(String, Markup)> {
    let view = |side, state, look: picture::Look| picture::View {
        look: look.within_bounds(),
        shown: sample_picture(side, state, &[Hint::Blurred]),
        file: file(case("picture-sent")),
    };
    let turned = picture::Look::sample(1, 2);
    vec![
        ("desk/picture".to_owned(), picture::page(frame, &view(Side::Front, State::Sent, picture::Look::default()))),
        ("desk/picture-turned".to_owned(), picture::page(frame, &view(Side::Front, State::Sent, turned))),
        (
            "desk/picture-checked".to_owned(),
            picture::page(frame, &view(Side::Back, State::Accepted, picture::Look::default())),
        ),
    ]
}
