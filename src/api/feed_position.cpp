#include "api/feed_position.h"

#include <charconv>

#include <fmt/format.h>

namespace vonggac::api {
namespace {

std::optional<std::int64_t> position_number(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::string FeedPosition::to_string() const {
  return news ? fmt::format("{}-{}", change, *news) : fmt::format("{}", change);
}

std::optional<FeedPosition> FeedPosition::parse(std::string_view text) {
  FeedPosition position;
  const std::size_t dash = text.find('-');
  const auto change = position_number(text.substr(0, dash));
  if (!change) return std::nullopt;
  position.change = *change;
  if (dash == std::string_view::npos) return position;
  position.news = position_number(text.substr(dash + 1));
  return position.news ? std::optional(position) : std::nullopt;
}

}  // namespace vonggac::api
