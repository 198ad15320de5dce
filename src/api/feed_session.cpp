#include "api/feed_session.h"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "api/event_feed.h"
#include "base/log.h"

namespace vonggac::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using FeedError = boost::system::error_code;

constexpr std::size_t kMostWaiting = 256, kMostWaitingBytes = 256 << 10;
constexpr int kMaxFeedCommandsPerSecond = 10;
constexpr auto kFeedTick = std::chrono::seconds(1);
constexpr base::Micros kHeartbeatEvery = base::Seconds(15);
constexpr base::Micros kDecisionHolds = base::Seconds(2);
constexpr base::Micros kWritePatience = base::Seconds(10);
constexpr SocketLimits kFeedLimits{.command_bytes = 32 << 10, .send_buffer_bytes = 64 << 10};

class FeedSession final : public Connection, public FeedReader, public std::enable_shared_from_this<FeedSession> {
 public:
  FeedSession(ClientStream stream, ServerContext& context, std::shared_ptr<ConnectionSlot> slot,
              std::shared_ptr<PersonSlot> share, gate::Credentials credentials)
      : context_(context),
        slot_(std::move(slot)),
        share_(std::move(share)),
        credentials_(std::move(credentials)),
        socket_(std::move(stream)),
        timer_(socket_.get_executor()) {
    context_.connections.insert(this);
    ++context_.stats.feed_readers;
  }
  ~FeedSession() override {
    leave_feed();
    context_.connections.erase(this);
    --context_.stats.feed_readers;
  }

  void start(UpgradeRequest request) {
    set_up(socket_, kFeedLimits);
    socket_.text(true);
    request_ = std::move(request);
    socket_.async_accept(request_, [self = shared_from_this()](const FeedError& error) {
      if (error) return;
      self->open_ = true;
      self->said_last_ = self->now();
      self->reader_ = self->context_.feed.join(*self);
      self->read();
      self->tick();
    });
  }

  void close() override { end(); }

  FeedAsk ask() override {
    FeedAsk ask;
    ask.turn = turn_;
    ask.credentials = credentials_;
    ask.missed_while_locked = missed_while_locked_;
    ask.at = at_;
    if (!wanted_) return ask;
    ask.wanted = *wanted_;
    const bool full = queue_.size() >= kMostWaiting || waiting_bytes_ >= kMostWaitingBytes;
    ask.room = full ? 0 : kMostWaiting - queue_.size();
    return ask;
  }

  void take(FeedAnswer answer) override {
    if (answer.ended) {
      say_goodbye(websocket::close_code::policy_error, std::string(answer.ended->code));
      return;
    }
    if (answer.turn != turn_ || !wanted_ || !open_) return;
    missed_while_locked_ = answer.missed_while_locked;
    if (std::exchange(greets_, false)) {
      const FeedPosition begins = at_.value_or(answer.at);
      push({begins, feed_ready_text(begins, context_.clock.wall_now()), ""});
    }
    for (FeedMessage& message : answer.messages) push(std::move(message));
    at_ = answer.at;
    if (queue_.empty() && !writing_) sent_ = answer.at;
    pump();
  }

 private:
  base::MonoTime now() const { return context_.clock.mono_now(); }

  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](const FeedError& error, std::size_t) {
      if (error) {
        self->end();
        return;
      }
      self->on_message();
    });
  }

  void on_message() {
    const bool is_text = socket_.got_text();
    const std::string text = beast::buffers_to_string(buffer_.data());
    buffer_.consume(buffer_.size());
    if (!open_) return;
    if (!is_text || ++commands_this_second_ > kMaxFeedCommandsPerSecond) {
      say_goodbye(websocket::close_code::policy_error, is_text ? "too_many_commands" : "only_text");
      return;
    }
    base::Result<FeedCommand> command = parse_feed_command(text);
    if (command) {
      subscribe(std::move(*command));
    } else {
      push({sent_.value_or(FeedPosition{}), feed_error_text(command.error().message()), ""});
      pump();
    }
    if (open_) read();
  }

  void subscribe(FeedCommand command) {
    ++turn_;
    forget_queue();
    // Who subscribes anew without saying from where goes on where they are.
    at_ = command.after ? command.after : sent_;
    sent_ = at_;
    wanted_ = std::move(command);
    greets_ = true;
  }

  void push(FeedMessage message) {
    if (queue_.empty()) decided_ = now();
    waiting_bytes_ += message.text.size();
    queue_.push_back(std::move(message));
  }

  void forget_queue() {
    queue_.clear();
    waiting_bytes_ = 0;
  }

  /// Writes the next message; on completion it comes back here. Never two writes at once.
  void pump() {
    if (writing_ || !open_ || queue_.empty()) return;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    waiting_bytes_ -= current_.text.size();
    writing_ = true;
    write_began_ = now();
    socket_.async_write(asio::buffer(current_.text),
                        [self = shared_from_this(), turn = turn_](const FeedError& error, std::size_t) {
                          self->on_written(error, turn);
                        });
  }

  void on_written(const FeedError& error, std::uint64_t turn) {
    writing_ = false;
    if (error) {
      end();
      return;
    }
    ++context_.stats.feed_messages;
    said_last_ = now();
    if (turn == turn_) sent_ = queue_.empty() ? at_ : std::optional(current_.position);
    pump();
  }

  void tick() {
    commands_this_second_ = 0;
    timer_.expires_after(kFeedTick);
    timer_.async_wait([self = shared_from_this()](const FeedError& error) {
      if (error || !self->open_) return;
      self->look_after_queue();
      if (self->open_) self->tick();
    });
  }

  void look_after_queue() {
    if (writing_ && now() - write_began_ > kWritePatience) {
      base::log::info("api", "a reader of the feed that does not read was disconnected");
      ++context_.stats.viewers_cut;
      end();
    } else if (!queue_.empty() && now() - decided_ > kDecisionHolds) {
      // Whether it may still be told is asked again once the reader can take it.
      ++turn_;
      forget_queue();
      if (writing_) sent_ = current_.position;
      at_ = sent_;
    } else if (sent_ && queue_.empty() && !writing_ && now() - said_last_ >= kHeartbeatEvery) {
      push({*sent_, feed_heartbeat_text(*sent_, context_.clock.wall_now()), ""});
      pump();
    }
  }

  void leave_feed() {
    if (reader_ != 0) context_.feed.leave(std::exchange(reader_, 0));
  }

  /// With words; the closing handshake has its own deadline.
  void say_goodbye(websocket::close_code code, const std::string& reason) {
    if (!std::exchange(open_, false)) return;
    leave_feed();
    forget_queue();
    timer_.cancel();
    base::log::info("api", "a socket of the feed was closed: {}", reason);
    socket_.async_close({code, reason}, [self = shared_from_this()](const FeedError&) { self->end(); });
  }

  /// At once: a polite close could wait for a peer that does not read.
  void end() {
    open_ = false;
    leave_feed();
    timer_.cancel();
    beast::get_lowest_layer(socket_).close();
  }

  ServerContext& context_;
  std::shared_ptr<ConnectionSlot> slot_;
  std::shared_ptr<PersonSlot> share_;
  gate::Credentials credentials_;
  WebSocket socket_;
  asio::steady_timer timer_;
  UpgradeRequest request_;
  beast::flat_buffer buffer_;
  std::uint64_t reader_ = 0, turn_ = 0;
  std::optional<FeedCommand> wanted_;
  std::optional<FeedPosition> at_;    ///< up to here it is decided what is told
  std::optional<FeedPosition> sent_;  ///< and up to here it was
  std::deque<FeedMessage> queue_;
  std::size_t waiting_bytes_ = 0;
  FeedMessage current_;
  base::MonoTime decided_{0}, write_began_{0}, said_last_{0};
  int commands_this_second_ = 0;
  bool missed_while_locked_ = false;
  bool greets_ = false;  ///< the subscription is not confirmed yet
  bool writing_ = false;
  bool open_ = false;
};

class RefusedSocket final : public Connection, public std::enable_shared_from_this<RefusedSocket> {
 public:
  RefusedSocket(ClientStream stream, ServerContext& context, std::shared_ptr<ConnectionSlot> slot, std::string reason)
      : context_(context), slot_(std::move(slot)), socket_(std::move(stream)), reason_(std::move(reason)) {
    context_.connections.insert(this);
  }
  ~RefusedSocket() override { context_.connections.erase(this); }

  void start(UpgradeRequest request) {
    set_up(socket_, kFeedLimits);
    request_ = std::move(request);
    socket_.async_accept(request_, [self = shared_from_this()](const FeedError& error) {
      if (error) return;
      self->socket_.async_close({websocket::close_code::try_again_later, self->reason_},
                                [self](const FeedError&) { self->close(); });
    });
  }
  void close() override { beast::get_lowest_layer(socket_).close(); }

 private:
  ServerContext& context_;
  std::shared_ptr<ConnectionSlot> slot_;
  WebSocket socket_;
  UpgradeRequest request_;
  std::string reason_;
};

}  // namespace

void start_feed_session(ClientStream stream, UpgradeRequest request, ServerContext& context,
                        std::shared_ptr<ConnectionSlot> slot, std::shared_ptr<PersonSlot> share,
                        gate::Credentials credentials) {
  std::make_shared<FeedSession>(std::move(stream), context, std::move(slot), std::move(share), std::move(credentials))
      ->start(std::move(request));
}

void refuse_socket(ClientStream stream, UpgradeRequest request, ServerContext& context,
                   std::shared_ptr<ConnectionSlot> slot, std::string reason) {
  std::make_shared<RefusedSocket>(std::move(stream), context, std::move(slot), std::move(reason))
      ->start(std::move(request));
}

}  // namespace vonggac::api
