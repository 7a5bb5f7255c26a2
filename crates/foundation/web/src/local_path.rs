use std::{fmt, str::FromStr};

/// Path and query of a page of this site: a redirect target that came from a form or an address.
///
/// A parsed value cannot lead to another host, however a browser treats slashes, backslashes and the control characters that
/// it removes (WHATWG URL §4.4: tab and line breaks are stripped, `\` is read as `/`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(String);

/// A text that is no path of this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path of this site begins with one slash and has only printable ASCII characters")]
pub struct UnreadableLocalPath;

/// The longest accepted path, in bytes.
const MAX_PATH_LENGTH: usize = 1024;

impl LocalPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path in `text`, or `otherwise` if it is none of this site.
    pub fn parse_or(text: Option<&str>, otherwise: &'static str) -> Self {
        text.and_then(|text| text.parse().ok()).unwrap_or_else(|| Self(otherwise.to_owned()))
    }
}

impl FromStr for LocalPath {
    type Err = UnreadableLocalPath;

    fn from_str(text: &str) -> Result<Self, UnreadableLocalPath> {
        let rest = text.strip_prefix('/').ok_or(UnreadableLocalPath)?;
        let printable = rest.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if rest.starts_with(['/', '\\']) || !printable || text.len() > MAX_PATH_LENGTH {
            return Err(UnreadableLocalPath);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_path_leads_to_no_other_host() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<LocalPath>().is_ok(), expected, "{text:?}");
        check("/", true);
        check("/book?menu=1&start=2#fees", true);
        check("/a//b", true);
        check("", false);
        check("book", false);
        check("https://evil.example", false);
        check("//evil.example", false);
        check("/\\evil.example", false);
        check("/\t/evil.example", false);
        check("/\t\\evil.example", false);
        check("/\n/evil.example", false);
        check("/a\r\nSet-Cookie: x=y", false);
        check("/a\0", false);
        check("/a b", false);
        check("/予約", false);
        check("/\u{7f}", false);
        check(&format!("/{}", "a".repeat(MAX_PATH_LENGTH)), false);
    }

    #[test]
    fn what_is_no_local_path_is_replaced() {
        assert_eq!(LocalPath::parse_or(Some("/visits"), "/home").as_str(), "/visits");
        assert_eq!(LocalPath::parse_or(Some("//evil.example"), "/home").as_str(), "/home");
        assert_eq!(LocalPath::parse_or(None, "/home").as_str(), "/home");
    }
}
