#include "api/live_hub.h"

namespace vonggac::api {

LiveHub::LiveHub(CoreLink& core) : core_(core) { core_.set_receiver(this); }

LiveHub::~LiveHub() { core_.set_receiver(nullptr); }

LiveHub::Ticket LiveHub::attach(const base::CameraId& camera, media::StreamRole role, LiveSink& sink,
                                std::uint8_t tile) {
  const StreamKey key{camera, role};
  const Ticket ticket = next_ticket_++;
  viewers_[ticket] = key;
  const auto [found, is_new] = streams_.try_emplace(key);
  Stream& stream = found->second;
  stream.viewers[ticket] = {&sink, tile};
  if (is_new) {
    stream.subscription = core_.subscribe(camera, role);
    by_subscription_[stream.subscription] = key;
    return ticket;
  }
  if (stream.newest.parameters()) sink.on_parameters(tile, stream.newest.parameters());
  for (const media::AccessUnit& unit : stream.newest.units()) sink.on_unit(tile, unit);
  return ticket;
}

void LiveHub::detach(Ticket ticket) {
  const auto viewer = viewers_.find(ticket);
  if (viewer == viewers_.end()) return;
  const auto stream = streams_.find(viewer->second);
  viewers_.erase(viewer);
  stream->second.viewers.erase(ticket);
  if (!stream->second.viewers.empty()) return;
  core_.unsubscribe(stream->second.subscription);
  by_subscription_.erase(stream->second.subscription);
  streams_.erase(stream);
}

std::map<LiveHub::StreamKey, LiveHub::Stream>::iterator LiveHub::find(std::uint32_t subscription) {
  const auto key = by_subscription_.find(subscription);
  return key == by_subscription_.end() ? streams_.end() : streams_.find(key->second);
}

void LiveHub::on_live_parameters(std::uint32_t subscription, const media::TrackParameters& parameters) {
  const auto stream = find(subscription);
  if (stream == streams_.end() || !media::is_video(parameters.codec)) return;
  const auto& known = stream->second.newest.parameters();
  if (known && *known == parameters) return;
  const auto shared = std::make_shared<const media::TrackParameters>(parameters);
  stream->second.newest.set_parameters(shared);
  const auto viewers = stream->second.viewers;  // a copy: sinks may detach
  for (const auto& [ticket, viewer] : viewers) {
    if (viewers_.contains(ticket)) viewer.first->on_parameters(viewer.second, shared);
  }
}

void LiveHub::on_live_unit(std::uint32_t subscription, const media::AccessUnit& unit) {
  const auto stream = find(subscription);
  if (stream == streams_.end() || unit.track != media::TrackKind::kVideo) return;
  stream->second.newest.add(unit);
  const auto viewers = stream->second.viewers;
  for (const auto& [ticket, viewer] : viewers) {
    if (viewers_.contains(ticket)) viewer.first->on_unit(viewer.second, unit);
  }
}

void LiveHub::on_live_ended(std::uint32_t subscription, ipc::StreamReason reason, const std::string& detail) {
  const auto stream = find(subscription);
  if (stream == streams_.end()) return;
  const auto viewers = stream->second.viewers;
  for (const auto& entry : viewers) detach(entry.first);
  for (const auto& [ticket, viewer] : viewers) {
    viewer.first->on_ended(viewer.second, ipc::stream_reason_name(reason), detail);
  }
}

}  // namespace vonggac::api
