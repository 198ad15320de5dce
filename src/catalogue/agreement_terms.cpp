#include "catalogue/agreement_terms.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace vonggac::catalogue {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr std::int64_t kMinuteUs = 60'000'000, kLocalDayUs = kMinutesOfDay * kMinuteUs;
constexpr std::int64_t kVietNamAheadUs = 7 * 60 * kMinuteUs;
constexpr std::size_t kMostSpans = 12;

/// Midnight in Viet Nam with which the day begins.
base::WallTime start_of(Day day) {
  if (day >= kOpenEnd) return kNeverChanges;
  return {day.number * kLocalDayUs - kVietNamAheadUs};
}

int minute_of(base::WallTime moment) {
  const std::int64_t into_day = moment.us - start_of(Day::at(moment)).us;
  return static_cast<int>(into_day / kMinuteUs);
}

bool inside(const HourSpan& span, int minute) {
  if (span.from == span.to) return false;
  if (span.from < span.to) return minute >= span.from && minute < span.to;
  return minute >= span.from || minute < span.to;
}

bool in_hours(const std::vector<HourSpan>& hours, int minute) {
  return hours.empty() || std::any_of(hours.begin(), hours.end(), [&](const HourSpan& s) { return inside(s, minute); });
}

/// Every minute that was filmed lies in the hours.
bool all_in_hours(const std::vector<HourSpan>& hours, const Filmed& filmed) {
  if (hours.empty()) return true;
  const std::int64_t minutes = (filmed.to.us - filmed.from.us + kMinuteUs - 1) / kMinuteUs;
  const int first = minute_of(filmed.from);
  const std::int64_t steps = std::min<std::int64_t>(minutes, kMinutesOfDay);
  for (std::int64_t ahead = 0; ahead < steps; ++ahead) {
    if (!in_hours(hours, static_cast<int>((first + ahead) % kMinutesOfDay))) return false;
  }
  // The end falls into a minute of its own when neither end is on a full one.
  return filmed.to.us <= filmed.from.us || in_hours(hours, minute_of({filmed.to.us - 1}));
}

/// The next moment at which being in the hours changes.
base::WallTime next_turn(const std::vector<HourSpan>& hours, base::WallTime when) {
  const int minute = minute_of(when);
  const bool now = in_hours(hours, minute);
  for (int ahead = 1; ahead <= kMinutesOfDay; ++ahead) {
    if (in_hours(hours, (minute + ahead) % kMinutesOfDay) == now) continue;
    return {start_of(Day::at(when)).us + (minute + ahead) * kMinuteUs};
  }
  return kNeverChanges;
}

std::optional<int> clock_minute(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  int hour = 0, minute = 0;
  const auto whole = [](std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && digits.front() != '-';
  };
  if (!whole(text.substr(0, colon), hour) || !whole(text.substr(colon + 1), minute)) return std::nullopt;
  if (minute > 59 || hour > 24 || (hour == 24 && minute != 0)) return std::nullopt;
  return hour * 60 + minute;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<HourSpan> parse_span(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = clock_minute(without_blanks(text.substr(0, dash)));
  const auto to = clock_minute(without_blanks(text.substr(dash + 1)));
  if (!from || !to || *from == kMinutesOfDay || *from == *to) return std::nullopt;
  return HourSpan{*from, *to};
}

AgreementDecision refusal(std::string vi, std::string en, base::WallTime until = kNeverChanges) {
  return {false, until, {std::move(vi), std::move(en)}, false};
}

/// What the agreement says of this use, hours and days apart.
std::optional<AgreementDecision> scope_refusal(const AgreementFacts& facts, Use use) {
  const Sentence name = use_name(use);
  const auto not_agreed = [&] {
    return refusal(fmt::format("Chủ camera không đồng ý {}.", name.vi),
                   fmt::format("The owner of the camera did not agree to {}.", name.en));
  };
  switch (use) {
    case Use::kLive:
    case Use::kPlayback: {
      if (use == Use::kLive ? facts.live : facts.playback) return std::nullopt;
      if (!facts.on_request_only) return not_agreed();
      AgreementDecision by_request =
          refusal("Chủ camera chỉ cho xem theo yêu cầu đã được duyệt.",
                  "The owner of the camera lets it be seen only upon a request that was approved.");
      // A request is for what was recorded; nobody looks live by it.
      by_request.by_request = use == Use::kPlayback;
      return by_request;
    }
    case Use::kExport:
    case Use::kRecord:
      if (facts.playback || facts.on_request_only) return std::nullopt;
      return not_agreed();
    case Use::kAudio:
      if (facts.audio) return std::nullopt;
      return not_agreed();
  }
  return not_agreed();
}

AgreementDecision without_agreement(const AgreementFacts& facts, Use use) {
  if (facts.public_place && (use != Use::kAudio || facts.audio_legal_basis)) return {true, kNeverChanges, {}, false};
  if (facts.public_place) {
    return refusal("Nơi công cộng: chưa có căn cứ để thu âm thanh.",
                   "In a public place there is no basis yet for taking sound.");
  }
  return refusal("Chưa có đồng thuận của chủ camera.", "The owner of the camera has not agreed yet.");
}

/// Before its time, after it, or withdrawn.
std::optional<AgreementDecision> time_refusal(const AgreementFacts& facts, base::WallTime when) {
  if (facts.withdrawn_at && when >= *facts.withdrawn_at) {
    const std::string day = Day::at(*facts.withdrawn_at).local();
    return refusal(fmt::format("Chủ camera đã rút đồng thuận ngày {}.", day),
                   fmt::format("The owner of the camera withdrew the agreement on {}.", day));
  }
  const Day today = Day::at(when);
  if (today < facts.from) {
    return refusal(fmt::format("Đồng thuận chỉ có hiệu lực từ {}.", facts.from.local()),
                   fmt::format("The agreement begins on {}.", facts.from.local()), start_of(facts.from));
  }
  if (facts.replaced_on && today >= *facts.replaced_on) {
    return refusal("Đồng thuận này đã được thay bằng bản mới.", "This agreement was replaced by a newer one.");
  }
  if (today > facts.last) {
    return refusal(fmt::format("Đồng thuận đã hết hạn ngày {}.", facts.last.local()),
                   fmt::format("The agreement ended on {}.", facts.last.local()));
  }
  return std::nullopt;
}

base::WallTime end_of(const AgreementFacts& facts) {
  base::WallTime end = facts.last >= kOpenEnd ? kNeverChanges : start_of(facts.last + 1);
  if (facts.replaced_on) end = std::min(end, start_of(*facts.replaced_on));
  return facts.withdrawn_at ? std::min(end, *facts.withdrawn_at) : end;
}

}  // namespace

Sentence use_name(Use use) {
  switch (use) {
    case Use::kLive:
      return {"xem trực tiếp", "live view"};
    case Use::kPlayback:
      return {"xem lại", "playback"};
    case Use::kExport:
      return {"trích xuất", "export"};
    case Use::kRecord:
      return {"ghi hình", "recording"};
    case Use::kAudio:
      return {"thu âm thanh", "sound"};
  }
  return {};
}

std::optional<std::vector<HourSpan>> parse_hours(std::string_view text) {
  std::vector<HourSpan> hours;
  text = without_blanks(text);
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::optional<HourSpan> span = parse_span(without_blanks(text.substr(0, comma)));
    if (!span || hours.size() == kMostSpans) return std::nullopt;
    hours.push_back(*span);
    if (comma == text.size()) return hours;
    text = without_blanks(text.substr(comma + 1));
    if (text.empty()) return std::nullopt;
  }
  return hours;
}

std::string hours_text(const std::vector<HourSpan>& hours) {
  std::string text;
  for (const HourSpan& span : hours) {
    text += fmt::format("{}{:02}:{:02}-{:02}:{:02}", text.empty() ? "" : ", ", span.from / 60, span.from % 60,
                        span.to / 60, span.to % 60);
  }
  return text;
}

std::vector<Filmed> agreed_parts(const std::vector<HourSpan>& hours, const Filmed& filmed) {
  if (hours.empty()) return {filmed};
  std::vector<Filmed> parts;
  for (base::WallTime at = filmed.from; at < filmed.to;) {
    const base::WallTime turn = std::min(next_turn(hours, at), filmed.to);
    if (in_hours(hours, minute_of(at))) parts.push_back({at, turn});
    at = turn;
  }
  return parts;
}

AgreementDecision agreement_allows(const AgreementFacts& facts, Use use, base::WallTime when,
                                   const std::optional<Filmed>& filmed) {
  if (!facts.given) return without_agreement(facts, use);
  if (auto refused = time_refusal(facts, when)) {
    // Expired or not begun: a newer one that has been signed changes that.
    if (facts.replaced_on && Day::at(when) < *facts.replaced_on) {
      refused->until = std::min(refused->until, start_of(*facts.replaced_on));
    }
    return *refused;
  }
  const base::WallTime end = end_of(facts);
  if (auto refused = scope_refusal(facts, use)) {
    refused->until = end;
    return *refused;
  }
  const bool looks_back = use == Use::kPlayback || use == Use::kExport;
  if (looks_back && !filmed) return {true, end, {}, false};
  const base::WallTime turn = looks_back ? kNeverChanges : next_turn(facts.hours, when);
  const bool inside =
      (looks_back || in_hours(facts.hours, minute_of(when))) && (!filmed || all_in_hours(facts.hours, *filmed));
  if (inside) return {true, std::min(end, turn), {}, false};
  return refusal(fmt::format("Ngoài giờ chủ camera đồng ý ({}).", hours_text(facts.hours)),
                 fmt::format("It is outside the hours the owner agreed to ({}).", hours_text(facts.hours)),
                 std::min(end, turn));
}

}  // namespace vonggac::catalogue
