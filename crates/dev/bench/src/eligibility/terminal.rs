//! An institution's terminal: one persistent connection over mutual TLS.

use std::{net::SocketAddr, sync::Arc};

use base::{Date, InstitutionCode};
use eligibility::NewPerson;
use http::Request;
use http_body_util::Full;
use hyper::body::Bytes;
use oqs::{CharacterCode, Exchange, FileName, Message, Outcome, QualificationValidity};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use web::Origin;

use crate::{Failure, connection::Connection};

/// The client certificate of an institution.
pub(crate) struct Identity {
    pub(crate) institution: InstitutionCode,
    pub(crate) certificate: Vec<u8>,
    /// PKCS#8
    pub(crate) key: Vec<u8>,
}

pub(crate) struct Terminal {
    institution: InstitutionCode,
    connection: Connection,
}

impl Terminal {
    pub(crate) async fn open(interface: &Origin, root: &[u8], identity: &Identity) -> Result<Self, Failure> {
        let address: SocketAddr = interface.as_str().trim_start_matches("https://").parse()?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(root.to_vec()))?;
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(
                vec![CertificateDer::from(identity.certificate.clone())],
                PrivatePkcs8KeyDer::from(identity.key.clone()).into(),
            )?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let stream = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost")?, stream).await?;
        Ok(Self { institution: identity.institution, connection: Connection::from_stream(stream).await? })
    }

    pub(crate) fn institution(&self) -> InstitutionCode {
        self.institution
    }

    /// Looks up whether a person is insured, by their current coverage. An error unless the response names this person.
    pub(crate) async fn check_eligibility(&mut self, person: &NewPerson, today: Date) -> Result<(), Failure> {
        let coverage = person.coverages.iter().find(|coverage| coverage.holds_on(today)).ok_or("nobody insures him")?;
        let search = oqs::QualificationSearch {
            insurer: coverage.insurer.into(),
            symbol: coverage.symbol.clone(),
            number: coverage.number.clone(),
            branch: coverage.branch,
            birthdate: person.person.birth,
            limit_consent: None,
            examination_date: None,
            identifier: None,
        };
        let header =
            oqs::RequestHeader { institution: self.institution.into(), identifier: None, confirmation_date: None };
        let body = oqs::QualificationRequest { search };
        let message = Message::QualificationRequest(oqs::RequestMessage { header, body });
        let name = FileName::new(Exchange::OnlineQualification.request(), "1")?;
        let request = Request::post(format!("/oqs/{name}"))
            .header(http::header::HOST, "localhost")
            .body(Full::new(Bytes::from(oqs::write(&message, CharacterCode::Utf8))))?;
        let response = self.connection.send(request).await?;
        if !response.status.is_success() {
            return Err(format!("a lookup was answered with {}", response.status).into());
        }
        let parsed = oqs::parse(name.response().interface(), &response.body)?;
        let Message::QualificationResponse(oqs::ResponseMessage { outcome: Outcome::Normal(body), .. }) =
            parsed.message
        else {
            return Err("a lookup was not answered".into());
        };
        let matches = body.validity == Some(QualificationValidity::Valid)
            && body.results.len() == 1
            && body.results.iter().all(|result| result.name == person.person.name);
        if matches { Ok(()) } else { Err(format!("a lookup found {:?}, not its person", body.validity).into()) }
    }
}
