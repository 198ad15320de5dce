#include "api/feed_rounds.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "api/feed_topics.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

json::object feed_message(const FeedPosition& position, base::WallTime at, std::string_view topic) {
  return {{"id", position.to_string()}, {"at", base::to_iso8601(at)}, {"topic", topic}};
}

/// What happened, whichever of the two books it stands in.
struct Happening {
  base::WallTime at;
  std::string_view topic;
  base::Uuid subject;
  const std::string* row_body = nullptr;
  const json::object* news_body = nullptr;
};

/// The part of the outbox that readers at one place are shown.
struct OutboxPage {
  std::vector<store::OutboxRow> rows;
  std::int64_t end = 0;  ///< a reader who was shown all of it is here
};

class FeedRound {
 public:
  FeedRound(store::Reader& session, base::WallTime now, const NewsShelf& news)
      : session_(session), now_(now), news_(news), audience_(session, now) {}

  base::Status look() {
    VG_ASSIGN(const store::Rows newest, session_.query("select outbox_seq from node"));
    VG_ASSIGN(const store::Rows oldest, session_.query("select coalesce(min(seq), 0) from outbox"));
    newest_ = newest.empty() ? 0 : newest[0].integer(0);
    oldest_ = oldest.empty() || oldest[0].integer(0) == 0 ? newest_ + 1 : oldest[0].integer(0);
    return {};
  }

  base::Result<FeedAnswer> answer(const FeedAsk& ask) {
    FeedAnswer out;
    out.reader = ask.reader;
    out.turn = ask.turn;
    out.missed_while_locked = ask.missed_while_locked;
    out.at = ask.at.value_or(FeedPosition{newest_, news_.newest});
    const bool has_all = out.at.change == newest_ && out.at.news == std::optional(news_.newest);
    if (has_all && !ask.check_standing && !ask.missed_while_locked) return out;
    VG_ASSIGN(const gate::Audience::Standing* standing, audience_.standing(feed_door(), ask.credentials));
    if (standing->ended) {
      out.ended = standing->ended;
      return out;
    }
    if (ask.room == 0) return out;
    tell_gaps(*standing->caller, out);
    const std::size_t room = std::min(ask.room, FeedRounds::kPage);
    VG_TRY(tell_changes(ask, *standing->caller, room, out));
    VG_TRY(tell_news(ask, *standing->caller, room, out));
    return out;
  }

 private:
  void gap(std::string_view of, std::string_view reason, FeedAnswer& out) {
    out.messages.push_back({out.at, feed_gap_text(out.at, now_, of, reason), ""});
  }

  void tell_gaps(const gate::Caller& caller, FeedAnswer& out) {
    if (out.at.change > newest_) {
      out.at.change = newest_;
      gap("register", "unknown_position", out);
    } else if (out.at.change + 1 < oldest_) {
      out.at.change = oldest_ - 1;
      gap("register", "pruned", out);
    }
    if (newest_ - out.at.change > FeedRounds::kMostBehind) {
      out.at.change = newest_;
      gap("register", "too_old", out);
    }
    if (!out.at.news) out.at.news = news_.newest;
    if (*out.at.news < news_.floor || *out.at.news > news_.newest) {
      out.at.news = *out.at.news > news_.newest ? news_.newest : news_.floor;
      gap("recorder", "not_kept", out);
    }
    if (out.missed_while_locked && !caller.locked) {
      out.missed_while_locked = false;
      gap("register", "locked", out);
    }
  }

  base::Status tell_changes(const FeedAsk& ask, const gate::Caller& caller, std::size_t room, FeedAnswer& out) {
    VG_ASSIGN(const OutboxPage* page, page_after(out.at.change));
    for (const store::OutboxRow& row : page->rows) {
      if (out.messages.size() >= room) return {};
      out.at.change = row.seq;
      VG_TRY(tell(ask, caller, {row.at, row.topic, row.subject, &row.body, nullptr}, out));
    }
    out.at.change = page->end;
    return {};
  }

  base::Status tell_news(const FeedAsk& ask, const gate::Caller& caller, std::size_t room, FeedAnswer& out) {
    for (const auto& one : news_.kept) {
      if (one->number <= *out.at.news) continue;
      if (out.messages.size() >= room) return {};
      out.at.news = one->number;
      VG_TRY(tell(ask, caller, {one->at, one->topic, one->subject, nullptr, &one->body}, out));
    }
    return {};
  }

  base::Result<const OutboxPage*> page_after(std::int64_t seq) {
    if (const auto known = pages_.find(seq); known != pages_.end()) return &known->second;
    OutboxPage page;
    const auto limit = static_cast<std::int64_t>(FeedRounds::kPage);
    if (seq < newest_) {
      VG_ASSIGN(page.rows, store::read_outbox(session_, seq, limit));
    }
    page.end = static_cast<std::int64_t>(page.rows.size()) == limit ? page.rows.back().seq : newest_;
    return &pages_.emplace(seq, std::move(page)).first->second;
  }

  base::Status tell(const FeedAsk& ask, const gate::Caller& caller, const Happening& what, FeedAnswer& out) {
    if (!ask.wanted.wants_topic(what.topic)) return {};
    const FeedTopic* topic = find_feed_topic(what.topic);
    if (topic == nullptr) return {};  // what nobody decided about is told to nobody
    VG_ASSIGN(const bool hears, audience_.may_hear(caller, topic->demand, what.subject));
    if (!hears) return {};
    const bool of_a_thing = topic->demand.object != gate::ObjectKind::kNone;
    std::vector<base::Uuid> lineage;
    if (of_a_thing) {
      VG_ASSIGN(const std::optional<gate::Object>* thing, audience_.object(topic->demand.object, what.subject));
      if (*thing) lineage = (*thing)->areas;
    }
    if (ask.wanted.asks_for_places() && (!of_a_thing || !ask.wanted.wants_place(what.subject, lineage))) return {};
    if (caller.locked && !topic->demand.while_locked) {
      out.missed_while_locked = true;
      return {};
    }
    json::object message = feed_message(out.at, what.at, what.topic);
    if (of_a_thing) message["subject"] = what.subject.to_string();
    const bool lies_somewhere = !lineage.empty() && topic->demand.object != gate::ObjectKind::kUser;
    if (lies_somewhere) message["area"] = lineage.front().to_string();
    message["data"] = what.row_body != nullptr ? told_data(*topic, *what.row_body) : told_data(*topic, *what.news_body);
    put(*topic, what.subject, json::serialize(message), out);
    return {};
  }

  /// Of states that nobody was sent yet only the newest counts.
  static void put(const FeedTopic& topic, const base::Uuid& subject, std::string text, FeedAnswer& out) {
    const std::string state = topic.newest_only ? std::string(topic.topic) + " " + subject.to_string() : "";
    if (!state.empty()) std::erase_if(out.messages, [&](const FeedMessage& m) { return m.state == state; });
    out.messages.push_back({out.at, std::move(text), state});
  }

  store::Reader& session_;
  base::WallTime now_;
  const NewsShelf& news_;
  gate::Audience audience_;
  std::int64_t newest_ = 0, oldest_ = 0;
  std::map<std::int64_t, OutboxPage> pages_;
};

}  // namespace

base::Result<std::vector<FeedAnswer>> FeedRounds::take(const std::vector<FeedAsk>& asks, const NewsShelf& news) {
  std::vector<FeedAnswer> answers;
  const base::WallTime now = office_.clock().wall_now();
  const base::Status read = office_.store().read([&](store::Reader& session) -> base::Status {
    answers.clear();
    FeedRound round(session, now, news);
    VG_TRY(round.look());
    for (const FeedAsk& ask : asks) {
      VG_ASSIGN(FeedAnswer answer, round.answer(ask));
      answers.push_back(std::move(answer));
    }
    return {};
  });
  VG_TRY(read);
  return answers;
}

std::string feed_gap_text(const FeedPosition& position, base::WallTime at, std::string_view of,
                          std::string_view reason) {
  json::object message = feed_message(position, at, "feed.gap");
  message["data"] = json::object{{"of", of}, {"reason", reason}};
  return json::serialize(message);
}

std::string feed_ready_text(const FeedPosition& position, base::WallTime at) {
  return json::serialize(feed_message(position, at, "feed.ready"));
}

std::string feed_heartbeat_text(const FeedPosition& position, base::WallTime at) {
  return json::serialize(feed_message(position, at, "feed.heartbeat"));
}

std::string feed_error_text(const std::string& detail) {
  return json::serialize(json::object{{"topic", "feed.error"}, {"data", {{"detail", detail}}}});
}

}  // namespace vonggac::api
