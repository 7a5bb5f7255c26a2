//! Every page in every state, from made-up data: for the gallery, the snapshots and the accessibility checks.

use app_auth::{Device, OpenMethod, Purpose};
use base::{Id, Randomness, ReceptionNumber, Timestamp};
use eligibility::{CareKind, ConsentChoice, ConsentChoices, ConsentItem, Institution, OnlineFunction};
use jpki::RefusalKind;
use maud::Markup;
use text::Language;
use ui::{Frame, Theme};

use super::{authenticate, choose, completion, confirm, entry, home, review};
use crate::{
    Refusal,
    rules::{
        authentication::{AuthenticationEnd, AuthenticationStage, ReturnCredential},
        procedure::LapseReason,
        refusal_reason::{ReceptionRefusal, RefusalReason, RegistrationRefusal},
        renewal::Renewal,
    },
    store::{AppAuthentication, ReceptionSummary},
};

/// Every page of the reception in every state, with a name for each.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        theme: Theme::Reception,
        name: None,
        language,
        csrf: "sample".to_owned(),
        path_and_query: "/".to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: ui::Footer::default(),
    };
    let mut pages = vec![("home".to_owned(), home::page(&frame))];
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    add("arrive/fixed-url", entry::page(&frame, &fixed_url_page(OnlineFunction::On)));
    add(
        "arrive/fixed-url-wrong-date",
        entry::page(&frame, &fixed_url_page(OnlineFunction::On).with_submitted("2026", "2", "30")),
    );
    add("arrive/function-off", entry::page(&frame, &fixed_url_page(OnlineFunction::Off)));
    for (name, display, choices) in [
        ("choose/first", choose::Display::First, [None; 6]),
        ("choose/again", choose::Display::First, [Some(ConsentChoice::Agree); 6]),
        (
            "choose/incomplete",
            choose::Display::WithErrors,
            [Some(ConsentChoice::Agree), None, Some(ConsentChoice::Decline), None, None, None],
        ),
        ("choose/nothing-chosen", choose::Display::WithErrors, [None; 6]),
    ] {
        let view =
            choose::ChoicePage { id: id(), institution: institution(), visit_date: Some(day()), choices, display };
        add(name, choose::page(&frame, &view));
    }
    for (name, choices, last_change) in [
        ("confirm/all", ConsentChoices::all(ConsentChoice::Agree), confirm::LastChange::Chosen),
        ("confirm/all-at-once", ConsentChoices::all(ConsentChoice::Agree), confirm::LastChange::AllAgreed),
        ("confirm/some", some_choices(), confirm::LastChange::Chosen),
        ("confirm/changed-elsewhere", some_choices(), confirm::LastChange::ChangedElsewhere),
    ] {
        let view = confirm::ConfirmPage {
            id: id(),
            institution: institution(),
            visit_date: Some(day()),
            choices,
            last_change,
        };
        add(name, confirm::page(&frame, &view));
    }
    pages.extend(authentication_pages(&frame));
    pages.extend(completion_pages(&frame));
    pages.extend(review_pages(&frame));
    pages.extend(home_visit_pages(&frame));
    pages.extend(refused_pages(&frame));
    pages
}

/// App authentication, in every stage.
#[expect(clippy::too_many_lines, reason = "one entry for each page")]
fn authentication_pages(frame: &Frame) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    for (name, device) in [
        ("authenticate/android", Device::Android),
        ("authenticate/iphone", Device::Iphone),
        ("authenticate/computer", Device::Computer),
    ] {
        add(
            name,
            authenticate::page(
                frame,
                &authentication_page(
                    device,
                    AuthenticationStage::Open,
                    register_purpose(),
                    authenticate::NumberFieldState::Initial,
                ),
            ),
        );
    }
    let claimed = AuthenticationStage::Claimed { device: Device::Iphone, opened: OpenMethod::Link };
    let awaiting_number = AuthenticationStage::Verified {
        holder: (),
        credential: ReturnCredential::Number { digest: [0; 32], tries_left: 2 },
    };
    for (name, stage, purpose, number) in [
        ("authenticate/review", AuthenticationStage::Open, Purpose::Review, authenticate::NumberFieldState::Initial),
        (
            "authenticate/withdraw",
            AuthenticationStage::Open,
            Purpose::Withdraw,
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/withdraw-number",
            awaiting_number.clone(),
            Purpose::Withdraw,
            authenticate::NumberFieldState::Initial,
        ),
        ("authenticate/claimed", claimed, register_purpose(), authenticate::NumberFieldState::Initial),
        ("authenticate/number", awaiting_number.clone(), register_purpose(), authenticate::NumberFieldState::Initial),
        (
            "authenticate/number-misread",
            awaiting_number.clone(),
            register_purpose(),
            authenticate::NumberFieldState::Malformed,
        ),
        ("authenticate/number-wrong", awaiting_number, register_purpose(), authenticate::NumberFieldState::Wrong),
        (
            "authenticate/cancelled",
            ended_stage(AuthenticationEnd::GaveUp(app_auth::AbortReason::Cancelled)),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/locked",
            ended_stage(AuthenticationEnd::GaveUp(app_auth::AbortReason::Locked)),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/card-over",
            ended_stage(AuthenticationEnd::GaveUp(app_auth::AbortReason::Expired)),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/no-certificate",
            ended_stage(AuthenticationEnd::GaveUp(app_auth::AbortReason::NoCertificate)),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/expired",
            refused_stage(RefusalKind::ValidityExpired),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/revoked",
            refused_stage(RefusalKind::Revoked),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/foreign-card",
            refused_stage(RefusalKind::PathUnknownIssuer),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/responder-silent",
            refused_stage(ReceptionRefusal::RevocationUnavailable),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/not-insurance-card",
            refused_stage(RegistrationRefusal::NotInsuranceCard),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/unknown-holder",
            refused_stage(RegistrationRefusal::UnknownHolder),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/wrong-number",
            ended_stage(AuthenticationEnd::WrongNumber),
            register_purpose(),
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/locked-review",
            ended_stage(AuthenticationEnd::GaveUp(app_auth::AbortReason::Locked)),
            Purpose::Review,
            authenticate::NumberFieldState::Initial,
        ),
        (
            "authenticate/too-late",
            ended_stage(AuthenticationEnd::TooLate),
            Purpose::Review,
            authenticate::NumberFieldState::Initial,
        ),
    ] {
        let view = authentication_page(Device::Iphone, stage, purpose, number);
        add(name, authenticate::page(frame, &view));
    }
    pages
}

/// After the registration, or without one.
fn completion_pages(frame: &Frame) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    for (name, destination) in [
        ("end/registered", service_destination()),
        ("end/registered-fixed-url", completion::ReturnDestination::NoService),
    ] {
        add(name, completion::registered_page(frame, &reception_page(destination)));
    }
    for (name, destination) in
        [("end/finished", service_destination()), ("end/finished-fixed-url", completion::ReturnDestination::NoService)]
    {
        add(
            name,
            completion::completed_page(
                frame,
                &completion::ReceptionPage { holder: None, ..reception_page(destination) },
            ),
        );
    }
    for (name, renewal) in
        [("soon", Renewal::Soon { last_day: day() }), ("overdue", Renewal::Overdue { last_day: day() })]
    {
        add(
            &format!("end/registered-renewal-{name}"),
            completion::registered_page(
                frame,
                &completion::ReceptionPage { renewal, ..reception_page(service_destination()) },
            ),
        );
    }
    let overdue = Renewal::Overdue { last_day: day() };
    add(
        "end/finished-renewal-overdue",
        completion::completed_page(
            frame,
            &completion::ReceptionPage {
                renewal: overdue,
                holder: None,
                ..reception_page(completion::ReturnDestination::NoService)
            },
        ),
    );
    add("end/abandoned", completion::lapsed_page(frame, id(), LapseReason::Abandoned, &service_destination()));
    add("end/other-card", completion::lapsed_page(frame, id(), LapseReason::OtherCard, &service_destination()));
    add(
        "end/too-long",
        completion::lapsed_page(frame, id(), LapseReason::TooLong, &completion::ReturnDestination::NoService),
    );
    pages
}

/// 同意照会・更新 and すべての同意を取消す.
fn review_pages(frame: &Frame) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    add("review/start", review::start_page(frame, review::ReviewPurpose::Review));
    add("review/start-withdraw", review::start_page(frame, review::ReviewPurpose::Withdraw));
    add("review/list", review::list_page(frame, &reception_summaries(), review::ListNotice::Nothing));
    add("review/list-changed", review::list_page(frame, &reception_summaries(), review::ListNotice::Changed));
    add("review/list-empty", review::list_page(frame, &[], review::ListNotice::Nothing));
    add("review/list-withdrawn", review::list_page(frame, &[], review::ListNotice::Withdrawn));
    add(
        "review/edit",
        review::edit_page(
            frame,
            &reception_summaries()[0],
            ConsentItem::ALL.map(|item| Some(some_choices().choice_for(item))),
        ),
    );
    add("review/edit-incomplete", review::edit_page(frame, &reception_summaries()[0], [None; 6]));
    add("review/withdraw", review::withdraw_page(frame, &reception_summaries()));
    add("review/withdraw-nothing", review::withdraw_page(frame, &[]));
    pages
}

/// Refusals that have a page of their own, with each status.
fn refused_pages(frame: &Frame) -> Vec<(String, Markup)> {
    use eligibility::Refusal as EligibilityRefusal;
    web::refusal_samples(
        frame,
        &[
            &Refusal::NoSuchProcedure,
            &Refusal::RequestGone(Some(service_home())),
            &Refusal::RequestUsed(Some(service_home())),
            &Refusal::MalformedRequest(handover::OauthError::lapsed_request_uri()),
            &Refusal::OtherBrowser,
            &Refusal::NumberPending,
            &Refusal::ReturnUnknown,
            &Refusal::ReviewExpired,
            &Refusal::Superseded,
            &Refusal::Eligibility(EligibilityRefusal::UnknownInstitution),
            &Refusal::Eligibility(EligibilityRefusal::FixedUrlChanged),
            &Refusal::Eligibility(EligibilityRefusal::FunctionOff),
            &Refusal::Eligibility(EligibilityRefusal::UnknownReception),
            &Refusal::Store(database::Error::Stopped),
        ],
    )
}

/// 訪問診療等: the pages that differ.
fn home_visit_pages(frame: &Frame) -> [(String, Markup); 3] {
    let arrive = entry::FixedUrlPage { kind: CareKind::HomeVisit, ..fixed_url_page(OnlineFunction::On) };
    let last_change = confirm::LastChange::Chosen;
    let confirm = confirm::ConfirmPage {
        id: id(),
        institution: institution(),
        visit_date: None,
        choices: some_choices(),
        last_change,
    };
    let end =
        completion::ReceptionPage { valid_until: None, ..reception_page(completion::ReturnDestination::NoService) };
    [
        ("arrive/home-visits".to_owned(), entry::page(frame, &arrive)),
        ("confirm/home-visits".to_owned(), confirm::page(frame, &confirm)),
        ("end/home-visits".to_owned(), completion::registered_page(frame, &end)),
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

fn some_choices() -> ConsentChoices {
    ConsentChoices::from_fn(|item| if item.is_medical() { ConsentChoice::Decline } else { ConsentChoice::Agree })
}

fn fixed_url_page(online: OnlineFunction) -> entry::FixedUrlPage {
    let tokyo = base::Prefecture::all().nth(12).unwrap_or_else(|| unreachable!("there are 47 prefectures"));
    let code = base::InstitutionCode::from_parts(tokyo, base::ScoreTable::Medical, 100_001);
    entry::FixedUrlPage {
        institution: Institution { code, name: institution(), online },
        kind: CareKind::Online,
        function: online,
        entrance: "23456789bcdfghjkmnpq".to_owned(),
        today: day(),
        submitted: None,
    }
}

fn register_purpose() -> Purpose {
    Purpose::Register { institution: institution(), visit_date: Some(day()) }
}

fn ended_stage(end: AuthenticationEnd) -> AuthenticationStage {
    AuthenticationStage::Ended(end)
}

fn refused_stage(reason: impl Into<RefusalReason>) -> AuthenticationStage {
    ended_stage(AuthenticationEnd::Refused(reason.into()))
}

fn authentication_page(
    device: Device,
    stage: AuthenticationStage,
    purpose: Purpose,
    number: authenticate::NumberFieldState,
) -> authenticate::AuthenticationPage {
    let procedure = matches!(purpose, Purpose::Register { .. }).then(id);
    let link = |path: &str| format!("https://portal.example/{path}?ticket=sample");
    authenticate::AuthenticationPage {
        authentication: AppAuthentication::sample(id(), procedure, purpose, stage, now()),
        device,
        open_link: link("open"),
        reader_link: "http://127.0.0.1:24731/open?ticket=sample".to_owned(),
        scan_link: link("scan"),
        number,
    }
}

fn service_home() -> crate::refusal::ServiceHome {
    crate::refusal::ServiceHome {
        name: text::Text::from_static("uketsuke オンライン診療", "uketsuke online care"),
        address: "https://consult.example/".to_owned(),
    }
}

fn service_destination() -> completion::ReturnDestination {
    completion::ReturnDestination::Service {
        name: "uketsuke オンライン診療".to_owned(),
        home: "https://consult.example/".to_owned(),
    }
}

fn reception_page(destination: completion::ReturnDestination) -> completion::ReceptionPage {
    completion::ReceptionPage {
        id: id(),
        institution: institution(),
        number: ReceptionNumber::new(&randomness()),
        valid_until: Some(base::end_of_day(day())),
        renewal: Renewal::NotDue,
        holder: Some("青＊ 花＊".to_owned()),
        destination,
    }
}

fn reception_summaries() -> Vec<ReceptionSummary> {
    let reception = |name: &str, choices| ReceptionSummary {
        number: ReceptionNumber::new(&randomness()),
        institution: name.to_owned(),
        visit_date: Some(day()),
        choices,
        registered: now(),
    };
    let home_visits =
        ReceptionSummary { visit_date: None, ..reception("ひなた在宅クリニック", some_choices()) };
    vec![
        reception("あおぞら内科クリニック", some_choices()),
        reception("みなと皮フ科", ConsentChoices::all(ConsentChoice::Agree)),
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
