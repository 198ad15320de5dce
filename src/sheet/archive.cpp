#include "sheet/archive.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <zip.h>

namespace vonggac::sheet {

struct Archive::Zip {
  zip_t* handle = nullptr;
  Zip() = default;
  Zip(const Zip&) = delete;
  Zip& operator=(const Zip&) = delete;
  ~Zip() {
    if (handle != nullptr) zip_discard(handle);
  }
};

namespace {

constexpr zip_int64_t kMostParts = 2'000;

const Words kDamaged{"Tệp .xlsx bị hỏng: mở bằng Excel hoặc LibreOffice, lưu lại rồi nộp lại.",
                     "The .xlsx file is damaged: open it, save it again and send that."};
const Words kTooLarge{"Tệp .xlsx chứa quá nhiều dữ liệu khi giải nén (tối đa 100 MB): chia thành nhiều tệp.",
                      "The .xlsx file holds too much once unpacked (100 MB at most): split it."};

bool leaves_archive(std::string_view name) {
  return name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos ||
         name.find(':') != std::string_view::npos || name == ".." || name.substr(0, 3) == "../" ||
         name.find("/../") != std::string_view::npos || (name.size() >= 3 && name.substr(name.size() - 3) == "/..") ||
         name.find('\0') != std::string_view::npos;
}

bool is_archive_name(std::string_view name) {
  constexpr std::array<std::string_view, 12> kEndings{".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".rar",
                                                      ".7z",  ".gz",   ".tar",  ".jar",  ".xz",   ".bz2"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return lower.size() > ending.size() && lower.compare(lower.size() - ending.size(), ending.size(), ending) == 0;
  });
}

std::optional<Refusal> refuse_part(const zip_stat_t& part, std::set<std::string>& names) {
  const std::string_view name = part.name == nullptr ? "" : part.name;
  if (leaves_archive(name)) {
    return Refusal{{"Tệp .xlsx chứa đường dẫn ra ngoài: không đọc tệp này. Tạo lại tệp bằng Excel hoặc LibreOffice.",
                    "The .xlsx file names paths outside of itself and is not read."}};
  }
  if (!names.insert(std::string(name)).second) return Refusal{kDamaged};
  if (is_archive_name(name)) {
    return Refusal{{"Tệp .xlsx chứa tệp nén khác bên trong: không đọc. Xóa các đối tượng nhúng rồi lưu lại.",
                    "The .xlsx file holds other archives and is not read. Delete what is embedded in it."}};
  }
  if ((part.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && part.encryption_method != ZIP_EM_NONE) {
    return Refusal{{"Tệp có mật khẩu: bỏ mật khẩu rồi nộp lại.", "The file has a password: remove it first."}};
  }
  return std::nullopt;
}

/// Looks at the list of parts before anything is unpacked.
std::optional<Refusal> look_through(zip_t* zip) {
  const zip_int64_t count = zip_get_num_entries(zip, 0);
  if (count <= 0) return Refusal{kDamaged};
  if (count > kMostParts) return Refusal{kTooLarge};
  std::set<std::string> names;
  std::uint64_t declared = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t part;
    zip_stat_init(&part);
    if (zip_stat_index(zip, static_cast<zip_uint64_t>(i), 0, &part) != 0) return Refusal{kDamaged};
    if (auto refused = refuse_part(part, names)) return refused;
    if (part.size > kMostUnpackedBytes) return Refusal{kTooLarge};
    declared += part.size;
    const bool counts = part.size >= kRatioCountsFrom;
    if (declared > kMostUnpackedBytes ||
        (counts && part.size / std::max<zip_uint64_t>(1, part.comp_size) > kMostRatio)) {
      return Refusal{kTooLarge};
    }
  }
  return std::nullopt;
}

}  // namespace

Archive::Archive(std::unique_ptr<Zip> zip) : zip_(std::move(zip)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::~Archive() = default;

std::variant<Archive, Refusal> Archive::open(base::ByteSpan file) {
  zip_error_t error;
  zip_error_init(&error);
  auto zip = std::make_unique<Zip>();
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  if (source != nullptr) {
    zip->handle = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (zip->handle == nullptr) zip_source_free(source);
  }
  zip_error_fini(&error);
  if (zip->handle == nullptr) return Refusal{kDamaged};
  if (auto refused = look_through(zip->handle)) return std::move(*refused);
  return Archive(std::move(zip));
}

bool Archive::has(std::string_view name) const {
  return zip_name_locate(zip_->handle, std::string(name).c_str(), 0) >= 0;
}

bool Archive::stream(std::string_view name, const Taker& take, Budget& budget) {
  const zip_int64_t index = zip_name_locate(zip_->handle, std::string(name).c_str(), 0);
  zip_file_t* part = index < 0 ? nullptr : zip_fopen_index(zip_->handle, static_cast<zip_uint64_t>(index), 0);
  if (part == nullptr) {
    budget.refuse(kDamaged);
    return false;
  }
  std::array<std::uint8_t, 32'768> buffer{};
  bool wanted = true;
  zip_int64_t got = 0;
  while (wanted && (got = zip_fread(part, buffer.data(), buffer.size())) > 0) {
    unpacked_bytes_ += static_cast<std::size_t>(got);
    if (unpacked_bytes_ > kMostUnpackedBytes) budget.refuse(kTooLarge);
    wanted = budget.has_time() && take(base::ByteSpan(buffer.data(), static_cast<std::size_t>(got)));
  }
  // The checksum is compared at the end of the part: a wrong one is an error of the last read.
  if (got < 0) budget.refuse(kDamaged);
  zip_fclose(part);
  return wanted && got == 0;
}

}  // namespace vonggac::sheet
