//! Bodies as they come.

use arsenal_core::{arguments::Arguments, prelude::*, registry::Registry};
use axum::body::Body;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{fine, request, send, violations};

/// Takes anything.
#[operation(post, "/api/v1/blobs/{name}", tag = "blob")]
async fn put_blob(
    name: String,
    /// What is to be kept.
    #[param(body, length(max = 4))]
    data: Bytes,
) -> Result<(String, Vec<u8>), OperationError> {
    Ok((name, data.to_vec()))
}

/// Takes an image, or none.
#[operation(post, "/api/v1/images", tag = "blob")]
async fn put_image(
    #[param(body, content_type = "image/png")] image: Option<Bytes>,
) -> Result<Option<usize>, OperationError> {
    Ok(image.map(|image| image.len()))
}

async fn send_bytes(uri: &str, kind: Option<&str>, body: &[u8]) -> (u16, Value) {
    let mut request = request("POST", uri);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    send(request.body(Body::from(body.to_vec())).unwrap()).await
}

#[tokio::test]
async fn bytes_of_any_type_arrive_as_they_are() {
    for kind in [None, Some("application/json"), Some("x/y")] {
        let answer = fine(send_bytes("/api/v1/blobs/a", kind, b"{\xff\0").await);
        assert_eq!(answer, json!(["a", [123, 255, 0]]));
    }
}

#[tokio::test]
async fn an_empty_body_is_missing_unless_it_is_optional() {
    let wrong = violations(send_bytes("/api/v1/blobs/a", None, b"").await);
    assert_eq!(wrong, ["body data : is missing"]);
    assert_eq!(fine(send_bytes("/api/v1/images", None, b"").await), json!(null));
}

#[tokio::test]
async fn a_length_counts_bytes() {
    let wrong = violations(send_bytes("/api/v1/blobs/a", None, "äöü".as_bytes()).await);
    assert_eq!(wrong, ["body data : must have a length of at most 4"]);
}

#[tokio::test]
async fn only_the_wanted_type_is_taken() {
    let answer = fine(send_bytes("/api/v1/images", Some("Image/PNG; q=1"), b"png").await);
    assert_eq!(answer, json!(3));
    for kind in [None, Some("application/json"), Some("image/jpeg")] {
        let (status, problem) = send_bytes("/api/v1/images", kind, b"jpg").await;
        assert_eq!((status, &problem["code"]), (415, &json!("unsupported_media_type")));
        assert!(problem["suggestion"].as_str().unwrap().contains("image/png"), "{problem}");
    }
}

#[tokio::test]
async fn in_one_object_they_are_base64() {
    let registry = Registry::from_linked().unwrap();
    let spec = registry.get("blob.put").unwrap();
    let ask = async |object: &str| {
        let arguments = Arguments::Json(object.as_bytes());
        let answer = (spec.call)(NodeContext::alone(), arguments).await;
        answer.map(|reply| String::from_utf8(reply.into_json().unwrap().to_vec()).unwrap())
    };
    for text in ["AAH/", "AAH/"] {
        let answer = ask(&format!(r#"{{"name":"a","data":"{text}"}}"#)).await.unwrap();
        assert_eq!(answer, r#"["a",[0,1,255]]"#);
    }
    assert_eq!(ask(r#"{"name":"a","data":"AA"}"#).await.unwrap(), r#"["a",[0]]"#);
    for bad in [r#""%%""#, "7", r#""""#, "null"] {
        assert!(ask(&format!(r#"{{"name":"a","data":{bad}}}"#)).await.is_err(), "{bad}");
    }
}
