//! The files of the repository and what kind each is.
//!
//! Walks the working tree instead of asking git, so that the rules hold in an unpacked archive too.
//! Build output, tool directories and files that are not text are left out; nothing is written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Directories that hold no source of ours.
const SKIPPED_DIRECTORIES: [&str; 3] = ["target", "node_modules", "dist"];
/// Hidden directories are skipped, but for this one.
const CI_DIRECTORY: &str = ".ci";
/// What the text rules read; other files (data, images, licence) are only checked by name.
const TEXT_EXTENSIONS: [&str; 9] = ["rs", "sql", "toml", "md", "sh", "yml", "yaml", "json", "ts"];

/// One file: its path from the repository's root, with `/`, and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path from the root of the repository.
    pub path: String,
    /// The whole text; empty when the file is not one that the text rules read.
    pub text: String,
}

impl SourceFile {
    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Rust source.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Tests: a `tests` directory, or the `tests.rs` of a module.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests") || self.file_name() == "tests.rs"
    }

    /// Inside the directory `prefix` (a path from the root).
    pub fn is_in(&self, prefix: &str) -> bool {
        self.path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The root of this repository.
#[expect(clippy::disallowed_methods, reason = "no setting: cargo says which checkout it runs in")]
pub fn repository_root() -> PathBuf {
    // Not the path known when this was compiled: checkouts may share a target directory.
    let directory = std::env::var_os("CARGO_MANIFEST_DIR");
    let directory = directory.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let directory = Path::new(&directory);
    directory.ancestors().nth(2).unwrap_or(directory).to_path_buf()
}

/// All files under `root`, in path order.
pub fn read_all(root: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if kind.is_dir() && is_ours(&name) {
                directories.push(entry.path());
            } else if kind.is_file() {
                files.push(read_one(root, &entry.path())?);
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn is_ours(directory_name: &str) -> bool {
    let hidden = directory_name.starts_with('.') && directory_name != CI_DIRECTORY;
    !hidden && !SKIPPED_DIRECTORIES.contains(&directory_name)
}

fn read_one(root: &Path, path: &Path) -> io::Result<SourceFile> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let relative = relative.to_string_lossy().replace('\\', "/");
    let extension = relative.rsplit('.').next().unwrap_or_default();
    let is_text = TEXT_EXTENSIONS.contains(&extension) || relative == "Makefile";
    let text = if is_text { fs::read_to_string(path)? } else { String::new() };
    Ok(SourceFile { path: relative, text })
}
