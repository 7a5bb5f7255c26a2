use std::{future::Future, pin::Pin, sync::Arc};

use crate::{Language, Text, Visitor};

/// Whose page it is. Four faces on one set of tokens, so that a person feels each crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// オンライン診療: the consultation service, warm and calm.
    Service,
    /// The clinic's desk at the service: the service's colours, denser.
    Desk,
    /// マイナ在宅受付Web: official and plain. Simulated, and says so.
    Reception,
    /// マイナポータルアプリ: an app, full height, one thing per screen. Simulated, and says so.
    Portal,
    /// 資格確認端末: a dense desk tool. Simulated, and says so.
    Terminal,
    /// The demo's own pages: the list of rooms, personas, outbox.
    Demo,
}

impl Theme {
    /// Whether this face belongs to the national side, which is a simulation and says so on every page.
    pub fn is_simulation(self) -> bool {
        matches!(self, Self::Reception | Self::Portal | Self::Terminal)
    }
}

/// What stands around the content of every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Whose page it is.
    pub theme: Theme,
    /// What the site calls itself, where it is not called uketsuke.
    pub name: Option<Text>,
    /// In which language.
    pub language: Language,
    /// The value of the hidden `csrf` field of every form on the page.
    pub csrf: String,
    /// Path and query of this page, so that the language switch comes back to it.
    pub path_and_query: String,
    /// Who is signed in, if anybody.
    pub signed_in: Option<SignedInUser>,
    /// The entries of the menu.
    pub menu: Vec<MenuEntry>,
    /// What stands at the foot of the page, and whom to tell of an error.
    pub footer: Footer,
}

/// What stands at the foot of every page of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footer {
    /// One sentence that belongs to this page.
    pub statement: Option<Text>,
    /// Notices of whoever runs the site.
    pub links: Vec<FooterLink>,
    /// Whom a person tells the code of an error to.
    pub help: Option<FooterLink>,
}

/// A link at the foot of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterLink {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: Text,
}

/// Makes the frame of a room's page for whoever visits it, with menu and name (see [`Site::with_frame_maker`](crate::Site::with_frame_maker)).
#[derive(Clone)]
pub(crate) struct FrameMaker(Arc<dyn Fn(Visitor) -> FrameFuture + Send + Sync>);

type FrameFuture = Pin<Box<dyn Future<Output = Frame> + Send>>;

impl FrameMaker {
    pub(crate) fn new<F, M>(make: M) -> Self
    where
        F: Future<Output = Frame> + Send + 'static,
        M: Fn(Visitor) -> F + Send + Sync + 'static,
    {
        Self(Arc::new(move |visitor| Box::pin(make(visitor))))
    }

    pub(crate) fn make(&self, visitor: Visitor) -> FrameFuture {
        (self.0)(visitor)
    }
}

/// Who is signed in, and where signing out is posted.
#[derive(Debug, Clone)]
pub struct SignedInUser {
    /// The name to show.
    pub name: String,
    /// Where the sign-out form posts to.
    pub sign_out: &'static str,
}

/// One entry of the menu.
#[derive(Debug, Clone)]
pub struct MenuEntry {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether it is the page one is on.
    pub current: bool,
}

/// A person's name as the header of a page shows it: 「瀬川さん」 where a Japanese name says which part is the family name,
/// the whole name elsewhere.
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
