//! The promise of the guide: 同意した情報はオンライン診療では一切取得しません。 The service never obtains the information that
//! the patient consented to, nor the patient's insurer, nor the consent choices.
//!
//! Three arguments, each with a control that could fail:
//!
//! * Persons whose every field is a random mark complete the whole procedure on the pages of the services. The marks are
//!   then searched, in every usual encoding, in all that the service stores, logs, mails and shows, and in every byte of its
//!   traffic. The control: the same search finds the marks on the national side, and in the service's data it finds what
//!   the patient entered there.
//! * Sealed columns and encrypted files cannot be searched; but nothing can be sealed that did not arrive, and all that
//!   arrives is searched in the traffic, in clear.
//! * Marks cannot cover values that are not text: a choice, a sex, a share. Therefore persons agree to all, to nothing and
//!   to half, and what the service receives and shows is the same for each but for random values.

#[path = "promise/marks.rs"]
mod marks;
#[path = "promise/messages.rs"]
mod messages;
#[path = "promise/stored_data.rs"]
mod stored_data;

use std::collections::{BTreeMap, BTreeSet};

use base::Span;
use testkit::{Card, Direction, MarkSearch, PIN, Page, Patient, ServiceProcess, World};

use marks::{Mark, MarkGenerator};
use stored_data::Log;

/// The names of the consent items in forms, and all terms of items and choices in forms, tables and pages.
const ITEMS: [&str; 6] = ["operations", "treatments", "medicines", "check-ups", "limits", "specific-diseases"];
const CONSENT_TERMS: [&str; 16] = [
    "operations",
    "treatments",
    "medicines",
    "check-ups",
    "limits",
    "specific-diseases",
    "手術情報",
    "診療情報",
    "薬剤情報",
    "特定健診等情報",
    "限度額情報",
    "特定疾病療養受療証情報",
    "agree",
    "decline",
    "同意する",
    "同意しない",
];

/// The tables of the directory, whose descriptions of clinics contain the plain words "medicines" and "limits".
const DIRECTORY_TABLES: [&str; 2] = ["institution", "menu"];

/// The day of every visit at the demo's service.
const DAY: &str = "2026-11-25";
/// On Wednesdays the guide's clinic is closed.
const THURSDAY: &str = "2026-11-26";

/// The procedure of one patient, and the messages between service and reception meanwhile.
struct PatientJourney<'w> {
    patient: Patient<'w>,
    appointment: String,
    /// The reception's page with the consent items.
    choice_page: Page,
    /// The service's pages that show the result.
    result_pages: Vec<Page>,
    sent_forms: Vec<BTreeMap<String, String>>,
    received_responses: Vec<serde_json::Value>,
}

/// Books, signs in, departs to the reception, chooses, confirms, authenticates with app and card, returns and finishes.
async fn run_journey<'w>(
    world: &'w World,
    patient: Patient<'w>,
    day: &str,
    card: &str,
    choices: [&str; 6],
) -> PatientJourney<'w> {
    let institution = uketsuke::commands::demo::online_institutions(world.addresses())[0];
    let slot = patient.find_free_slots(institution, day).await.swap_remove(0);
    let (page, appointment) = patient.book_slot(&slot).await;
    let start = world.proxies().reception.record_count();
    let browser = &patient.browser;
    let choice_page = browser.submit_form(&page, "/leave", &[]).await.assert_contains("同意可否の選択");
    let chosen_fields: Vec<(&str, &str)> = ITEMS.into_iter().zip(choices).collect();
    let page = browser.submit_form(&choice_page, "/choose", &chosen_fields).await.assert_contains("同意内容の確認");
    let page = browser.submit_form(&page, "/confirm", &[]).await;
    let page = browser.open(&page.find_link("/open?ticket=")).await;
    let page = browser.submit_form(&page, "/open", &[]).await;
    let page = browser.submit_form(&page, "/card", &[("card", card)]).await;
    let page = browser.submit_form(&page, "/pin", &[("pin", PIN)]).await.assert_contains("あと1つ：手続きを終了する");
    // With this a browser tells no other site where it comes from (W3C Referrer Policy §3.3).
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    let result_page = browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きが終わりました");
    let detail = patient.open(&appointment).await.assert_contains("受付番号");
    let proxy = &world.proxies().reception;
    let sent_forms = messages::parse_forms(&proxy.recorded_bytes(start, Direction::ToServer));
    let received_responses = messages::parse_responses(&proxy.recorded_bytes(start, Direction::FromServer));
    PatientJourney {
        patient,
        appointment,
        choice_page,
        result_pages: vec![result_page, detail],
        sent_forms,
        received_responses,
    }
}

fn search_for_marks<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> MarkSearch {
    MarkSearch::new(marks.into_iter().map(|mark| (mark.name.as_str(), mark.forms.as_slice())))
}

fn search_for_consent_terms() -> MarkSearch {
    let forms = CONSENT_TERMS.map(|term| [term.to_owned()]);
    MarkSearch::new(CONSENT_TERMS.into_iter().zip(forms.iter().map(<[String; 1]>::as_slice)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_never_obtains_what_the_patient_consented_to() {
    let log = Log::install();
    let world = World::start();
    let mut planted = MarkGenerator::new(0);
    let account_name = planted.mark_latin("account name");
    let mut people = Vec::new();
    let mut journeys = Vec::new();
    let choices_by_person =
        [["agree"; 6], ["decline"; 6], ["agree", "decline", "agree", "decline", "agree", "decline"]];
    for (person, choices) in (0..).zip(choices_by_person) {
        let (card, mut marker) = (format!("marked-{person}"), MarkGenerator::new(person));
        Card::issue_to(&world, marker.mark_person()).await.add_to_app(&world, &card).await;
        people.push(marker.marks);
        let mut patient = Patient::new(&world, &planted.mark_latin("account address"));
        patient.name.clone_from(&account_name);
        journeys.push(run_journey(&world, patient, DAY, &card, choices).await);
    }
    // Later the service queries the status of each registration.
    world.advance_clock(Span::from_mins(2));
    for journey in &mut journeys {
        let start = world.proxies().reception.record_count();
        journey.result_pages.push(journey.patient.open(&journey.appointment).await.assert_contains("受付番号"));
        let proxy = &world.proxies().reception;
        journey
            .received_responses
            .extend(messages::parse_responses(&proxy.recorded_bytes(start, Direction::FromServer)));
    }
    check_same_messages(&mut journeys);
    // Upload a picture too, so that one is in the picture store.
    journeys[0].patient.send_picture(&journeys[0].appointment).await;

    check_national_side(&world, &people).await;

    let all_marks = search_for_marks(people.iter().flatten());
    let service_data = stored_data::read_service_data(&world, &log).await;
    assert!(service_data.iter().any(|(name, _)| name.contains("/pictures/")), "a picture is stored");
    for (name, bytes) in &service_data {
        assert_eq!(all_marks.find_marks(bytes), BTreeSet::new(), "{name}");
    }
    check_no_consent_terms(&world, &service_data, &journeys[0].choice_page);
    check_planted_marks(&world, &log, &planted.marks, &journeys).await;
}

/// The memory of a service in a separate process can be searched too: information that it received and discarded would be
/// found there.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_in_a_process_of_its_own_has_nothing_of_it_in_its_memory_either() {
    let service = ServiceProcess::new();
    let world = World::with_services(vec![service.registration_file()]);
    service.set_reception(&world.addresses().reception);
    service.start(world.now());
    let (card, mut marker, mut planted) = ("marked-apart", MarkGenerator::new(0), MarkGenerator::new(0));
    Card::issue_to(&world, marker.mark_person()).await.add_to_app(&world, card).await;
    let mut patient = Patient::for_service_process(&world, &planted.mark_latin("account address"), &service);
    patient.name = planted.mark_latin("account name");
    run_journey(&world, patient, THURSDAY, card, ["agree"; 6]).await;
    let (memory, national_marks) = (service.read_memory(), search_for_marks(&marker.marks));
    for mapping in &memory {
        assert_eq!(national_marks.find_marks(mapping), BTreeSet::new());
    }
    let stored_files = stored_data::list_service_files(&service.path("service-data"));
    assert!(stored_files.iter().any(|path| path.ends_with("consult.db")), "{stored_files:?}");
    for path in stored_files {
        assert_eq!(
            national_marks.find_marks(&std::fs::read(&path).expect("a file")),
            BTreeSet::new(),
            "{}",
            path.display()
        );
    }
    // The control: what the patient entered at the service is found, and the marks are in the national database.
    let account_marks = search_for_marks(&planted.marks);
    let found_names: BTreeSet<_> = memory.iter().flat_map(|mapping| account_marks.find_marks(mapping)).collect();
    assert_eq!(found_names, BTreeSet::from(["account name", "account address"]));
    assert_eq!(national_marks.find_missing_marks(&stored_data::read_national_database(&world)), PACKED_DAYS.into());
}

/// Fields that the interface for institutions does not have, or that the terminal's pages show as a name instead.
const NEVER_SHOWN: [&str; 7] = [
    "check-up: code",
    "disease: issued",
    "limit: issued",
    "medicine: place code",
    "medicine: prescriber code",
    "operation: what, place code",
    "treatment: what, place code",
];

/// The days of records, which the national database has as packed numbers. The clinic's pages show them as days.
const PACKED_DAYS: [&str; 4] = ["check-up: day", "medicine: day", "operation: day", "treatment: day"];

/// The control: the national database has the marks, and the clinic sees what was agreed to and nothing else.
async fn check_national_side(world: &World, people: &[Vec<Mark>]) {
    let national = stored_data::read_national_database(world);
    let institution = uketsuke::commands::demo::online_institutions(world.addresses())[0];
    let terminal = stored_data::read_terminal_pages(world, institution, DAY).await;
    for (person, marks) in people.iter().enumerate() {
        assert_eq!(search_for_marks(marks).find_missing_marks(&national), PACKED_DAYS.into(), "person {person}");
        let is_shown = |mark: &&Mark| match mark.name.split(':').next() {
            Some("person" | "coverage") => true,
            Some("operation" | "medicine" | "limit") => person != 1,
            _ => person == 0,
        };
        let (visible, invisible): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(is_shown);
        let visible = search_for_marks(visible.into_iter().filter(|mark| !NEVER_SHOWN.contains(&mark.name.as_str())));
        assert_eq!(visible.find_missing_marks(&terminal), BTreeSet::new(), "person {person}");
        assert_eq!(search_for_marks(invisible).find_marks(&terminal), BTreeSet::new(), "person {person} declined it");
    }
}

/// The messages of the service have the fields that the hand-over's profile lists, and are the same for every patient.
fn check_same_messages(journeys: &mut [PatientJourney<'_>]) {
    // The metadata of the reception is requested once.
    let metadata = journeys[0].received_responses.remove(0);
    assert!(metadata["issuer"].is_string());
    for journey in journeys.iter() {
        let [pushed, redeemed] = journey.sent_forms.as_slice() else { panic!("{:?}", journey.sent_forms) };
        let names = |form: &BTreeMap<String, String>| form.keys().cloned().collect::<Vec<_>>();
        let expected = [
            "authorization_details",
            "client_assertion",
            "client_assertion_type",
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "redirect_uri",
            "response_type",
            "state",
        ];
        assert_eq!(names(pushed), expected);
        let details: serde_json::Value = serde_json::from_str(&pushed["authorization_details"]).expect("details");
        assert_eq!(
            messages::field_names(&details[0]),
            BTreeSet::from(["type", "institution_code", "visit_date", "reference"])
        );
        let expected = [
            "client_assertion",
            "client_assertion_type",
            "client_id",
            "code",
            "code_verifier",
            "grant_type",
            "redirect_uri",
        ];
        assert_eq!(names(redeemed), expected);
        for form in [pushed, redeemed] {
            let claims = messages::token_claims(&form["client_assertion"]);
            assert_eq!(messages::field_names(&claims), BTreeSet::from(["iss", "sub", "aud", "jti", "iat", "exp"]));
            // The subject of the assertion is the service itself.
            assert_eq!(
                (&claims["iss"], &claims["sub"]),
                (&form["client_id"].as_str().into(), &form["client_id"].as_str().into())
            );
        }
        let [pushed_response, token, status] = journey.received_responses.as_slice() else {
            panic!("{:?}", journey.received_responses)
        };
        assert_eq!(messages::field_names(pushed_response), BTreeSet::from(["request_uri", "expires_in"]));
        let expected = ["access_token", "token_type", "expires_in", "authorization_details"];
        assert_eq!(messages::field_names(token), BTreeSet::from(expected));
        let expected = ["type", "institution_code", "visit_date", "reference", "reception_number", "valid_until"];
        assert_eq!(messages::field_names(&token["authorization_details"][0]), BTreeSet::from(expected));
        assert_eq!(messages::field_names(status), BTreeSet::from(["status", "reception_number", "valid_until"]));
    }
    let (first, others) = journeys.split_first().expect("there are three");
    for other in others {
        let shapes = |journey: &PatientJourney<'_>| {
            journey.received_responses.iter().map(messages::response_shape).collect::<Vec<_>>()
        };
        assert_eq!(shapes(first), shapes(other));
        for (first_page, other_page) in first.result_pages.iter().zip(&other.result_pages) {
            assert_eq!(messages::mask_page(first_page), messages::mask_page(other_page));
        }
    }
}

/// No term of an item or choice occurs on a page, in a letter, in the log or in the traffic; nor in a table, except the
/// descriptions of clinics in the directory.
fn check_no_consent_terms(world: &World, service_data: &[(String, Vec<u8>)], choice_page: &Page) {
    let terms = search_for_consent_terms();
    for (name, bytes) in service_data.iter().filter(|(name, _)| !name.contains("consult.db")) {
        assert_eq!(terms.find_marks(bytes), BTreeSet::new(), "{name}");
    }
    let tables = stored_data::read_columns(&world.data_folder().join("consult.db"), &DIRECTORY_TABLES);
    assert_eq!(terms.find_marks(&tables), BTreeSet::new());
    // The control: the page that asks the patient has every term.
    assert_eq!(terms.find_missing_marks(&choice_page.bytes), BTreeSet::new());
}

/// The control: what the patient entered at the service is found in every place where it belongs, and nowhere else.
async fn check_planted_marks(world: &World, log: &Log, planted: &[Mark], journeys: &[PatientJourney<'_>]) {
    let account_marks = search_for_marks(planted);
    assert_eq!(account_marks.find_marks(&log.bytes()), BTreeSet::new(), "nobody's name or address is logged");
    tracing::info!(value = planted[0].forms[0], "the control");
    let reception_marks: Vec<Mark> = journeys
        .iter()
        .map(|journey| &journey.received_responses[1]["authorization_details"][0])
        .flat_map(|details| [("reference", &details["reference"]), ("number", &details["reception_number"])])
        .map(|(name, value)| Mark { name: name.to_owned(), forms: vec![value.as_str().expect("a text").to_owned()] })
        .collect();
    let reception_marks = search_for_marks(&reception_marks);
    let both_names = BTreeSet::from(["account name", "account address"]);
    for (name, bytes) in stored_data::read_service_data(world, log).await {
        match name.as_str() {
            "log" => assert_eq!(account_marks.find_marks(&bytes), BTreeSet::from(["account name"])),
            "mail" => assert!(account_marks.find_marks(&bytes).contains("account address")),
            "columns of consult.db" | "wire: browsers to the service" | "wire: pages of the service" => {
                assert_eq!(account_marks.find_marks(&bytes), both_names, "{name}");
            }
            "wire: the service to the reception" => {
                assert_eq!(
                    account_marks.find_marks(&bytes),
                    BTreeSet::new(),
                    "the reception does not receive the patient's name"
                );
                assert_eq!(reception_marks.find_marks(&bytes), BTreeSet::from(["reference"]));
            }
            "wire: the reception to the service" => {
                assert_eq!(reception_marks.find_marks(&bytes), BTreeSet::from(["reference", "number"]));
            }
            _ => {}
        }
    }
}
