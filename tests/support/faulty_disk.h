/// A disk on top of a real folder that fails on the n-th call and, at a power cut, forgets what was not synced. After
/// a failed sync it behaves as Linux does: the pages count as clean, a later sync does not make them durable.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "record/disk.h"

namespace vonggac::test {

/// Shared by a FaultyDisk (which the recorder owns) and the test.
struct DiskFaults {
  std::uint64_t calls = 0;
  std::uint64_t fail_at = 0;  ///< number of the call that fails first; 0 = none
  std::uint64_t fail_count = 1;
  base::ErrorKind kind = base::ErrorKind::kDataLoss;
  bool no_syncfs = false;
  std::optional<record::DiskSpace> space;
  std::function<void()> on_sync;
  std::function<void()> on_write, on_close;  ///< on_write: for the first write only
  std::function<void()> on_remove;

  struct File {
    std::uint64_t written = 0;  ///< end of what was handed to write
    std::uint64_t durable = 0;  ///< survives a power cut
    bool name_durable = false;
    bool poisoned = false;  ///< a sync failed: no later one helps
  };
  std::map<std::string, File> files;
  std::string root;

  base::Status fault(const char* what) {
    ++calls;
    const bool hit = fail_at != 0 && calls >= fail_at && calls < fail_at + fail_count;
    return hit ? base::Status(kind, std::string("injected into ") + what) : base::Status();
  }
  void mark_durable(File& file) {
    if (!file.poisoned) file.durable = file.written;
    file.name_durable = true;
  }
  void poison_all() {
    for (auto& [path, file] : files) file.poisoned = file.poisoned || file.durable < file.written;
  }

  /// Every file keeps what was synced and a random part of the rest, of which random blocks were never written.
  void power_cut(std::mt19937_64& random) {
    for (auto& [path, file] : files) {
      const std::filesystem::path real = std::filesystem::path(root) / path;
      if (!std::filesystem::exists(real)) continue;
      if (!file.name_durable && random() % 2 == 0) {
        std::filesystem::remove(real);
        continue;
      }
      const std::uint64_t size = std::filesystem::file_size(real);
      const std::uint64_t loose = size > file.durable ? size - file.durable : 0;
      const std::uint64_t kept = loose == 0 ? 0 : random() % (loose + 1);
      std::filesystem::resize_file(real, file.durable + kept);
      zero_some_blocks(real, file.durable, file.durable + kept, random);
    }
    files.clear();
  }

 private:
  static void zero_some_blocks(const std::filesystem::path& path, std::uint64_t from, std::uint64_t to,
                               std::mt19937_64& random) {
    std::FILE* stream = std::fopen(path.c_str(), "r+b");
    if (stream == nullptr) return;
    for (std::uint64_t block = (from + 4095) / 4096 * 4096; block + 4096 <= to; block += 4096) {
      if (random() % 3 != 0) continue;
      const std::string zeros(4096, '\0');
      std::fseek(stream, static_cast<long>(block), SEEK_SET);
      std::fwrite(zeros.data(), 1, zeros.size(), stream);
    }
    std::fclose(stream);
  }
};

class FaultyDisk final : public record::Disk {
 public:
  static base::Result<std::unique_ptr<record::Disk>> open(const std::string& data_dir,
                                                          std::shared_ptr<DiskFaults> faults) {
    VG_ASSIGN(std::unique_ptr<record::Disk> real, record::open_disk(data_dir));
    faults->root = data_dir;
    return std::unique_ptr<record::Disk>(new FaultyDisk(std::move(real), std::move(faults)));
  }

  ~FaultyDisk() override {
    if (faults_->on_close) faults_->on_close();
  }
  base::Result<std::unique_ptr<record::MediaFile>> create_file(const std::string& path) override {
    VG_TRY(faults_->fault("create"));
    VG_ASSIGN(std::unique_ptr<record::MediaFile> real, real_->create_file(path));
    faults_->files[path] = {};
    return std::unique_ptr<record::MediaFile>(new File(std::move(real), faults_, path));
  }
  base::Status sync_all() override {
    if (faults_->no_syncfs) return base::invalid_argument("no syncfs here");
    if (faults_->on_sync) faults_->on_sync();
    const base::Status fault = faults_->fault("syncfs");
    if (!fault.ok()) {
      faults_->poison_all();
      return fault;
    }
    for (auto& [path, file] : faults_->files) faults_->mark_durable(file);
    return {};
  }
  base::Status sync_file(const std::string& path) override {
    const base::Status fault = faults_->fault("fsync");
    if (!fault.ok()) faults_->files[path].poisoned = true;
    if (fault.ok()) faults_->mark_durable(faults_->files[path]);
    return fault;
  }
  base::Status sync_folder(const std::string&) override { return faults_->fault("fsync folder"); }
  base::Status remove_file(const std::string& path) override {
    VG_TRY(faults_->fault("unlink"));
    if (faults_->on_remove) faults_->on_remove();
    faults_->files.erase(path);
    return real_->remove_file(path);
  }
  base::Status remove_empty_folder(const std::string& path) override { return real_->remove_empty_folder(path); }
  base::Result<record::DiskSpace> space() override {
    if (faults_->space) return *faults_->space;
    return real_->space();
  }
  base::Result<std::uint64_t> file_size(const std::string& path) override { return real_->file_size(path); }
  base::Result<base::Bytes> read(const std::string& path, std::uint64_t offset, std::uint64_t max_bytes) override {
    return real_->read(path, offset, max_bytes);
  }
  base::Status truncate(const std::string& path, std::uint64_t size_bytes) override {
    VG_TRY(faults_->fault("truncate"));
    VG_TRY(real_->truncate(path, size_bytes));
    const auto found = faults_->files.find(path);  // files of an earlier life are durable anyway
    if (found == faults_->files.end()) return {};
    found->second.written = std::min(found->second.written, size_bytes);
    found->second.durable = std::min(found->second.durable, size_bytes);
    return {};
  }
  base::Result<std::vector<record::FolderEntry>> list(const std::string& path) override { return real_->list(path); }

 private:
  class File final : public record::MediaFile {
   public:
    File(std::unique_ptr<record::MediaFile> real, std::shared_ptr<DiskFaults> faults, std::string path)
        : real_(std::move(real)), faults_(std::move(faults)), path_(std::move(path)) {}
    base::Status append(std::span<iovec> parts) override {
      if (faults_->on_write) std::exchange(faults_->on_write, nullptr)();
      const base::Status fault = faults_->fault("write");
      std::uint64_t bytes = 0;
      for (const iovec& part : parts) bytes += part.iov_len;
      if (!fault.ok()) {
        tear(parts);
        return fault;
      }
      VG_TRY(real_->append(parts));
      if (DiskFaults::File* file = known()) file->written += bytes;
      return {};
    }
    base::Status cut_torn_tail() override {
      VG_TRY(faults_->fault("truncate"));
      return real_->cut_torn_tail();
    }

   private:
    DiskFaults::File* known() {
      const auto found = faults_->files.find(path_);
      return found == faults_->files.end() ? nullptr : &found->second;
    }
    /// A failed write may have left a piece.
    void tear(std::span<iovec> parts) {
      std::FILE* stream = std::fopen((faults_->root + "/" + path_).c_str(), "ab");
      if (stream == nullptr) return;
      std::fwrite(parts.front().iov_base, 1, parts.front().iov_len / 2, stream);
      std::fclose(stream);
    }
    std::unique_ptr<record::MediaFile> real_;
    std::shared_ptr<DiskFaults> faults_;
    std::string path_;
  };

  FaultyDisk(std::unique_ptr<record::Disk> real, std::shared_ptr<DiskFaults> faults)
      : real_(std::move(real)), faults_(std::move(faults)) {}
  std::unique_ptr<record::Disk> real_;
  std::shared_ptr<DiskFaults> faults_;
};

}  // namespace vonggac::test
