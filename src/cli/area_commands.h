/// The commands of `vonggac area`, by what they do: looking (area_views.cpp), decisions that change areas
/// (area_decisions.cpp), lists of administrative units as files (area_import.cpp).
/// Flow     declare_area() -> one of these, with the register opened.
/// Threads  one thread.
/// Errors   sentences in the chosen language; those of the store.
#pragma once

#include <string>
#include <vector>

#include "cli/register_access.h"

namespace vonggac::cli {

struct AreaOptions : RegisterOptions {
  std::string area, search, day, file, sheet;
  std::string name, type, code, parent, from, to, basis;
  std::optional<std::int64_t> households, population;
  std::optional<double> km2;
  std::vector<std::string> sources, parts, moved;
  std::string into, target;
  int levels = 5;
  bool apply = false;
};

base::Status list_areas(const AreaOptions& options, gate::Office& office, const Output& output);
base::Status show_area(const AreaOptions& options, gate::Office& office, const Output& output);
base::Status add_one_area(const AreaOptions& options, gate::Office& office, const Output& output);
base::Status rename_area(const AreaOptions& options, gate::Office& office, const Output& output);
base::Status merge_on_machine(const AreaOptions& options, gate::Office& office, const Output& output);
base::Status split_on_machine(const AreaOptions& options, gate::Office& office, const Output& output);
base::Status transfer_on_machine(const AreaOptions& options, gate::Office& office, const Output& output);
/// kFailure: a row is wrong and nothing was kept.
ExitCode import_areas(const AreaOptions& options, gate::Office& office, const Output& output);

}  // namespace vonggac::cli
