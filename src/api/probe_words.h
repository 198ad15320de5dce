/// What core answers about probes: its JSON taken apart, and what it says no to in words for a person.
/// Threads  pure functions.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"
#include "catalogue/problems.h"

namespace vonggac::api {

/// Without `ok`; what is no object is an empty one.
boost::json::object object_of_reply(const std::string& reply);

/// kInvalidArgument of core: which field of the form, and what to do about it. `field`: as core names what it refused
/// (CoreLink::refused_field).
catalogue::Problem probe_problem(std::string_view field);
/// Any refusal of core as one sentence.
catalogue::Sentence probe_words(const base::Status& status, std::string_view field);

}  // namespace vonggac::api
