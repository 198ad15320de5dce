#include "api/event_feed.h"

#include <utility>
#include <vector>

#include "base/log.h"

namespace vonggac::api {

std::uint64_t EventFeed::join(FeedReader& reader) {
  if (!follows_) {
    follows_ = true;
    desk_.forget();
    shelf_.kept.clear();
    shelf_.begin(parts_.clock.wall_now());
  }
  readers_[++last_reader_] = &reader;
  return last_reader_;
}

void EventFeed::leave(std::uint64_t reader) { readers_.erase(reader); }

void EventFeed::tick() {
  if (!follows_) return;
  const base::MonoTime now = parts_.clock.mono_now();
  if (!readers_.empty()) {
    read_last_ = now;
  } else if (now - read_last_ > kRemember) {
    follows_ = false;
    return;
  }
  look_at_recorder(now);
  if (!round_under_way_ && now >= next_round_ && !readers_.empty()) begin_round(now);
}

void EventFeed::look_at_recorder(base::MonoTime now) {
  if (!status_under_way_ && now >= next_status_) {
    next_status_ = now + kStatusEvery;
    status_under_way_ = true;
    parts_.core.ask(R"({"op":"status"})", base::Millis(200), [this](const base::Result<std::string>& reply) {
      status_under_way_ = false;
      if (reply) shelf_.put(desk_.compare_status(*reply), parts_.clock.wall_now());
    });
  }
  if (!archive_under_way_ && now >= next_archive_) {
    next_archive_ = now + kArchiveEvery;
    look_into_archive();
  }
}

void EventFeed::look_into_archive() {
  const auto look = std::make_shared<base::Result<ArchiveLook>>(base::internal_error("not read"));
  archive_under_way_ = parts_.files.run(
      [&clips = parts_.clips, now = parts_.clock.wall_now(), look] { *look = look_at_archive(clips, now); },
      [this, look] {
        archive_under_way_ = false;
        if (*look) shelf_.put(desk_.compare_archive(**look), parts_.clock.wall_now());
      });
}

void EventFeed::begin_round(base::MonoTime now) {
  next_round_ = now + kRoundEvery;
  const bool check_standing = now >= next_standing_;
  if (check_standing) next_standing_ = now + kStandingEvery;
  std::vector<FeedAsk> asks;
  for (const auto& [number, reader] : readers_) {
    asks.push_back(reader->ask());
    asks.back().reader = number;
    asks.back().check_standing = check_standing;
  }
  const auto answers = std::make_shared<base::Result<std::vector<FeedAnswer>>>(base::internal_error("not read"));
  round_under_way_ = true;
  const bool accepted = parts_.files.run(
      [rounds = rounds_, asks = std::move(asks), shelf = shelf_, answers] { *answers = rounds->take(asks, shelf); },
      [this, answers] {
        round_under_way_ = false;
        hand_out(*answers);
      });
  if (!accepted) round_under_way_ = false;
}

void EventFeed::hand_out(base::Result<std::vector<FeedAnswer>>& answers) {
  if (!answers) {
    base::log::warning("api", "the feed of events waits: {}", answers.error().to_string());
    return;
  }
  for (FeedAnswer& answer : *answers) {
    const auto reader = readers_.find(answer.reader);
    if (reader != readers_.end()) reader->second->take(std::move(answer));
  }
}

}  // namespace vonggac::api
