#include "core/probe_desk.h"

#include <algorithm>

#include "base/log.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kConnectTimeoutMs = 4'000;
constexpr std::size_t kRoundsAtOnce = 2;

base::Status not_there() { return base::not_found("there is no such probe; results are kept for half an hour"); }

std::string owner_of(const json::object& request) {
  const json::value* by = request.if_contains("by");
  return by != nullptr && by->is_string() ? std::string(by->get_string()) : std::string();
}

/// The earliest finished one that `wanted` says may go, while there are more than `most`.
template <typename Wanted>
void forget_beyond(std::map<base::Uuid, std::unique_ptr<ProbeRun>>& probes, std::size_t most, Wanted&& wanted) {
  std::size_t count = 0;
  for (const auto& [id, run] : probes) count += wanted(*run) ? 1U : 0U;
  for (auto at = probes.begin(); at != probes.end() && count > most;) {
    const bool goes = wanted(*at->second);
    at = goes ? probes.erase(at) : std::next(at);
    count -= goes ? 1U : 0U;
  }
}

}  // namespace

ProbeDesk::ProbeDesk(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config,
                     base::Result<VendorFile> vendors)
    : loop_(loop),
      clock_(clock),
      config_(config),
      vendors_(std::move(vendors)),
      connector_(loop, clock, config.network.camera_networks, kConnectTimeoutMs) {
  if (!vendors_) base::log::error("core", "cameras cannot be probed: {}", vendors_.error().message());
}

base::Status ProbeDesk::make_room(const std::string& owner) {
  std::size_t waiting = 0, open_of_one = 0;
  for (const auto& [id, run] : probes_) {
    waiting += run->state() == ProbeState::kWaiting ? 1U : 0U;
    open_of_one += !run->over() && run->request().owner == owner ? 1U : 0U;
  }
  if (waiting >= kWaiting || open_of_one >= kOpenOfOne) {
    return base::unavailable("too many probes are under way; wait until one is done");
  }
  forget_beyond(probes_, kKeptOfOne - 1,
                [&](const ProbeRun& run) { return run.over() && run.request().owner == owner; });
  forget_beyond(probes_, kKeptOfAll - 1, [](const ProbeRun& run) { return run.over(); });
  return {};
}

base::Result<base::Uuid> ProbeDesk::start(const json::object& request, ProbeField* wrong) {
  if (!vendors_) return base::unavailable("cameras cannot be probed: " + vendors_.error().message());
  VG_ASSIGN(ProbeRequest wanted, read_probe_request(request, vendors_->table, wrong));
  VG_TRY(make_room(wanted.owner));
  wanted.id = base::Uuid::make_v7(clock_);
  const base::Uuid id = wanted.id;
  const ProbeParts parts{loop_, clock_, config_, connector_, *vendors_};
  probes_[id] = std::make_unique<ProbeRun>(parts, std::move(wanted), next_index_++);
  begin_waiting();
  return id;
}

/// A recorder of 64 channels has 128 stills: the oldest results go before their pictures fill the memory.
void ProbeDesk::bound_stills() {
  std::size_t bytes = 0;
  for (const auto& [id, run] : probes_) bytes += run->still_bytes();
  for (auto at = probes_.begin(); at != probes_.end() && bytes > kMostStillBytes;) {
    if (!at->second->over()) {
      ++at;
      continue;
    }
    bytes -= at->second->still_bytes();
    at = probes_.erase(at);
  }
}

void ProbeDesk::begin_waiting() {
  std::size_t busy = 0;
  for (const auto& [id, run] : probes_) busy += run->busy() ? 1U : 0U;
  for (const auto& [id, run] : probes_) {
    if (busy >= kAtOnce) return;
    if (run->state() != ProbeState::kWaiting) continue;
    run->begin();
    ++busy;
  }
}

base::Result<base::Uuid> ProbeDesk::discover(const json::object& request) {
  if (!vendors_) return base::unavailable("cameras cannot be probed: " + vendors_.error().message());
  const auto open = std::count_if(rounds_.begin(), rounds_.end(), [](const auto& one) { return !one.second->over(); });
  if (static_cast<std::size_t>(open) >= kRoundsAtOnce) {
    return base::unavailable("a search is under way already; wait a few seconds");
  }
  std::string network;
  if (const json::value* value = request.if_contains("network"); value != nullptr && !value->is_null()) {
    if (!value->is_string()) return base::invalid_argument("network must be text");
    network = std::string(value->get_string());
  }
  const base::Uuid id = base::Uuid::make_v7(clock_);
  const ProbeParts parts{loop_, clock_, config_, connector_, *vendors_};
  auto run = std::make_unique<DiscoveryRun>(parts, id, owner_of(request), next_index_++);
  VG_TRY(run->begin(network));
  while (rounds_.size() >= kKeptOfOne && rounds_.begin()->second->over()) rounds_.erase(rounds_.begin());
  rounds_[id] = std::move(run);
  return id;
}

ProbeRun* ProbeDesk::find(const base::Uuid& id, const std::string& owner) const {
  const auto found = probes_.find(id);
  if (found == probes_.end() || (!owner.empty() && found->second->request().owner != owner)) return nullptr;
  return found->second.get();
}

base::Result<json::object> ProbeDesk::view(const base::Uuid& id, const std::string& owner) const {
  if (const ProbeRun* run = find(id, owner)) return run->view();
  const auto round = rounds_.find(id);
  if (round == rounds_.end() || (!owner.empty() && round->second->owner() != owner)) return not_there();
  return round->second->view();
}

base::Result<base::Bytes> ProbeDesk::still(const base::Uuid& id, const std::string& owner, std::size_t stream) const {
  const ProbeRun* run = find(id, owner);
  if (run == nullptr) return not_there();
  if (stream >= run->streams().size() || run->streams()[stream].still.empty()) {
    return base::not_found("there is no still of this stream");
  }
  return run->streams()[stream].still;
}

base::Status ProbeDesk::cancel(const base::Uuid& id, const std::string& owner) {
  if (ProbeRun* run = find(id, owner)) {
    run->cancel();
    probes_.erase(id);
    begin_waiting();
    return {};
  }
  const auto round = rounds_.find(id);
  if (round == rounds_.end() || (!owner.empty() && round->second->owner() != owner)) return not_there();
  rounds_.erase(round);
  return {};
}

base::Result<json::object> ProbeDesk::connection(const base::Uuid& id, const std::string& owner, std::size_t stream,
                                                 std::optional<std::size_t> sub) const {
  const ProbeRun* run = find(id, owner);
  if (run == nullptr) return not_there();
  const std::vector<ProbedStream>& streams = run->streams();
  if (stream >= streams.size() || (sub && *sub >= streams.size())) {
    return base::not_found("the probe found no such stream");
  }
  const ProbedStream& main = streams[stream];
  const bool fits = main.streamed && (!sub || (streams[*sub].streamed && streams[*sub].channel == main.channel));
  if (!fits) return base::invalid_argument("this stream gave no pictures, or the sub stream is of another channel");
  json::object fields{{"url", main.url.reveal()},
                      {"user", run->request().username},
                      {"password", run->request().password.reveal()},
                      {"transport", main.transport == "udp" ? "udp" : "auto"}};
  if (run->request().password.empty()) fields.erase("password");
  if (sub) fields["sub_url"] = streams[*sub].url.reveal();
  return fields;
}

base::Result<std::pair<std::size_t, std::optional<std::size_t>>> ProbeDesk::streams_of_channel(
    const base::Uuid& id, const std::string& owner, std::int64_t channel) const {
  const ProbeRun* run = find(id, owner);
  if (run == nullptr) return not_there();
  std::optional<std::size_t> main, sub;
  for (std::size_t i = 0; i < run->streams().size(); ++i) {
    const ProbedStream& one = run->streams()[i];
    if (one.channel == channel && one.streamed) (one.main ? main : sub) = i;
  }
  if (!main) return base::invalid_argument("this channel gave no pictures");
  return std::pair(*main, sub);
}

json::object ProbeDesk::measured(const base::Uuid& id, const std::string& owner, std::size_t stream,
                                 std::optional<std::size_t> sub) const {
  const ProbeRun* run = find(id, owner);
  const auto shown = [&](std::optional<std::size_t> number) {
    const bool there = run != nullptr && number && *number < run->streams().size();
    return there ? json::value(run->streams()[*number].shown) : json::value();
  };
  return {{"main", shown(stream)},
          {"sub", shown(sub)},
          {"device", run != nullptr ? json::value(run->device()) : json::value()}};
}

void ProbeDesk::forget_old() {
  const base::MonoTime now = clock_.mono_now();
  const auto old = [&](const auto& run) { return run.over() && now - run.ended() > kKeptFor; };
  std::erase_if(probes_, [&](const auto& one) { return old(*one.second); });
  std::erase_if(rounds_, [&](const auto& one) { return old(*one.second); });
}

void ProbeDesk::tick() {
  connector_.tick();
  for (const auto& [id, run] : probes_) run->tick();
  for (const auto& [id, run] : rounds_) run->tick();
  forget_old();
  bound_stills();
  begin_waiting();
}

void ProbeDesk::stop() {
  probes_.clear();
  rounds_.clear();
}

}  // namespace vonggac::core
