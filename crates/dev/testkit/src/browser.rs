use std::{collections::BTreeMap, sync::Mutex};

use reqwest::{
    Method,
    header::{CONTENT_TYPE, COOKIE, USER_AGENT},
};
use test_browser::{CookieJar, FORM_MEDIA_TYPE, FilePart, Page, encode_form, encode_parts};
use url::Url;

use crate::World;

/// A browser without scripts: it keeps cookies by site, follows redirects within a site, and sends forms with their hidden
/// fields. The `url` of a page is the address that responded, or the target of a redirect to another site.
pub struct Browser<'w> {
    world: &'w World,
    user_agent: &'static str,
    cookies: Mutex<BTreeMap<String, CookieJar>>,
}

const COMPUTER: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16) Chrome/156.0 Mobile Safari/537.36";

impl<'w> Browser<'w> {
    /// A browser on a computer.
    pub fn on_computer(world: &'w World) -> Self {
        Self { user_agent: COMPUTER, ..Self::on_android(world) }
    }

    /// A browser on an Android phone.
    pub fn on_android(world: &'w World) -> Self {
        Self { world, user_agent: ANDROID, cookies: Mutex::default() }
    }

    /// Opens an address. Redirects are followed as long as they stay on the site.
    pub async fn open(&self, address: &str) -> Page {
        let mut page = self.send(Method::GET, address.parse().expect("an address"), None).await;
        while let Some(next) = next_address(&page) {
            page = self.send(Method::GET, next, None).await;
        }
        page
    }

    /// Sends a `HEAD` request without following redirects.
    pub async fn head(&self, address: &str) -> Page {
        self.send(Method::HEAD, address.parse().expect("an address"), None).await
    }

    /// Sends a `GET` request with an additional header, without following redirects.
    pub async fn get_with_header(&self, address: &str, header: (&str, &str)) -> Page {
        self.send_with_header(Method::GET, address.parse().expect("an address"), None, Some(header)).await
    }

    /// Sends the form of a page that posts to an address containing `action`, with its hidden fields and `fields`. Follows
    /// redirects.
    pub async fn submit_form(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let (url, fields) = page.fill_form(action, fields);
        let mut response = self.post(url, &fields).await;
        while let Some(next) = next_address(&response) {
            response = self.send(Method::GET, next, None).await;
        }
        response
    }

    /// Posts fields to an address without following redirects.
    pub async fn post(&self, url: Url, fields: &[(String, String)]) -> Page {
        self.send(Method::POST, url, Some((FORM_MEDIA_TYPE.to_owned(), encode_form(fields).into_bytes()))).await
    }

    /// Posts fields with the header by which a browser marks a request of another site.
    pub async fn post_with_header(&self, url: Url, fields: &[(String, String)], header: (&str, &str)) -> Page {
        let form = (FORM_MEDIA_TYPE.to_owned(), encode_form(fields).into_bytes());
        self.send_with_header(Method::POST, url, Some(form), Some(header)).await
    }

    /// Sends the upload form of a page with its hidden fields, in the order of the page, and one file. Follows redirects.
    pub async fn upload_file(&self, page: &Page, action: &str, (name, file): (&str, &[u8])) -> Page {
        let (url, fields) = page.find_form(action);
        let mut response = self.post_parts(url, &fields, (name, file)).await;
        while let Some(next) = next_address(&response) {
            response = self.send(Method::GET, next, None).await;
        }
        response
    }

    /// Posts fields and a file as multipart/form-data (RFC 7578), without following redirects.
    pub async fn post_parts(&self, url: Url, fields: &[(String, String)], (name, file): (&str, &[u8])) -> Page {
        let file = FilePart { name, file_name: "a.heic", media_type: "image/heic", content: file };
        self.send(Method::POST, url, Some(encode_parts(fields, &[file]))).await
    }

    async fn send(&self, method: Method, url: Url, form: Option<(String, Vec<u8>)>) -> Page {
        self.send_with_header(method, url, form, None).await
    }

    async fn send_with_header(
        &self,
        method: Method,
        url: Url,
        form: Option<(String, Vec<u8>)>,
        header: Option<(&str, &str)>,
    ) -> Page {
        let site = url.origin().ascii_serialization();
        let mut request = self.world.http().request(method, url.clone()).header(USER_AGENT, self.user_agent);
        let jars = || self.cookies.lock().expect("the lock is not poisoned");
        let cookies = jars().get(&site).and_then(CookieJar::to_header);
        if let Some(cookies) = cookies {
            request = request.header(COOKIE, cookies);
        }
        match (form, header) {
            (Some((content_type, body)), header) => {
                request = request.header(CONTENT_TYPE, content_type).body(body);
                let (name, value) = header.unwrap_or(("origin", &site));
                request = request.header(name, value);
            }
            (None, Some((name, value))) => request = request.header(name, value),
            (None, None) => {}
        }
        let response = request.send().await.expect("a response");
        jars().entry(site).or_default().store_cookies(&url, response.headers());
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body").to_vec();
        let mut page = Page::new(url, status, headers, bytes);
        if let Some(target) = page.location() {
            page.url = page.url.join(target).expect("an address");
        }
        page
    }
}

/// The target of a redirect within the demo. A service of tests has no server: the address of its redirect is the result.
fn next_address(page: &Page) -> Option<Url> {
    (page.status.is_redirection() && page.url.port() != Some(1)).then(|| page.url.clone())
}
