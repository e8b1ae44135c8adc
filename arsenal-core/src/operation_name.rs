//! The permanent name of an operation, `<tag>.<verb>`, put together while the crate is compiled.
//!
//! Only the compiler knows the module of an operation, and only in a constant, so these are `const`
//! functions over bytes, without iterators.

/// The tag: the last segment of a module's path.
pub const fn tag_of_module(module_path: &'static str) -> &'static str {
    let bytes = module_path.as_bytes();
    let mut start = bytes.len();
    while start > 0 && at(bytes, start - 1) != b':' {
        start -= 1;
    }
    if at(bytes, start) == b'r' && at(bytes, start + 1) == b'#' {
        start += 2;
    }
    module_path.split_at(start).1
}

/// A name of at most `N` bytes.
#[derive(Debug)]
pub struct NameBuffer<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> NameBuffer<N> {
    /// `<tag>.<verb>`; the verb is the function's name without the tag's word, in singular or
    /// plural, or the whole name where nothing else is left. `N` has room for tag, dot and
    /// function.
    pub const fn new(tag: &str, function: &str) -> Self {
        let name = Self { bytes: [0; N], length: 0 };
        let name = name.with(tag.as_bytes(), 0, tag.len()).with(b".", 0, 1);
        name.with_verb(function.as_bytes(), tag.as_bytes())
    }

    /// The name.
    pub const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }

    const fn with_verb(self, function: &[u8], tag: &[u8]) -> Self {
        let mut word = 0;
        while word < function.len() {
            let length = length_of_tag_at(function, word, tag);
            if length > 0 {
                return self.with_verb_around(function, word, word + length);
            }
            word = end_of_word(function, word) + 1;
        }
        self.with(function, 0, function.len())
    }

    /// The function's name without the bytes from `start` to `end`, and without the `_` that
    /// joined them to the rest.
    const fn with_verb_around(self, function: &[u8], start: usize, end: usize) -> Self {
        match (start, end == function.len()) {
            (0, true) => self.with(function, 0, end),
            (0, false) => self.with(function, end + 1, function.len()),
            (_, true) => self.with(function, 0, start - 1),
            (_, false) => self.with(function, 0, start - 1).with(function, end, function.len()),
        }
    }

    #[expect(clippy::indexing_slicing, reason = "runs in the compiler: a panic is an error there")]
    const fn with(mut self, text: &[u8], start: usize, end: usize) -> Self {
        let mut next = start;
        while next < end {
            self.bytes[self.length] = text[next];
            self.length += 1;
            next += 1;
        }
        self
    }
}

/// How many bytes from `start` on are the tag in singular or plural, as whole words; 0 for none.
const fn length_of_tag_at(function: &[u8], start: usize, tag: &[u8]) -> usize {
    // How many of the tag's last bytes are dropped, and what takes their place.
    let endings: [(&[u8], &[u8]); 7] = [
        (b"", b""),
        (b"", b"s"),
        (b"", b"es"),
        (b"y", b"ies"),
        (b"s", b""),
        (b"es", b""),
        (b"ies", b"y"),
    ];
    let mut rest: &[(&[u8], &[u8])] = &endings;
    while let [(dropped, added), further @ ..] = rest {
        if ends_with(tag, dropped) {
            let stem = tag.len() - dropped.len();
            let end = start + stem + added.len();
            let is_boundary = end == function.len() || at(function, end) == b'_';
            if stem > 0
                && is_boundary
                && is_same(function, start, tag, stem)
                && is_same(function, start + stem, added, added.len())
            {
                return end - start;
            }
        }
        rest = further;
    }
    0
}

const fn end_of_word(text: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < text.len() && at(text, end) != b'_' {
        end += 1;
    }
    end
}

/// Whether `length` bytes from `start` on are the first of `other`; `-` in a tag is `_` in a name.
const fn is_same(text: &[u8], start: usize, other: &[u8], length: usize) -> bool {
    let mut next = 0;
    while next < length {
        let wanted = if at(other, next) == b'-' { b'_' } else { at(other, next) };
        if at(text, start + next) != wanted {
            return false;
        }
        next += 1;
    }
    true
}

const fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && is_same(end, 0, text.split_at(text.len() - end.len()).1, end.len())
}

/// The byte at an index, 0 behind the end.
#[expect(clippy::indexing_slicing, reason = "the index was compared with the length")]
const fn at(bytes: &[u8], index: usize) -> u8 {
    if index < bytes.len() { bytes[index] } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(tag: &str, function: &str) -> String {
        NameBuffer::<64>::new(tag, function).as_str().to_owned()
    }

    #[test]
    fn the_tag_is_the_last_module() {
        assert_eq!(tag_of_module("operations::cluster::process"), "process");
        assert_eq!(tag_of_module("shop"), "shop");
        assert_eq!(tag_of_module("shop::r#type"), "type");
    }

    #[test]
    fn the_verb_is_what_the_tag_does_not_say() {
        for (tag, function, expected) in [
            ("process", "list_processes", "process.list"),
            ("process", "process_list", "process.list"),
            ("processes", "stop_process", "processes.stop"),
            ("node", "list_nodes_quickly", "node.list_quickly"),
            ("registry", "list_registries", "registry.list"),
            ("registries", "read_registry", "registries.read"),
            ("supervision_tree", "list_supervision_trees", "supervision_tree.list"),
            ("supervision-tree", "show_supervision_tree", "supervision-tree.show"),
            ("process", "process", "process.process"),
            ("node", "list_processes", "node.list_processes"),
            ("node", "list_nodelike", "node.list_nodelike"),
        ] {
            assert_eq!(name(tag, function), expected);
        }
    }

    #[test]
    fn it_is_a_constant() {
        const NAME: &str = {
            const BUFFER: NameBuffer<32> = NameBuffer::new("process", "list_processes");
            BUFFER.as_str()
        };
        assert_eq!(NAME, "process.list");
    }
}
