/// An Engine whose looking is done by a motion detector plug-in. Zones, events and the grid are the host's, so that
/// they mean the same with every detector. Flow     Luma -> plug-in -> boxes -> zones -> EventLogic -> EngineOutput
/// Threads  one thread at a time.
/// Owns     the plug-in's detector of one camera.
/// Errors   a plug-in that cannot begin, or fails 20 times in a row, is replaced by the built-in engine for good;
///          `failed` is told once.
#pragma once

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "motion/engine.h"
#include "motion/plugin_host.h"

namespace vonggac::motion {

std::unique_ptr<Engine> make_plugin_engine(std::shared_ptr<PluginLibrary> library, const EngineSettings& settings,
                                           PartMark mark, std::function<void(const std::string&)> failed);

/// Runs plug-in code with its part marked. A C++ plug-in that throws in spite of the rules counts as failed.
template <typename Work>
std::int32_t call_plugin(const PartMark& mark, ipc::AnalysePart part, vonggac_error& error, Work&& work) {
  std::int32_t result = VONGGAC_FAILED;
  mark(part);
  try {
    result = work();
  } catch (const std::exception& thrown) {
    std::snprintf(error.text, sizeof error.text, "it threw an exception: %s", thrown.what());
  } catch (...) {
    std::snprintf(error.text, sizeof error.text, "it threw an exception");
  }
  mark(ipc::AnalysePart::kNone);
  return result;
}

}  // namespace vonggac::motion
