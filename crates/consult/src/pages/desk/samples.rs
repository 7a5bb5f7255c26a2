use base::{InstitutionCode, Randomness, Span, Timestamp};
use maud::Markup;
use shell::{Frame, Language};

use super::{day, frame, picture, settings, sign_in, visit};
use crate::{
    pages::{
        specimen,
        upload::{sample_deeds, sample_picture},
    },
    rules::{
        appointment::Status,
        desk_act::{ActState, DeskActKind, DocumentTicks, RecordedAct},
        desk_letter::DeskEvent,
        picture::{Hint, PictureId, Side, State},
        proof::{Proof, RequestReason},
    },
    store::{
        appointment::Case,
        desk::{Day, Line, SeenVersion, VisitFile, WaitingPictures},
        desk_news::{LetterChoice, News, NewsItem},
        proof::Version,
        staff::{PasswordChange, Staff, StaffId},
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
    all.extend(settings_pages(&at_the_desk(language, "/desk/settings")));
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

fn line(case: &Case) -> Line {
    Line {
        seen: SeenVersion::new(&case.appointment, None),
        appointment: case.appointment.clone(),
        patient: specimen::person(),
        proof: case.proof.clone(),
    }
}

/// A visit that begins so many minutes after the samples' visits do.
fn line_at(name: &str, minutes: i64) -> Line {
    let mut case = case(name);
    case.appointment.visit_start = specimen::start().plus(Span::from_mins(minutes));
    line(&case)
}

fn no_news() -> News {
    News { since: specimen::now(), events: Vec::new() }
}

fn some_news() -> News {
    let item = |event, minutes| NewsItem {
        appointment: specimen::appointment_id(),
        visit_start: specimen::start(),
        event,
        at: specimen::start().minus(Span::from_mins(minutes)),
    };
    News {
        since: specimen::start().minus(Span::from_mins(50)),
        events: vec![item(DeskEvent::PictureArrived, 2), item(DeskEvent::Booked, 20)],
    }
}

fn days(frame: &Frame, cases: &[(&'static str, Case)]) -> Vec<(String, Markup)> {
    let lines: Vec<_> = cases.iter().map(|(_, case)| line(case)).collect();
    let date = specimen::start().japan_date();
    let way = specimen::institutions()[0].leave_by.way();
    let view = |shown, lines: Vec<Line>, now: Timestamp, news| day::View {
        date,
        today: now.japan_date(),
        now,
        shown,
        day: Day { way, lines, news },
    };
    let mut no_phone = line_at("not-started", 20);
    if let Some(profile) = &mut no_phone.patient.profile {
        profile.phone = None;
    }
    // A morning: who must be telephoned, who is under way, who is ready, who was seen.
    let left_just_now = |minutes: i64| {
        let mut line = line_at("left", minutes);
        line.proof = Some(Proof::new().leave(specimen::start().minus(Span::from_mins(5))));
        line
    };
    let morning = vec![
        line_at("completed", -90),
        line_at("registered", -60),
        line_at("confirmed-terminal", 0),
        line_at("asked-picture", 6),
        left_just_now(15),
        no_phone,
        line_at("registered", 25),
        line_at("not-started", 90),
    ];
    let (all, to_do) = (day::Shown::All, day::Shown::ToDo);
    let start = specimen::start();
    vec![
        ("desk/day".to_owned(), day::page(frame, &view(all, lines.clone(), start, some_news()))),
        ("desk/day-morning".to_owned(), day::page(frame, &view(all, morning.clone(), start, no_news()))),
        ("desk/day-morning-to-do".to_owned(), day::page(frame, &view(to_do, morning, start, no_news()))),
        ("desk/day-to-do".to_owned(), day::page(frame, &view(to_do, lines, specimen::now(), no_news()))),
        ("desk/day-over".to_owned(), {
            let lines = vec![line_at("completed", -90), line_at("cancelled", -60)];
            day::page(frame, &view(all, lines, start, no_news()))
        }),
        ("desk/day-empty".to_owned(), day::page(frame, &view(all, Vec::new(), specimen::now(), no_news()))),
        ("desk/day-nothing-to-do".to_owned(), day::page(frame, &view(to_do, Vec::new(), specimen::now(), no_news()))),
    ]
}

fn settings_pages(frame: &Frame) -> Vec<(String, Markup)> {
    use settings::Said;
    [
        ("desk/settings", LetterChoice::On, Said::Nothing),
        ("desk/settings-letters-off", LetterChoice::Off, Said::LettersSet),
        ("desk/settings-password-changed", LetterChoice::On, Said::Password(PasswordChange::Done)),
        ("desk/settings-password-wrong", LetterChoice::On, Said::Password(PasswordChange::WrongPassword)),
        ("desk/settings-password-short", LetterChoice::On, Said::Password(PasswordChange::TooShort)),
        ("desk/settings-password-too-many", LetterChoice::On, Said::Password(PasswordChange::TooMany)),
        ("desk/settings-signed-out", LetterChoice::On, Said::SignedOutElsewhere),
    ]
    .into_iter()
    .map(|(name, letters, said)| (name.to_owned(), settings::page(frame, &settings::View { letters, said })))
    .collect()
}

fn seen(case: Case, said: visit::Said) -> visit::View {
    visit::View { now: specimen::now(), said, file: file(case) }
}

/// The same at the time of the visit.
fn seen_at(case: Case, said: visit::Said, minutes_from_start: i64) -> visit::View {
    let now = specimen::start().plus(Span::from_mins(minutes_from_start));
    visit::View { now, ..seen(case, said) }
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
        looked_at: pictures.iter().map(|picture| picture.id).collect(),
        waiting_pictures: WaitingPictures::default(),
        last_act: None,
        pictures: if by_picture { pictures } else { Vec::new() },
        deeds: if by_picture { sample_deeds() } else { Vec::new() },
    }
}

/// Another visit has a picture that nobody has judged.
fn waiting() -> WaitingPictures {
    let picture = PictureId::new(specimen::now(), &Randomness::repeatable("another"));
    WaitingPictures { next: Some((specimen::appointment_id(), picture)), visits: 2 }
}

fn act(kind: DeskActKind, done_at: Timestamp) -> RecordedAct {
    RecordedAct { number: 1, kind, done_at, done_by: "受付 見本".to_owned(), state: ActState::InForce }
}

fn case(name: &str) -> Case {
    let found = specimen::cases().into_iter().find(|(other, _)| *other == name);
    found.expect("the specimens have this case").1.case
}

fn after_a_press(frame: &Frame) -> Vec<(String, Markup)> {
    use visit::Said;
    let mut done = seen(case("confirmed-picture"), Said::Done);
    done.file.last_act = Some(act(DeskActKind::ConfirmByPictures, specimen::now()));
    done.file.waiting_pictures = waiting();
    let mut last_act = seen(case("confirmed-terminal"), Said::Nothing);
    last_act.file.last_act = Some(act(DeskActKind::ConfirmAtTerminal, specimen::now()));
    let mut completed = seen_at(case("completed"), Said::Done, 14);
    completed.file.appointment.status = Status::Completed;
    completed.file.last_act = Some(act(DeskActKind::Complete, completed.now));
    let mut no_phone = seen_at(case("not-started"), Said::Nothing, 1);
    if let Some(profile) = &mut no_phone.file.patient.profile {
        profile.phone = None;
    }
    [
        ("desk/visit-done", done),
        ("desk/visit-last-act", last_act),
        ("desk/visit-completed-now", completed),
        ("desk/visit-taken-back", seen(case("picture-sent"), Said::TakenBack)),
        ("desk/visit-changed", seen(case("picture-sent"), Said::Changed)),
        ("desk/visit-too-early", seen(case("self-pay"), Said::TooEarly)),
        ("desk/visit-too-late", seen(case("confirmed-picture"), Said::TooLate)),
        ("desk/visit-to-phone", seen_at(case("asked-picture"), Said::Nothing, -6)),
        ("desk/visit-to-phone-without-number", no_phone),
        ("desk/visit-ready", seen_at(case("confirmed-terminal"), Said::Nothing, 5)),
    ]
    .into_iter()
    .map(|(name, view)| (name.to_owned(), visit::page(frame, &view)))
    .collect()
}

fn pictures(frame: &Frame) -> Vec<(String, Markup)> {
    use picture::Returned;
    let view = |side, state, look: picture::Look| picture::View {
        look: look.within_bounds(),
        shown: sample_picture(side, state, &[Hint::Blurred]),
        file: file(case("picture-sent")),
        returned: Returned::Nothing,
    };
    let fresh = || view(Side::Front, State::Sent, picture::Look::default());
    let mut other_first = fresh();
    other_first.file.looked_at.clear();
    let mut checked = view(Side::Back, State::Accepted, picture::Look::default());
    checked.file.waiting_pictures = waiting();
    let ticks = DocumentTicks { name: true, ..DocumentTicks::default() };
    let note = "保険者番号 0613 9999 が読めません".parse().expect("a sample's note says something");
    let number = Returned::NumberInNote { reason: RequestReason::Blurred, note };
    [
        ("desk/picture", fresh()),
        ("desk/picture-turned", view(Side::Front, State::Sent, picture::Look::sample(1, 2))),
        ("desk/picture-other-first", other_first),
        ("desk/picture-not-compared", picture::View { returned: Returned::NotCompared(ticks), ..fresh() }),
        ("desk/picture-number-in-note", picture::View { returned: number, ..fresh() }),
        ("desk/picture-checked", checked),
    ]
    .into_iter()
    .map(|(name, view)| (name.to_owned(), picture::page(frame, &view)))
    .collect()
}
