//! What the attributes expand to, read and reviewed like code: `tests/expansion/<case>.rs` holds what
//! a user writes, `<case>.expanded.rs` what becomes of it.
//!
//! Rewritten with `ARSENAL_EXPANSION=overwrite cargo test -p arsenal-macros`.

use std::{fs, path::Path};

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, File, Item, ItemEnum, ItemStruct, Meta};

/// Says that the expected expansions are to be written anew.
const OVERWRITE: &str = "ARSENAL_EXPANSION";

#[test]
fn expansions_are_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion");
    let mut cases = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(case) = name.strip_suffix(".rs").filter(|case| !case.ends_with(".expanded"))
        else {
            continue;
        };
        compare(&fs::read_to_string(&path).unwrap(), &folder.join(format!("{case}.expanded.rs")));
        cases += 1;
    }
    assert!(cases >= 7, "{cases} cases in {}", folder.display());
}

fn compare(source: &str, expected_at: &Path) {
    let found = expanded(source);
    if std::env::var_os(OVERWRITE).is_some_and(|value| value == "overwrite") {
        fs::write(expected_at, &found).unwrap();
        return;
    }
    let expected = fs::read_to_string(expected_at).unwrap_or_default();
    assert!(
        found == expected,
        "{} differs; look at what changed after {OVERWRITE}=overwrite cargo test -p arsenal-macros\n\n{found}",
        expected_at.display(),
    );
}

/// The source with each annotated function replaced by what its attribute makes of it, and each type
/// by what is derived for it.
fn expanded(source: &str) -> String {
    let file: File = syn::parse_str(source).unwrap();
    let items: TokenStream = file.items.into_iter().map(expanded_item).collect();
    prettyplease::unparse(&syn::parse2(items).unwrap())
}

fn expanded_item(item: Item) -> TokenStream {
    if let Item::Enum(ItemEnum { attrs, .. }) | Item::Struct(ItemStruct { attrs, .. }) = &item {
        return derived(attrs, item.to_token_stream());
    }
    let Item::Fn(mut function) = item else { return item.into_token_stream() };
    let is_ours = |attribute: &mut Attribute| expand_of(attribute).is_some();
    let Some(own) = function.attrs.extract_if(.., is_ours).next() else {
        return function.into_token_stream();
    };
    let expand = expand_of(&own).unwrap();
    let arguments = match own.meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    expand(arguments, &function.into_token_stream())
}

/// What the derives make of a type.
fn derived(attributes: &[Attribute], item: TokenStream) -> TokenStream {
    let names = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let names: String = names.map(|attribute| attribute.to_token_stream().to_string()).collect();
    let mut all = TokenStream::new();
    if names.contains("ArsenalMessage") {
        all.extend(crate::message::expand(item.clone()));
    }
    if names.contains("ArsenalState") {
        all.extend(crate::state::expand(item));
    }
    all
}

type Expand = fn(TokenStream, &TokenStream) -> TokenStream;

fn expand_of(attribute: &Attribute) -> Option<Expand> {
    let name = attribute.path().get_ident()?.to_string();
    match name.as_str() {
        "operation" => Some(crate::operation::expand),
        "blueprint" => Some(crate::blueprint::expand),
        _ => None,
    }
}
