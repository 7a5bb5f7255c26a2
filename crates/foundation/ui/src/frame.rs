use text::{Language, Text};

/// The visual theme of a site. All share one set of design tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// オンライン診療: the consultation service.
    Service,
    /// The clinic's desk at the service: the service's colours, denser.
    Desk,
    /// マイナ在宅受付Web, simulated: the pages say so.
    Reception,
    /// マイナポータルアプリ, simulated: a full-height app with one task per screen.
    Portal,
    /// 資格確認端末, simulated: a dense desk tool.
    Terminal,
    /// The demonstration's own pages: the list of services, personas, outbox.
    Demo,
}

impl Theme {
    /// Whether the site simulates the national side, which every page of it says.
    pub fn is_simulation(self) -> bool {
        matches!(self, Self::Reception | Self::Portal | Self::Terminal)
    }
}

/// Everything around the content of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    pub theme: Theme,
    /// The site's name, unless it is uketsuke.
    pub name: Option<Text>,
    pub language: Language,
    /// The value of the hidden `csrf` field of every form on the page.
    pub csrf: String,
    /// Path and query of this page, to which the language switch returns.
    pub path_and_query: String,
    /// The signed-in user, if any.
    pub signed_in: Option<SignedInUser>,
    pub menu: Vec<MenuEntry>,
    pub footer: Footer,
}

/// The footer of every page of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footer {
    /// One sentence about this page.
    pub statement: Option<Text>,
    /// Notices of the operator.
    pub links: Vec<FooterLink>,
    /// Whom to ask about an error code.
    pub help: Option<FooterLink>,
}

/// A link in the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterLink {
    pub href: String,
    pub label: Text,
}

/// The signed-in user, and where to post the sign-out form.
#[derive(Debug, Clone)]
pub struct SignedInUser {
    /// The display name.
    pub name: String,
    /// The path that the sign-out form posts to.
    pub sign_out: &'static str,
}

/// An entry of the menu.
#[derive(Debug, Clone)]
pub struct MenuEntry {
    pub href: String,
    pub label: String,
    /// Whether this is the current page.
    pub current: bool,
}

/// A person's name in the header of a page: 「瀬川さん」 where a Japanese name marks the family name, the whole name
/// elsewhere.
pub fn header_name(language: Language, name: &str) -> String {
    let mut parts = name.split_whitespace();
    match (language, parts.next(), parts.next()) {
        (Language::Japanese, Some(family), Some(_)) if !family.contains(|letter: char| letter.is_ascii()) => {
            format!("{family}さん")
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_shows_a_name_that_fits() {
        let check = |language, name: &str, expected: &str| assert_eq!(header_name(language, name), expected, "{name}");
        check(Language::Japanese, "瀬川　トミ", "瀬川さん");
        check(Language::Japanese, "瀬川 トミ", "瀬川さん");
        check(Language::Japanese, "瀬川トミ", "瀬川トミ");
        check(Language::Japanese, "NGUYEN Van A", "NGUYEN Van A");
        check(Language::Japanese, "hanako@example.jp", "hanako@example.jp");
        check(Language::English, "瀬川　トミ", "瀬川　トミ");
    }
}
