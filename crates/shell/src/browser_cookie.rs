//! The cookie that tells one browser from another, and what happens when several tabs of a new browser ask at once.
//!
//! Every answer to a browser without a cookie gives it a secret. Two first tabs therefore get two secrets, and the cookie
//! holds the one that arrived last. So that the forms of both tabs are accepted and both act as one browser, each first answer
//! also sets a short-lived cookie under a name of its own, which no other answer replaces. As long as these are there, the
//! earliest is the browser's secret and the tokens of all of them are accepted. A new secret (signing in and out) ends them.

use axum::response::Response;
use base::{Randomness, Span, Timestamp, Token};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    Site,
    visitor::{ChangedBrowser, CookieLifetime},
};

/// How long the cookies of a first visit are kept: as long as a first form takes to be filled in.
const FIRST_VISIT_LIFETIME: Span = Span::from_hours(1);
/// How many cookies of a first visit are read.
const MOST_FIRST_VISITS: usize = 8;

/// What a browser brought of the secrets that it was given.
pub(crate) struct BrowserCookies {
    /// The secret that the site's cookie holds.
    main: Option<Token>,
    /// The cookies of a first visit, the earliest first.
    first_visits: Vec<FirstVisit>,
}

struct FirstVisit {
    name: String,
    secret: Token,
}

impl BrowserCookies {
    pub(crate) fn read(headers: &HeaderMap, site: &Site) -> Self {
        let main: Option<Token> = find_cookie(headers, site.cookie()).and_then(|value| value.parse().ok());
        let prefix = first_visit_prefix(site);
        let mut first: Vec<_> = cookie_pairs(headers)
            .filter(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(name, value)| Some(FirstVisit { name: name.to_owned(), secret: value.parse().ok()? }))
            .collect();
        first.sort_by(|one, other| one.name.cmp(&other.name));
        first.truncate(MOST_FIRST_VISITS);
        // Whoever was given another secret since is past its first visit.
        let past = main.as_ref().is_some_and(|main| !first.iter().any(|visit| is_same_token(&visit.secret, main)));
        if past {
            first.clear();
        }
        Self { main, first_visits: first }
    }

    /// The browser's secret: a new one where it has none.
    pub(crate) fn browser(&self, randomness: &Randomness) -> Token {
        let earliest = self.first_visits.first().map(|visit| &visit.secret);
        earliest.or(self.main.as_ref()).cloned().unwrap_or_else(|| Token::new(randomness))
    }

    /// All secrets whose forms are accepted from this browser besides its own.
    pub(crate) fn first_visits(&self) -> Vec<Token> {
        self.first_visits.iter().map(|visit| visit.secret.clone()).collect()
    }

    /// Sets the cookies that this answer needs.
    pub(crate) fn write(
        self,
        response: &mut Response,
        site: &Site,
        (browser, now): (&Token, Timestamp),
        changed: Option<ChangedBrowser>,
    ) {
        let keep = site.cookie_lifetime();
        if let Some(ChangedBrowser { browser, cookie_lifetime: chosen }) = changed {
            set_cookie(response, site, site.cookie(), &browser.reveal(), chosen.unwrap_or(keep));
            for visit in &self.first_visits {
                set_cookie(response, site, &visit.name, "", CookieLifetime::Fixed(Span::ZERO));
            }
            return;
        }
        let unchanged = self.main.as_ref().is_some_and(|main| is_same_token(main, browser));
        if !unchanged || matches!(keep, CookieLifetime::Renewed(_)) {
            set_cookie(response, site, site.cookie(), &browser.reveal(), keep);
        }
        if self.main.is_none() && self.first_visits.is_empty() {
            let name = first_visit_name(site, browser, now);
            let keep =
                if keep == CookieLifetime::BrowserSession { keep } else { CookieLifetime::Fixed(FIRST_VISIT_LIFETIME) };
            set_cookie(response, site, &name, &browser.reveal(), keep);
        }
    }
}

fn first_visit_prefix(site: &Site) -> String {
    format!("{}-first-", site.cookie())
}

/// Names sort by time. What follows keeps two answers of one millisecond apart.
fn first_visit_name(site: &Site, browser: &Token, now: Timestamp) -> String {
    let apart = browser.derive("first visit");
    format!("{}{:015}-{}", first_visit_prefix(site), now.milliseconds(), apart.get(..8).unwrap_or_default())
}

fn is_same_token(one: &Token, other: &Token) -> bool {
    base::constant_time_eq(one.reveal().as_bytes(), other.reveal().as_bytes())
}

/// The value of the cookie with this name.
pub(crate) fn find_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    cookie_pairs(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn cookie_pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Sets a cookie of this site. Over TLS it is `Secure`; the addresses of this machine go without, as Safari keeps no
/// `Secure` cookie from them ([`Site::cookie`]).
pub(crate) fn set_cookie(response: &mut Response, site: &Site, name: &str, value: &str, keep: CookieLifetime) {
    // RFC 6265bis §4.1.2.2. Without it a cookie ends with the browser, and a phone ends browsers as it likes.
    let max_age = match keep {
        CookieLifetime::BrowserSession => String::new(),
        CookieLifetime::Fixed(span) | CookieLifetime::Renewed(span) => format!("; Max-Age={}", span.as_secs()),
    };
    let secure = if site.origin().is_https() { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/{secure}; HttpOnly; SameSite=Lax{max_age}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}
