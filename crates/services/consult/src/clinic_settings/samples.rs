//! The sample pages of the clinic's settings.

use base::Span;
use jiff::ToSpan;
use maud::Markup;
use text::{Language, Text};
use ui::{Frame, components::CheckState};

use super::{
    pages::{
        closures::{
            ClosureFormPage, ClosurePage, ClosurePreviewPage, render_closure_form, render_closure_page,
            render_closure_preview,
        },
        doctor::{DoctorInput, DoctorPage, DoctorProblem, SessionInput, render_doctor_page},
        hours::{HoursPage, render_hours_page},
        menu::{MenuPage, render_menu_page, render_withdrawn_menu},
        overview::{SettingsNotice, render_overview},
    },
    rules::{
        closure_input::ClosureInput,
        hours_input::{HoursLines, HoursProblem, format_hours_lines},
        menu_input::MenuInput,
    },
    store::{ConcernedVisit, overview::ClinicSettings},
    texts,
};
use crate::{
    appointments::{rules::AppointmentStatus, samples::appointment},
    clinic::samples::staff_frame,
    directory::{rules::institution::Charge, samples::offers},
    practitioners::{
        rules::practitioner::{Employment, WrongPractitioner},
        samples::practitioners,
    },
    sample_data::{now, randomness},
    schedule::rules::practitioner_schedule::{Closure, ClosureId, HoursSource, Period, Session},
};

fn settings() -> ClinicSettings {
    let offer = offers().remove(0);
    let code = offer.institution.code;
    let mut practitioners = practitioners(code);
    practitioners[1].employment = Employment::Left;
    ClinicSettings {
        institution: offer.institution,
        version: 1,
        opening: offer.opening,
        practitioners,
        schedules: offer.schedules,
        menus: offer.menus,
        withdrawn_menus: vec![(3, "発熱の相談".to_owned())],
        closures: vec![closure()],
    }
}

fn nothing_set() -> ClinicSettings {
    let mut settings = settings();
    settings.opening.hours.clear();
    ClinicSettings {
        practitioners: Vec::new(),
        schedules: Vec::new(),
        menus: Vec::new(),
        withdrawn_menus: Vec::new(),
        closures: Vec::new(),
        ..settings
    }
}

fn closure() -> Closure {
    let institution = offers().remove(0).institution.code;
    let start = base::start_of_day(now().japan_date().saturating_add(10.days()));
    Closure {
        id: ClosureId::new(now(), &randomness()),
        institution,
        practitioner: None,
        period: Period::new(start, start.plus(Span::from_hours(24 * 6))).expect("it ends after it begins"),
        reason: Some(Text::from_static("年末年始", "New Year")),
    }
}

fn visits() -> Vec<ConcernedVisit> {
    let visit = |hours: i64, name: &str, phone: Option<&str>| {
        let mut appointment = appointment(Charge::Insured, AppointmentStatus::Booked);
        appointment.visit_start = appointment.visit_start.plus(Span::from_hours(hours));
        ConcernedVisit { appointment, patient_name: Some(name.to_owned()), phone: phone.map(str::to_owned) }
    };
    vec![visit(0, "見本　花子", Some("09000001234")), visit(2, "見本　次郎", None)]
}

fn doctor_page() -> DoctorPage {
    let mut settings = settings();
    let doctor = settings.practitioners.swap_remove(0);
    let mut schedule = settings.schedules.swap_remove(0);
    let date = now().japan_date().saturating_add(5.days());
    schedule.sessions = vec![Session { date, from_minute: 18 * 60, to_minute: 20 * 60 }];
    DoctorPage {
        input: DoctorInput::from_doctor(&doctor, Some(&schedule)),
        doctor: Some(doctor),
        problem: None,
        schedule: Some(schedule),
        visits: Vec::new(),
        session: SessionInput::default(),
        session_problem: None,
        notice: None,
    }
}

fn doctor_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let doctors = settings().practitioners;
    let new = DoctorPage { doctor: None, input: DoctorInput::empty(), schedule: None, ..doctor_page() };
    let wrong_name = DoctorPage { problem: Some(DoctorProblem::Details(WrongPractitioner::Name)), ..new.clone() };
    let mut own_hours = doctor_page();
    own_hours.input.hours_source = HoursSource::Practitioner;
    "18:10-20:00".clone_into(&mut own_hours.input.lines[1]);
    own_hours.problem = Some(DoctorProblem::Hours(1, HoursProblem::Unreadable));
    let mut left = doctor_page();
    if let Some(doctor) = &mut left.doctor {
        doctor.employment = Employment::Left;
    }
    left.visits = visits();
    let wrong_session = DoctorPage {
        session: SessionInput { hours: "夜".to_owned(), ..SessionInput::default() },
        session_problem: Some(("hours", texts::ONE_RANGE_LIKE_THIS)),
        ..doctor_page()
    };
    let saved = DoctorPage { notice: Some(SettingsNotice::Saved), ..doctor_page() };
    [
        ("clinic/doctor-new", new),
        ("clinic/doctor-new-wrong", wrong_name),
        ("clinic/doctor", doctor_page()),
        ("clinic/doctor-saved", saved),
        ("clinic/doctor-hours-wrong", own_hours),
        ("clinic/doctor-session-wrong", wrong_session),
        ("clinic/doctor-left", left),
    ]
    .into_iter()
    .map(|(name, page)| (name.to_owned(), render_doctor_page(frame, &page, &doctors)))
    .collect()
}

fn closure_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let doctors = settings().practitioners;
    let input = ClosureInput { from_date: "2026-12-03".to_owned(), ..ClosureInput::default() };
    let wrong = ClosureInput { to_date: "2026-12-01".to_owned(), ..input.clone() };
    let form = |input: ClosureInput, problem| ClosureFormPage { input, problem, doctors: doctors.clone() };
    let problem = wrong.parse(now()).err();
    let preview = |visits| ClosurePreviewPage {
        closure: input.parse(now()).expect("a sample's closure is one"),
        input: input.clone(),
        visits,
        doctors: doctors.clone(),
    };
    let page = |visits| ClosurePage { closure: closure(), visits, doctors: doctors.clone() };
    vec![
        ("clinic/closure-new".to_owned(), render_closure_form(frame, &form(input.clone(), None))),
        ("clinic/closure-new-wrong".to_owned(), render_closure_form(frame, &form(wrong, problem))),
        ("clinic/closure-check".to_owned(), render_closure_preview(frame, &preview(visits()))),
        ("clinic/closure-check-empty".to_owned(), render_closure_preview(frame, &preview(Vec::new()))),
        ("clinic/closure".to_owned(), render_closure_page(frame, &page(visits()))),
        ("clinic/closure-moved".to_owned(), render_closure_page(frame, &page(Vec::new()))),
    ]
}

fn menu_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let settings = settings();
    let offered = &settings.menus[0];
    let page = MenuPage {
        number: Some(1),
        version: Some(1),
        input: MenuInput::from_menu(&offered.menu, &offered.rules),
        problems: Vec::new(),
        chosen: vec![settings.practitioners[0].id],
        doctors: settings.practitioners.clone(),
    };
    let input = MenuInput { charge: Charge::Insured.to_string(), minutes: "500".to_owned(), ..MenuInput::default() };
    let problems = input.parse(2).err().unwrap_or_default();
    let wrong = MenuPage { number: None, version: None, input, problems, chosen: Vec::new(), ..page.clone() };
    vec![
        ("clinic/menu".to_owned(), render_menu_page(frame, &page)),
        ("clinic/menu-wrong".to_owned(), render_menu_page(frame, &wrong)),
        ("clinic/menu-withdrawn".to_owned(), render_withdrawn_menu(frame, 3, "発熱の相談")),
    ]
}

fn hours_samples(frame: &Frame) -> Vec<(String, Markup)> {
    let page = HoursPage {
        lines: format_hours_lines(&settings().opening.hours),
        closed_on_holidays: CheckState::Checked,
        version: 1,
        problem: None,
    };
    let mut lines = HoursLines::default();
    "22:00-26:00".clone_into(&mut lines[2]);
    let wrong = HoursPage { lines, problem: Some((2, HoursProblem::Unreadable)), ..page.clone() };
    vec![
        ("clinic/hours".to_owned(), render_hours_page(frame, &page)),
        ("clinic/hours-wrong".to_owned(), render_hours_page(frame, &wrong)),
    ]
}

/// The pages in each of their states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = staff_frame(language, "/desk/clinic");
    let overview = |settings: &ClinicSettings, notice| render_overview(&frame, settings, notice);
    let mut no_menu = settings();
    no_menu.menus.clear();
    let mut all = vec![
        ("clinic/settings".to_owned(), overview(&settings(), None)),
        ("clinic/settings-saved".to_owned(), overview(&settings(), Some(SettingsNotice::Saved))),
        ("clinic/settings-changed".to_owned(), overview(&settings(), Some(SettingsNotice::Changed))),
        ("clinic/settings-lifted".to_owned(), overview(&settings(), Some(SettingsNotice::Lifted))),
        ("clinic/settings-nothing".to_owned(), overview(&nothing_set(), None)),
        ("clinic/settings-no-menu".to_owned(), overview(&no_menu, None)),
    ];
    all.extend(hours_samples(&frame));
    all.extend(doctor_samples(&frame));
    all.extend(closure_samples(&frame));
    all.extend(menu_samples(&frame));
    all
}
