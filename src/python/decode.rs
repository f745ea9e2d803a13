//! Bytes of a Python file to text. It does not obey coding cookies to the letter: outside UTF-8 only comments and
//! strings can differ, and those carry no interface.

use std::borrow::Cow;

/// The text of a file: UTF-8 where it is that, otherwise each byte as the character of its number (Latin-1), so that
/// lines and columns stay what an editor shows.
///
/// # Errors
/// A sentence, for text in two-byte characters.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16, which Python does not read as source".to_owned());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Ok(Cow::Owned(
            bytes.iter().map(|&byte| char::from(byte)).collect(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn other_encodings_do_not_stop_it() {
        assert_eq!(decode(b"x = 1").as_deref(), Ok("x = 1"));
        assert_eq!(
            decode(b"# -*- coding: latin-1 -*-\nx = '\xe9'").as_deref(),
            Ok("# -*- coding: latin-1 -*-\nx = 'é'")
        );
        assert!(decode(b"\xff\xfex\0").is_err());
    }
}
