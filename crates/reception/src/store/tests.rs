//! The store's contract, on every engine.

mod errands;
mod handing_over;
mod reviews;

use base::{Clock, Date, Digest, Id, InstitutionCode, Key, Prefecture, Randomness, ScoreTable, Span, Timestamp, Token};
use database::trial;
use eligibility::{Choice, Choices, Eligibility, Institution, InsuranceCard, Nation, OnlineFunction};
use errand::{Device, Opened};
use handover::{
    AuthenticatedClient, Client, ClientKey, ClientKeys, CodeExchange, Departure, Endpoints, FORM_MEDIA_TYPE, Form,
    FormBody, Metadata, PushedRequest, ReceptionRequest, RedirectUri, Return, UnverifiedAssertion, UnverifiedReturn,
};
use jpki::{KeyIdentifier, Serial};

use super::{Asking, Finish, Landing, MIGRATIONS, NewErrand, Store};
use crate::{
    ErrandKind, ProcedureKind, Refusal,
    rules::{
        errand::{CODE_LIFE, Holder, NUMBER_TRIES, ReturnBy, ReturnLink, Validity, Way},
        procedure::{Stage, shown_as},
    },
};

/// What both rooms of the one organisation keep together.
const NATIONAL: [(&str, &[database::Migration]); 2] =
    [("eligibility", eligibility::MIGRATIONS), ("reception", MIGRATIONS)];

const ISSUER: &str = "https://reception.example";

/// A store beside the insurers', with a clinic, two insured persons and two services.
struct World {
    engine: &'static str,
    store: Store,
    metadata: Metadata,
    keys: [ClientKey; 2],
    randomness: Randomness,
    _trial: trial::Trial,
}

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().expect("a timestamp")
}

fn later(span: Span) -> Timestamp {
    now().plus(span)
}

fn today() -> Date {
    now().japan_date()
}

fn tomorrow() -> Date {
    today().tomorrow().expect("a day")
}

fn clinic() -> InstitutionCode {
    InstitutionCode::of(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 7)
}

/// A clinic whose function is off.
fn closed_clinic() -> InstitutionCode {
    InstitutionCode::of(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 8)
}

fn issuer() -> KeyIdentifier {
    KeyIdentifier::from_bytes([7; 20])
}

/// The holder of the card with this number: 1 and 2 are known, nobody else is.
fn holder(number: u64) -> Holder {
    let serial = Serial::try_from(number).expect("a serial");
    Holder {
        issuer: issuer().as_bytes().to_vec(),
        serial: serial.as_bytes().to_vec(),
        certificate: Validity::Valid,
        ends: None,
    }
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for trial in trial::each_shared("national", &NATIONAL) {
        let settings = eligibility::Settings {
            clock: Clock::starting_at(now()),
            randomness: Randomness::system(),
            audit_key: Key::new(&Randomness::system()),
            reception: ISSUER.parse().expect("an origin"),
        };
        let insurers = Eligibility::on(trial.database.clone(), settings);
        for (code, online) in [(clinic(), OnlineFunction::On), (closed_clinic(), OnlineFunction::Off)] {
            let name = "あおぞら内科".to_owned();
            insurers.add_institution(Institution { code, name, online }).await.expect("an institution");
        }
        for number in [1, 2] {
            let mut person = Nation::new(1, today()).person(number);
            person.person.card = InsuranceCard::Registered;
            let id = insurers.add_person(person).await.expect("a person");
            let serial = Serial::try_from(number).expect("a serial");
            insurers.link_certificate(id, issuer(), serial).await.expect("a link");
        }
        let url = |path: &str| url::Url::parse(&format!("{ISSUER}{path}")).expect("an address");
        let endpoints = Endpoints {
            pushed_requests: url("/par"),
            authorization: url("/authorize"),
            token: url("/token"),
            status: url("/status"),
        };
        worlds.push(World {
            engine: trial.engine,
            store: Store::new(trial.database.clone(), Randomness::system()),
            metadata: Metadata::new(ISSUER.parse().expect("an issuer"), endpoints).expect("metadata"),
            keys: [ClientKey::generate(), ClientKey::generate()],
            randomness: Randomness::system(),
            _trial: trial,
        });
    }
    worlds
}

/// A browser, and the services that send it.
fn browser(name: &str) -> Asking {
    browser_at(name, now())
}

fn browser_at(name: &str, now: Timestamp) -> Asking {
    Asking { browser: base::digest(&[name.as_bytes()]), now }
}

const SERVICE: usize = 0;
const OTHER_SERVICE: usize = 1;

fn service_name(service: usize) -> &'static str {
    ["consult", "other"][service]
}

/// Both services come back to one address here, so that what tells them apart is their keys.
const REDIRECT_URI: &str = "https://consult.example/return";

impl World {
    fn departure(&self, service: usize, visit_date: Date, reference: &str) -> Departure {
        let request =
            ReceptionRequest { institution: clinic(), visit_date, reference: reference.parse().expect("a reference") };
        let id = service_name(service).parse().expect("a client id");
        Departure::new(id, REDIRECT_URI.parse().expect("a redirect URI"), request, &self.randomness)
    }

    fn authenticated(&self, service: usize, form: &Form) -> AuthenticatedClient {
        let keys = ClientKeys::parse(self.keys[service].public_jwks().as_bytes()).expect("a key set");
        let redirect_uri = REDIRECT_URI.parse().expect("a redirect URI");
        let id = service_name(service).parse().expect("a client id");
        let client = Client::new(id, keys, vec![redirect_uri]).expect("a client");
        let unverified = UnverifiedAssertion::parse(form).expect("an assertion");
        unverified.verify(&client, &self.metadata.audiences(), now()).expect("the client's own")
    }

    fn pushed(&self, service: usize, departure: &Departure) -> (AuthenticatedClient, PushedRequest) {
        let form = read(&departure.pushed_form(&self.keys[service], &self.metadata, now(), &self.randomness));
        let client = self.authenticated(service, &form);
        let pushed = PushedRequest::parse(&form, &client).expect("a well-formed request");
        (client, pushed)
    }

    fn exchange(
        &self,
        service: usize,
        departure: &Departure,
        code: &Token,
        at: Timestamp,
    ) -> (AuthenticatedClient, CodeExchange) {
        let (redirect_uri, state) = (REDIRECT_URI.parse::<RedirectUri>().expect("a redirect URI"), departure.state());
        let back = redirect_uri.with_code(code, Some(&state), self.metadata.issuer());
        let query = back.reveal().split_once('?').expect("an answer is a query").1;
        let returned = UnverifiedReturn::parse(query).and_then(|back| back.check(&state, self.metadata.issuer()));
        let Ok(Return::Code(code)) = returned else { panic!("the answer brings a code") };
        let form = read(&departure.token_form(&code, &self.keys[service], &self.metadata, at, &self.randomness));
        let client = self.authenticated(service, &form);
        let exchange = CodeExchange::parse(&form, &client).expect("a well-formed exchange");
        (client, exchange)
    }

    fn secret(&self) -> Token {
        Token::new(&self.randomness)
    }

    fn id<Kind>(&self) -> Id<Kind> {
        Id::new(now(), &self.randomness)
    }

    /// Pushes a departure and arrives with it in a browser.
    async fn arrived(&self, departure: &Departure, asking: Asking) -> Id<ProcedureKind> {
        let request = self.secret().digest();
        let (client, pushed) = self.pushed(SERVICE, departure);
        let taken = self.store.push(&client, pushed, request, asking.now).await.expect("the store works");
        taken.expect("the request is taken");
        self.store.arrive(request, client.id().clone(), self.id(), asking).await.expect("she arrives")
    }

    fn new_errand(&self, ticket: &Token) -> NewErrand {
        NewErrand {
            id: self.id(),
            ticket: ticket.digest(),
            scan_ticket: scanned(ticket),
            nonce: self.randomness.bytes(),
            browser_words: "Chrome / Android".to_owned(),
            return_link: ReturnLink::Trusted,
        }
    }

    /// Everything agreed to and confirmed; the card is awaited.
    async fn confirmed(&self, procedure: Id<ProcedureKind>, asking: Asking) -> (Id<ErrandKind>, Token) {
        let (choices, ticket) = (Choices::all(Choice::Agree), self.secret());
        self.store.choose(procedure, choices, asking).await.expect("she chooses");
        let new = self.new_errand(&ticket);
        let errand = new.id;
        self.store.confirm(procedure, shown_as(choices), new, asking).await.expect("she confirms");
        (errand, ticket)
    }

    /// The app claims the errand and its card answers; the browser is to come back with the code.
    async fn answered(&self, ticket: &Token, holder: Holder, at: Timestamp) -> Token {
        let code = self.secret();
        let way = Way::Code { digest: *code.digest().as_bytes(), until: at.plus(CODE_LIFE) };
        self.store.claim(ticket.digest(), Device::Android, Opened::Link, at).await.expect("the ticket is new");
        self.store.answer(ticket.digest(), holder, way, at).await.expect("the answer is taken");
        code
    }

    /// The same where the person carries three digits.
    async fn answered_by_number(&self, errand: Id<ErrandKind>, ticket: &Token, holder: Holder, digits: &str) {
        let way = Way::Number { digest: *super::number_digest(errand, digits).as_bytes(), tries_left: NUMBER_TRIES };
        self.store.claim(ticket.digest(), Device::Iphone, Opened::Link, now()).await.expect("the ticket is new");
        self.store.answer(ticket.digest(), holder, way, now()).await.expect("the answer is taken");
    }

    async fn come_back(&self, code: &Token, asking: Asking) -> Result<Landing, Refusal> {
        self.store.come_back_with_code(code.digest(), asking).await
    }

    /// A procedure that a browser took to its registration.
    async fn registered(&self, departure: &Departure, holder: Holder, asking: Asking) -> Id<ProcedureKind> {
        let procedure = self.arrived(departure, asking).await;
        let (_, ticket) = self.confirmed(procedure, asking).await;
        let code = self.answered(&ticket, holder, asking.now).await;
        let landing = self.come_back(&code, asking).await.expect("she comes back");
        assert!(matches!(landing, Landing::Registered(id) if id == procedure), "{}", self.engine);
        procedure
    }

    /// 「手続きを終了する」: the code that the service is handed.
    async fn finished(&self, procedure: Id<ProcedureKind>, asking: Asking) -> Token {
        let code = self.secret();
        let finish = self.store.finish(procedure, code.digest(), asking).await.expect("she finishes");
        assert!(matches!(finish, Finish::HandOver(_)), "{}", self.engine);
        code
    }

    async fn stage(&self, procedure: Id<ProcedureKind>, asking: Asking) -> Stage {
        self.store.procedure(procedure, asking).await.expect("it is hers").stage
    }

    /// A card is read for 同意照会・更新 in this browser.
    async fn reviews(&self, number: u64, asking: Asking) {
        let ticket = self.secret();
        let new = self.new_errand(&ticket);
        self.store.begin_review(new, errand::Purpose::Review, asking).await.expect("a review begins");
        let code = self.answered(&ticket, holder(number), asking.now).await;
        let landing = self.come_back(&code, asking).await.expect("she comes back");
        assert!(matches!(landing, Landing::Review(errand::Purpose::Review)), "{}", self.engine);
    }
}

fn read(body: &FormBody) -> Form {
    Form::from_body(Some(FORM_MEDIA_TYPE), body.reveal().as_bytes()).expect("a form")
}

/// The refusal of something that would be no secret if it succeeded.
fn refused<T>(outcome: Result<T, Refusal>) -> &'static str {
    outcome.err().expect("it is refused").code_text()
}

/// The digest of the QR code's ticket, where this is the link's.
fn scanned(ticket: &Token) -> Digest {
    base::digest(&[b"scan", ticket.digest().as_bytes()])
}

fn digest(name: &str) -> Digest {
    base::digest(&[name.as_bytes()])
}
