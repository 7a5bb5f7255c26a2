//! A fake eligibility system: mutual TLS, and responses written by `oqs`.

use std::{
    convert::Infallible,
    fmt,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use base::{Clock, InstitutionCode, Randomness, Span};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use jpki::{
    Algorithm, SigningKey,
    machine::{MachineAuthority, ValidityPeriod},
};
use oqs::{
    CharacterCode, Extension, FileName, MedicalOutcome, MedicalResponse, MedicalResponseHeader, Message, Outcome,
    RequestHeader, ResponseHeader, ResponseMessage,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime},
    server::WebPkiClientVerifier,
    time_provider::TimeProvider,
};
use tokio::{io::AsyncReadExt, net::TcpListener};
use tokio_rustls::TlsAcceptor;
use ui::Theme;
use web::{Origin, Site};

use crate::{
    Identity,
    client::{EligibilityClient, Timeouts},
    eligibility::rules::InsuranceDocument,
    samples::fixtures,
};

/// What the system does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    Message(Message),
    Zipped(Message),
    Bytes(Vec<u8>),
    Status(u16),
    /// 503, with this `Retry-After`.
    Closed(&'static str),
    /// The connection breaks within the response.
    CutOff,
    /// No response at all.
    Silence,
}

type Behaviour = dyn Fn(&FileName, Message) -> Reply + Send + Sync;

/// The origin of the terminal.
pub(crate) const ORIGIN: &str = "http://terminal.localhost:8400";

pub(crate) struct FakeEligibilitySystem {
    pub(crate) address: Origin,
    /// The authority of the server's certificate, and of the client certificates that it accepts.
    pub(crate) authority: MachineAuthority,
    pub(crate) site: Site,
    requested_prefixes: Arc<Mutex<Vec<String>>>,
}

pub(crate) fn authority(seed: &str, clock: &Clock) -> MachineAuthority {
    MachineAuthority::create(generate_key(), &Randomness::repeatable(seed), validity_term(clock)).unwrap()
}

pub(crate) fn validity_term(clock: &Clock) -> ValidityPeriod {
    let now = clock.now();
    ValidityPeriod { not_before: now.minus(Span::from_hours(24)), not_after: now.plus(Span::from_hours(240)) }
}

fn generate_key() -> SigningKey {
    SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap()
}

/// A client identity of an institution, issued by any authority.
pub(crate) fn identity(authority: &MachineAuthority, institution: InstitutionCode, clock: &Clock) -> Identity {
    let key = generate_key();
    let issued =
        authority.issue_client(institution, key.public_key(), &Randomness::system(), validity_term(clock)).unwrap();
    Identity::from_der(issued.certificate, key.to_pkcs8().unwrap())
}

impl FakeEligibilitySystem {
    pub(crate) async fn start(behaviour: impl Fn(&FileName, Message) -> Reply + Send + Sync + 'static) -> Self {
        let clock = Clock::stopped_at(fixtures::now());
        let authority = authority("counterpart", &clock);
        let key = generate_key();
        let addresses = [Ipv4Addr::LOCALHOST.into()];
        let names = ["eligibility.localhost"];
        let server = authority
            .issue_server(key.public_key(), &names, &addresses, &Randomness::system(), validity_term(&clock))
            .unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(authority.certificate().to_vec())).unwrap();
        let time = Arc::new(TestTlsClock(clock.clone()));
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
        let config = ServerConfig::builder_with_details(provider, time)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![CertificateDer::from(server.certificate)],
                PrivatePkcs8KeyDer::from(key.to_pkcs8().unwrap().to_vec()).into(),
            )
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("https://eligibility.localhost:{}", listener.local_addr().unwrap().port());
        let prefixes = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve_connections(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            Arc::new(behaviour),
            prefixes.clone(),
        ));
        let site = Site::new(Theme::Terminal, ORIGIN.parse().unwrap(), clock, Randomness::repeatable("terminal"));
        Self { address: address.parse().unwrap(), authority, site, requested_prefixes: prefixes }
    }

    /// The prefixes of the request files, in order of arrival.
    pub(crate) fn requested_prefixes(&self) -> Vec<String> {
        self.requested_prefixes.lock().unwrap().clone()
    }
}

async fn serve_connections(
    listener: TcpListener,
    tls: TlsAcceptor,
    behaviour: Arc<Behaviour>,
    prefixes: Arc<Mutex<Vec<String>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, behaviour, prefixes) = (tls.clone(), behaviour.clone(), prefixes.clone());
        tokio::spawn(async move {
            let stream = match tls.accept(stream).into_fallible().await {
                Ok(stream) => stream,
                Err((_, mut stream)) => {
                    // Reads all that the client has sent: closing with unread bytes would reset the connection before
                    // the alert is delivered.
                    let _ = stream.read_to_end(&mut Vec::new()).await;
                    return;
                }
            };
            let service =
                hyper::service::service_fn(move |request| respond(behaviour.clone(), prefixes.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Body = http_body_util::combinators::BoxBody<Bytes, std::io::Error>;

fn full_body(bytes: Vec<u8>) -> Body {
    Full::new(Bytes::from(bytes)).map_err(|never: Infallible| match never {}).boxed()
}

async fn respond(
    behaviour: Arc<Behaviour>,
    prefixes: Arc<Mutex<Vec<String>>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let name: FileName = request.uri().path().strip_prefix("/oqs/").unwrap().parse().unwrap();
    assert_eq!(request.method(), "POST");
    prefixes.lock().unwrap().push(name.interface().prefix());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let question = oqs::parse(name.interface(), &body).unwrap().message;
    let reply = behaviour(&name, question);
    let file = |bytes: Vec<u8>| Response::new(full_body(bytes));
    Ok(match reply {
        Reply::Message(message) => file(oqs::write(&message, CharacterCode::Utf8)),
        Reply::Zipped(message) => {
            let name = name.response().with_extension(Extension::Zip);
            file(oqs::pack(&name, &oqs::write(&message, CharacterCode::ShiftJis)))
        }
        Reply::Bytes(bytes) => file(bytes),
        Reply::Status(status) => {
            let mut response = Response::new(full_body(b"words".to_vec()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        }
        Reply::Closed(retry_after) => {
            let mut response = Response::new(full_body(Vec::new()));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("retry-after", retry_after.parse().unwrap());
            response
        }
        Reply::CutOff => {
            let halves = [
                Ok(hyper::body::Frame::data(Bytes::from_static(b"<?xml version=\"1.0\"?><XmlMsg>"))),
                Err(std::io::Error::other("cut off")),
            ];
            let stream = http_body_util::StreamBody::new(futures_util::stream::iter(halves));
            Response::new(stream.boxed())
        }
        Reply::Silence => std::future::pending().await,
    })
}

pub(crate) fn response_header(request: &RequestHeader) -> ResponseHeader {
    ResponseHeader::for_request(request, fixtures::now())
}

/// An ordinary system: one list of these receptions, their eligibility and their medicines.
pub(crate) fn ordinary_behaviour(units: Vec<oqs::BulkUnit>) -> impl Fn(&FileName, Message) -> Reply + Send + Sync {
    move |_, question| {
        Reply::Message(match question {
            Message::BulkSearch(request) => {
                let mut header = response_header(&request.header);
                header.bulk_number = oqs::BulkNumber::new("20261124000001");
                Message::BulkSearchResponse(ResponseMessage {
                    header,
                    outcome: Outcome::Normal(oqs::BulkSearchResponse {
                        accepted_at: Some(fixtures::now()),
                        processing: None,
                    }),
                })
            }
            Message::BulkFetch(request) => {
                let body = oqs::BulkResult { processing: Some(oqs::ProcessingResult::normal()), units: units.clone() };
                return Reply::Zipped(Message::BulkResult(ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Normal(body),
                }));
            }
            Message::QualificationRequest(request) => {
                let body = respond_to_qualification(&units, &request.body.search);
                Message::QualificationResponse(ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Normal(body),
                })
            }
            Message::MedicalRequest(request) => Message::MedicineRecords(MedicalResponse {
                header: MedicalResponseHeader {
                    processed_at: Some(fixtures::now()),
                    institution: Some(request.header.institution),
                    identifier: request.header.identifier,
                    person: fixtures::medical_person(),
                },
                outcome: MedicalOutcome::Normal(fixtures::medicines()),
            }),
            Message::WithdrawalRequest(request) => {
                let body = oqs::WithdrawalResponse { processing: oqs::ProcessingResult::normal() };
                Message::WithdrawalResponse(ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Normal(body),
                })
            }
            Message::EnvironmentRequest(request) => {
                let fault =
                    oqs::Fault { code: Some("U003".to_owned()), message: Some("未対応です。".to_owned()) };
                Message::EnvironmentResponse(ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Abnormal(fault),
                })
            }
            Message::EnvironmentUpdateRequest(request) => {
                let body = oqs::EnvironmentResponse {
                    processing: oqs::ProcessingResult::normal(),
                    settings: Some(request.body.settings),
                };
                Message::EnvironmentResponse(ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Normal(body),
                })
            }
            Message::AccessUrlRequest(request) => {
                let requested = request.body.requested;
                let path = if requested.change == oqs::AccessUrlChange::NoChange { "kept" } else { "changed" };
                let url = format!("http://reception.localhost:8400/i/{path}");
                let body = oqs::AccessUrlResponse {
                    processing: oqs::ProcessingResult::normal(),
                    address: Some(oqs::AccessUrl { kind: requested.kind, url, image: None, code: None }),
                };
                Message::AccessUrlResponse(ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Normal(body),
                })
            }
            request => panic!("unexpected request {request:?}"),
        })
    }
}

fn respond_to_qualification(units: &[oqs::BulkUnit], search: &oqs::QualificationSearch) -> oqs::QualificationResponse {
    let listed = units.iter().find_map(|unit| {
        let result = unit.results.iter().find(|result| result.number == search.number)?;
        Some((unit, result.clone()))
    });
    let echo = Some(search.into());
    match listed {
        Some((unit, result)) => oqs::QualificationResponse {
            processing: unit.processing.clone().unwrap(),
            validity: unit.validity,
            prescription: None,
            search: echo,
            results: vec![result],
            ended_consents: None,
        },
        None => oqs::QualificationResponse {
            processing: oqs::ProcessingResult::error("U101", "該当する受付がありません。"),
            validity: Some(oqs::QualificationValidity::NotFound),
            prescription: None,
            search: echo,
            results: Vec::new(),
            ended_consents: None,
        },
    }
}

/// An insurance document to request by.
pub(crate) fn document() -> InsuranceDocument {
    let result = fixtures::person("見本　花子", "ミホン　ハナコ", fixtures::SampleConsents::All);
    let unit = fixtures::unit(oqs::ProcessingResult::normal(), None, vec![result]);
    let list = crate::eligibility::rules::ListQuery {
        criterion: crate::eligibility::rules::DateCriterion::Visit,
        day: fixtures::day(fixtures::VISIT_DATE),
    };
    crate::receptions::rules::ListedReception::from_unit(&unit, list).documents.remove(0)
}

/// One reception of a person with every item, with this verdict.
pub(crate) fn sample_units(validity: oqs::QualificationValidity) -> Vec<oqs::BulkUnit> {
    vec![fixtures::unit(oqs::ProcessingResult::normal(), Some(validity), vec![fixtures::person_with_everything()])]
}

/// TLS at the test's clock.
struct TestTlsClock(Clock);

impl fmt::Debug for TestTlsClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TestTlsClock")
    }
}

impl TimeProvider for TestTlsClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.now().seconds().try_into().unwrap())))
    }
}

const SHORT_TIMEOUTS: Timeouts = Timeouts { file: Duration::from_secs(20), tries: 3, pause: Duration::ZERO };

pub(crate) fn eligibility_client(system: &FakeEligibilitySystem) -> EligibilityClient {
    let own_identity = identity(&system.authority, fixtures::institution(), system.site.clock());
    let mut client = EligibilityClient::new(
        fixtures::institution(),
        system.address.clone(),
        &own_identity,
        system.authority.certificate(),
        &system.site,
    )
    .unwrap();
    client.timeouts = SHORT_TIMEOUTS;
    client
}
