use std::{future::Future, pin::Pin, sync::Arc};

use ui::Frame;

use crate::Visitor;

/// Makes the frame of a page for a visitor, with menu and name
/// (see [`Site::with_frame_maker`](crate::Site::with_frame_maker)).
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
