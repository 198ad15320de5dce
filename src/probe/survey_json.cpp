#include "probe/survey_json.h"

#include <cmath>

namespace vonggac::probe {
namespace {

namespace json = boost::json;

double rounded(double value, double step) { return std::round(value / step) * step; }

json::value number_or_null(const std::optional<std::int64_t>& value) {
  return value ? json::value(*value) : json::value();
}

json::object device_json(const Survey& survey) {
  const OnvifFindings& onvif = survey.onvif;
  return {{"brand", onvif.device.manufacturer},
          {"vendor", survey.vendor != nullptr ? json::value(survey.vendor->id) : json::value()},
          {"vendor_name", survey.vendor != nullptr ? json::value(survey.vendor->name) : json::value()},
          {"model", onvif.device.model},
          {"firmware", onvif.device.firmware},
          {"serial", onvif.device.serial},
          {"mac", onvif.mac},
          {"onvif_uuid", onvif.uuid},
          {"name", onvif.name},
          {"location", onvif.location},
          {"rtsp_server", survey.server}};
}

json::object onvif_json(const OnvifFindings& onvif) {
  const char* login = onvif.refused ? "refused" : onvif.wants_login ? "wanted" : "ok";
  return {{"found", onvif.found},
          {"port", onvif.port},
          {"login", onvif.found ? json::value(login) : json::value()},
          {"clock_offset_ms", number_or_null(onvif.clock_offset_ms)},
          {"snapshot", onvif.snapshot},
          {"trouble", onvif.trouble}};
}

json::object stream_json(std::size_t index, const SurveyedStream& stream) {
  const StreamReading reading = stream.result.gauge.reading();
  return {
      {"n", index},
      {"channel", stream.offer.channel},
      {"role", stream.offer.role == media::StreamRole::kMain ? "main" : "sub"},
      {"port", stream.offer.port},
      {"target", stream.offer.target.reveal()},
      {"source", stream.offer.source},
      {"transport", stream.result.transport == ipc::Transport::kUdp ? "udp" : "tcp"},
      {"streamed", stream.result.streamed},
      {"reason", ipc::stream_reason_name(stream.result.reason)},
      {"detail", stream.result.detail},
      {"codec", reading.codec == media::Codec::kNone ? json::value() : json::value(media::codec_name(reading.codec))},
      {"profile", reading.profile},
      {"width", reading.width},
      {"height", reading.height},
      {"frames_per_second", rounded(reading.frames_per_second, 0.1)},
      {"bits_per_second", static_cast<std::int64_t>(reading.bits_per_second)},
      {"gop_s", reading.gop_s ? json::value(rounded(*reading.gop_s, 0.01)) : json::value()},
      {"watched_s", rounded(reading.watched_s, 0.1)},
      {"audio", reading.audio == media::Codec::kNone ? json::value() : json::value(media::codec_name(reading.audio))},
      {"clock_offset_ms", number_or_null(reading.clock_offset_ms)},
      {"still", stream.result.gauge.has_key()}};
}

}  // namespace

json::object survey_json(const Survey& survey, const ProbeTask& task) {
  json::array streams, findings;
  for (std::size_t i = 0; i < survey.streams.size(); ++i) streams.push_back(stream_json(i, survey.streams[i]));
  for (const Finding& finding : judge(survey, task)) {
    findings.push_back(json::object{{"code", finding.code},
                                    {"weight", weight_name(finding.weight)},
                                    {"stream", finding.stream ? json::value(*finding.stream) : json::value()},
                                    {"vi", finding.vi},
                                    {"en", finding.en}});
  }
  const char* password = !task.has_password()           ? "not_given"
                         : survey.budget.accepted()     ? "accepted"
                         : survey.budget.refused() != 0 ? "refused"
                                                        : "not_asked";
  return {{"device", device_json(survey)}, {"onvif", onvif_json(survey.onvif)}, {"rtsp_port", survey.rtsp_port},
          {"password", password},          {"streams", std::move(streams)},     {"findings", std::move(findings)}};
}

}  // namespace vonggac::probe
