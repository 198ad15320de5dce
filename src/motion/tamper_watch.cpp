#include "motion/tamper_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log.h"

namespace vonggac::motion {
namespace {

using ipc::TamperKind;

constexpr std::int64_t kAbsenceUs = 60'000'000;  // after a longer absence what was suspected counts no more
constexpr std::int64_t kUnclearUs = 60'000'000;  // unclear for so long: the view itself has changed (infrared, snow)
constexpr int kLooksToBelieve = 4, kLooksBack = 3;
constexpr float kSureShare = 0.6F;
constexpr float kAdaptS = 300, kAdaptUnclearS = 120, kMostAtOnce = 0.2F;
constexpr float kUsualShare = 0.05F, kLeastUsual = 0.25F;

constexpr float kStructured = 4.0F;      // grey levels a tile spreads if it shows anything,
constexpr float kWasStructured = 6.0F;   // and surely
constexpr float kStructuredView = 0.3F;  // a view with fewer such tiles cannot be judged by them
constexpr float kLostSpread = 0.35F;     // of what it was: a tile's structure is gone
constexpr float kCoveredLost = 0.8F, kCoveredSharp = 0.05F;
constexpr float kSmearedLikeness = 0.99F;
constexpr float kSoftened = 0.55F;  // fine by coarse, of what it was
constexpr float kSoftTiles = 0.7F, kStillCoarse = 0.12F, kLeastCoarse = 1.0F;
constexpr float kSharpSpread = 6.0F;
constexpr float kViewThere = 0.65F, kViewGone = 0.45F;  // of the usual likeness
constexpr float kShiftedBlocks = 0.5F;
constexpr float kKeptTiles = 0.4F;
constexpr float kTooDark = 30.0F;  // mean grey below which structure is lost for want of light
constexpr float kBlackMean = 34.0F, kBlackFine = 0.6F, kBlackSpread = 1.5F, kBlackTiles = 0.9F;
constexpr float kEqualTiles = 0.9F, kNoisyTiles = 0.5F;
constexpr int kNoisyPairs = 8, kEqualPairs = 5, kUnequalPairs = 3;

float share_of_tiles(int tiles) { return static_cast<float>(tiles) / static_cast<float>(ScenePrint::kTiles); }

}  // namespace

TamperWatch::TamperWatch(std::uint16_t slot, std::uint32_t generation, Sink sink)
    : slot_(slot), generation_(generation), sink_(std::move(sink)) {}

void TamperWatch::restore(const ipc::TamperView& known) {
  active_ = known.active;
  std::optional<SceneView> view = SceneView::unpack(known.view);
  if (!view) return;
  view_ = std::move(*view);
  looks_ = kLooksToLearn;
}

void TamperWatch::accept() {
  view_ = {};
  looks_ = 0;
  active_ = 0;
  suspicion_ = {};
  told_view_us_ = 0;
  back_looks_ = 0;
}

bool TamperWatch::due(std::int64_t time_us, bool key) const {
  constexpr std::int64_t kRarelyUs = 10'000'000;
  const bool calm = active_ == 0 && suspicion_.kind == TamperKind::kNone && knows_view();
  const std::int64_t since_us = time_us - last_us_;
  return last_us_ == 0 || since_us >= (!key ? kRarelyUs : calm ? kEveryUs : kCloselyUs) || since_us < -kAbsenceUs;
}

TamperKind TamperWatch::scene_state() const {
  for (const TamperKind kind : {TamperKind::kBlack, TamperKind::kCovered, TamperKind::kDefocused, TamperKind::kMoved}) {
    if (active(kind)) return kind;
  }
  return TamperKind::kNone;
}

void TamperWatch::tell(TamperKind kind, bool begins, std::int64_t since_us) {
  const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
  active_ = static_cast<std::uint8_t>(begins ? active_ | bit : active_ & ~bit);
  sink_(ipc::TamperReport{slot_, generation_, kind, begins, {since_us}});
}

/// Even and dark everywhere, as no sensor without light is.
bool TamperWatch::is_black() const {
  if (now_.mean > kBlackMean) return false;
  int even = 0;
  for (std::size_t tile = 0; tile < ScenePrint::kTiles; ++tile) {
    even +=
        now_.fine[tile] <= kBlackFine && now_.spread[tile] <= kBlackSpread && now_.level[tile] <= kBlackMean ? 1 : 0;
  }
  return share_of_tiles(even) >= kBlackTiles;
}

void TamperWatch::judge_structure(Evidence& evidence) const {
  int structured = 0, was = 0, lost = 0, new_sharp = 0, there = 0, soft = 0;
  for (std::size_t tile = 0; tile < ScenePrint::kTiles; ++tile) {
    const float ratio_then = view_.fine[tile] / std::max(0.5F, view_.coarse[tile]);
    const float ratio_now = now_.fine[tile] / std::max(0.5F, now_.coarse[tile]);
    structured += now_.spread[tile] >= kStructured ? 1 : 0;
    const bool was_structured = view_.spread[tile] >= kWasStructured;
    const bool is_lost = now_.spread[tile] < std::max(kStructured, kLostSpread * view_.spread[tile]);
    was += was_structured ? 1 : 0;
    lost += was_structured && is_lost ? 1 : 0;
    const bool other_level = std::abs(now_.level[tile] - view_.level[tile]) > kSharpSpread;
    new_sharp += other_level && now_.spread[tile] >= kSharpSpread && ratio_now > ratio_then * kSoftened ? 1 : 0;
    if (!was_structured || now_.coarse[tile] < std::max(kLeastCoarse, kStillCoarse * view_.coarse[tile])) continue;
    ++there;
    soft += ratio_now < kSoftened * ratio_then ? 1 : 0;
  }
  evidence.structured = share_of_tiles(structured);
  evidence.new_sharp = share_of_tiles(new_sharp);
  if (share_of_tiles(was) < kStructuredView) return;
  evidence.lost = static_cast<float>(lost) / static_cast<float>(was);
  evidence.soft = static_cast<float>(soft) / static_cast<float>(was);
  // Noise is fine structure too; where only that goes the edges are as like the view's as ever.
  const bool edges_smear = evidence.likeness < kSmearedLikeness * view_.usual;
  if (evidence.soft >= kSoftTiles && there > 0 && edges_smear) {
    evidence.kind = TamperKind::kDefocused;
    evidence.sure = true;
  } else if (evidence.lost >= kCoveredLost && evidence.likeness < kViewGone * view_.usual) {
    evidence.kind = TamperKind::kCovered;
    evidence.sure = evidence.new_sharp <= kCoveredSharp;
  }
}

void TamperWatch::judge_place(Evidence& evidence) const {
  if (view_.usual < kLeastUsual) {
    evidence.view = evidence.kind == TamperKind::kNone;
    return;
  }
  // Fog, rain, infrared and the dark leave edges where they are; whatever hides the view does not.
  const float of_usual = evidence.likeness / view_.usual;
  if (of_usual >= kViewThere) {
    evidence.view = evidence.kind == TamperKind::kNone;
    return;
  }
  if (evidence.kind != TamperKind::kNone || evidence.structured < kStructuredView) return;
  if (kept_share(view_.edges, now_.edges) >= kKeptTiles) return;  // much moves before the view, which is there
  evidence.shifted = shifted_share(view_.edges, now_.edges);
  evidence.sure = evidence.shifted >= kShiftedBlocks;
  if (evidence.sure || of_usual < kViewGone) evidence.kind = TamperKind::kMoved;
}

TamperWatch::Evidence TamperWatch::judge() const {
  Evidence evidence;
  if (is_black()) {
    evidence.kind = TamperKind::kBlack;
    evidence.sure = true;
    return evidence;
  }
  if (!knows_view()) return evidence;
  evidence.likeness = edge_likeness(view_.edges, now_.edges);
  const bool dark = now_.mean < kTooDark;
  if (view_.usual >= kLeastUsual) judge_structure(evidence);
  // In the dark nothing is left of the view either, and noise is sharp.
  if (dark) evidence.kind = TamperKind::kNone;
  if (!dark || evidence.likeness >= kViewThere * view_.usual) judge_place(evidence);
  return evidence;
}

void TamperWatch::follow(const Evidence& evidence, std::int64_t time_us) {
  const TamperKind state = scene_state();
  const bool over = evidence.view || (state == TamperKind::kBlack && evidence.kind != TamperKind::kBlack);
  if (!over) {
    back_looks_ = 0;
  } else if (back_looks_++ == 0) {
    back_since_us_ = time_us;
  }
  if (evidence.kind == TamperKind::kNone) {
    if (evidence.view) suspicion_ = {};
  } else if (evidence.kind != suspicion_.kind) {
    suspicion_ = {evidence.kind, time_us, 1, evidence.sure ? 1 : 0};
  } else {
    ++suspicion_.looks;
    suspicion_.sure += evidence.sure ? 1 : 0;
  }
  if (state != TamperKind::kNone && back_looks_ >= kLooksBack && time_us - back_since_us_ >= kBackUs) {
    tell(state, false, back_since_us_);
    return;
  }
  if (suspicion_.kind == TamperKind::kNone || suspicion_.kind == state || suspicion_.looks < kLooksToBelieve) return;
  const bool sure = static_cast<float>(suspicion_.sure) >= kSureShare * static_cast<float>(suspicion_.looks);
  if (time_us - suspicion_.since_us < (sure ? kSurelyUs : kDoubtUs)) return;
  if (state != TamperKind::kNone) tell(state, false, suspicion_.since_us);
  tell(suspicion_.kind, true, suspicion_.since_us);
}

void TamperWatch::follow_frozen(std::int64_t time_us) {
  const bool had_key = std::exchange(has_key_, true);
  int same = 0;
  for (std::size_t tile = 0; tile < ScenePrint::kTiles; ++tile) same += now_.print[tile] == key_print_[tile] ? 1 : 0;
  key_print_ = now_.print;
  if (!had_key) return;
  last_.same = share_of_tiles(same);
  if (last_.same >= kEqualTiles) {
    unequal_pairs_ = 0;
    if (equal_pairs_++ == 0) equal_since_us_ = time_us;
    const bool long_enough = equal_pairs_ >= kEqualPairs && time_us - equal_since_us_ >= kFrozenUs;
    const bool dead = is_black() || active(TamperKind::kBlack);  // that says it already
    if (long_enough && noisy_pairs_ >= kNoisyPairs && !dead && !active(TamperKind::kFrozen)) {
      tell(TamperKind::kFrozen, true, equal_since_us_);
    }
    return;
  }
  ++unequal_pairs_;
  if (active(TamperKind::kFrozen)) {
    if (unequal_pairs_ >= kUnequalPairs) tell(TamperKind::kFrozen, false, time_us);
    return;
  }
  // A picture that goes still little by little is a quiet night, not a frozen camera.
  const bool noisy = last_.same < kNoisyTiles;
  noisy_pairs_ = noisy ? (equal_pairs_ > 1 ? 1 : noisy_pairs_ + 1) : 0;
  equal_pairs_ = 0;
}

void TamperWatch::adapt(const Evidence& evidence, std::int64_t time_us, float dt_s) {
  if (scene_state() != TamperKind::kNone) return;
  if (!knows_view()) {
    if (now_.mean < kTooDark || evidence.kind != TamperKind::kNone) return;
    view_.learn(now_, 1 / static_cast<float>(++looks_));
    if (knows_view()) view_.usual = std::max(edge_likeness(view_.edges, now_.edges), 0.0F);
    return;
  }
  const bool unclear = !evidence.view && evidence.kind == TamperKind::kNone && now_.mean >= kTooDark;
  if (!unclear) unclear_since_us_ = 0;
  if (unclear && unclear_since_us_ == 0) unclear_since_us_ = time_us;
  if (evidence.view) {
    view_.learn(now_, std::min(kMostAtOnce, dt_s / kAdaptS));
    view_.usual += kUsualShare * (evidence.likeness - view_.usual);
  } else if (unclear && time_us - unclear_since_us_ >= kUnclearUs) {
    view_.learn(now_, std::min(kMostAtOnce, dt_s / kAdaptUnclearS));
  }
  if (evidence.view && (told_view_us_ == 0 || time_us - told_view_us_ >= kTellViewUs)) tell_view(time_us);
}

void TamperWatch::tell_view(std::int64_t time_us) {
  told_view_us_ = time_us;
  sink_(ipc::TamperView{slot_, generation_, active_, view_.packed()});
}

void TamperWatch::look(const Luma& picture, std::int64_t time_us, bool key) {
  const std::int64_t since_us = time_us - last_us_;
  const bool anew = last_us_ == 0 || since_us <= 0 || since_us > kAbsenceUs;
  last_us_ = time_us;
  scanner_.scan(picture, now_);
  if (!view_.empty() && view_.edges.size() != now_.edges.size()) {
    view_ = {};
    looks_ = 0;
  }
  if (anew) {
    suspicion_ = {};
    back_looks_ = 0;
    unclear_since_us_ = 0;
    has_key_ = false;
    equal_pairs_ = noisy_pairs_ = 0;
  }
  last_ = judge();
  if (key) follow_frozen(time_us);
  follow(last_, time_us);
  adapt(last_, time_us, anew ? 0 : static_cast<float>(since_us) * 1e-6F);
}

}  // namespace vonggac::motion
