//! The pages of what the desk does beside reading.

use base::{Id, WrongInsurerNumber, text::WrongBirthDate};
use oqs::{Processing, QualificationValidity};
use shell::Language;

use super::{
    Agreed, LINK, Pages, STATION, VISIT, asked, day, eligibility, frame, home_visits as home_visit_list, made_up, now,
    number, person, refused, unit, unreachable_system,
};
use crate::{
    Role,
    pages::{Answer, address, appointments, by_document, follow_ups, sheet, statement},
    rules::{
        appointment::{Appointment, Beside, Brought, Differs, KnownAs, WrongColumn, WrongLine},
        care::Care,
        document::{Written, Wrong},
        finding::{Finding, Reason},
        follow_up::{Noted, Trouble, Why},
        listed::{Asked, By, Listed},
    },
    service::ServiceFailure,
    store::follow_up::FollowUp,
};

/// A reception with its appointment beside it.
pub(super) fn sheets(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, &format!("/receptions/{LINK}"));
    let page = |content| {
        let view = sheet::View {
            listed: Listed::of(&unit(Processing::normal(), None, Vec::new()), asked()),
            sealed: LINK.to_owned(),
            institution: STATION.to_owned(),
            now: now(),
            content: Answer::Here(content),
        };
        sheet::page(&frame, &view)
    };
    let besides = [
        ("appointment-by-number", Beside::ByNumber(appointment("10:30")), sheet::ReceiptComputer::There),
        ("appointment-alike", Beside::Alike(appointment("10:30")), sheet::ReceiptComputer::HandedOver),
        (
            "appointments-several",
            Beside::Several(vec![appointment("10:30"), appointment("16:00")]),
            sheet::ReceiptComputer::None,
        ),
        ("appointment-none", Beside::Nothing, sheet::ReceiptComputer::None),
        (
            "appointment-other-name",
            Beside::NumberButOther(married("10:30"), Differs::Kana),
            sheet::ReceiptComputer::None,
        ),
        (
            "appointment-other-birthday",
            Beside::NumberButOther(appointment("10:30"), Differs::Birthday),
            sheet::ReceiptComputer::None,
        ),
        (
            "appointment-somebody-else",
            Beside::NumberButOther(married("10:30"), Differs::Both),
            sheet::ReceiptComputer::None,
        ),
        ("appointment-same-birthday", Beside::SameBirthday(married("10:30")), sheet::ReceiptComputer::None),
    ];
    for (name, beside, receipt_computer) in besides {
        let tells = match beside {
            Beside::ByNumber(_)
            | Beside::Alike(_)
            | Beside::SameBirthday(_)
            | Beside::NumberButOther(_, Differs::Kana) => sheet::Tells::Yes,
            _ => sheet::Tells::No,
        };
        let seen = Some("sample".to_owned());
        let usual = person("見本　花子", "ミホン　ハナコ", Agreed::MedicinesOnly);
        let answers = vec![eligibility(Processing::normal(), Some(QualificationValidity::Valid), vec![usual])];
        let finding = Finding::Valid;
        let content = sheet::Sheet { finding, answers, seen, confirmed: None, beside, tells, receipt_computer };
        pages.push((format!("reception/{name}"), page(content)));
    }
}

fn appointment(time: &str) -> Appointment {
    Appointment {
        known_as: None,
        time: time.to_owned(),
        name: "見本 花子".to_owned(),
        kana: Some("ミホン ハナコ".to_owned()),
        born: Some(day("1984-05-02")),
        reception: None,
    }
}

/// Of somebody whom the insurer has under a former name.
fn married(time: &str) -> Appointment {
    let kana = Some("シンセイ ハナコ".to_owned());
    Appointment { name: "新姓 花子".to_owned(), kana, ..appointment(time) }
}

/// What stands beside the rows of the list.
pub(super) fn besides(place: usize) -> Beside {
    match place {
        0 => Beside::ByNumber(appointment("10:30")),
        1 => Beside::Alike(appointment("11:00")),
        2 => Beside::Several(vec![appointment("13:00"), appointment("13:30")]),
        3 => Beside::Nothing,
        4 => Beside::NumberButOther(appointment("14:00"), Differs::Both),
        8 => Beside::NumberButOther(appointment("14:30"), Differs::Birthday),
        9 => Beside::SameBirthday(married("15:00")),
        _ => Beside::NotBrought,
    }
}

pub(super) fn appointments(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, "/appointments");
    let brought = || {
        let number = Some(number());
        let numbered = Appointment { reception: number, kana: None, born: None, ..appointment("11:00") };
        Some(Brought { day: day(VISIT), at: now(), appointments: vec![appointment("10:30"), numbered] })
    };
    let wrong = |what| appointments::Said::WrongLine(WrongLine { line: 2, what });
    for (name, service, brought, said) in [
        ("first", appointments::Service::Known, None, appointments::Said::Nothing),
        ("without-service", appointments::Service::Unknown, None, appointments::Said::Nothing),
        ("brought", appointments::Service::Known, brought(), appointments::Said::Nothing),
        ("wrong-day", appointments::Service::Unknown, None, appointments::Said::WrongDay),
        ("wrong-shape", appointments::Service::Unknown, brought(), wrong(WrongColumn::Shape)),
        ("wrong-born", appointments::Service::Unknown, None, wrong(WrongColumn::Born)),
        ("wrong-reception", appointments::Service::Unknown, None, wrong(WrongColumn::Reception)),
        ("wrong-beside-service", appointments::Service::Known, None, wrong(WrongColumn::Shape)),
        ("account", appointments::Service::Known, None, appointments::Said::Service(ServiceFailure::Account)),
        ("trouble", appointments::Service::Known, None, appointments::Said::Service(ServiceFailure::Unreadable)),
    ] {
        let lines = if matches!(said, appointments::Said::WrongLine(_)) {
            "10:30,見本 花子".to_owned()
        } else {
            String::new()
        };
        let view = appointments::View { day: VISIT.to_owned(), lines, service, brought, said };
        pages.push((format!("appointments/{name}"), appointments::page(&frame, &view)));
    }
}

pub(super) fn follow_ups(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, "/follow-ups");
    let troubles =
        [Trouble::Unreachable, Trouble::Slow, Trouble::Closed, Trouble::CutOff, Trouble::Working, Trouble::Other];
    let whys = || {
        let findings = Finding::all().filter_map(Why::of);
        findings.chain([Why::OtherName, Why::Untold]).chain(troubles.map(Why::Trouble))
    };
    let noted = |why| {
        let by = match why {
            Why::Trouble(Trouble::Slow) => By::Consent,
            Why::Trouble(Trouble::CutOff) => By::HomeVisit,
            _ => By::Visit,
        };
        let list = Asked { by, day: day(VISIT) };
        match why {
            Why::Trouble(Trouble::Closed) => {
                Noted { again_at: Some(now().plus(base::Span::from_mins(30))), ..Noted::list(list, why) }
            }
            Why::Trouble(_) => Noted::list(list, why),
            Why::Untold => {
                let untold = Some(KnownAs { id: "sample".to_owned(), seen: 1 });
                Noted { untold, ..Noted::reception(number(), Some(day(VISIT)), list, why) }
            }
            _ => Noted::reception(number(), Some(day(VISIT)), list, why),
        }
    };
    let follow_up = |(place, why)| FollowUp {
        id: Id::new(now(), &base::Randomness::repeatable(&format!("terminal/follow-up/{place}"))),
        what: noted(why),
        since: now(),
        times: 2,
    };
    let mut add = |name: &str, open, service, said| {
        let view = follow_ups::View { open, service, said };
        pages.push((format!("follow-ups/{name}"), follow_ups::page(&frame, &view)));
    };
    let (known, unknown) = (appointments::Service::Known, appointments::Service::Unknown);
    add("open", whys().enumerate().map(follow_up).collect(), known, follow_ups::Said::Nothing);
    // As an earlier version noted it, which did not say where it stood.
    let what = Noted { visit: None, list: None, untold: None, ..noted(Why::Untold) };
    let lost = FollowUp { what, ..follow_up((0, Why::Untold)) };
    add("without-a-list", vec![lost], unknown, follow_ups::Said::Nothing);
    add("untold", vec![follow_up((0, Why::Untold))], known, follow_ups::Said::Untold);
    add("told", Vec::new(), known, follow_ups::Said::Told);
    add("empty", Vec::new(), known, follow_ups::Said::Nothing);
}

pub(super) fn addresses(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Administrator, "/addresses/online");
    let here = || Answer::Here(Some("http://reception.localhost:8400/i/23456789bcdfghjkmnpq".to_owned()));
    for (name, care, said, address) in [
        ("shown", Care::Online, address::Said::Nothing, here()),
        ("changed", Care::Online, address::Said::Changed, here()),
        ("home-visit", Care::HomeVisit, address::Said::Nothing, here()),
        ("none", Care::Online, address::Said::Nothing, Answer::Here(None)),
        ("trouble", Care::Online, address::Said::Nothing, Answer::Trouble(unreachable_system())),
    ] {
        pages.push((format!("address/{name}"), address::page(&frame, &address::View { care, said, address })));
    }
    pages.push(("address/change".to_owned(), address::change_page(&frame, Care::Online, None)));
    let refusal = unreachable_system();
    pages.push(("address/change-trouble".to_owned(), address::change_page(&frame, Care::Online, Some(&refusal))));
}

/// A consent that stands until it is withdrawn.
pub(super) fn home_visits(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, &format!("/receptions/{LINK}"));
    let listed = || {
        let person = made_up::at_home(person("見本　花子", "ミホン　ハナコ", Agreed::All));
        let validity = Some(QualificationValidity::Valid);
        Listed::of(&made_up::unit_at_home(Processing::normal(), validity, vec![person]), home_visit_list())
    };
    let usual = made_up::at_home(person("見本　花子", "ミホン　ハナコ", Agreed::All));
    let gone = refused("U203", "医療機関が同意を取り消しました。");
    for (name, finding, answer) in [
        (
            "home-visit",
            Finding::Valid,
            eligibility(Processing::normal(), Some(QualificationValidity::Valid), vec![usual]),
        ),
        ("home-visit-withdrawn", Finding::Hidden(Reason::WithdrawnByInstitution), eligibility(gone, None, Vec::new())),
    ] {
        let view = sheet::View {
            listed: listed(),
            sealed: LINK.to_owned(),
            institution: STATION.to_owned(),
            now: now(),
            content: Answer::Here(sheet::Sheet {
                finding,
                answers: vec![answer],
                seen: Some("sample".to_owned()),
                confirmed: None,
                beside: Beside::NotBrought,
                tells: sheet::Tells::No,
                receipt_computer: sheet::ReceiptComputer::None,
            }),
        };
        pages.push((format!("reception/{name}"), sheet::page(&frame, &view)));
    }
    for (name, refusal) in [("withdraw", None), ("withdraw-trouble", Some(unreachable_system()))] {
        let view = sheet::Withdrawing { listed: listed(), sealed: LINK.to_owned(), refusal };
        pages.push((format!("reception/{name}"), sheet::withdraw_page(&frame, &view)));
    }
}

/// What stands in the form of a document.
fn written() -> Written {
    Written {
        insurer: "33120015".to_owned(),
        symbol: "見本１２".to_owned(),
        number: "1234567".to_owned(),
        branch: "01".to_owned(),
        born: "昭和59年5月2日".to_owned(),
        limit: Some("1".to_owned()),
        ..Written::default()
    }
}

pub(super) fn by_document(language: Language, pages: &mut Pages) {
    use QualificationValidity as V;
    use by_document::Content;
    let frame = frame(language, Role::Staff, "/by-document");
    let usual = made_up::without_registration;
    let found = |processing, validity, results| {
        Content::Asked(Box::new(Answer::Here(eligibility(processing, Some(validity), results))))
    };
    let nobody = refused("U104", "該当する資格がありません。");
    let several = refused("U102", "複数の方が該当します。枝番を確認してください。");
    let wrong_numbers = [
        WrongInsurerNumber::Form,
        WrongInsurerNumber::Kind,
        WrongInsurerNumber::Prefecture,
        WrongInsurerNumber::CheckDigit,
    ];
    let everything = |(insurer, born)| {
        Content::Wrong(vec![Wrong::Insurer(insurer), Wrong::Symbol, Wrong::Number, Wrong::Branch, Wrong::Born(born)])
    };
    let wrong_birthdays = [
        WrongBirthDate::Unreadable,
        WrongBirthDate::NoEra,
        WrongBirthDate::EraYear,
        WrongBirthDate::NoSuchDay,
        WrongBirthDate::Future,
        WrongBirthDate::TooLongAgo,
    ];
    let mut states = vec![
        ("first".to_owned(), Written::default(), Content::First),
        ("valid".to_owned(), written(), found(Processing::normal(), V::Valid, vec![usual()])),
        ("invalid".to_owned(), written(), found(Processing::normal(), V::Invalid, vec![usual()])),
        ("invalid-with-newer".to_owned(), written(), found(Processing::normal(), V::InvalidWithNewer, vec![usual()])),
        ("not-found".to_owned(), written(), found(nobody, V::NotFound, Vec::new())),
        ("several-persons".to_owned(), written(), found(several, V::Several, Vec::new())),
        ("trouble".to_owned(), written(), Content::Asked(Box::new(Answer::Trouble(unreachable_system())))),
    ];
    for (place, wrong) in (1..).zip(wrong_numbers.into_iter().cycle().zip(wrong_birthdays)) {
        states.push((format!("wrong-{place}"), written(), everything(wrong)));
    }
    for (name, written, content) in states {
        let view = by_document::View { institution: STATION.to_owned(), now: now(), written, content };
        pages.push((format!("by-document/{name}"), by_document::page(&frame, &view)));
    }
}

/// 被保険者資格申立書, blank and with what is known.
pub(super) fn statements(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, "/statement");
    let known = statement::Known {
        name: Some("見本 花子".to_owned()),
        kana: Some("ミホン ハナコ".to_owned()),
        born: Some(day("1984-05-02")),
        visit: Some(day(VISIT)),
    };
    for (name, known) in [("blank", statement::Known::default()), ("known", known)] {
        let back = "/receptions".to_owned();
        let view = statement::View { institution: STATION.to_owned(), now: now(), known, back };
        pages.push((format!("statement/{name}"), statement::page(&frame, &view)));
    }
}
