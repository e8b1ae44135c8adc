//! Makes the client of the document that `ARSENAL_OPENAPI_3_0` names.

use std::{env, error::Error, fs, path::PathBuf};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};

const DOCUMENT: &str = "ARSENAL_OPENAPI_3_0";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed={DOCUMENT}");
    let document = env::var(DOCUMENT)
        .map_err(|_| format!("{DOCUMENT} names the file of the document; see clients/README.md"))?;
    println!("cargo::rerun-if-changed={document}");
    let document = serde_json::from_slice(&fs::read(document)?)?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let client = prettyplease::unparse(&syn::parse2(tokens)?);
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    Ok(fs::write(folder.join("client.rs"), client)?)
}
