//! App authentication: what マイナ在宅受付Web requests of マイナポータルアプリ, and what the app responds. JSON over HTTPS,
//! posted by the app to a reception on the app's own list.
//!
//! The link that opens the app carries an [`AuthenticationTicket`] and nothing else. With it the app sends a [`Claim`],
//! once, and receives the [`AuthenticationRequest`], which it shows before it asks for the PIN. The app computes what the
//! card signs from the origin it fetched the request from, the nonce and the ticket. An accepted
//! [`AuthenticationResponse`] returns an [`AuthenticationOutcome`]: a one-time return code where the app itself leads back
//! to the browser, or three digits that the person types there. The crate has no card, certificate or network code.

use base::{Date, Timestamp, Token};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// Where an app posts its [`Claim`], relative to the reception's origin.
pub const CLAIM_PATH: &str = "/app/claim";
/// Where an app posts its [`AuthenticationResponse`].
pub const RESPONSE_PATH: &str = "/app/answer";
/// Where an app posts its [`Abort`].
pub const ABORT_PATH: &str = "/app/give-up";
/// Where an app sends the browser back to, with `?code=`.
pub const RETURN_PATH: &str = "/return";

/// The port on which the app of a person's own computer listens, on that computer's loopback address.
///
/// One fixed port: a page that works without scripts cannot find out which of several ports responds.
pub const COMPUTER_PORT: u16 = 24_731;

/// The address of the app on the computer that shows the link.
pub fn computer_app_url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The largest message of this protocol, in bytes.
pub const LARGEST_MESSAGE: usize = 16 * 1024;

/// The one-time ticket that the app is opened with.
///
/// An app authentication has two: one in the link, which is never displayed, and one in the QR code, which anyone who sees
/// the screen can photograph. The reception distinguishes them, so that a scanned ticket never yields a code for
/// [`RETURN_PATH`].
#[derive(Clone)]
pub struct AuthenticationTicket(pub Token);

impl AuthenticationTicket {
    /// The address that opens the app on the same device.
    pub fn open_link(&self, app: &str) -> String {
        format!("{app}/open?ticket={}", self.0.reveal())
    }

    /// The address in the QR code, for the app's own scanner on another device.
    pub fn scan_link(&self, app: &str) -> String {
        format!("{app}/scan?ticket={}", self.0.reveal())
    }
}

base::text_enum! {
    /// The kind of device that the app, or the browser before it, runs on.
    pub enum Device {
        /// An Android phone: the app leads back to the browser by itself.
        Android = "android",
        /// An iPhone: a link may open another browser than the one that began, so the person may have to switch back manually.
        Iphone = "iphone",
        /// A computer with a card reader: the app leads back by itself.
        Computer = "computer",
    }
}

impl Device {
    /// The device of the browser with this `User-Agent` (RFC 9110 §10.1.5).
    pub fn from_user_agent(agent: &str) -> Self {
        match () {
            () if agent.contains("Android") => Self::Android,
            () if agent.contains("iPhone") || agent.contains("iPad") => Self::Iphone,
            () => Self::Computer,
        }
    }
}

base::text_enum! {
    /// How the app was opened.
    pub enum OpenMethod {
        /// By the link, on the device that shows the reception's page.
        Link = "link",
        /// By its scanner, from the screen of another device.
        Scan = "scan",
    }
}

base::text_serde!(Device, OpenMethod);

/// Sent by the app to take an app authentication on.
#[derive(Clone, Serialize, Deserialize)]
pub struct Claim {
    /// The ticket from the link or the QR code.
    #[serde(with = "token")]
    pub ticket: Token,
    pub device: Device,
    #[serde(rename = "opened")]
    pub open_method: OpenMethod,
}

/// What the person is asked to authenticate for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Purpose {
    /// 同意の登録: to register the consent just chosen, for one institution and, but for home visits, one day.
    Register {
        institution: String,
        /// None for home visits, whose consent lasts until it is withdrawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit_date: Option<Date>,
    },
    /// 同意照会・更新: to see and change what is registered.
    Review,
    /// すべての同意を取消す: to withdraw everything that is registered, after it was displayed once more.
    Withdraw,
}

/// What the app shows before the PIN.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthenticationRequest {
    pub purpose: Purpose,
    /// Random bytes, covered by the signature.
    #[serde(with = "nonce")]
    pub nonce: [u8; 32],
    /// The browser that began, roughly ("Chrome, Windows").
    pub browser: String,
    #[serde(rename = "began")]
    pub started_at: Timestamp,
    /// No response is accepted from this time on.
    #[serde(rename = "expires")]
    pub expires_at: Timestamp,
}

/// The card's signed response.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthenticationResponse {
    #[serde(with = "token")]
    pub ticket: Token,
    /// 利用者証明用電子証明書, DER. Untrusted until it has been verified.
    #[serde(with = "bytes")]
    pub certificate: Vec<u8>,
    /// The signature over the challenge.
    #[serde(with = "bytes")]
    pub signature: Vec<u8>,
}

/// How the browser continues after an accepted response.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "lowercase")]
pub enum AuthenticationOutcome {
    /// The app sends the browser of its own device to [`RETURN_PATH`] with this code.
    Return {
        /// Single use, one minute.
        #[serde(with = "token")]
        code: Token,
    },
    /// The app shows three digits; the page where the person began asks for them.
    #[serde(rename = "number")]
    ConfirmationDigits {
        /// Three decimal digits.
        digits: String,
    },
    /// The app offers a link to [`RETURN_PATH`] with this code. The link may open another browser than the one that began,
    /// so the app shows three digits too, which the page of the first browser asks for.
    #[serde(rename = "return_or_number")]
    ReturnOrConfirmationDigits {
        /// Single use, one minute.
        #[serde(with = "token")]
        code: Token,
        /// Three decimal digits.
        digits: String,
    },
}

/// Sent by the app when it ends without a response; the waiting page then says how to continue.
#[derive(Clone, Serialize, Deserialize)]
pub struct Abort {
    #[serde(with = "token")]
    pub ticket: Token,
    #[serde(rename = "why")]
    pub reason: AbortReason,
}

/// Why an app authentication ended in the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbortReason {
    /// The person pressed やめる.
    Cancelled,
    /// The PIN is locked.
    Locked,
    /// The card has no usable certificate for user authentication.
    NoCertificate,
    /// The card's certificate ended more than three months ago.
    Expired,
}

base::text_enum! {
    /// What a reception refuses.
    #[derive(Default)]
    pub enum ErrorSubject {
        /// The card, its certificate, or the person whom it belongs to: another card may be accepted.
        Card = "card",
        /// The ticket, the message or its time, or the reception cannot check the card just now.
        #[default]
        Request = "request",
    }
}

base::text_serde!(ErrorSubject);

/// A refusal, as sent to the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorResponse {
    pub code: String,
    /// What is refused. A reception that does not state it refuses the request.
    #[serde(default)]
    pub subject: ErrorSubject,
    /// The text for the person, in Japanese.
    pub japanese: String,
    /// The text for the person, in English.
    pub english: String,
}

mod token {
    use base::Token;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(token: &Token, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&token.reveal())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Token, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

mod bytes {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Engine, STANDARD};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(|_| serde::de::Error::custom("not base64"))
    }
}

mod nonce {
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(nonce: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        super::bytes::serialize(nonce, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        super::bytes::deserialize(deserializer)?.try_into().map_err(|_| serde::de::Error::custom("not 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn ticket() -> Token {
        Token::new(&Randomness::repeatable("ticket"))
    }

    #[test]
    fn a_link_carries_the_ticket_and_nothing_else() {
        let link = AuthenticationTicket(ticket()).open_link("https://app.example");
        assert_eq!(link, format!("https://app.example/open?ticket={}", ticket().reveal()));
    }

    #[test]
    fn messages_read_what_they_write() {
        let response =
            AuthenticationResponse { ticket: ticket(), certificate: vec![0x30, 0x82], signature: vec![1, 2, 3] };
        let parsed: AuthenticationResponse = serde_json::from_str(&serde_json::to_string(&response).unwrap()).unwrap();
        assert_eq!((parsed.certificate, parsed.signature), (response.certificate, response.signature));
        assert_eq!(parsed.ticket.digest(), response.ticket.digest());
    }

    #[test]
    fn an_outcome_reads_what_it_writes() {
        let code = ticket();
        let outcome = AuthenticationOutcome::ReturnOrConfirmationDigits { code: code.clone(), digits: "042".into() };
        let text = serde_json::to_string(&outcome).unwrap();
        assert!(text.contains(r#""way":"return_or_number""#), "{text}");
        let AuthenticationOutcome::ReturnOrConfirmationDigits { code: parsed, digits } =
            serde_json::from_str(&text).unwrap()
        else {
            panic!("another outcome: {text}")
        };
        assert_eq!((parsed.digest(), digits.as_str()), (code.digest(), "042"));
    }

    #[test]
    fn a_purpose_is_told_by_its_kind() {
        for (purpose, kind) in [(Purpose::Review, "review"), (Purpose::Withdraw, "withdraw")] {
            let json = serde_json::to_string(&purpose).unwrap();
            assert_eq!(json, format!(r#"{{"kind":"{kind}"}}"#));
            assert_eq!(serde_json::from_str::<Purpose>(&json).unwrap(), purpose);
        }
    }

    #[test]
    fn an_error_says_what_is_refused_and_one_that_does_not_refuses_the_request() {
        let check = |subject: &str, expected| {
            let text = format!(r#"{{"code":"x",{subject}"japanese":"日","english":"en"}}"#);
            assert_eq!(serde_json::from_str::<ErrorResponse>(&text).unwrap().subject, expected, "{text}");
        };
        check(r#""subject":"card","#, ErrorSubject::Card);
        check(r#""subject":"request","#, ErrorSubject::Request);
        check("", ErrorSubject::Request);
    }

    #[test]
    fn a_message_with_a_foreign_ticket_form_is_refused() {
        let text = r#"{"ticket":"short","device":"android","opened":"link"}"#;
        assert!(serde_json::from_str::<Claim>(text).is_err());
    }
}
