/// The requests about probing: camera.probe, camera.discover, camera.probe.view, .still, .cancel, and what a probe
/// found put into camera.add and camera.set. Part of Commands.
#include "base/base64.h"
#include "core/commands.h"
#include "core/probe_desk.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

std::string who_asks(const json::object& request) {
  const json::value* by = request.if_contains("by");
  return by != nullptr && by->is_string() ? std::string(by->get_string()) : std::string();
}

base::Result<base::Uuid> probe_of(const json::object& request) {
  const json::value* id = request.if_contains("probe");
  if (id == nullptr || !id->is_string()) return base::invalid_argument("probe must be the id of a probe");
  return base::Uuid::parse(id->get_string());
}

base::Result<std::size_t> stream_number(const json::object& request, std::string_view key) {
  const json::value* value = request.if_contains(key);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) {
    return base::invalid_argument(std::string(key) + " must be the number of a stream of the probe");
  }
  return static_cast<std::size_t>(value->get_int64());
}

}  // namespace

base::Status Commands::refuse_field(const base::Status& status, ProbeField wrong) {
  if (status.kind() == base::ErrorKind::kInvalidArgument) refused_field_ = probe_field_name(wrong);
  return status;
}

base::Result<json::object> Commands::probe(const json::object& request) {
  ProbeField wrong = ProbeField::kAddress;
  const base::Result<base::Uuid> begun = parts_.probes.start(request, &wrong);
  if (!begun) return refuse_field(begun.error(), wrong);
  const base::Uuid id = *begun;
  VG_ASSIGN(const json::object view, parts_.probes.view(id, ""));
  return json::object{{"probe", id.to_string()}, {"address", view.at("address")}};
}

base::Result<json::object> Commands::discover(const json::object& request) {
  const base::Result<base::Uuid> begun = parts_.probes.discover(request);
  if (!begun) return refuse_field(begun.error(), ProbeField::kNetwork);
  return json::object{{"discovery", begun->to_string()}};
}

base::Result<json::object> Commands::probe_view(const json::object& request) const {
  VG_ASSIGN(const base::Uuid id, probe_of(request));
  return parts_.probes.view(id, who_asks(request));
}

base::Result<json::object> Commands::probe_still(const json::object& request) const {
  VG_ASSIGN(const base::Uuid id, probe_of(request));
  VG_ASSIGN(const std::size_t stream, stream_number(request, "stream"));
  VG_ASSIGN(const base::Bytes jpeg, parts_.probes.still(id, who_asks(request), stream));
  return json::object{{"jpeg_base64", base::to_base64(jpeg)}};
}

base::Result<json::object> Commands::probe_cancel(const json::object& request) {
  VG_ASSIGN(const base::Uuid id, probe_of(request));
  VG_TRY(parts_.probes.cancel(id, who_asks(request)));
  return json::object{};
}

base::Result<json::object> Commands::camera_brands() const {
  if (!parts_.probes.vendors()) return parts_.probes.vendors().error();
  json::array brands;
  for (const onvif::Vendor& vendor : parts_.probes.vendors()->table.all()) {
    brands.push_back(json::object{{"id", vendor.id},
                                  {"name", vendor.name},
                                  {"has_streams", vendor.rtsp},
                                  {"hint", json::object{{"vi", vendor.hint_vi}, {"en", vendor.hint_en}}}});
  }
  return json::object{{"brands", std::move(brands)}};
}

/// `probe`, `stream`, `sub_stream` become addresses and login; what else was said stays. `measured` is filled if so.
base::Result<json::object> Commands::with_probe(json::object request, json::object& measured) const {
  if (!request.contains("probe")) return request;
  for (const char* key : {"url", "sub_url", "user", "password"}) {
    if (request.contains(key)) return base::invalid_argument("give either probe and stream, or url and password");
  }
  VG_ASSIGN(const base::Uuid id, probe_of(request));
  const std::string owner = who_asks(request);
  std::size_t stream = 0;
  std::optional<std::size_t> sub;
  if (request.contains("channel")) {
    VG_ASSIGN(const std::size_t channel, stream_number(request, "channel"));
    VG_ASSIGN(const auto pair, parts_.probes.streams_of_channel(id, owner, static_cast<std::int64_t>(channel)));
    stream = pair.first;
    sub = pair.second;
  } else {
    VG_ASSIGN(stream, stream_number(request, "stream"));
  }
  if (const json::value* value = request.if_contains("sub_stream"); value != nullptr && !value->is_null()) {
    VG_ASSIGN(sub, stream_number(request, "sub_stream"));
  }
  VG_ASSIGN(json::object found, parts_.probes.connection(id, owner, stream, sub));
  measured = parts_.probes.measured(id, owner, stream, sub);
  for (const char* key : {"probe", "stream", "sub_stream", "channel", "by"}) request.erase(key);
  if (request.contains("transport")) found.erase("transport");
  for (auto& [key, value] : found) request[key] = value;
  return request;
}

}  // namespace vonggac::core
