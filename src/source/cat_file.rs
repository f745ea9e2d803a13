//! Contents of git objects through one `git cat-file --batch` process, which answers in microseconds once it runs.
//! It knows nothing of paths: who asks says which content is which.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;

use super::error::{Error, ErrorKind};
use super::git::{Git, ObjectId};

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The bytes of a file.
    Bytes(Arc<[u8]>),
    /// The repository does not hold the object: a partial clone, or a damaged one.
    Missing,
    /// The object is larger than the limit; this is its size.
    TooLarge(u64),
    /// The object is a commit, a tree or a tag.
    NotAFile,
}

/// A running `git cat-file --batch`. It ends when it is dropped.
#[derive(Debug)]
pub struct CatFile {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    limit: u64,
}

impl CatFile {
    /// Starts the process. No content above `limit` bytes is returned.
    pub fn start(git: &Git, limit: u64) -> Result<Self, Error> {
        let mut child = git
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| git.not_started(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                child,
                input: Some(input),
                output: BufReader::with_capacity(1 << 16, output),
                limit,
            }),
            _ => Err(broken()),
        }
    }

    /// The contents of all these objects, in order. After an error the process is of no more use.
    pub fn read(&mut self, ids: &[&ObjectId]) -> Result<Vec<Content>, Error> {
        let Self {
            child,
            input,
            output,
            limit,
        } = self;
        let input = input.as_mut().ok_or_else(broken)?;
        let mut requests = String::with_capacity(ids.len() * 65);
        for id in ids {
            requests.push_str(id.as_str());
            requests.push('\n');
        }
        // Git answers while it is still being asked; with one thread both pipes would fill up and both sides wait.
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                input.write_all(requests.as_bytes())?;
                input.flush()
            });
            let answers: std::io::Result<Vec<Content>> =
                ids.iter().map(|_| answer(output, *limit)).collect();
            if answers.is_err() {
                // The writer may be waiting for a process that waits for us.
                let _ = child.kill();
            }
            let written = writer.join();
            match (answers, written) {
                (Ok(answers), Ok(Ok(()))) => Ok(answers),
                _ => Err(broken()),
            }
        })
    }
}

impl Drop for CatFile {
    fn drop(&mut self) {
        // Git ends when its input does. It may be in the middle of an answer that nobody will read, so it is not asked.
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(output: &mut impl BufRead, limit: u64) -> std::io::Result<Content> {
    let garbled = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let mut header = Vec::new();
    output.by_ref().take(256).read_until(b'\n', &mut header)?;
    let header = String::from_utf8(header).map_err(|_| garbled())?;
    let header = header.strip_suffix('\n').ok_or_else(garbled)?;
    let fields: Vec<&str> = header.split(' ').collect();
    let (kind, size) = match fields[..] {
        [_, "missing"] => return Ok(Content::Missing),
        [_, kind, size] => (kind, size.parse::<u64>().map_err(|_| garbled())?),
        _ => return Err(garbled()),
    };
    let content = if kind == "blob" && size <= limit {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        output.by_ref().take(size).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != size {
            return Err(garbled());
        }
        Content::Bytes(bytes.into())
    } else {
        std::io::copy(&mut output.by_ref().take(size), &mut std::io::sink())?;
        if kind == "blob" {
            Content::TooLarge(size)
        } else {
            Content::NotAFile
        }
    };
    let mut end = [0];
    output.read_exact(&mut end)?;
    if end == *b"\n" {
        Ok(content)
    } else {
        Err(garbled())
    }
}

fn broken() -> Error {
    Error::new(
        ErrorKind::GitFailed,
        "`git cat-file` ended before it had answered; the repository may be damaged: run `git fsck`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_by_their_size() {
        let stream =
            b"aa blob 3\na\nb\nbb missing\ncc tree 2\nxy\ndd blob 9\n123456789\nee blob 0\n\n";
        let mut stream = &stream[..];
        let mut next = || answer(&mut stream, 8).unwrap();
        assert_eq!(next(), Content::Bytes(b"a\nb".as_slice().into()));
        assert_eq!(next(), Content::Missing);
        assert_eq!(next(), Content::NotAFile);
        assert_eq!(next(), Content::TooLarge(9));
        assert_eq!(next(), Content::Bytes(b"".as_slice().into()));
    }

    #[test]
    fn a_garbled_answer_is_an_error() {
        for bad in [
            "",
            "aa blob",
            "aa blob x\n",
            "aa blob 5\nab",
            "aa blob 1\naX",
            "aa blob 1\na",
        ] {
            assert!(answer(&mut bad.as_bytes(), 8).is_err(), "{bad:?}");
        }
    }
}
