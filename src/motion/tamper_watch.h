/// Whether a camera shows its view: covered, defocused, moved, black, frozen. Judged on the key pictures that are
/// decoded anyway, at most one every two to four seconds; about half a millisecond each. Flow     CameraAnalyser ->
/// look() -> ipc::TamperReport when a state begins or ends; ipc::TamperView now and then, so
///          that another process can go on with what was learned
/// Threads  one thread at a time.
/// Owns     the view.
/// Units    capture times, microseconds.
///
/// How states are told from what looks like them:
///   covered    nothing of the view's structure is left and nothing sharp is new (a lorry is sharp: three minutes)
///   defocused  the coarse structure is there, the fine one is not (fog takes both)
///   moved      edges are elsewhere: found again at another place, or for three minutes not at all
///   black      even, dark, and without noise (a camera in the dark has noise)
///   frozen     the very same pixels for a minute, from a camera whose pictures had noise until then
/// What is too dark or too strange to judge changes nothing.
#pragma once

#include <cstdint>
#include <functional>

#include "ipc/messages.h"
#include "motion/scene_print.h"
#include "motion/scene_view.h"

namespace vonggac::motion {

class TamperWatch {
 public:
  using Sink = std::function<void(ipc::Message)>;
  static constexpr std::int64_t kEveryUs = 3'900'000;    ///< between two pictures,
  static constexpr std::int64_t kCloselyUs = 1'900'000;  ///< while something is wrong, or the view is being learned
  static constexpr std::int64_t kSurelyUs = 15'000'000;  ///< so long seen, where there is no doubt
  static constexpr std::int64_t kDoubtUs = 180'000'000;  ///< and where it may be something that stands before the lens
  static constexpr std::int64_t kBackUs = 10'000'000;    ///< so long the view must be back
  static constexpr std::int64_t kFrozenUs = 60'000'000;
  static constexpr std::int64_t kTellViewUs = 1'800'000'000;

  TamperWatch(std::uint16_t slot, std::uint32_t generation, Sink sink);
  /// What another process knew; before the first look. A view that cannot be read is learned anew.
  void restore(const ipc::TamperView& known);
  /// A person took the new view: everything is learned anew.
  void accept();
  /// Is it time for a picture? Ask before look(); costs nothing.
  bool due(std::int64_t time_us, bool key) const;
  /// `key`: a key picture. Others (cameras that send hardly any) say nothing about `frozen`.
  void look(const Luma& picture, std::int64_t time_us, bool key);
  bool active(ipc::TamperKind kind) const { return (active_ >> static_cast<unsigned>(kind) & 1U) != 0; }

  /// What one picture says; for tests and for whoever sets the constants.
  struct Evidence {
    ipc::TamperKind kind = ipc::TamperKind::kNone;
    bool sure = false;     ///< of `kind`, without doubt
    bool view = false;     ///< the view is there; neither this nor a kind: cannot be judged
    float likeness = 0;    ///< of the edges with the view's
    float structured = 0;  ///< share of tiles with structure
    float lost = 0;        ///< share of the view's structured tiles without it now
    float new_sharp = 0;   ///< share of tiles with sharp structure that is not the view's
    float soft = 0;        ///< share of structured tiles that lost their fine structure alone
    float shifted = 0;     ///< share of blocks found at another place
    float same = 0;        ///< share of tiles equal to those of the key picture before
  };
  const Evidence& last() const { return last_; }
  float usual() const { return view_.usual; }
  bool knows_view() const { return looks_ >= kLooksToLearn; }

 private:
  static constexpr int kLooksToLearn = 10;
  struct Suspicion {
    ipc::TamperKind kind = ipc::TamperKind::kNone;
    std::int64_t since_us = 0;
    int looks = 0, sure = 0;
  };

  Evidence judge() const;
  bool is_black() const;
  void judge_structure(Evidence& evidence) const;
  void judge_place(Evidence& evidence) const;
  void follow(const Evidence& evidence, std::int64_t time_us);
  void follow_frozen(std::int64_t time_us);
  void adapt(const Evidence& evidence, std::int64_t time_us, float dt_s);
  void tell(ipc::TamperKind kind, bool active, std::int64_t since_us);
  void tell_view(std::int64_t time_us);
  ipc::TamperKind scene_state() const;

  std::uint16_t slot_;
  std::uint32_t generation_;
  Sink sink_;
  SceneScanner scanner_;
  ScenePrint now_;
  SceneView view_;
  int looks_ = 0;  ///< that the view was learned from
  std::int64_t last_us_ = 0, told_view_us_ = 0, unclear_since_us_ = 0;
  std::uint8_t active_ = 0;  ///< bit n: TamperKind n
  Suspicion suspicion_;
  std::int64_t back_since_us_ = 0;
  int back_looks_ = 0;
  Evidence last_;

  bool has_key_ = false;
  ScenePrint::Tiles<std::uint64_t> key_print_{};
  int noisy_pairs_ = 0;  ///< in a row, before the pictures became equal
  int equal_pairs_ = 0, unequal_pairs_ = 0;
  std::int64_t equal_since_us_ = 0;
};

}  // namespace vonggac::motion
