//! `#[derive(ArsenalMessage)]`: a type of messages with names for its variants and, where it asks for
//! that, with ways from JSON and to other nodes.

mod attribute;
mod check;
mod expand;
mod json;
mod wire;

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, DeriveInput, Generics, Member, Type};

use crate::errors::Errors;
use attribute::TypeKeys;

/// A type of messages without mistakes.
struct Message {
    ident: Ident,
    generics: Generics,
    keys: TypeKeys,
    description: String,
    is_enum: bool,
    variants: Vec<Variant>,
}

/// A variant; a struct is its only one.
struct Variant {
    /// As it is written: its name between nodes.
    ident: Ident,
    /// In snake case: its name in JSON.
    name: String,
    description: String,
    /// `Self::Variant` or `Self`.
    path: TokenStream,
    /// All but the port.
    fields: Vec<Field>,
    port: Option<Port>,
    /// Whether it can be made from JSON, if the type can.
    is_offered: bool,
}

struct Field {
    member: Member,
    /// What it is called while the message is taken apart or put together.
    binding: Ident,
    ty: Type,
    attributes: Vec<Attribute>,
}

/// The port of a call.
struct Port {
    member: Member,
    binding: Ident,
    reply: Type,
}

/// The implementations, or everything that is wrong.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::new();
    let checked = check::check(input, &mut errors);
    match errors.finish() {
        Ok(()) => expand::expand(&checked.expect("a message without mistakes is complete")),
        Err(errors) => errors,
    }
}
