/// What is good and bad about a device, in words for whoever registers it, Vietnamese and English, each with what to
/// do. Flow     Survey -> judge() -> page, command line Threads  pure function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/survey.h"

namespace vonggac::probe {

enum class Weight : std::uint8_t { kNote, kWarning, kFault };
const char* weight_name(Weight weight);  ///< "note", "warning", "fault"

struct Finding {
  std::string code;  ///< stable: "long_gop", "no_sub_stream", ...
  Weight weight = Weight::kNote;
  std::optional<std::size_t> stream;  ///< index into Survey.streams
  std::string vi, en;
};

constexpr double kLongGopS = 10.0;
constexpr std::int64_t kClockOffMs = 5'000;
constexpr std::uint32_t kSmallHeight = 720;
constexpr double kSlowFps = 10.0;

/// Faults first, then warnings, then notes.
std::vector<Finding> judge(const Survey& survey, const ProbeTask& task);

}  // namespace vonggac::probe
