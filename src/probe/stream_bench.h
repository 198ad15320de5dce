/// Plays streams of the device with the recorder's own RTSP code and measures them, several at once.
/// TCP first; UDP where the camera does not send over TCP. A stream that asks for a fresh connection gets two.
/// Flow     play() -> ProbeConnect -> socket -> ingest::Stream -> StreamGauge -> StreamResult
/// Threads  one thread. Blocks until all is measured or the deadline is there.
/// Owns     the sessions. Borrows line and task.
/// Errors   kCancelled: core stopped the probe. How each stream went stands in its result.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "ingest/stream.h"
#include "probe/core_line.h"
#include "probe/onvif_survey.h"
#include "probe/probe_task.h"
#include "probe/stream_gauge.h"

namespace vonggac::probe {

enum class Depth : std::uint8_t {
  kDoor,    ///< is it there, and does it let us in
  kGlance,  ///< codec, size, one key picture
  kWatch,   ///< until two key pictures were seen, or the time is over
};
struct StreamWish {
  StreamOffer offer;
  Depth depth = Depth::kWatch;
  ipc::Transport transport = ipc::Transport::kTcp;
};
struct StreamResult {
  bool let_in = false;    ///< it was described and set up
  bool streamed = false;  ///< pictures came
  ipc::Transport transport = ipc::Transport::kTcp;
  ipc::StreamReason reason = ipc::StreamReason::kNone;  ///< why it ended by itself
  int rtsp_status = 0;
  bool password_refused = false;
  std::string detail;
  StreamGauge gauge;
};

class StreamBench final : private ingest::StreamHost {
 public:
  StreamBench(CoreLine& line, const ProbeTask& task) : line_(line), task_(task), scratch_(256U << 10) {}
  /// At most ipc::kMaxSlots wishes; `watch` is how long a kWatch looks at most, from its first picture.
  base::Result<std::vector<StreamResult>> play(const std::vector<StreamWish>& wishes, base::Micros watch,
                                               base::MonoTime deadline);

 private:
  struct Run {
    StreamWish wish;
    StreamResult result;
    ingest::SlotMemory memory;
    std::unique_ptr<ingest::Stream> stream;
    std::uint32_t connection = 0;
    std::uint32_t generation = 0;
    int reconnects = 0;
    bool reconnect_due = false, over = false;
    std::optional<base::MonoTime> first_picture;
  };
  void report(const ipc::Message& message) override;
  bool emit(const ipc::Message& message) override;
  base::WallTime wall_now() const override { return line_.clock().wall_now(); }

  base::Status connect(Run& run);
  base::Status take_control();
  void open(Run& run, const ipc::ProbeSocket& answer, std::vector<base::UniqueFd> fds);
  void read_sockets();
  base::Status step(Run& run, base::Micros watch);
  bool satisfied(const Run& run, base::Micros watch) const;
  void on_ended(Run& run, const ipc::StreamEnded& ended);
  Run* run_of(std::uint16_t slot, std::uint32_t generation);

  CoreLine& line_;
  const ProbeTask& task_;
  std::vector<std::uint8_t> scratch_;
  std::vector<Run> runs_;
  base::Status trouble_;  ///< of a report that could not be sent
};

}  // namespace vonggac::probe
