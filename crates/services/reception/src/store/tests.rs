//! The store's contract, on both engines.

mod authentications;
mod hand_over;
mod migrations;
mod reviews;

use app_auth::{Device, OpenMethod};
use base::{Clock, Date, Digest, Id, InstitutionCode, Key, Prefecture, Randomness, ScoreTable, Span, Timestamp, Token};
use database::test_database;
use eligibility::{ConsentChoice, ConsentChoices, Eligibility, Institution, InsuranceCard, OnlineFunction};
use handover::{
    AuthenticatedClient, AuthorizationResponse, Client, ClientKey, ClientKeys, CodeExchange, Departure, Endpoints,
    FORM_MEDIA_TYPE, Form, FormBody, Metadata, PushedRequest, ReceptionRequest, RedirectUri, UnverifiedAssertion,
    UnverifiedAuthorizationResponse,
};
use jpki::{Serial, VerifiedHolder};
use nation::Nation;

use super::{CompletionOutcome, MIGRATIONS, NewAuthentication, RequestContext, ReturnOutcome, Store};
use crate::{
    AuthenticationKind, ProcedureKind, Refusal,
    rules::{
        authentication::{NUMBER_TRIES, RETURN_CODE_LIFE, ReturnCredential, ReturnLink, ReturnMethod},
        procedure::{ProcedureStage, format_choices},
    },
    test_card::{issuer, verified_holder},
};

/// The tables of both services of the one organisation.
const MIGRATION_SETS: [(&str, &[database::Migration]); 2] =
    [("eligibility", eligibility::MIGRATIONS), ("reception", MIGRATIONS)];

const ISSUER: &str = "https://reception.example";

/// A store, with a clinic, two insured persons and two services.
struct World {
    engine: &'static str,
    store: Store,
    metadata: Metadata,
    keys: [ClientKey; 2],
    randomness: Randomness,
    _trial: test_database::TestDatabase,
}

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().expect("a timestamp")
}

fn after_span(span: Span) -> Timestamp {
    now().plus(span)
}

fn today() -> Date {
    now().japan_date()
}

fn tomorrow() -> Date {
    today().tomorrow().expect("a day")
}

fn clinic() -> InstitutionCode {
    InstitutionCode::from_parts(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 7)
}

/// A clinic whose online function is off.
fn closed_clinic() -> InstitutionCode {
    InstitutionCode::from_parts(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 8)
}

/// The holder of the card with this number: 1 and 2 are insured, all others are unknown.
fn holder(number: u64) -> VerifiedHolder {
    verified_holder(number)
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for trial in test_database::open_shared_on_each_engine("national", &MIGRATION_SETS) {
        let settings = eligibility::Settings {
            clock: Clock::stopped_at(now()),
            randomness: Randomness::system(),
            audit_key: Key::new(&Randomness::system()),
            reception: ISSUER.parse().expect("an origin"),
        };
        let insurers = Eligibility::from_database(trial.database.clone(), settings).await.expect("it opens");
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

/// A browser's request, at the tests' time.
fn request_context(name: &str) -> RequestContext {
    request_context_at(name, now())
}

fn request_context_at(name: &str, now: Timestamp) -> RequestContext {
    RequestContext { browser: base::digest(&[name.as_bytes()]), now }
}

const SERVICE: usize = 0;
const OTHER_SERVICE: usize = 1;

fn service_name(service: usize) -> &'static str {
    ["consult", "other"][service]
}

/// Both services have the same redirect URI here, so that only their keys differ.
const REDIRECT_URI: &str = "https://consult.example/return";

impl World {
    fn departure(&self, service: usize, visit_date: Date, reference: &str) -> Departure {
        let request =
            ReceptionRequest { institution: clinic(), visit_date, reference: reference.parse().expect("a reference") };
        let id = service_name(service).parse().expect("a client id");
        Departure::new(id, REDIRECT_URI.parse().expect("a redirect URI"), request, &self.randomness)
    }

    fn authenticate_client(&self, service: usize, form: &Form) -> AuthenticatedClient {
        let keys = ClientKeys::parse(self.keys[service].public_jwks().as_bytes()).expect("a key set");
        let redirect_uri = REDIRECT_URI.parse().expect("a redirect URI");
        let id = service_name(service).parse().expect("a client id");
        let client = Client::new(id, keys, vec![redirect_uri]).expect("a client");
        let unverified = UnverifiedAssertion::parse(form).expect("an assertion");
        unverified.verify(&client, &self.metadata.audiences(), now()).expect("the client's own")
    }

    fn parse_pushed_request(&self, service: usize, departure: &Departure) -> (AuthenticatedClient, PushedRequest) {
        let form =
            parse_form(&departure.pushed_request_form(&self.keys[service], &self.metadata, now(), &self.randomness));
        let client = self.authenticate_client(service, &form);
        let pushed = PushedRequest::parse(&form, &client).expect("a well-formed request");
        (client, pushed)
    }

    fn exchange(
        &self,
        service: usize,
        departure: &Departure,
        code: &Token,
        time: Timestamp,
    ) -> (AuthenticatedClient, CodeExchange) {
        let (redirect_uri, state) = (REDIRECT_URI.parse::<RedirectUri>().expect("a redirect URI"), departure.state());
        let location = redirect_uri.with_code(code, Some(&state), self.metadata.issuer());
        let query = location.reveal().split_once('?').expect("a redirect has a query").1;
        let response = UnverifiedAuthorizationResponse::parse(query)
            .and_then(|response| response.check(&state, self.metadata.issuer()));
        let Ok(AuthorizationResponse::Code(code)) = response else { panic!("the response has a code") };
        let form = parse_form(&departure.token_request_form(
            &code,
            &self.keys[service],
            &self.metadata,
            time,
            &self.randomness,
        ));
        let client = self.authenticate_client(service, &form);
        let exchange = CodeExchange::parse(&form, &client).expect("a well-formed exchange");
        (client, exchange)
    }

    fn secret(&self) -> Token {
        Token::new(&self.randomness)
    }

    fn id<Kind>(&self) -> Id<Kind> {
        Id::new(now(), &self.randomness)
    }

    /// Pushes a request and arrives with it in a browser.
    async fn begin_procedure(&self, departure: &Departure, context: RequestContext) -> Id<ProcedureKind> {
        let request = self.secret().digest();
        let (client, pushed) = self.parse_pushed_request(SERVICE, departure);
        let outcome =
            self.store.insert_pushed_request(&client, pushed, request, context.now).await.expect("the store works");
        outcome.expect("the request is accepted");
        self.store
            .begin_or_resume_procedure(request, client.id().clone(), self.id(), context)
            .await
            .expect("the browser arrives")
    }

    fn new_authentication(&self, ticket: &Token) -> NewAuthentication {
        NewAuthentication {
            id: self.id(),
            ticket: ticket.digest(),
            scan_ticket: scan_ticket_digest(ticket),
            nonce: self.randomness.bytes(),
            browser_label: "Chrome / Android".to_owned(),
            return_link: ReturnLink::Trusted,
        }
    }

    /// Agrees to every item and confirms; the card is awaited.
    async fn confirm_procedure(
        &self,
        procedure: Id<ProcedureKind>,
        context: RequestContext,
    ) -> (Id<AuthenticationKind>, Token) {
        let (choices, ticket) = (ConsentChoices::all(ConsentChoice::Agree), self.secret());
        self.store.choose(procedure, choices, context).await.expect("the choices are stored");
        let new = self.new_authentication(&ticket);
        let authentication = new.id;
        self.store.confirm(procedure, format_choices(choices), new, context).await.expect("the choices are confirmed");
        (authentication, ticket)
    }

    /// The app claims the ticket and the card responds; the browser is to return with the code.
    async fn verify_with_code(&self, ticket: &Token, holder: VerifiedHolder, time: Timestamp) -> Token {
        let code = self.secret();
        let credential =
            ReturnCredential::Code { digest: *code.digest().as_bytes(), valid_until: time.plus(RETURN_CODE_LIFE) };
        self.store
            .claim_ticket(ticket.digest(), Device::Android, OpenMethod::Link, time)
            .await
            .expect("the ticket is new");
        self.store.mark_verified(ticket.digest(), holder, credential, time).await.expect("the response is accepted");
        code
    }

    /// The same, where the browser is to return with three digits.
    async fn verify_with_number(
        &self,
        authentication: Id<AuthenticationKind>,
        ticket: &Token,
        holder: VerifiedHolder,
        digits: &str,
    ) {
        let credential = ReturnCredential::Number {
            digest: *super::number_digest(authentication, digits).as_bytes(),
            tries_left: NUMBER_TRIES,
        };
        self.store
            .claim_ticket(ticket.digest(), Device::Iphone, OpenMethod::Link, now())
            .await
            .expect("the ticket is new");
        self.store.mark_verified(ticket.digest(), holder, credential, now()).await.expect("the response is accepted");
    }

    async fn return_with_code(&self, code: &Token, context: RequestContext) -> Result<ReturnOutcome, Refusal> {
        self.store.return_with_code(code.digest(), context).await
    }

    /// A procedure, taken as far as its registration.
    async fn register_procedure(
        &self,
        departure: &Departure,
        holder: VerifiedHolder,
        context: RequestContext,
    ) -> Id<ProcedureKind> {
        let procedure = self.begin_procedure(departure, context).await;
        let (_, ticket) = self.confirm_procedure(procedure, context).await;
        let code = self.verify_with_code(&ticket, holder, context.now).await;
        let outcome = self.return_with_code(&code, context).await.expect("the browser returns");
        assert!(matches!(outcome, ReturnOutcome::Registered(id) if id == procedure), "{}", self.engine);
        procedure
    }

    /// 「手続きを終了する」: the code for the service.
    async fn complete_procedure(&self, procedure: Id<ProcedureKind>, context: RequestContext) -> Token {
        let code = self.secret();
        let outcome =
            self.store.complete_procedure(procedure, code.digest(), context).await.expect("the procedure is completed");
        assert!(matches!(outcome, CompletionOutcome::HandOver(_)), "{}", self.engine);
        code
    }

    async fn find_stage(&self, procedure: Id<ProcedureKind>, context: RequestContext) -> ProcedureStage {
        self.store.find_procedure(procedure, context).await.expect("this browser began it").stage
    }

    /// A card is read for 同意照会・更新 in this browser.
    async fn begin_review(&self, number: u64, context: RequestContext) {
        let ticket = self.secret();
        let new = self.new_authentication(&ticket);
        self.store.begin_review_authentication(new, app_auth::Purpose::Review, context).await.expect("a review begins");
        let code = self.verify_with_code(&ticket, holder(number), context.now).await;
        let outcome = self.return_with_code(&code, context).await.expect("the browser returns");
        assert!(matches!(outcome, ReturnOutcome::Review(app_auth::Purpose::Review)), "{}", self.engine);
    }
}

fn parse_form(body: &FormBody) -> Form {
    Form::from_body(Some(FORM_MEDIA_TYPE), body.reveal().as_bytes()).expect("a form")
}

/// The code of the refusal. Unlike `expect_err` it needs no `Debug` of the secret that a success would be.
fn refusal_code<T>(outcome: Result<T, Refusal>) -> &'static str {
    outcome.err().expect("it is refused").code_text()
}

/// The digest of the QR code's ticket that belongs to the link's ticket.
fn scan_ticket_digest(ticket: &Token) -> Digest {
    base::digest(&[b"scan", ticket.digest().as_bytes()])
}

fn digest(name: &str) -> Digest {
    base::digest(&[name.as_bytes()])
}
