//! The OpenAPI documents and the pages that show them. Everything comes out of the program itself, so
//! the pages work without a network.

use std::{future::ready, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{self, MethodRouter},
};
use bytes::Bytes;
use http::{
    HeaderValue, StatusCode, Uri,
    header::{CONTENT_ENCODING, LOCATION},
};
use utoipa_swagger_ui::{Config, SwaggerFile, serve};

use super::{
    refused::MethodNotAllowed,
    respond::{Responder, Surface},
    versioned_document::VersionedDocument,
};
use crate::{
    answer::JSON_MEDIA_TYPE,
    context::NodeParts,
    error::{Code, OperationError},
    openapi::{document, document_3_0},
};

/// Where the pages find the document, seen from `/docs/`; relative, so that a prefix does no harm.
const DOCUMENT_FROM_PAGES: &str = "../openapi.json";

/// Serves `/openapi.json` and `/openapi-3.0.json`, with `?version=1.4` those of another version of the
/// API, and the pages under `/docs`, where a bearer token can be
/// given to try operations that need one: see [`OWN_PATHS`](crate::registry::OWN_PATHS).
pub fn documents_router(node: Arc<NodeParts>) -> Router {
    let surface = Arc::new(Surface::new(node));
    let newer = VersionedDocument::new(surface.registry(), document);
    let older = VersionedDocument::new(surface.registry(), document_3_0);
    let config = Arc::new(page_config());
    let page = move |responder: &Responder, uri: &Uri| page(responder, uri.path(), &config);
    Router::new()
        .route("/openapi.json", get(&surface, json(newer)))
        .route("/openapi-3.0.json", get(&surface, json(older)))
        .route("/docs", get(&surface, |responder, _| to_pages(responder)))
        .route("/docs/", get(&surface, page.clone()))
        .route("/docs/{*file}", get(&surface, page))
}

/// Answers the document that the query asks for.
fn json(document: VersionedDocument) -> impl Fn(&Responder, &Uri) -> Response + Clone {
    let media_type = HeaderValue::from_static(JSON_MEDIA_TYPE);
    let document = Arc::new(document);
    move |responder, uri| match document
        .asked_for(responder.registry(), uri.query().unwrap_or_default())
    {
        Ok(text) => responder.response(StatusCode::OK.as_u16(), media_type.clone(), text.into()),
        Err(invalid) => responder.problem(&invalid.into()),
    }
}

/// A route that reads nothing of a request but its path and query.
fn get(
    surface: &Arc<Surface>,
    answer: impl Fn(&Responder, &Uri) -> Response + Clone + Send + Sync + 'static,
) -> MethodRouter {
    let refused = MethodNotAllowed::of_page(Arc::clone(surface));
    let surface = Arc::clone(surface);
    let handler = move |request: Request| {
        let responder = Responder::new(Arc::clone(&surface), request.headers());
        ready(answer(&responder, request.uri()))
    };
    routing::get(handler).fallback_service(refused)
}

/// The pages refer to their files relatively, so they need the slash.
fn to_pages(responder: &Responder) -> Response {
    let mut response = responder.bare(StatusCode::TEMPORARY_REDIRECT.as_u16(), Body::empty());
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("docs/"));
    response
}

fn page(responder: &Responder, path: &str, config: &Arc<Config<'static>>) -> Response {
    let file = path.rsplit_once("/docs/").map_or("", |(_, file)| file);
    match serve(file, Arc::clone(config)) {
        Ok(Some(found)) => file_response(responder, found),
        Ok(None) => {
            let detail = format!("the documentation has no file `{file}`");
            responder.problem(&OperationError::not_found(detail).suggest("see `/docs/`"))
        }
        Err(error) => {
            let detail = "the documentation cannot be shown";
            tracing::error!(%error, detail);
            responder.problem(&OperationError::new(Code::Internal, detail))
        }
    }
}

fn file_response(responder: &Responder, file: SwaggerFile<'static>) -> Response {
    let media_type = HeaderValue::from_str(&file.content_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let bytes = Bytes::from(file.bytes.into_owned());
    let mut response = responder.response(StatusCode::OK.as_u16(), media_type, bytes.into());
    if file.gzpipped {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn page_config() -> Config<'static> {
    Config::from(DOCUMENT_FROM_PAGES)
        .deep_linking(true)
        .display_operation_id(true)
        .display_request_duration(true)
        .doc_expansion("list")
        .filter(true)
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .validator_url("none")
}
