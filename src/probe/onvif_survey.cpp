#include "probe/onvif_survey.h"

#include <algorithm>

#include "onvif/device_url.h"
#include "probe/device_http.h"

namespace vonggac::probe {
namespace {

constexpr base::Micros kFirstAnswer{3'000'000};  ///< of a port that may be anything
constexpr base::Micros kOneAnswer{5'000'000};
constexpr std::uint16_t kRtspPort = 554;

/// One device that speaks ONVIF, being asked.
class Interview {
 public:
  Interview(DeviceHttp& http, const ProbeTask& task, CoreLine& line, base::MonoTime deadline, OnvifFindings& findings)
      : http_(http), task_(task), line_(line), deadline_(deadline), findings_(findings) {}

  base::Status identity();
  base::Status streams();

 private:
  base::Result<onvif::SoapReply> ask(const std::string& target, const onvif::Request& request);
  base::Result<onvif::ServiceAddresses> services();
  base::Status streams_of(const std::string& address, bool media2);
  std::string target_of(const std::string& address);
  base::Status add_stream(const std::string& target, bool media2, const ChosenProfile& chosen);

  DeviceHttp& http_;
  const ProbeTask& task_;
  CoreLine& line_;
  base::MonoTime deadline_;
  OnvifFindings& findings_;
};

/// Stopped, or an address that core does not allow: nothing else is worth asking.
bool stops_probe(const base::Status& status) {
  return status.kind() == base::ErrorKind::kCancelled || status.kind() == base::ErrorKind::kOutOfRange;
}

base::Result<onvif::SoapReply> Interview::ask(const std::string& target, const onvif::Request& request) {
  const base::MonoTime until = std::min(deadline_, line_.now() + kOneAnswer);
  if (line_.now() >= deadline_) return base::timed_out("no time left to ask the device");
  return http_.call(target, request, until);
}

/// Each answer is welcome and none is needed, but one: a refused login ends it.
base::Status Interview::identity() {
  auto reply = ask(onvif::kDevicePath, onvif::ask_device_information());
  if (reply) findings_.device = onvif::read_device_information(reply->body);
  if (!reply && (stops_probe(reply.error()) || reply.error().kind() == base::ErrorKind::kPermissionDenied)) {
    return reply.error();
  }
  reply = ask(onvif::kDevicePath, onvif::ask_network_interfaces());
  if (reply) findings_.mac = onvif::read_mac(reply->body);
  if (!reply && stops_probe(reply.error())) return reply.error();
  reply = ask(onvif::kDevicePath, onvif::ask_scopes());
  if (reply) {
    findings_.name = onvif::read_scope(reply->body, "name");
    findings_.location = onvif::read_scope(reply->body, "location");
  }
  if (!reply && stops_probe(reply.error())) return reply.error();
  reply = ask(onvif::kDevicePath, onvif::ask_endpoint_reference());
  if (reply) findings_.uuid = onvif::read_endpoint_reference(reply->body);
  return !reply && stops_probe(reply.error()) ? reply.error() : base::Status();
}

base::Result<onvif::ServiceAddresses> Interview::services() {
  auto reply = ask(onvif::kDevicePath, onvif::ask_services());
  if (reply) {
    onvif::ServiceAddresses addresses = onvif::read_services(reply->body);
    if (!addresses.media.empty() || !addresses.media2.empty()) return addresses;
  } else if (stops_probe(reply.error()) || reply.error().kind() == base::ErrorKind::kPermissionDenied) {
    return reply.error();
  }
  VG_ASSIGN(const onvif::SoapReply capabilities, ask(onvif::kDevicePath, onvif::ask_capabilities()));
  return onvif::read_capabilities(capabilities.body);
}

/// Path and query of a service; asked at the port that was contacted, whatever the device says of host and port.
std::string Interview::target_of(const std::string& address) {
  const auto url = onvif::parse_device_url(address, "http");
  if (!url) return {};
  findings_.foreign_address = findings_.foreign_address || (url->claimed_host != task_.host);
  return url->target;
}

base::Status Interview::streams() {
  base::Result<onvif::ServiceAddresses> addresses = services();
  if (!addresses) return addresses.error();
  const std::string media2 = target_of(addresses->media2), media = target_of(addresses->media);
  base::Status last = base::not_found("the device names no media service");
  if (!media2.empty()) last = streams_of(media2, true);
  if (findings_.streams.empty() && !media.empty() && !stops_probe(last)) last = streams_of(media, false);
  return last;
}

base::Status Interview::streams_of(const std::string& address, bool media2) {
  VG_ASSIGN(const onvif::SoapReply reply, ask(address, onvif::ask_profiles(media2)));
  const std::vector<ChosenProfile> chosen = choose_profiles(onvif::read_profiles(reply.body));
  if (chosen.empty()) return base::not_found("the device has no profiles");
  for (const ChosenProfile& one : chosen) VG_TRY(add_stream(address, media2, one));
  const auto snapshot = ask(address, onvif::ask_snapshot_uri(media2, chosen.front().profile.token));
  findings_.snapshot = snapshot && onvif::parse_device_url(onvif::read_uri(snapshot->body), "http").has_value();
  return {};
}

base::Status Interview::add_stream(const std::string& target, bool media2, const ChosenProfile& chosen) {
  const auto reply = ask(target, onvif::ask_stream_uri(media2, chosen.profile.token));
  if (!reply) return stops_probe(reply.error()) ? reply.error() : base::Status();
  const auto url = onvif::parse_device_url(onvif::read_uri(reply->body), "rtsp");
  if (!url) return {};
  findings_.foreign_address = findings_.foreign_address || url->claimed_host != task_.host;
  StreamOffer offer;
  offer.channel = chosen.channel;
  offer.role = chosen.role;
  offer.port = url->port == 0 ? kRtspPort : url->port;
  offer.target = base::Secret(url->target);
  offer.source = "onvif";
  offer.encoding = chosen.profile.encoding;
  const bool known = std::any_of(findings_.streams.begin(), findings_.streams.end(), [&](const StreamOffer& one) {
    return one.port == offer.port && one.target.reveal() == offer.target.reveal();
  });
  if (!known) findings_.streams.push_back(std::move(offer));
  return {};
}

std::int64_t pixels(const onvif::Profile& profile) { return profile.width * profile.height; }

/// The best sub stream beside `main`: H.264 before all else, then the smaller picture.
const onvif::Profile* choose_sub(const std::vector<const onvif::Profile*>& group, const onvif::Profile* main) {
  const onvif::Profile* best = nullptr;
  for (const onvif::Profile* one : group) {
    if (one == main || pixels(*one) >= pixels(*main)) continue;
    const bool h264 = one->encoding == "H264", best_h264 = best != nullptr && best->encoding == "H264";
    if (best == nullptr || (h264 && !best_h264) || (h264 == best_h264 && pixels(*one) < pixels(*best))) best = one;
  }
  return best;
}

}  // namespace

std::vector<std::uint16_t> onvif_ports_of(const ProbeTask& task) {
  if (task.http_port != 0) return {task.http_port};
  std::vector<std::uint16_t> ports;
  const auto add = [&](const std::vector<std::uint16_t>& more) {
    for (const std::uint16_t port : more) {
      if (std::find(ports.begin(), ports.end(), port) == ports.end()) ports.push_back(port);
    }
  };
  if (const onvif::Vendor* vendor = task.vendors.find(task.brand)) add(vendor->onvif_ports);
  add(task.vendors.onvif_ports());
  return ports;
}

std::vector<ChosenProfile> choose_profiles(const std::vector<onvif::Profile>& profiles) {
  std::vector<std::string> sources;
  std::vector<std::vector<const onvif::Profile*>> groups;
  for (const onvif::Profile& profile : profiles) {
    if (profile.encoding == "JPEG" || profile.encoding == "MPEG4") continue;
    const auto at = std::find(sources.begin(), sources.end(), profile.source);
    if (at == sources.end()) {
      sources.push_back(profile.source);
      groups.emplace_back();
    }
    groups[static_cast<std::size_t>(std::find(sources.begin(), sources.end(), profile.source) - sources.begin())]
        .push_back(&profile);
  }
  std::vector<ChosenProfile> chosen;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const int channel = static_cast<int>(i) + 1;
    const onvif::Profile* main =
        *std::max_element(groups[i].begin(), groups[i].end(),
                          [](const onvif::Profile* a, const onvif::Profile* b) { return pixels(*a) < pixels(*b); });
    chosen.push_back({channel, media::StreamRole::kMain, *main});
    if (const onvif::Profile* sub = choose_sub(groups[i], main)) {
      chosen.push_back({channel, media::StreamRole::kSub, *sub});
    }
  }
  return chosen;
}

base::Result<OnvifFindings> survey_onvif(CoreLine& line, const ProbeTask& task, PasswordBudget& budget,
                                         const std::vector<std::uint16_t>& ports, base::MonoTime deadline) {
  OnvifFindings findings;
  for (const std::uint16_t port : ports) {
    if (line.now() >= deadline) break;
    DeviceHttp http(line, task, budget, port);
    const auto date =
        http.call(onvif::kDevicePath, onvif::ask_date_and_time(), std::min(deadline, line.now() + kFirstAnswer));
    if (!date && stops_probe(date.error())) return date.error();
    if (!date && date.error().kind() != base::ErrorKind::kPermissionDenied) continue;
    findings.found = true;
    findings.port = port;
    const auto clock = date ? onvif::read_date_and_time(date->body) : std::nullopt;
    if (clock) {
      const base::Micros offset = *clock - line.clock().wall_now();
      findings.clock_offset_ms = offset.count() / 1000;
      http.set_clock_offset(offset);
    }
    Interview interview(http, task, line, deadline, findings);
    base::Status status = interview.identity();
    if (status.ok()) status = interview.streams();
    if (stops_probe(status)) return status;
    findings.refused = http.refused();
    findings.wants_login = status.kind() == base::ErrorKind::kPermissionDenied && !http.refused();
    if (!status.ok()) findings.trouble = status.message();
    break;
  }
  return findings;
}

}  // namespace vonggac::probe
