#!/usr/bin/env python3
"""What each part of the motion engine is worth is measured by taking it away. The product has no switch for that: the
source of a part is edited on its way to the compiler, and each edit becomes a program (./dev bench ablation).

  parts.py list                    names and files, for CMake
  parts.py edit PART SOURCE OUT    SOURCE without the part
  parts.py check SOURCE_DIR        every edit still finds its text exactly once (a test)
"""
import pathlib
import sys

# name: (what is gone, source file, [(text, what stands there instead)])
PARTS = {
    "shake": ("camera shake is not undone", "shift_estimator.cpp",
              [("if (std::min(frame.cols, frame.rows) < 4 * kMinLevelSidePx) return {};", "if (frame.cols > 0) return {};")]),
    "shower": ("rain is not taken out of the picture", "shower_filter.cpp",
               [("active_ = counted_ >= kFewestCounted", "active_ = false && counted_ >= kFewestCounted")]),
    "clutter": ("no place asks for more travel than another", "clutter.cpp", [("if (an_hour <= 1) return 0;", "return 0;")]),
    "clutter_sizes": ("drops count against a van, too", "clutter.cpp", [("size_of(0.5F * area_px)", "size_of(0.0F * area_px)")]),
    "light": ("light is not taken out: no lamps, clouds, gain", "illumination.cpp",
              [("cv::resize(smooth_, gain, frame.size(), 0, 0, cv::INTER_LINEAR);", "gain.create(frame.size(), CV_32F);\n  gain.setTo(1.0F);")]),
    "local_light": ("one change of light for the whole picture", "illumination.cpp",
                    [("cv::medianBlur(tiles_, smooth_, 3);", "tiles_.copyTo(smooth_);\n  smooth_.setTo(overall(frame, background));")]),
    "switch": ("no blindness after a change of the whole picture", "engine.cpp", [("if (!switched && !settles) return;", "return;")]),
    "exposure": ("no waiting for the exposure after it", "engine.cpp",
                 [("const bool settles = exposure_", "const bool settles = false && exposure_")]),
    "own_noise": ("one threshold (15 grey levels) for all pixels", "background_model.cpp",
                  [("std::max(levels.floor, levels.noise * d[x] + kNoiseOffset) * (1.0F + kRestlessFactor * a[x])", "15.0F")]),
    "restlessness": ("leaves and clocks raise no threshold", "background_model.cpp",
                     [("constexpr float kRestlessFactor = 4.0F;", "constexpr float kRestlessFactor = 0.0F;")]),
    "edges": ("edges ask for no more while the camera shakes", "comparison.cpp", [("kLeftOver = 0.3F", "kLeftOver = 0.0F")]),
    "structure": ("a blob need not change edges", "foreground.cpp",
                  [("cv::bitwise_and(mask_, scratch_, mask_);", ""),
                   ("if (blob.structure >= limits.min_structure) blobs_", "blobs_")]),
    "see_through": ("light and blur are not told from things", "tracker.cpp",
                    [("if (is_light_or_blur(track)) return", "if (false) return")]),
    "insects": ("insects are not told from things", "tracker.cpp",
                [("if (may_be_an_insect(track, travel, age_s, picture)) return", "if (false) return")]),
    "pictures": ("two pictures are enough", "tracker.cpp",
                 [("if (track.seen < pictures_needed(limits, crowd) || track.in_a_row < kInARow) return", "if (track.seen < 2) return")]),
    "travel": ("nothing need come anywhere, nor straight on", "tracker.cpp",
               [("if (travel < least_px || track.travel_px < kTravelShare * least_px) return", "if (false) return"),
                ("if (!straight && track.travel_px < least_px) {", "if (false) {")]),
    "absorb": ("what came to rest is never taken for background", "engine.cpp",
               [("if (still || fixed) return Learning::kAbsorb;", "")]),
}


def without(part, text):
    for old, new in PARTS[part][2]:
        if text.count(old) != 1:
            sys.exit(f"ablation: {part}: {PARTS[part][1]} has {text.count(old)} of: {old}")
        text = text.replace(old, new)
    return text


def main():
    if sys.argv[1] == "list":
        print(";".join(f"{name}:{file}" for name, (_, file, _) in PARTS.items()), end="")
    elif sys.argv[1] == "edit":
        part, source, out = sys.argv[2:]
        pathlib.Path(out).write_text(without(part, pathlib.Path(source).read_text()))
    elif sys.argv[1] == "check":
        for part, (_, file, _) in PARTS.items():
            without(part, (pathlib.Path(sys.argv[2]) / file).read_text())
        print(f"{len(PARTS)} parts can be taken away")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
