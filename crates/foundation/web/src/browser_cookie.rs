//! The cookie that identifies a browser, and concurrent first requests of several tabs of a new browser.
//!
//! Every response to a browser without a cookie gives it a secret. Two first tabs therefore get two secrets, and the cookie
//! holds the one that arrived last. So that the forms of both tabs are accepted and both act as one browser, each first
//! response also sets a short-lived cookie under a name of its own, which no other response replaces. As long as these exist,
//! the earliest is the browser's secret and the tokens of all of them are accepted. A new secret (signing in and out) removes
//! them.

use axum::response::Response;
use base::{Randomness, Span, Timestamp, Token};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    Site,
    visitor::{ChangedBrowser, CookieLifetime},
};

/// The lifetime of the cookies of a first visit: long enough to fill in a first form.
const FIRST_VISIT_LIFETIME: Span = Span::from_hours(1);
/// How many cookies of a first visit are read.
const MOST_FIRST_VISITS: usize = 8;

/// The secrets in a browser's cookies.
pub(crate) struct BrowserCookies {
    /// The secret in the site's cookie.
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
        first.sort_by(|left, right| left.name.cmp(&right.name));
        first.truncate(MOST_FIRST_VISITS);
        // A browser that was given another secret since is past its first visit.
        let is_past = main.as_ref().is_some_and(|main| !first.iter().any(|visit| is_same_token(&visit.secret, main)));
        if is_past {
            first.clear();
        }
        Self { main, first_visits: first }
    }

    /// The browser's secret; a new one if it has none.
    pub(crate) fn browser(&self, randomness: &Randomness) -> Token {
        let earliest = self.first_visits.first().map(|visit| &visit.secret);
        earliest.or(self.main.as_ref()).cloned().unwrap_or_else(|| Token::new(randomness))
    }

    /// All secrets whose forms are accepted from this browser besides its own.
    pub(crate) fn first_visits(&self) -> Vec<Token> {
        self.first_visits.iter().map(|visit| visit.secret.clone()).collect()
    }

    /// Sets the cookies that this response needs.
    pub(crate) fn write(
        self,
        response: &mut Response,
        site: &Site,
        (browser, now): (&Token, Timestamp),
        changed: Option<ChangedBrowser>,
    ) {
        let lifetime = site.cookie_lifetime();
        if let Some(ChangedBrowser { browser, cookie_lifetime: chosen }) = changed {
            set_cookie(response, site, site.cookie(), &browser.reveal(), chosen.unwrap_or(lifetime));
            for visit in &self.first_visits {
                set_cookie(response, site, &visit.name, "", CookieLifetime::Fixed(Span::ZERO));
            }
            return;
        }
        let unchanged = self.main.as_ref().is_some_and(|main| is_same_token(main, browser));
        if !unchanged || matches!(lifetime, CookieLifetime::Renewed(_)) {
            set_cookie(response, site, site.cookie(), &browser.reveal(), lifetime);
        }
        if self.main.is_none() && self.first_visits.is_empty() {
            let name = first_visit_name(site, browser, now);
            let lifetime = if lifetime == CookieLifetime::BrowserSession {
                lifetime
            } else {
                CookieLifetime::Fixed(FIRST_VISIT_LIFETIME)
            };
            set_cookie(response, site, &name, &browser.reveal(), lifetime);
        }
    }
}

fn first_visit_prefix(site: &Site) -> String {
    format!("{}-first-", site.cookie())
}

/// Names sort by time. The suffix keeps two responses of one millisecond apart.
fn first_visit_name(site: &Site, browser: &Token, now: Timestamp) -> String {
    let suffix = browser.derive("first visit");
    format!("{}{:015}-{}", first_visit_prefix(site), now.milliseconds(), suffix.get(..8).unwrap_or_default())
}

fn is_same_token(left: &Token, right: &Token) -> bool {
    base::constant_time_eq(left.reveal().as_bytes(), right.reveal().as_bytes())
}

/// The value of the cookie with this name.
pub(crate) fn find_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    cookie_pairs(headers).find(|(cookie, _)| *cookie == name).map(|(_, value)| value)
}

fn cookie_pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Sets a cookie of this site. Over TLS it is `Secure`; local addresses go without, as Safari stores no `Secure` cookie from
/// them ([`Site::cookie`]).
pub(crate) fn set_cookie(response: &mut Response, site: &Site, name: &str, value: &str, lifetime: CookieLifetime) {
    // RFC 6265bis §4.1.2.2. Without Max-Age a cookie ends with the browser, which a phone may close at any time.
    let max_age = match lifetime {
        CookieLifetime::BrowserSession => String::new(),
        CookieLifetime::Fixed(span) | CookieLifetime::Renewed(span) => format!("; Max-Age={}", span.as_secs()),
    };
    let secure = if site.origin().is_https() { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/{secure}; HttpOnly; SameSite=Lax{max_age}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}
