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

#[path = "promise/kept.rs"]
mod kept;
#[path = "promise/marked.rs"]
mod marked;
#[path = "promise/said.rs"]
mod said;

use std::collections::{BTreeMap, BTreeSet};

use base::Span;
use testkit::{Card, Heading, PIN, Page, Patient, Search, ServiceApart, World};

use kept::Log;
use marked::{Mark, Marker};

/// The six items as forms and tables name them, as pages do; and what a patient says to each.
const ITEMS: [&str; 6] = ["operations", "treatments", "medicines", "check-ups", "limits", "specific-diseases"];
const WORDS: [&str; 16] = [
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
const DIRECTORY: [&str; 2] = ["institution", "menu"];

/// The day of every visit at the demo's service.
const DAY: &str = "2026-11-25";
/// On Wednesdays the guide's clinic is closed.
const THURSDAY: &str = "2026-11-26";

/// One patient's way, and what passed between service and reception meanwhile.
struct Journey<'w> {
    patient: Patient<'w>,
    appointment: String,
    /// The page on which the reception asked her.
    asked: Page,
    /// The pages that tell her where she stands.
    told: Vec<Page>,
    sent: Vec<BTreeMap<String, String>>,
    heard: Vec<serde_json::Value>,
}

/// Books, signs in, leaves, chooses, confirms, goes through the app with the card, comes back and finishes.
async fn journey<'w>(world: &'w World, patient: Patient<'w>, day: &str, card: &str, choices: [&str; 6]) -> Journey<'w> {
    let institution = uketsuke::demo::online_institutions(world.addresses())[0];
    let time = patient.free_times(institution, day).await.swap_remove(0);
    let (page, appointment) = patient.book(&time).await;
    let before = world.wires().reception.length();
    let browser = &patient.browser;
    let asked = browser.submit(&page, "/leave", &[]).await.says("同意可否の選択");
    let chosen: Vec<(&str, &str)> = ITEMS.into_iter().zip(choices).collect();
    let page = browser.submit(&asked, "/choose", &chosen).await.says("同意内容の確認");
    let page = browser.submit(&page, "/confirm", &[]).await;
    let page = browser.open(&page.link("/open?ticket=")).await;
    let page = browser.submit(&page, "/open", &[]).await;
    let page = browser.submit(&page, "/card", &[("card", card)]).await;
    let page = browser.submit(&page, "/pin", &[("pin", PIN)]).await.says("同意登録完了");
    // With this a browser tells no other site where it comes from (W3C Referrer Policy §3.3).
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    let returned = browser.submit(&page, "/finish", &[]).await.says("手続きが終わりました");
    let detail = patient.open(&appointment).await.says("受付番号");
    let wire = &world.wires().reception;
    let sent = said::forms(&wire.bytes(before, Heading::There));
    let heard = said::answers(&wire.bytes(before, Heading::Back));
    Journey { patient, appointment, asked, told: vec![returned, detail], sent, heard }
}

fn search<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> Search {
    Search::of(marks.into_iter().map(|mark| (mark.name.as_str(), mark.forms.as_slice())))
}

fn words() -> Search {
    let forms = WORDS.map(|word| [word.to_owned()]);
    Search::of(WORDS.into_iter().zip(forms.iter().map(<[String; 1]>::as_slice)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_never_obtains_what_the_patient_consented_to() {
    let log = Log::listen();
    let world = World::start();
    let mut planted = Marker::of(0);
    let her_own_word = planted.latin("her name at the service");
    let mut people = Vec::new();
    let mut journeys = Vec::new();
    let answers = [["agree"; 6], ["decline"; 6], ["agree", "decline", "agree", "decline", "agree", "decline"]];
    for (person, choices) in (0..).zip(answers) {
        let (card, mut marker) = (format!("marked-{person}"), Marker::of(person));
        Card::issue_to(&world, marker.person()).await.lay_into_app(&world, &card).await;
        people.push(marker.marks);
        let mut patient = Patient::new(&world, &planted.latin("her address"));
        patient.name.clone_from(&her_own_word);
        journeys.push(journey(&world, patient, DAY, &card, choices).await);
    }
    // Later the service asks whether each registration still stands.
    world.pass(Span::from_mins(2));
    for journey in &mut journeys {
        let before = world.wires().reception.length();
        journey.told.push(journey.patient.open(&journey.appointment).await.says("受付番号"));
        let wire = &world.wires().reception;
        journey.heard.extend(said::answers(&wire.bytes(before, Heading::Back)));
    }
    the_same_is_told_of_everybody(&mut journeys);
    // A picture too, so that one lies in the vault.
    journeys[0].patient.send_picture(&journeys[0].appointment).await;

    the_national_side_has_it(&world, &people).await;

    let everybody = search(people.iter().flatten());
    let service = kept::of_the_service(&world, &log).await;
    assert!(service.iter().any(|(name, _)| name.contains("/pictures/")), "a picture lies in the vault");
    for (name, bytes) in &service {
        assert_eq!(everybody.found(bytes), BTreeSet::new(), "{name}");
    }
    no_item_and_no_choice_is_named(&world, &service, &journeys[0].asked);
    the_search_finds_what_is_there(&world, &log, &planted.marks, &journeys).await;
}

/// Where the service is a process of its own, its memory can be searched too: what it had learned for a moment and thrown away
/// would be found there.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_in_a_process_of_its_own_has_nothing_of_it_in_its_memory_either() {
    let service = ServiceApart::new();
    let world = World::with_services(vec![service.registration()]);
    service.lead_to(&world.addresses().reception);
    service.start(world.now());
    let (card, mut marker, mut planted) = ("marked-apart", Marker::of(0), Marker::of(0));
    Card::issue_to(&world, marker.person()).await.lay_into_app(&world, card).await;
    let mut patient = Patient::of_service_apart(&world, &planted.latin("her address"), &service);
    patient.name = planted.latin("her name at the service");
    journey(&world, patient, THURSDAY, card, ["agree"; 6]).await;
    let (memory, hers) = (service.memory(), search(&marker.marks));
    for piece in &memory {
        assert_eq!(hers.found(piece), BTreeSet::new());
    }
    let kept = kept::files(&service.path("service-data"));
    assert!(kept.iter().any(|path| path.ends_with("consult.db")), "{kept:?}");
    for path in kept {
        assert_eq!(hers.found(&std::fs::read(&path).expect("a file")), BTreeSet::new(), "{}", path.display());
    }
    // The control: what she said to the service herself is found, and hers is what the national side has.
    let names = search(&planted.marks);
    let found: BTreeSet<_> = memory.iter().flat_map(|piece| names.found(piece)).collect();
    assert_eq!(found, BTreeSet::from(["her name at the service", "her address"]));
    assert_eq!(hers.missing(&kept::nationally(&world)), BTreeSet::new());
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
async fn the_national_side_has_it(world: &World, people: &[Vec<Mark>]) {
    let national = kept::nationally(world);
    let institution = uketsuke::demo::online_institutions(world.addresses())[0];
    let terminal = kept::at_the_terminal(world, institution, DAY).await;
    for (person, marks) in people.iter().enumerate() {
        assert_eq!(search(marks).missing(&national), BTreeSet::new(), "person {person}");
        let is_shown = |mark: &&Mark| match mark.name.split(':').next() {
            Some("person" | "coverage") => true,
            Some("operation" | "medicine" | "limit") => person != 1,
            _ => person == 0,
        };
        let (shown, hidden): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(is_shown);
        let shown = search(shown.into_iter().filter(|mark| !NEVER_SHOWN.contains(&mark.name.as_str())));
        assert_eq!(shown.missing(&terminal), BTreeSet::new(), "person {person}");
        assert_eq!(search(hidden).found(&terminal), BTreeSet::new(), "person {person} declined it");
    }
}

/// What the service says and hears is what the hand-over's profile lists, and does not depend on whom it is about.
fn the_same_is_told_of_everybody(journeys: &mut [Journey<'_>]) {
    // What a reception says of itself is asked for once.
    let metadata = journeys[0].heard.remove(0);
    assert!(metadata["issuer"].is_string());
    for journey in journeys.iter() {
        let [pushed, redeemed] = journey.sent.as_slice() else { panic!("{:?}", journey.sent) };
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
        assert_eq!(said::fields(&details[0]), BTreeSet::from(["type", "institution_code", "visit_date", "reference"]));
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
            let claims = said::claims(&form["client_assertion"]);
            assert_eq!(said::fields(&claims), BTreeSet::from(["iss", "sub", "aud", "jti", "iat", "exp"]));
            // The one who is spoken of is the service itself.
            assert_eq!(
                (&claims["iss"], &claims["sub"]),
                (&form["client_id"].as_str().into(), &form["client_id"].as_str().into())
            );
        }
        let [answered, token, status] = journey.heard.as_slice() else { panic!("{:?}", journey.heard) };
        assert_eq!(said::fields(answered), BTreeSet::from(["request_uri", "expires_in"]));
        let expected = ["access_token", "token_type", "expires_in", "authorization_details"];
        assert_eq!(said::fields(token), BTreeSet::from(expected));
        let expected = ["type", "institution_code", "visit_date", "reference", "reception_number", "valid_until"];
        assert_eq!(said::fields(&token["authorization_details"][0]), BTreeSet::from(expected));
        assert_eq!(said::fields(status), BTreeSet::from(["status", "reception_number", "valid_until"]));
    }
    let (first, others) = journeys.split_first().expect("there are three");
    for other in others {
        let shapes = |journey: &Journey<'_>| journey.heard.iter().map(said::shape).collect::<Vec<_>>();
        assert_eq!(shapes(first), shapes(other));
        for (hers, another) in first.told.iter().zip(&other.told) {
            assert_eq!(said::plain(hers), said::plain(another));
        }
    }
}

/// No item and no choice has a word on any page, in any letter, in the log or on a wire; nor in a table, but for what the
/// directory says of clinics.
fn no_item_and_no_choice_is_named(world: &World, service: &[(String, Vec<u8>)], asked: &Page) {
    let words = words();
    for (name, bytes) in service.iter().filter(|(name, _)| !name.contains("consult.db")) {
        assert_eq!(words.found(bytes), BTreeSet::new(), "{name}");
    }
    let tables = kept::columns(&world.data().join("consult.db"), &DIRECTORY);
    assert_eq!(words.found(&tables), BTreeSet::new());
    // The control: where the patient was asked, every word stands.
    assert_eq!(words.missing(&asked.bytes), BTreeSet::new());
}

/// The control: what the patient said to the service is found at every place where it belongs, and nowhere else.
async fn the_search_finds_what_is_there(world: &World, log: &Log, planted: &[Mark], journeys: &[Journey<'_>]) {
    let names = search(planted);
    assert_eq!(names.found(&log.bytes()), BTreeSet::new(), "nobody's name or address is logged");
    tracing::info!(said = planted[0].forms[0], "the control");
    let numbers: Vec<Mark> = journeys
        .iter()
        .map(|journey| &journey.heard[1]["authorization_details"][0])
        .flat_map(|details| [("reference", &details["reference"]), ("number", &details["reception_number"])])
        .map(|(name, value)| Mark { name: name.to_owned(), forms: vec![value.as_str().expect("a text").to_owned()] })
        .collect();
    let numbers = search(&numbers);
    let both = BTreeSet::from(["her name at the service", "her address"]);
    for (name, bytes) in kept::of_the_service(world, log).await {
        match name.as_str() {
            "log" => assert_eq!(names.found(&bytes), BTreeSet::from(["her name at the service"])),
            "mail" => assert!(names.found(&bytes).contains("her address")),
            "columns of consult.db" | "wire: browsers to the service" | "wire: pages of the service" => {
                assert_eq!(names.found(&bytes), both, "{name}");
            }
            "wire: the service to the reception" => {
                assert_eq!(names.found(&bytes), BTreeSet::new(), "the reception is not told who she is");
                assert_eq!(numbers.found(&bytes), BTreeSet::from(["reference"]));
            }
            "wire: the reception to the service" => {
                assert_eq!(numbers.found(&bytes), BTreeSet::from(["reference", "number"]));
            }
            _ => {}
        }
    }
}
