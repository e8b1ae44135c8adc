//! The README shows the whole difference between the two programs.

use std::{collections::BTreeMap, fs, path::Path};

use super::patch::apply;

/// What the README says of the difference between two folders: a diff for each file.
fn shown() -> BTreeMap<String, String> {
    let readme = fs::read_to_string(package().join("README.md")).unwrap();
    let (_, block) = readme.split_once("```diff\n").expect("a diff");
    let (block, _) = block.split_once("\n```").expect("the end of the diff");
    let files = block.split("--- src/before/").skip(1);
    files
        .map(|diff| {
            let (name, hunks) = diff.split_once('\n').unwrap();
            (name.to_owned(), hunks.to_owned())
        })
        .collect()
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(package().join("src").join(folder)).unwrap();
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// To write it anew: `diff -u` of both folders, without what stands behind the names of the files.
#[test]
fn the_readme_shows_the_whole_difference() {
    let (before, after, shown) = (files("before"), files("after"), shown());
    assert!(before.keys().eq(after.keys()), "both programs have the same files");
    for (name, text) in before {
        let diff = shown.get(&name).map_or("", String::as_str);
        assert_eq!(apply(diff, &text).unwrap(), after[&name], "src/after/{name}");
    }
}
