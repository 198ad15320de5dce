/// The parts of a workbook, read out of its ZIP one after the other and never written anywhere. What does not look like
/// a workbook's archive is refused before anything is unpacked; the limits count what really comes out.
/// Flow     bytes -> Archive::open -> stream() -> XML reader
/// Threads  one at a time.
/// Errors   Refusal: no archive, encrypted, names that leave it, archives inside, too much inside.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "sheet/reading.h"

namespace vonggac::sheet {

class Archive {
 public:
  /// Borrows `file`.
  static std::variant<Archive, Refusal> open(base::ByteSpan file);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  bool has(std::string_view name) const;
  using Taker = std::function<bool(base::ByteSpan)>;
  /// Gives the part in pieces; `take` says false to stop. False: it was stopped, is damaged or too large (the budget
  /// then knows).
  bool stream(std::string_view name, const Taker& take, Budget& budget);

 private:
  struct Zip;
  explicit Archive(std::unique_ptr<Zip> zip);
  std::unique_ptr<Zip> zip_;
  std::size_t unpacked_bytes_ = 0;
};

}  // namespace vonggac::sheet
