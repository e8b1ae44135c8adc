//! temporary
pub(crate) fn captured<'a>(template: &str, path: &'a str, name: &str) -> Option<&'a str> {
    template
        .rsplit('/')
        .zip(path.rsplit('/'))
        .find_map(|(t, p)| (t.strip_prefix('{')?.strip_suffix('}')? == name).then_some(p))
}
pub(crate) fn path_text(raw: &str) -> Option<String> {
    Some(raw.to_owned())
}
pub(crate) fn query_text(query: &str, name: &str) -> Option<String> {
    query.split('&').filter_map(|p| p.split_once('=')).find(|p| p.0 == name).map(|p| p.1.to_owned())
}
