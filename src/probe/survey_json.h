/// A survey as JSON, for core: docs/reference/control.md has the shape that people see. `target` of a stream is a path
/// that may hold a password: core takes it out before anybody else sees the rest.
/// Threads  pure function.
#pragma once

#include <boost/json.hpp>

#include "probe/findings.h"

namespace vonggac::probe {

boost::json::object survey_json(const Survey& survey, const ProbeTask& task);

}  // namespace vonggac::probe
