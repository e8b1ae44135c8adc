//! The routes: one per path and alias of an operation, all methods of a path together.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    routing::{MethodFilter, MethodRouter},
};

use super::{
    near::Routes, not_found::NotFound, refused::MethodNotAllowed, respond::Surface,
    service::OperationService, versioned::VersionedService,
};
use crate::{
    context::NodeParts,
    spec::{Method, OperationSpec},
};

/// Serves every operation of the node's registry; anything else is a problem that names near
/// misses.
///
/// A plain router: it takes layers, and any axum program mounts it under any prefix.
///
/// ```
/// # use std::sync::Arc;
/// use arsenal_core::{
///     context::NodeParts,
///     http,
///     principal::{Principal, Role},
/// };
/// use axum::{Router, extract::Request, middleware::map_request, routing::get};
///
/// /// Who calls is for the program to say; without this the caller is nobody, and may do nothing.
/// async fn caller(mut request: Request) -> Request {
///     request.extensions_mut().insert(Principal::new("me", Role::Read));
///     request
/// }
///
/// fn program(node: &Arc<NodeParts>) -> Router {
///     let arsenal = http::router(Arc::clone(node))
///         .merge(http::documents_router(Arc::clone(node)))
///         .merge(http::metrics_router(Arc::clone(node)))
///         .layer(map_request(caller));
///     Router::new()
///         .route("/", get(async || "my own page"))
///         .nest("/inner/arsenal", arsenal)
///         .fallback(async || "my own 404")
/// }
/// # use arsenal_core::{context::Services, membership::{Alone, Mode}, registry::Registry};
/// # use tower::ServiceExt as _;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let name: arsenal_core::name::NodeName = "a".parse().unwrap();
/// # let cluster = Arc::new(Alone::new(name.clone()));
/// # let registry = Arc::new(Registry::default());
/// # let node = Arc::new(NodeParts::new(name, cluster, registry, Services::default(), Mode::Cluster));
/// # let get = |path: &str| Request::get(path).body(axum::body::Body::empty()).unwrap();
/// # for (path, expected) in [("/", 200), ("/inner/arsenal/metrics", 200), ("/inner/arsenal/x", 404)] {
/// #     assert_eq!(program(&node).oneshot(get(path)).await.unwrap().status(), expected);
/// # }
/// # }
/// ```
///
/// A program with a state of its own gives it to its routes (`with_state`) before it nests this, or
/// uses `nest_service`. To serve operations beside the program's own routes, without a prefix, merge
/// [`routes`]: what is not found then stays with the program.
pub fn router(node: Arc<NodeParts>) -> Router {
    let surface = Arc::new(Surface::new(node));
    let known = Arc::new(Routes::of(surface.registry().operations()));
    let routes = routes_of(&surface, &known);
    routes.fallback_service(NotFound::new(surface, known))
}

/// The same without an answer of its own to what is not found, for programs that have one.
pub fn routes(node: Arc<NodeParts>) -> Router {
    let surface = Arc::new(Surface::new(node));
    let known = Arc::new(Routes::of(surface.registry().operations()));
    routes_of(&surface, &known)
}

fn routes_of(surface: &Arc<Surface>, known: &Arc<Routes>) -> Router {
    let mut router = Router::new();
    for (template, operations) in templates(surface.registry().operations()) {
        router = router.route(template, methods(surface, known, template, &operations));
    }
    router
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
    known: &Arc<Routes>,
    template: &'static str,
    operations: &[&'static OperationSpec],
) -> MethodRouter {
    let refused = MethodNotAllowed::new(Arc::clone(surface), operations, Arc::clone(known));
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
