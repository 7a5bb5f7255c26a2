//! E-mail addresses.

/// A syntactically valid e-mail address, in lower case. Whether it exists shows only when a letter has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

/// The ending of the placeholder addresses of closed accounts.
const CLOSED_ACCOUNT_SUFFIX: &str = "@closed.invalid";

/// A text that is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnAddress;

impl MailAddress {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The placeholder for the address of a closed account. Mail to it cannot be delivered (RFC 2606 §2).
    pub(crate) fn for_closed_account(account: impl std::fmt::Display) -> Self {
        Self(format!("closed-{account}{CLOSED_ACCOUNT_SUFFIX}"))
    }

    /// Whether this is the placeholder of a closed account.
    pub fn is_closed_account(&self) -> bool {
        Self::is_closed_account_address(&self.0)
    }

    /// [`Self::is_closed_account`] for the text of an address.
    pub(crate) fn is_closed_account_address(address: &str) -> bool {
        address.ends_with(CLOSED_ACCOUNT_SUFFIX)
    }

    /// The part before the @.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the @.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }

    /// The canonical mailbox, by which codes and bookings are counted: `name+tag@` is the mailbox `name@` (RFC 5233).
    pub fn mailbox(&self) -> String {
        let Some((local, domain)) = self.0.rsplit_once('@') else { return self.0.clone() };
        // The text before the plus is the mailbox; without any, the plus is part of the name.
        let local = local.split_once('+').map_or(local, |(name, _)| if name.is_empty() { local } else { name });
        format!("{local}@{domain}")
    }
}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for MailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        use unicode_normalization::UnicodeNormalization;
        let visible = text.chars().filter(|c| !text::is_invisible(*c));
        let folded = visible.nfkc().collect::<String>().to_ascii_lowercase();
        // Copied from a mail program, an address has a name and brackets; copied from a page, a scheme.
        let bare = folded.trim().strip_prefix("mailto:").unwrap_or(&folded).trim();
        let address = match bare.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')) {
            Some(address) => address.to_owned(),
            None => bare.to_owned(),
        };
        let (local, host) = address.rsplit_once('@').ok_or(NotAnAddress)?;
        // Old carrier addresses have two dots in a row or one before the @, so the local part need not be a dot-atom.
        let local_fits = (1..=64).contains(&local.len())
            && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte));
        let host_fits = host.len() <= 253 && host.contains('.') && host.split('.').all(is_host_label);
        if local_fits && host_fits { Ok(Self(address)) } else { Err(NotAnAddress) }
    }
}

/// Whether this is one label of a host name (RFC 1123 §2.1, so without `_`).
pub(crate) fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_a_word_behind_a_plus_are_one_mailbox() {
        let check = |address: &str, expected: &str| {
            assert_eq!(address.parse::<MailAddress>().expect("an address").mailbox(), expected, "{address}");
        };
        check("Hanako+clinic@example.jp", "hanako@example.jp");
        check("hanako+a+b@example.jp", "hanako@example.jp");
        check("hanako@example.jp", "hanako@example.jp");
        check("ha.nako@example.jp", "ha.nako@example.jp");
        check("+hanako@example.jp", "+hanako@example.jp");
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(text.parse::<MailAddress>().ok().as_ref().map(MailAddress::as_str), expected, "{text}");
        };
        check(" Hanako@Example.jp ", Some("hanako@example.jp"));
        check("ｈａｎａｋｏ＠example.jp", Some("hanako@example.jp"));
        check("a..b.@docomo.example.jp", Some("a..b.@docomo.example.jp"));
        check("hanako@example.jp\u{200b}", Some("hanako@example.jp"));
        check("\u{202a}hanako@example.jp\u{202c}", Some("hanako@example.jp"));
        check("見本 花子 <hanako@example.jp>", Some("hanako@example.jp"));
        check("mailto:hanako@example.jp", Some("hanako@example.jp"));
        check("hanako@localhost", None);
        check("hanako", None);
        check("@example.jp", None);
        check("a@b@example..jp", None);
        check("a\nb@example.jp", None);
        check("花子@example.jp", None);
    }
}
