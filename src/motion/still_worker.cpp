#include "motion/still_worker.h"

#include <array>

#include <poll.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/worker.h"
#include "media/av/decoder.h"
#include "motion/analyse_shard.h"

namespace vonggac::motion {
namespace {

constexpr int kIdleMs = 500;
constexpr std::size_t kMostStills = 2 * ipc::kMaxSlots;  ///< main and sub stream of a recorder of 64 channels

class StillMaker {
 public:
  explicit StillMaker(ipc::WorkerContext& context) : context_(context) {}

  base::Status run() {
    while (!done_) {
      context_.beat(clock_.mono_now());
      const short wanted = context_.control().wants_write() ? POLLIN | POLLOUT : POLLIN;
      pollfd control{context_.control().fd(), wanted, 0};
      (void)poll(&control, 1, kIdleMs);
      VG_TRY(context_.control().flush());
      VG_ASSIGN(const std::vector<ipc::Received> received, context_.control().receive());
      for (const ipc::Received& one : received) VG_TRY(take(one.message));
    }
    return {};
  }

 private:
  base::Status take(const ipc::Message& message) {
    if (std::holds_alternative<ipc::Shutdown>(message)) done_ = true;
    if (const auto* parameters = std::get_if<ipc::MediaParameters>(&message)) {
      if (parameters->slot < parameters_.size()) parameters_[parameters->slot] = parameters->parameters;
    }
    const auto* unit = std::get_if<ipc::MediaUnit>(&message);
    if (unit == nullptr || unit->slot >= parameters_.size()) return {};
    ipc::Snapshot reply;
    reply.slot = unit->slot;
    reply.generation = unit->generation;
    reply.capture = unit->unit.capture;
    auto jpeg = still_of(parameters_[unit->slot], unit->unit);
    if (jpeg) reply.jpeg = std::move(*jpeg);
    return context_.control().send(reply);
  }

  ipc::WorkerContext& context_;
  base::SystemClock clock_;
  std::array<media::TrackParameters, kMostStills> parameters_;
  bool done_ = false;
};

base::Status run_stills(const std::string& name) {
  VG_ASSIGN(std::unique_ptr<ipc::WorkerContext> context, ipc::WorkerContext::take_over(ipc::WorkerKind::kStill, name));
  VG_TRY(prepare_libraries());  // everything that opens something comes before the sandbox
  VG_TRY(context->enter_sandbox(ipc::SandboxProfile::kAnalyse));
  return StillMaker(*context).run();
}

}  // namespace

base::Result<base::Bytes> still_of(const media::TrackParameters& parameters, const media::AccessUnit& key) {
  if (!key.payload || key.payload->empty()) return base::invalid_argument("there is no picture");
  media::av::DecoderLimits limits;
  limits.max_side_px = 8192;
  limits.skip_loop_filter = false;
  VG_ASSIGN(std::unique_ptr<media::av::Decoder> decoder, media::av::Decoder::create(parameters, limits));
  std::vector<media::av::Picture> pictures;
  VG_TRY(decoder->decode_alone(*key.payload, 0, pictures));
  if (pictures.empty()) return base::internal_error("no picture came of it");
  media::av::JpegEncoder encoder;
  return encoder.encode(pictures.front(), kStill);
}

int run_still_worker(const std::string& name) {
  try {
    const base::Status status = run_stills(name);
    if (status.ok() || status.kind() == base::ErrorKind::kUnavailable) return 0;
    base::log::error("motion", "{}", status.message());
  } catch (const std::exception& failure) {
    base::log::error("motion", "{}", failure.what());
  }
  return 1;
}

}  // namespace vonggac::motion
