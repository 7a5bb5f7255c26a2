use base::{Date, InstitutionCode, Randomness};
use handover::{
    ClientKey, Departure, FORM_MEDIA_TYPE, FormBody, Issuer, Metadata, PushedAuthorizationResponse, ReceptionRequest,
};
use reqwest::header::CONTENT_TYPE;

use crate::{World, world::redirect_uri};

/// A service under a test's control, which speaks the hand-over as any service would.
pub struct TestService<'w> {
    world: &'w World,
    id: &'w str,
    key: &'w ClientKey,
    randomness: Randomness,
}

impl<'w> TestService<'w> {
    pub(crate) fn new(world: &'w World, id: &'w str, key: &'w ClientKey) -> Self {
        Self { world, id, key, randomness: Randomness::system() }
    }

    /// The metadata of the reception.
    pub async fn fetch_metadata(&self) -> Metadata {
        let issuer: Issuer = self.world.addresses().reception.as_str().parse().expect("an issuer");
        let response = self.world.http().get(issuer.metadata_url()).send().await.expect("metadata");
        Metadata::read(&response.bytes().await.expect("metadata"), &issuer).expect("metadata")
    }

    /// Makes a departure for one institution and day.
    pub fn new_departure(&self, institution: InstitutionCode, visit_date: Date, reference: &str) -> Departure {
        let request = ReceptionRequest { institution, visit_date, reference: reference.parse().expect("a reference") };
        let redirect_uri = redirect_uri(self.id).parse().expect("a redirect URI");
        Departure::new(self.id.parse().expect("a client id"), redirect_uri, request, &self.randomness)
    }

    /// Pushes the authorization request (PAR); the address to send the browser to.
    pub async fn push_departure(&self, departure: &Departure) -> String {
        let metadata = self.fetch_metadata().await;
        let form = departure.pushed_request_form(self.key, &metadata, self.world.now(), &self.randomness);
        let (status, body) = self.post_form(metadata.endpoints().pushed_requests.clone(), &form).await;
        let pushed = PushedAuthorizationResponse::read(status, &body).expect("the request is accepted");
        let client_id = self.id.parse().expect("a client id");
        metadata.authorization_url(&client_id, &pushed.request_uri).reveal().to_owned()
    }

    /// Posts a form of the hand-over.
    pub async fn post_form(&self, url: url::Url, form: &FormBody) -> (u16, Vec<u8>) {
        self.post_raw_form(url, form.reveal().to_owned()).await
    }

    /// Posts a form that a test has altered.
    pub async fn post_raw_form(&self, url: url::Url, form: String) -> (u16, Vec<u8>) {
        let request = self.world.http().post(url).header(CONTENT_TYPE, FORM_MEDIA_TYPE).body(form);
        let response = request.send().await.expect("a response");
        (response.status().as_u16(), response.bytes().await.expect("a body").to_vec())
    }

    /// The key that the service signs with.
    pub fn key(&self) -> &ClientKey {
        self.key
    }

    /// The source of randomness.
    pub fn randomness(&self) -> &Randomness {
        &self.randomness
    }
}
