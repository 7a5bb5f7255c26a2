//! What `openssl ocsp` says of a responder's answer.

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use jpki::{ocsp::Request, pem};

use crate::{
    openssl::OpensslFolder,
    world::{Attempt, now, world},
};

/// What OpenSSL says, and where it is otherwise minded, why.
pub struct ExpectedVerdict(pub &'static str, pub Option<&'static str>);

impl From<&'static str> for ExpectedVerdict {
    fn from(word: &'static str) -> Self {
        Self(word, None)
    }
}

impl From<(&'static str, &'static str)> for ExpectedVerdict {
    fn from((word, why): (&'static str, &'static str)) -> Self {
        Self(word, Some(why))
    }
}

/// Its clock is the machine's, so any age is allowed here; of ages another test speaks.
pub fn openssl_verdict(request: &Request, response: &[u8]) -> String {
    static FOLDER: LazyLock<OpensslFolder> = LazyLock::new(|| {
        let desk = OpensslFolder::new();
        desk.write_anchors();
        desk.write_file("issuer.pem", pem::encode(pem::CERTIFICATE, world().issuer.certificate()));
        desk.write_file("holder.pem", pem::encode(pem::CERTIFICATE, &Attempt::valid().certificate));
        desk
    });
    // Tests run beside each other.
    static NAMES: AtomicUsize = AtomicUsize::new(0);
    let name = NAMES.fetch_add(1, Ordering::Relaxed);
    let desk = &*FOLDER;
    desk.write_file(&format!("{name}.req"), request.encode().unwrap());
    desk.write_file(&format!("{name}.resp"), response);
    let (_, said) = desk.run(&format!(
        "ocsp -reqin {name}.req -respin {name}.resp -issuer issuer.pem -sha256 -cert holder.pem -CAfile anchors.pem \
         -attime {} -validity_period 999999999 -no_nonce",
        now().seconds()
    ));
    parse_verdict(&said)
}

/// The first thing that it has against an answer, else what the answer says.
pub fn parse_verdict(said: &str) -> String {
    let against = ["Responder Error", "Error", "error:", "WARNING", "Nonce Verify error"];
    let line = said.lines().find(|line| against.iter().any(|word| line.contains(word)));
    // `ID:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:MORE`
    let reason = |line: &str| {
        let parts: Vec<_> = line.split(':').collect();
        let more = parts.last().map_or("", |more| more.trim());
        if more.is_empty() { (*parts.get(5).unwrap_or(&line)).to_owned() } else { more.to_owned() }
    };
    match line {
        Some(line) if said.contains("Response Verify Failure") => format!("Response Verify Failure: {}", reason(line)),
        Some(line) if line.contains("error:") => reason(line),
        Some(line) => line.to_owned(),
        None => {
            said.lines().find_map(|line| line.strip_prefix("holder.pem: ")).unwrap_or("says nothing of it").to_owned()
        }
    }
}
