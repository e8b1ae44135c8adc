//! The packages and files of the workspace.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace")
}

/// Every Rust file of the workspace, relative to it.
pub(crate) fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = manifests()
        .iter()
        .flat_map(|manifest| ["src", "tests"].map(|folder| manifest.with_file_name(folder)))
        .filter(|folder| folder.is_dir())
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    assert!(files.len() > 100, "{files:?}");
    files
}

pub(crate) fn manifests() -> Vec<PathBuf> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| package["manifest_path"].as_str().unwrap().into()).collect()
}

/// The packages of the workspace, each with what it depends on when it is used.
pub(crate) fn packages() -> Vec<(String, BTreeSet<String>)> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let all = package["dependencies"].as_array().unwrap().iter();
            let normal = all.filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), normal.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a name").to_owned()
}

fn metadata() -> Value {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    serde_json::from_str(&metadata).unwrap()
}

/// Without the network: everything is there, since this was built.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = command.current_dir(root()).arg("--offline").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
