//! The routes: one per path and alias of an operation, all methods of a path together.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    routing::{MethodFilter, MethodRouter},
};

use super::{
    not_found::NotFound, refused::MethodNotAllowed, respond::Surface, service::OperationService,
    versioned::VersionedService,
};
use crate::{
    context::NodeParts,
    spec::{Method, OperationSpec},
};

/// Serves every operation of the node's registry; anything else is a problem that names near
/// misses.
///
/// Works under a prefix too. The caller's credentials are checked outside: put a
/// [`Principal`](crate::principal::Principal) into the extensions of the request, else the caller
/// is nobody.
pub fn router(node: Arc<NodeParts>) -> Router {
    let surface = Arc::new(Surface::new(node));
    let mut router = Router::new();
    for (template, operations) in templates(surface.registry().operations()) {
        router = router.route(template, methods(&surface, template, &operations));
    }
    router.fallback_service(NotFound::new(surface))
}

/// The operations of each path template, aliases included.
pub(super) fn templates(
    operations: &[&'static OperationSpec],
) -> BTreeMap<&'static str, Vec<&'static OperationSpec>> {
    let mut templates: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for spec in operations {
        for template in std::iter::once(spec.path).chain(spec.aliases.iter().copied()) {
            templates.entry(template).or_default().push(*spec);
        }
    }
    templates
}

fn methods(
    surface: &Arc<Surface>,
    template: &'static str,
    operations: &[&'static OperationSpec],
) -> MethodRouter {
    let allowed = operations.iter().map(|spec| spec.method);
    let refused = MethodNotAllowed::new(Arc::clone(surface), allowed);
    let mut by_method: BTreeMap<Method, Vec<OperationService>> = BTreeMap::new();
    for spec in operations {
        let service = OperationService::new(Arc::clone(surface), spec, template);
        by_method.entry(spec.method).or_default().push(service);
    }
    let methods = MethodRouter::new().fallback_service(refused);
    by_method.into_iter().fold(methods, |methods, (method, mut services)| {
        match (services.pop(), services.is_empty()) {
            (Some(only), true) => methods.on_service(filter(method), only),
            (last, _) => {
                services.extend(last);
                methods.on_service(filter(method), VersionedService::new(surface, services))
            }
        }
    })
}

/// A route for GET serves HEAD, too.
const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}
