/// The whole look at one device: what it is, which streams it has, how they really are.
/// Flow     open ports -> ONVIF -> else templates of its brand -> the door of one stream -> all streams played and
///          measured -> Survey -> findings in words (findings.h), JSON (survey_json.h)
/// Order    as the domain has it: ONVIF, then the brand's paths, then the address that was typed, which wins if there
///          is one. A password is used only where its owner gave it, and at most twice if it is refused.
/// Threads  one thread. Blocks, at most for the time it may take.
/// Errors   kCancelled: core stopped it. kOutOfRange: the address is not allowed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "probe/onvif_survey.h"
#include "probe/stream_bench.h"

namespace vonggac::probe {

constexpr base::Micros kProbeTime{25'000'000};          ///< one camera
constexpr base::Micros kRecorderProbeTime{60'000'000};  ///< several channels
constexpr base::Micros kWatchTime{20'000'000};          ///< for two key pictures

struct SurveyedStream {
  StreamOffer offer;
  StreamResult result;
};
struct Survey {
  OnvifFindings onvif;
  std::string server;                     ///< what RTSP says of itself: Server header and login realm
  std::uint16_t rtsp_port = 0;            ///< 0: nothing listens
  const onvif::Vendor* vendor = nullptr;  ///< of the task's table
  bool public_address = false;            ///< outside of private networks
  bool nothing_listens = false;           ///< on none of the ports that were tried
  bool needs_password = false;            ///< RTSP asks for one and none was given
  std::vector<SurveyedStream> streams;
  PasswordBudget budget;
};

using Progress = std::function<base::Status(const char* step)>;  ///< "ports", "onvif", "paths", "streams"
base::Result<Survey> survey_device(CoreLine& line, const ProbeTask& task, const Progress& progress);

}  // namespace vonggac::probe
