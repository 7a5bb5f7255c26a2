//! The promise of the guide: 同意した情報はオンライン診療では一切取得しません。 The service never obtains what the patient
//! consented to, nor who insures her, nor what she chose.
//!
//! It is shown in three ways, each with a control that could fail:
//!
//! * Persons whose every field is a random mark go the whole way through the rooms' own pages. The marks are then looked
//!   for, in every usual writing, in all that the service keeps, logs, mails and shows, and in every byte that passed
//!   between it and anybody else. The same search finds them on the national side, and finds there, where the service
//!   is, what the patient said to it herself.
//! * What sealed columns and encrypted files hold cannot be searched; but nothing can be sealed that did not arrive, and
//!   all that arrives is searched on the wire, in clear.
//! * Marks cannot show what is no text: a choice, a sex, a share. So persons who agree to all, to nothing and to half are
//!   followed, and what the service gets of each, and shows to each, is the same but for what is drawn by lot.

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

/// The six items as forms and tables name them, as pages do; and what a patient says to each.
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

/// The tables of the directory, in whose descriptions of clinics the plain words "medicines" and "limits" stand.
const DIRECTORY_TABLES: [&str; 2] = ["institution", "menu"];

/// The day of every visit at the demo's service.
const DAY: &str = "2026-11-25";
/// On Wednesdays the guide's clinic is closed.
const THURSDAY: &str = "2026-11-26";

/// One patient's way, and what passed between service and reception meanwhile.
struct PatientJourney<'w> {
    patient: Patient<'w>,
    appointment: String,
    /// The page on which the reception asked her.
    choice_page: Page,
    /// The pages that tell her where she stands.
    result_pages: Vec<Page>,
    sent_forms: Vec<BTreeMap<String, String>>,
    received_responses: Vec<serde_json::Value>,
}

/// Books, signs in, leaves, chooses, confirms, goes through the app with the card, comes back and finishes.
async fn run_journey<'w>(
    world: &'w World,
    patient: Patient<'w>,
    day: &str,
    card: &str,
    choices: [&str; 6],
) -> PatientJourney<'w> {
    let institution = uketsuke::demo::online_institutions(world.addresses())[0];
    let time = patient.find_free_slots(institution, day).await.swap_remove(0);
    let (page, appointment) = patient.book_slot(&time).await;
    let before = world.proxies().reception.record_count();
    let browser = &patient.browser;
    let asked = browser.submit_form(&page, "/leave", &[]).await.assert_contains("同意可否の選択");
    let chosen: Vec<(&str, &str)> = ITEMS.into_iter().zip(choices).collect();
    let page = browser.submit_form(&asked, "/choose", &chosen).await.assert_contains("同意内容の確認");
    let page = browser.submit_form(&page, "/confirm", &[]).await;
    let page = browser.open(&page.find_link("/open?ticket=")).await;
    let page = browser.submit_form(&page, "/open", &[]).await;
    let page = browser.submit_form(&page, "/card", &[("card", card)]).await;
    let page = browser.submit_form(&page, "/pin", &[("pin", PIN)]).await.assert_contains("あと1つ：手続きを終了する");
    // With this a browser tells no other site where it comes from (W3C Referrer Policy §3.3).
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    let returned = browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きが終わりました");
    let detail = patient.open(&appointment).await.assert_contains("受付番号");
    let wire = &world.proxies().reception;
    let sent = messages::parse_forms(&wire.recorded_bytes(before, Direction::ToServer));
    let heard = messages::parse_responses(&wire.recorded_bytes(before, Direction::FromServer));
    PatientJourney {
        patient,
        appointment,
        choice_page: asked,
        result_pages: vec![returned, detail],
        sent_forms: sent,
        received_responses: heard,
    }
}

fn search_for_marks<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> MarkSearch {
    MarkSearch::new(marks.into_iter().map(|mark| (mark.name.as_str(), mark.forms.as_slice())))
}

fn search_for_consent_terms() -> MarkSearch {
    let forms = CONSENT_TERMS.map(|word| [word.to_owned()]);
    MarkSearch::new(CONSENT_TERMS.into_iter().zip(forms.iter().map(<[String; 1]>::as_slice)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_never_obtains_what_the_patient_consented_to() {
    let log = Log::install();
    let world = World::start();
    let mut planted = MarkGenerator::new(0);
    let her_own_word = planted.mark_latin("her name at the service");
    let mut people = Vec::new();
    let mut journeys = Vec::new();
    let answers = [["agree"; 6], ["decline"; 6], ["agree", "decline", "agree", "decline", "agree", "decline"]];
    for (person, choices) in (0..).zip(answers) {
        let (card, mut marker) = (format!("marked-{person}"), MarkGenerator::new(person));
        Card::issue_to(&world, marker.mark_person()).await.add_to_app(&world, &card).await;
        people.push(marker.marks);
        let mut patient = Patient::new(&world, &planted.mark_latin("her address"));
        patient.name.clone_from(&her_own_word);
        journeys.push(run_journey(&world, patient, DAY, &card, choices).await);
    }
    // Later the service asks whether each registration still stands.
    world.advance_clock(Span::from_mins(2));
    for journey in &mut journeys {
        let before = world.proxies().reception.record_count();
        journey.result_pages.push(journey.patient.open(&journey.appointment).await.assert_contains("受付番号"));
        let wire = &world.proxies().reception;
        journey
            .received_responses
            .extend(messages::parse_responses(&wire.recorded_bytes(before, Direction::FromServer)));
    }
    check_same_messages(&mut journeys);
    // A picture too, so that one lies in the vault.
    journeys[0].patient.send_picture(&journeys[0].appointment).await;

    check_national_side(&world, &people).await;

    let everybody = search_for_marks(people.iter().flatten());
    let service = stored_data::read_service_data(&world, &log).await;
    assert!(service.iter().any(|(name, _)| name.contains("/pictures/")), "a picture lies in the vault");
    for (name, bytes) in &service {
        assert_eq!(everybody.find_marks(bytes), BTreeSet::new(), "{name}");
    }
    check_no_consent_terms(&world, &service, &journeys[0].choice_page);
    check_planted_marks(&world, &log, &planted.marks, &journeys).await;
}

/// Where the service is a process of its own, its memory can be searched too: what it had learned for a moment and thrown away
/// would be found there.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_in_a_process_of_its_own_has_nothing_of_it_in_its_memory_either() {
    let service = ServiceProcess::new();
    let world = World::with_services(vec![service.registration_file()]);
    service.set_reception(&world.addresses().reception);
    service.start(world.now());
    let (card, mut marker, mut planted) = ("marked-apart", MarkGenerator::new(0), MarkGenerator::new(0));
    Card::issue_to(&world, marker.mark_person()).await.add_to_app(&world, card).await;
    let mut patient = Patient::for_service_process(&world, &planted.mark_latin("her address"), &service);
    patient.name = planted.mark_latin("her name at the service");
    run_journey(&world, patient, THURSDAY, card, ["agree"; 6]).await;
    let (memory, hers) = (service.read_memory(), search_for_marks(&marker.marks));
    for piece in &memory {
        assert_eq!(hers.find_marks(piece), BTreeSet::new());
    }
    let kept = stored_data::list_service_files(&service.path("service-data"));
    assert!(kept.iter().any(|path| path.ends_with("consult.db")), "{kept:?}");
    for path in kept {
        assert_eq!(hers.find_marks(&std::fs::read(&path).expect("a file")), BTreeSet::new(), "{}", path.display());
    }
    // The control: what she said to the service herself is found, and hers is what the national side has.
    let names = search_for_marks(&planted.marks);
    let found: BTreeSet<_> = memory.iter().flat_map(|piece| names.find_marks(piece)).collect();
    assert_eq!(found, BTreeSet::from(["her name at the service", "her address"]));
    assert_eq!(hers.find_missing_marks(&stored_data::read_national_database(&world)), BTreeSet::new());
}

/// What the interface for institutions has no field for, or the terminal's pages show as a name instead.
const NEVER_SHOWN: [&str; 7] = [
    "check-up: code",
    "disease: issued",
    "limit: issued",
    "medicine: place code",
    "medicine: prescriber code",
    "operation: what, place code",
    "treatment: what, place code",
];

/// The control: the marks are where they belong, and the clinic sees what was agreed to and nothing else.
async fn check_national_side(world: &World, people: &[Vec<Mark>]) {
    let national = stored_data::read_national_database(world);
    let institution = uketsuke::demo::online_institutions(world.addresses())[0];
    let terminal = stored_data::read_terminal_pages(world, institution, DAY).await;
    for (person, marks) in people.iter().enumerate() {
        assert_eq!(search_for_marks(marks).find_missing_marks(&national), BTreeSet::new(), "person {person}");
        let is_shown = |mark: &&Mark| match mark.name.split(':').next() {
            Some("person" | "coverage") => true,
            Some("operation" | "medicine" | "limit") => person != 1,
            _ => person == 0,
        };
        let (shown, hidden): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(is_shown);
        let shown = search_for_marks(shown.into_iter().filter(|mark| !NEVER_SHOWN.contains(&mark.name.as_str())));
        assert_eq!(shown.find_missing_marks(&terminal), BTreeSet::new(), "person {person}");
        assert_eq!(search_for_marks(hidden).find_marks(&terminal), BTreeSet::new(), "person {person} declined it");
    }
}

/// What the service says and hears is what the hand-over's profile lists, and does not depend on whom it is about.
fn check_same_messages(journeys: &mut [PatientJourney<'_>]) {
    // What a reception says of itself is asked for once.
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
            // The one who is spoken of is the service itself.
            assert_eq!(
                (&claims["iss"], &claims["sub"]),
                (&form["client_id"].as_str().into(), &form["client_id"].as_str().into())
            );
        }
        let [answered, token, status] = journey.received_responses.as_slice() else {
            panic!("{:?}", journey.received_responses)
        };
        assert_eq!(messages::field_names(answered), BTreeSet::from(["request_uri", "expires_in"]));
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
        for (hers, another) in first.result_pages.iter().zip(&other.result_pages) {
            assert_eq!(messages::mask_page(hers), messages::mask_page(another));
        }
    }
}

/// No item and no choice has a word on any page, in any letter, in the log or on a wire; nor in a table, but for what the
/// directory says of clinics.
fn check_no_consent_terms(world: &World, service: &[(String, Vec<u8>)], asked: &Page) {
    let words = search_for_consent_terms();
    for (name, bytes) in service.iter().filter(|(name, _)| !name.contains("consult.db")) {
        assert_eq!(words.find_marks(bytes), BTreeSet::new(), "{name}");
    }
    let tables = stored_data::read_columns(&world.data_folder().join("consult.db"), &DIRECTORY_TABLES);
    assert_eq!(words.find_marks(&tables), BTreeSet::new());
    // The control: where the patient was asked, every word stands.
    assert_eq!(words.find_missing_marks(&asked.bytes), BTreeSet::new());
}

/// The control: what the patient said to the service is found at every place where it belongs, and nowhere else.
async fn check_planted_marks(world: &World, log: &Log, planted: &[Mark], journeys: &[PatientJourney<'_>]) {
    let names = search_for_marks(planted);
    assert_eq!(names.find_marks(&log.bytes()), BTreeSet::new(), "nobody's name or address is logged");
    tracing::info!(said = planted[0].forms[0], "the control");
    let numbers: Vec<Mark> = journeys
        .iter()
        .map(|journey| &journey.received_responses[1]["authorization_details"][0])
        .flat_map(|details| [("reference", &details["reference"]), ("number", &details["reception_number"])])
        .map(|(name, value)| Mark { name: name.to_owned(), forms: vec![value.as_str().expect("a text").to_owned()] })
        .collect();
    let numbers = search_for_marks(&numbers);
    let both = BTreeSet::from(["her name at the service", "her address"]);
    for (name, bytes) in stored_data::read_service_data(world, log).await {
        match name.as_str() {
            "log" => assert_eq!(names.find_marks(&bytes), BTreeSet::from(["her name at the service"])),
            "mail" => assert!(names.find_marks(&bytes).contains("her address")),
            "columns of consult.db" | "wire: browsers to the service" | "wire: pages of the service" => {
                assert_eq!(names.find_marks(&bytes), both, "{name}");
            }
            "wire: the service to the reception" => {
                assert_eq!(names.find_marks(&bytes), BTreeSet::new(), "the reception is not told who she is");
                assert_eq!(numbers.find_marks(&bytes), BTreeSet::from(["reference"]));
            }
            "wire: the reception to the service" => {
                assert_eq!(numbers.find_marks(&bytes), BTreeSet::from(["reference", "number"]));
            }
            _ => {}
        }
    }
}
