use text::Language;

use super::{
    client::DeskClientError,
    pages,
    rules::{Appointment, ColumnProblem, ImportedAppointments, WrongLine},
};
use crate::{
    Role,
    samples::{
        fixtures::{VISIT_DATE, day, now, reception_number},
        frames::{Pages, frame},
    },
};

pub(crate) fn appointment(time: &str) -> Appointment {
    Appointment {
        service_link: None,
        time: time.to_owned(),
        name: "見本 花子".to_owned(),
        kana: Some("ミホン ハナコ".to_owned()),
        birth_date: Some(day("1984-05-02")),
        reception_number: None,
    }
}

/// An appointment of a person whom the insurer has under a former name.
pub(crate) fn appointment_with_new_name(time: &str) -> Appointment {
    let kana = Some("シンセイ ハナコ".to_owned());
    Appointment { name: "新姓 花子".to_owned(), kana, ..appointment(time) }
}

pub(crate) fn add_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Staff, "/appointments");
    let imported = || {
        let number = Some(reception_number());
        let numbered = Appointment { reception_number: number, kana: None, birth_date: None, ..appointment("11:00") };
        Some(ImportedAppointments {
            day: day(VISIT_DATE),
            imported_at: now(),
            appointments: vec![appointment("10:30"), numbered],
        })
    };
    let wrong = |problem| pages::ImportNotice::WrongLine(WrongLine { line: 2, problem });
    for (name, service, imported, notice) in [
        ("first", pages::ServiceAccess::Configured, None, pages::ImportNotice::None),
        ("without-service", pages::ServiceAccess::NotConfigured, None, pages::ImportNotice::None),
        ("brought", pages::ServiceAccess::Configured, imported(), pages::ImportNotice::None),
        ("wrong-day", pages::ServiceAccess::NotConfigured, None, pages::ImportNotice::WrongDay),
        ("wrong-shape", pages::ServiceAccess::NotConfigured, imported(), wrong(ColumnProblem::Shape)),
        ("wrong-born", pages::ServiceAccess::NotConfigured, None, wrong(ColumnProblem::BirthDate)),
        ("wrong-reception", pages::ServiceAccess::NotConfigured, None, wrong(ColumnProblem::Reception)),
        ("wrong-beside-service", pages::ServiceAccess::Configured, None, wrong(ColumnProblem::Shape)),
        ("account", pages::ServiceAccess::Configured, None, pages::ImportNotice::Service(DeskClientError::Account)),
        ("trouble", pages::ServiceAccess::Configured, None, pages::ImportNotice::Service(DeskClientError::Unreadable)),
    ] {
        let lines = if matches!(notice, pages::ImportNotice::WrongLine(_)) {
            "10:30,見本 花子".to_owned()
        } else {
            String::new()
        };
        let view = pages::AppointmentImportPage {
            day: VISIT_DATE.to_owned(),
            lines,
            service_access: service,
            imported,
            notice,
        };
        samples.push((format!("appointments/{name}"), pages::render_page(&frame, &view)));
    }
}
