//! The files of a recording, written one after the other.

use super::RecordingRequest;
use crate::capture::{CaptureContext, CaptureFormat, CaptureWriter};
use crate::disk::{private_file, sync_name};
use crate::traffic::Record;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The highest file number of a recording, which limits the search for a free name.
const MAX: u32 = 100_000;

/// The current file of a recording.
pub struct Files {
    request: RecordingRequest,
    writer: CaptureWriter<BufWriter<File>>,
    /// The number of the current file, from 1, and its length before the recording, in bytes.
    number: u32,
    before: u64,
    /// The current file, and its length after the last flushed record.
    file: File,
    whole: u64,
    /// Whether the name of the current file is on the disk, too.
    has_name: bool,
    /// Whether the first file was made by this recording.
    is_made: bool,
    /// The file length after each record since then.
    ends: Vec<u64>,
}

impl Files {
    /// Opens or creates the first file.
    pub fn open(request: &RecordingRequest, context: CaptureContext) -> io::Result<Self> {
        let (file, is_made) = append(&request.path)?;
        let opened = Self::begin(request, context, (file, is_made));
        if is_made && opened.is_err() {
            remove_empty(&request.path);
        }
        opened
    }

    fn begin(
        request: &RecordingRequest,
        context: CaptureContext,
        (mut file, is_made): (File, bool),
    ) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let before = follow(&mut file, length, request.format, &context)?;
        Ok(Self {
            file: file.try_clone()?,
            whole: before,
            has_name: length > 0,
            is_made,
            ends: Vec::new(),
            writer: CaptureWriter::new(
                request.format,
                CaptureContext { before, ..context },
                buffered(file),
            )?,
            request: request.clone(),
            number: 1,
            before,
        })
    }

    pub fn write(&mut self, row: u64, record: &Record<'_>) -> io::Result<()> {
        self.writer.write(row, record)?;
        let length = self.before + self.writer.written();
        self.ends.push(length);
        if self.request.full.is_some_and(|full| length >= full) {
            self.next()?;
        }
        Ok(())
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()?;
        self.whole = self.before + self.writer.written();
        self.ends.clear();
        Ok(())
    }

    /// Writes nothing, and removes the file if it was made for this recording and is still empty:
    /// the recording did not begin.
    pub fn undo(self) {
        // An ordinary drop would write the buffered start of the file.
        drop((self.writer.into_inner().into_parts(), self.file));
        if self.is_made && self.number == 1 {
            remove_empty(&self.request.path);
        }
    }

    /// Truncates the file after its last complete record, because a write failed.
    pub fn mend(self) {
        // An ordinary drop would write the buffered bytes again.
        drop(self.writer.into_inner().into_parts());
        let length = self.file.metadata().map_or(0, |known| known.len());
        let within = self.ends.iter().rev().find(|end| **end <= length);
        // Nothing more can be done on a disk that accepts no bytes. If the file was truncated
        // by another program, it must not grow by zeros.
        let whole = within.copied().unwrap_or(self.whole).min(length);
        self.file.set_len(whole).ok();
    }

    /// Flushes the file to disk (fdatasync(2)), and its name after the first time.
    pub fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_data()?;
        if !self.has_name {
            // Files after the first one are in the same folder.
            sync_name(&self.request.path)?;
            self.has_name = true;
        }
        self.check()
    }

    /// Checks that the written bytes are still there: writing to a file that was removed,
    /// truncated, or whose disk was unmounted (umount2(2), MNT_DETACH) succeeds.
    fn check(&self) -> io::Result<()> {
        let known = self.file.metadata()?;
        #[cfg(unix)]
        let removed =
            std::os::unix::fs::MetadataExt::nlink(&known) == 0 || is_detached(&self.file, &known);
        #[cfg(not(unix))]
        let removed = false;
        match removed || known.len() < self.whole {
            true => Err(io::ErrorKind::UnexpectedEof.into()),
            false => Ok(()),
        }
    }

    pub fn finish(&mut self) -> io::Result<()> {
        self.writer.end()?;
        self.sync()
    }

    fn next(&mut self) -> io::Result<()> {
        self.sync()?;
        let (file, number) = numbered(&self.request.path, self.number + 1)?;
        let context = CaptureContext {
            before: 0,
            ..self.writer.context()
        };
        self.file = file.try_clone()?;
        let mut writer = CaptureWriter::new(self.request.format, context, buffered(file))?;
        self.writer.pass_streams(&mut writer);
        self.writer = writer;
        (self.number, self.before, self.whole) = (number, 0, 0);
        self.has_name = false;
        self.ends.clear();
        Ok(())
    }
}

/// Whether no path leads to an open file any more, because its disk was unmounted. The system knows
/// the path of a file that was only moved (proc(5), /proc/pid/fd).
#[cfg(target_os = "linux")]
fn is_detached(file: &File, known: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let link = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file));
    let is_elsewhere = || {
        let path = std::fs::read_link(&link).ok()?;
        if path.to_string_lossy().ends_with(" (deleted)") {
            // Another name of it is left.
            return None;
        }
        match std::fs::metadata(path) {
            // Another disk is there now, or the folder in which it was mounted.
            Ok(found) => Some(found.dev() != known.dev()),
            Err(error) => Some(error.kind() == io::ErrorKind::NotFound),
        }
    };
    // A file that is moved between both calls has another path at the second look.
    (0..2).all(|_| is_elsewhere() == Some(true))
}

/// Only Linux tells the path of an open file.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_detached(_file: &File, _known: &std::fs::Metadata) -> bool {
    false
}

fn buffered(file: File) -> BufWriter<File> {
    BufWriter::with_capacity(256 << 10, file)
}

/// Opens a file for appending, and returns whether it was made.
fn append(path: &Path) -> io::Result<(File, bool)> {
    // Opening a pipe would block until a program reads from it.
    if std::fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut options = private_file();
    let options = options.read(true).append(true);
    match options.create_new(true).open(path) {
        Ok(file) => Ok((file, true)),
        // A link to a file that does not exist is there, too.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = options.create_new(false).create(true).open(path)?;
            Ok((file, false))
        }
        Err(error) => Err(error),
    }
}

/// Removes a file that was made and got no content.
fn remove_empty(path: &Path) {
    let is_empty = |known: std::fs::Metadata| known.is_file() && known.len() == 0;
    if std::fs::symlink_metadata(path).is_ok_and(is_empty) {
        // The error that prevented the recording is reported.
        std::fs::remove_file(path).ok();
    }
}

/// Checks that records after these `length` bytes can be read. Returns the length to append at.
fn follow(
    file: &mut File,
    length: u64,
    format: CaptureFormat,
    context: &CaptureContext,
) -> io::Result<u64> {
    if length == 0 {
        return Ok(0);
    }
    if !format.can_follow(file, context)? {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    // A last line without line break must not swallow the first new line.
    if !format.is_lines() || last == *b"\n" {
        return Ok(length);
    }
    file.write_all(b"\n")?;
    Ok(length + 1)
}

/// Creates the first free file of `name-2.ext`, `name-3.ext`, …, from this number on.
fn numbered(path: &Path, from: u32) -> io::Result<(File, u32)> {
    for number in from..MAX {
        match private_file()
            .write(true)
            .create_new(true)
            .open(name(path, number))
        {
            Ok(file) => return Ok((file, number)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn name(path: &Path, number: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    match extension.as_ref() {
        "" => path.with_file_name(format!("{stem}-{number}")),
        extension => path.with_file_name(format!("{stem}-{number}.{extension}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unmounted disks are part of tests/torture/disks.py: mounting needs root.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_was_moved_is_not_detached() {
        let dir = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| dir.path().join(name));
        let file = File::create(&one).unwrap();
        let known = file.metadata().unwrap();
        assert!(!is_detached(&file, &known));
        std::fs::rename(&one, &other).unwrap();
        std::fs::write(&one, "another").unwrap();
        assert!(!is_detached(&file, &known));
        std::fs::hard_link(&other, dir.path().join("third")).unwrap();
        std::fs::remove_file(&other).unwrap();
        assert!(!is_detached(&file, &known));
    }

    #[test]
    fn numbers_stand_before_the_ending() {
        let path = |text: &str| name(Path::new(text), 2);
        assert_eq!(path("/tmp/a.pcapng"), PathBuf::from("/tmp/a-2.pcapng"));
        assert_eq!(path("log"), PathBuf::from("log-2"));
    }
}
