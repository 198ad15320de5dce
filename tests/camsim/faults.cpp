#include "camsim/faults.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include <boost/json/value.hpp>

namespace vonggac::camsim {
namespace {

constexpr double kMaxMillis = 1e12;  // 30 years: enough for a clock that stands at 1970

using Apply = base::Status (*)(VerbArguments&, std::int64_t now_us, Faults&);

base::Status unknown_mode(const std::string& mode) { return base::invalid_argument("unknown mode '" + mode + "'"); }

base::Status apply_mute(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string mode = a.text("mode", "silent");
  if (mode == "silent") {
    f.mute = MuteMode::kSilent;
  } else if (mode == "rtcp") {
    f.mute = MuteMode::kRtcpOnly;
  } else if (mode == "empty") {
    f.mute = MuteMode::kEmptyPackets;
  } else {
    return unknown_mode(mode);
  }
  return {};
}

base::Status apply_flip(VerbArguments& a, std::int64_t, Faults& f) {
  f.flip_sps = a.flag("on", true);
  return {};
}

base::Status apply_sprop(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string mode = a.text("mode", "in_band_only");
  if (mode == "sdp_only") {
    f.sprop = SpropMode::kSdpOnly;
  } else if (mode == "in_band_only") {
    f.sprop = SpropMode::kInBandOnly;
  } else if (mode == "wrong") {
    f.sprop = SpropMode::kWrong;
  } else if (mode == "rotated") {
    f.sprop = SpropMode::kRotated;
  } else {
    return unknown_mode(mode);
  }
  return {};
}

base::Status apply_gop(VerbArguments& a, std::int64_t now_us, Faults& f) {
  const std::string mode = a.text("mode", "none_for_ms");
  if (mode == "none_for_ms") {
    f.gop = GopMode::kNoKeyFrames;
    f.gop_until_us = now_us + a.millis_as_us("ms", 60'000);
  } else if (mode == "endless") {
    f.gop = GopMode::kEndless;
  } else {
    return unknown_mode(mode);
  }
  return {};
}

/// Modes "jump" and "back" are events, not state: the control socket hands them to the camera.
base::Status apply_ts(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string mode = a.text("mode", "");
  if (mode == "equal") {
    f.equal_timestamps = true;
  } else if (mode == "slow") {
    const double declared = a.number("declared", 25, 1, 240);
    f.slow_factor = a.number("delivered", 21, 0.1, 240) / declared;
  } else if (mode == "drift") {
    f.drift_ppm = a.number("ppm", 200, -100'000, 100'000);
  } else if (mode == "wrap") {
    f.wrap_in_us = a.millis_as_us("in_ms", 3000);
  } else {
    return unknown_mode(mode);
  }
  return {};
}

base::Status apply_sr(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string mode = a.text("mode", "none");
  if (mode == "none") {
    f.sender_report = SenderReportMode::kNone;
  } else if (mode == "1970") {
    f.sender_report = SenderReportMode::k1970;
  } else if (mode == "2036") {
    f.sender_report = SenderReportMode::k2036;
  } else if (mode == "jump") {
    f.sender_report = SenderReportMode::kJump;
    f.sender_report_jump_us = a.millis_as_us("delta_ms", 3'600'000);
  } else {
    return unknown_mode(mode);
  }
  return {};
}

base::Status apply_clock(VerbArguments& a, std::int64_t, Faults& f) {
  f.clock_offset_us = a.millis_as_us("offset_ms", 0);
  return {};
}

base::Status apply_audio(VerbArguments& a, std::int64_t, Faults& f) {
  f.audio_ppm = a.number("ppm", f.audio_ppm, -100'000, 100'000);
  f.audio_drop_pct = a.number("drop_pct", f.audio_drop_pct, 0, 100);
  f.audio_dead = a.flag("dead", f.audio_dead);
  return {};
}

base::Status apply_tear(VerbArguments& a, std::int64_t, Faults& f) {
  f.tear_every_us = a.millis_as_us("every_ms", 2000);
  return {};
}

base::Status apply_keepalive(VerbArguments& a, std::int64_t, Faults& f) {
  f.session_timeout_s = static_cast<int>(a.number("timeout_s", 5, 1, 3600));
  f.only_rtsp_keeps_alive = !a.flag("rtcp_counts", false);
  const std::string mode = a.text("mode", "any");
  if (mode != "any" && mode != "options_only") return unknown_mode(mode);
  f.options_only = mode == "options_only";
  return {};
}

base::Status apply_auth(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string mode = a.text("mode", "password");
  if (mode == "wrong") {
    f.auth = AuthFault::kWrong;
  } else if (mode == "stale") {
    f.auth = AuthFault::kStale;
  } else if (mode == "password") {
    f.credentials = Credentials{a.text("user", ""), a.text("password", "")};
  } else {
    return unknown_mode(mode);
  }
  return {};
}

base::Status apply_flood(VerbArguments& a, std::int64_t, Faults& f) {
  f.flood_bits = static_cast<int>(a.number("bits", 1, 1, 1000));
  f.flood_fps = a.number("fps", 1, 0.1, 100);
  return {};
}

base::Status apply_drip(VerbArguments& a, std::int64_t, Faults& f) {
  f.reply_delay_us = a.millis_as_us("delay_ms", 0);
  f.drip_byte_us = a.millis_as_us("byte_ms", a.has("delay_ms") ? 0 : 1000);
  return {};
}

base::Status apply_sessions(VerbArguments& a, std::int64_t, Faults& f) {
  f.max_sessions = static_cast<int>(a.number("max", 1, 0, 100'000));
  const std::string per = a.text("per", "camera");
  if (per != "camera" && per != "stream") return base::invalid_argument("'per' is camera or stream");
  f.max_per_stream = per == "stream";
  return {};
}

base::Status apply_drop(VerbArguments& a, std::int64_t, Faults& f) {
  f.loss.loss_pct = a.number("loss_pct", 0, 0, 100);
  f.loss.duplicate_pct = a.number("duplicate_pct", 0, 0, 100);
  f.loss.reorder_pct = a.number("reorder_pct", 0, 0, 100);
  f.loss.jitter_us = a.millis_as_us("jitter_ms", 0);
  return {};
}

base::Status apply_blackhole(VerbArguments& a, std::int64_t, Faults& f) {
  f.blackhole = a.flag("on", true);
  return {};
}

base::Status apply_redirect(VerbArguments& a, std::int64_t, Faults& f) {
  f.redirect_to = a.text("location", "");
  if (f.redirect_to.empty()) return base::invalid_argument("'location' is missing");
  return {};
}

base::Status apply_join(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string at = a.text("at", "key");
  if (at != "key" && at != "now") return base::invalid_argument("'at' is key or now");
  f.join_at_key = at == "key";
  return {};
}

base::Status apply_quirk(VerbArguments& a, std::int64_t, Faults& f) {
  const std::string name = a.text("name", "");
  if (name == "content_base") {
    f.content_base = a.text("value", "");
  } else if (name == "control_base") {
    f.control_base = a.text("value", "");
  } else if (name == "sdp_connection") {
    f.sdp_connection = a.text("value", "");
  } else if (const auto quirk = parse_quirk(name)) {
    f.quirks.set(static_cast<std::size_t>(*quirk), a.flag("on", true));
  } else {
    return base::invalid_argument("unknown quirk '" + name + "'");
  }
  return {};
}

struct FaultVerb {
  std::string_view name;
  Apply apply;
};
constexpr std::array kFaultVerbs = {
    FaultVerb{"mute", apply_mute},
    FaultVerb{"flip", apply_flip},
    FaultVerb{"sprop", apply_sprop},
    FaultVerb{"gop", apply_gop},
    FaultVerb{"ts", apply_ts},
    FaultVerb{"sr", apply_sr},
    FaultVerb{"clock", apply_clock},
    FaultVerb{"audio", apply_audio},
    FaultVerb{"tear", apply_tear},
    FaultVerb{"keepalive", apply_keepalive},
    FaultVerb{"auth", apply_auth},
    FaultVerb{"flood", apply_flood},
    FaultVerb{"drip", apply_drip},
    FaultVerb{"sessions", apply_sessions},
    FaultVerb{"drop", apply_drop},
    FaultVerb{"blackhole", apply_blackhole},
    FaultVerb{"redirect", apply_redirect},
    FaultVerb{"join", apply_join},
    FaultVerb{"quirk", apply_quirk},
};

const FaultVerb* find_verb(std::string_view name) {
  for (const FaultVerb& verb : kFaultVerbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

}  // namespace

const boost::json::value* VerbArguments::find(std::string_view name) {
  used_.emplace(name);
  return object_.if_contains(name);
}

void VerbArguments::refuse(std::string_view name, std::string_view why) {
  if (complaint_.empty()) complaint_ = fmt::format("'{}' {}", name, why);
}

std::string VerbArguments::text(std::string_view name, std::string_view fallback) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::string(fallback);
  if (!value->is_string()) {
    refuse(name, "must be a string");
    return std::string(fallback);
  }
  return std::string(value->as_string());
}

double VerbArguments::number(std::string_view name, double fallback, double low, double high) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->is_number()) {
    refuse(name, "must be a number");
    return fallback;
  }
  const double number = value->to_number<double>();
  if (!(number >= low && number <= high)) {
    refuse(name, fmt::format("must be from {:g} to {:g}", low, high));
    return fallback;
  }
  return number;
}

std::int64_t VerbArguments::millis_as_us(std::string_view name, double fallback_ms) {
  return std::llround(number(name, fallback_ms, -kMaxMillis, kMaxMillis) * 1000);
}

bool VerbArguments::flag(std::string_view name, bool fallback) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->is_bool()) {
    refuse(name, "must be true or false");
    return fallback;
  }
  return value->as_bool();
}

base::Status VerbArguments::finish() const {
  if (!complaint_.empty()) return base::invalid_argument(complaint_);
  for (const auto& [key, value] : object_) {
    if (!used_.contains(std::string_view(key))) {
      return base::invalid_argument("unknown argument '" + std::string(key) + "'");
    }
  }
  return {};
}

bool is_fault_verb(std::string_view verb) { return find_verb(verb) != nullptr; }

base::Status apply_fault(std::string_view verb, VerbArguments& arguments, std::int64_t now_us, Faults& faults) {
  const FaultVerb* found = find_verb(verb);
  if (found == nullptr) return base::invalid_argument("unknown verb '" + std::string(verb) + "'");
  Faults changed = faults;
  VG_TRY(found->apply(arguments, now_us, changed));
  VG_TRY(arguments.finish());
  faults = std::move(changed);
  return {};
}

}  // namespace vonggac::camsim
