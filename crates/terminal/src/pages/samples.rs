//! Every page in every state, from made-up answers: for the gallery, the snapshots and the accessibility checks.

mod desk;
pub(crate) mod made_up;

use base::Id;
use maud::Markup;
use oqs::{MedicalRefusal, Processing, QualificationValidity};
use shell::{Face, Frame, Language};

use self::made_up::{Agreed, VISIT, day, eligibility, institution, now, number, person, unit};
use super::{
    Answer, confirmed, framed,
    list::{self, Purpose},
    medical::{self, Kind},
    settings, sheet, sign_in,
};
use crate::{
    Refusal, Role,
    client::{Eligibility, Failure, Medical},
    exchange::ExchangeStatus,
    rules::{
        appointment::Beside,
        finding::{Finding, Reason},
        listed::{Asked, By, Listed},
        months::Months,
    },
    store::confirmation::{Confirmation, Confirmed},
};

const STATION: &str = "見本オンラインクリニック";
const LINK: &str = "sample";

/// Every page of the room in every state, with a name for each.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    sign_ins(language, &mut pages);
    lists(language, &mut pages);
    sheets(language, &mut pages);
    confirmations(language, &mut pages);
    overviews(language, &mut pages);
    medical_pages(language, &mut pages);
    setting_pages(language, &mut pages);
    desk::sheets(language, &mut pages);
    desk::appointments(language, &mut pages);
    desk::follow_ups(language, &mut pages);
    desk::addresses(language, &mut pages);
    desk::home_visits(language, &mut pages);
    desk::by_document(language, &mut pages);
    desk::statements(language, &mut pages);
    pages.extend(refused_pages(language));
    pages
}

type Pages = Vec<(String, Markup)>;

fn frame(language: Language, role: Role, here: &str) -> Frame {
    framed(bare(language, here), role, STATION)
}

fn bare(language: Language, here: &str) -> Frame {
    Frame {
        face: Face::Terminal,
        name: None,
        language,
        csrf: "sample".to_owned(),
        here: here.to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: shell::Footer::default(),
    }
}

fn asked() -> Asked {
    Asked { by: By::Visit, day: day(VISIT) }
}

fn home_visits() -> Asked {
    Asked { by: By::HomeVisit, day: day(VISIT) }
}

fn refused(code: &str, message: &str) -> Processing {
    Processing::error(code, message)
}

fn noted_grace() -> Processing {
    let message = "利用者証明用電子証明書の有効期限が切れているため、医療情報は提供できません。";
    Processing { code: Some("U205".to_owned()), message: Some(message.to_owned()), ..Processing::normal() }
}

/// The failures of the interface, each with the last part of its code.
fn troubles() -> impl Iterator<Item = (&'static str, Refusal)> {
    Failure::examples().into_iter().map(|failure| {
        let refusal = Refusal::Interface(failure);
        let code = shell::Refuse::code(&refusal);
        (code.rsplit('.').next().unwrap_or(code), refusal)
    })
}

/// What is refused on a page of its own, with each status.
fn refused_pages(language: Language) -> Pages {
    let frame = frame(language, Role::Staff, "/");
    let folder = Refusal::Folder(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
    let database = Refusal::Database(database::Error::Stopped);
    shell::refusal_samples(
        &frame,
        &[
            &Refusal::NotFound,
            &Refusal::StaleLink,
            &Refusal::SignInsBusy(shell::password::HashingBusy),
            &unreachable_system(),
            &folder,
            &database,
        ],
    )
}

fn unreachable_system() -> Refusal {
    Refusal::Interface(Failure::Closed { again_at: None })
}

fn noted(finding: Finding) -> Confirmed {
    let id = Id::new(now(), &base::Randomness::repeatable("terminal/confirmation"));
    let what = Confirmation { id, reception: number(), visit: Some(day(VISIT)), finding };
    Confirmed { what, role: Role::Staff, at: now() }
}

fn sign_ins(language: Language, pages: &mut Pages) {
    let all = vec![(institution(), STATION.to_owned())];
    let again_at = now().plus(base::Span::from_mins(15));
    for (name, stations, wrong) in [
        ("first", all.clone(), sign_in::Wrong::Nothing),
        ("no-institution", all.clone(), sign_in::Wrong::Institution),
        ("no-account", all.clone(), sign_in::Wrong::Account),
        ("wrong-password", all.clone(), sign_in::Wrong::Password),
        ("too-many", all, sign_in::Wrong::TooMany { again_at }),
        ("no-station", Vec::new(), sign_in::Wrong::Nothing),
    ] {
        let chosen = wrong == sign_in::Wrong::Password;
        let view = sign_in::View {
            stations,
            institution: if chosen { institution().to_string() } else { String::new() },
            role: if chosen { Role::Staff.word().to_owned() } else { String::new() },
            wrong,
        };
        pages.push((format!("sign-in/{name}"), sign_in::page(&bare(language, "/sign-in"), &view)));
    }
}

fn list_rows() -> list::Rows {
    use QualificationValidity as V;
    let several = vec![person("見本　一郎", "ミホン　イチロウ", Agreed::All), made_up::gone_person()];
    let mut withdrawn = person("見本　桜", "ミホン　サクラ", Agreed::All);
    withdrawn.diseases_consent = Some(made_up::withdrawn());
    let mut referenced = unit(Processing::normal(), Some(V::Valid), vec![made_up::rich_person()]);
    referenced.references.extend(oqs::ReferenceNumber::new("24435"));
    let usual = || person("見本　花子", "ミホン　ハナコ", Agreed::All);
    let units = vec![
        referenced,
        unit(Processing::normal(), Some(V::Valid), vec![person("●田　三郎", "ミホンダ　サブロウ", Agreed::Nothing)]),
        unit(Processing::normal(), Some(V::Valid), vec![withdrawn]),
        unit(Processing::normal(), Some(V::InvalidWithNewer), vec![made_up::gone_person()]),
        unit(Processing::normal(), Some(V::Several), several),
        unit(Processing::normal(), Some(V::NotFound), Vec::new()),
        unit(refused("U202", "患者が同意を取り消しました。"), None, Vec::new()),
        unit(refused("U204", "同意の有効期限（診察日当日）が過ぎています。"), None, Vec::new()),
        unit(Processing::normal(), Some(V::Valid), vec![usual()]),
        unit(Processing::normal(), Some(V::Valid), vec![usual()]),
        unit(Processing::normal(), Some(V::ValidUnregistered), vec![usual()]),
    ];
    let count = units.len();
    let rows = units.into_iter().enumerate().map(|(place, unit)| {
        let listed = Listed::of(&unit, asked());
        let confirmed = match place {
            0 => Some(noted(Finding::Valid)),
            3 => Some(noted(Finding::InvalidWithNewer)),
            7 => Some(noted(Finding::Hidden(Reason::Expired))),
            _ => None,
        };
        list::Row {
            sealed: format!("{LINK}-{place}"),
            listed,
            results: unit.results,
            confirmed,
            beside: desk::besides(place),
        }
    });
    let doubts = vec![made_up::doubt()];
    list::Rows { shown: rows.collect(), count, page: 1, pages: 1, missed: None, doubts }
}

fn home_visit_rows() -> list::Rows {
    let person = made_up::at_home(person("見本　花子", "ミホン　ハナコ", Agreed::All));
    let units = [
        made_up::unit_at_home(Processing::normal(), Some(QualificationValidity::Valid), vec![person]),
        made_up::unit_at_home(refused("U203", "医療機関が同意を取り消しました。"), None, Vec::new()),
    ];
    let rows = units.into_iter().enumerate().map(|(place, unit)| list::Row {
        sealed: format!("{LINK}-{place}"),
        listed: Listed::of(&unit, home_visits()),
        results: unit.results,
        confirmed: None,
        beside: Beside::NotBrought,
    });
    list::Rows { shown: rows.collect(), count: 2, page: 1, pages: 1, missed: None, doubts: Vec::new() }
}

fn lists(language: Language, pages: &mut Pages) {
    for (purpose, role, name) in
        [(Purpose::Eligibility, Role::Staff, "receptions"), (Purpose::Medical, Role::MedicalViewer, "patients")]
    {
        let frame = frame(language, role, &format!("/{name}"));
        let mut add = |state: &str, day: &str, content| {
            let by = match &content {
                list::Content::Asked(asked, _) => asked.by,
                list::Content::WrongDay => By::Visit,
            };
            let (day, today) = (day.to_owned(), made_up::day(VISIT));
            let view = list::View { purpose, by, day, today, sought: None, content };
            pages.push((format!("{name}/{state}"), list::page(&frame, &view)));
        };
        let here = |found| list::Content::Asked(asked(), Answer::Here(found));
        let at_home = |rows| list::Content::Asked(home_visits(), Answer::Here(list::Found::Rows(rows)));
        let empty = || list::Rows { shown: Vec::new(), count: 0, page: 1, pages: 1, missed: None, doubts: Vec::new() };
        let second = list::Rows { count: 220, page: 2, pages: 3, ..list_rows() };
        let missed = list::Rows { missed: Some(number()), ..list_rows() };
        add("listed", VISIT, here(list::Found::Rows(list_rows())));
        add("home-visits", VISIT, at_home(home_visit_rows()));
        add("home-visits-empty", VISIT, at_home(empty()));
        add("second-page", VISIT, here(list::Found::Rows(second)));
        add("missed", VISIT, here(list::Found::Rows(missed)));
        add("empty", VISIT, here(list::Found::Rows(empty())));
        if let Some(number) = oqs::BulkNumber::new("20261124000000000001") {
            add("working", VISIT, here(list::Found::Working(number)));
        }
        add("wrong-day", "2026-11-31", list::Content::WrongDay);
        for (state, refusal) in troubles() {
            add(&format!("trouble-{state}"), VISIT, list::Content::Asked(asked(), Answer::Trouble(refusal)));
        }
        let again_at = Some(now().plus(base::Span::from_mins(30)));
        let closed = Refusal::Interface(Failure::Closed { again_at });
        add("trouble-closed-until", VISIT, list::Content::Asked(asked(), Answer::Trouble(closed)));
    }
}

fn sheets(language: Language, pages: &mut Pages) {
    use QualificationValidity as V;
    let usual = || person("見本　花子", "ミホン　ハナコ", Agreed::MedicinesOnly);
    let valid = |result| vec![eligibility(Processing::normal(), Some(V::Valid), vec![result])];
    let mut doubtful = usual();
    doubtful.insurer = oqs::Claimed::Doubtful("33120014".to_owned());
    let mut unsure = valid(doubtful);
    unsure[0].doubts.push(made_up::doubt());
    let mut child = usual();
    child.preschool = Some(oqs::Preschool::Preschool);
    let mut assisted = usual();
    assisted.card = Some(oqs::InsuredCardClassification::MedicalAssistance);
    let several = vec![
        eligibility(Processing::normal(), Some(V::Valid), vec![usual()]),
        eligibility(Processing::normal(), Some(V::Valid), vec![made_up::gone_person()]),
    ];
    let states: Vec<(&str, Finding, Vec<Eligibility>)> = vec![
        ("valid", Finding::Valid, valid(usual())),
        ("valid-with-everything", Finding::Valid, valid(made_up::rich_person())),
        ("valid-child", Finding::Valid, valid(child)),
        ("unknown-characters", Finding::Valid, valid(person("●田　三郎", "ミホンダ　サブロウ", Agreed::Nothing))),
        ("grace", Finding::Valid, vec![eligibility(noted_grace(), Some(V::Valid), vec![usual()])]),
        ("doubts", Finding::Valid, unsure),
        (
            "invalid",
            Finding::Invalid,
            vec![eligibility(Processing::normal(), Some(V::Invalid), vec![made_up::gone_person()])],
        ),
        (
            "invalid-with-newer",
            Finding::InvalidWithNewer,
            vec![eligibility(Processing::normal(), Some(V::InvalidWithNewer), vec![made_up::gone_person()])],
        ),
        ("not-found", Finding::NotFound, Vec::new()),
        ("several", Finding::Several, several),
        (
            "valid-unregistered",
            Finding::ValidUnregistered,
            vec![eligibility(Processing::normal(), Some(V::ValidUnregistered), vec![assisted.clone()])],
        ),
        ("medical-assistance", Finding::Valid, valid(assisted)),
        ("unsaid", Finding::Unsaid, vec![eligibility(Processing::normal(), None, Vec::new())]),
        ("withdrawn", Finding::Hidden(Reason::WithdrawnByPatient), Vec::new()),
        (
            "expired",
            Finding::Hidden(Reason::Expired),
            vec![eligibility(refused("U204", "同意の有効期限（診察日当日）が過ぎています。"), None, Vec::new())],
        ),
        ("withdrawn-by-institution", Finding::Hidden(Reason::WithdrawnByInstitution), Vec::new()),
        ("not-there", Finding::Hidden(Reason::NotThere), Vec::new()),
        ("several-persons", Finding::Hidden(Reason::SeveralPersons), Vec::new()),
        ("hidden-in-grace", Finding::Hidden(Reason::Grace), Vec::new()),
        ("function-off", Finding::Hidden(Reason::FunctionOff), Vec::new()),
        ("hidden", Finding::Hidden(Reason::Other), Vec::new()),
    ];
    let frame = frame(language, Role::Staff, &format!("/receptions/{LINK}"));
    let view = |listed: Listed, content| sheet::View {
        listed,
        sealed: LINK.to_owned(),
        institution: STATION.to_owned(),
        now: now(),
        content,
    };
    let listed = || Listed::of(&unit(Processing::normal(), None, Vec::new()), asked());
    for (name, finding, answers) in states {
        let confirmed = (name == "valid-with-everything").then(|| noted(finding));
        let content = sheet::Sheet {
            finding,
            answers,
            seen: Some("sample".to_owned()),
            confirmed,
            beside: Beside::NotBrought,
            tells: sheet::Tells::No,
            receipt_computer: match finding {
                Finding::Several => sheet::ReceiptComputer::NotSeveral,
                _ => sheet::ReceiptComputer::None,
            },
        };
        let mut listed = listed();
        if name == "valid-with-everything" {
            listed.references.push("24435".to_owned());
        }
        let page = sheet::page(&frame, &view(listed, Answer::Here(content)));
        pages.push((format!("reception/{name}"), page));
    }
    let content = sheet::Sheet {
        finding: Finding::Valid,
        answers: valid(usual()),
        seen: None,
        confirmed: None,
        beside: Beside::NotBrought,
        tells: sheet::Tells::No,
        receipt_computer: sheet::ReceiptComputer::None,
    };
    let page = sheet::page(&frame, &view(Listed { number: None, ..listed() }, Answer::Here(content)));
    pages.push(("reception/without-number".to_owned(), page));
    let page = sheet::page(&frame, &view(listed(), Answer::Trouble(unreachable_system())));
    pages.push(("reception/trouble".to_owned(), page));
}

fn confirmations(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, "/confirmed");
    let mut add = |name: &str, day: &str, found| {
        let view = confirmed::View { day: day.to_owned(), found };
        pages.push((format!("confirmed/{name}"), confirmed::page(&frame, &view)));
    };
    let found = Finding::all().map(noted).collect();
    add("listed", VISIT, Some((day(VISIT), found)));
    add("empty", VISIT, Some((day(VISIT), Vec::new())));
    add("wrong-day", "soon", None);
}

fn overviews(language: Language, pages: &mut Pages) {
    use QualificationValidity as V;
    let frame = frame(language, Role::MedicalViewer, &format!("/patients/{LINK}"));
    let listed = |processing, validity| Listed::of(&unit(processing, validity, Vec::new()), asked());
    let valid = |result| Some(Answer::Here(eligibility(Processing::normal(), Some(V::Valid), vec![result])));
    let usual = || listed(Processing::normal(), Some(V::Valid));
    let two = vec![person("見本　花子", "ミホン　ハナコ", Agreed::All), made_up::gone_person()];
    let several = Listed::of(&unit(Processing::normal(), Some(V::Several), two), asked());
    let expired = || refused("U204", "同意の有効期限（診察日当日）が過ぎています。");
    for (name, listed, content) in [
        ("all-consented", usual(), valid(made_up::rich_person())),
        ("some-consented", usual(), valid(person("見本　花子", "ミホン　ハナコ", Agreed::MedicinesOnly))),
        ("nothing-consented", usual(), valid(person("見本　花子", "ミホン　ハナコ", Agreed::Nothing))),
        ("several", several, valid(person("見本　花子", "ミホン　ハナコ", Agreed::All))),
        ("expired-meanwhile", usual(), Some(Answer::Here(eligibility(expired(), None, Vec::new())))),
        ("withdrawn", listed(refused("U202", "患者が同意を取り消しました。"), None), None),
        ("trouble", usual(), Some(Answer::Trouble(unreachable_system()))),
    ] {
        let view = medical::Overview { listed, sealed: LINK.to_owned(), today: day(VISIT), content };
        pages.push((format!("patient/{name}"), medical::overview_page(&frame, &view)));
    }
}

fn medical_pages(language: Language, pages: &mut Pages) {
    let result = person("見本　花子", "ミホン　ハナコ", Agreed::All);
    let someone = Listed::of(&unit(Processing::normal(), None, vec![result]), asked());
    let nobody = Listed::of(&unit(refused("U202", "患者が同意を取り消しました。"), None, Vec::new()), asked());
    let mut add = |name: &str, kind: Kind, months: Option<Months>, content| {
        let frame = frame(language, Role::MedicalViewer, &format!("/patients/{LINK}/{}", kind.word()));
        let listed = if name == "no-document" { nobody.clone() } else { someone.clone() };
        let (sealed, institution) = (LINK.to_owned(), STATION.to_owned());
        let (now, today) = (now(), day(VISIT));
        let view = medical::View { listed, sealed, institution, kind, now, today, months, content };
        pages.push((format!("medical/{name}"), medical::page(&frame, &view)));
    };
    let months = Some(Months::at_first(day(VISIT)));
    let records = |outcome| {
        let answer = Medical { person: made_up::medical_person(), outcome, doubts: Vec::new() };
        medical::Content::Records(Answer::Here(answer))
    };
    let none = oqs::MedicineRecords { months: Vec::new() };
    add("medicines", Kind::Medicines, months, records(Ok(made_up::medicines())));
    add("medicines-none", Kind::Medicines, months, records(Ok(none)));
    add("diagnoses", Kind::Diagnoses, months, records(Ok(made_up::treatments("再診料"))));
    add("operations", Kind::Operations, months, records(Ok(made_up::treatments("内視鏡的大腸ポリープ切除術"))));
    let found = Medical { person: made_up::medical_person(), outcome: Ok(made_up::check_ups()), doubts: Vec::new() };
    add("check-ups", Kind::CheckUps, months, medical::Content::CheckUps(Answer::Here(found)));
    for (name, code, message) in [
        ("declined", "U201", "患者の同意がありません。"),
        ("withdrawn", "U202", "患者が同意を取り消しました。"),
        ("withdrawn-by-institution", "U203", "医療機関が同意を取り消しました。"),
        ("expired", "U204", "同意の有効期限（診察日当日）が過ぎています。"),
        ("grace", "U205", "電子証明書の有効期限が切れているため、医療情報は提供できません。"),
        ("not-there", "U101", "該当する受付がありません。"),
        ("several-persons", "U102", "複数の方が該当します。枝番を確認してください。"),
        ("function-off", "U501", "医療機関の環境設定で、この機能を利用しないことになっています。"),
        ("other", "9999", "しばらくお待ちください。"),
    ] {
        if let Some(refusal) = MedicalRefusal::new(code, Some(message.to_owned())) {
            let answer = Medical { person: None, outcome: Err(refusal), doubts: Vec::new() };
            add(name, Kind::Medicines, months, medical::Content::Records(Answer::Here(answer)));
        }
    }
    add("wrong-months", Kind::Medicines, None, medical::Content::Unasked);
    add("no-document", Kind::Medicines, months, medical::Content::Unasked);
    add("trouble", Kind::Medicines, months, medical::Content::Records(Answer::Trouble(unreachable_system())));
}

fn setting_pages(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Administrator, "/settings");
    let set = oqs::EnvironmentSettings {
        viewing_consent: Some(oqs::Use::Used),
        medical_assistance: Some(oqs::Use::Unused),
        home_visit: Some(oqs::Use::Unused),
        online: Some(oqs::Use::Used),
        prescription: Some(oqs::PrescriptionUse::Both),
        prescription_timing: Some(oqs::PrescriptionTiming::WithQualification),
    };
    let message = Some("この要求には対応していません。".to_owned());
    let unsupported = Failure::Refused(oqs::Fault { code: Some("U003".to_owned()), message });
    let refused =
        oqs::Fault { code: Some("U002".to_owned()), message: Some("受け付けられません。".to_owned()) };
    let refused = settings::Said::Refused(Refusal::Interface(Failure::Refused(refused)));
    for (name, environment, said) in [
        ("answered", Answer::Here(Some(set.clone())), settings::Said::Nothing),
        ("changed", Answer::Here(Some(set.clone())), settings::Said::Changed),
        ("refused", Answer::Here(Some(set)), refused),
        ("unanswered", Answer::Trouble(Refusal::Interface(unsupported)), settings::Said::Nothing),
        ("silent", Answer::Here(None), settings::Said::Nothing),
        ("trouble", Answer::Trouble(unreachable_system()), settings::Said::Nothing),
    ] {
        let interface = "https://eligibility.localhost:8443".to_owned();
        let exchange = match name {
            "answered" => Some(ExchangeStatus::default()),
            "changed" => Some(ExchangeStatus {
                unknown: 3,
                blocked: vec![
                    "OQSsiquc01res_202611240001.xml".to_owned(),
                    "YZKsiquc01res_0426112409001.xml".to_owned(),
                ],
            }),
            _ => None,
        };
        let (institution, name_shown) = (institution(), STATION.to_owned());
        let view = settings::View { institution, name: name_shown, interface, exchange, environment, said };
        pages.push((format!("settings/{name}"), settings::page(&frame, &view)));
    }
}
