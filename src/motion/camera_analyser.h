/// The cascade of one camera: looks at as little as possible, and at everything while something moves.
/// Asleep: packet sizes of all units, and each key picture by itself. Awake: every unit is decoded and the engine looks
/// at up to 8 pictures a second; waking begins at the last key picture that was looked at, so that nothing is missed.
/// Flow     take() -> GopBuffer -> step() -> media::av::Decoder -> Engine -> EventReporter -> sink
/// Threads  one thread at a time.
/// Owns     decoder, engine, kept units, the last snapshot.
/// Errors   a decoder that gave up is told once as ipc::AnalyseFailed; then units are dropped until new parameters
/// come.
///          Exceptions of OpenCV end here and count as giving up.
/// Units    capture times of the units, microseconds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "ipc/messages.h"
#include "media/av/decoder.h"
#include "media/av/jpeg_encoder.h"
#include "media/av/picture_mask.h"
#include "motion/engine.h"
#include "motion/event_reporter.h"
#include "motion/frame_sampler.h"
#include "motion/gop_buffer.h"
#include "motion/label_sampler.h"
#include "motion/object_labeller.h"
#include "motion/packet_onset.h"
#include "motion/shadow_watch.h"
#include "motion/tamper_watch.h"

namespace vonggac::motion {

struct AnalyserCounters {
  std::uint64_t units_taken = 0;
  std::uint64_t key_decoded = 0;      ///< key pictures decoded by themselves
  std::uint64_t run_decoded = 0;      ///< units decoded while awake
  std::uint64_t between_decoded = 0;  ///< asleep, to look at a picture half way between two key pictures
  std::uint64_t looked_at = 0;        ///< pictures the engine saw
  std::uint64_t wake_ups = 0;
  std::uint64_t shed = 0;        ///< units dropped because this machine could not keep up
  std::uint64_t unreadable = 0;  ///< units passed over because the key picture before them is missing
  std::uint64_t errors = 0;      ///< units that did not decode
};

/// What a shard has beyond the built-in parts; all optional, all outlive the analyser.
struct AnalyserParts {
  PluginHost* plugins = nullptr;
  ObjectLabeller* labeller = nullptr;
  media::av::HardwareDecode* hardware = nullptr;
};

class CameraAnalyser {
 public:
  /// `clock` outlives the analyser.
  CameraAnalyser(const ipc::AnalyseCamera& settings, const base::Clock& clock, MessageSink sink,
                 AnalyserParts parts = {});
  ~CameraAnalyser();

  std::uint32_t generation() const { return generation_; }
  /// New zones, sensitivity or modes; the background stays known.
  void change_settings(const ipc::AnalyseCamera& settings);
  void set_parameters(const media::TrackParameters& parameters);
  void take(media::AccessUnit unit);
  void request_snapshot() { snapshot_wanted_ = true; }
  /// Looks at every picture captured before `until`, whatever they show; where otherwise only key pictures are looked
  /// at, from the next one on. Not while the machine cannot keep up.
  void wake_until(base::MonoTime until);
  /// Somebody tunes: other settings beside ours, and every picture looked at, until its time is over.
  void start_shadow(const ipc::AnalyseShadow& wanted);
  bool shadowed() const { return shadow_.active(); }
  /// The classifier's answer for one of this camera's events.
  void take_label(std::uint64_t event, const media::ObjectLabel& label);
  /// What was known of this camera's view; before its first picture.
  void restore_view(const ipc::TamperView& known) { tamper_.restore(known); }
  /// A person took the view of now for the camera's own.
  void accept_view() { tamper_.accept(); }
  /// No more labels: the classifier failed.
  void drop_labeller() { parts_.labeller = nullptr; }

  bool has_work() const { return !failed_ && decoder_ && waiting_.has_next(); }
  /// Works on one unit.
  void step();
  /// How long the oldest waiting unit has been waiting.
  base::Micros backlog() const;
  bool awake() const { return awake_; }
  bool coasting() const { return coasting_; }
  /// Awake, and something waits that may be dropped.
  bool can_shed() const { return awake_ && has_work() && waiting_.can_shed(); }
  /// This machine cannot keep up: drops the waiting units that are no key pictures, and for a while (20 s, each time
  /// it happens again within a minute twice as long, up to 5 minutes) key pictures alone are looked at.
  void shed();
  /// Not even with those: drops all waiting ones but the newest. Returns how many.
  std::size_t shed_keys();
  /// CPU time that step() has used lately, halved every 10 s; told by who measures it.
  void charge(std::int64_t cpu_us);
  std::int64_t cost_us() const { return cost_us_; }
  ipc::AnalyseLevel level() const;
  /// Call now and then: closes an open event if the stream has been silent for 5 s.
  void tick();
  /// End of stream: closes an open event.
  void finish();
  const AnalyserCounters& counters() const { return counters_; }

 private:
  void step_asleep(const media::AccessUnit& unit, OnsetSign onset);
  void step_awake(const media::AccessUnit& unit);
  void look_at_key(const media::AccessUnit& unit);
  bool looks_between() const;
  bool decode_sparse(const media::AccessUnit& unit);
  void look_at_all();
  bool peek_wakes(std::int64_t time_us);
  void look_at_run(bool key);
  bool may_pass_key(std::int64_t time_us) const;
  void stay_awake(std::int64_t time_us);
  void wake(std::int64_t time_us);
  void maybe_coast(std::int64_t time_us);
  void coast(const media::AccessUnit& unit);
  void maybe_sleep(std::int64_t time_us);
  void look(const media::av::Picture& picture, bool peeked = false);
  static Luma luma_of(const media::av::Picture& picture);
  bool hide(media::av::Picture& picture);
  void watch_view(const media::av::Picture& picture);
  void note_gop(const media::AccessUnit& unit);
  bool decoded(const base::Status& status);
  void fail(const std::string& detail);
  bool only_keys() const { return key_frames_only_ || held_; }
  void tell_level();
  bool woken(std::int64_t time_us) const;
  void watch_shadow(const media::av::Picture& picture, const EngineOutput& output);
  void tell_candidates(const EngineOutput& output, std::int64_t time_us);
  void maybe_snapshot(const media::av::Picture& picture);
  base::Bytes thumbnail(const media::av::Picture& picture);
  void ask_for_label(const media::av::Picture& picture, const EngineOutput& output);

  static constexpr std::int64_t kNever = INT64_MIN / 2;

  const base::Clock& clock_;
  std::uint16_t slot_;
  std::uint32_t generation_;
  MessageSink sink_;
  AnalyserParts parts_;
  bool key_frames_only_ = false, full_decode_ = false;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<media::av::Decoder> decoder_;
  media::TrackParameters parameters_;
  media::av::JpegEncoder jpeg_;
  media::av::PictureMask mask_;
  EventReporter reporter_;
  ShadowWatch shadow_;
  TamperWatch tamper_;
  EngineSettings engine_settings_;
  FrameSampler sampler_;
  LabelSampler label_sampler_;
  PacketOnset onset_;
  GopBuffer waiting_;
  std::vector<media::av::Picture> pictures_;
  AnalyserCounters counters_;

  bool awake_ = false;
  bool coasting_ = false;
  bool key_is_due_ = true;                                         ///< asleep: a sign asks for the next key picture
  bool event_active_ = false, moved_ = false, candidate_ = false;  ///< in the picture looked at last
  int shower_pictures_ = 0;                                        ///< looked at in a row while awake, all in a shower
  int still_keys_ = 0;                       ///< key pictures without movement in a row, while coasting
  std::int64_t event_watched_since_us_ = 0;  ///< awake with an event since then
  std::int64_t coast_until_us_ = 0;
  std::int64_t coast_us_ = 0;  ///< how long this event coasted last; doubles while it is found again
  bool needs_key_ = true;      ///< the decoder's references are not those of the next unit
  bool failed_ = false;
  bool long_gop_ = false;
  int short_gops_ = 0;               ///< in a row
  std::int64_t gop_us_ = 2'000'000;  ///< from key picture to key picture, lately
  bool snapshot_wanted_ = false;
  bool held_ = false;  ///< to key pictures, by shed()
  base::MonoTime held_until_, keys_shed_until_;
  base::Micros hold_{0};
  ipc::AnalyseLevel told_level_ = ipc::AnalyseLevel::kAsNeeded;
  std::int64_t cost_us_ = 0;
  base::MonoTime cost_halved_;
  bool silent_ = true;  ///< finish() has been called since the last unit
  base::MonoTime last_taken_;
  std::int64_t awake_until_us_ = 0;
  std::int64_t last_key_us_ = 0;
  std::int64_t between_us_ = 0;       ///< asleep: the picture to look at before the next key picture
  std::int64_t newest_us_ = kNever;   ///< taken
  std::int64_t dropped_us_ = kNever;  ///< the last unit that is missing among those kept
  std::int64_t last_look_us_ = 0;
  std::int64_t last_snapshot_us_ = 0;
  std::int64_t wake_until_us_ = 0;
  std::int64_t candidates_since_us_ = 0;  ///< since when candidates_told_ counts
  int candidates_told_ = 0;
};

}  // namespace vonggac::motion
