/// The one table of what the feed of events tells: each topic with the demand that whoever hears of it must meet for
/// the thing it is about, and which members of the outbox's row are told. What is not in it is told to nobody; a test
/// (tests/architecture/check.py) compares it with what the program tells the outbox.
/// Flow     outbox row or recorder's news -> find_feed_topic() -> gate::Audience::may_hear(topic.demand) ->
/// told_data(). Threads  constant data.
#pragma once

#include <span>
#include <string_view>

#include <boost/json.hpp>

#include "gate/admission.h"

namespace vonggac::api {

struct FeedTopic {
  std::string_view topic;
  gate::Demand demand;       ///< its object kind is that of the subject; kNone: the subject is not told
  std::string_view fields;   ///< members of the row's JSON that are told, separated by commas
  bool newest_only = false;  ///< tells a state: of several that wait to be sent, the last one does
};

std::span<const FeedTopic> feed_topics();
const FeedTopic* find_feed_topic(std::string_view topic);
/// The door of the feed itself: anybody who is logged in, and programs with a token; each topic asks for itself.
const gate::Demand& feed_door();
/// Only the members that the topic names, numbers, flags and short texts alone. What is not JSON gives nothing.
boost::json::object told_data(const FeedTopic& topic, const boost::json::object& body);
boost::json::object told_data(const FeedTopic& topic, std::string_view body);

}  // namespace vonggac::api
