/// Where a reader of stored media gets its bytes: a file, or memory in tests.
/// Threads  read_at is safe from several threads where the source does not change.
/// Errors   kOutOfRange: past the end. Otherwise as the system says (kDataLoss for a bad block).
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::media {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size_bytes() const = 0;
  /// Fills all of `out` or fails.
  virtual base::Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;
};

/// Borrows the bytes.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(base::ByteSpan bytes) : bytes_(bytes) {}
  std::uint64_t size_bytes() const override { return bytes_.size(); }
  base::Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override;

 private:
  base::ByteSpan bytes_;
};

/// Reads with pread; borrows the descriptor. The size is the file's at the time of open().
class FileSource final : public ByteSource {
 public:
  static base::Result<FileSource> open(int fd);
  std::uint64_t size_bytes() const override { return size_bytes_; }
  base::Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override;

 private:
  FileSource(int fd, std::uint64_t size_bytes) : fd_(fd), size_bytes_(size_bytes) {}
  int fd_;
  std::uint64_t size_bytes_;
};

}  // namespace vonggac::media
