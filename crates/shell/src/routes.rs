use axum::{Router, routing::MethodRouter};
use http::Method;

/// Who may use a route. It is what the room's tests hold each route to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// Only whom the room knows and whose own it is; everybody else is asked to sign in or finds nothing.
    Known,
    /// Only the holder of a one-time secret.
    Holder,
}

/// One route of a room.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with its parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// The routes of a room, listed while the router is built, so that no route is in the one and not in the other.
pub struct Routes<S> {
    router: Router<S>,
    listed: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    pub fn new() -> Self {
        Self { router: Router::new(), listed: Vec::new() }
    }

    /// A page that is read (`GET`).
    #[must_use]
    pub fn page(self, path: &'static str, access: Access, handler: MethodRouter<S>) -> Self {
        self.add(Method::GET, path, access, handler)
    }

    /// A form that is sent (`POST`).
    #[must_use]
    pub fn action(self, path: &'static str, access: Access, handler: MethodRouter<S>) -> Self {
        self.add(Method::POST, path, access, handler)
    }

    fn add(mut self, method: Method, path: &'static str, access: Access, handler: MethodRouter<S>) -> Self {
        self.listed.push(Route { method, path, access });
        Self { router: self.router.route(path, handler), listed: self.listed }
    }

    /// The routes of another part of the room.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.listed.extend(other.listed);
        Self { router: self.router.merge(other.router), listed: self.listed }
    }

    /// The list.
    pub fn listed(&self) -> &[Route] {
        &self.listed
    }

    /// The router.
    pub fn into_router(self) -> Router<S> {
        self.router
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}
