//! Composes a letter as an Internet message (RFC 5322).

use std::time::Duration;

use base::Timestamp;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{Attachment, Body, Mailbox, MultiPart, SinglePart, header},
};

use super::{
    letter::{CalendarAttachment, Letter},
    rules::address::MailAddress,
    store::LetterId,
};

/// The name of an attached calendar file.
const CALENDAR_FILE: &str = "appointment.ics";

/// A letter, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct ComposedMessage {
    pub(crate) sender: Address,
    /// The recipient in each spelling that a relay may accept, the likelier first; at least one.
    pub(crate) spellings: Vec<Address>,
    pub(crate) content: Vec<u8>,
}

/// Why a letter cannot be composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ComposeError {
    #[error("the letter has no usable address")]
    Address,
    #[error("the letter's headers cannot be written")]
    Headers,
}

impl ComposedMessage {
    /// Composes a letter. Every address that parses as a [`MailAddress`] can be used.
    pub(crate) fn new(
        sender: &Mailbox,
        letter: &Letter,
        id: LetterId,
        domain: &str,
        now: Timestamp,
    ) -> Result<Self, ComposeError> {
        let recipient: MailAddress = letter.to.parse().map_err(|_| ComposeError::Address)?;
        let spellings = address_spellings(&recipient);
        // RFC 5322 §3.4.1: in a header, what is no dot-atom is quoted. That is the last spelling.
        let in_header = spellings.last().ok_or(ComposeError::Address)?.clone();
        let envelope = Envelope::new(Some(sender.email.clone()), vec![in_header.clone()]);
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        let builder = Message::builder()
            .envelope(envelope.map_err(|_| ComposeError::Address)?)
            .from(sender.clone())
            .to(Mailbox::new(None, in_header))
            .subject(&letter.subject)
            .date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
            // Constant over attempts, so that a mail program recognises a letter that arrives twice.
            .message_id(Some(format!("<{id}@{domain}>")))
            // RFC 3834 §5: suppresses automatic replies.
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let text = SinglePart::plain(letter.body.clone());
        let message = match &letter.calendar {
            None => builder.singlepart(text),
            Some(calendar) => builder.multipart(
                // Constant over attempts too. No text can contain it: the id is drawn when the letter is stored.
                MultiPart::mixed().boundary(format!("letter-{id}")).singlepart(text).singlepart(attach(calendar)?),
            ),
        };
        let message = message.map_err(|_| ComposeError::Headers)?;
        Ok(Self { sender: sender.email.clone(), spellings, content: message.formatted() })
    }

    /// Sender and recipient, for a folder.
    pub(crate) fn envelope(&self) -> Option<Envelope> {
        Envelope::new(Some(self.sender.clone()), self.spellings.last().cloned().into_iter().collect()).ok()
    }
}

/// A calendar file as a part of a message. Its lines end with CRLF, and Base64 keeps every octet of them.
fn attach(calendar: &CalendarAttachment) -> Result<SinglePart, ComposeError> {
    let media_type = format!("{}; charset=utf-8; method={}", calendar::MEDIA_TYPE, calendar.method);
    let media_type = header::ContentType::parse(&media_type).map_err(|_| ComposeError::Headers)?;
    let content =
        Body::new_with_encoding(calendar.content.clone().into_bytes(), header::ContentTransferEncoding::Base64)
            .map_err(|_| ComposeError::Headers)?;
    Ok(Attachment::new(CALENDAR_FILE.to_owned()).body(content, media_type))
}

/// An address as its owner writes it and, where that is no dot-atom (RFC 5321 §4.1.2), quoted: the addresses that mobile
/// carriers gave out until 2009 have dots in a row or before the @.
fn address_spellings(address: &MailAddress) -> Vec<Address> {
    // Both parts were checked by [`MailAddress`], which accepts more than lettre's parser.
    let (local, host) = (address.local_part(), address.domain());
    let mut spellings = vec![Address::new_dangerous(local, host)];
    if local.split('.').any(str::is_empty) {
        spellings.push(Address::new_dangerous(format!("\"{local}\""), host));
    }
    spellings
}

#[cfg(test)]
mod tests {
    use base::Randomness;
    use proptest::prelude::*;

    use super::*;

    fn compose(sender: &str, recipient: &str, subject: &str) -> Result<String, ComposeError> {
        let now: Timestamp = "2026-11-24T09:00:00+09:00".parse().expect("a time");
        let letter = Letter {
            to: recipient.to_owned(),
            subject: subject.to_owned(),
            body: "123456\n".to_owned(),
            calendar: None,
        };
        let id = LetterId::new(now, &Randomness::repeatable("letter"));
        let composed = ComposedMessage::new(&sender.parse().expect("a sender"), &letter, id, "example.jp", now)?;
        Ok(String::from_utf8(composed.content).expect("a letter is ASCII"))
    }

    fn compose_with_calendar(body: &str, content: &str) -> String {
        let now: Timestamp = "2026-11-24T09:00:00+09:00".parse().expect("a time");
        let calendar = CalendarAttachment { method: "PUBLISH".to_owned(), content: content.to_owned() };
        let letter = Letter {
            to: "hanako@example.jp".to_owned(),
            subject: "予約".to_owned(),
            body: body.to_owned(),
            calendar: Some(calendar),
        };
        let id = LetterId::new(now, &Randomness::repeatable("letter"));
        let sender = "no-reply@example.jp".parse().expect("a sender");
        let composed = ComposedMessage::new(&sender, &letter, id, "example.jp", now).expect("composed");
        String::from_utf8(composed.content).expect("a letter is ASCII")
    }

    fn header<'a>(message: &'a str, name: &str) -> &'a str {
        let start = message.find(&format!("{name}: ")).expect("the header") + name.len() + 2;
        let rest = &message[start..];
        let mut end = 0;
        for line in rest.split_inclusive("\r\n") {
            if end > 0 && !line.starts_with(' ') {
                break;
            }
            end += line.len();
        }
        rest[..end].trim_end()
    }

    #[test]
    fn an_old_carrier_address_is_quoted_in_the_header_and_has_two_spellings() {
        let check = |recipient: &str, in_header: &str, expected: &[&str]| {
            let message = compose("uketsuke <no-reply@example.jp>", recipient, "a").expect("composed");
            assert_eq!(header(&message, "To"), in_header);
            let spellings = address_spellings(&recipient.parse().expect("an address"));
            assert_eq!(spellings.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
        };
        check("hanako@example.jp", "hanako@example.jp", &["hanako@example.jp"]);
        for local in ["taro..yamada", "taro.", ".taro", "a...b"] {
            let (plain, quoted) = (format!("{local}@docomo.ne.jp"), format!("\"{local}\"@docomo.ne.jp"));
            check(&plain, &quoted, &[&plain, &quoted]);
        }
    }

    #[test]
    fn encoded_words_are_short_and_each_is_whole() {
        use base64::Engine;
        let forty = "漢".repeat(40);
        let mixed = format!("uketsuke {} オンライン診療 & 𠮷野 é", "見本".repeat(14));
        for name in [forty.as_str(), mixed.as_str(), "見本オンライン診療", "é"] {
            let message =
                compose(&format!("\"{name}\" <no-reply@example.jp>"), "a@example.jp", name).expect("composed");
            for header in [header(&message, "From"), header(&message, "Subject")] {
                assert!(header.contains("=?utf-8?b?"), "{header}");
                let words = header.split_whitespace().filter(|word| word.starts_with("=?"));
                for word in words {
                    assert!(word.len() <= 75, "RFC 2047 §2: {word}");
                    let text =
                        word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?=")).expect("a word");
                    let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("Base64");
                    assert!(String::from_utf8(bytes).is_ok(), "RFC 2047 §5: {word}");
                }
            }
            assert!(message.lines().all(|line| line.len() <= 998));
        }
    }

    #[test]
    fn a_calendar_file_is_a_part_of_its_own_with_its_method() {
        let message = compose_with_calendar("本文\n", "BEGIN:VCALENDAR\r\n");
        assert!(header(&message, "Content-Type").starts_with("multipart/mixed;"), "{message}");
        let (_, part) = message.split_once("text/calendar").expect("a part");
        assert!(part.starts_with("; charset=utf-8; method=PUBLISH\r\n"), "{message}");
        assert!(message.contains("Content-Disposition: attachment; filename=\"appointment.ics\"\r\n"), "{message}");
        // An attempt again is the same message.
        assert_eq!(message, compose_with_calendar("本文\n", "BEGIN:VCALENDAR\r\n"));
    }

    proptest! {
        #[test]
        fn a_calendar_file_arrives_octet_by_octet_and_no_text_becomes_a_part(
            body in "\\PC{0,300}",
            content in "[\\PC\\r\\n]{0,2000}",
        ) {
            use base64::Engine;
            let message = compose_with_calendar(&body, &content);
            prop_assert!(message.is_ascii());
            prop_assert!(message.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
            let (_, boundary) = header(&message, "Content-Type").split_once("boundary=\"").expect("a boundary");
            let delimiter = format!("\r\n--{}", boundary.trim_end_matches('"'));
            let parts: Vec<_> = message.split(delimiter.as_str()).collect();
            prop_assert_eq!(parts.len(), 4, "headers, text, calendar, end");
            let (_, encoded) = parts[2].split_once("\r\n\r\n").expect("a part has headers");
            let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.replace("\r\n", ""));
            prop_assert_eq!(decoded.expect("Base64"), content.into_bytes());
        }

        #[test]
        fn every_address_that_a_form_takes_can_be_written_to(
            well_formed in "[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]{1,10}\\.){1,3}[a-z]{2,10}",
            arbitrary in "\\PC{0,80}",
        ) {
            for text in [well_formed, arbitrary] {
                if let Ok(address) = text.parse::<MailAddress>() {
                    let message = compose("no-reply@example.jp", &text, "a").expect("composed");
                    let in_header = header(&message, "To").to_owned();
                    let bare = in_header.replace('"', "");
                    prop_assert_eq!(bare, address.to_string());
                    prop_assert!(!in_header.contains(['\r', '\n']));
                }
            }
        }
    }
}
