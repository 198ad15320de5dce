/// What an agreement with the owner of a camera allows, at a moment: looking live, playing back, handing out,
/// recording, hearing. One pure function that every door asks, so that a withdrawal closes all of them at once.
/// Flow     agreement_of_camera() -> AgreementFacts -> agreement_allows() -> live fan-out, playback, export, ingest.
/// Threads  pure functions over plain values.
/// Source   domain 2.3, 2.5 (L4), 3.2; rules V12 (audio needs an explicit consent), V31 (withdrawn: no new
///          recording).
///
/// Where an agreement was ever given it governs, withdrawn or not, in a public place too. Only a camera for which
/// nobody ever had to be asked (a public place, without an agreement) is free, and even there sound needs a basis
/// of its own.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "catalogue/day.h"
#include "catalogue/problems.h"

namespace vonggac::catalogue {

enum class Use { kLive, kPlayback, kExport, kRecord, kAudio };
/// "xem trực tiếp" / "live view".
Sentence use_name(Use use);

/// Minutes of the day in Viet Nam, [from, to). `to` before `from` crosses midnight: 22:00 to 5:00.
struct HourSpan {
  int from = 0, to = 0;
  bool operator==(const HourSpan&) const = default;
};
/// "22:00-05:00, 11:30-13:30"; nullopt if it is not of that form, has an empty span, or more than 12 of them.
std::optional<std::vector<HourSpan>> parse_hours(std::string_view text);
std::string hours_text(const std::vector<HourSpan>& hours);

struct AgreementFacts {
  bool public_place = false;       ///< the camera looks at a public place and belongs to no household
  bool audio_legal_basis = false;  ///< there: sound may be taken by law
  bool given = false;              ///< there is an agreement; what follows is what it says
  bool live = false, playback = false;
  bool on_request_only = false;  ///< recorded, but seen only upon a request that was approved
  bool audio = false;
  std::vector<HourSpan> hours;  ///< none: all day
  Day from, last = kOpenEnd;    ///< first and last day
  std::optional<base::WallTime> withdrawn_at;
  std::optional<Day> replaced_on;  ///< a newer agreement takes over on that day
};

inline constexpr base::WallTime kNeverChanges{std::numeric_limits<std::int64_t>::max()};

/// What was filmed: [from, to).
struct Filmed {
  base::WallTime from, to;
};

/// What of it lies in the hours, in order; all of it where there are none.
std::vector<Filmed> agreed_parts(const std::vector<HourSpan>& hours, const Filmed& filmed);

struct AgreementDecision {
  bool allowed = false;
  /// Until then the answer stays what it is, as long as nobody withdraws or signs: ask again at that moment.
  base::WallTime until = kNeverChanges;
  Sentence why_not;  ///< empty if allowed
  /// Refused to who merely looks, not to who holds an approved request.
  bool by_request = false;
};
/// Hours bind what happens at that moment: live, recording, sound. For playback and export they bind what was filmed
/// (`filmed`, if known; all of it): what was recorded in the hours may be looked at later. A picture of an event, which
/// whoever looks live may see, is bound by both.
AgreementDecision agreement_allows(const AgreementFacts& facts, Use use, base::WallTime when,
                                   const std::optional<Filmed>& filmed = std::nullopt);

}  // namespace vonggac::catalogue
