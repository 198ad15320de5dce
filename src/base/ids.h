/// Identifiers: UUIDv7 (RFC 9562 section 5.7), one C++ type per kind of thing.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace vonggac::base {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
  bool is_nil() const { return *this == Uuid{}; }
  /// "01932b6e-....": 36 characters, lower case.
  std::string to_string() const;
  /// kInvalidArgument unless it is the 36-character form.
  static Result<Uuid> parse(std::string_view text);
  /// Time-ordered and random; the random part comes from getrandom(2).
  static Uuid make_v7(const Clock& clock);
};

struct CameraId : Uuid {};        ///< outlives name, address, place and ward
struct InstallationId : Uuid {};  ///< one data directory

}  // namespace vonggac::base

template <>
struct std::hash<vonggac::base::Uuid> {
  std::size_t operator()(const vonggac::base::Uuid& id) const noexcept;
};
template <>
struct std::hash<vonggac::base::CameraId> : std::hash<vonggac::base::Uuid> {};
