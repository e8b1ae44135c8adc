//! Several operations under one route, each for other versions of the API.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::extract::Request;
use tower_service::Service;

use super::{
    control,
    respond::Surface,
    service::{OperationService, Running},
};
use crate::spec::Version;

/// Gives a request to the operation of the version that it means.
#[derive(Clone)]
pub(super) struct VersionedService {
    /// By version, the oldest first.
    services: Vec<OperationService>,
    api_version: Option<Version>,
}

impl VersionedService {
    /// The registry has made sure that the versions do not overlap.
    pub(super) fn new(surface: &Arc<Surface>, mut services: Vec<OperationService>) -> Self {
        services.sort_by_key(|service| service.versions().since);
        Self { services, api_version: surface.registry().api_version() }
    }

    /// The last operation that this version had, which refuses where it has ended; where none had
    /// begun, the first, which says so. A header that cannot be read is refused by whichever.
    fn chosen(&mut self, request: &Request) -> &mut OperationService {
        let asked = control::version(request.headers()).ok().flatten();
        let version = asked.or(self.api_version);
        let has_begun = |service: &OperationService| {
            version.is_none_or(|version| service.versions().has_begun(version))
        };
        let index = self.services.iter().rposition(has_begun).unwrap_or(0);
        self.services.get_mut(index).expect("a route has operations")
    }
}

impl Service<Request> for VersionedService {
    type Response = axum::response::Response;
    type Error = Infallible;
    type Future = Running;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Running {
        self.chosen(&request).call(request)
    }
}
