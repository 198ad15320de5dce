/// Tracks as people who tune see them: in fractions of the picture, with what speaks for and against them.
/// Threads  plain functions.
/// Units    as EngineOutput; `picture` in working pixels.
#pragma once

#include <array>

#include <opencv2/core.hpp>

#include "motion/engine.h"
#include "motion/sensitivity.h"
#include "motion/sparse_watch.h"
#include "motion/tracker.h"

namespace vonggac::motion {

TrackNote note_of(const Track& track, cv::Size picture);
/// Something that changed its place between two key pictures.
TrackNote note_of(const SparseWatch::Moved& moved, float score, std::int64_t time_us, cv::Size picture);

/// What sensitivities 1 to 9 ask of a track that was found with the thresholds `in_force`.
std::array<Tracker::Level, Tracker::kLevels> levels_beside(const Thresholds& in_force);

/// For core: `note` as it travels. Slot and generation are the caller's.
ipc::MotionCandidate candidate_of(const TrackNote& note);

}  // namespace vonggac::motion
