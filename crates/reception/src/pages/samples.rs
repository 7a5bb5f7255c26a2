//! Every page in every state, from made-up views: for the gallery, the snapshots and the accessibility checks.

use base::{Id, Randomness, ReceptionNumber, Timestamp};
use eligibility::{Choice, Choices, Institution, Item, Kind, OnlineFunction};
use errand::{Device, Opened, Purpose};
use maud::Markup;
use shell::{Face, Frame, Language};

use super::{arrive, authenticate, choose, confirm, end, home, review};
use crate::{
    Refusal,
    rules::{
        errand::{End, Holder, Stage, Validity, Way},
        procedure::Why,
        renewal::Renewal,
    },
    store::{ErrandView, Standing},
};

/// Every page of the room in every state, with a name for each.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        face: Face::Reception,
        name: None,
        language,
        csrf: "sample".to_owned(),
        here: "/".to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: shell::Footer::default(),
    };
    let mut pages = vec![("home".to_owned(), home::page(&frame))];
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    add("arrive/fixed-url", arrive::page(&frame, &arrival(OnlineFunction::On)));
    add("arrive/fixed-url-wrong-date", arrive::page(&frame, &arrival(OnlineFunction::On).typed("2026", "2", "30")));
    add("arrive/function-off", arrive::page(&frame, &arrival(OnlineFunction::Off)));
    for (name, asked, answers) in [
        ("choose/first", choose::Asked::Now, [None; 6]),
        ("choose/again", choose::Asked::Now, [Some(Choice::Agree); 6]),
        (
            "choose/incomplete",
            choose::Asked::Before,
            [Some(Choice::Agree), None, Some(Choice::Decline), None, None, None],
        ),
    ] {
        let view = choose::View { id: id(), institution: institution(), visit_date: Some(day()), answers, asked };
        add(name, choose::page(&frame, &view));
    }
    for (name, choices, since) in [
        ("confirm/all", Choices::all(Choice::Agree), confirm::Since::Chosen),
        ("confirm/some", some(), confirm::Since::Chosen),
        ("confirm/changed-elsewhere", some(), confirm::Since::Changed),
    ] {
        let view = confirm::View { id: id(), institution: institution(), visit_date: Some(day()), choices, since };
        add(name, confirm::page(&frame, &view));
    }
    pages.extend(readings(&frame));
    pages.extend(ends(&frame));
    pages.extend(reviews(&frame));
    pages.extend(home_visits(&frame));
    pages.extend(refused_pages(&frame));
    pages
}

/// The card is read, or is not.
fn readings(frame: &Frame) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    for (name, screen) in [
        ("authenticate/android", authenticate::Screen::Android),
        ("authenticate/iphone", authenticate::Screen::Iphone),
        ("authenticate/computer", authenticate::Screen::Computer),
    ] {
        add(
            name,
            authenticate::page(frame, &authentication(screen, Stage::Open, register(), authenticate::Number::Asked)),
        );
    }
    let claimed = Stage::Claimed { device: Device::Iphone, opened: Opened::Link };
    let by_number = Stage::Answered { holder: holder(), way: Way::Number { digest: [0; 32], tries_left: 2 } };
    for (name, stage, purpose, number) in [
        ("authenticate/review", Stage::Open, Purpose::Review, authenticate::Number::Asked),
        ("authenticate/withdraw", Stage::Open, Purpose::Withdraw, authenticate::Number::Asked),
        ("authenticate/withdraw-number", by_number.clone(), Purpose::Withdraw, authenticate::Number::Asked),
        ("authenticate/claimed", claimed, register(), authenticate::Number::Asked),
        ("authenticate/number", by_number.clone(), register(), authenticate::Number::Asked),
        ("authenticate/number-misread", by_number.clone(), register(), authenticate::Number::Misread),
        ("authenticate/number-wrong", by_number, register(), authenticate::Number::Wrong),
        ("authenticate/cancelled", ended(End::GaveUp(errand::Why::Cancelled)), register(), authenticate::Number::Asked),
        ("authenticate/locked", ended(End::GaveUp(errand::Why::Locked)), register(), authenticate::Number::Asked),
        (
            "authenticate/no-certificate",
            ended(End::GaveUp(errand::Why::NoCertificate)),
            register(),
            authenticate::Number::Asked,
        ),
        ("authenticate/expired", refused("jpki.validity.expired"), register(), authenticate::Number::Asked),
        ("authenticate/revoked", refused("jpki.revocation.revoked"), register(), authenticate::Number::Asked),
        ("authenticate/foreign-card", refused("jpki.path.unknown_issuer"), register(), authenticate::Number::Asked),
        (
            "authenticate/responder-silent",
            refused("reception.card.responder_silent"),
            register(),
            authenticate::Number::Asked,
        ),
        (
            "authenticate/not-insurance-card",
            refused("eligibility.register.not_insurance_card"),
            register(),
            authenticate::Number::Asked,
        ),
        (
            "authenticate/unknown-holder",
            refused("eligibility.register.unknown_holder"),
            register(),
            authenticate::Number::Asked,
        ),
        ("authenticate/wrong-number", ended(End::WrongNumber), register(), authenticate::Number::Asked),
        (
            "authenticate/locked-review",
            ended(End::GaveUp(errand::Why::Locked)),
            Purpose::Review,
            authenticate::Number::Asked,
        ),
        ("authenticate/too-late", ended(End::TooLate), Purpose::Review, authenticate::Number::Asked),
    ] {
        let view = authentication(authenticate::Screen::Iphone, stage, purpose, number);
        add(name, authenticate::page(frame, &view));
    }
    pages
}

/// The reception stands, or nothing was registered.
fn ends(frame: &Frame) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    for (name, via) in [("end/registered", service()), ("end/registered-fixed-url", end::WayBack::Nobody)] {
        add(name, end::page(frame, &registered(via)));
    }
    for (name, via) in [("end/finished", service()), ("end/finished-fixed-url", end::WayBack::Nobody)] {
        add(name, end::finished_page(frame, &registered(via)));
    }
    for (name, renewal) in
        [("soon", Renewal::Soon { last_day: day() }), ("overdue", Renewal::Overdue { last_day: day() })]
    {
        add(
            &format!("end/registered-renewal-{name}"),
            end::page(frame, &end::View { renewal, ..registered(service()) }),
        );
    }
    let overdue = Renewal::Overdue { last_day: day() };
    add(
        "end/finished-renewal-overdue",
        end::finished_page(frame, &end::View { renewal: overdue, ..registered(end::WayBack::Nobody) }),
    );
    add("end/abandoned", end::over_page(frame, id(), Why::Abandoned, &service()));
    add("end/too-long", end::over_page(frame, id(), Why::TooLong, &end::WayBack::Nobody));
    pages
}

/// 同意照会・更新 and すべての同意を取消す.
fn reviews(frame: &Frame) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    add("review/start", review::start_page(frame, review::Wanted::Review));
    add("review/start-withdraw", review::start_page(frame, review::Wanted::Withdraw));
    add("review/list", review::list_page(frame, &standing(), review::Said::Nothing));
    add("review/list-changed", review::list_page(frame, &standing(), review::Said::Changed));
    add("review/list-empty", review::list_page(frame, &[], review::Said::Nothing));
    add("review/list-withdrawn", review::list_page(frame, &[], review::Said::Withdrawn));
    add("review/edit", review::edit_page(frame, &standing()[0], Item::ALL.map(|item| Some(some().on(item)))));
    add("review/edit-incomplete", review::edit_page(frame, &standing()[0], [None; 6]));
    add("review/withdraw", review::withdraw_page(frame, &standing()));
    add("review/withdraw-nothing", review::withdraw_page(frame, &[]));
    pages
}

/// What is refused on a page of its own, with each status.
fn refused_pages(frame: &Frame) -> Vec<(String, Markup)> {
    use eligibility::Refusal as Insurers;
    shell::refusal_samples(
        frame,
        &[
            &Refusal::NoSuchProcedure,
            &Refusal::RequestGone,
            &Refusal::BadArrival(handover::OauthError::lapsed_request_uri()),
            &Refusal::OtherBrowser,
            &Refusal::ReturnUnknown,
            &Refusal::ReviewOver,
            &Refusal::Superseded,
            &Refusal::Eligibility(Insurers::UnknownInstitution),
            &Refusal::Eligibility(Insurers::EntranceChanged),
            &Refusal::Eligibility(Insurers::FunctionOff),
            &Refusal::Eligibility(Insurers::UnknownReception),
            &Refusal::Store(database::Error::Stopped),
        ],
    )
}

/// 訪問診療等: the pages that differ.
fn home_visits(frame: &Frame) -> [(String, Markup); 3] {
    let arrive = arrive::View { kind: Kind::HomeVisit, ..arrival(OnlineFunction::On) };
    let since = confirm::Since::Chosen;
    let confirm = confirm::View { id: id(), institution: institution(), visit_date: None, choices: some(), since };
    let end = end::View { valid_until: None, ..registered(end::WayBack::Nobody) };
    [
        ("arrive/home-visits".to_owned(), arrive::page(frame, &arrive)),
        ("confirm/home-visits".to_owned(), confirm::page(frame, &confirm)),
        ("end/home-visits".to_owned(), end::page(frame, &end)),
    ]
}

fn randomness() -> Randomness {
    Randomness::repeatable("samples")
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_478_400)
}

fn day() -> base::Date {
    now().japan_date()
}

fn id<Kind>() -> Id<Kind> {
    Id::new(now(), &randomness())
}

fn institution() -> String {
    "あおぞら内科クリニック".to_owned()
}

fn some() -> Choices {
    Choices::of(|item| if item.is_medical() { Choice::Decline } else { Choice::Agree })
}

fn arrival(online: OnlineFunction) -> arrive::View {
    let tokyo = base::Prefecture::all().nth(12).unwrap_or_else(|| unreachable!("there are 47 prefectures"));
    let code = base::InstitutionCode::of(tokyo, base::ScoreTable::Medical, 100_001);
    arrive::View {
        institution: Institution { code, name: institution(), online },
        kind: Kind::Online,
        function: online,
        entrance: "23456789bcdfghjkmnpq".to_owned(),
        today: day(),
        typed: None,
    }
}

fn register() -> Purpose {
    Purpose::Register { institution: institution(), visit_date: Some(day()) }
}

fn holder() -> Holder {
    Holder { issuer: Vec::new(), serial: Vec::new(), certificate: Validity::Valid, ends: None }
}

fn ended(end: End) -> Stage {
    Stage::Ended(end)
}

fn refused(code: &str) -> Stage {
    ended(End::Refused(code.to_owned()))
}

fn authentication(
    screen: authenticate::Screen,
    stage: Stage,
    purpose: Purpose,
    number: authenticate::Number,
) -> authenticate::View {
    let procedure = matches!(purpose, Purpose::Register { .. }).then(id);
    let link = |way: &str| format!("https://portal.example/{way}?ticket=sample");
    authenticate::View {
        errand: ErrandView::sample(id(), procedure, purpose, stage, now()),
        screen,
        open: link("open"),
        open_here: "http://127.0.0.1:24731/open?ticket=sample".to_owned(),
        scan: link("scan"),
        number,
    }
}

fn service() -> end::WayBack {
    end::WayBack::Service {
        name: "uketsuke オンライン診療".to_owned(), home: "https://consult.example/".to_owned()
    }
}

fn registered(via: end::WayBack) -> end::View {
    end::View {
        id: id(),
        institution: institution(),
        number: ReceptionNumber::new(&randomness()),
        valid_until: Some(base::end_of_day(day())),
        renewal: Renewal::NotDue,
        via,
    }
}

fn standing() -> Vec<Standing> {
    let reception = |name: &str, choices| Standing {
        number: ReceptionNumber::new(&randomness()),
        institution: name.to_owned(),
        visit_date: Some(day()),
        choices,
        registered: now(),
    };
    let home_visits = Standing { visit_date: None, ..reception("ひなた在宅クリニック", some()) };
    vec![
        reception("あおぞら内科クリニック", some()),
        reception("みなと皮フ科", Choices::all(Choice::Agree)),
        home_visits,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_name_of_its_own_and_a_page_in_both_languages() {
        for language in [Language::Japanese, Language::English] {
            let pages = samples(language);
            let names: std::collections::BTreeSet<_> = pages.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), pages.len());
            assert!(pages.iter().all(|(_, page)| page.0.contains("模擬環境")));
        }
    }
}
