//! The verdict of `openssl ocsp` on a response.

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use jpki::{ocsp::Request, pem};

use crate::{
    openssl::OpensslFolder,
    world::{Attempt, now, world},
};

/// OpenSSL's verdict, and why it differs from this crate's, if it does.
pub struct ExpectedVerdict(pub &'static str, pub Option<&'static str>);

impl From<&'static str> for ExpectedVerdict {
    fn from(verdict: &'static str) -> Self {
        Self(verdict, None)
    }
}

impl From<(&'static str, &'static str)> for ExpectedVerdict {
    fn from((verdict, explanation): (&'static str, &'static str)) -> Self {
        Self(verdict, Some(explanation))
    }
}

/// OpenSSL uses the system's clock, so any age is allowed here; another test checks ages.
pub fn openssl_verdict(request: &Request, response: &[u8]) -> String {
    static FOLDER: LazyLock<OpensslFolder> = LazyLock::new(|| {
        let folder = OpensslFolder::new();
        folder.write_anchors();
        folder.write_file("issuer.pem", pem::encode(pem::CERTIFICATE, world().issuer.certificate()));
        folder.write_file("holder.pem", pem::encode(pem::CERTIFICATE, &Attempt::valid().certificate));
        folder
    });
    // Tests run concurrently.
    static NAMES: AtomicUsize = AtomicUsize::new(0);
    let name = NAMES.fetch_add(1, Ordering::Relaxed);
    let folder = &*FOLDER;
    folder.write_file(&format!("{name}.req"), request.encode().unwrap());
    folder.write_file(&format!("{name}.resp"), response);
    let (_, output) = folder.run(&format!(
        "ocsp -reqin {name}.req -respin {name}.resp -issuer issuer.pem -sha256 -cert holder.pem -CAfile anchors.pem \
         -attime {} -validity_period 999999999 -no_nonce",
        now().seconds()
    ));
    parse_verdict(&output)
}

/// Its first error, or else the certificate's status.
pub fn parse_verdict(output: &str) -> String {
    let errors = ["Responder Error", "Error", "error:", "WARNING", "Nonce Verify error"];
    let line = output.lines().find(|line| errors.iter().any(|error| line.contains(error)));
    // `ID:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:MORE`
    let reason = |line: &str| {
        let parts: Vec<_> = line.split(':').collect();
        let more = parts.last().map_or("", |more| more.trim());
        if more.is_empty() { (*parts.get(5).unwrap_or(&line)).to_owned() } else { more.to_owned() }
    };
    match line {
        Some(line) if output.contains("Response Verify Failure") => {
            format!("Response Verify Failure: {}", reason(line))
        }
        Some(line) if line.contains("error:") => reason(line),
        Some(line) => line.to_owned(),
        None => {
            output.lines().find_map(|line| line.strip_prefix("holder.pem: ")).unwrap_or("says nothing of it").to_owned()
        }
    }
}
